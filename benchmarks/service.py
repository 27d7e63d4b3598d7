"""Starts and stops what is measured: mixd with its own configuration, the naive component, the raw writer."""

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from benchmarks.acceptor import Acceptor, Door, door
from benchmarks.measure import StageFailed, cpu_seconds, memory_kib
from benchmarks.script import DOMAIN, SECRET

ROOT = Path(__file__).parent.parent
PATIENCE = 60.0


@dataclass(frozen=True, slots=True)
class Component:
    """A running component and the connection it made."""

    pid: int
    acceptor: Acceptor
    to_handshake: float

    def cpu_seconds(self) -> float:
        """Processor time it has used so far."""
        return cpu_seconds(self.pid)

    def memory_kib(self, field: str = "VmRSS") -> int:
        """Its resident memory."""
        return memory_kib(self.pid, field)


def configuration(port: int, database_url: str) -> str:
    """The TOML for mixd: quiet, few people may be fast and own all rooms; everything else as it comes."""
    return f"""\
[component]
jid = "{DOMAIN}"
secret = {json.dumps(SECRET)}
host = "127.0.0.1"
port = {port}

[database]
url = "{database_url}"

[service]
creators = "anyone"
default_visibility = "hidden"

[limits]
rate = 0
channels = 0

[log]
level = "warning"
"""


@asynccontextmanager
async def process(command: Sequence[str], log: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """A child that is gone when the block ends, politely if it can."""
    with log.open("wb") as output:
        child = await asyncio.create_subprocess_exec(
            *command,
            cwd=ROOT,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        yield child
    finally:
        with suppress(ProcessLookupError):
            child.terminate()
        try:
            async with asyncio.timeout(30):
                await child.wait()
        except (TimeoutError, asyncio.CancelledError):
            with suppress(ProcessLookupError):
                child.kill()
            await child.wait()


def tail(log: Path) -> str:
    """The end of what a child has said."""
    return log.read_text(errors="replace")[-1500:].strip()


async def connected(child: asyncio.subprocess.Process, log: Path, entrance: Door) -> Acceptor:
    """Wait for the child's connection, or for its end, whichever comes first."""
    came = asyncio.ensure_future(entrance.acceptor())
    ended = asyncio.ensure_future(child.wait())
    try:
        done, _ = await asyncio.wait({came, ended}, timeout=PATIENCE, return_when=asyncio.FIRST_COMPLETED)
        if came in done:
            return came.result()
        said = tail(log) or "It said nothing."
        raise StageFailed(
            f"The component ended with status {child.returncode} before it had connected. {said}"
            if ended in done
            else f"After {PATIENCE:.0f} s the component had not connected. {said}"
        )
    finally:
        came.cancel()
        ended.cancel()


@asynccontextmanager
async def component(command: Sequence[str], log: Path, entrance: Door) -> AsyncIterator[Component]:
    """Run a component to the end of the block; what it logged is shown when the stage fails."""
    started = time.perf_counter()
    async with process(command, log) as child:
        acceptor = await connected(child, log, entrance)
        try:
            yield Component(child.pid, acceptor, acceptor.last_at - started)
        except StageFailed as failure:
            said = tail(log)
            raise StageFailed(f"{failure}\nThe component logged: {said}" if said else str(failure)) from None
        finally:
            acceptor.close()


@asynccontextmanager
async def naive(workdir: Path) -> AsyncIterator[Component]:
    """The naive component."""
    async with door() as entrance:
        command = (sys.executable, "-m", "benchmarks.naive", str(entrance.port))
        async with component(command, workdir / "naive.log", entrance) as running:
            yield running


@asynccontextmanager
async def mixd(workdir: Path, database_url: str = "", profile: Path | None = None) -> AsyncIterator[Component]:
    """mixd, on SQLite in the working directory unless told otherwise; under cProfile if a file is named."""
    async with door() as entrance:
        config = workdir / "mixd.toml"
        config.write_text(configuration(entrance.port, database_url or sqlite_url(workdir)))
        profiler = ("-m", "cProfile", "-o", str(profile)) if profile else ()
        command = (sys.executable, *profiler, "-m", "mix.service", "serve", "--config", str(config))
        async with component(command, workdir / "mixd.log", entrance) as running:
            yield running


def sqlite_url(workdir: Path) -> str:
    """The URL of the database in a working directory."""
    return f"sqlite:///{workdir / 'mixd.db'}"


@asynccontextmanager
async def raw_writer(workdir: Path, seconds: float, payload: bytes) -> AsyncIterator[Acceptor]:
    """The writer of the ceiling, connected and waiting for a word to begin."""
    bytes_file = workdir / "raw.bytes"
    bytes_file.write_bytes(payload)
    async with door(handshake=False) as entrance:
        command = (sys.executable, "-m", "benchmarks.raw", str(entrance.port), str(seconds), str(bytes_file))
        log = workdir / "raw.log"
        async with process(command, log) as child:
            yield await connected(child, log, entrance)
