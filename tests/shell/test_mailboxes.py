"""Order, bounds, and nothing left of an idle channel."""

import asyncio

from mix.core.commands import Ignore
from mix.shell.mailboxes import BATCH, Mailboxes, Post, Slot
from pubsubnodes.addresses import RealJid

ACTOR = RealJid.parse("hag66@shakespeare.example")


def posts(count: int) -> list[Post]:
    return [Ignore(actor=ACTOR) for _ in range(count)]


async def test_posts_of_a_channel_are_taken_in_order_and_in_batches() -> None:
    taken: list[Post] = []
    sizes: list[int] = []

    async def work(slot: Slot, batch: list[Post]) -> None:
        sizes.append(len(batch))
        await asyncio.sleep(0)
        taken.extend(batch)

    sent = posts(BATCH + 10)
    async with asyncio.TaskGroup() as tasks:
        boxes = Mailboxes(work, tasks, bound=10_000)
        assert all(boxes.put("coven", post) for post in sent)
        await boxes.drained()
    assert all(one is other for one, other in zip(taken, sent, strict=True))
    assert sizes == [BATCH, 10]


async def test_a_full_mailbox_takes_nothing_more_and_others_do_not_suffer() -> None:
    gate = asyncio.Event()

    async def work(slot: Slot, batch: list[Post]) -> None:
        if slot.name == "busy":
            await gate.wait()

    async with asyncio.TaskGroup() as tasks:
        boxes = Mailboxes(work, tasks, bound=5)
        assert boxes.put("busy", posts(1)[0])
        await asyncio.sleep(0)  # the first is being worked on
        assert all(boxes.put("busy", post) for post in posts(5))
        assert not boxes.put("busy", posts(1)[0])
        assert boxes.put("coven", posts(1)[0])
        assert (boxes.waiting, boxes.loaded) == (6, 2)
        gate.set()
        await boxes.drained()
        assert boxes.waiting == 0


async def test_idle_channels_have_no_task_and_the_longest_idle_are_dropped() -> None:
    seen: list[Slot] = []

    async def work(slot: Slot, batch: list[Post]) -> None:
        seen.append(slot)
        slot.is_loaded = True

    async with asyncio.TaskGroup() as tasks:
        boxes = Mailboxes(work, tasks, keep=2)
        for name in ("first", "second", "third"):
            boxes.put(name, posts(1)[0])
            await boxes.drained()
        assert boxes.is_idle
        assert len(asyncio.all_tasks()) == 1
        boxes.put("third", posts(1)[0])
        boxes.put("first", posts(1)[0])
        await boxes.drained()
    kept, fresh = seen[-2], seen[-1]
    assert kept is seen[2], "a channel used lately is still in memory"
    assert fresh is not seen[0], "the longest idle one was dropped"


async def test_closing_ends_turns_that_wait_for_ever() -> None:
    async def work(slot: Slot, batch: list[Post]) -> None:
        await asyncio.Event().wait()

    async with asyncio.TaskGroup() as tasks:
        boxes = Mailboxes(work, tasks)
        boxes.put("coven", posts(1)[0])
        await asyncio.sleep(0)
        boxes.close()
        assert not boxes.put("coven", posts(1)[0])
    assert boxes.is_idle
