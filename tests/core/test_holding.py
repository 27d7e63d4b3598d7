"""Names kept for whoever asked for one."""

import pytest

from mix.core import holding
from mix.core.commands import CreateChannel, Enter
from mix.core.holding import MOST, PATIENCE, HoldName
from mix.core.refusals import ChannelExists, CreationNotAllowed, NoSuchChannel, TooFast
from tests.core.workshop import Workshop, jid, show


@pytest.mark.req("MUC-UNIQ-05")
def test_a_name_is_kept_for_a_while() -> None:
    """XEP-0307 §1: its channel is there for others as little as if it were a locked room."""
    workshop = Workshop(exists=False)
    (held,) = workshop.does(HoldName(actor=jid("hag66/broom")))
    name = held.name  # type: ignore[attr-defined]
    enter = Enter(actor=jid("hecate/moon"), name=name, nick="x", presence=show())
    with pytest.raises(NoSuchChannel):
        workshop.decides(enter)
    with pytest.raises(ChannelExists):
        workshop.decides(CreateChannel(actor=jid("hecate"), name=name))
    workshop.decides(CreateChannel(actor=jid("hag66/cat"), name=name))
    workshop.clock.advance(PATIENCE.total_seconds() + 1)
    workshop.decides(enter)


@pytest.mark.req("MUC-UNIQ-03")
def test_nobody_keeps_all_names() -> None:
    workshop = Workshop(exists=False)
    for _ in range(MOST):
        workshop.does(HoldName(actor=jid("hag66")))
    with pytest.raises(TooFast):
        workshop.does(HoldName(actor=jid("hag66")))
    workshop.does(HoldName(actor=jid("hecate")))
    workshop.clock.advance(PATIENCE.total_seconds() + 1)
    workshop.does(HoldName(actor=jid("hag66")))
    assert len(workshop.registry.held) == 1, "what is over is forgotten"
    with pytest.raises(CreationNotAllowed):
        workshop.does(HoldName(actor=jid("ariel@elsewhere.example")))


def test_strangers_do_not_fill_the_memory_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many accounts their server makes up; and they keep out nobody but each other."""
    monkeypatch.setattr(holding, "MOST_OF_ALL", 3)
    workshop = Workshop(exists=False, creators="anyone")
    for name in "abc":
        workshop.does(HoldName(actor=jid(f"{name}@elsewhere.example")))
    with pytest.raises(TooFast):
        workshop.does(HoldName(actor=jid("d@elsewhere.example")))
    workshop.does(HoldName(actor=jid("hag66")))
