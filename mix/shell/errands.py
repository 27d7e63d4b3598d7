"""What the service wants of one of its channels: it goes into the channel's mailbox, when there is room."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Final

from mix.core.commands import Command
from mix.shell.mailboxes import Post

log = logging.getLogger(__name__)

AGAIN: Final = 0.1
"""Seconds after which a full mailbox is tried again."""

TRIES: Final = 50
"""After these it is given up: a channel that is so busy may be one that is not served any more."""


async def send(put: Callable[[str, Post], bool], name: str, wish: Command) -> None:
    """Put a wish into a mailbox, and into a full one a little later."""
    for _ in range(TRIES):
        if put(name, wish):
            return
        await asyncio.sleep(AGAIN)
    log.warning("a channel has not been told to do what the service wants of it: its mailbox is full")
