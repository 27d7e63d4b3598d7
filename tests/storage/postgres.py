"""A PostgreSQL server of our own, on a free loopback port, gone at the end."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

USER = "mixd"


def binaries() -> Path | None:
    """Where the newest installed server has its programs."""
    found = [path for path in Path("/usr/lib/postgresql").glob("*/bin") if (path / "initdb").exists()]
    return max(found, key=lambda path: float(path.parent.name), default=None)


def _run(*words: str) -> None:
    # PostgreSQL refuses to be root. No pipes: the server left behind would hold them open.
    if os.geteuid() == 0:
        words = ("runuser", "-u", "postgres", "--", *words)
    subprocess.run(
        words,
        check=True,
        cwd="/",
        timeout=60,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """A running server; every test gets an empty database on it."""

    def __init__(self, programs: Path, port: int) -> None:
        self._programs = programs
        self._port = port
        self._made = 0

    def database(self, template: str = "template0") -> str:
        """The URL of a new, empty database."""
        self._made += 1
        name = f"test{self._made}"
        _run(str(self._programs / "createdb"), *self._at(), "-T", template, name)
        return f"postgresql://{USER}@127.0.0.1:{self._port}/{name}"

    def url(self, name: str) -> str:
        """The URL of a database that may not exist."""
        return f"postgresql://{USER}@127.0.0.1:{self._port}/{name}"

    def _at(self) -> tuple[str, ...]:
        return ("-h", "127.0.0.1", "-p", str(self._port), "-U", USER)


@contextmanager
def server(programs: Path) -> Iterator[Server]:
    """Run a server that flushes nothing: the tests ask what is in it, not whether it survives a power cut."""
    # Not in pytest's own folders: they are for their owner alone, and the server runs as somebody else.
    with tempfile.TemporaryDirectory(prefix="mixd-postgres-") as folder:
        home = Path(folder)
        if os.geteuid() == 0:
            shutil.chown(home, "postgres", "postgres")
        data, control, port = str(home / "data"), str(programs / "pg_ctl"), _free_port()
        _run(str(programs / "initdb"), "-D", data, "-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N")
        options = f"-p {port} -h 127.0.0.1 -k {home} -F"
        _run(control, "-D", data, "-l", str(home / "log"), "-o", options, "-w", "start")
        try:
            yield Server(programs, port)
        finally:
            _run(control, "-D", data, "-m", "immediate", "-w", "stop")
