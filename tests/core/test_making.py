"""How many channels one account has made."""

from __future__ import annotations

import pytest

from mix.core import commands
from mix.core.events import ChannelCreated
from mix.core.ports import ChannelsMade
from mix.core.refusals import CreationNotAllowed, TooManyChannels
from tests.core.workshop import Workshop, jid, show

CREATE = commands.CreateChannel(actor=jid("crone1/cave"), name="heath")
CONFIGURED = commands.CreateChannel(actor=jid("crone1/cave"), name="heath", info={"name": "Heath"})
ENTER = commands.Enter(actor=jid("crone1/cave"), name="heath", nick="firstwitch", presence=show())


@pytest.mark.parametrize("wish", [CREATE, CONFIGURED, ENTER], ids=["created", "configured", "entered"])
def test_one_channel_more_waits_for_the_number_there_is(wish: commands.Command) -> None:
    """MUC-DOS-08: whichever way it is made."""
    decision = Workshop(exists=False, max_made=2).decides(wish)
    assert isinstance(decision, ChannelsMade)
    assert decision.maker == jid("crone1")
    assert isinstance(decision.then(1)[0], ChannelCreated)
    for made in (2, 3):
        with pytest.raises(TooManyChannels):
            decision.then(made)


def test_who_runs_the_service_is_not_counted() -> None:
    """Nor is anybody where there is no limit."""
    for rules in ({"max_made": 2, "operators": frozenset({jid("crone1")})}, {"max_made": 0}):
        assert not isinstance(Workshop(exists=False, **rules).decides(CREATE), ChannelsMade)


def test_nobody_is_counted_who_may_not_create() -> None:
    """The policy comes first."""
    with pytest.raises(CreationNotAllowed):
        Workshop(exists=False, max_made=2, creators="admins").decides(CREATE)
