"""The event of leaving remembers what had been."""

from mix.core.departure import departed
from mix.core.events import Departure
from mix.core.nodes import Node
from tests.core.workshop import Workshop, jid, show


def test_who_leaves_is_remembered_whole() -> None:
    """Faces say whom everybody loses: nick, clients, subscriptions, who did it and why."""
    workshop = Workshop()
    macbeth = workshop.joins("macbeth", "thane", [Node.MESSAGES])
    workshop.shows("macbeth/dagger")
    macduff = workshop.joins("macduff")
    left = departed(
        workshop.coven, macbeth, Departure.KICKED, workshop.moment, by=macduff, text="Turn, hellhound", status=show()
    )
    assert (left.id, left.jid, left.nick, left.stayed) == (macbeth.id, jid("macbeth"), macbeth.nick, True)
    assert [session.jid for session in left.sessions] == [jid("macbeth"), jid("macbeth/dagger")]
    assert left.subscribed == {Node.MESSAGES}
    assert (left.by, left.text, left.status) == (macduff.id, "Turn, hellhound", show())
    assert departed(workshop.coven, macbeth, Departure.LEFT, workshop.moment).by is None
