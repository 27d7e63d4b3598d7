"""Nicks locked down: for whom a channel keeps a nick, goes by it and by no other (XEP-0045 §7.10, §18.1)."""

from __future__ import annotations

from collections.abc import Collection

from mix.core.channel import Channel
from mix.core.config import Config
from mix.core.events import NickChanged
from mix.core.nicknames import Nick
from mix.core.ports import Moment
from mix.core.registering import own_nick
from pubsubnodes.addresses import RealJid


def locked_nick(channel: Channel, bare: RealJid, moment: Moment) -> Nick | None:
    """The one nick an account can have; None where it may choose.

    It is the one the channel keeps for them, or else the one they have registered for all channels (XEP-0407 §3).
    """
    if not channel.config.nicks_locked:
        return None
    return channel.reserved.get(bare) or own_nick(channel, bare, moment)


def locked(channel: Channel, config: Config, gone: Collection[RealJid], moment: Moment) -> list[NickChanged]:
    """When nicks are locked down, everybody who is in goes by the nick kept for them. Nobody else can have it."""
    if not config.nicks_locked or channel.config.nicks_locked:
        return []
    stay = (someone for someone in channel.participants.values() if someone.jid not in gone)
    nicks = ((one.jid, channel.reserved.get(one.jid) or own_nick(channel, one.jid, moment)) for one in stay)
    return [change for jid, nick in nicks for change in kept(channel, jid, nick)]


def kept(channel: Channel, bare: RealJid, nick: Nick | None) -> list[NickChanged]:
    """Somebody goes by the nick that is kept for them from now on, if they are in."""
    someone = channel.participant_of(bare)
    if someone is None or nick is None or someone.nick == nick:
        return []
    return [NickChanged(someone.id, someone.nick, nick)]
