"""Saying something to everybody."""

import pytest

from mix.core.announcing import LONGEST, Announce, Announced
from mix.core.refusals import TooLarge, ValueUnacceptable
from tests.core.workshop import Workshop, jid

BARD = jid("bard/globe")


def test_an_announcement_is_for_those_who_are_there() -> None:
    workshop = Workshop(operators=frozenset({BARD.bare}))
    workshop.joins("hecate")
    workshop.enters("hag66/broom")
    assert workshop.does(Announce(actor=BARD, text="hail")) == [Announced("hail", (jid("hag66/broom"),))]
    with pytest.raises(ValueUnacceptable):
        workshop.does(Announce(actor=BARD, text=" "))
    with pytest.raises(TooLarge):
        workshop.does(Announce(actor=BARD, text="x" * (LONGEST + 1)))
