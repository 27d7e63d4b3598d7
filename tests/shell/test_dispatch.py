"""What is decided while a commit runs is stored after it and sent after that; and it falls when the commit fails."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

import pytest

from mix.core.addresses import ChannelJid
from mix.core.barring import BarredChanged
from mix.core.ports import Change
from mix.core.refusals import StorageFailed
from mix.core.registry import OfService
from mix.shell.dispatch import Dispatch
from mix.shell.flight import Taken
from mix.shell.inlet import target_of
from mix.shell.mailboxes import Slot
from pubsubnodes.addresses import RealJid
from pubsubnodes.stanza import Delivery, Inbound, Replay, Stanza
from pubsubnodes.xml import CLIENT, element
from tests.storage.people import posted

HAG = RealJid.parse("hag66@shakespeare.example/pda")
COVEN = ChannelJid("coven", "mix.example")


class Desk:
    """Storage that takes its time, and a postman, in one; both write down what they did."""

    def __init__(self) -> None:
        self.log: list[str] = []
        self.stored: list[asyncio.Future[None]] = []
        self.dispatch = Dispatch("mix.example", self, self, self.heed)

    def heed(self, event: OfService) -> None:
        self.log.append(f"heeding {type(event).__name__}")

    async def submit(self, change: Change) -> asyncio.Future[None]:
        self.log.append(f"storing {len(change.events)}")
        self.stored.append(asyncio.get_running_loop().create_future())
        return self.stored[-1]

    async def send(self, deliveries: Iterable[Delivery]) -> None:
        for delivery in deliveries:
            assert isinstance(delivery, Replay)
            self.log += [f"{stanza.type or 'sent'} {stanza.id}" for stanza in delivery.stanzas]


def taken(id: str, events: int = 1) -> Taken:
    """What a message came to, or a question when it is no event."""
    target = target_of(COVEN.text)
    assert target is not None
    message = Inbound("message", "groupchat", id, HAG, target, element(CLIENT, "message"))
    answer = Replay([Stanza("message", COVEN, None, id)], HAG)
    return Taken([posted(1) for _ in range(events)], [answer], [message])


@pytest.fixture
async def desk() -> Desk:
    return Desk()


async def test_the_service_acts_on_what_is_stored_and_told(desk: Desk) -> None:
    """And on nothing that is not."""
    for fails in (True, False):
        slot, lot = Slot("coven"), taken("a")
        lot.of_service.append(BarredChanged(frozenset(), frozenset()))
        assert await desk.dispatch.launch(slot, lot)
        assert "heeding" not in " ".join(desk.log)
        if fails:
            desk.stored[-1].set_exception(StorageFailed())
        else:
            desk.stored[-1].set_result(None)
        assert await desk.dispatch.launch(slot, Taken()) is not fails
    assert desk.log[-2:] == ["sent a", "heeding BarredChanged"]


async def test_the_next_is_stored_before_the_last_is_sent(desk: Desk) -> None:
    """So the disk is busy while the postman is; each is sent only once it is stored."""
    slot = Slot("coven")
    assert await desk.dispatch.launch(slot, taken("a"))
    assert desk.log == ["storing 1"]
    second = asyncio.ensure_future(desk.dispatch.launch(slot, taken("b")))
    await asyncio.sleep(0)
    assert desk.log == ["storing 1"]
    desk.stored[0].set_result(None)
    assert await second
    assert desk.log == ["storing 1", "storing 1", "sent a"]
    desk.stored[1].set_result(None)
    assert await desk.dispatch.launch(slot, Taken())
    assert desk.log[3:] == ["sent b"]
    assert slot.flight is None


async def test_an_answer_waits_for_what_it_was_given_after(desk: Desk) -> None:
    """It needs no storing, but tells of what does."""
    slot = Slot("coven")
    await desk.dispatch.launch(slot, taken("a"))
    answering = asyncio.ensure_future(desk.dispatch.launch(slot, taken("question", events=0)))
    await asyncio.sleep(0)
    assert desk.log == ["storing 1"]
    desk.stored[0].set_result(None)
    await answering
    assert desk.log == ["storing 1", "sent a", "sent question"]


async def test_what_was_decided_on_what_could_not_be_stored_falls_with_it(desk: Desk) -> None:
    """Neither is sent, the second is not even stored, and both who asked are told."""
    slot = Slot("coven", is_loaded=True)
    await desk.dispatch.launch(slot, taken("a"))
    desk.stored[0].set_exception(StorageFailed())
    assert not await desk.dispatch.launch(slot, taken("b"))
    assert desk.log == ["storing 1", "error a", "error b"]
    assert not slot.is_loaded
    assert slot.flight is None
    await desk.dispatch.launch(slot, taken("c"))
    assert desk.log[3:] == ["storing 1"]
