"""Asking who is online after the stream was down: whoever came online meanwhile has told nobody (XEP-0403 §5)."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final, final

from mix.core.ports import Repository
from mix.core.refusals import StorageFailed
from mix.shell.dispatch import Sender
from pubsubnodes.stanza import Delivery, Replay, Stanza

log = logging.getLogger(__name__)

AT_ONCE: Final = 100
"""Probes sent together."""

PAUSE: Final = 1.0
"""Seconds between one such lot and the next: hosts have other things to do as well."""


@final
class Probes:
    """Probes everybody who shares presence with a channel, at a bounded rate. Answers come as presence does."""

    def __init__(
        self, repository: Repository, sender: Sender, sleep: Callable[[float], Awaitable[object]] = asyncio.sleep
    ) -> None:
        self._repository = repository
        self._sender = sender
        self._sleep = sleep

    async def send(self) -> None:
        """Probe all participants who share presence; run after every (re)connection."""
        try:
            sharers = await self._repository.sharers()
        except StorageFailed:
            log.warning("nobody was probed: storage does not answer")
            return
        for first in range(0, len(sharers), AT_ONCE):
            lot = sharers[first : first + AT_ONCE]
            probes: list[Delivery] = [Replay([Stanza("presence", channel, "probe")], jid) for channel, jid in lot]
            await self._sender.send(probes)
            await self._sleep(PAUSE)
