"""From what turns came to, to the disk and then out: nothing is sent that is not stored.

While one lot is being stored the channel takes the next turns; of those nothing is stored before the first is, and
when that fails they fall with it, since they were decided on what has not happened.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Iterable
from typing import Protocol, final

from mix.core.addresses import ChannelJid
from mix.core.ports import Change
from mix.core.refusals import StorageFailed
from mix.core.registry import OfService
from mix.shell.flight import Flight, Taken
from mix.shell.mailboxes import Slot
from pubsubnodes import errors
from pubsubnodes.stanza import Delivery, Replay

log = logging.getLogger(__name__)


class Sender(Protocol):
    """Who takes deliveries away."""

    async def send(self, deliveries: Iterable[Delivery]) -> None:
        """Send all, in order."""
        ...


class Recorder(Protocol):
    """Who writes changes down."""

    async def submit(self, change: Change) -> Awaitable[None]:
        """Have a change recorded durably; what comes back is done when it is, or raises `StorageFailed`."""
        ...


@final
class Dispatch:
    """Has what turns came to stored and sent, channel by channel, in order."""

    def __init__(self, domain: str, recorder: Recorder, sender: Sender, heed: Callable[[OfService], None]) -> None:
        self._domain = domain
        self._recorder = recorder
        self._sender = sender
        self._heed = heed

    async def launch(self, slot: Slot, taken: Taken) -> bool:
        """Have this stored, once what was launched before is, and send the former; the next call sends this.

        False when either could not be: the channel is then dropped from memory, and those who asked have been told.
        """
        before, slot.flight = slot.flight, None
        if before is not None and not await _is_stored(before):
            await self.give_up(slot, before.taken, taken)
            return False
        if taken.events:
            change = Change(ChannelJid(slot.name, self._domain), taken.events)
            slot.flight = Flight(taken, await self._recorder.submit(change))
        if before is not None:
            await self._send_out(before.taken)
        if not taken.events:
            await self._send_out(taken)
        return True

    async def finish(self, slot: Slot, taken: Taken) -> bool:
        """Have this stored and sent, with all there was before; False as for `launch`."""
        return await self.launch(slot, taken) and await self.launch(slot, Taken())

    async def give_up(self, slot: Slot, *fallen: Taken) -> None:
        """Drop the channel from memory and tell those who asked that nothing has happened (RFC 6120 §8.3.3.6)."""
        slot.forget()
        told: list[Delivery] = []
        for inbound in (inbound for taken in fallen for inbound in taken.asked):
            waits = inbound.is_request or inbound.kind == "message" or (inbound.kind == "presence" and not inbound.type)
            if waits and (answer := errors.refusal(inbound, errors.INTERNAL)) is not None:
                told.append(Replay([answer], inbound.sender))
        await self._send(told)

    async def _send_out(self, taken: Taken) -> None:
        """Tell people what is on disk, and have the service act on it."""
        await self._send(taken.deliveries)
        for event in taken.of_service:
            self._heed(event)

    async def _send(self, deliveries: list[Delivery]) -> None:
        """Send what is on disk. A bug here must not look like a failed commit: that would be done again, or undone."""
        try:
            if deliveries:
                await self._sender.send(deliveries)
        except Exception:
            log.exception("sending failed; what happened is stored all the same")


async def _is_stored(flight: Flight) -> bool:
    try:
        await flight.stored
    except StorageFailed:
        return False
    except Exception:
        log.exception("recording failed")
        return False
    return True
