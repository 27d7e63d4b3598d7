"""Group commit: many changes, few transactions, and one bad change spoils no other."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import cast

import pytest

from mix.core.events import Event, MessagePosted
from mix.core.ports import Change, Repository
from mix.core.refusals import StorageFailed
from mix.shell.committer import GroupCommitter
from mix.shell.problems import StorageProblem
from tests.storage.people import COVEN, HEATH, created, posted

BAD = created()  # a change that has it is refused


class SlowRepository:
    """Takes its time for every transaction, and remembers them."""

    def __init__(self) -> None:
        self.groups: list[list[Event]] = []
        self.tried = 0
        self.go = asyncio.Event()
        self.full = False

    async def commit(self, changes: Sequence[Change]) -> None:
        """Record when told so."""
        await self.go.wait()
        await asyncio.sleep(0)
        self.tried += 1
        events = [event for change in changes for event in change.events]
        if self.full:
            raise StorageFailed() from StorageProblem("The disk is full.")
        if BAD in events:
            raise StorageFailed()
        self.groups.append(events)

    def positions(self) -> list[list[int]]:
        """The messages of each transaction."""
        return [
            [event.message.position for event in group if isinstance(event, MessagePosted)] for group in self.groups
        ]


@asynccontextmanager
async def running(repository: SlowRepository, most: int = 1000) -> AsyncIterator[GroupCommitter]:
    """A committer at work."""
    committer = GroupCommitter(cast("Repository", repository), most=most)
    work = asyncio.create_task(committer.run())
    yield committer
    work.cancel()
    with suppress(asyncio.CancelledError):
        await work


def commits(committer: GroupCommitter, *changes: Change) -> list[asyncio.Task[None]]:
    """Start committing, in this order."""

    async def commit(change: Change) -> None:
        await (await committer.submit(change))

    return [asyncio.create_task(commit(change)) for change in changes]


async def outcomes(tasks: list[asyncio.Task[None]]) -> list[bool]:
    """Whether each was committed."""
    found = await asyncio.gather(*tasks, return_exceptions=True)
    assert all(one is None or isinstance(one, StorageFailed) for one in found)
    return [one is None for one in found]


async def settled() -> None:
    """Let everything run as far as it can."""
    for _ in range(20):
        await asyncio.sleep(0)


async def test_what_comes_during_a_transaction_shares_the_next() -> None:
    repository = SlowRepository()
    async with running(repository) as committer:
        messages = [posted(n) for n in range(1, 102)]
        first = commits(committer, Change(COVEN, [messages[0]]))
        await settled()
        places = itertools.cycle((COVEN, HEATH))
        others = commits(committer, *(Change(next(places), [message]) for message in messages[1:]))
        await settled()
        assert not any(task.done() for task in first + others)
        repository.go.set()
        assert all(await outcomes(first + others))
    assert repository.groups == [messages[:1], messages[1:]]


async def test_nobody_is_told_before_it_is_on_disk() -> None:
    repository = SlowRepository()
    async with running(repository) as committer:
        (task,) = commits(committer, Change(COVEN, [posted(1)]))
        await settled()
        assert not task.done()
        repository.go.set()
        assert await outcomes([task]) == [True]


async def test_a_bad_change_fails_alone_with_what_follows_it() -> None:
    """Others of the group are recorded; later ones of the same channel are not, since they build upon it."""
    repository = SlowRepository()
    async with running(repository) as committer:
        tasks = commits(
            committer,
            Change(COVEN, [posted(1)]),
            Change(HEATH, [posted(2)]),
            Change(COVEN, [BAD]),
            Change(COVEN, [posted(3)]),
            Change(HEATH, [posted(4)]),
        )
        repository.go.set()
        assert await outcomes(tasks) == [True, True, False, False, True]
    assert repository.positions() == [[1], [2], [4]]


async def test_a_full_disk_is_not_tried_again_for_each() -> None:
    repository = SlowRepository()
    repository.full = True
    async with running(repository) as committer:
        tasks = commits(committer, *(Change(COVEN, [posted(n)]) for n in range(1, 50)))
        repository.go.set()
        assert not any(await outcomes(tasks))
        assert repository.tried == 1
        repository.full = False
        assert await outcomes(commits(committer, Change(COVEN, [posted(99)]))) == [True]


async def test_a_group_is_bounded() -> None:
    repository = SlowRepository()
    repository.go.set()
    async with running(repository, most=10) as committer:
        assert all(await outcomes(commits(committer, *(Change(COVEN, [posted(n)]) for n in range(1, 36)))))
    assert max(map(len, repository.groups)) <= 10
    assert list(itertools.chain(*repository.positions())) == list(range(1, 36))


async def test_somebody_who_gives_up_spoils_nothing() -> None:
    repository = SlowRepository()
    async with running(repository) as committer:
        tasks = commits(committer, *(Change(COVEN, [posted(n)]) for n in range(1, 4)))
        await settled()
        tasks[1].cancel()
        repository.go.set()
        with suppress(asyncio.CancelledError):
            await tasks[1]
        assert await outcomes([tasks[0], tasks[2]]) == [True, True]


@pytest.mark.parametrize("waiting", [1, 30])
async def test_who_waits_at_the_end_is_refused(waiting: int) -> None:
    """Nobody waits for ever for a committer that is gone."""
    repository = SlowRepository()
    async with running(repository, most=10) as committer:
        tasks = commits(committer, *(Change(COVEN, [posted(n)]) for n in range(waiting)))
        await settled()
    assert not any(await outcomes(tasks))
    with pytest.raises(StorageFailed):
        await (await committer.submit(Change(COVEN, [posted(1)])))


async def test_a_bug_in_recording_costs_its_own_change_and_not_the_service(caplog: pytest.LogCaptureFixture) -> None:
    class Buggy(SlowRepository):
        async def commit(self, changes: Sequence[Change]) -> None:
            if any(BAD in change.events for change in changes):
                raise RecursionError
            await super().commit(changes)

    repository = Buggy()
    repository.go.set()
    async with running(repository) as committer:
        tasks = commits(committer, Change(COVEN, [posted(1)]), Change(HEATH, [BAD]))
        assert await outcomes(tasks) == [True, False]
        assert await outcomes(commits(committer, Change(HEATH, [posted(2)]))) == [True]
    assert "could not be recorded" in caplog.text
