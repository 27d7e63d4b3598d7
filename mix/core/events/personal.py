"""People are called or shown otherwise, or may do more or less."""

from __future__ import annotations

from datetime import datetime

from mix.core.channel import Channel
from mix.core.config import Preferences
from mix.core.events.event import Event
from mix.core.nicknames import Nick
from mix.core.rights import Grant
from pubsubnodes.addresses import RealJid
from pubsubnodes.frozen import frozen


@frozen
class NickChanged(Event):
    """A participant has another nick; everything else about them is as before (XEP-0369 §7.1.4)."""

    id: str
    old: Nick | None
    new: Nick
    asked: datetime | None = None
    """When the participant asked for another nick; None for a nick they were given."""

    def apply(self, channel: Channel) -> None:
        channel.rename(channel.participants[self.id], self.new, self.asked)


@frozen
class PreferencesChanged(Event):
    """A participant has other preferences (XEP-0404 §3.1)."""

    id: str
    old: Preferences
    new: Preferences

    def apply(self, channel: Channel) -> None:
        someone = channel.participants[self.id]
        someone.preferences = self.new
        channel.forget_people(someone)


@frozen
class GrantChanged(Event):
    """A participant got or lost a right for this visit (XEP-0045 §8)."""

    id: str
    old: Grant | None
    new: Grant | None
    by: RealJid | None = None
    text: str = ""
    ranked: bool = False
    """A `ListsChanged` of the same wish follows, so that one word can tell both (XEP-0045 §9.3)."""

    def apply(self, channel: Channel) -> None:
        someone = channel.participants[self.id]
        someone.grant = self.new
        channel.forget_people(someone)
