"""What the archives of nodes other than messages hold: facts about a change, never items (XEP-0442, MIX-DEC-100)."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from mix.core.channel import Channel
from mix.core.config import Config, Info
from mix.core.events import Event
from mix.core.nicknames import Nick
from mix.core.nodes import Node
from mix.core.visibility import Mode
from pubsubnodes.addresses import RealJid
from pubsubnodes.frozen import frozen


@frozen
class PersonFact:
    """A participant came, is called or shown otherwise, or left."""

    id: str
    nick: Nick | None = None
    disclosed: bool = False
    """Whether their JID was shown to the public then."""
    gone: bool = False


@frozen
class InfoFact:
    """What the channel said about itself."""

    info: Info
    mode: Mode


@frozen
class ConfigFact:
    """How the channel was configured; without its password, which is nobody's to find there."""

    config: Config
    owners: frozenset[RealJid]
    admins: frozenset[RealJid]
    by: RealJid | None


Fact = PersonFact | InfoFact | ConfigFact

ARCHIVED: Final = frozenset({Node.INFO, Node.CONFIG, Node.PARTICIPANTS})
"""The nodes whose changes are kept, besides messages."""


@frozen
class Item:
    """A change of a node, in the order of the channel's other changes."""

    id: str
    """Archive id."""
    node: Node
    position: int
    at: datetime
    fact: Fact


@frozen
class ItemsArchived(Event):
    """Changes of nodes other than messages went into the nodes' archives (XEP-0442)."""

    items: tuple[Item, ...]

    def apply(self, channel: Channel) -> None:
        channel.next_item = max(channel.next_item, self.items[-1].position + 1)
