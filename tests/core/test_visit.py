"""Entering the room."""

import pytest

from mix.core import commands
from mix.core.events import ChannelCreated, NickChanged, ParticipantJoined, SessionChanged, SessionOpened
from mix.core.nodes import OPTIONAL
from mix.core.refusals import (
    Banned,
    ChannelFull,
    CreationNotAllowed,
    MembersOnly,
    NameUnacceptable,
    NickTaken,
    NoSuchChannel,
    WrongPassword,
)
from mix.core.rights import Grant
from mix.core.visibility import Mode
from tests.core.workshop import Workshop, jid, show


def test_entering_makes_a_visitor() -> None:
    """XEP-0045 §7.2: a participant until the last exit."""
    workshop = Workshop()
    joined, opened = workshop.enters("hag66/broom", "thirdwitch")
    assert isinstance(joined, ParticipantJoined)
    assert not joined.stays
    assert isinstance(opened, SessionOpened)
    assert opened.session.in_room
    assert not opened.session.in_channel
    assert workshop.enters("hag66/broom", "thirdwitch") == []
    assert [type(e) for e in workshop.enters("hag66/broom", "thirdwitch", presence=show("away"))] == [SessionChanged]


def test_a_participant_enters_as_who_they_are() -> None:
    """XEP-0408 §2: one person, one nick; a client that shows presence already comes in as well."""
    workshop = Workshop()
    me = workshop.joins("hag66", "thirdwitch")
    workshop.shows("hag66/broom")
    assert [type(e) for e in workshop.enters("hag66/broom", "other")] == [SessionChanged]
    assert me.nick is not None
    assert me.nick.text == "thirdwitch"
    session = me.sessions[jid("hag66/broom")]
    assert session.in_room
    assert session.in_channel


def test_a_second_client_comes_in_under_the_nick_held() -> None:
    """XEP-0045 §7.2.8."""
    workshop = Workshop()
    workshop.enters("hag66/broom", "thirdwitch")
    assert [type(e) for e in workshop.enters("hag66/pda", "other")] == [SessionOpened]


def test_entering_again_under_another_nick_changes_the_nick() -> None:
    """MUC-ENT-28: a change of nick, and then everything again."""
    workshop = Workshop()
    workshop.enters("hag66/broom", "thirdwitch")
    events = workshop.enters("hag66/broom", "first", presence=show("away"))
    assert [type(e) for e in events] == [SessionChanged, NickChanged]


def test_who_had_no_nick_gets_the_one_asked_for() -> None:
    """A visible channel can have nameless participants, a room cannot."""
    workshop = Workshop(default_mode=Mode.VISIBLE)
    workshop.sets(mandatory_nicks=False)
    me = workshop.joins("hag66", "")
    assert [type(e) for e in workshop.enters("hag66/broom", "first")] == [NickChanged, SessionOpened]
    assert me.nick is not None


def test_a_taken_nick_keeps_out() -> None:
    """XEP-0045 §7.2.8: taken by an offline MIX participant, too."""
    workshop = Workshop()
    workshop.joins("hag66", "thirdwitch")
    with pytest.raises(NickTaken):
        workshop.enters("hecate/moon", "THIRDwitch")


@pytest.mark.req("MUC-ENT-32")
def test_the_banned_learn_nothing_else() -> None:
    """XEP-0045 §7.2: not that the password is wrong, the nick taken, the room full."""
    workshop = Workshop()
    workshop.joins("hag66", "thirdwitch")
    workshop.lists(banned="macbeth")
    workshop.sets(password="toil", nodes=OPTIONAL, max_occupants=0)
    with pytest.raises(Banned):
        workshop.enters("macbeth/dagger", "thirdwitch", password="trouble")
    with pytest.raises(MembersOnly):
        workshop.enters("ross/x", "thirdwitch", password="trouble")
    workshop.sets(nodes=OPTIONAL - set(OPTIONAL))
    with pytest.raises(WrongPassword):
        workshop.enters("ross/x", "thirdwitch", password="trouble")
    with pytest.raises(NickTaken):
        workshop.enters("ross/x", "thirdwitch", password="toil")
    with pytest.raises(ChannelFull):
        workshop.enters("ross/x", "ross", password="toil")


def test_members_enter_a_room_for_members() -> None:
    """XEP-0045 §7.2.6: listed people, listed domains, MIX participants, and whoever runs the place."""
    workshop = Workshop()
    workshop.joins("hag66", "thirdwitch")
    workshop.lists(allowed="banquo england.example", admins="hecate")
    workshop.sets(nodes=OPTIONAL)
    for who in ("banquo/x", "siward@england.example/x", "hag66/broom", "hecate/moon", "crone1/cave"):
        workshop.enters(who)


def test_a_password_is_for_those_who_are_not_in() -> None:
    """XEP-0045 §7.2.5: people who run the place need none."""
    workshop = Workshop()
    workshop.joins("hag66", "thirdwitch")
    workshop.sets(password="toil")
    workshop.enters("hag66/broom")
    workshop.enters("crone1/cave")
    with pytest.raises(WrongPassword):
        workshop.enters("ross/x")
    workshop.enters("ross/x", password="toil")


@pytest.mark.req("MUC-ENT-18", "MUC-ENT-19")
def test_a_full_room_lets_in_who_runs_it_and_who_is_in() -> None:
    """XEP-0045 §7.2.9."""
    workshop = Workshop()
    workshop.sets(max_occupants=1)
    workshop.enters("hag66/broom")
    with pytest.raises(ChannelFull):
        workshop.enters("ross/x")
    workshop.enters("hag66/pda")
    workshop.enters("crone1/cave")


def test_the_service_has_a_limit_of_its_own() -> None:
    """Whatever the owner says."""
    workshop = Workshop(max_participants=1)
    workshop.enters("hag66/broom")
    with pytest.raises(ChannelFull):
        workshop.enters("ross/x")


@pytest.mark.req("MUC-ENT-21")
def test_who_enters_first_creates_the_room_locked() -> None:
    """XEP-0045 §10.1: it does not exist for others until its owner has seen the configuration."""
    workshop = Workshop(exists=False)
    assert [type(e) for e in workshop.enters("crone1/cave")] == [ChannelCreated, ParticipantJoined, SessionOpened]
    assert workshop.coven.locked
    assert not workshop.coven.config.persistent
    with pytest.raises(NoSuchChannel):
        workshop.enters("hag66/broom")
    workshop.enters("crone1/broom")


def test_creating_by_entering_follows_the_policy_and_the_names() -> None:
    """XEP-0045 §7.2.10 and RFC 7622."""
    workshop = Workshop(exists=False, creators="admins")
    with pytest.raises(CreationNotAllowed):
        workshop.enters("crone1/cave")
    free = Workshop(exists=False)
    with pytest.raises(NameUnacceptable):
        free.does(commands.Enter(actor=jid("crone1/cave"), name="a#b", nick="x", presence=show()))


def test_a_short_absence_changes_no_grant() -> None:
    """XEP-0045 §5.1, MUC-ENT-38: for an hour, in a moderated room."""
    workshop = Workshop()
    workshop.sets(moderated=True)
    for away, moderated, expected in ((10, True, Grant.VOICE), (10, False, None), (4000, True, None)):
        workshop.sets(moderated=True)
        workshop.enters("hag66/broom")
        workshop.coven.participant(jid("hag66")).grant = Grant.VOICE
        workshop.does(commands.GoOffline(actor=jid("hag66/broom")))
        workshop.clock.advance(away)
        workshop.sets(moderated=moderated)
        workshop.enters("hag66/broom")
        assert workshop.coven.participant(jid("hag66")).grant is expected
        workshop.does(commands.GoOffline(actor=jid("hag66/broom")))
