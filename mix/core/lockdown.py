"""Nicks locked down: for whom a channel keeps a nick, goes by it and by no other (XEP-0045 §7.10, §18.1)."""

from __future__ import annotations

from collections.abc import Collection

from mix.core.channel import Channel
from mix.core.config import Config
from mix.core.events import NickChanged
from mix.core.nicknames import Nick
from pubsubnodes.addresses import RealJid


def locked_nick(channel: Channel, bare: RealJid) -> Nick | None:
    """The one nick an account can have; None where it may choose."""
    return channel.reserved.get(bare) if channel.config.nicks_locked else None


def locked(channel: Channel, config: Config, gone: Collection[RealJid]) -> list[NickChanged]:
    """When nicks are locked down, everybody who is in goes by the nick kept for them. Nobody else can have it."""
    if not config.nicks_locked or channel.config.nicks_locked:
        return []
    stay = (someone for someone in channel.participants.values() if someone.jid not in gone)
    return [change for someone in stay for change in kept(channel, someone.jid, channel.reserved.get(someone.jid))]


def kept(channel: Channel, bare: RealJid, nick: Nick | None) -> list[NickChanged]:
    """Somebody goes by the nick that is kept for them from now on, if they are in."""
    someone = channel.participant_of(bare)
    if someone is None or nick is None or someone.nick == nick:
        return []
    return [NickChanged(someone.id, someone.nick, nick)]
