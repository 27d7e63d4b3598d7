"""Nicks locked down."""

from __future__ import annotations

import pytest

from mix.core import commands
from mix.core.events import NickChanged
from mix.core.lockdown import locked_nick
from mix.core.refusals import NickLocked
from mix.core.rights import Standing
from tests.core.workshop import CORE_NODES, Workshop, jid


def lock(*, on: bool = True) -> commands.Configure:
    """The owner's wish."""
    return commands.Configure(actor=jid("crone1/cave"), config={"nicks_locked": on}, info={}, lists={})


def keep(who: str, nick: str) -> commands.SetRanks:
    """The owner keeps a nick for a member."""
    change = commands.NewStanding(standing=Standing.ALLOWED, jid=jid(who), nick=nick)
    return commands.SetRanks(actor=jid("crone1/cave"), changes=[change])


def test_who_has_a_nick_kept_goes_by_it() -> None:
    """XEP-0045 §7.10: from when the owner says so, and by their own doing no more."""
    workshop = Workshop()
    workshop.does(keep("hag66", "third"))
    workshop.enters("hag66/broom", "other")
    workshop.enters("hecate/moon", "moon")
    assert locked_nick(workshop.coven, jid("hag66"), workshop.moment) is None
    renamed = [event for event in workshop.does(lock()) if isinstance(event, NickChanged)]
    assert [(event.new.text, event.asked) for event in renamed] == [("third", None)]
    assert locked_nick(workshop.coven, jid("hecate"), workshop.moment) is None
    with pytest.raises(NickLocked):
        workshop.does(commands.SetNick(actor=jid("hag66/broom"), nick="other"))
    workshop.does(commands.SetNick(actor=jid("hecate/moon"), nick="sun"))
    assert not [event for event in workshop.does(lock()) if isinstance(event, NickChanged)]
    workshop.does(lock(on=False))
    workshop.does(commands.SetNick(actor=jid("hag66/broom"), nick="other"))


def test_a_nick_kept_later_counts_at_once() -> None:
    """XEP-0045 §9.5: also when an administrator keeps it; who is not in goes by it when they come."""
    workshop = Workshop()
    workshop.does(lock())
    workshop.enters("hag66/broom", "other")
    renamed = [event for event in workshop.does(keep("hag66", "third")) if isinstance(event, NickChanged)]
    assert [event.new.text for event in renamed] == ["third"]
    assert not [event for event in workshop.does(keep("hecate", "moon")) if isinstance(event, NickChanged)]
    assert not [event for event in workshop.does(keep("hag66", "")) if isinstance(event, NickChanged)]
    workshop.enters("hecate/moon", "sun")
    hecate = workshop.coven.participant(jid("hecate"))
    assert hecate.nick is not None
    assert hecate.nick.text == "moon"


def test_mix_knows_it_too() -> None:
    """XEP-0369 §7.1.2, §7.1.4: a join is answered with the nick there is, a blank wish for a nick gives it."""
    workshop = Workshop()
    workshop.does(lock())
    workshop.does(keep("hag66", "third"))
    me = workshop.joins("hag66", "other", CORE_NODES)
    assert me.nick is not None
    assert me.nick.text == "third"
    assert not [e for e in workshop.does(commands.SetNick(actor=jid("hag66"), nick=None)) if isinstance(e, NickChanged)]
    with pytest.raises(NickLocked):
        workshop.does(commands.SetNick(actor=jid("hag66"), nick="other"))


def test_who_leaves_by_the_same_wish_is_not_renamed() -> None:
    """A member who loses the place loses the nick as well."""
    workshop = Workshop()
    workshop.does(keep("hag66", "third"))
    workshop.enters("hag66/broom", "other")
    banned = commands.Configure(
        actor=jid("crone1/cave"), config={"nicks_locked": True}, info={}, lists={"banned": frozenset({jid("hag66")})}
    )
    assert not [event for event in workshop.does(banned) if isinstance(event, NickChanged)]
