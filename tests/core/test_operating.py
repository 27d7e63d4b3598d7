"""Those who look after the service: the right is checked where it is used."""

from dataclasses import replace
from datetime import timedelta

import pytest

from mix.core.announcing import Announce
from mix.core.barring import Bar
from mix.core.census import CensusSought
from mix.core.closing import ShutDown
from mix.core.commands import Command, DestroyChannel, SetRanks
from mix.core.operating import CountPeople, EndChannels, ListChannels, ListPeople, NameOwner, PeopleListed, Wished
from mix.core.refusals import NoSuchChannel, NotAllowed
from tests.core.workshop import Workshop, jid

BARD = jid("bard/globe")


@pytest.fixture
def workshop() -> Workshop:
    """A service that bard looks after."""
    return Workshop(operators=frozenset({BARD.bare}))


WISHES: list[Command] = [
    CountPeople(actor=BARD),
    ListChannels(actor=BARD),
    ListPeople(actor=BARD, most=1),
    EndChannels(actor=BARD, names=["coven"]),
    NameOwner(actor=BARD, name="coven", owner=jid("hag66")),
    Announce(actor=BARD, text="hail"),
    Bar(actor=BARD, entries=frozenset()),
    ShutDown(actor=BARD, delay=timedelta()),
]


@pytest.mark.req("MUC-SADM-02")
@pytest.mark.parametrize("wish", WISHES, ids=lambda wish: type(wish).__name__)
def test_nobody_else_may(workshop: Workshop, wish: Command) -> None:
    """Whatever a face lets through."""
    assert isinstance(workshop.decides(wish), CensusSought)
    with pytest.raises(NotAllowed):
        workshop.decides(replace(wish, actor=jid("crone1/cave")))


def test_only_those_who_are_shown_are_written_down(workshop: Workshop) -> None:
    workshop.enters("hag66/broom")
    workshop.enters("hecate/moon")
    (listed,) = workshop.does(ListPeople(actor=BARD, most=1))
    assert isinstance(listed, PeopleListed)
    assert listed.whom == ((workshop.coven.jid, workshop.coven.participant(jid("hag66")).id),)
    assert workshop.does(CountPeople(actor=BARD)) == ()
    assert Workshop(operators=frozenset({BARD.bare})).does(ListPeople(actor=BARD, most=1)) == []


def test_channels_do_it_themselves(workshop: Workshop) -> None:
    """In turns of their own, as an owner would want it of them."""
    (wished,) = workshop.does(EndChannels(actor=BARD, names=["coven", "coven"], reason="over"))
    assert wished == Wished(workshop.coven.jid, DestroyChannel(actor=BARD.bare, reason="over"))
    (wished,) = workshop.does(NameOwner(actor=BARD, name="coven", owner=jid("hag66/broom")))
    assert isinstance(wished, Wished)
    assert isinstance(wished.wish, SetRanks)
    workshop.does(wished.wish)
    assert jid("hag66") in workshop.coven.lists.owners
    for wish in (EndChannels(actor=BARD, names=["coven", "x"]), NameOwner(actor=BARD, name="x", owner=jid("hag66"))):
        with pytest.raises(NoSuchChannel):
            workshop.does(wish)
