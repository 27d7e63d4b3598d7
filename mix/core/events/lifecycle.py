"""Channels begin and end."""

from __future__ import annotations

from collections import deque
from datetime import datetime

from mix.core.addresses import ChannelJid
from mix.core.channel import Channel
from mix.core.config import Config, Info, Lists
from mix.core.events.event import Event
from mix.core.events.membership import ParticipantLeft
from mix.core.nodes import Node
from pubsubnodes.addresses import RealJid
from pubsubnodes.frozen import frozen


@frozen
class ChannelCreated(Event):
    """A channel came to be, by creation (XEP-0369 §7.3.2) or by entering a room (XEP-0045 §10.1)."""

    jid: ChannelJid
    key: bytes
    config: Config
    info: Info
    lists: Lists
    by: RealJid
    at: datetime
    adhoc: bool = False
    locked: bool = False
    operators: frozenset[RealJid] = frozenset()

    def born(self) -> Channel:
        """The new channel."""
        channel = Channel(
            self.jid,
            self.key,
            config=self.config,
            info=self.info,
            lists=self.lists,
            created=self.at,
            adhoc=self.adhoc,
            locked=self.locked,
            operators=self.operators,
        )
        channel.config_by = self.by
        channel.recent = deque(maxlen=self.config.history)
        return channel

    def apply(self, channel: Channel) -> None:
        """Nothing: the turn puts the newborn channel in place."""


@frozen
class ChannelUnlocked(Event):
    """A room's owner has accepted its configuration, so others may enter (XEP-0045 §10.1)."""

    def apply(self, channel: Channel) -> None:
        channel.locked = False


@frozen
class ChannelDestroyed(Event):
    """The channel is gone, with all it held (XEP-0369 §7.3.4). Participants leave in events of their own, before."""

    reason: str = ""
    alternate: str = ""
    """A JID to go to instead, as the owner wrote it (XEP-0045 §10.9)."""
    subscriptions: tuple[tuple[RealJid, frozenset[Node]], ...] = ()
    """Who was subscribed to what, so that they can be told."""
    left: tuple[ParticipantLeft, ...] = ()
    """Who was in it to the end."""

    def apply(self, channel: Channel) -> None:
        channel.destroyed = True
        channel.subscriptions.clear()
        channel.forget_everything()
