"""The end is told to all rooms, at its time; what the service wants of a channel goes into its mailbox."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from mix.core.closing import EndVisits
from mix.core.refusals import StorageFailed
from mix.shell import errands
from mix.shell.dictionary import DictRepository
from mix.shell.farewell import Farewell
from mix.shell.mailboxes import Post
from pubsubnodes.addresses import RealJid
from tests.storage.people import COVEN, HAG, HEATH, HECATE, created, joined, opened, record

SERVICE = RealJid.parse("mix.example")
END = EndVisits(actor=SERVICE)


class Busy:
    """Mailboxes that are full at first."""

    def __init__(self, refusals: int = 0) -> None:
        self.refusals = refusals
        self.taken: list[tuple[str, Post]] = []

    def put(self, name: str, post: Post) -> bool:
        """Take it, or not."""
        if self.refusals:
            self.refusals -= 1
            return False
        self.taken.append((name, post))
        return True


async def _rooms() -> DictRepository:
    """One channel with somebody in the room, and one without."""
    repository = DictRepository()
    await record(repository, created(), joined(HAG, "hag", stays=False), opened(HAG, in_room=True))
    await record(
        repository, created(HEATH), joined(HECATE, "moon"), opened(HECATE, in_room=False, in_channel=True), jid=HEATH
    )
    return repository


async def test_the_last_order_counts() -> None:
    """XEP-0133 §4.31: with a delay, which can be shortened."""
    boxes = Busy()
    farewell = Farewell(await _rooms(), boxes.put, lambda: datetime.now(UTC), SERVICE)
    running = asyncio.ensure_future(farewell.run())
    farewell.order(datetime.now(UTC) + timedelta(hours=1))
    await asyncio.sleep(0.05)
    assert not running.done()
    farewell.order(datetime.now(UTC) + timedelta(milliseconds=10))
    await asyncio.wait_for(running, 5)
    assert boxes.taken == [(COVEN.local, END)]


async def test_the_end_comes_without_storage_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Then nobody knows whom to tell."""
    repository = await _rooms()

    async def fails() -> None:
        raise StorageFailed()

    monkeypatch.setattr(repository, "sessions", fails)
    boxes = Busy()
    await Farewell(repository, boxes.put, lambda: datetime.now(UTC), SERVICE).say()
    assert boxes.taken == []


async def test_a_full_mailbox_is_tried_again(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    """And given up some time, for one that is closed is full as well."""
    monkeypatch.setattr(errands, "AGAIN", 0.0)
    boxes = Busy(refusals=3)
    await errands.send(boxes.put, "coven", END)
    assert boxes.taken == [("coven", END)]
    boxes = Busy(refusals=1_000)
    await errands.send(boxes.put, "coven", END)
    assert boxes.taken == []
    assert "mailbox is full" in caplog.text
