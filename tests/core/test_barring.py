"""Keeping people out of all channels."""

import pytest

from mix.core.barring import Bar, BarredChanged, Evict
from mix.core.commands import Enter
from mix.core.events import Departure, ParticipantLeft
from mix.core.operating import Wished
from mix.core.refusals import Banned, Protected
from mix.core.registering import RegisterNick
from mix.core.rights import Standing, standing
from tests.core.workshop import Workshop, jid, show

BARD = jid("bard/globe")


@pytest.fixture
def workshop() -> Workshop:
    """A service that bard looks after, with two people in its channel."""
    made = Workshop(operators=frozenset({BARD.bare}))
    made.joins("hag66")
    made.joins("hecate")
    return made


@pytest.mark.req("MUC-SADM-04")
def test_who_is_in_is_put_out(workshop: Workshop) -> None:
    happened = workshop.does(Bar(actor=BARD, entries=frozenset({jid("hag66")})))
    assert happened == [
        BarredChanged(frozenset(), frozenset({jid("hag66")})),
        Wished(workshop.coven.jid, Evict(actor=BARD.bare)),
    ]
    (left,) = workshop.does(Evict(actor=BARD.bare))
    assert isinstance(left, ParticipantLeft)
    assert (left.jid, left.reason) == (jid("hag66"), Departure.BANNED)
    assert workshop.does(Evict(actor=BARD.bare)) == []
    assert workshop.does(Bar(actor=BARD, entries=frozenset({jid("hag66")}))) == []


@pytest.mark.req("MUC-SADM-11")
def test_it_ranks_before_everything_but_the_operators(workshop: Workshop) -> None:
    """Owners included, of whom a channel's own ban says nothing (XEP-0406 §2.3)."""
    workshop.does(Bar(actor=BARD, entries=frozenset({jid("shakespeare.example")})))
    ranks = [standing(workshop.coven, jid(name)) for name in ("crone1", "hag66", "bard")]
    assert ranks == [Standing.BANNED, Standing.BANNED, Standing.OWNER]
    for wish in (
        RegisterNick(actor=jid("hag66"), nick="x"),
        Enter(actor=jid("hag66/broom"), name="coven", nick="x", presence=show()),
    ):
        with pytest.raises(Banned):
            workshop.does(wish)
    with pytest.raises(Protected):
        workshop.does(Bar(actor=BARD, entries=frozenset({BARD.bare})))


def test_a_room_ends_with_its_last_people() -> None:
    """XEP-0045 §7.14: also when they are put out."""
    workshop = Workshop(exists=False, operators=frozenset({BARD.bare}))
    workshop.enters("hag66/broom")
    workshop.does(Bar(actor=BARD, entries=frozenset({jid("hag66")})))
    workshop.does(Evict(actor=BARD.bare))
    assert workshop.coven.destroyed
