"""What follows from other lists."""

from dataclasses import replace

import pytest

from mix.core.admissions import NickReserved
from mix.core.commands import Register
from mix.core.config import Lists
from mix.core.events import ChannelDestroyed, Event, GrantChanged, ListsChanged, ParticipantLeft, Unsubscribed
from mix.core.nicknames import prepare
from mix.core.nodes import Node
from mix.core.refusals import ListFull
from mix.core.relisting import relist
from mix.core.rights import Grant
from tests.core.workshop import Workshop, jid


def relisted(workshop: Workshop, **lists: str) -> list[Event]:
    """The consequences of lists of names."""
    named = {name: frozenset(map(jid, names.split())) for name, names in lists.items()}
    wanted: Lists = replace(workshop.coven.lists, **named)
    return relist(workshop.coven, wanted, jid("crone1"), workshop.moment, {jid("hag66"): "Avaunt!"})


def test_nothing_follows_from_nothing() -> None:
    """The same lists are no event."""
    assert relisted(Workshop(), owners="crone1") == []


def test_a_ban_ends_everything() -> None:
    """XEP-0045 §9.1: participation, the nick that was kept; other people keep theirs."""
    workshop = Workshop()
    workshop.joins("hag66")
    workshop.lists(allowed="hecate hag66")
    workshop.coven.apply(NickReserved(jid("hag66"), None, prepare("third")))
    workshop.coven.apply(NickReserved(jid("hecate"), None, prepare("moon")))
    left, freed, listed = relisted(workshop, banned="hag66", allowed="hecate")
    assert isinstance(left, ParticipantLeft)
    assert (left.jid, left.by, left.text) == (jid("hag66"), jid("crone1"), "Avaunt!")
    assert freed == NickReserved(jid("hag66"), prepare("third"), None)
    assert isinstance(listed, ListsChanged)
    assert listed.gone == {jid("hag66")}


def test_rising_ends_a_muting_and_falling_ends_the_rest() -> None:
    """XEP-0045 §5.1.3."""
    workshop = Workshop()
    hag66 = workshop.joins("hag66")
    for before, after, ends in (("", "hag66", Grant.MUTED), ("hag66", "", Grant.VOICE), ("hag66", "", Grant.MODERATOR)):
        for grant in Grant:
            workshop.lists(allowed=before)
            hag66.grant = grant
            changed = [event for event in relisted(workshop, allowed=after) if isinstance(event, GrantChanged)]
            gone = grant is ends or (after == "" and grant is not Grant.MUTED)
            assert [(one.id, one.new, one.ranked) for one in changed] == ([(hag66.id, None, True)] if gone else [])


def test_who_falls_loses_what_the_rank_gave() -> None:
    """XEP-0406 §2.4."""
    workshop = Workshop()
    workshop.lists(admins="hag66")
    workshop.joins("hag66", nodes=[Node.JIDMAP, Node.MESSAGES])
    events = relisted(workshop, admins="")
    assert Unsubscribed(jid("hag66"), frozenset({Node.JIDMAP})) in events


def test_a_temporary_room_may_end() -> None:
    """XEP-0045 §7.14: its last people were banned."""
    workshop = Workshop()
    workshop.sets(persistent=False)
    workshop.enters("hag66/broom")
    assert isinstance(relisted(workshop, banned="hag66")[-1], ChannelDestroyed)
    assert not isinstance(relisted(workshop, banned="hecate")[-1], ChannelDestroyed)


def test_a_list_has_an_end() -> None:
    """XEP-0045 §14.6: who registers stands on one, and a server of one's own has accounts without end."""
    workshop = Workshop(max_participants=2)
    for name in ("ann", "bob"):
        workshop.does(Register(actor=jid(name), nick=name))
    with pytest.raises(ListFull):
        workshop.does(Register(actor=jid("cid"), nick="cid"))
    workshop.lists(allowed="ann")
    workshop.does(Register(actor=jid("cid"), nick="cid"))
