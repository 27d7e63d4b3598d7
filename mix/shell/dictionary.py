"""Storage in memory, for tests: the events themselves, applied again whenever a channel is loaded.

It shares no rule with the SQL repository, so that one suite of tests on both compares two opinions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TypeVar, final

from mix.core import past
from mix.core.addresses import ChannelJid
from mix.core.barring import BarredChanged
from mix.core.census import Census, Overview
from mix.core.channel import Channel, Message, Session
from mix.core.config import Config, Sharing
from mix.core.disclosure import LookedUp
from mix.core.due import due
from mix.core.events import (
    ChannelCreated,
    ChannelDestroyed,
    ConfigChanged,
    Event,
    MessagePosted,
    MessageRetracted,
    ParticipantLeft,
    SubjectChanged,
)
from mix.core.indicators import WatchBegun, WatchEnded, may_hear_of
from mix.core.items import ARCHIVED, Item, ItemsArchived
from mix.core.nicknames import Nick
from mix.core.nodes import Node
from mix.core.operating import PeopleListed
from mix.core.ports import ArchiveWindow, Change, DirectoryWindow, Keep, Listing, Rules
from mix.core.refusals import NoSuchItem, StorageFailed, UnsupportedRequest
from mix.core.registry import NickRegistered
from mix.core.rights import Standing, is_in, standing
from mix.core.tombstones import NameBuried
from pubsubnodes.addresses import RealJid
from pubsubnodes.paging import NoSuchPage, Page, page_of

T = TypeVar("T", Message, Item)


@final
class DictRepository:
    """A `Repository` that forgets everything with the process."""

    def __init__(self, operators: frozenset[RealJid] = frozenset(), *, most: int = 250) -> None:
        self._operators = operators
        self._most = most
        self._events: dict[str, list[Event]] = {}
        self._trimmed: set[tuple[str, str]] = set()
        self._nicks: dict[RealJid, Nick] = {}
        self._watching: dict[RealJid, bool] = {}
        self._barred: frozenset[RealJid] = frozenset()
        self._buried: dict[str, tuple[str, datetime]] = {}
        self.listed: list[PeopleListed] = []
        """What the audit would say."""
        self.audit: list[LookedUp] = []
        """Who looked up whom; it outlives channels."""

    async def load(self, jid: ChannelJid) -> Channel | None:
        """The channel, as its events made it."""
        return self._replayed(jid.text)

    async def commit(self, changes: Sequence[Change]) -> None:
        """Keep the events of all changes, or of none."""
        logs = dict(self._events)
        noted = [event for change in changes for event in change.events if isinstance(event, LookedUp)]
        for change in changes:
            name = change.channel.text
            if not change.channel.local:
                for event in change.events:
                    self._take(event)
                continue
            for event in change.events:
                if isinstance(event, ChannelCreated):
                    if name in logs:
                        raise StorageFailed()
                    logs[name] = [event]
                elif name not in logs:
                    raise StorageFailed()
                elif isinstance(event, ChannelDestroyed):
                    del logs[name]
                else:
                    logs[name] = [*logs[name], event]
        self._events = logs
        self.audit += noted

    def _take(self, event: Event) -> None:
        match event:
            case NickRegistered(jid, nick):
                self._nicks[jid] = nick
            case WatchBegun(client):
                self._watching[client] = True
            case WatchEnded(client):
                self._watching[client] = False
            case BarredChanged(_, new):
                self._barred = new
            case NameBuried(name, alternate, until, over):
                kept = {name: one for name, one in self._buried.items() if name not in over}
                self._buried = {**kept, name: (alternate, until)}
            case PeopleListed():
                self.listed.append(event)
            case _:
                raise StorageFailed()

    async def page(self, window: ArchiveWindow) -> Page[Message]:
        """A page of the archive of messages, found by looking at every one."""
        return self._page(window, self._archive(window.channel.text))

    async def items(self, window: ArchiveWindow) -> Page[Item]:
        """A page of the archive of another node, likewise."""
        return self._page(window, self._items(window.channel.text, window.node))

    def _page(self, window: ArchiveWindow, archive: list[T]) -> Page[T]:
        everything = [one for one in archive if window.since is None or one.at >= window.since]
        if window.ends:
            return Page(everything[:1] + everything[1:][-1:], count=len(everything))
        places = {message.id: message.position for message in everything}
        request = window.page
        if request.index is not None:
            raise UnsupportedRequest()
        named = (window.before_id, window.after_id, request.before, request.after, *window.ids)
        if any(id and id not in places for id in named):
            raise NoSuchItem()
        matching = [message for message in everything if _matches(window, message, places)]
        after = places[request.after] if request.after else 0
        before = places[request.before] if request.before else places[everything[-1].id] + 1 if everything else 1
        inside = [message for message in matching if after < message.position < before]
        limit = self._most if request.limit is None else min(max(request.limit, 0), self._most)
        backwards = request.before is not None and not request.after
        found = inside[max(0, len(inside) - limit) :] if backwards else inside[:limit]
        return Page(
            found,
            first=found[0].id if found else None,
            last=found[-1].id if found else None,
            index=matching.index(found[0]) if found else None,
            count=len(matching),
            complete=len(found) == len(inside),
        )

    async def trim(self, keep: Keep) -> Mapping[ChannelJid, int]:
        """Forget what is not to be kept, archive by archive."""
        gone: dict[ChannelJid, int] = {}
        for name in self._events:
            archives: list[Sequence[Message | Item]] = [self._archive(name)]
            archives += [self._items(name, node) for node in ARCHIVED]
            here = keep.of(self._config(name))
            for entries in archives:
                older = [one for one in entries if here.since is not None and one.at < here.since]
                surplus = entries[: max(0, len(entries) - here.most)] if here.most is not None else []
                dropped = {one.id for one in [*older, *surplus]}
                self._trimmed |= {(name, id) for id in dropped}
                if dropped:
                    jid = ChannelJid(*name.split("@"))
                    gone[jid] = gone.get(jid, 0) + len(dropped)
        return gone

    def _config(self, name: str) -> Config:
        """How a channel is configured, after all that has happened."""
        config = Config()
        for event in self._events[name]:
            if isinstance(event, ChannelCreated):
                config = event.config
            elif isinstance(event, ConfigChanged):
                config = event.new
        return config

    async def message(self, jid: ChannelJid, id: str) -> Message | None:
        """A message of the archive, or what is left of it."""
        return next((message for message in self._archive(jid.text) if message.id == id), None)

    async def recent(self, jid: ChannelJid, count: int) -> Sequence[Message]:
        """The newest messages that are no changes of subject."""
        posted = {e.message.id for e in self._events.get(jid.text, ()) if isinstance(e, MessagePosted)}
        return [message for message in self._archive(jid.text) if message.id in posted][-count:] if count > 0 else []

    async def directory(self, window: DirectoryWindow) -> Page[Listing]:
        """The channels the viewer may know of, in the order of their addresses."""
        channels = [channel for name in sorted(self._events) if (channel := self._replayed(name)) is not None]
        listings = [
            Listing(channel.jid, (name or None) if _is_named(channel, window.viewer) else None)
            for channel in channels
            for name in [channel.info.read_in(window.lang).name]
            if channel.config.listed and not (channel.locked or channel.adhoc) and _may_find(channel, window.viewer)
        ]
        try:
            return page_of(listings, window.page, lambda listing: listing.jid.text, self._most)
        except NoSuchPage as error:
            raise NoSuchItem() from error

    async def kept(self, who: RealJid) -> int:
        """In how many channels a nick is kept for an account."""
        return sum(who in found.reserved for name in self._events if (found := self._replayed(name)) is not None)

    async def made(self, by: RealJid) -> int:
        """How many channels an account has made that are still there."""
        living = [events for name, events in self._events.items() if self._replayed(name) is not None]
        return sum([e for e in events if isinstance(e, ChannelCreated)][-1].by.bare == by for events in living)

    async def sessions(self) -> Sequence[tuple[ChannelJid, str, Session]]:
        """All sessions of all channels."""
        return [
            (channel.jid, someone.id, session)
            for name in self._events
            if (channel := self._replayed(name)) is not None
            for someone in (*channel.participants.values(), *channel.onlookers.values())
            for session in someone.sessions.values()
        ]

    async def sharers(self) -> Sequence[tuple[ChannelJid, RealJid]]:
        """The participants who share presence."""
        channels = [channel for name in self._events if (channel := self._replayed(name)) is not None]
        return [
            (channel.jid, someone.jid)
            for channel in channels
            if Node.PRESENCE in channel.config.nodes
            for someone in channel.participants.values()
            if someone.stays and someone.preferences.presence is Sharing.SHARE
        ]

    async def watching(self) -> Sequence[RealJid]:
        """The clients that watch their rooms."""
        return [client for client, is_on in self._watching.items() if is_on]

    async def news(self, who: RealJid) -> Sequence[ChannelJid]:
        """Channels with news for an account, found by looking at every message."""
        return [channel.jid for name in sorted(self._events) if (channel := self._with_news(name, who)) is not None]

    def _with_news(self, name: str, who: RealJid) -> Channel | None:
        channel = self._replayed(name)
        if channel is None or not may_hear_of(channel, who) or channel.participant_of(who) is not None:
            return None
        events = self._events[name]
        exits = [event.at for event in events if isinstance(event, ParticipantLeft) and event.jid == who]
        posted = {event.message.id for event in events if isinstance(event, MessagePosted)}
        news = [
            message
            for message in self._archive(name)
            if message.id in posted and message.retraction is None and message.sender != channel.id_of(who)
        ]
        let_in = past.since(channel, who)
        is_known = news and (let_in is None or news[-1].at >= let_in)
        return channel if is_known and (not exits or news[-1].at > max(exits)) else None

    async def census(self) -> Census:
        """All channels, and all who are in them."""
        found = [channel for name in sorted(self._events) if (channel := self._replayed(name)) is not None]
        return Census(
            [Overview(one.jid, one.info.name, one.created, len(one.participants)) for one in found],
            [(one.jid, someone.jid) for one in found for someone in one.participants.values()],
            await self.sessions(),
        )

    async def buried(self) -> Mapping[str, tuple[str, datetime]]:
        """Names of channels that have ended."""
        return self._buried

    async def barred(self) -> frozenset[RealJid]:
        """The accounts and domains kept out of the service."""
        return self._barred

    async def registered_nicks(self) -> Sequence[tuple[RealJid, Nick]]:
        """All nicks registered with the service."""
        return list(self._nicks.items())

    async def due(self, rules: Rules) -> Sequence[tuple[ChannelJid, datetime]]:
        """The channels that wait for something."""
        channels = [channel for name in self._events if (channel := self._replayed(name)) is not None]
        return [(channel.jid, when) for channel in channels if (when := due(channel, rules)) is not None]

    def _replayed(self, name: str) -> Channel | None:
        events = self._events.get(name)
        if events is None:
            return None
        assert isinstance(events[0], ChannelCreated)
        channel = events[0].born()
        for event in events:
            channel.apply(event)
        channel.operators |= self._operators
        channel.recent = None
        return channel

    def _archive(self, name: str) -> list[Message]:
        events = self._events.get(name, ())
        left = {e.message.id: e.message for e in events if isinstance(e, MessageRetracted)}
        said = [e.message for e in events if isinstance(e, MessagePosted | SubjectChanged)]
        kept = (message for message in said if message.archived and (name, message.id) not in self._trimmed)
        return [left.get(message.id, message) for message in kept]

    def _items(self, name: str, node: Node) -> list[Item]:
        events = (event for event in self._events.get(name, ()) if isinstance(event, ItemsArchived))
        items = (item for event in events for item in event.items if item.node is node)
        return [item for item in items if (name, item.id) not in self._trimmed]


def _may_find(channel: Channel, viewer: RealJid) -> bool:
    """Whether somebody may know of a channel that is listed: a password keeps people out, and not from seeing it."""
    rank = standing(channel, viewer)
    return rank >= Standing.ALLOWED or (rank is Standing.NONE and not channel.config.members_only)


def _is_named(channel: Channel, viewer: RealJid) -> bool:
    rank = max(standing(channel, viewer), Standing.ALLOWED)
    return rank is Standing.OWNER or is_in(channel.config.info_for, rank)


def _matches(window: ArchiveWindow, message: Message | Item, places: dict[str, int]) -> bool:
    return not window.nothing and all(
        (
            not isinstance(message, Message) or _is_by(window, message),
            window.start is None or message.at >= window.start,
            window.end is None or message.at <= window.end,
            not window.before_id or message.position < places[window.before_id],
            not window.after_id or message.position > places[window.after_id],
            not window.ids or message.id in window.ids,
        )
    )


def _is_by(window: ArchiveWindow, message: Message) -> bool:
    named = message.nick is not None and message.nick.key == window.nick
    return (window.sender is None or message.sender == window.sender) and (window.nick is None or named)
