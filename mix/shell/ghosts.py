"""Finding out who is still there after the stream was down: nobody told us who left meanwhile."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable
from typing import Final, final

from mix.core.addresses import ChannelJid
from mix.core.channel import Session
from mix.core.commands import GoOffline
from mix.core.ports import Repository
from mix.core.refusals import StorageFailed
from mix.shell.dispatch import Sender
from mix.shell.mailboxes import Post
from mix.shell.requests import NoAnswer, Requests
from pubsubnodes.stanza import Inbound, Replay, Stanza
from pubsubnodes.xml import CLIENT, element, name_of

log = logging.getLogger(__name__)

AT_ONCE: Final = 50
"""Clients asked at the same time."""

PATIENCE: Final = 60.0
"""Seconds until a client is taken for silent, which is not the same as gone: it may be resuming its stream."""

_PING: Final = "urn:xmpp:ping"
_GONE: Final = frozenset(
    {
        "gone",
        "item-not-found",
        "recipient-unavailable",
        "redirect",
        "remote-server-not-found",
        "remote-server-timeout",
    }
)
"""Errors that say a client is dead (MUC-EXIT-19). Silence says nothing (hosts keep hibernating streams)."""


@final
class Ghosts:
    """Asks every client there should be, at a bounded rate, and lets the gone ones go."""

    def __init__(
        self,
        repository: Repository,
        requests: Requests,
        sender: Sender,
        put: Callable[[str, Post], bool],
        room_of: Callable[[ChannelJid], ChannelJid] = lambda channel: channel,
    ) -> None:
        self._repository = repository
        self._requests = requests
        self._sender = sender
        self._put = put
        self._room_of = room_of

    async def look(self) -> None:
        """Ping all clients that are in a room or channel (XEP-0199); run after every (re)connection."""
        try:
            sessions = await self._repository.sessions()
        except StorageFailed:
            log.warning("who is still there is not known: storage does not answer")
            return
        sessions = [one for one in sessions if not one[2].jid.is_bare]  # an account is there without any client
        if not sessions:
            return
        log.info("looking whether %d clients are still there", len(sessions))
        gate = asyncio.Semaphore(AT_ONCE)

        async def one(channel: ChannelJid, session: Session) -> None:
            async with gate:
                await self._look_at(channel, session)

        async with asyncio.TaskGroup() as group:
            for channel, _, session in sessions:
                group.create_task(one(channel, session), name="ghost check")

    async def _look_at(self, channel: ChannelJid, session: Session) -> None:
        known_as = self._room_of(channel) if session.in_room else channel
        try:
            answer = await self._requests.ask(session.jid, known_as, element(_PING, "ping"), within=PATIENCE)
        except NoAnswer:
            return
        condition = _condition(answer)
        if condition in _GONE:
            self._put(channel.local, GoOffline(actor=session.jid, lost=True))
        elif condition == "service-unavailable":
            await self._ask_the_host(known_as, session)

    async def _ask_the_host(self, channel: ChannelJid, session: Session) -> None:
        """A client without ping and a host without the client say the same; only the host bounces a message.

        Clients ignore an empty groupchat message; a bounce comes back to the channel like any other.
        """
        hint = element("urn:xmpp:hints", "no-store")
        probe = Stanza("message", channel, "groupchat", secrets.token_hex(8), [hint])
        await self._sender.send([Replay([probe], session.jid)])


def _condition(answer: Inbound) -> str | None:
    if answer.type != "error":
        return None
    error = answer.child(f"{{{CLIENT}}}error")
    return name_of(error[0]) if error is not None and len(error) else "undefined-condition"
