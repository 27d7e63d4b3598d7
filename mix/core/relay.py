"""Requests between people of a channel: passed on, answered once, in bounded time (XEP-0403 §4.5, XEP-0045 §17.4)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from mix.core.channel import Channel, Participant, Session
from mix.core.commands import AnswerRelayed, RelayRequest
from mix.core.config import Contact
from mix.core.correspondence import addressee, client_tagged, clients, introduce
from mix.core.events import Event, NickChanged, ParticipantLeft, SessionClosed
from mix.core.ports import Moment, Rules
from mix.core.refusals import NoAnswer, NoSuchItem, NotAllowed, TooManyRequests, Unreachable
from mix.core.relayable import Concern
from mix.core.rights import has_voice
from mix.core.transient import PendingRequest, RequestAnswered, RequestFailed, RequestRelayed
from pubsubnodes.addresses import RealJid

PATIENCE: Final = timedelta(seconds=60)
"""How long an answer is waited for (MIX-DEC-121)."""

MOST: Final = 1024
"""Requests under way in one channel."""

MOST_OF_ONE: Final = 128
"""Requests under way of one person: as many as a client has that asks for everybody's avatar."""


def relay(channel: Channel, cmd: RelayRequest, moment: Moment) -> list[Event]:
    """Pass a request on, to a client or to the account, as what it asks about demands."""
    me, tag, events = introduce(channel, cmd.actor, moment)
    to = addressee(channel, cmd.to)
    if to is not me and not _may_ask(channel, me, moment.rules):
        raise NotAllowed()
    asked, to_room = _whom(to, cmd)
    waiting = channel.pending.values()
    if len(waiting) >= MOST or sum(one.asker == me.id for one in waiting) >= MOST_OF_ONE:
        raise TooManyRequests()
    pending = PendingRequest(
        id=moment.dice.request_id(),
        asker=me.id,
        client=cmd.actor,
        client_id=cmd.client_id,
        written_to=cmd.written_to,
        asked_in_room=cmd.from_room,
        target=to.id,
        asked=asked,
        until=moment.now + PATIENCE,
    )
    return [*events, RequestRelayed(pending, tag, to_room, cmd.type, cmd.payload, cmd.lang)]


def _may_ask(channel: Channel, me: Participant, rules: Rules) -> bool:
    """Whether the operator lets somebody ask others (MIX-REL-05, MUC-IQ-17)."""
    return rules.relay == "everybody" or (rules.relay == "speakers" and has_voice(channel, me.jid))


def _whom(to: Participant, cmd: RelayRequest) -> tuple[RealJid, bool]:
    """The address to ask, and whether the one there hears of it in the room's words."""
    if cmd.concern is Concern.PERSON:
        # A visitor of the room has no preference; rooms always let people ask each other (XEP-0045 §17.4).
        is_closed = to.stays and to.preferences.vcard is Contact.BLOCK and to.jid != cmd.actor.bare
        if is_closed:
            raise Unreachable()
        return to.jid, not to.stays
    if cmd.from_room or cmd.tag is not None:
        session = _leading(to, cmd.actor) if cmd.from_room else client_tagged(to, cmd.tag)
        if session is None:
            raise NoSuchItem()
        return session.jid, session.in_room
    if cmd.concern is not Concern.ACCOUNT or cmd.type != "get":
        raise Unreachable()  # no account answers that to a stranger
    return to.jid, not to.stays


def _leading(to: Participant, actor: RealJid) -> Session | None:
    """The client that answers for somebody in the room; of one's own clients, another one first (MUC-IQ-12)."""
    shown = [session for session in clients(to) if session.is_present]
    return max(shown, key=lambda session: (session.jid != actor, session.priority, session.since), default=None)


def answer(channel: Channel, cmd: AnswerRelayed, moment: Moment) -> list[Event]:
    """Take an answer back to whoever asked; only from whoever was asked, and once."""
    pending = channel.pending.get(cmd.id)
    if pending is None or pending.asked != cmd.actor:
        return []
    return [RequestAnswered(pending, cmd.type, cmd.payload)]


def due(channel: Channel) -> datetime | None:
    """When the oldest request under way has been waiting long enough."""
    oldest = next(iter(channel.pending.values()), None)
    return oldest.until if oldest is not None else None


def expire(channel: Channel, moment: Moment) -> list[Event]:
    """Answer those who have been waiting long enough (MIX-REL-12, MUC-IQ-09)."""
    late = [pending for pending in channel.pending.values() if pending.until <= moment.now]
    return [RequestFailed(pending, NoAnswer()) for pending in late]


def orphaned(channel: Channel, happening: Iterable[Event]) -> list[Event]:
    """What becomes of requests under way when those they are for, or of, go or change names (MUC-IQ-08)."""
    events: dict[str, Event] = {}
    for event in happening:
        for pending in channel.pending.values():
            if _concerns(event, pending):
                events[pending.id] = RequestFailed(pending, NoSuchItem())
    return list(events.values())


def _concerns(event: Event, pending: PendingRequest) -> bool:
    match event:
        case ParticipantLeft(id):
            return id in (pending.target, pending.asker)
        case SessionClosed(session=session):
            return session.jid in (pending.asked, pending.client)
        case NickChanged(id):
            return pending.asked_in_room and id == pending.target
        case _:
            return False
