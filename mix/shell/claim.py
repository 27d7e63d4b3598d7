"""One service a database: what a channel is stands in one process's memory, so there is never a second writer."""

from __future__ import annotations

import contextlib
import fcntl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from sqlalchemy import text

from mix.shell.database import Database
from mix.shell.engines import PostgresqlEngines

_KEY: Final = 0x6D697864
"""The advisory lock's number in PostgreSQL: `mixd`."""


@asynccontextmanager
async def claim(database: Database) -> AsyncIterator[bool]:
    """Claim a database for this process, until the block ends or the process does; False when another has it."""
    if database.url.get_backend_name() == "sqlite":
        with _file_claimed(Path(f"{database.url.database}-lock")) as claimed:
            yield claimed
    else:
        assert isinstance(database.engines, PostgresqlEngines)
        async with database.engines.connected() as connection:
            got = await connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": _KEY})
            try:
                yield bool(got)
            finally:
                if got:
                    await connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _KEY})


@contextlib.contextmanager
def _file_claimed(path: Path) -> Iterator[bool]:
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
        else:
            yield True
