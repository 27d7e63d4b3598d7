"""People who show presence without being in the channel."""

from __future__ import annotations

import pytest

from mix.core.commands import GoOffline, NewGrant, SetNick, SetRanks
from mix.core.config import Config
from mix.core.nodes import Node
from mix.core.onlookers import HIDING, OnlookerGone, OnlookerShown, is_open
from mix.core.refusals import ChannelFull, NickTaken, NotAParticipant
from mix.core.rights import Grant, Standing, has_voice, standing
from mix.core.visibility import Audience, Mode
from tests.core.workshop import Workshop, jid, show


@pytest.fixture
def workshop() -> Workshop:
    """The coven, where anybody may show presence."""
    made = Workshop()
    made.configures(open_presence=True)
    return made


def test_presence_is_open_where_the_owner_says_so_and_there_is_presence() -> None:
    assert not is_open(Config())
    assert is_open(Config(open_presence=True))
    assert not is_open(Config(open_presence=True, nodes=frozenset({Node.INFO})))
    with pytest.raises(NotAParticipant):
        Workshop().shows("ross/pda")


def test_somebody_is_seen_by_each_client(workshop: Workshop) -> None:
    """With one nick, and a session a client."""
    (first,) = workshop.shows("ross/pda")
    (second,) = workshop.shows("ross/desk", "away")
    assert isinstance(first, OnlookerShown)
    assert isinstance(second, OnlookerShown)
    assert (first.id, first.nick, first.since) == (second.id, second.nick, second.since)
    ross = workshop.coven.onlookers[first.id]
    assert set(ross.sessions) == {jid("ross/pda"), jid("ross/desk")}
    assert workshop.shows("ross/desk", "away") == []
    assert not workshop.coven.participants
    assert standing(workshop.coven, jid("ross")) is Standing.ALLOWED


@pytest.mark.parametrize("mode", Mode)
def test_their_addresses_are_for_insiders(workshop: Workshop, mode: Mode) -> None:
    workshop.shows("ross/pda")
    workshop.configures(mode=mode)
    (ross,) = workshop.coven.onlookers.values()
    assert ross.preferences == HIDING
    sight = workshop.coven.sight
    assert [sight.shows(ross, audience) for audience in (Audience.PUBLIC, Audience.OUTSIDERS)] == [False, False]
    assert sight.shows(ross, Audience.INSIDERS)


def test_being_seen_ends_no_muting(workshop: Workshop) -> None:
    """MUC-ENT-38: whoever was muted and left is so still when they come back by way of showing presence."""
    workshop.configures(moderated=True)
    workshop.lists(allowed="ross")
    workshop.enters("ross/pda", "thane")
    workshop.does(SetRanks(actor=jid("crone1/cave"), changes=[NewGrant(nick="thane", grant=Grant.MUTED)]))
    workshop.does(GoOffline(actor=jid("ross/pda")))
    workshop.shows("ross/pda")
    workshop.enters("ross/pda", "thane")
    assert not has_voice(workshop.coven, jid("ross"))


def test_they_go_by_client_or_altogether(workshop: Workshop) -> None:
    for client in ("ross/pda", "ross/desk", "ross/cart"):
        workshop.shows(client)
    (gone,) = workshop.does(GoOffline(actor=jid("ross/pda"), status=show("x")))
    assert isinstance(gone, OnlookerGone)
    assert (gone.session.jid, gone.status) == (jid("ross/pda"), show("x"))
    assert len(workshop.does(GoOffline(actor=jid("ross")))) == 2
    assert not workshop.coven.onlookers
    assert workshop.does(GoOffline(actor=jid("ross/pda"))) == []


def test_joining_and_entering_make_them_participants(workshop: Workshop) -> None:
    workshop.shows("ross/pda")
    workshop.shows("macbeth/pda")
    workshop.joins("ross")
    workshop.enters("macbeth/desk")
    assert not workshop.coven.onlookers


def test_who_is_banned_goes_and_stays_out(workshop: Workshop) -> None:
    """Administrators stand above a ban (XEP-0406 §2.3)."""
    for someone in ("ross/pda", "macbeth/pda", "hecate/pda"):
        workshop.shows(someone)
    workshop.lists(admins="hecate", banned="shakespeare.example")
    (hecate,) = workshop.coven.onlookers.values()
    assert hecate.jid == jid("hecate")
    with pytest.raises(NotAParticipant):
        workshop.shows("ross/pda")


def test_all_go_when_presence_is_closed(workshop: Workshop) -> None:
    workshop.shows("ross/pda")
    assert not any(isinstance(event, OnlookerGone) for event in workshop.configures(moderated=True))
    assert any(isinstance(event, OnlookerGone) for event in workshop.configures(nodes=frozenset({Node.INFO})))


def test_they_count_as_others_do() -> None:
    workshop = Workshop(max_participants=2)
    workshop.configures(open_presence=True)
    workshop.joins("hag66")
    workshop.shows("ross/pda")
    workshop.shows("ross/desk")
    with pytest.raises(ChannelFull):
        workshop.shows("macbeth/pda")


def test_nobody_passes_for_one_of_them(workshop: Workshop) -> None:
    """Nicks are told apart on this side of the door as well."""
    (shown,) = workshop.shows("ross/pda")
    assert isinstance(shown, OnlookerShown)
    workshop.joins("hag66")
    with pytest.raises(NickTaken):
        workshop.does(SetNick(actor=jid("hag66/pda"), nick=shown.nick.text))
    workshop.joins("ross", shown.nick.text)
