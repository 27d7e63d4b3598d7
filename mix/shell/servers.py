"""What is known of the servers that join for their users: whether an error has to hold their request (MIX-DEC-018)."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from typing import Final, final

from mix.core.addresses import ServiceJid
from mix.shell.requests import NoAnswer, Requests
from pubsubnodes.addresses import RealJid
from pubsubnodes.disco import INFO
from pubsubnodes.stanza import Inbound
from pubsubnodes.xml import element

PATIENCE: Final = 30.0
"""Seconds a server has for its answer."""

MOST: Final = 1000
"""Servers that are remembered, those heard of last."""

AT_ONCE: Final = 20
"""Servers that are asked at the same time."""

_CHOKES: Final = "ejabberd"
"""COMPAT: its mod_mix_pam crashes on anything beside `<error/>`, and its client waits for ever. Tigase's module finds
no client without the request."""


@final
class Servers:
    """Asks each server once what it is, when it first asks something for a user; until it says, it gets no echo."""

    def __init__(self, requests: Requests, service: ServiceJid, tasks: asyncio.TaskGroup) -> None:
        self._requests = requests
        self._service = service
        self._tasks = tasks
        self._echoes: OrderedDict[RealJid, bool] = OrderedDict()
        self._asking: set[asyncio.Task[None]] = set()

    def wants_echo(self, inbound: Inbound) -> bool:
        """Whether a server that asks for its user is known to need its request back in an error."""
        if inbound.kind != "iq" or not inbound.is_request or not inbound.sender.is_bare:
            return False
        server = inbound.sender.server
        known = self._echoes.get(server)
        if known is None and len(self._asking) < AT_ONCE:
            self._remember(server, echoes=False)
            asking = self._tasks.create_task(self._ask(server), name="server")
            self._asking.add(asking)
            asking.add_done_callback(self._asking.discard)
        return bool(known)

    def close(self) -> None:
        """Wait for no answer any more."""
        for asking in self._asking:
            asking.cancel()

    async def _ask(self, server: RealJid) -> None:
        try:
            answer = await self._requests.ask(server, self._service, element(INFO, "query"), within=PATIENCE)
        except NoAnswer:
            return
        names = [
            one.get("name", "") for one in answer.xml.iter(f"{{{INFO}}}identity") if one.get("category") == "server"
        ]
        self._remember(server, echoes=bool(names) and not any(_CHOKES in name.casefold() for name in names))

    def _remember(self, server: RealJid, *, echoes: bool) -> None:
        self._echoes[server] = echoes
        self._echoes.move_to_end(server)
        if len(self._echoes) > MOST:
            self._echoes.popitem(last=False)
