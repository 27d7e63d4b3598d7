"""The database: one connection that writes, some that read, and tables that are as this program needs them."""

from __future__ import annotations

import asyncio
import logging
import os
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, Final, final

from sqlalchemy import event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from mix.shell.problems import NothingThere, StorageProblem, explain, place_of
from mix.shell.schema import State, prepare, state_of

__all__ = ["Database", "StorageProblem", "open_database"]

log = logging.getLogger(__name__)

DRIVERS: Final = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg", "postgres": "postgresql+asyncpg"}

PRAGMAS: Final = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",  # a commit is on disk before anything is reflected
    "PRAGMA foreign_keys=ON",
    "PRAGMA busy_timeout=5000",
    "PRAGMA cache_size=-16000",
)


@final
class Database:
    """An open database, from `open_database`; `close` it in the end."""

    def __init__(self, url: URL, writer: AsyncEngine, reader: AsyncEngine) -> None:
        self.url = url
        self._writer = writer
        self._reader = reader
        self._turn = asyncio.Lock()
        self._kept: AsyncConnection | None = None

    async def close(self) -> None:
        """Close all connections."""
        await self._drop()
        await self._writer.dispose()
        await self._reader.dispose()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """A connection to read with; every statement sees what is committed when it runs."""
        async with self._reader.connect() as connection:
            yield connection

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """The connection that writes, in a transaction that is committed at the end of the block. One at a time."""
        async with self._turn:
            try:
                if self._kept is None:
                    self._kept = await self._writer.connect()
                async with self._kept.begin():
                    yield self._kept
            except BaseException:
                await self._drop()  # whatever state it is in, the next writer gets a sound one
                raise

    async def _drop(self) -> None:
        kept, self._kept = self._kept, None
        if kept is not None:
            try:
                await asyncio.shield(kept.close())
            except (SQLAlchemyError, OSError):
                log.debug("the connection that writes was gone already")

    async def prepare(self, *, migrate: bool) -> None:
        """See that it can be written to and has the tables this program needs. Raises `StorageProblem`."""
        async with self.writing() as connection:
            if self.url.get_backend_name() == "sqlite":
                # Also finds out whether it may be written at all, and whether somebody else is at it.
                await connection.exec_driver_sql("BEGIN IMMEDIATE")
            elif (await connection.exec_driver_sql("SHOW transaction_read_only")).scalar_one() == "on":
                raise StorageProblem(
                    f"The database {place_of(self.url)} cannot be written to.",
                    "It is a replica, or was made read-only: name the primary in [database].",
                )
            state = await connection.run_sync(state_of)
            place = place_of(self.url)
            match state:
                case State.CURRENT:
                    return
                case State.NEWER:
                    raise StorageProblem(
                        f"The database {place} was written by a newer mixd than this one.",
                        "Install that version again, or restore a backup from before it.",
                    )
                case State.FOREIGN:
                    raise StorageProblem(
                        f"The database {place} holds tables of another program.",
                        "Give mixd a database of its own in [database].",
                    )
                case State.EMPTY if not migrate:
                    raise NothingThere(
                        f"The database {place} has not the tables this mixd needs.", "`mixd serve` brings them."
                    )
                case State.OLDER if not migrate:
                    raise StorageProblem(
                        f"The database {place} has not the tables this mixd needs.",
                        "An older mixd made it: stop that one; `mixd serve` brings the tables up to date.",
                    )
            log.info("bringing the tables of the database up to date")
            await connection.run_sync(prepare)


async def open_database(url: str | URL, *, migrate: bool = True) -> Database:
    """Open a database, and bring its tables up to date if need be and allowed. Raises `StorageProblem`."""
    found = make_url(url)
    found = found.set(drivername=DRIVERS.get(found.drivername, found.drivername))
    if not migrate and _is_missing(found):
        raise NothingThere(f"There is no database {place_of(found)}.", "`mixd serve` makes it when it starts.")
    database = Database(found, _engine(found), _engine(found, isolation_level="AUTOCOMMIT"))
    try:
        if found.get_backend_name() == "sqlite":
            await asyncio.to_thread(_touch, found)
        await database.prepare(migrate=migrate)
    except BaseException as error:
        await database.close()
        if isinstance(error, SQLAlchemyError | sqlite3.Error | OSError | TimeoutError) and (
            problem := explain(error, found)
        ):
            raise problem from None
        raise
    return database


def _is_missing(url: URL) -> bool:
    """Whether SQLite would make a new file."""
    return url.get_backend_name() == "sqlite" and not Path(str(url.database)).exists()


def _touch(url: URL) -> None:
    """See that the file can be opened, and that nobody else reads a new one: it holds addresses and keys.

    COMPAT: when it cannot be opened, aiosqlite leaves a thread that may print a traceback.
    """
    with suppress(OSError):  # SQLite says better what is wrong
        os.close(os.open(str(url.database), os.O_CREAT | os.O_RDWR, 0o600))
    sqlite3.connect(str(url.database)).close()


def _engine(url: URL, **options: Any) -> AsyncEngine:
    if url.get_backend_name() == "postgresql":
        return create_async_engine(
            url,
            hide_parameters=True,  # errors must not print keys, addresses or messages
            pool_pre_ping=True,
            skip_autocommit_rollback=True,
            connect_args={"timeout": 10, "server_settings": {"application_name": "mixd"}},
            **options,
        )
    if "isolation_level" not in options:
        options["connect_args"] = {"isolation_level": "IMMEDIATE"}
    engine = create_async_engine(url, hide_parameters=True, skip_autocommit_rollback=True, **options)
    event.listen(engine.sync_engine, "connect", _set_pragmas)
    return engine


def _set_pragmas(connection: Any, record: object) -> None:
    cursor = connection.cursor()
    try:
        for pragma in PRAGMAS:
            cursor.execute(pragma)
        cursor.close()
    except BaseException:
        connection.close()  # the pool has not taken it yet, and its thread would never end
        raise
