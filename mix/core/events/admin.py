"""Channels are configured, described, and ranked in, otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime

from mix.core.channel import Channel
from mix.core.config import Config, Info, Lists
from mix.core.events.event import Event
from mix.core.moves import Move
from pubsubnodes.addresses import RealJid
from pubsubnodes.frozen import frozen


@frozen
class ConfigChanged(Event):
    """An owner changed the configuration (XEP-0406 §3.2). People it removes have left in events before this one."""

    old: Config
    new: Config
    by: RealJid
    at: datetime

    def apply(self, channel: Channel) -> None:
        channel.config = self.new
        channel.config_by = self.by
        channel.config_at = self.at
        if self.old.mode is not self.new.mode:
            channel.info_at = self.at  # the information shows the mode (XEP-0369 §4.7.4)
            channel.moves.forget()
        if channel.recent is not None and channel.recent.maxlen != self.new.history:
            channel.recent = None
        channel.forget_everything()


@frozen
class InfoChanged(Event):
    """The channel says something else about itself (XEP-0406 §3.1)."""

    old: Info
    new: Info
    by: RealJid
    at: datetime

    def apply(self, channel: Channel) -> None:
        channel.info = self.new
        channel.info_at = self.at


@frozen
class ListsChanged(Event):
    """Owners, administrators, the allowed or the banned are others now (XEP-0406 §3.3, XEP-0045 §9)."""

    old: Lists
    new: Lists
    by: RealJid
    at: datetime
    texts: Mapping[RealJid, str] = field(default_factory=dict)
    """What was said about whom when they were moved."""
    gone: frozenset[RealJid] = frozenset()
    """Who has left in events of the same wish, before this one."""
    moves: tuple[Move, ...] = ()

    def apply(self, channel: Channel) -> None:
        channel.lists = self.new
        channel.moves.take(self.moves)
        if (self.old.owners, self.old.admins) != (self.new.owners, self.new.admins):
            channel.config_at = self.at
            channel.config_by = self.by
        channel.forget_everything()
