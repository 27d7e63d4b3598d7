"""What turns came to, until it is stored and sent."""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import dataclass, field

from mix.core.events import Event
from mix.core.registry import OfService
from pubsubnodes.frozen import frozen
from pubsubnodes.stanza import Delivery, Inbound

Mark = tuple[int, int, int, int]


@dataclass(slots=True)
class Taken:
    """What one or several posts came to, not yet committed and not yet sent."""

    events: list[Event] = field(default_factory=list)
    deliveries: list[Delivery] = field(default_factory=list)
    asked: list[Inbound] = field(default_factory=list)
    """Who has to be told when the commit fails."""
    of_service: list[OfService] = field(default_factory=list)
    """What the service has to act on itself, once all is stored."""

    def mark(self) -> Mark:
        """Where things stand before another post is taken."""
        return len(self.events), len(self.deliveries), len(self.asked), len(self.of_service)

    def cut(self, mark: Mark) -> None:
        """Take back everything since a mark."""
        del self.events[mark[0] :], self.deliveries[mark[1] :], self.asked[mark[2] :], self.of_service[mark[3] :]


@frozen
class Flight:
    """What is being stored, to be sent when that is done."""

    taken: Taken
    stored: Awaitable[None]
