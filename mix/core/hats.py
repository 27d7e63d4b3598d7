"""Hats: what people are in a channel besides their rank, such as host or scribe (XEP-0317). They give no rights.

The room shows them; MIX has no place for them: what it says of participants is their nick and their address, and their
presence is what their own clients say (XEP-0403 §3). So a MIX participant's hats are seen in the room alone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from mix.core.channel import Channel
from mix.core.commands import Command
from mix.core.events import Event
from mix.core.ports import Moment
from mix.core.refusals import NoSuchItem, NotAllowed, TooManyRequests, ValueUnacceptable
from mix.core.rights import Standing, standing
from pubsubnodes.addresses import RealJid
from pubsubnodes.frozen import frozen, frozen_by_name

MOST: Final = 50
"""Hats of a channel."""
MOST_WORN: Final = 10
"""Hats of a person: everybody gets all of them with their presence."""
MOST_WEARERS: Final = 5_000
LONGEST_URI: Final = 512
LONGEST_TITLE: Final = 100

_URI: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"]+")
_HUE: Final = re.compile(r"[0-9]{1,3}(\.[0-9]{1,9})?")


@frozen
class Hat:
    """A hat people can wear: known by its URI, read by its title (XEP-0317 §3.1)."""

    uri: str
    title: str
    hue: str | None = None
    """An angle of colour, in degrees (XEP-0392)."""
    lang: str | None = None
    """The language of the title."""


@frozen_by_name
class SetHat(Command):
    """Have a channel offer a hat, or change the one of the same URI (XEP-0317 §3.2)."""

    hat: Hat


@frozen_by_name
class DestroyHat(Command):
    """Have a channel offer a hat no more; whoever wears it loses it (XEP-0317 §3.3)."""

    uri: str


@frozen_by_name
class AssignHat(Command):
    """Give somebody a hat, or take it from them (XEP-0317 §3.5-3.6)."""

    uri: str
    wearer: RealJid
    wears: bool


@frozen
class HatChanged(Event):
    """A channel offers a hat, another one of the same URI, or one less."""

    uri: str
    old: Hat | None
    new: Hat | None
    wearers: frozenset[RealJid] = frozenset()
    """Who wears it, or did."""

    def apply(self, channel: Channel) -> None:
        if self.new is not None:
            channel.hats[self.uri] = self.new
        else:
            del channel.hats[self.uri]
            for who in self.wearers:
                _dress(channel, who, channel.worn[who] - {self.uri})
        _forget(channel, *self.wearers)


@frozen
class HatAssigned(Event):
    """Somebody wears a hat, or wears it no more."""

    uri: str
    wearer: RealJid
    wears: bool

    def apply(self, channel: Channel) -> None:
        before = channel.worn.get(self.wearer, frozenset())
        _dress(channel, self.wearer, before | {self.uri} if self.wears else before - {self.uri})
        _forget(channel, self.wearer)


def _dress(channel: Channel, who: RealJid, hats: frozenset[str]) -> None:
    if hats:
        channel.worn[who] = hats
    else:
        channel.worn.pop(who, None)


def _forget(channel: Channel, *people: RealJid) -> None:
    there = (channel.participant_of(who) for who in people)
    channel.forget_people(*(someone for someone in there if someone is not None))


def set_hat(channel: Channel, cmd: SetHat, moment: Moment) -> list[HatChanged]:
    """Make a hat or change it (XEP-0317 §3.2)."""
    _check(channel, cmd.actor)
    hat, old = cmd.hat, channel.hats.get(cmd.hat.uri)
    is_named = 0 < len(hat.title) <= LONGEST_TITLE and hat.title.isprintable()
    is_known = len(hat.uri) <= LONGEST_URI and _URI.fullmatch(hat.uri) is not None and hat.uri.isprintable()
    if not is_named or not is_known or not _is_hue(hat.hue):
        raise ValueUnacceptable()
    if old is None and len(channel.hats) >= MOST:
        raise TooManyRequests()
    return [HatChanged(hat.uri, old, hat, wearers_of(channel, hat.uri))] if hat != old else []


def destroy_hat(channel: Channel, cmd: DestroyHat, moment: Moment) -> list[HatChanged]:
    """Do away with a hat (XEP-0317 §3.3)."""
    _check(channel, cmd.actor)
    return [HatChanged(cmd.uri, _hat(channel, cmd.uri), None, wearers_of(channel, cmd.uri))]


def assign_hat(channel: Channel, cmd: AssignHat, moment: Moment) -> list[HatAssigned]:
    """Give or take a hat: the account's, whether it is there or not, and under whatever nick (XEP-0317 §3.5)."""
    _check(channel, cmd.actor)
    who = cmd.wearer.bare
    _hat(channel, cmd.uri)
    if who.is_domain or who.is_at(channel.jid.domain) or who.is_at(channel.room.domain):
        raise ValueUnacceptable()  # people wear hats, and by addresses of their own
    worn = channel.worn.get(who, frozenset())
    if (cmd.uri in worn) is cmd.wears:
        return []
    is_new = who not in channel.worn
    if cmd.wears and (len(worn) >= MOST_WORN or (is_new and len(channel.worn) >= MOST_WEARERS)):
        raise TooManyRequests()
    return [HatAssigned(cmd.uri, who, cmd.wears)]


def hats_of(channel: Channel, who: RealJid) -> list[Hat]:
    """What somebody wears, always in the same order."""
    worn = channel.worn.get(who, frozenset())
    return [channel.hats[uri] for uri in sorted(worn)]


def wearers_of(channel: Channel, uri: str) -> frozenset[RealJid]:
    """Who wears a hat."""
    worn: Mapping[RealJid, frozenset[str]] = channel.worn
    return frozenset(who for who, hats in worn.items() if uri in hats)


def may_manage_hats(channel: Channel, who: RealJid) -> bool:
    """Whether somebody says which hats there are, and who wears them."""
    return standing(channel, who) >= Standing.ADMIN


def _check(channel: Channel, who: RealJid) -> None:
    if not may_manage_hats(channel, who):
        raise NotAllowed()


def _hat(channel: Channel, uri: str) -> Hat:
    if uri not in channel.hats:
        raise NoSuchItem()
    return channel.hats[uri]


def _is_hue(hue: str | None) -> bool:
    return hue is None or (_HUE.fullmatch(hue) is not None and float(hue) < 360)
