"""Programs that the tests start: each in a process group of its own, with a log, surely gone at the end."""

import asyncio
import os
import random
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

PAUSE = 0.03  # seconds between two looks at something we wait for


def free_ports(count: int) -> list[int]:
    """Free loopback ports, below the range from which the kernel serves outgoing connections."""
    ports: list[int] = []
    for port in random.sample(range(15000, 32000), 2000):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        ports.append(port)
        if len(ports) == count:
            return ports
    raise RuntimeError("no free loopback ports")


def is_listening(port: int) -> bool:
    """Whether somebody accepts connections on this loopback port."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def wait_until(what: str, condition: Callable[[], bool], *, within: float) -> None:
    """Block until the condition holds. For fixtures that have no event loop."""
    deadline = time.monotonic() + within
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{within:g} s passed, and still not: {what}")
        time.sleep(PAUSE)


async def until(what: str, condition: Callable[[], bool], *, within: float) -> None:
    """Wait until the condition holds, with the event loop running."""
    deadline = time.monotonic() + within
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{within:g} s passed, and still not: {what}")
        await asyncio.sleep(PAUSE)


class Program:
    """One program at a time from one command line, restartable; its whole process group ends with it."""

    def __init__(
        self,
        name: str,
        argv: Sequence[str],
        *,
        log: Path,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
    ) -> None:
        setpriv = shutil.which("setpriv")  # without it, a killed test run would leave its hosts behind
        self.name = name
        self.log = log
        self._argv = [setpriv, "--pdeathsig", "KILL", *argv] if setpriv else list(argv)
        self._env = {**os.environ, **(env or {})}
        self._cwd = cwd
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start it; what it says goes to the end of the log."""
        assert not self.is_running, f"{self.name} runs already"
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._argv,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=self._env,
                cwd=self._cwd,
                start_new_session=True,
            )

    def send(self, signum: signal.Signals) -> None:
        """Send a signal to the program itself, not to its group."""
        assert self._process is not None, f"{self.name} was never started"
        self._process.send_signal(signum)

    async def exit_code(self, *, within: float) -> int:
        """Wait for its end and say how it ended."""
        process = self._process
        assert process is not None, f"{self.name} was never started"
        await until(f"{self.name} has ended", lambda: process.poll() is not None, within=within)
        return process.returncode

    def kill(self) -> None:
        """End the whole group at once (kill -9)."""
        if self._process is None:
            return
        with suppress(ProcessLookupError):  # nobody of the group is left
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def stop(self, *, within: float = 10.0) -> None:
        """Ask it to end, insist after a while, and take the rest of its group along. Never fails."""
        if self.is_running:
            self.send(signal.SIGTERM)
            with suppress(TimeoutError):  # the kill is next
                wait_until("ended", lambda: not self.is_running, within=within)
        self.kill()

    def said(self) -> str:
        """Everything in its log."""
        return self.log.read_text(errors="replace") if self.log.exists() else ""
