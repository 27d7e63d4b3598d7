"""Answering what cannot be taken in."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from xml.etree.ElementTree import Element

import pytest

from mix.shell.answers import WAITING, Answers
from pubsubnodes.addresses import RealJid, VisibleAddress
from pubsubnodes.stanza import Delivery, Inbound, Replay, Stanza, Target

HAG66 = RealJid.parse("hag66@shakespeare.example/pda")
ASKED = Inbound("iq", "get", "1", HAG66, Target("", "mix.shakespeare.example", ""), Element("{jabber:client}iq"))


class Sender:
    """Takes what is sent, once the host reads."""

    def __init__(self) -> None:
        self.sent: list[str | None] = []
        self.reads = asyncio.Event()
        self.failures = 0

    async def send(self, deliveries: Iterable[Delivery]) -> None:
        """Wait for the host; fail when a test wants it to."""
        await self.reads.wait()
        if self.failures:
            self.failures -= 1
            raise RuntimeError("a bug")
        self.sent += [one.stanzas[0].id for one in deliveries if isinstance(one, Replay) and one.to == HAG66]


def answer(number: int) -> Stanza:
    return Stanza("iq", VisibleAddress("mix.shakespeare.example"), "error", str(number))


async def test_a_flood_is_answered_in_order_as_far_as_there_is_room() -> None:
    """No task each, and no memory without end, while the host does not read."""
    sender = Sender()
    answers = Answers(sender)
    running = asyncio.create_task(answers.run())
    before = len(asyncio.all_tasks())
    for number in range(10 * WAITING):
        answers.put(ASKED, answer(number))
    assert len(asyncio.all_tasks()) == before
    sender.reads.set()
    for _ in range(5):
        await asyncio.sleep(0)
    assert sender.sent == [str(number) for number in range(WAITING)]
    answers.put(ASKED, answer(7))
    for _ in range(5):
        await asyncio.sleep(0)
    assert sender.sent[-1] == "7"
    running.cancel()


async def test_a_bug_costs_its_own_answers(caplog: pytest.LogCaptureFixture) -> None:
    """The next ones are sent all the same."""
    sender = Sender()
    sender.reads.set()
    sender.failures = 1
    answers = Answers(sender)
    running = asyncio.create_task(answers.run())
    for number in range(2):
        answers.put(ASKED, answer(number))
        for _ in range(5):
            await asyncio.sleep(0)
    assert sender.sent == ["1"]
    assert "answers could not be sent" in caplog.text
    running.cancel()
