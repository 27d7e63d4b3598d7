"""The last thing a service says that will not come back: everybody is out of the rooms (XEP-0045 §11.2)."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from datetime import datetime
from typing import final

from mix.core.closing import EndVisits
from mix.core.ports import Repository
from mix.core.refusals import StorageFailed
from mix.shell import errands
from mix.shell.mailboxes import Post
from pubsubnodes.addresses import RealJid

log = logging.getLogger(__name__)


@final
class Farewell:
    """Ends all visits to all rooms, when that was ordered. Mailboxes have to be drained after it."""

    def __init__(
        self,
        repository: Repository,
        put: Callable[[str, Post], bool],
        clock: Callable[[], datetime],
        service: RealJid,
    ) -> None:
        self._repository = repository
        self._put = put
        self._clock = clock
        self._service = service
        self._when: datetime | None = None
        self._ordered = asyncio.Event()

    def order(self, when: datetime) -> None:
        """Have the service end then; a later order counts instead of an earlier one."""
        log.info("the service stops for good at %s", when.isoformat(timespec="seconds"))
        self._when = when
        self._ordered.set()

    async def run(self) -> None:
        """Wait for the order and for its time, and say it then."""
        await self._ordered.wait()
        while self._when is not None and (left := (self._when - self._clock()).total_seconds()) > 0:
            self._ordered.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(left):
                    await self._ordered.wait()
        await self.say()

    async def say(self) -> None:
        """Tell all channels with a client in the room."""
        try:
            sessions = await self._repository.sessions()
        except StorageFailed:
            log.warning("nobody was told of the end: storage does not answer")
            return
        for name in dict.fromkeys(channel.local for channel, _, session in sessions if session.in_room):
            await errands.send(self._put, name, EndVisits(actor=self._service))
