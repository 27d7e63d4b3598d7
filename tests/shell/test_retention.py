"""Archives are trimmed while the service runs, when somebody wants that."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest

from mix.core.addresses import ChannelJid
from mix.core.ports import Keep, Repository
from mix.core.refusals import StorageFailed
from mix.shell.retention import Retention

NOW = datetime(2026, 10, 31, 23, 0, 0, tzinfo=UTC)


class Trimmed:
    """A repository that only takes note."""

    def __init__(self) -> None:
        self.kept: list[Keep] = []

    async def trim(self, keep: Keep) -> Mapping[ChannelJid, int]:
        """Fails the first time."""
        self.kept.append(keep)
        if len(self.kept) == 1:
            raise StorageFailed()
        return {ChannelJid("coven", "mix.shakespeare.example"): 3}


async def test_again_and_again_whatever_happens(caplog: pytest.LogCaptureFixture) -> None:
    repository, reread = Trimmed(), list[str]()
    job = Retention(cast(Repository, repository), lambda: NOW, reread.append, most=100, age=timedelta(days=30))
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(5):
            running = asyncio.ensure_future(job.run(timedelta(0)))
            while len(repository.kept) < 3:
                await asyncio.sleep(0)
            running.cancel()
    assert repository.kept[:3] == [Keep(100, NOW - timedelta(days=30), NOW)] * 3
    assert "could not be trimmed" in caplog.text
    assert set(reread) == {"coven"}
