"""The ceiling: a process that writes the bytes of one message's copies again and again, one write each.

Run as `python -m benchmarks.raw PORT SECONDS FILE`. It knows no stanzas; what it reaches is what loopback,
the event loop and the reader on the other side allow.
"""

import asyncio
import sys
import time
from pathlib import Path

import uvloop


class Writer(asyncio.Protocol):
    """Knows when the socket is full."""

    def __init__(self) -> None:
        self.may_write = asyncio.Event()
        self.started = asyncio.Event()
        self.lost = asyncio.Event()
        self.may_write.set()

    def data_received(self, data: bytes) -> None:
        """Anything at all means: go."""
        self.started.set()

    def pause_writing(self) -> None:
        """The socket is full."""
        self.may_write.clear()

    def resume_writing(self) -> None:
        """It has emptied."""
        self.may_write.set()

    def connection_lost(self, exc: Exception | None) -> None:
        """The reader has gone: nothing is left to wait for."""
        for event in (self.lost, self.started, self.may_write):
            event.set()


async def write(port: int, seconds: float, payload: bytes) -> None:
    """Write for some seconds, then close."""
    transport, writer = await asyncio.get_running_loop().create_connection(Writer, "127.0.0.1", port)
    await writer.started.wait()
    until = time.perf_counter() + seconds
    while time.perf_counter() < until and not writer.lost.is_set():
        transport.write(payload)
        if not writer.may_write.is_set():
            await writer.may_write.wait()
    transport.close()
    await writer.lost.wait()


if __name__ == "__main__":
    uvloop.run(write(int(sys.argv[1]), float(sys.argv[2]), Path(sys.argv[3]).read_bytes()))
