"""Channels coming to be and ending (XEP-0369 §7.3, XEP-0045 §10.1 and §10.9)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mix.core import admin, onlookers, profiles, tombstones
from mix.core.addresses import ChannelJid
from mix.core.channel import Channel, Participant
from mix.core.commands import Configure, CreateChannel, DestroyChannel
from mix.core.config import Config, Info, Lists
from mix.core.departure import departed, emptied
from mix.core.events import ChannelCreated, ChannelDestroyed, Departure, Event
from mix.core.making import within_limit
from mix.core.ports import Decision, Moment
from mix.core.refusals import Banned, ChannelExists, CreationNotAllowed, NameUnacceptable, NoSuchChannel, NotAllowed
from mix.core.rights import Standing, standing
from pubsubnodes.addresses import RealJid

MAX_NAME = 900
"""Bytes of a channel's name: an id, `#` and the name have to fit a localpart (RFC 7622 §3.3)."""

_FORBIDDEN = re.compile(r"[#\"&'/:<>@\s\x00-\x1f]|\\23")


def create(channel: Channel | None, cmd: CreateChannel, moment: Moment) -> Decision:
    """Make a channel with the default configuration; its creator is its owner, not a participant (XEP-0369 §7.3.2)."""
    must_be_welcome(cmd.actor, moment)
    if channel is not None or moment.registry.is_held_from(cmd.name, cmd.actor.bare, moment.now):
        raise ChannelExists()
    if tombstones.is_buried(cmd.name, cmd.actor, moment):
        raise ChannelExists()
    usual = profiles.of_adhoc(moment.rules) if cmd.adhoc else profiles.of_channel(moment.rules)
    newborn = created(cmd.name, cmd.actor, cmd.profile or usual, moment, adhoc=cmd.adhoc)
    if not (cmd.config or cmd.info or cmd.lists):
        return within_limit(cmd.actor, [newborn], moment)
    wanted = Configure(actor=cmd.actor, config=cmd.config, info=cmd.info, lists=cmd.lists)
    return within_limit(cmd.actor, [newborn, *admin.configure(newborn.born(), wanted, moment)], moment)


def must_be_welcome(who: RealJid, moment: Moment) -> None:
    """Let only those make channels whom the operator lets. Raises `Banned` or `CreationNotAllowed`."""
    if moment.is_kept_out(who):
        raise Banned()
    if not moment.rules.may_create(who):
        raise CreationNotAllowed()


def created(
    name: str, by: RealJid, config: Config, moment: Moment, *, adhoc: bool = False, locked: bool = False
) -> ChannelCreated:
    """The event of a channel coming to be. Raises `NameUnacceptable`."""
    if not name or len(name.encode()) > MAX_NAME or _FORBIDDEN.search(name):
        raise NameUnacceptable()
    owner = by.bare
    return ChannelCreated(
        jid=ChannelJid(name, moment.rules.domain),
        key=moment.dice.channel_key(),
        config=config,
        info=Info(),
        lists=Lists(owners=frozenset({owner}), allowed=frozenset({owner}) if adhoc else frozenset()),
        by=owner,
        at=moment.now,
        adhoc=adhoc,
        locked=locked,
        operators=moment.rules.operators,
    )


def destroy(channel: Channel | None, cmd: DestroyChannel, moment: Moment) -> list[Event]:
    """End a channel for everybody in it; its owners and the operators may (XEP-0369 §7.3.4, XEP-0045 §10.9)."""
    if channel is None:
        raise NoSuchChannel()
    if standing(channel, cmd.actor) is not Standing.OWNER:
        raise NotAllowed()
    ending = end(channel, moment, reason=cmd.reason, alternate=cmd.alternate)
    return [*ending, *tombstones.after(channel, cmd.alternate, cmd.actor, moment)]


def end(channel: Channel, moment: Moment, *, reason: str = "", alternate: str = "") -> list[Event]:
    """Everybody leaves, then the channel is gone."""
    leaving = [
        departed(channel, someone, Departure.DESTROYED, moment, text=reason)
        for someone in channel.participants.values()
    ]
    looking = onlookers.ended(channel)
    return [
        *looking,
        *leaving,
        ChannelDestroyed(reason, alternate, tuple(channel.subscriptions.items()), tuple(leaving)),
    ]


def after_departure(channel: Channel, leaving: Participant) -> Sequence[Event]:
    """The room may end with somebody who leaves by their own will (XEP-0045 §7.14)."""
    return emptied(channel, {leaving.id})
