"""One clock for all channels: in time, each once, and after a restart as well."""

import asyncio
from datetime import timedelta

import pytest

from mix.core.commands import Tick
from mix.core.ports import Rules
from mix.core.refusals import StorageFailed
from mix.shell import alarms
from mix.shell.alarms import RETRY, Alarms
from mix.shell.dictionary import DictRepository
from mix.shell.mailboxes import Post
from pubsubnodes.addresses import RealJid
from tests.stage.world import Clock

RULES = Rules("mix.shakespeare.example")
SERVICE = RealJid.parse(RULES.domain)


class Bell:
    """Alarms, a clock that stands still, and whom they woke."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.repository = DictRepository()
        self.woken: list[str] = []
        self.is_full = False
        self.alarms = Alarms(self.repository, self._put, lambda: self.clock.now, RULES)

    def _put(self, name: str, post: Post) -> bool:
        assert post == Tick(actor=SERVICE)
        if not self.is_full:
            self.woken.append(name)
        return not self.is_full

    def set(self, name: str, seconds: float | None) -> None:
        self.alarms.set(name, None if seconds is None else self.clock.now + timedelta(seconds=seconds))

    def rings(self, after: float = 0) -> list[str]:
        self.clock.advance(after)
        self.woken.clear()
        self.alarms.ring()
        return self.woken


def test_channels_are_woken_in_order_and_not_before() -> None:
    bell = Bell()
    for name, seconds in (("heath", 20), ("coven", 10), ("forest", 90)):
        bell.set(name, seconds)
    assert bell.rings() == []
    assert bell.rings(after=30) == ["coven", "heath"]
    assert bell.rings() == []
    assert bell.rings(after=60) == ["forest"]


def test_what_a_channel_said_last_counts() -> None:
    bell = Bell()
    bell.set("coven", 10)
    bell.set("coven", 30)
    bell.set("heath", 10)
    bell.set("heath", None)
    assert bell.rings(after=10) == []
    bell.set("coven", 20)
    bell.set("coven", 5)
    assert bell.rings(after=5) == ["coven"]
    assert bell.rings(after=60) == []


def test_a_full_mailbox_is_tried_again() -> None:
    bell = Bell()
    bell.set("coven", 10)
    bell.is_full = True
    assert bell.rings(after=10) == []
    bell.is_full = False
    assert bell.rings() == []
    assert bell.rings(after=RETRY.total_seconds()) == ["coven"]


async def test_the_clock_wakes_whoever_is_due(monkeypatch: pytest.MonkeyPatch) -> None:
    """What storage names, what is said later, and what is said to come sooner than what it sleeps for."""
    bell = Bell()
    rung = asyncio.Event()

    async def ring() -> None:
        rung.clear()
        async with asyncio.timeout(5):
            await rung.wait()

    def put(name: str, post: Post) -> bool:
        bell.woken.append(name)
        rung.set()
        return True

    clock = Alarms(bell.repository, put, lambda: bell.clock.now, RULES)
    monkeypatch.setattr(alarms, "NAP", timedelta(hours=1))
    async with asyncio.TaskGroup() as tasks:
        ringing = tasks.create_task(clock.run())
        await asyncio.sleep(0)
        clock.set("heath", bell.clock.now + timedelta(hours=1))
        clock.set("coven", bell.clock.now)
        await ring()
        clock.set("forest", bell.clock.now + timedelta(milliseconds=1))
        bell.clock.advance(1)
        await ring()
        ringing.cancel()
    assert bell.woken == ["coven", "forest"]


async def test_storage_that_is_away_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    bell = Bell()
    asked = asyncio.Event()
    answers = iter((StorageFailed(), None))

    async def due(rules: Rules) -> list[object]:
        if (answer := next(answers)) is not None:
            raise answer
        asked.set()
        return []

    monkeypatch.setattr(alarms, "NAP", timedelta(milliseconds=1))
    monkeypatch.setattr(bell.repository, "due", due)
    async with asyncio.timeout(5), asyncio.TaskGroup() as tasks:
        ringing = tasks.create_task(bell.alarms.run())
        await asked.wait()
        ringing.cancel()
