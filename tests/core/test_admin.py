"""Configuration, information and lists: all or nothing, and nobody stays who may not."""

from datetime import timedelta
from typing import Any

import pytest

from mix.core import commands
from mix.core.config import Circle, Preferences, Sharing
from mix.core.events import (
    ChannelDestroyed,
    ChannelUnlocked,
    ConfigChanged,
    Departure,
    InfoChanged,
    ListsChanged,
    NickChanged,
    ParticipantLeft,
    PreferencesChanged,
    Unsubscribed,
)
from mix.core.nodes import OPTIONAL, Node
from mix.core.refusals import LastOwner, NotAllowed, ValueUnacceptable
from mix.core.visibility import Mode, Preference
from tests.core.workshop import CORE_NODES, Workshop, jid


def test_what_is_given_changes_and_the_rest_stays() -> None:
    """XEP-0406 §3.2: configuration, then information; nothing for what is as it was."""
    workshop = Workshop()
    events = workshop.configures(mode=Mode.MAYBE, name="Coven", description="", as_owner=True)
    assert [type(e) for e in events] == [ConfigChanged, InfoChanged]
    assert workshop.coven.config.mode is Mode.MAYBE
    assert workshop.coven.info.name == "Coven"
    assert workshop.coven.info_at == workshop.clock.now
    assert workshop.configures(mode=Mode.MAYBE) == []


@pytest.mark.req("MIX-VIS-16", "MIX-VIS-17")
def test_each_may_change_what_their_rank_gives() -> None:
    """XEP-0406 §2.4, §3.3: owners all; administrators who is allowed and banned; information has a circle."""
    workshop = Workshop()
    workshop.joins("hag66")
    workshop.lists(admins="hecate")
    banned: dict[str, Any] = {"banned": frozenset({jid("macbeth")})}
    for who in ("hecate", "hag66", "ross"):
        for change in ({"mode": Mode.VISIBLE}, {"owners": frozenset({jid(who)})}, {"admins": frozenset({jid(who)})}):
            with pytest.raises(NotAllowed):
                workshop.configures(who, **change)
    for who in ("hag66", "ross"):
        with pytest.raises(NotAllowed):
            workshop.configures(who, **banned)
        with pytest.raises(NotAllowed):
            workshop.configures(who, name="Mine")
    workshop.configures("hecate", **banned)
    workshop.configures("hecate", name="Coven", as_owner=False)
    workshop.sets(info_by=Circle.PARTICIPANTS)
    workshop.configures("hag66", name="Ours", as_owner=False)


def test_administrators_do_not_ban_owners() -> None:
    """XEP-0045 §9.1: nor by a domain; owners may write what they like, they stay owners."""
    workshop = Workshop(operators=frozenset({jid("bard@globe.example")}))
    workshop.lists(admins="hecate")
    for entry in ("crone1", "shakespeare.example", "bard@globe.example", "globe.example"):
        with pytest.raises(NotAllowed):
            workshop.configures("hecate", banned=frozenset({jid(entry)}))
    workshop.configures("crone1", banned=frozenset({jid("crone1")}))
    workshop.configures("hecate", banned=frozenset({jid("crone1"), jid("macbeth")}))


@pytest.mark.parametrize(
    "change",
    [
        {"owners": frozenset({jid("shakespeare.example")})},
        {"admins": frozenset({jid("abc#coven@mix.shakespeare.example")})},
        {"allowed": frozenset({jid("x@mix.shakespeare.example")})},
        {"banned": frozenset({jid("x@mix.shakespeare.example")})},
        {"history": -1},
        {"history": 51},
    ],
)
def test_values_that_cannot_be(change: dict[str, Any]) -> None:
    """XEP-0406 §2: owners are people, by their own address; a room's history has the service's limit."""
    workshop = Workshop()
    with pytest.raises(ValueUnacceptable):
        workshop.configures(**change)


def test_a_channel_always_has_an_owner() -> None:
    """MIX-DEC-067."""
    workshop = Workshop()
    with pytest.raises(LastOwner):
        workshop.configures(owners=frozenset())


def test_a_channel_does_not_end_in_the_past() -> None:
    """XEP-0406 §2.4."""
    workshop = Workshop()
    with pytest.raises(ValueUnacceptable):
        workshop.configures(end_of_life=workshop.clock.now)
    workshop.configures(end_of_life=workshop.clock.now + timedelta(days=1))


def departures(events: Any) -> list[tuple[Any, Departure]]:
    """Who left and why."""
    return [(e.jid, e.reason) for e in events if isinstance(e, ParticipantLeft)]


@pytest.mark.req("MIX-VIS-06", "MIX-VIS-07", "MIX-VIS-10")
@pytest.mark.parametrize("old", Mode)
@pytest.mark.parametrize("new", Mode)
def test_a_change_of_mode_removes_who_cannot_coexist_first(old: Mode, new: Mode) -> None:
    """XEP-0404 §3.1: never is gone before a visible channel, always before a hidden one, and nobody else ever."""
    workshop = Workshop(default_mode=Mode.MAYBE)
    for preference in Preference:
        workshop.joins(preference.value.replace(" ", ""), preferences=Preferences(visibility=preference))
    if old is not Mode.MAYBE:
        workshop.configures(mode=old)
    before = {someone.jid for someone in workshop.coven.participants.values()}
    events = workshop.configures(mode=new)
    gone = {Mode.VISIBLE: {jid("never")}, Mode.HIDDEN: {jid("always")}, Mode.MAYBE: set()}[new] & before
    assert departures(events) == [(one, Departure.CANNOT_COEXIST) for one in gone]
    if old is not new:
        assert [isinstance(e, ParticipantLeft) for e in events] == [True] * len(gone) + [False]
    assert {someone.jid for someone in workshop.coven.participants.values()} == before - gone


@pytest.mark.req("MIX-LEA-13", "MIX-ACL-08")
def test_a_ban_removes_at_once() -> None:
    """XEP-0406 §3.3: by JID and by domain; those who run the place stay."""
    workshop = Workshop()
    for who in ("hag66", "hecate", "macbeth", "siward@england.example"):
        workshop.joins(who, f"nick of {who.partition('@')[0]}")
    workshop.lists(admins="hecate")
    left, changed = workshop.lists(banned="macbeth hecate")
    assert departures([left]) == [(jid("macbeth"), Departure.BANNED)]
    assert isinstance(changed, ListsChanged)
    assert departures(workshop.lists(banned="england.example")) == [(jid("siward@england.example"), Departure.BANNED)]
    assert workshop.coven.participant_of(jid("hag66")) is not None


def test_a_ban_holds_without_its_node() -> None:
    """XEP-0045 §9.1: a room has its outcasts whether or not the channel has a node that lists them."""
    workshop = Workshop()
    workshop.joins("macbeth")
    workshop.sets(nodes=OPTIONAL - {Node.ALLOWED, Node.BANNED})
    assert departures(workshop.lists(banned="macbeth")) == [(jid("macbeth"), Departure.BANNED)]


def test_who_is_not_allowed_any_more_leaves() -> None:
    """XEP-0406 §2.2: when the list comes, and when an entry goes."""
    workshop = Workshop()
    for who in ("hag66", "hecate", "banquo"):
        workshop.joins(who)
    workshop.lists(admins="hecate", allowed="banquo hag66")
    assert departures(workshop.configures(nodes=OPTIONAL)) == []
    assert departures(workshop.lists(allowed="banquo")) == [(jid("hag66"), Departure.NOT_ALLOWED)]


@pytest.mark.req("MIX-VIS-22", "MIX-MAP-11")
def test_lost_rights_end_subscriptions() -> None:
    """XEP-0404 §2.5: a demoted administrator does not keep the jidmap; a node that goes keeps nobody."""
    workshop = Workshop()
    workshop.lists(admins="hecate")
    workshop.joins("hecate", nodes=[*CORE_NODES, Node.JIDMAP])
    workshop.joins("macbeth")
    ended, changed = workshop.lists(admins="")  # not even the word of it
    assert isinstance(changed, ListsChanged)
    assert ended == Unsubscribed(jid("hecate"), frozenset({Node.JIDMAP}))
    events = workshop.configures(nodes=OPTIONAL - {Node.PRESENCE, Node.ALLOWED}, banned=frozenset({jid("macbeth")}))
    assert departures(events) == [(jid("macbeth"), Departure.BANNED)]
    assert events[-1] == Unsubscribed(jid("hecate"), frozenset({Node.PRESENCE}))


@pytest.mark.req("MIX-GEN-06")
def test_subscribers_who_are_no_participants_lose_what_closes() -> None:
    """XEP-0406 §2.4."""
    workshop = Workshop()
    workshop.sets(messages_for=Circle.ANYONE)
    workshop.does(commands.Subscribe(actor=jid("ross"), node=Node.MESSAGES))
    assert workshop.configures(messages_for=Circle.PARTICIPANTS)[0] == Unsubscribed(
        jid("ross"), frozenset({Node.MESSAGES})
    )


def test_the_owners_first_word_unlocks_a_room() -> None:
    """XEP-0045 §10.1: an instant room is one with nothing changed."""
    workshop = Workshop(exists=False)
    workshop.enters("crone1/cave")
    assert workshop.configures(as_owner=False) == []
    (unlocked,) = workshop.configures()
    assert isinstance(unlocked, ChannelUnlocked)
    assert not workshop.coven.locked


def test_an_empty_channel_that_is_not_to_stay_ends() -> None:
    """XEP-0045 §10.1.3: temporary means until nobody is there, and that is now; with people in it, later."""
    workshop = Workshop()
    workshop.enters("hag66/broom")
    assert not any(isinstance(e, ChannelDestroyed) for e in workshop.configures(persistent=False))
    empty = Workshop()
    assert isinstance(empty.configures(persistent=False)[-1], ChannelDestroyed)


def test_changes_are_dated_and_signed() -> None:
    """XEP-0406 §2.4: Last Change Made By; also when the lists that are part of the configuration change."""
    workshop = Workshop(operators=frozenset({jid("bard")}))
    workshop.configures("bard", admins=frozenset({jid("hecate")}))
    assert workshop.coven.config_by == jid("bard")
    assert workshop.coven.config_at == workshop.clock.now
    then = workshop.clock.now
    workshop.configures("hecate", banned=frozenset({jid("macbeth")}))
    assert workshop.coven.config_at == then
    workshop.configures("crone1", mode=Mode.VISIBLE)
    assert workshop.coven.info_at == workshop.clock.now
    workshop.configures("crone1", moderated=True)
    assert workshop.coven.info_at < workshop.clock.now


@pytest.mark.req("MIX-NCK-21", "MIX-MSG-07")
@pytest.mark.parametrize("change", [{"mandatory_nicks": True}, {"mode": Mode.HIDDEN}, {"mode": Mode.MAYBE}])
def test_nobody_stays_nameless_where_nicks_are_needed(change: dict[str, Any]) -> None:
    """XEP-0369 §7.1.2 and §7.1.6: the service gives one; those who leave with the change need none."""
    workshop = Workshop(default_mode=Mode.VISIBLE)
    workshop.sets(mandatory_nicks=False)
    hag66 = workshop.joins("hag66", "")
    workshop.joins("macbeth", "")
    workshop.joins("hecate", "moon")
    assert not any(isinstance(e, NickChanged) for e in workshop.configures(moderated=True))
    events = workshop.configures(**change, banned=frozenset({jid("macbeth")}))
    assert [e.id for e in events if isinstance(e, NickChanged)] == [hag66.id]
    assert hag66.nick is not None


def test_another_history_is_read_again() -> None:
    """The messages kept in memory are as many as a room shows."""
    workshop = Workshop()
    workshop.configures(history=5)
    assert workshop.coven.recent is None
    workshop.configures(moderated=True)


@pytest.mark.req("MIX-CFG-28")
def test_where_presence_is_a_duty_everybody_shares_it() -> None:
    """XEP-0406 §2.4: preferences against it are reset."""
    workshop = Workshop()
    hag66 = workshop.joins("hag66", preferences=Preferences(presence=Sharing.NOT_SHARE))
    workshop.joins("hecate")
    assert [type(e) for e in workshop.configures(presence_required=True)] == [ConfigChanged, PreferencesChanged]
    assert hag66.preferences.presence is Sharing.SHARE
