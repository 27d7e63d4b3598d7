"""Questions the service asks clients, and the one answer each may get (RFC 6120 §8.2.3)."""

from __future__ import annotations

import asyncio
import secrets
from typing import final
from xml.etree.ElementTree import Element

from mix.shell.dispatch import Sender
from pubsubnodes.addresses import RealJid, VisibleAddress
from pubsubnodes.stanza import Inbound, Replay, Stanza


class NoAnswer(Exception):
    """The one asked said nothing in time."""


@final
class Requests:
    """IQs under way, by an id nobody can guess; an answer counts only from the one who was asked."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender
        self._waiting: dict[str, tuple[RealJid, asyncio.Future[Inbound]]] = {}

    async def ask(self, to: RealJid, sender: VisibleAddress, payload: Element, *, within: float) -> Inbound:
        """Send an IQ get and wait for its result or error. Raises `NoAnswer`."""
        id = secrets.token_hex(12)
        answer: asyncio.Future[Inbound] = asyncio.get_running_loop().create_future()
        self._waiting[id] = to, answer
        try:
            stanza = Stanza("iq", sender, "get", id, [payload])
            await self._sender.send([Replay([stanza], to)])
            return await asyncio.wait_for(answer, within)
        except TimeoutError as error:
            raise NoAnswer() from error
        finally:
            del self._waiting[id]

    def resolve(self, inbound: Inbound) -> bool:
        """Give an answer to the one who waits for it; False when nobody does."""
        waiting = self._waiting.get(inbound.id or "")
        if waiting is None or waiting[0] != inbound.sender:
            return False
        if not waiting[1].done():
            waiting[1].set_result(inbound)
        return True
