"""Whose nick is whose, in all channels."""

from mix.core.nicknames import prepare
from mix.core.registry import NickRegistered, Registry
from tests.core.workshop import Workshop, jid

MOON = prepare("Moon")


def test_a_nick_belongs_to_whoever_registered_it() -> None:
    registry = Registry([(jid("hecate"), MOON)])
    assert registry.nick_of(jid("hecate")) == MOON
    assert registry.is_free(prepare("moon"), jid("hecate"))
    assert not registry.is_free(prepare("moon"), jid("hag66"))
    assert registry.is_free(prepare("sun"), jid("hag66"))


def test_a_new_nick_frees_the_old_one() -> None:
    registry = Registry([(jid("hecate"), MOON)])
    NickRegistered(jid("hecate"), prepare("Sun")).enter(registry)
    assert registry.is_free(MOON, jid("hag66"))
    assert registry.nick_of(jid("hecate")) == prepare("Sun")


def test_it_is_nothing_that_happens_to_a_channel() -> None:
    workshop = Workshop()
    NickRegistered(jid("hecate"), MOON).apply(workshop.coven)
    assert workshop.coven.holder_of(MOON) is None


def test_it_knows_how_many_are_strangers() -> None:
    registry = Registry([(jid("hecate"), MOON), (jid("ann@a.example"), prepare("Ann"))])
    registry.keep(jid("ann@a.example"), prepare("Anna"))
    assert registry.guests(["shakespeare.example"]) == 1
    assert registry.guests([]) == 2
