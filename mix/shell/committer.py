"""Group commit: what all channels have to record while a transaction runs goes into the next one, together."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from typing import final

from mix.core.ports import Change, Repository
from mix.core.refusals import StorageFailed
from mix.shell.problems import StorageProblem

log = logging.getLogger(__name__)

_Waiting = tuple[Change, "asyncio.Future[None]"]


@final
class GroupCommitter:
    """Takes changes from all channels and records them in few transactions. Somebody has to `run` it."""

    def __init__(self, repository: Repository, *, most: int = 1000) -> None:
        self._repository = repository
        self._most = most
        self._queue: asyncio.Queue[_Waiting] = asyncio.Queue(maxsize=most)
        self._over = asyncio.Event()

    async def submit(self, change: Change) -> asyncio.Future[None]:
        """Have a change recorded, once there is room for it.

        The future is done when the change is on disk, or raises `StorageFailed`: then nothing of it is.
        """
        done = asyncio.get_running_loop().create_future()
        if not self._over.is_set():
            await self._queue.put((change, done))
        if self._over.is_set():
            _settle(done, StorageFailed())
            self._refuse_all()
        return done

    async def run(self) -> None:
        """Commit until cancelled; who still waits then is refused, since nothing of theirs will be on disk."""
        group: list[_Waiting] = []
        try:
            while True:
                group = [await self._queue.get()]
                while len(group) < self._most and not self._queue.empty():
                    group.append(self._queue.get_nowait())
                await self._together(group)
        finally:
            self._over.set()
            for _, done in group:
                _settle(done, StorageFailed())
            self._refuse_all()

    async def _together(self, group: Sequence[_Waiting]) -> None:
        failure = await self._record([change for change, _ in group])
        if failure is None or len(group) == 1 or isinstance(failure.__cause__, StorageProblem):
            for _, done in group:
                _settle(done, failure)
            return
        # One of them is to blame, and the others shall not suffer; only what follows on it in its channel fails too.
        failed: set[str] = set()
        for change, done in group:
            name = change.channel.text
            failure = StorageFailed() if name in failed else await self._record([change])
            if failure is not None:
                failed.add(name)
            _settle(done, failure)

    async def _record(self, changes: Sequence[Change]) -> StorageFailed | None:
        try:
            await self._repository.commit(changes)
        except StorageFailed as failure:
            return failure
        except Exception as bug:  # of one change: it must not end the service for all
            log.exception("a change could not be recorded")
            unexpected = StorageFailed()
            unexpected.__cause__ = bug
            return unexpected
        return None

    def _refuse_all(self) -> None:
        while not self._queue.empty():
            _settle(self._queue.get_nowait()[1], StorageFailed())


def _settle(done: asyncio.Future[None], failure: StorageFailed | None) -> None:
    if done.done():  # nobody waits any more
        return
    if failure is None:
        done.set_result(None)
    else:
        done.set_exception(failure)
        done.exception()  # it may be that nobody waits any more
