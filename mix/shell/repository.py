"""Storage in SQL: SQLite or PostgreSQL. Rows stop here; what comes out are the core's own values."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import lru_cache, partial
from typing import Any, Final, TypeVar, final

from sqlalchemy import Connection, Row, TextClause, text
from sqlalchemy.exc import SQLAlchemyError

from mix.core.addresses import ChannelJid
from mix.core.census import Census, Overview
from mix.core.channel import Channel, Message, Session
from mix.core.config import Sharing
from mix.core.due import UNCONFIGURED
from mix.core.items import Item
from mix.core.nicknames import Nick
from mix.core.nodes import Node
from mix.core.ports import ArchiveWindow, Change, DirectoryWindow, Keep, Listing, Rules
from mix.core.refusals import StorageFailed
from mix.shell import archive, directory, news, retention
from mix.shell.columns import (
    from_jid,
    to_channel_jid,
    to_config,
    to_info,
    to_jid,
    to_preferences,
    to_session,
    to_time,
)
from mix.shell.database import Database
from mix.shell.loading import load
from mix.shell.problems import StorageProblem, StorageRejected, explain
from mix.shell.record import Prospect, ServiceProspect
from mix.shell.write import Known, write
from pubsubnodes.addresses import RealJid
from pubsubnodes.paging import Page

log = logging.getLogger(__name__)

T = TypeVar("T")

_ALL_SESSIONS: Final = text(
    "SELECT channels.jid, participant, sessions.jid, tag, since, in_room, in_channel, presence, priority"
    " FROM sessions JOIN channels ON channels.id = channel_id"
)
_STAYING: Final = text(
    "SELECT channels.jid, config, participants.jid, preferences"
    " FROM participants JOIN channels ON channels.id = channel_id WHERE left_at IS NULL AND stays"
)
_KEPT: Final = text("SELECT count(*) FROM reserved_nicks WHERE jid = :jid")
_MADE: Final = text("SELECT count(*) FROM channels WHERE made_by = :jid")
_OVERVIEWS: Final = text(
    "SELECT jid, info, created,"
    " (SELECT count(*) FROM participants WHERE channel_id = channels.id AND left_at IS NULL) FROM channels ORDER BY jid"
)
_PEOPLE: Final = text(
    "SELECT channels.jid, participants.jid"
    " FROM participants JOIN channels ON channels.id = channel_id WHERE left_at IS NULL"
)
_TOMBSTONES: Final = text("SELECT name, alternate, until FROM tombstones")
_BARRED: Final = text("SELECT jid FROM barred")
_REGISTERED: Final = text("SELECT jid, nick, nick_key FROM registered_nicks")
_WATCHING: Final = text("SELECT jid FROM watching")
_WAITING: Final = text("SELECT jid, created, locked, end_of_life FROM channels WHERE locked OR end_of_life IS NOT NULL")
_DESERTED: Final = text(
    "SELECT jid, coalesce((SELECT max(left_at) FROM participants WHERE channel_id = channels.id), created)"
    " FROM channels WHERE NOT EXISTS"
    " (SELECT 1 FROM participants WHERE channel_id = channels.id AND left_at IS NULL)"
)
_NUMBER: Final = text("SELECT id FROM channels WHERE jid = :jid")
_KEY: Final = text("SELECT key FROM channels WHERE id = :channel")


@final
class SqlRepository:
    """A `Repository` in a database. Only one process writes to it."""

    def __init__(self, database: Database, operators: frozenset[RealJid] = frozenset(), *, most: int = 250) -> None:
        self._database = database
        self._operators = operators
        self._most = most
        self._known: Known = {}
        self._keys: dict[str, bytes] = {}
        """Of channels that have been loaded or made, as for their numbers; who only reads the archive keeps nothing."""

    async def load(self, jid: ChannelJid) -> Channel | None:
        """A channel with everything but its archive."""
        found = await self._read(partial(load, jid=jid, operators=self._operators))
        if found is None:
            return None
        self._known[jid.text], channel = found
        self._keys[jid.text] = channel.key
        return channel

    async def commit(self, changes: Sequence[Change]) -> None:
        """Record all changes in one transaction.

        Raises `StorageFailed`; when its cause is a `StorageProblem`, other changes would fail as well.
        """
        prospects: dict[str, Prospect] = {}
        service = ServiceProspect()
        for change in changes:
            if not change.channel.local:
                service.take(change.events)
                continue
            name = change.channel.text
            if name not in prospects:
                prospects[name] = Prospect(change.channel)
            prospects[name].take(change.events)
        try:
            known = await self._database.write(lambda c: write(c, list(prospects.values()), self._known, service))
        except (SQLAlchemyError, OSError, TimeoutError) as error:
            raise self._failed("written", error) from self._cause(error)
        for name, prospect in prospects.items():
            self._known.pop(name, None)
            if prospect.is_new:
                self._keys[name] = prospect.channel["key"]
            elif prospect.ends:
                self._keys.pop(name, None)
        self._known |= known

    async def page(self, window: ArchiveWindow) -> Page[Message]:
        """A page of the archive of messages."""
        return await self._page(window, archive.MESSAGES)

    async def items(self, window: ArchiveWindow) -> Page[Item]:
        """A page of the archive of another node."""
        return await self._page(window, archive.items_of(window.node))

    async def trim(self, keep: Keep) -> Mapping[ChannelJid, int]:
        """Drop what is not to be kept of any archive, in steps between which others write."""
        try:
            return await retention.trim(self._database, keep)
        except (SQLAlchemyError, OSError, TimeoutError) as error:
            raise self._failed("trimmed", error) from self._cause(error)

    async def message(self, jid: ChannelJid, id: str) -> Message | None:
        """A message of an archive, or what is left of it."""
        return await self._read(lambda connection: archive.message(connection, self._shelf(connection, jid), id))

    async def recent(self, jid: ChannelJid, count: int) -> Sequence[Message]:
        """The newest messages that are no changes of subject, oldest first."""
        if count <= 0:
            return []
        return await self._read(lambda connection: archive.recent(connection, self._number(connection, jid), count))

    async def directory(self, window: DirectoryWindow) -> Page[Listing]:
        """Channels that are listed and that the viewer may know of."""
        return await self._read(partial(directory.page, window=window, operators=self._operators, most=self._most))

    async def kept(self, who: RealJid) -> int:
        """In how many channels a nick is kept for an account."""
        return int((await self._rows(_KEPT, jid=from_jid(who)))[0][0])

    async def made(self, by: RealJid) -> int:
        """How many channels an account has made that are still there."""
        return int((await self._rows(_MADE, jid=from_jid(by)))[0][0])

    async def sessions(self) -> Sequence[tuple[ChannelJid, str, Session]]:
        """All sessions of all channels."""
        rows = await self._rows(_ALL_SESSIONS)
        return [(to_channel_jid(channel), id, to_session(*columns)) for channel, id, *columns in rows]

    async def sharers(self) -> Sequence[tuple[ChannelJid, RealJid]]:
        """The participants who share presence."""
        return [
            (to_channel_jid(channel), to_jid(jid))
            for channel, config, jid, preferences in await self._rows(_STAYING)
            if to_preferences(preferences).presence is Sharing.SHARE and Node.PRESENCE in _nodes_of(config)
        ]

    async def watching(self) -> Sequence[RealJid]:
        """The clients that watch their rooms."""
        return [to_jid(jid) for (jid,) in await self._rows(_WATCHING)]

    async def news(self, who: RealJid) -> Sequence[ChannelJid]:
        """Channels with news for an account."""
        return await self._read(partial(news.of, who=who))

    async def census(self) -> Census:
        """All channels, and all who are in them."""
        overviews = await self._rows(_OVERVIEWS)
        channels = [
            Overview(to_channel_jid(jid), to_info(info).name, to_time(created), people)
            for jid, info, created, people in overviews
        ]
        people = [(to_channel_jid(channel), to_jid(jid)) for channel, jid in await self._rows(_PEOPLE)]
        return Census(channels, people, await self.sessions())

    async def buried(self) -> Mapping[str, tuple[str, datetime]]:
        """Names of channels that have ended."""
        return {name: (alternate, to_time(until)) for name, alternate, until in await self._rows(_TOMBSTONES)}

    async def barred(self) -> frozenset[RealJid]:
        """The accounts and domains kept out of the service."""
        return frozenset(to_jid(jid) for (jid,) in await self._rows(_BARRED))

    async def registered_nicks(self) -> Sequence[tuple[RealJid, Nick]]:
        """All nicks registered with the service."""
        return [(to_jid(jid), Nick(nick, key)) for jid, nick, key in await self._rows(_REGISTERED)]

    async def due(self, rules: Rules) -> Sequence[tuple[ChannelJid, datetime]]:
        """The channels that wait for something, by the columns taken out for it."""
        found = {
            jid: min(_waiting(created, locked=locked, end_of_life=end))
            for jid, created, locked, end in await self._rows(_WAITING)
        }
        if rules.empty is not None:
            for jid, since in await self._rows(_DESERTED):
                end = to_time(since) + rules.empty
                found[jid] = min(end, found.get(jid, end))
        return [(to_channel_jid(jid), when) for jid, when in found.items()]

    async def _page(self, window: ArchiveWindow, source: archive.Source[archive.T]) -> Page[archive.T]:
        def read(connection: Connection) -> Page[archive.T]:
            return archive.page(connection, source, self._shelf(connection, window.channel), window, self._most)

        return await self._read(read)

    async def _rows(self, statement: TextClause, **values: str) -> Sequence[Row[*tuple[Any, ...]]]:
        return await self._read(lambda connection: connection.execute(statement, values).all())

    async def _read(self, work: Callable[[Connection], T]) -> T:
        try:
            return await self._database.read(work)
        except (SQLAlchemyError, OSError, TimeoutError) as error:
            raise self._failed("read", error) from self._cause(error)

    def _number(self, connection: Connection, jid: ChannelJid) -> int:
        """The number of a channel's row; one no channel has when there is none."""
        if (known := self._known.get(jid.text)) is not None:
            return known
        found: int | None = connection.execute(_NUMBER, {"jid": jid.text}).scalar()
        return found if found is not None else -1

    def _shelf(self, connection: Connection, jid: ChannelJid) -> archive.Shelf:
        number, key = self._number(connection, jid), self._keys.get(jid.text)
        if key is None:
            key = connection.execute(_KEY, {"channel": number}).scalar() or b""
        return archive.Shelf(number, key)

    def _cause(self, error: Exception) -> StorageProblem | StorageRejected:
        """What may be told of an error. The error itself would print rows."""
        return explain(error, self._database.url) or StorageRejected(_kind(error))

    def _failed(self, what: str, error: Exception) -> StorageFailed:
        cause = self._cause(error)
        hint = cause.hint if isinstance(cause, StorageProblem) else ""
        log.error("storage could not be %s: %s %s", what, cause, hint)
        return StorageFailed()


def _kind(error: BaseException) -> str:
    inner = getattr(error, "orig", None)
    return f"{type(error).__name__} ({type(inner).__name__})" if inner is not None else type(error).__name__


def _waiting(created: int, *, locked: bool, end_of_life: int | None) -> Iterator[datetime]:
    if locked:
        yield to_time(created) + UNCONFIGURED
    if end_of_life is not None:
        yield to_time(end_of_life)


@lru_cache(maxsize=64)
def _nodes_of(config: str) -> frozenset[Node]:
    return to_config(config).nodes
