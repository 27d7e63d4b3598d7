"""The end of the service."""

from datetime import timedelta

import pytest

from mix.core.announcing import Announced
from mix.core.closing import EndVisits, ShutDown, ShutdownOrdered
from mix.core.commands import ShowPresence
from mix.core.events import Departure, Exit, GrantChanged, ParticipantLeft, SessionClosed
from mix.core.rights import Grant
from tests.core.workshop import Workshop, jid, show

BARD = jid("bard/globe")
END = EndVisits(actor=jid("mix.shakespeare.example"))


@pytest.mark.req("MUC-SADM-08")
def test_it_is_said_before_it_comes() -> None:
    workshop = Workshop(operators=frozenset({BARD.bare}))
    workshop.enters("hag66/broom")
    said, ordered = workshop.does(ShutDown(actor=BARD, delay=timedelta(seconds=30), text="We close."))
    assert isinstance(said, Announced)
    assert ordered == ShutdownOrdered(workshop.clock.now + timedelta(seconds=30))
    assert workshop.does(ShutDown(actor=BARD, delay=timedelta())) == [ShutdownOrdered(workshop.clock.now)]


@pytest.mark.req("MUC-SVC-03")
def test_visitors_leave_and_participants_stay() -> None:
    workshop = Workshop()
    hecate = workshop.joins("hecate")
    workshop.does(ShowPresence(actor=jid("hecate/moon"), presence=show()))
    workshop.enters("hecate/moon")
    workshop.enters("hecate/sun")
    workshop.enters("hag66/broom")
    hecate.grant = Grant.MODERATOR
    happened = workshop.does(END)
    assert [one.reason for one in happened if isinstance(one, ParticipantLeft)] == [Departure.SHUTDOWN]
    closed = [one for one in happened if isinstance(one, SessionClosed)]
    assert [(one.reason, one.last) for one in closed] == [(Exit.SHUTDOWN, False), (Exit.SHUTDOWN, True)]
    assert [one.new for one in happened if isinstance(one, GrantChanged)] == [None]
    assert jid("hecate/moon") in hecate.sessions, "it speaks MIX as well"
    assert jid("hecate/sun") not in hecate.sessions
    assert not hecate.is_present
    assert workshop.does(END) == []
    assert not workshop.coven.destroyed


@pytest.mark.req("MUC-SVC-03")
def test_a_temporary_room_ends_with_its_visits() -> None:
    workshop = Workshop(exists=False)
    workshop.enters("hag66/broom")
    workshop.does(END)
    assert workshop.coven.destroyed


def test_nobody_is_told_who_is_not_in_the_room() -> None:
    workshop = Workshop()
    workshop.joins("hecate")
    workshop.does(ShowPresence(actor=jid("hecate/moon"), presence=show()))
    assert workshop.does(END) == []
