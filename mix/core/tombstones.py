"""Names of channels that have ended, kept from being taken again for a while (XEP-0045 §10.9)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from mix.core.addresses import ChannelJid
from mix.core.channel import Channel
from mix.core.commands import Command
from mix.core.operating import Wished
from mix.core.ports import Moment
from mix.core.refusals import Gone, NoSuchChannel
from mix.core.registry import OfService, Registry
from pubsubnodes.addresses import RealJid
from pubsubnodes.frozen import frozen, frozen_by_name


@frozen_by_name
class BuryName(Command):
    """Keep the name of a channel that has ended. The service wants it of itself."""

    name: str
    alternate: str
    """The place its owner named to go to instead; perhaps none."""


@frozen
class NameBuried(OfService):
    """A name is nobody's until then, and those are anybody's again whose time is over."""

    name: str
    alternate: str
    until: datetime
    over: tuple[str, ...] = ()

    def enter(self, registry: Registry) -> None:
        for name in self.over:
            del registry.buried[name]
        registry.buried[self.name] = (self.alternate, self.until)


def after(channel: Channel, alternate: str, actor: RealJid, moment: Moment) -> list[Wished]:
    """What follows on the end of a channel that its owner wanted; nothing where names are free at once."""
    if not moment.rules.tombstones:
        return []
    service = ChannelJid("", moment.rules.domain)
    return [Wished(service, BuryName(actor=actor.bare, name=channel.jid.local, alternate=alternate))]


def bury(channel: Channel | None, cmd: BuryName, moment: Moment) -> Sequence[NameBuried]:
    """Keep the name from now on."""
    over = tuple(name for name, (_, until) in moment.registry.buried.items() if until <= moment.now)
    return [NameBuried(cmd.name, cmd.alternate, moment.now + moment.rules.tombstones, over)]


def is_buried(name: str, who: RealJid, moment: Moment) -> bool:
    """Whether a name is not to be had; operators have any."""
    _, until = moment.registry.buried.get(name, ("", moment.now))
    return until > moment.now and who.bare not in moment.rules.operators


def must_be_free(name: str, who: RealJid, moment: Moment) -> None:
    """Send those on who come to a room that has ended. Raises `Gone`, or `NoSuchChannel` when there is no place."""
    if is_buried(name, who, moment):
        alternate, _ = moment.registry.buried[name]
        raise Gone(alternate) if alternate else NoSuchChannel()
