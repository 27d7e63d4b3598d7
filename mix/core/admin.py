"""Configuration, information and lists, changed all or nothing (XEP-0406 §3, XEP-0045 §9-10)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from mix.core import lockdown, onlookers, relisting
from mix.core.avatar import AvatarChanged
from mix.core.channel import Channel
from mix.core.commands import Configure
from mix.core.config import Config, Info, Lists, Sharing
from mix.core.events import (
    ChannelDestroyed,
    ChannelUnlocked,
    ConfigChanged,
    Event,
    GrantChanged,
    InfoChanged,
    NickChanged,
    PreferencesChanged,
)
from mix.core.nicknames import prepare
from mix.core.nodes import Node
from mix.core.pictures import Avatar
from mix.core.ports import Moment
from mix.core.refusals import LastOwner, NotAllowed, ValueUnacceptable
from mix.core.rights import Grant, Standing, is_in, standing
from mix.core.visibility import Mode
from pubsubnodes.addresses import RealJid


def configure(channel: Channel, cmd: Configure, moment: Moment) -> list[Event]:
    """Change what is given and keep the rest; people who cannot be there any more leave before it shows.

    The order matters: a person with preference `never` is gone before the first stanza of the visible mode
    (MIX-VIS-10), then configuration and information say so, then everything else follows from them.
    """
    rank = standing(channel, cmd.actor)
    config, info, lists = _wanted(channel, cmd)
    if (cmd.config or cmd.lists.keys() & {"owners", "admins"}) and rank is not Standing.OWNER:
        raise NotAllowed()
    if cmd.lists and rank < Standing.ADMIN:
        raise NotAllowed()  # the allowed and the banned are also the administrators' (XEP-0406 §3.3)
    if rank is not Standing.OWNER and _bans_an_owner(channel, lists):
        raise NotAllowed()
    if cmd.info and not is_in(channel.config.info_by, rank):
        raise NotAllowed()
    _check(channel, config, lists, moment)
    by, events = cmd.actor.bare, list[Event]()
    after = relisting.prospect(channel, config, lists)
    leaving = relisting.leavers(channel, after, None, moment, {})
    gone = dict.fromkeys(event.jid for event in leaving)
    events += [*leaving, *relisting.closed_subscriptions(channel, after, gone)]
    events += relisting.moved(channel, lists, by, moment, {}, gone)
    if config.moderated and not channel.config.moderated:
        events += _voices_kept(channel, gone)
    if config != channel.config:
        events += onlookers.put_out(channel, config, channel.lists)
        events += _nicks_given(channel, config, gone, moment)  # before their JIDs are hidden
        if Node.AVATAR_METADATA not in config.nodes and channel.avatar != Avatar():
            events.append(AvatarChanged(channel.avatar, Avatar()))  # while there are nodes to say it
        events.append(ConfigChanged(channel.config, config, by, moment.now))
        events += _presence_shared(channel, config, gone)
        events += lockdown.locked(channel, config, gone, moment)
    if info != channel.info:
        events.append(InfoChanged(channel.info, info, by, moment.now))
    events += relisting.lost_subscriptions(channel, after, gone)
    if channel.locked and cmd.as_owner:
        events.append(ChannelUnlocked())
    if channel.config.persistent and not config.persistent and len(gone) == len(channel.participants):
        events.append(ChannelDestroyed(subscriptions=tuple(channel.subscriptions.items())))
    return events


def _nicks_given(channel: Channel, config: Config, gone: Collection[RealJid], moment: Moment) -> list[NickChanged]:
    """Nobody stays nameless where everybody needs a nick: the owner says so, or JIDs are not shown (MIX-NCK-21)."""
    if not config.mandatory_nicks and config.mode is Mode.VISIBLE:
        return []
    return [
        NickChanged(someone.id, None, prepare(moment.dice.nick()))
        for someone in channel.participants.values()
        if someone.nick is None and someone.jid not in gone
    ]


def _presence_shared(channel: Channel, config: Config, gone: Collection[RealJid]) -> list[PreferencesChanged]:
    """Where everybody has to share presence, everybody does (XEP-0406 §2.4)."""
    if not config.presence_required:
        return []
    return [
        PreferencesChanged(someone.id, someone.preferences, replace(someone.preferences, presence=Sharing.SHARE))
        for someone in channel.participants.values()
        if someone.preferences.presence is Sharing.NOT_SHARE and someone.jid not in gone
    ]


def _voices_kept(channel: Channel, gone: Collection[RealJid]) -> list[GrantChanged]:
    """Whoever is present when a room becomes moderated may go on speaking (XEP-0045 §5.1.2, MUC-CONF-42)."""
    return [
        GrantChanged(someone.id, None, Grant.VOICE)
        for someone in channel.participants.values()
        if someone.is_present and someone.grant is None and someone.jid not in gone
    ]


def _bans_an_owner(channel: Channel, lists: Lists) -> bool:
    new = lists.banned - channel.lists.banned
    return any(owner.matches(entry) for owner in lists.owners | channel.operators for entry in new)


def _wanted(channel: Channel, cmd: Configure) -> tuple[Config, Info, Lists]:
    config: dict[str, Any] = dict(cmd.config)
    lists: dict[str, Any] = dict(cmd.lists)
    return replace(channel.config, **config), channel.info.changed(cmd.info), replace(channel.lists, **lists)


def _check(channel: Channel, config: Config, lists: Lists, moment: Moment) -> None:
    if not lists.owners:
        raise LastOwner()
    if any(jid.is_domain or _is_ours(channel, jid) for jid in lists.owners | lists.admins):
        raise ValueUnacceptable()  # people, and by their own address
    if any(_is_ours(channel, jid) for jid in lists.allowed | lists.banned):
        raise ValueUnacceptable()
    if not 0 <= config.history <= moment.rules.history:
        raise ValueUnacceptable()
    if config.end_of_life is not None and config.end_of_life <= moment.now:
        raise ValueUnacceptable()


def _is_ours(channel: Channel, jid: RealJid) -> bool:
    return jid.is_at(channel.jid.domain) or jid.is_at(channel.room.domain)
