"""The event of leaving remembers what had been."""

import pytest

from mix.core import commands
from mix.core.departure import departed, emptied
from mix.core.events import ChannelDestroyed, Departure
from mix.core.nodes import Node
from mix.core.rights import Grant, has_voice
from tests.core.workshop import Workshop, jid, show


def test_who_leaves_is_remembered_whole() -> None:
    """Faces say whom everybody loses: nick, clients, subscriptions, who did it and why."""
    workshop = Workshop()
    macbeth = workshop.joins("macbeth", "thane", [Node.MESSAGES])
    workshop.shows("macbeth/dagger")
    macduff = workshop.joins("macduff")
    left = departed(
        workshop.coven,
        macbeth,
        Departure.KICKED,
        workshop.moment,
        by=macduff.jid,
        text="Turn, hellhound",
        status=show(),
    )
    assert (left.id, left.jid, left.nick, left.stayed) == (macbeth.id, jid("macbeth"), macbeth.nick, True)
    assert [session.jid for session in left.sessions] == [jid("macbeth"), jid("macbeth/dagger")]
    assert left.subscribed == {Node.MESSAGES}
    assert (left.by, left.text, left.status) == (macduff.jid, "Turn, hellhound", show())
    assert departed(workshop.coven, macbeth, Departure.LEFT, workshop.moment).by is None


def test_what_was_granted_comes_back_after_a_visit_in_a_moderated_room() -> None:
    """XEP-0045 §5.1: not moderation, and not for those who were put out."""
    workshop = Workshop()
    workshop.sets(moderated=True)
    workshop.enters("macbeth/dagger")
    macbeth = workshop.coven.participant(jid("macbeth"))
    for grant in (None, *Grant):
        macbeth.grant = grant
        lasting = grant if grant in (Grant.VOICE, Grant.MUTED) else None
        assert departed(workshop.coven, macbeth, Departure.VISIT_OVER, workshop.moment).grant is lasting
        assert departed(workshop.coven, macbeth, Departure.KICKED, workshop.moment).grant is None


def test_a_temporary_room_ends_with_its_last_people() -> None:
    """XEP-0045 §10.1.3."""
    workshop = Workshop(exists=False)
    workshop.enters("crone1/cave")
    workshop.does(commands.Configure(actor=jid("crone1"), config={}, info={}, lists={}))
    workshop.enters("macbeth/dagger")
    everybody = set(workshop.coven.participants)
    assert [type(event) for event in emptied(workshop.coven, everybody)] == [ChannelDestroyed]
    assert emptied(workshop.coven, everybody - {workshop.coven.participant(jid("macbeth")).id}) == []
    assert emptied(workshop.coven, set()) == []
    workshop.sets(persistent=True)
    assert emptied(workshop.coven, everybody) == []


@pytest.mark.req("MUC-ENT-38")
@pytest.mark.parametrize("leaves_by_mix", [False, True])
@pytest.mark.parametrize("comes_by_mix", [False, True])
def test_no_other_face_ends_a_muting(*, leaves_by_mix: bool, comes_by_mix: bool) -> None:
    """Who was muted and left is so when they are back; for a while, and where that means something."""
    workshop = Workshop()
    workshop.configures(moderated=True)
    workshop.lists(allowed="macbeth")
    if leaves_by_mix:
        workshop.joins("macbeth", "thane")
        workshop.shows("macbeth/dagger")
    else:
        workshop.enters("macbeth/dagger", "thane")
    muted = commands.NewGrant(nick="thane", grant=Grant.MUTED)
    workshop.does(commands.SetRanks(actor=jid("crone1/cave"), changes=[muted]))
    if leaves_by_mix:
        workshop.does(commands.Leave(actor=jid("macbeth")))
    else:
        workshop.does(commands.GoOffline(actor=jid("macbeth/dagger")))
    if comes_by_mix:
        workshop.joins("macbeth", "thane")
    else:
        workshop.enters("macbeth/dagger", "thane")
    assert not has_voice(workshop.coven, jid("macbeth"))
