"""Storage in SQL: SQLite or PostgreSQL. Rows stop here; what comes out are the core's own values."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from functools import lru_cache
from typing import Any, Final, final

from sqlalchemy import TextClause, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from mix.core.addresses import ChannelJid
from mix.core.channel import Channel, Message, Participant, Session, Subject
from mix.core.config import Lists, Sharing
from mix.core.due import UNCONFIGURED
from mix.core.items import ARCHIVED, Item
from mix.core.nicknames import Nick
from mix.core.nodes import Node, node_named
from mix.core.payload import Payload
from mix.core.ports import ArchiveWindow, Change, DirectoryWindow, Keep, Listing
from mix.core.refusals import StorageFailed
from mix.core.rights import Grant
from mix.shell import archive, directory, retention
from mix.shell.columns import (
    SESSION_COLUMNS,
    to_avatar,
    to_channel_jid,
    to_config,
    to_info,
    to_invitation,
    to_jid,
    to_nick,
    to_preferences,
    to_session,
    to_time,
)
from mix.shell.database import Database
from mix.shell.problems import StorageProblem, StorageRejected, explain
from mix.shell.record import LISTS, Columns, Prospect, registered_nicks
from mix.shell.write import Known, write, write_nicks
from pubsubnodes.addresses import RealJid
from pubsubnodes.paging import Page

log = logging.getLogger(__name__)

_CHANNEL: Final = text(
    "SELECT id, key, created, adhoc, locked, config, config_at, config_by, info, info_at,"
    " subject, subject_sender, subject_nick, subject_nick_key, subject_at, avatar FROM channels WHERE jid = :jid"
)
_PARTICIPANTS: Final = text(
    'SELECT id, jid, nick, nick_key, stays, since, preferences, "grant" FROM participants'
    " WHERE channel_id = :channel AND left_at IS NULL"
)
_LISTS: Final = text("SELECT which, jid FROM lists WHERE channel_id = :channel")
_RESERVED: Final = text("SELECT jid, nick, nick_key FROM reserved_nicks WHERE channel_id = :channel")
_INVITATIONS: Final = text(
    "SELECT id, invitee, inviter, at FROM invitations WHERE channel_id = :channel ORDER BY at, id"
)
_LAPSED: Final = text(
    'SELECT id, "grant", left_at FROM participants'
    ' WHERE channel_id = :channel AND left_at IS NOT NULL AND "grant" IS NOT NULL'
)
_SESSIONS: Final = text(f"SELECT participant, {SESSION_COLUMNS} FROM sessions WHERE channel_id = :channel")
_ALL_SESSIONS: Final = text(
    "SELECT channels.jid, participant, sessions.jid, tag, since, in_room, in_channel, presence, priority"
    " FROM sessions JOIN channels ON channels.id = channel_id"
)
_STAYING: Final = text(
    "SELECT channels.jid, config, participants.jid, preferences"
    " FROM participants JOIN channels ON channels.id = channel_id WHERE left_at IS NULL AND stays"
)
_REGISTERED: Final = text("SELECT jid, nick, nick_key FROM registered_nicks")
_WAITING: Final = text("SELECT jid, created, locked, end_of_life FROM channels WHERE locked OR end_of_life IS NOT NULL")
_NEWEST: Final = text("SELECT position, at FROM archive WHERE channel_id = :channel ORDER BY position DESC LIMIT 1")
_NEWEST_ITEM: Final = text(
    "SELECT max(position) FROM ("
    + " UNION ALL ".join(
        f"SELECT max(position) AS position FROM items WHERE channel_id = :channel AND node = '{node}'"
        for node in sorted(ARCHIVED)
    )
    + ") AS newest"
)
_NUMBER: Final = text("SELECT id FROM channels WHERE jid = :jid")


@final
class SqlRepository:
    """A `Repository` in a database. Only one process writes to it."""

    def __init__(self, database: Database, operators: frozenset[RealJid] = frozenset(), *, most: int = 250) -> None:
        self._database = database
        self._operators = operators
        self._most = most
        self._known: Known = {}

    async def load(self, jid: ChannelJid) -> Channel | None:
        """A channel with everything but its archive."""
        async with self._reading() as connection:
            row = (await connection.execute(_CHANNEL, {"jid": jid.text})).one_or_none()
            if row is None:
                return None
            self._known[jid.text] = row.id
            this = {"channel": row.id}
            channel = Channel(
                jid,
                bytes(row.key),
                config=to_config(row.config),
                info=to_info(row.info),
                lists=_lists((await connection.execute(_LISTS, this)).all()),
                created=to_time(row.created),
                adhoc=bool(row.adhoc),
                locked=bool(row.locked),
                operators=self._operators,
            )
            channel.config_at, channel.info_at = to_time(row.config_at), to_time(row.info_at)
            channel.config_by = to_jid(row.config_by) if row.config_by is not None else None
            if row.subject is not None:
                nick = to_nick(row.subject_nick, row.subject_nick_key)
                payload = Payload.stored(row.subject)
                channel.subject = Subject(payload, row.subject_sender, nick, to_time(row.subject_at))
            channel.avatar = to_avatar(row.avatar)
            for person in (await connection.execute(_PARTICIPANTS, this)).all():
                channel.admit(_participant(*person))
            for id, *columns in (await connection.execute(_SESSIONS, this)).all():
                session = to_session(*columns)
                channel.participants[id].sessions[session.jid] = session
            for who, names in (await connection.execute(_subscriptions(connection.dialect.name), this)).all():
                channel.subscriptions[to_jid(who)] = _nodes(names)
            for who, nick, key in (await connection.execute(_RESERVED, this)).all():
                channel.keep_nick(to_jid(who), to_nick(nick, key))
            for id, *columns in (await connection.execute(_INVITATIONS, this)).all():
                channel.invitations[id] = to_invitation(id, *columns)
            for id, grant, left in (await connection.execute(_LAPSED, this)).all():
                channel.lapsed[id] = (Grant(grant), to_time(left))
            newest = (await connection.execute(_NEWEST, this)).one_or_none()
            if newest is not None:
                channel.next_position = newest.position + 1
                channel.latest = max(channel.latest, to_time(newest.at))
            channel.next_item = 1 + ((await connection.execute(_NEWEST_ITEM, this)).scalar() or 0)
            return channel

    async def commit(self, changes: Sequence[Change]) -> None:
        """Record all changes in one transaction.

        Raises `StorageFailed`; when its cause is a `StorageProblem`, other changes would fail as well.
        """
        prospects: dict[str, Prospect] = {}
        registered: dict[str, Columns] = {}
        for change in changes:
            if not change.channel.local:
                registered.update(registered_nicks(change.events))
                continue
            name = change.channel.text
            if name not in prospects:
                prospects[name] = Prospect(change.channel)
            prospects[name].take(change.events)
        try:
            async with self._database.writing() as connection:
                known = await connection.run_sync(write, list(prospects.values()), self._known)
                if registered:
                    await connection.run_sync(write_nicks, list(registered.values()))
        except (SQLAlchemyError, OSError, TimeoutError) as error:
            raise self._failed("written", error) from self._cause(error)
        for name in prospects:
            self._known.pop(name, None)
        self._known |= known

    async def page(self, window: ArchiveWindow) -> Page[Message]:
        """A page of the archive of messages."""
        async with self._reading() as connection:
            number = await self._number(connection, window.channel)
            return await archive.page(connection, archive.MESSAGES, number, window, self._most)

    async def items(self, window: ArchiveWindow) -> Page[Item]:
        """A page of the archive of another node."""
        async with self._reading() as connection:
            number = await self._number(connection, window.channel)
            return await archive.page(connection, archive.items_of(window.node), number, window, self._most)

    async def trim(self, keep: Keep) -> int:
        """Drop what is not to be kept of any archive, in steps between which others write."""
        try:
            return await retention.trim(self._database, keep)
        except (SQLAlchemyError, OSError, TimeoutError) as error:
            raise self._failed("trimmed", error) from self._cause(error)

    async def message(self, jid: ChannelJid, id: str) -> Message | None:
        """A message of an archive, or what is left of it."""
        async with self._reading() as connection:
            return await archive.message(connection, await self._number(connection, jid), id)

    async def recent(self, jid: ChannelJid, count: int) -> Sequence[Message]:
        """The newest messages that are no changes of subject, oldest first."""
        if count <= 0:
            return []
        async with self._reading() as connection:
            return await archive.recent(connection, await self._number(connection, jid), count)

    async def directory(self, window: DirectoryWindow) -> Page[Listing]:
        """Channels that are listed and that the viewer may know of."""
        async with self._reading() as connection:
            return await directory.page(connection, window, self._operators, self._most)

    async def sessions(self) -> Sequence[tuple[ChannelJid, str, Session]]:
        """All sessions of all channels."""
        async with self._reading() as connection:
            rows = (await connection.execute(_ALL_SESSIONS)).all()
        return [(to_channel_jid(channel), id, to_session(*columns)) for channel, id, *columns in rows]

    async def sharers(self) -> Sequence[tuple[ChannelJid, RealJid]]:
        """The participants who share presence."""
        async with self._reading() as connection:
            rows = (await connection.execute(_STAYING)).all()
        return [
            (to_channel_jid(channel), to_jid(jid))
            for channel, config, jid, preferences in rows
            if to_preferences(preferences).presence is Sharing.SHARE and Node.PRESENCE in _nodes_of(config)
        ]

    async def registered_nicks(self) -> Sequence[tuple[RealJid, Nick]]:
        """All nicks registered with the service."""
        async with self._reading() as connection:
            rows = (await connection.execute(_REGISTERED)).all()
        return [(to_jid(jid), Nick(nick, key)) for jid, nick, key in rows]

    async def due(self) -> Sequence[tuple[ChannelJid, datetime]]:
        """The channels that wait for something, by the columns taken out for it."""
        async with self._reading() as connection:
            rows = (await connection.execute(_WAITING)).all()
        return [
            (to_channel_jid(jid), min(_waiting(created, locked=locked, end_of_life=end)))
            for jid, created, locked, end in rows
        ]

    @asynccontextmanager
    async def _reading(self) -> AsyncIterator[AsyncConnection]:
        try:
            async with self._database.reading() as connection:
                yield connection
        except (SQLAlchemyError, OSError, TimeoutError) as error:
            raise self._failed("read", error) from self._cause(error)

    async def _number(self, connection: AsyncConnection, jid: ChannelJid) -> int:
        """The number of a channel's row; one no channel has when there is none."""
        if jid.text in self._known:
            return self._known[jid.text]
        found: int | None = (await connection.execute(_NUMBER, {"jid": jid.text})).scalar()
        return found if found is not None else -1

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


def _lists(rows: Iterable[Any]) -> Lists:
    people: dict[str, set[RealJid]] = {which: set() for which in LISTS}
    for which, jid in rows:
        people[which].add(to_jid(jid))
    return Lists(**{which: frozenset(jids) for which, jids in people.items()})


def _participant(
    id: str,
    jid: str,
    nick: str | None,
    nick_key: str | None,
    stays: bool,
    since: int,
    preferences: str,
    grant: str | None,
) -> Participant:
    someone = Participant(
        id, to_jid(jid), to_nick(nick, nick_key), to_time(since), bool(stays), to_preferences(preferences)
    )
    someone.grant = Grant(grant) if grant is not None else None
    return someone


@lru_cache
def _subscriptions(dialect: str) -> TextClause:
    joined = "string_agg(node, ' ' ORDER BY node)" if dialect == "postgresql" else "group_concat(node, ' ')"
    return text(f"SELECT jid, {joined} FROM subscriptions WHERE channel_id = :channel GROUP BY jid")


@lru_cache(maxsize=64)
def _nodes_of(config: str) -> frozenset[Node]:
    return to_config(config).nodes


@lru_cache(maxsize=1024)
def _nodes(names: str) -> frozenset[Node]:
    """The nodes somebody is subscribed to. Most people of a channel have the same, and share the value."""
    return frozenset(node for name in names.split() if (node := node_named(name)) is not None)
