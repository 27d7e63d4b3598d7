"""Out for now."""

from mix.core.events import Departure, Exit, GrantChanged, ParticipantLeft, SessionClosed, SessionOpened
from mix.core.kicking import kicked
from mix.core.rights import Grant
from tests.core.workshop import Workshop, jid


def test_a_visit_ends() -> None:
    """XEP-0045 §8.2."""
    workshop = Workshop()
    workshop.enters("macbeth/dagger")
    macbeth = workshop.coven.participant(jid("macbeth"))
    (left,) = kicked(workshop.coven, macbeth, jid("crone1"), "Avaunt!", workshop.moment)
    assert isinstance(left, ParticipantLeft)
    assert (left.reason, left.by, left.text) == (Departure.KICKED, jid("crone1"), "Avaunt!")


def test_who_joined_stays_hidden_and_reachable() -> None:
    """XEP-0406 §3.3: MIX has no kick; the client that spoke for the person is the last to go."""
    workshop = Workshop()
    macbeth = workshop.joins("macbeth/castle")
    workshop.shows("macbeth/castle", priority=9)
    workshop.enters("macbeth/dagger")
    macbeth.grant = Grant.MODERATOR
    events = kicked(workshop.coven, macbeth, jid("crone1"), "", workshop.moment)
    assert [type(event) for event in events] == [SessionClosed, SessionClosed, SessionOpened, GrantChanged]
    closed = [event for event in events if isinstance(event, SessionClosed)]
    assert [(one.session.jid, one.last, one.reason) for one in closed] == [
        (jid("macbeth/dagger"), False, Exit.KICKED),
        (jid("macbeth/castle"), True, Exit.KICKED),
    ]
    for event in events:
        workshop.coven.apply(event)
    assert not macbeth.is_present
    assert workshop.coven.participant(jid("macbeth")).grant is None
    assert list(macbeth.clients()) == [jid("macbeth/castle")]


def test_a_client_that_shows_nothing_is_left_alone() -> None:
    """XEP-0403 §4.1: nobody sees it, so nobody is told."""
    workshop = Workshop()
    macbeth = workshop.joins("macbeth/castle")
    workshop.enters("macbeth/dagger")
    (closed,) = kicked(workshop.coven, macbeth, jid("crone1"), "", workshop.moment)
    assert isinstance(closed, SessionClosed)
    assert (closed.session.jid, closed.last) == (jid("macbeth/dagger"), True)
