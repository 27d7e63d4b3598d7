"""How long archives reach back: the oldest goes, in small steps and out of everybody's way (XEP-0313 §3.2)."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final, final

from sqlalchemy import Connection, text

from mix.core.addresses import ChannelJid
from mix.core.items import ARCHIVED
from mix.core.ports import Keep, Repository
from mix.core.refusals import StorageFailed
from mix.shell.archive import MESSAGES, Source, items_of
from mix.shell.columns import from_time, to_channel_jid, to_config
from mix.shell.database import Database

log = logging.getLogger(__name__)

EVERY: Final = timedelta(hours=1)
"""How often the archives are looked through."""

STEP: Final = 500
"""Rows that go in one transaction, at the most: those who speak wait for no more than that."""

_CHANNELS: Final = text("SELECT id, jid, config FROM channels")


async def trim(database: Database, keep: Keep) -> Mapping[ChannelJid, int]:
    """Drop what is older or more than is to be kept, channel by channel; how much it was."""
    gone = Counter[ChannelJid]()
    sources: list[Source[Any]] = [MESSAGES, *map(items_of, sorted(ARCHIVED))]
    channels = await database.read(lambda connection: list(connection.execute(_CHANNELS).all()))
    for channel, jid, config in channels:
        here = keep.of(to_config(config))
        if here.most is None and here.since is None:
            continue
        for source in sources:
            cut = await database.read(partial(_cut, rows=source.rows, channel=channel, keep=here))
            if cut is not None:
                dropped = await _drop(database, source.rows, channel, cut)
                gone += Counter({to_channel_jid(jid): dropped})
                await _drop(database, source.old_ids, channel, cut)
    return gone


def _cut(connection: Connection, rows: str, channel: int, keep: Keep) -> int | None:
    """The newest position that has to go, if any."""
    found: list[int | None] = []
    this = {"channel": channel}
    if keep.most is not None:
        ends = [f"(SELECT position FROM {rows} ORDER BY position {order} LIMIT 1)" for order in ("DESC", "ASC")]
        span = connection.execute(text(f"SELECT {ends[0]} - {ends[1]}"), this).scalar()
        if span is not None and span >= keep.most:  # there may be as many; counting is only worth it now
            beyond = text(f"SELECT position FROM {rows} ORDER BY position DESC LIMIT 1 OFFSET :most")
            found.append(connection.execute(beyond, this | {"most": keep.most}).scalar())
    if keep.since is not None:
        older = text(f"SELECT position FROM {rows} AND at < :since ORDER BY at DESC, position DESC LIMIT 1")
        found.append(connection.execute(older, this | {"since": from_time(keep.since)}).scalar())
    return max((position for position in found if position is not None), default=None)


async def _drop(database: Database, rows: str, channel: int, cut: int) -> int:
    total = dropped = await database.write(partial(_drop_some, rows=rows, channel=channel, cut=cut))
    while dropped == STEP:
        dropped = await database.write(partial(_drop_some, rows=rows, channel=channel, cut=cut))
        total += dropped
    return total


def _drop_some(connection: Connection, rows: str, channel: int, cut: int) -> int:
    oldest = f"SELECT position FROM {rows} AND position <= :cut ORDER BY position LIMIT :step"
    statement = text(f"DELETE FROM {rows} AND position IN ({oldest})")
    return connection.execute(statement, {"channel": channel, "cut": cut, "step": STEP}).rowcount


@final
class Retention:
    """Has archives trimmed again and again, as long as the service runs."""

    def __init__(
        self,
        repository: Repository,
        clock: Callable[[], datetime],
        reread: Callable[[str], None],
        *,
        most: int | None,
        age: timedelta | None,
    ) -> None:
        """`reread` has a channel look again for what it has in memory of its archive: what is gone is gone for all."""
        self._repository = repository
        self._clock = clock
        self._reread = reread
        self._most = most
        self._age = age

    async def run(self, every: timedelta = EVERY) -> None:
        """Trim now and then until cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(every.total_seconds())

    async def look(self) -> None:
        """Trim once."""
        now = self._clock()
        keep = Keep(self._most, now - self._age if self._age is not None else None, now)
        try:
            gone = await self._repository.trim(keep)
        except StorageFailed:
            log.warning("the archives could not be trimmed; trying again later")
            return
        for channel in gone:
            self._reread(channel.local)
        if gone:
            log.info("%d entries of archives were too old, or too many", sum(gone.values()))
