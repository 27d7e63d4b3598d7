"""Where statements run: SQLite in threads of its own, PostgreSQL on the event loop.

Both take whole pieces of work, functions of a connection. On SQLite a piece of work is one visit to a thread, where an
asynchronous driver makes three or four for each statement: that costs more than most statements do.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, Final, Protocol, TypeVar, final

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

log = logging.getLogger(__name__)

T = TypeVar("T")

DRIVERS: Final = {"sqlite": "sqlite+pysqlite", "postgresql": "postgresql+asyncpg", "postgres": "postgresql+asyncpg"}

READERS: Final = 4
"""Threads that read SQLite."""

PRAGMAS: Final = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",  # a commit is on disk before anything is reflected
    "PRAGMA foreign_keys=ON",
    "PRAGMA busy_timeout=5000",
    "PRAGMA cache_size=-16000",
    "PRAGMA wal_autocheckpoint=4000",  # 16 MB: pages that many messages touch go to their places once
)


class Engines(Protocol):
    """What runs pieces of work."""

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Read; every statement sees what is committed when it runs."""
        ...

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Write, in a transaction that is committed when the work is done. One piece of work at a time."""
        ...

    async def close(self) -> None:
        """Close all connections."""
        ...


def engines_for(url: URL) -> Engines:
    """What runs the statements of a database."""
    return PostgresqlEngines(url) if url.get_backend_name() == "postgresql" else SqliteEngines(url)


@final
class SqliteEngines:
    """One thread that writes, and some that read; they are there once there is something for them to do."""

    def __init__(self, url: URL) -> None:
        self._writer = _sqlite(url, connect_args={"isolation_level": "IMMEDIATE"})
        self._reader = _sqlite(url, isolation_level="AUTOCOMMIT", pool_size=READERS)
        self._writing = ThreadPoolExecutor(1, "mixd writes")
        self._reading = ThreadPoolExecutor(READERS, "mixd reads")
        self._kept: Connection | None = None

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run a piece of work in one of the threads that read."""
        return await asyncio.get_running_loop().run_in_executor(self._reading, partial(self._read, work))

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Run a piece of work in the thread that writes."""
        return await asyncio.get_running_loop().run_in_executor(self._writing, partial(self._write, work))

    async def close(self) -> None:
        """Close all connections, and end the threads."""
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._writing, self._drop)
        await loop.run_in_executor(self._reading, self._reader.dispose)
        self._writing.shutdown(wait=False)
        self._reading.shutdown(wait=False)

    def _read(self, work: Callable[[Connection], T]) -> T:
        with self._reader.connect() as connection:
            return work(connection)

    def _write(self, work: Callable[[Connection], T]) -> T:
        try:
            if self._kept is None:
                self._kept = self._writer.connect()
            with self._kept.begin():
                return work(self._kept)
        except BaseException:
            self._drop()  # whatever state it is in, the next writer gets a sound one
            raise

    def _drop(self) -> None:
        kept, self._kept = self._kept, None
        if kept is not None:
            try:
                kept.close()
            except (SQLAlchemyError, OSError):
                log.debug("the connection that writes was gone already")
        self._writer.dispose()


@final
class PostgresqlEngines:
    """One connection that writes, and a pool of those that read."""

    def __init__(self, url: URL) -> None:
        self._writer = _postgresql(url)
        self._reader = _postgresql(url, isolation_level="AUTOCOMMIT")
        self._turn = asyncio.Lock()
        self._kept: AsyncConnection | None = None

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run a piece of work on a connection of the pool."""
        async with self.connected() as connection:
            return await connection.run_sync(work)

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Run a piece of work on the connection that writes, once those before it are done."""
        async with self._turn:
            try:
                if self._kept is None:
                    self._kept = await self._writer.connect()
                async with self._kept.begin():
                    return await self._kept.run_sync(work)
            except BaseException:
                await self._drop()  # whatever state it is in, the next writer gets a sound one
                raise

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[AsyncConnection]:
        """A connection for as long as the block takes, for what hangs on the connection itself."""
        async with self._reader.connect() as connection:
            yield connection

    async def close(self) -> None:
        """Close all connections."""
        await self._drop()
        await self._writer.dispose()
        await self._reader.dispose()

    async def _drop(self) -> None:
        kept, self._kept = self._kept, None
        if kept is not None:
            try:
                await asyncio.shield(kept.close())
            except (SQLAlchemyError, OSError):
                log.debug("the connection that writes was gone already")


def _sqlite(url: URL, **options: Any) -> Engine:
    engine = create_engine(url, hide_parameters=True, skip_autocommit_rollback=True, **options)
    event.listen(engine, "connect", _set_pragmas)
    return engine


def _set_pragmas(connection: Any, record: object) -> None:
    for pragma in PRAGMAS:
        connection.execute(pragma).close()


def _postgresql(url: URL, **options: Any) -> AsyncEngine:
    return create_async_engine(
        url,
        hide_parameters=True,  # errors must not print keys, addresses or messages
        pool_pre_ping=True,
        skip_autocommit_rollback=True,
        connect_args={"timeout": 10, "server_settings": {"application_name": "mixd"}},
        **options,
    )
