"""The link to the host goes down in a burst: what was taken is kept, and is told in order when the link is back."""

from __future__ import annotations

import asyncio
import contextlib
import re

import pytest

from mix.core.addresses import ChannelJid
from mix.core.commands import CreateChannel, Join, PostMessage
from mix.core.nodes import Node
from mix.core.payload import Payload
from mix.core.ports import ArchiveWindow, Face, Rules
from mix.face import face
from mix.shell.clock import SystemDice, now
from mix.shell.dictionary import DictRepository
from mix.shell.mailboxes import Mailboxes
from mix.shell.postman import Postman
from mix.shell.turn import Turn
from pubsubnodes.addresses import RealJid
from pubsubnodes.paging import PageRequest
from tests.shell.test_component import Host, component, serving, until
from tests.stage.service import Recorder

HAG = RealJid.parse("hag66@shakespeare.example/pda")
COVEN = ChannelJid("coven", "mix.example")
BURST = 40


def says(number: int) -> PostMessage:
    payload = Payload.stored(f"<body>line {number}</body>")
    return PostMessage(actor=HAG, payload=payload, client_id=None, lang=None, from_room=False)


@pytest.mark.req("MIX-GEN-17")
async def test_a_burst_outlives_the_link() -> None:
    """Some of it is told before the link goes; the rest after it is back, each once and in the order it was said."""
    host, rules, storage = Host(), Rules(COVEN.domain, creators="anyone"), DictRepository()
    faces: list[Face] = []
    faces.append(face(rules, faces))
    async with contextlib.AsyncExitStack() as stack, asyncio.TaskGroup() as tasks:
        link = serving(host)
        port = await link.__aenter__()
        made = await stack.enter_async_context(component(port, []))
        await made.up()
        recorder, postman, dice = Recorder(storage), Postman(made), SystemDice()
        turn = Turn(faces, rules, repository=storage, recorder=recorder, sender=postman, clock=now, dice=dice)
        boxes = Mailboxes(turn.work, tasks)
        boxes.put("coven", CreateChannel(actor=HAG, name="coven"))
        boxes.put("coven", Join(actor=HAG, nick="third witch", nodes=[Node.MESSAGES]))
        for number in range(BURST // 2):
            boxes.put("coven", says(number))
        await until(lambda: b"line %d<" % (BURST // 2 - 1) in host.heard)  # no host says what it has taken
        await link.__aexit__(None, None, None)
        await until(lambda: not made.is_up)
        for number in range(BURST // 2, BURST):
            boxes.put("coven", says(number))
        await asyncio.sleep(0.1)
        assert not boxes.is_idle, "it waits for the link"
        await stack.enter_async_context(serving(host, port))
        async with asyncio.timeout(30):
            await boxes.drained()
        await until(lambda: b"line %d<" % (BURST - 1) in host.heard)
    told = [int(number) for number in re.findall(rb"<body>line (\d+)</body>", bytes(host.heard))]
    assert told == list(range(BURST))
    kept = await storage.page(ArchiveWindow(COVEN, Node.MESSAGES, PageRequest(BURST)))
    assert [message.payload.wire for message in kept.items] == [f"<body>line {n}</body>" for n in range(BURST)]
