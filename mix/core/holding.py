"""Names nobody has had, kept for a while for whoever asked for one (XEP-0307 §1-2)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from mix.core import lifecycle
from mix.core.channel import Channel
from mix.core.commands import Command
from mix.core.ports import Moment
from mix.core.refusals import TooFast
from mix.core.registry import OfService, Registry
from mix.core.transient import Transient
from pubsubnodes.addresses import RealJid
from pubsubnodes.frozen import frozen, frozen_by_name

PATIENCE: Final = timedelta(minutes=10)
"""How long a name waits for its channel."""

MOST: Final = 20
"""Names kept for one person at a time."""

MOST_OF_ALL: Final = 10_000
"""Names kept at a time, before no more are for people of other domains, of whom there may be any number."""


@frozen_by_name
class HoldName(Command):
    """Have a name for a channel made up, and kept for oneself."""


@frozen
class NameHeld(OfService, Transient):
    """A name is somebody's until then. Nobody guesses it, so a restart that forgets it takes nothing from them."""

    name: str
    by: RealJid
    until: datetime

    def enter(self, registry: Registry) -> None:
        registry.hold(self.name, self.by, self.until)


def hold(channel: Channel | None, cmd: HoldName, moment: Moment) -> list[NameHeld]:
    """Make a name up for somebody who may make channels."""
    lifecycle.must_be_welcome(cmd.actor, moment)
    bare = cmd.actor.bare
    is_one_too_many = moment.registry.held_by(bare, moment.now) >= MOST
    if is_one_too_many or (len(moment.registry.held) >= MOST_OF_ALL and not moment.rules.is_local(bare)):
        raise TooFast()
    return [NameHeld(moment.dice.channel_name(), bare, moment.now + PATIENCE)]
