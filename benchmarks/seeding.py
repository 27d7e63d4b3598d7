"""Large databases in seconds: rows that mixd wrote itself, multiplied by SQLite.

It would take minutes to say it all to the service. Copies of what it wrote stay right when tables get new columns.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from benchmarks.measure import StageFailed

BELONGING = ("participants", "subscriptions", "lists", "sessions")
"""The tables with rows of a channel, in the order in which they may be written; the archive is not among them."""

NUMBERS = "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < :count)"
RANDOM_ID = (
    "printf('%s-%s-4%s-a%s-%s', substr(h, 1, 8), substr(h, 9, 4), substr(h, 14, 3), substr(h, 18, 3), substr(h, 21))"
)


def fill(path: Path, channel: str, rows: int) -> list[str]:
    """Multiply the only message of a channel; ids of a thousand messages that have a full page before them."""
    with database(path) as connection:
        (channel_id,) = one(connection, "SELECT id FROM channels WHERE jid LIKE ? || '@%'", channel)
        (first,) = one(connection, "SELECT max(position) FROM archive WHERE channel_id = ?", channel_id)
        changed = {"position": "position + n", "at": "at + n", "id": RANDOM_ID}
        names, values = copied(connection, "archive", changed)
        # Random ids come from a subquery with `n` in it, or SQLite would make one for all rows.
        connection.execute(
            f"{NUMBERS} INSERT INTO archive ({names}) SELECT {values} "
            "FROM (SELECT n, lower(hex(randomblob(16))) AS h FROM numbers) "
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


def one(connection: sqlite3.Connection, query: str, *values: object) -> tuple[int, ...]:
    """The row that mixd must have written."""
    row: tuple[int, ...] | None = connection.execute(query, values).fetchone()
    if row is None or row[0] is None:
        raise StageFailed(f"mixd has not stored what is to be multiplied ({query})")
    return row


def copied(connection: sqlite3.Connection, table: str, changed: dict[str, str]) -> tuple[str, str]:
    """The columns of a table, and what a copy of a row has in them."""
    columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
    return ", ".join(f'"{name}"' for name in columns), ", ".join(changed.get(name, f'"{name}"') for name in columns)
