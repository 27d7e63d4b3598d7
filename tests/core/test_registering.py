"""Registering a nick, and who may take which."""

import pytest

from mix.core import registering
from mix.core.nicknames import prepare
from mix.core.ports import Moment
from mix.core.refusals import NickTaken, TooManyRequests, UnsupportedRequest
from mix.core.registering import RegisterNick, may_take, own_nick, register_nick
from mix.core.registry import NickRegistered, Registry
from tests.core.workshop import Workshop, jid

MOON = prepare("Moon")


def moment(workshop: Workshop, **nicks: str) -> Moment:
    """Now, with some nicks registered."""
    registry = Registry((jid(who), prepare(nick)) for who, nick in nicks.items())
    return Moment(workshop.clock.now, workshop.dice, workshop.rules, registry)


def wish(who: str, nick: str | None) -> RegisterNick:
    return RegisterNick(actor=jid(who), nick=nick)


def test_a_nick_is_registered_once() -> None:
    workshop = Workshop()
    assert register_nick(None, wish("hecate/moonlight", " Moon "), moment(workshop)) == [
        NickRegistered(jid("hecate"), MOON)
    ]
    known = moment(workshop, hecate="Moon")
    assert register_nick(None, wish("hecate", "Moon"), known) == []
    assert register_nick(None, wish("hecate", None), known) == []
    assert register_nick(None, wish("hecate", "moon"), known) == [NickRegistered(jid("hecate"), prepare("moon"))]
    with pytest.raises(NickTaken):
        register_nick(None, wish("hag66", "moon"), known)


def test_without_a_wish_one_is_given() -> None:
    workshop = Workshop()
    (event,) = register_nick(None, wish("hecate", None), moment(workshop))
    assert len(event.nick.text) == 36


def test_a_service_may_do_without() -> None:
    workshop = Workshop(registered_nicks=False)
    with pytest.raises(UnsupportedRequest):
        register_nick(None, wish("hecate", "Moon"), moment(workshop))
    assert own_nick(workshop.coven, jid("hecate"), moment(workshop, hecate="Moon")) is None


def test_who_may_take_which() -> None:
    workshop = Workshop()
    workshop.joins("hag66", "third witch")
    now = moment(workshop, hecate="Moon", macbeth="third witch")
    assert may_take(workshop.coven, MOON, jid("hecate"), now)
    assert not may_take(workshop.coven, MOON, jid("hag66"), now)
    assert may_take(workshop.coven, prepare("Third Witch"), jid("hag66"), now), "who had it before keeps it"
    assert not may_take(workshop.coven, prepare("third witch"), jid("macbeth"), now)
    assert own_nick(workshop.coven, jid("hecate"), now) == MOON
    assert own_nick(workshop.coven, jid("macbeth"), now) is None


def test_strangers_register_so_many_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has a server has accounts without end; one's own people have one each, and are not kept out by others."""
    monkeypatch.setattr(registering, "GUESTS", 2)
    workshop = Workshop(local_domains=frozenset({"shakespeare.example"}))
    known = moment(workshop, **{"ann@a.example": "Ann", "bob@b.example": "Bob", "hag66": "Hag"})
    with pytest.raises(TooManyRequests):
        register_nick(None, wish("cid@c.example", "Cid"), known)
    assert register_nick(None, wish("ann@a.example", "Anna"), known)
    assert register_nick(None, wish("hecate", "Moon"), known)
