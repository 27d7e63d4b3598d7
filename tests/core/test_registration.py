"""Members by their own wish."""

import pytest

from mix.core.admissions import NickReserved
from mix.core.commands import Register, Unregister
from mix.core.events import ListsChanged, NickChanged
from mix.core.nicknames import prepare
from mix.core.nodes import OPTIONAL
from mix.core.ports import NicksKept
from mix.core.refusals import NickTaken, RegistrationClosed, TooManyNicks
from mix.core.registration import may_register, registered_nick
from tests.core.workshop import Workshop, jid


def test_registering_keeps_a_nick_and_makes_a_member() -> None:
    """XEP-0045 §7.10: and once is enough."""
    workshop = Workshop()
    workshop.enters("hag66/broom")
    wish = Register(actor=jid("hag66/broom"), nick="Third")
    assert [type(event) for event in workshop.does(wish)] == [NickReserved, NickChanged, ListsChanged]
    assert workshop.does(wish) == []
    assert registered_nick(workshop.coven, jid("hag66")) == prepare("Third")
    with pytest.raises(NickTaken):
        workshop.does(Register(actor=jid("hecate"), nick="third"))
    assert [type(event) for event in workshop.does(Register(actor=jid("crone1"), nick="First"))] == [NickReserved]


def test_who_may_not_register() -> None:
    """XEP-0045 §7.10: the banned, and strangers where members are chosen."""
    workshop = Workshop()
    workshop.lists(banned="macbeth", allowed="banquo")
    workshop.sets(nodes=OPTIONAL)
    for name in ("macbeth", "hag66"):
        with pytest.raises(RegistrationClosed):
            workshop.does(Register(actor=jid(name), nick="x"))
    assert workshop.does(Register(actor=jid("banquo"), nick="ghost"))


def test_giving_it_all_up() -> None:
    """XEP-0077 §3.2: ranks above members stay."""
    workshop = Workshop()
    for name in ("hag66", "crone1"):
        workshop.does(Register(actor=jid(name), nick=f"new {name}"))
    assert [type(event) for event in workshop.does(Unregister(actor=jid("hag66")))] == [NickReserved, ListsChanged]
    assert [type(event) for event in workshop.does(Unregister(actor=jid("crone1")))] == [NickReserved]
    assert workshop.does(Unregister(actor=jid("crone1"))) == []
    assert workshop.coven.reserved == {}


def test_the_nick_of_who_joined_is_theirs() -> None:
    """XEP-0045 §7.12."""
    workshop = Workshop()
    assert registered_nick(workshop.coven, jid("hag66")) is None
    workshop.enters("hecate/phone")
    assert registered_nick(workshop.coven, jid("hecate")) is None
    assert registered_nick(workshop.coven, workshop.joins("hag66").jid) == prepare("nick of hag66")


def test_a_server_is_no_member() -> None:
    """XEP-0406 §2.2: on the list it would stand for all its people."""
    workshop = Workshop()
    assert not may_register(workshop.coven, jid("shakespeare.example"))


def test_nobody_has_nicks_kept_everywhere() -> None:
    """XEP-0045 §14.6: how many there are elsewhere is asked of storage, for a nick more only; operators have any."""
    workshop = Workshop(max_kept=2, operators=frozenset({jid("duncan")}))
    decision = workshop.decides(Register(actor=jid("hag66"), nick="Hag"))
    assert isinstance(decision, NicksKept)
    assert decision.who == jid("hag66")
    with pytest.raises(TooManyNicks):
        decision.then(2)
    for event in decision.then(1):
        workshop.coven.apply(event)
    for who, nick in (("hag66", "Third Witch"), ("duncan", "King")):
        assert not isinstance(workshop.decides(Register(actor=jid(who), nick=nick)), NicksKept)
