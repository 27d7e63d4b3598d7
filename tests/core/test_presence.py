"""Clients coming, showing themselves, and going."""

import pytest

from mix.core import commands
from mix.core.config import Preferences, Sharing
from mix.core.events import (
    ChannelDestroyed,
    Departure,
    Exit,
    ParticipantLeft,
    SessionChanged,
    SessionClosed,
    SessionOpened,
)
from mix.core.refusals import NotAParticipant
from tests.core.workshop import Workshop, jid


def offline(who: str, *, lost: bool = False) -> commands.GoOffline:
    """A client goes, or all of an account."""
    return commands.GoOffline(actor=jid(who), lost=lost)


@pytest.mark.req("MIX-RES-01", "MIX-RES-03", "MIX-RES-06")
def test_a_client_gets_a_random_tag_and_keeps_it() -> None:
    """XEP-0404 §2.4: the resource is replaced, and the replacement stays while the client is there."""
    workshop = Workshop()
    me = workshop.joins("hag66")
    (opened,) = workshop.shows("hag66/broom")
    assert isinstance(opened, SessionOpened)
    assert opened.first
    (changed,) = workshop.shows("hag66/broom", "away")
    assert isinstance(changed, SessionChanged)
    assert changed.before.tag == changed.after.tag
    assert changed.after.tag != "broom"
    assert workshop.shows("hag66/broom", "away") == []
    (second,) = workshop.shows("hag66/pda")
    assert isinstance(second, SessionOpened)
    assert not second.first
    assert second.session.tag != opened.session.tag
    assert me.is_present


def test_a_client_that_spoke_shows_itself_later() -> None:
    """It was known by a request; the tag is the same."""
    workshop = Workshop()
    me = workshop.joins("hag66/broom")
    known = me.sessions[jid("hag66/broom")]
    assert known.presence is None
    (opened,) = workshop.shows("hag66/broom")
    assert isinstance(opened, SessionOpened)
    assert opened.first
    assert opened.session.tag == known.tag


def test_who_does_not_share_presence_shows_none() -> None:
    """XEP-0404 §3.1."""
    workshop = Workshop()
    workshop.joins("hag66", preferences=Preferences(presence=Sharing.NOT_SHARE))
    assert workshop.shows("hag66/broom") == []


def test_strangers_show_nothing() -> None:
    """Presence is of participants."""
    with pytest.raises(NotAParticipant):
        Workshop().shows("hag66/broom")


@pytest.mark.parametrize(("priorities", "leader"), [((1, 0), "broom"), ((0, 1), "pda"), ((0, 0), "pda")])
def test_one_client_speaks_for_the_person(priorities: tuple[int, int], leader: str) -> None:
    """MUC-PRES-30: the highest priority, and of equals the newest."""
    workshop = Workshop()
    me = workshop.joins("hag66")
    workshop.shows("hag66/broom", priority=priorities[0])
    workshop.shows("hag66/pda", priority=priorities[1])
    leading = me.leading
    assert leading is not None
    assert leading.jid == jid(f"hag66/{leader}")


@pytest.mark.req("MIX-GEN-01")
@pytest.mark.parametrize("who", ["hag66/broom", "hag66"])
@pytest.mark.parametrize("lost", [True, False])
def test_going_offline_is_not_leaving(who: str, lost: bool) -> None:
    """MIX-LEA-09: a MIX participation outlives connections, also lost ones."""
    workshop = Workshop()
    me = workshop.joins("hag66")
    workshop.shows("hag66/broom")
    (closed,) = workshop.does(offline(who, lost=lost))
    assert isinstance(closed, SessionClosed)
    assert closed.reason is (Exit.LOST if lost else Exit.LEFT)
    assert closed.last
    assert workshop.coven.participant(jid("hag66")) is me
    assert workshop.does(offline("hag66/broom")) == []


def test_with_several_clients_the_last_one_is_the_last() -> None:
    """XEP-0403 §4.3: unavailable presence for each."""
    workshop = Workshop()
    workshop.joins("hag66/cave")  # a client that shows nothing
    workshop.shows("hag66/broom")
    workshop.shows("hag66/pda")
    events = workshop.does(offline("hag66"))
    assert [e.last for e in events if isinstance(e, SessionClosed)] == [False, False, True]


def test_a_visit_ends_with_the_last_client_in_the_room() -> None:
    """XEP-0045 §7.14; the channel was made for good, so it stays."""
    workshop = Workshop()
    workshop.enters("hag66/broom")
    workshop.enters("hag66/pda")
    (closed,) = workshop.does(offline("hag66/broom"))
    assert isinstance(closed, SessionClosed)
    assert not closed.last
    (left,) = workshop.does(offline("hag66/pda", lost=True))
    assert isinstance(left, ParticipantLeft)
    assert left.reason is Departure.VISIT_OVER
    assert left.lost
    assert workshop.does(offline("hag66/pda")) == []


@pytest.mark.req("MUC-EXIT-08")
def test_a_temporary_room_ends_with_its_last_visitor() -> None:
    """XEP-0045 §7.14."""
    workshop = Workshop(exists=False)
    workshop.enters("crone1/cave")
    workshop.coven.locked = False
    workshop.enters("hag66/broom")
    assert [type(e) for e in workshop.does(offline("crone1/cave"))] == [ParticipantLeft]
    assert [type(e) for e in workshop.does(offline("hag66/broom"))] == [ParticipantLeft, ChannelDestroyed]
    assert workshop.coven.destroyed


def test_a_room_that_was_never_configured_ends_too() -> None:
    """XEP-0045 §10.1.3: nobody else ever saw it, whatever it was to be."""
    workshop = Workshop(exists=False)
    workshop.enters("crone1/cave")
    workshop.sets(persistent=True)
    assert [type(e) for e in workshop.does(offline("crone1/cave"))] == [ParticipantLeft, ChannelDestroyed]


def test_a_server_that_sends_back_is_done_without() -> None:
    """XEP-0405 §2.2: as soon as a client is known; whoever is not in, or joined by themselves, loses nothing."""
    workshop = Workshop()
    sent_back = commands.SendBack(actor=jid("hag66"))
    assert workshop.does(sent_back) == []
    me = workshop.joins("hag66")
    assert workshop.does(sent_back) == []
    workshop.says("hag66/broom")
    assert list(me.clients()) == [jid("hag66")]
    (closed,) = workshop.does(sent_back)
    assert isinstance(closed, SessionClosed)
    assert list(me.clients()) == [jid("hag66/broom")]
    assert workshop.does(sent_back) == []
