"""Taking messages back (XEP-0407 §4, XEP-0424, XEP-0425)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from mix.core.channel import Message
from mix.core.commands import Retract
from mix.core.config import Circle
from mix.core.events import Event, GrantChanged, MessagePosted, MessageRetracted, SessionOpened
from mix.core.payload import Payload
from mix.core.ports import MessageSought
from mix.core.refusals import (
    NoSuchItem,
    NotAllowed,
    NotAParticipant,
    NotRetractable,
    Refusal,
    RetractionOff,
    Voiceless,
)
from mix.core.rights import Grant
from tests.core.workshop import Workshop, body, jid


def wish(who: str, **fields: Any) -> Retract:
    """A wish to take something back."""
    given: dict[str, Any] = {"id": "x", "payload": body("/me took it back"), "client_id": "r1", "from_room": False}
    return Retract(actor=jid(who), **given | fields)


def takes_back(workshop: Workshop, who: str, target: Message | None, **fields: Any) -> Sequence[Event]:
    """Somebody takes back what storage has."""
    command = wish(who, id=target.id if target is not None else "x", **fields)
    sought = workshop.decides(command)
    assert isinstance(sought, MessageSought)
    assert (sought.channel, sought.id) == (workshop.coven.jid, command.id)
    events = sought.then(target)
    for event in events:
        workshop.coven.apply(event)
    return events


def said(workshop: Workshop, who: str, **fields: Any) -> Message:
    """Somebody has said something."""
    (event,) = (e for e in workshop.says(who, **fields) if isinstance(e, MessagePosted))
    return event.message


@pytest.fixture
def workshop() -> Workshop:
    """A channel where people may take back what they said: a participant of MIX, one in the room, an owner."""
    workshop = Workshop()
    workshop.sets(user_retraction=True)
    workshop.joins("hag66")
    workshop.enters("hecate/phone")
    return workshop


def test_what_is_left_has_the_same_place(workshop: Workshop) -> None:
    target = said(workshop, "hag66/phone")
    gone, told = takes_back(workshop, "hag66/phone", target)
    assert isinstance(gone, MessageRetracted)
    assert isinstance(told, MessagePosted)
    left, tombstone = gone.message, gone.message.tombstone
    assert (left.id, left.position, left.at, left.sender) == (target.id, target.position, target.at, target.sender)
    assert (left.payload, left.lang, left.client_id) == (Payload.stored(""), None, target.client_id)
    assert tombstone is not None
    assert (tombstone.by, tombstone.said_in, tombstone.moderated) == (target.sender, "r1", False)
    assert told.message.retraction is not None
    assert told.message.retraction.of == target.id
    assert [m.tombstone is not None for m in workshop.coven.recent or ()] == [True, False]


def test_a_channel_without_recent_messages_has_none_to_change(workshop: Workshop) -> None:
    target = said(workshop, "hag66/phone")
    workshop.coven.recent = None
    takes_back(workshop, "hag66/phone", target)
    assert workshop.coven.recent is None


def test_a_client_that_was_unknown_is_noticed(workshop: Workshop) -> None:
    target = said(workshop, "hag66/phone")
    assert isinstance(takes_back(workshop, "hag66/laptop", target)[0], SessionOpened)


@pytest.mark.parametrize("rank", ["participant", "admin", "owner"])
@pytest.mark.parametrize("circle", [Circle.NOBODY, Circle.ADMINS, Circle.OWNERS])
def test_whose_messages_may_be_taken_back(workshop: Workshop, circle: Circle, rank: str) -> None:
    """XEP-0406 §2.4: by the named circle anybody's, as moderation."""
    workshop.sets(user_retraction=False, retraction_by=circle)
    workshop.joins("wiccarocks")
    if rank != "participant":
        workshop.lists(**{f"{rank}s": "crone1 wiccarocks"})
    target = said(workshop, "hag66/phone")
    may = {"participant": 0, "admin": 1, "owner": 2}[rank] >= {"nobody": 3, "admins": 1, "owners": 2}[circle.value]
    for as_moderator in (False, True):
        if not may:
            with pytest.raises(NotAllowed):
                takes_back(workshop, "wiccarocks/phone", target, as_moderator=as_moderator)
        else:
            told = takes_back(workshop, "wiccarocks/phone", target, as_moderator=as_moderator)[-1]
            assert isinstance(told, MessagePosted)
            assert told.message.retraction is not None
            assert told.message.retraction.moderated


@pytest.mark.parametrize(("circle", "may"), [(Circle.ADMINS, True), (Circle.OWNERS, False)])
def test_a_moderator_is_as_good_as_an_administrator(workshop: Workshop, circle: Circle, may: bool) -> None:
    workshop.sets(retraction_by=circle)
    workshop.coven.apply(GrantChanged(workshop.coven.participant(jid("hecate")).id, None, Grant.MODERATOR))
    target = said(workshop, "hag66/phone")
    if may:
        assert takes_back(workshop, "hecate/phone", target, as_moderator=True, from_room=True)
    else:
        with pytest.raises(NotAllowed):
            takes_back(workshop, "hecate/phone", target, as_moderator=True, from_room=True)


def test_a_moderator_need_not_be_there(workshop: Workshop) -> None:
    """Then nobody is named; what is gone stays gone, and what is not there is missed."""
    target = said(workshop, "hag66/phone")
    gone, told = takes_back(workshop, "crone1/cave", target, as_moderator=True, reason="spam")
    assert isinstance(gone, MessageRetracted)
    assert gone.message.tombstone is not None
    assert (gone.message.tombstone.nick, gone.message.tombstone.reason) == (None, "spam")
    assert isinstance(told, MessagePosted)
    assert gone.message.tombstone.said_in == told.message.id
    assert takes_back(workshop, "crone1/cave", gone.message, as_moderator=True) == []
    with pytest.raises(NoSuchItem):
        takes_back(workshop, "crone1/cave", None, as_moderator=True)


def refused(workshop: Workshop, who: str, target: Message | None, **fields: Any) -> type[Refusal]:
    """Why not."""
    with pytest.raises(Refusal) as found:
        takes_back(workshop, who, target, **fields)
    return type(found.value)


def test_what_cannot_be_taken_back(workshop: Workshop) -> None:
    target = said(workshop, "hag66/phone")
    foreign = said(workshop, "hecate/phone", from_room=True)
    assert refused(workshop, "hag66/phone", foreign) is NotAllowed
    assert refused(workshop, "hecate/phone", target, from_room=True) is NotAllowed
    workshop.joins("crone1")
    assert refused(workshop, "crone1/cave", target, from_room=True) is NotAllowed  # others would think it theirs
    assert refused(workshop, "hag66/phone", None) is NoSuchItem
    assert refused(workshop, "hag66/phone", replace(target, payload=subject())) is NotRetractable
    gone, told = takes_back(workshop, "hag66/phone", target)
    assert isinstance(gone, MessageRetracted)
    assert isinstance(told, MessagePosted)
    assert refused(workshop, "hag66/phone", gone.message) is NoSuchItem
    assert refused(workshop, "hag66/phone", told.message) is NotRetractable
    assert refused(workshop, "hecate/laptop", foreign) is NotAParticipant
    assert refused(workshop, "macbeth/phone", target) is NotAParticipant
    workshop.sets(user_retraction=False)
    assert refused(workshop, "hag66/phone", target) is RetractionOff
    workshop.sets(user_retraction=True, moderated=True)
    assert refused(workshop, "hag66/phone", target) is Voiceless


def test_an_owner_takes_back_own_messages_where_others_cannot(workshop: Workshop) -> None:
    workshop.sets(user_retraction=False)
    workshop.joins("crone1")
    _, told = takes_back(workshop, "crone1/cave", said(workshop, "crone1/cave"))
    assert isinstance(told, MessagePosted)
    assert told.message.retraction is not None
    assert told.message.retraction.moderated


def test_rooms_pass_on_what_they_do_not_know(workshop: Workshop) -> None:
    """It may name an id the author made, which clients understand (MUC-RETR-08)."""
    (told,) = takes_back(workshop, "hecate/phone", None, from_room=True)
    assert isinstance(told, MessagePosted)
    assert told.message.retraction is not None
    assert (told.message.retraction.of, told.message.payload.has_body) == ("x", True)


def subject() -> Payload:
    """What sets a subject."""
    return Payload.stored("<subject>Act I</subject>")
