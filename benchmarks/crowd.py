"""Fills channels with people, and has one of them speak as fast as the others hear."""

import time
from dataclasses import dataclass

from benchmarks.acceptor import Acceptor
from benchmarks.measure import StageFailed
from benchmarks.script import NEEDLE, Script, groupchat

PATIENCE = 60.0
IN_FLIGHT = 256
"""Messages on their way in a channel that is as busy as can be, however many hear them."""
AT_ONCE = 500
"""People who join in one go: of more than fit into its mailbox a channel sends some away."""


async def create(acceptor: Acceptor, script: Script, localpart: str) -> None:
    """Make a channel, step by step."""
    for stanza, token in zip(script.create(localpart), script.created, strict=True):
        await acceptor.ask(stanza, token, f"answer to creating {script.place(localpart)}")


async def fill(acceptor: Acceptor, script: Script, localpart: str, people: int) -> None:
    """Make a channel and have people join; return when all is said."""
    await create(acceptor, script, localpart)
    for first in range(1 if script.creator_is_in else 0, people, AT_ONCE):
        newcomers = range(first, min(first + AT_ONCE, people))
        acceptor.watch(script.joined, len(newcomers))
        acceptor.send(b"".join(script.join(localpart, number) for number in newcomers))
        await acceptor.arrived(PATIENCE, f"signs that people have joined by {script.name}")
    await acceptor.quiet()


@dataclass(frozen=True, slots=True)
class Flow:
    """How much arrived in what time."""

    messages: int
    deliveries: int
    seconds: float

    @property
    def deliveries_a_second(self) -> float:
        """Copies that arrived a second."""
        return self.deliveries / self.seconds

    @property
    def messages_a_second(self) -> float:
        """Messages said and heard by all a second."""
        return self.messages / self.seconds


class Speaker:
    """Says messages with a window: more follow as copies of the earlier ones arrive.

    The window is what is in flight; without it the component's queues would be measured.
    """

    def __init__(self, acceptor: Acceptor, place: str, copies: int, window: int = IN_FLIGHT) -> None:
        self._acceptor, self._place, self._copies, self._window = acceptor, place, copies, window
        self._said = 0
        self._until = 0.0

    async def speak(self, seconds: float) -> Flow:
        """Speak for some seconds, and wait until everybody has heard the last word."""
        self._said = 0
        self._acceptor.watch(NEEDLE, 1 << 62, self._heard)
        started = time.perf_counter()
        self._until = started + seconds
        self._heard(0)
        ended = await self._acceptor.arrived(seconds + PATIENCE, f"copies for {self._copies} recipients")
        return Flow(self._said, self._said * self._copies, ended - started)

    async def once(self) -> bytes:
        """Say one message; the bytes of all its copies."""
        self._acceptor.record()
        self._acceptor.watch(NEEDLE, self._copies)
        self._acceptor.send(groupchat(0, self._place))
        await self._acceptor.arrived(PATIENCE, "copies of one message")
        await self._acceptor.quiet(0.05)
        recorded = self._acceptor.recorded()
        copies = recorded[recorded.find(b"<message") : recorded.rfind(b"</message>") + len(b"</message>")]
        if copies.count(NEEDLE) != self._copies:
            raise StageFailed(f"One message came {copies.count(NEEDLE)} times, not {self._copies} times")
        return copies

    def _heard(self, copies: int) -> None:
        if self._said and time.perf_counter() >= self._until:
            if self._until:
                self._until = 0.0
                self._acceptor.aim(self._said * self._copies)
            return
        room = self._window - (self._said - copies // self._copies)
        # Some at a time: a read brings copies of many messages, and the sender's own cost should stay small.
        if room * 4 >= self._window:
            numbers = range(self._said, self._said + room)
            self._said += room
            self._acceptor.send(b"".join([groupchat(number, self._place) for number in numbers]))
