"""One clock for all channels: a heap and a task, however many of them wait for something."""

from __future__ import annotations

import asyncio
import heapq
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final, final

from mix.core.commands import Tick
from mix.core.ports import Repository, Rules
from mix.core.refusals import StorageFailed
from mix.shell.mailboxes import Post
from pubsubnodes.addresses import RealJid

log = logging.getLogger(__name__)

NAP: Final = timedelta(minutes=1)
"""The longest sleep: somebody may set the machine's clock meanwhile."""

RETRY: Final = timedelta(seconds=1)
"""After this a full mailbox is tried again."""


@final
class Alarms:
    """Puts a `Tick` into the mailbox of a channel when the time has come."""

    def __init__(
        self,
        repository: Repository,
        put: Callable[[str, Post], bool],
        clock: Callable[[], datetime],
        rules: Rules,
    ) -> None:
        self._repository = repository
        self._put = put
        self._clock = clock
        self._rules = rules
        self._service = RealJid.parse(rules.domain)
        self._when: dict[str, datetime] = {}
        self._heap: list[tuple[datetime, str]] = []
        """What is in `_when`, and what was there before: passed over when its turn comes."""
        self._sooner = asyncio.Event()

    def set(self, name: str, when: datetime | None) -> None:
        """Have a channel looked at then, and not before; None when it waits for nothing."""
        if when is None:
            self._when.pop(name, None)
            return
        if self._when.get(name) == when:
            return
        self._when[name] = when
        heapq.heappush(self._heap, (when, name))
        if self._heap[0] == (when, name):
            self._sooner.set()

    def ring(self) -> None:
        """Wake all channels whose time has come."""
        now = self._clock()
        while self._heap and self._heap[0][0] <= now:
            when, name = heapq.heappop(self._heap)
            if self._when.get(name) != when:
                continue
            del self._when[name]
            if not self._put(name, Tick(actor=self._service)):
                self.set(name, now + RETRY)

    async def load(self) -> None:
        """Learn from storage which channels wait for something."""
        for jid, when in await self._repository.due(self._rules):
            self.set(jid.local, when)

    async def run(self) -> None:
        """Ring until cancelled."""
        while True:
            try:
                await self.load()
                break
            except StorageFailed:
                log.warning("what channels wait for is not known yet; trying again")
                await asyncio.sleep(NAP.total_seconds())
        while True:
            self._sooner.clear()
            self.ring()
            try:
                async with asyncio.timeout(self._pause().total_seconds()):
                    await self._sooner.wait()
            except TimeoutError:
                pass

    def _pause(self) -> timedelta:
        """How long there is nothing to do."""
        if not self._heap:
            return NAP
        return min(max(self._heap[0][0] - self._clock(), timedelta()), NAP)
