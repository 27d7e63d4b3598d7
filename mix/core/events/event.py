"""What all events are."""

from __future__ import annotations

from abc import abstractmethod

from mix.core.channel import Channel


class Event:
    """Something that happened in a channel."""

    __slots__ = ()

    @abstractmethod
    def apply(self, channel: Channel) -> None:
        """Make it so in memory."""
