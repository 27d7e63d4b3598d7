"""Answers to what never gets as far as a mailbox: in order, one lot after the other, and no more than fit.

A stanza is refused on the spot when too many come, so refusing must not cost more than taking: no task each, and no
memory without bound while the host does not read.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Final, final

from mix.shell.dispatch import Sender
from pubsubnodes.stanza import Delivery, Inbound, Replay, Stanza

log = logging.getLogger(__name__)

WAITING: Final = 1_000
"""Answers that may wait for the host; whoever sends faster than it carries refusals gets none."""


@final
class Answers:
    """Sends what is put here. Somebody has to `run` it."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender
        self._queue: asyncio.Queue[Delivery] = asyncio.Queue(maxsize=WAITING)

    def put(self, inbound: Inbound, answer: Stanza) -> None:
        """Have a stanza answered, unless too many answers wait already."""
        if not self._queue.full():
            self._queue.put_nowait(Replay([answer], inbound.sender))

    async def run(self) -> None:
        """Send until cancelled."""
        while True:
            lot = [await self._queue.get()]
            while not self._queue.empty():
                lot.append(self._queue.get_nowait())
            try:
                await self._sender.send(lot)
            except Exception:  # a bug in one answer must not end the service for all
                log.exception("answers could not be sent")
