"""Hearing that something was said in one's rooms, without being in them (XEP-0437).

A client asks the service, is told at once where there is news, and later of each room once until somebody of its
account visits the room. What a client was told is remembered while the service runs: after a restart it may hear of
a room again, which tells it nothing new (XEP-0437 §4). MIX participants need no such thing: they hear what is said.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final

from mix.core.addresses import ChannelJid
from mix.core.channel import Channel, Session
from mix.core.commands import Command
from mix.core.events import Event, MessagePosted, ParticipantLeft, SessionChanged, SessionClosed, SessionOpened
from mix.core.ports import ActivitySought, Moment
from mix.core.refusals import Banned, TooManyRequests
from mix.core.registry import OfService, Registry
from mix.core.rights import Standing, listed_standing, standing
from mix.core.transient import Transient
from pubsubnodes.addresses import RealJid
from pubsubnodes.frozen import frozen, frozen_by_name

MOST_CLIENTS: Final = 20
"""Clients of one account that watch."""
MOST: Final = 20_000
"""Accounts that watch, before no more of other domains may (XEP-0437 §6)."""


@frozen_by_name
class Watch(Command):
    """Hear of rooms in which something is said (XEP-0437 §3.1)."""


@frozen_by_name
class Unwatch(Command):
    """Hear of rooms no more (XEP-0437 §3.2)."""


@frozen
class WatchBegun(OfService):
    """A client wants to hear of rooms, and is told first where something was said since a visit."""

    client: RealJid
    news: tuple[ChannelJid, ...]

    def enter(self, registry: Registry) -> None:
        registry.watch(self.client, self.news)


@frozen
class WatchEnded(OfService):
    """A client wants to hear no more, or is gone."""

    client: RealJid

    def enter(self, registry: Registry) -> None:
        registry.unwatch(self.client)


@frozen
class ActivityIndicated(OfService, Transient):
    """Some clients hear that something was said."""

    channel: ChannelJid
    clients: tuple[RealJid, ...]

    def enter(self, registry: Registry) -> None:
        for client in self.clients:
            registry.watching[client.bare][client].add(self.channel)


@frozen
class RoomVisited(OfService, Transient):
    """Somebody's visit has begun or ended: what is said afterwards is news to all their clients."""

    channel: ChannelJid
    who: RealJid

    def enter(self, registry: Registry) -> None:
        for told in registry.watching[self.who].values():
            told.discard(self.channel)


def watch(channel: Channel | None, cmd: Watch, moment: Moment) -> ActivitySought:
    """Begin to watch, as soon as it is known where there is news. Asking again begins anew."""
    if moment.is_kept_out(cmd.actor):
        raise Banned()
    registry = moment.registry
    mine = registry.watching.get(cmd.actor.bare)
    if mine is None:  # strangers keep strangers out, and nobody of the operator's own
        is_full = len(registry.watching) >= MOST and not moment.rules.is_local(cmd.actor)
    else:
        is_full = len(mine) >= MOST_CLIENTS
    if is_full and not registry.is_watching(cmd.actor):
        raise TooManyRequests()
    return ActivitySought(cmd.actor.bare, partial(_begin, cmd.actor))


def _begin(client: RealJid, news: Sequence[ChannelJid]) -> list[Event]:
    return [WatchBegun(client, tuple(news))]


def unwatch(channel: Channel | None, cmd: Unwatch, moment: Moment) -> list[Event]:
    """Watch no more; who does not watch asks for nothing."""
    return [WatchEnded(cmd.actor)] if moment.registry.is_watching(cmd.actor) else []


def noted(channel: Channel, happening: Sequence[Event], moment: Moment) -> list[Event]:
    """What those who watch are to hear of what happens, and whose visit makes later words news."""
    watching = moment.registry.watching
    events: list[Event] = []
    for event in happening if watching else ():
        match event:
            case MessagePosted(message, sender) if message.archived and message.retraction is None:
                if clients := _unaware(channel, moment.registry, sender):
                    events.append(ActivityIndicated(channel.jid, clients))
            case SessionOpened(_, session) | SessionClosed(_, session):
                events += _visits(channel, moment.registry, session)
            case SessionChanged(_, before, session) if not before.in_room:
                events += _visits(channel, moment.registry, session)
            case ParticipantLeft(sessions=sessions):
                events += [visit for session in sessions for visit in _visits(channel, moment.registry, session)][:1]
            case _:
                pass
    return events


def _visits(channel: Channel, registry: Registry, session: Session) -> list[Event]:
    told = registry.watching.get(session.jid.bare, {}) if session.in_room else {}
    return [RoomVisited(channel.jid, session.jid.bare)] if any(channel.jid in one for one in told.values()) else []


def _unaware(channel: Channel, registry: Registry, sender: RealJid) -> tuple[RealJid, ...]:
    """Clients that are not in the room and were not told yet, of people other than the one who speaks."""
    people = registry.watching.keys() & channel.derived(_listed, _listed)
    return tuple(
        client
        for who in people
        if who != sender.bare and may_hear_of(channel, who)
        for client, told in registry.watching[who].items()
        if channel.jid not in told and not _is_in_room(channel, client)
    )


def _listed(channel: Channel) -> frozenset[RealJid]:
    return channel.lists.owners | channel.lists.admins | channel.lists.allowed


def _is_in_room(channel: Channel, client: RealJid) -> bool:
    session = channel.session_of(client)
    return session is not None and session.in_room


def may_hear_of(channel: Channel, who: RealJid) -> bool:
    """Whether an account has a place in the lists by which it may enter, now and without a password (XEP-0437 §4)."""
    if channel.locked:
        return who in channel.lists.owners
    listed = listed_standing(channel.lists, who)
    least = Standing.ADMIN if channel.config.password else Standing.ALLOWED
    return listed >= least and standing(channel, who) is not Standing.BANNED
