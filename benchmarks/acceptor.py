"""The host's side of a component connection (XEP-0114), which counts what comes instead of parsing it."""

import asyncio
import hashlib
import hmac
import re
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from benchmarks.measure import StageFailed, at_most
from benchmarks.script import DOMAIN, SECRET

BUFFER = 1 << 20
CARRY = 256  # room in front of the buffer for a token cut in two by the end of a read


class Acceptor(asyncio.BufferedProtocol):
    """One connection, read into one buffer; a token is counted in it wherever it is.

    The component's connection and the raw one that it is compared with are read by this same code.
    """

    def __init__(self, stream_id: str = "bench", *, handshake: bool = True) -> None:
        self._buffer = bytearray(CARRY + BUFFER)
        self._space = memoryview(self._buffer)[CARRY:]
        self._carried = 0
        self._token = b"\0"
        self._target = 0
        self._advance: Callable[[int], None] | None = None
        self._aside: tuple[bytes, Callable[[], None]] | None = None
        self._arrived: asyncio.Future[None] | None = None
        self._recording: bytearray | None = None
        self._transport: asyncio.Transport | None = None
        self._opening = bytearray() if handshake else None
        self._header_sent = False
        self._stream_id = stream_id
        self._last = b""
        self.ready = asyncio.Event()
        self.closed = asyncio.Event()
        self.refusal = ""
        self.count = 0
        self.received = 0
        self.last_at = 0.0

    # What the driver asks

    def send(self, data: bytes) -> None:
        """Write to the component, as its host would."""
        if self._transport is None or self._transport.is_closing():
            raise StageFailed("The connection to the component is closed")
        self._transport.write(data)

    def watch(self, token: bytes, target: int, advance: Callable[[int], None] | None = None) -> None:
        """Count a token from here on; `advance` hears of every step."""
        self._token, self._target, self._advance = token, target, advance
        self.count = self._carried = 0
        self._arrived = asyncio.get_running_loop().create_future()

    def listen(self, token: bytes, heard: Callable[[], None] | None) -> None:
        """Beside what is watched for, tell when this turns up; `None` ends it. Tokens cut in two are not heard."""
        self._aside = (token, heard) if heard is not None else None

    def aim(self, target: int) -> None:
        """Change how many are waited for."""
        self._target = target
        self._look()

    async def arrived(self, seconds: float, what: str) -> float:
        """Wait until all that are watched for have come; the time when the last one did."""
        assert self._arrived is not None, "watch() comes first"

        def missing() -> str:
            return f"{self.count:,} of {self._target:,} {what} had arrived.{self.excerpt()}"

        async with at_most(seconds, missing):
            await self._arrived
        return self.last_at

    async def ask(self, stanza: bytes, token: bytes, what: str, seconds: float = 20) -> None:
        """Send one stanza and wait for the one token that shows it was answered."""
        self.watch(token, 1)
        self.send(stanza)
        await self.arrived(seconds, what)

    async def quiet(self, seconds: float = 0.1, limit: float = 30) -> None:
        """Wait until nothing has come for a moment."""
        async with at_most(limit, lambda: "the component still had not finished speaking."):
            before = -1
            while before != self.received:
                before = self.received
                await asyncio.sleep(seconds)

    def record(self) -> None:
        """Keep what comes from here on."""
        self._recording = bytearray()

    def recorded(self) -> bytes:
        """What came since `record()`; it is kept no longer."""
        kept, self._recording = bytes(self._recording or b""), None
        return kept

    def excerpt(self) -> str:
        """The end of what came last, for the reader of an error message."""
        return f" The last thing to come was: …{self._last.decode(errors='replace')}" if self._last else ""

    # What the loop tells

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the connection; a raw one is ready at once."""
        assert isinstance(transport, asyncio.Transport) or hasattr(transport, "write")
        self._transport = transport  # type: ignore[assignment]  # uvloop's is registered with none of asyncio's
        if self._opening is None:
            self.ready.set()

    def get_buffer(self, sizehint: int) -> memoryview:
        """Always the same space, behind what was carried over."""
        return self._space

    def buffer_updated(self, nbytes: int) -> None:
        """Count, carry the cut end to the front, tell who waits."""
        end = CARRY + nbytes
        if self._opening is not None:
            self._open(bytes(self._buffer[CARRY:end]))
            return
        self.received += nbytes
        if self._recording is not None:
            self._recording += self._buffer[CARRY:end]
        self._last = bytes(self._buffer[max(CARRY, end - 400) : end])
        start = CARRY - self._carried
        found = self._buffer.count(self._token, start, end)
        # One byte less than the token, so nothing whole is carried and counted again.
        keep = min(len(self._token) - 1, end - start)
        self._buffer[CARRY - keep : CARRY] = self._buffer[end - keep : end]
        self._carried = keep
        if self._aside is not None and self._buffer.find(self._aside[0], start, end) >= 0:
            self._aside[1]()
        if found:
            self.count += found
            self._look()

    def eof_received(self) -> None:
        """The component half-closed: the rest is said by `connection_lost`."""

    def connection_lost(self, exc: Exception | None) -> None:
        """Whoever still waits waits in vain."""
        self.closed.set()
        if self._arrived is not None and not self._arrived.done() and self._opening is None:
            self._arrived.set_exception(StageFailed(f"The component closed the connection.{self.excerpt()}"))
            self._arrived.exception()  # it may be that nobody waits

    def close(self) -> None:
        """End the connection from our side."""
        self._arrived = None
        if self._transport is not None:
            self._transport.close()

    def _look(self) -> None:
        if self._advance is not None:
            self._advance(self.count)
        if self.count >= self._target and self._arrived is not None and not self._arrived.done():
            self.last_at = time.perf_counter()
            self._arrived.set_result(None)

    def _open(self, data: bytes) -> None:
        """Answer the stream's header, and the handshake if it proves the secret (XEP-0114 §3)."""
        assert self._opening is not None
        self._opening += data
        if not self._header_sent and re.search(rb"<stream:stream[^>]*>", self._opening):
            self._header_sent = True
            self.send(
                (
                    "<?xml version='1.0'?><stream:stream xmlns='jabber:component:accept' "
                    "xmlns:stream='http://etherx.jabber.org/streams' "
                    f"from='{DOMAIN}' id='{self._stream_id}'>"
                ).encode()
            )
        if shown := re.search(rb"<handshake[^>]*>\s*([0-9a-fA-F]+)\s*</handshake>", self._opening):
            proof = hashlib.sha1((self._stream_id + SECRET).encode()).hexdigest()
            if not hmac.compare_digest(shown[1].decode().lower(), proof):
                self.refusal = "The component's handshake does not fit the secret it was given"
                self.ready.set()
                return
            self._opening = None
            self.last_at = time.perf_counter()
            self.send(b"<handshake/>")
            self.ready.set()


class Door:
    """A listening port that takes connections one after the other; the latest is `acceptor`."""

    def __init__(self, *, handshake: bool) -> None:
        self._handshake = handshake
        self._came = asyncio.Event()
        self._current: Acceptor | None = None
        self.port = 0

    def knock(self) -> Acceptor:
        """Somebody connects: a new acceptor is theirs."""
        self._current = Acceptor(handshake=self._handshake)
        self._came.set()
        return self._current

    def close(self) -> None:
        """Drop the connection that is left."""
        if self._current is not None:
            self._current.close()

    async def acceptor(self) -> Acceptor:
        """The connection, as soon as it is there and may be spoken on."""
        await self._came.wait()
        assert self._current is not None
        await self._current.ready.wait()
        if self._current.refusal:
            raise StageFailed(self._current.refusal)
        return self._current


@asynccontextmanager
async def door(*, handshake: bool = True) -> AsyncIterator[Door]:
    """Listen on a free loopback port."""
    opened = Door(handshake=handshake)
    server = await asyncio.get_running_loop().create_server(opened.knock, "127.0.0.1", 0)
    opened.port = server.sockets[0].getsockname()[1]
    try:
        yield opened
    finally:
        server.close()
        opened.close()
        await server.wait_closed()
