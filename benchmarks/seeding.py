"""Large databases in seconds: rows that mixd wrote itself, multiplied by SQLite.

It would take minutes to say it all to the service. Copies of what it wrote stay right when tables get new columns.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from random import randbytes
from typing import Any

from benchmarks.measure import StageFailed
from mix.core.ids import SALT_LENGTH, archive_id

BELONGING = ("participants", "subscriptions", "lists", "sessions")
"""The tables with rows of a channel, in the order in which they may be written; the archive is not among them."""

NUMBERS = "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < :count)"


def fill(path: Path, channel: str, rows: int) -> list[str]:
    """Multiply the only message of a channel; ids of a thousand messages that have a full page before them."""
    with database(path) as connection:
        channel_id, key = one(connection, "SELECT id, key FROM channels WHERE jid LIKE ? || '@%'", channel)
        (first,) = one(connection, "SELECT max(position) FROM archive WHERE channel_id = ?", channel_id)
        connection.create_function("id_at", 1, lambda position: archive_id(key, position, randbytes(SALT_LENGTH)))
        changed = {"position": "position + n", "at": "at + n", "id": "id_at(position + n)"}
        names, values = copied(connection, "archive", changed)
        connection.execute(
            f"{NUMBERS} INSERT INTO archive ({names}) SELECT {values} FROM numbers "
            "CROSS JOIN archive WHERE channel_id = :channel AND position = :first",
            {"count": rows - 1, "channel": channel_id, "first": first},
        )
        found = connection.execute(
            "SELECT id FROM archive WHERE channel_id = ? AND position > ? ORDER BY random() LIMIT 1000",
            (channel_id, first + 250),
        )
        return [id for (id,) in found]


def populate(path: Path, channel: str, channels: int) -> None:
    """Multiply a channel with everything in it but its messages."""
    with database(path) as connection:
        (channel_id,) = one(connection, "SELECT id FROM channels WHERE jid LIKE ? || '@%'", channel)
        changed = {"id": "id + n", "jid": "'c' || n || '-' || jid"}
        for table in ("channels", *BELONGING):
            names, values = copied(
                connection, table, changed if table == "channels" else {"channel_id": "channel_id + n"}
            )
            where = "id" if table == "channels" else "channel_id"
            connection.execute(
                f"{NUMBERS} INSERT INTO {table} ({names}) SELECT {values} FROM numbers "
                f"CROSS JOIN {table} WHERE {where} = :channel",
                {"count": channels - 1, "channel": channel_id},
            )


@contextmanager
def database(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection for one large transaction, to a database nobody else has open."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA cache_size = -400000")
        with connection:
            yield connection
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def one(connection: sqlite3.Connection, query: str, *values: object) -> tuple[Any, ...]:
    """The row that mixd must have written."""
    row: tuple[Any, ...] | None = connection.execute(query, values).fetchone()
    if row is None or row[0] is None:
        raise StageFailed(f"mixd has not stored what is to be multiplied ({query})")
    return row


def copied(connection: sqlite3.Connection, table: str, changed: dict[str, str]) -> tuple[str, str]:
    """The columns of a table, and what a copy of a row has in them."""
    columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
    return ", ".join(f'"{name}"' for name in columns), ", ".join(changed.get(name, f'"{name}"') for name in columns)
