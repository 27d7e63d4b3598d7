"""Changing one's nick."""

import pytest

from mix.core import commands
from mix.core.channel import RENAMINGS
from mix.core.events import NickChanged, SessionChanged, SessionOpened
from mix.core.refusals import NickTaken, NotAParticipant, TooFast
from tests.core.workshop import Workshop, jid, show


def nick(who: str, text: str | None) -> commands.SetNick:
    """A wish for a nick, by MIX."""
    return commands.SetNick(actor=jid(who), nick=text)


def test_a_nick_changes_and_frees_the_former_one() -> None:
    """XEP-0369 §7.1.4."""
    workshop = Workshop()
    workshop.joins("hag66", "thirdwitch")
    (changed,) = workshop.does(nick("hag66", "first"))
    assert isinstance(changed, NickChanged)
    assert workshop.does(nick("hag66", "first")) == []
    workshop.joins("hecate", "thirdwitch")
    with pytest.raises(NickTaken):
        workshop.does(nick("hag66", "ThirdWitch"))


def test_only_the_case_can_change() -> None:
    """One does not stand in one's own way."""
    workshop = Workshop()
    workshop.joins("hag66", "thirdwitch")
    workshop.does(nick("hag66", "ThirdWitch"))
    assert str(workshop.coven.participant(jid("hag66")).nick).find("ThirdWitch") > 0


def test_without_a_wish_a_nick_is_given() -> None:
    """XEP-0369 §7.1.4: a blank nick asks for one."""
    workshop = Workshop()
    workshop.joins("hag66", "thirdwitch")
    (changed,) = workshop.does(nick("hag66", None))
    assert isinstance(changed, NickChanged)
    assert changed.new.text != "thirdwitch"


def test_strangers_have_no_nick() -> None:
    """XEP-0369 §7.1.4."""
    with pytest.raises(NotAParticipant):
        Workshop().does(nick("hag66", "x"))


def test_a_client_that_asks_is_remembered_only_as_a_mix_client_of_a_participant() -> None:
    """A visitor's other client does not become one by asking."""
    workshop = Workshop()
    workshop.joins("hag66")
    assert [type(e) for e in workshop.does(nick("hag66/broom", "other"))] == [NickChanged, SessionOpened]
    workshop.enters("hecate/moon")
    assert [type(e) for e in workshop.does(nick("hecate/sun", "another"))] == [NickChanged]


def test_in_the_room_a_nick_comes_with_presence() -> None:
    """XEP-0045 §7.6: what the client shows changes with it, and one word can tell both."""
    workshop = Workshop()
    workshop.enters("hag66/broom", "thirdwitch")
    wish = commands.SetNick(actor=jid("hag66/broom"), nick="first", presence=show("away"))
    changed, renamed = workshop.does(wish)
    assert isinstance(changed, SessionChanged)
    assert changed.renamed
    assert isinstance(renamed, NickChanged)
    assert [type(e) for e in workshop.does(wish)] == []


def test_nicks_are_not_changed_for_ever() -> None:
    """XEP-0045 §14.6: by whichever face, and a minute later again."""
    workshop = Workshop()
    workshop.joins("hag66", "thirdwitch")
    for number in range(RENAMINGS):
        workshop.does(nick("hag66", f"witch {number}"))
    for wish in (
        nick("hag66", "first"),
        commands.Join(actor=jid("hag66"), nick="first", nodes=()),
        commands.SetNick(actor=jid("hag66/broom"), nick="first", presence=show()),
    ):
        with pytest.raises(TooFast):
            workshop.does(wish)
    assert workshop.does(nick("hag66", "witch 9")) == []
    workshop.clock.advance(60)
    (changed,) = workshop.does(nick("hag66", "first"))
    assert isinstance(changed, NickChanged)
