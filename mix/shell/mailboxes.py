"""One ordered, bounded queue a live channel. An idle channel has no task, and after a while no memory."""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final, final

from mix.core.channel import Channel
from mix.core.commands import Command
from mix.shell.flight import Flight
from pubsubnodes.addresses import RealJid
from pubsubnodes.stanza import Inbound

BATCH: Final = 256
"""Stanzas taken out of a mailbox for one commit, at the most."""

Post = Inbound | Command
"""What lies in a mailbox: a stanza, or a wish of the service itself."""


@dataclass(slots=True)
class Slot:
    """A place for a channel: its queue, and the channel itself once somebody has loaded it."""

    name: str
    """The channel's localpart; empty for the service itself."""
    queue: deque[Post] = field(default_factory=deque)
    channel: Channel | None = None
    is_loaded: bool = False
    is_stale: bool = False
    """Something has gone from the archive, so that the newest messages have to be read again."""
    rid_of: frozenset[RealJid] | None = None
    """Who is kept out of the service, once the channel has put those out; None while that is not known."""
    is_running: bool = False
    flight: Flight | None = None
    """What is being stored, and sent by the next turn."""

    def forget(self) -> None:
        """Drop the channel from memory; the next turn loads it as it was last committed."""
        self.channel = None
        self.is_loaded = False
        self.rid_of = None


@final
class Mailboxes:
    """All queues. A task runs for a channel only while there is something in its queue."""

    def __init__(
        self,
        work: Callable[[Slot, list[Post]], Awaitable[None]],
        tasks: asyncio.TaskGroup,
        *,
        bound: int = 1000,
        keep: int = 2000,
    ) -> None:
        self._work = work
        self._tasks = tasks
        self._bound = bound
        self._keep = keep
        self._slots: OrderedDict[str, Slot] = OrderedDict()
        self._workers: set[asyncio.Task[None]] = set()
        self._running = 0
        self._closed = False
        self.taken = 0
        """Posts taken in since the start."""
        self.waiting = 0
        """Posts in all queues."""
        self._idle = asyncio.Event()
        self._idle.set()

    def put(self, name: str, post: Post) -> bool:
        """Queue something for a channel; False when its queue is full."""
        slot = self._slots.get(name)
        if slot is None:
            slot = self._slots[name] = Slot(name)
        if len(slot.queue) >= self._bound or self._closed:
            return False
        slot.queue.append(post)
        self.taken += 1
        self.waiting += 1
        if not slot.is_running:
            slot.is_running = True
            self._running += 1
            self._idle.clear()
            worker = self._tasks.create_task(self._run(slot), name=f"channel {name}" if name else "service")
            self._workers.add(worker)
            worker.add_done_callback(self._workers.discard)
        return True

    def reread(self, name: str) -> None:
        """Have a channel that is in memory look again for its newest messages, before it does anything else."""
        if name in self._slots:
            self._slots[name].is_stale = True

    def close(self) -> None:
        """Take nothing in any more, and end the turns that wait for a stream that will not come back."""
        self._closed = True
        for task in self._workers:
            task.cancel()

    async def drained(self) -> None:
        """Wait until no queue holds anything and no turn runs."""
        await self._idle.wait()

    @property
    def loaded(self) -> int:
        """How many channels are kept in memory."""
        return len(self._slots)

    @property
    def is_idle(self) -> bool:
        """Whether nothing is queued and nothing runs."""
        return not self._running

    async def _run(self, slot: Slot) -> None:
        try:
            while slot.queue or slot.flight is not None:
                batch = [slot.queue.popleft() for _ in range(min(len(slot.queue), BATCH))]
                self.waiting -= len(batch)
                await self._work(slot, batch)
        finally:
            slot.is_running, slot.flight = False, None
            self._slots.move_to_end(slot.name)
            self._running -= 1
            if not self._running:
                self._idle.set()
            self._evict()

    def _evict(self) -> None:
        """Drop the longest idle channels beyond those worth keeping; not those where somebody waits for an answer."""
        for name in list(self._slots)[: max(0, len(self._slots) - self._keep)]:
            slot = self._slots[name]
            if not slot.is_running and not (slot.channel is not None and slot.channel.pending):
                del self._slots[name]
