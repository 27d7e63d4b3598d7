"""Saying something."""

import pytest

from mix.core.events import MessagePosted, SessionOpened, SubjectChanged
from mix.core.payload import Payload
from mix.core.refusals import NotAllowed, NotAParticipant, Voiceless
from mix.core.rights import Grant
from mix.core.visibility import Mode
from pubsubnodes.xml import read_fragment
from tests.core.workshop import Workshop, body, jid

SUBJECT = Payload(read_fragment("<subject>cauldrons</subject>"))
STATE = Payload(read_fragment("<composing xmlns='http://jabber.org/protocol/chatstates'/>"))


@pytest.mark.req("MIX-NCK-10", "MIX-MSG-25")
def test_a_message_remembers_how_things_were() -> None:
    """XEP-0404 §2.3: facts, not addresses: who, under which nick, whether their JID was shown, in which order."""
    workshop = Workshop(default_mode=Mode.VISIBLE)
    me = workshop.joins("hag66/broom", "thirdwitch")
    (first,) = workshop.says("hag66/broom")
    (second,) = workshop.says("hag66/broom", body("harpier cries"))
    assert isinstance(first, MessagePosted)
    assert isinstance(second, MessagePosted)
    assert (first.message.sender, first.message.nick, first.message.disclosed) == (me.id, me.nick, True)
    assert second.message.position == first.message.position + 1
    assert second.message.at > first.message.at
    assert first.message.id != second.message.id
    workshop.sets(mode=Mode.HIDDEN)
    (third,) = workshop.says("hag66/broom")
    assert isinstance(third, MessagePosted)
    assert not third.message.disclosed


def test_time_in_the_archive_never_runs_backwards() -> None:
    """XEP-0313 §3.1: a clock that steps back must not hide messages."""
    workshop = Workshop()
    workshop.joins("hag66/broom")
    (first,) = workshop.says("hag66/broom")
    workshop.clock.advance(-3600)
    (second,) = workshop.says("hag66/broom")
    assert isinstance(first, MessagePosted)
    assert isinstance(second, MessagePosted)
    assert second.message.at >= first.message.at


def test_a_client_that_speaks_is_remembered() -> None:
    """So that copies can go to it; in the room it is known anyway."""
    workshop = Workshop()
    workshop.joins("hag66")
    assert [type(e) for e in workshop.says("hag66/broom")] == [SessionOpened, MessagePosted]
    workshop.enters("hecate/moon")
    assert [type(e) for e in workshop.says("hecate/moon", from_room=True)] == [MessagePosted]


def test_who_is_not_in_does_not_speak() -> None:
    """XEP-0369 §7.1.6; nor does a visitor's client that is not in the room."""
    workshop = Workshop()
    workshop.enters("hecate/moon")
    for who in ("ross/x", "hecate/sun"):
        with pytest.raises(NotAParticipant):
            workshop.says(who)


def test_who_has_no_voice_does_not_speak() -> None:
    """XEP-0045 §7.4, on both faces."""
    workshop = Workshop()
    workshop.joins("hag66").grant = Grant.MUTED
    with pytest.raises(Voiceless):
        workshop.says("hag66/broom")


@pytest.mark.req("MIX-MSG-26")
def test_what_is_not_worth_keeping_is_said_and_not_kept() -> None:
    """XEP-0313 §6.1.2."""
    workshop = Workshop()
    workshop.joins("hag66/broom")
    (state,) = workshop.says("hag66/broom", STATE)
    assert isinstance(state, MessagePosted)
    assert not state.message.archived
    assert workshop.coven.recent is not None
    assert not workshop.coven.recent
    workshop.says("hag66/broom")
    assert len(workshop.coven.recent) == 1
    workshop.coven.recent = None
    workshop.says("hag66/broom")


def test_a_lone_subject_in_the_room_changes_the_subject() -> None:
    """XEP-0045 §8.1: those who run the place may, others where the room allows it; archived, not in the history."""
    workshop = Workshop()
    workshop.enters("crone1/cave")
    workshop.enters("hag66/broom")
    (changed,) = workshop.says("crone1/cave", SUBJECT, from_room=True)
    assert isinstance(changed, SubjectChanged)
    assert changed.message.archived
    assert workshop.coven.subject is not None
    assert workshop.coven.subject.payload == SUBJECT
    assert not workshop.coven.recent
    with pytest.raises(NotAllowed):
        workshop.says("hag66/broom", SUBJECT, from_room=True)
    workshop.coven.participant(jid("hag66")).grant = Grant.MODERATOR
    workshop.says("hag66/broom", SUBJECT, from_room=True)
    workshop.coven.participant(jid("hag66")).grant = None
    workshop.sets(changing_subject=True)
    workshop.says("hag66/broom", SUBJECT, from_room=True)


def test_in_the_channel_a_subject_is_a_message_like_others() -> None:
    """XEP-0369 has no word for a subject."""
    workshop = Workshop()
    workshop.joins("hag66/broom")
    assert [type(e) for e in workshop.says("hag66/broom", SUBJECT)] == [MessagePosted]
