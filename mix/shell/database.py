"""The database: what it is called, who runs its statements, and tables that are as this program needs them."""

from __future__ import annotations

import asyncio
import logging
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import TypeVar, final

from sqlalchemy import Connection
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import SQLAlchemyError

from mix.shell.engines import DRIVERS, Engines, engines_for
from mix.shell.problems import NothingThere, StorageProblem, explain, place_of
from mix.shell.schema import State, prepare, state_of

__all__ = ["Database", "StorageProblem", "open_database"]

log = logging.getLogger(__name__)

T = TypeVar("T")


@final
class Database:
    """An open database, from `open_database`; `close` it in the end."""

    def __init__(self, url: URL, engines: Engines) -> None:
        self.url = url
        self.engines = engines

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Do some reading; every statement sees what is committed when it runs."""
        return await self.engines.read(work)

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Do some writing, in a transaction that is committed when it is done. One after the other."""
        return await self.engines.write(work)

    async def close(self) -> None:
        """Close all connections."""
        await self.engines.close()

    async def prepare(self, *, migrate: bool) -> None:
        """See that it can be written to and has the tables this program needs. Raises `StorageProblem`."""
        await self.write(lambda connection: _prepare(connection, place_of(self.url), migrate=migrate))


def _prepare(connection: Connection, place: str, *, migrate: bool) -> None:
    if connection.dialect.name == "sqlite":
        # Also finds out whether it may be written at all, and whether somebody else is at it.
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    elif connection.exec_driver_sql("SHOW transaction_read_only").scalar_one() == "on":
        raise StorageProblem(
            f"The database {place} cannot be written to.",
            "It is a replica, or was made read-only: name the primary in [database].",
        )
    match state_of(connection):
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
            raise NothingThere(f"The database {place} has not the tables this mixd needs.", "`mixd serve` brings them.")
        case State.OLDER if not migrate:
            raise StorageProblem(
                f"The database {place} has not the tables this mixd needs.",
                "An older mixd made it: stop that one; `mixd serve` brings the tables up to date.",
            )
    log.info("bringing the tables of the database up to date")
    prepare(connection)


async def open_database(url: str | URL, *, migrate: bool = True) -> Database:
    """Open a database, and bring its tables up to date if need be and allowed. Raises `StorageProblem`."""
    found = make_url(url)
    found = found.set(drivername=DRIVERS.get(found.drivername, found.drivername))
    if not migrate and _is_missing(found):
        raise NothingThere(f"There is no database {place_of(found)}.", "`mixd serve` makes it when it starts.")
    database = Database(found, engines_for(found))
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
    """See that the file can be opened, and that nobody else reads a new one: it holds addresses and keys."""
    with suppress(OSError):  # SQLite says better what is wrong
        os.close(os.open(str(url.database), os.O_CREAT | os.O_RDWR, 0o600))
    with closing(sqlite3.connect(str(url.database))):
        pass
