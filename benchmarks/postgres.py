"""A PostgreSQL server for the length of a benchmark, with its defaults: every commit flushed."""

import asyncio
import os
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from benchmarks.measure import StageFailed, StageSkipped

USER = "mixd"


def binaries() -> Path:
    """Where the newest installed server is."""
    for path in sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: float(p.parent.name), reverse=True):
        if (path / "initdb").exists():
            return path
    found = shutil.which("initdb")
    if found is None:
        raise StageSkipped("PostgreSQL is not installed (Debian: apt-get install postgresql)")
    return Path(found).parent


async def command(*words: str) -> None:
    """Run one of PostgreSQL's programs; as its own user when we are root, since it refuses to be."""
    if os.geteuid() == 0:
        words = ("runuser", "-u", "postgres", "--", *words)
    # Not a pipe: the server that pg_ctl leaves behind would hold it open.
    child = await asyncio.create_subprocess_exec(
        *words,
        cwd="/",
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    if status := await child.wait():
        raise StageFailed(f"`{' '.join(words)}` ended with status {status}")


def free_port() -> int:
    """A loopback port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@asynccontextmanager
async def server(workdir: Path) -> AsyncIterator[str]:
    """Run a server of our own; the URL of an empty database on it."""
    programs, home, port = binaries(), workdir / "postgresql", free_port()
    home.mkdir()
    if os.geteuid() == 0:
        os.chmod(workdir, 0o711)
        shutil.chown(home, "postgres", "postgres")
    data = str(home / "data")
    await command(str(programs / "initdb"), "-D", data, "-U", USER, "-A", "trust", "-E", "UTF8", "--no-instructions")
    options = f"-p {port} -h 127.0.0.1 -k {home}"
    control = str(programs / "pg_ctl")
    try:
        await command(control, "-D", data, "-l", str(home / "log"), "-o", options, "-w", "start")
        await command(str(programs / "createdb"), "-h", "127.0.0.1", "-p", str(port), "-U", USER, USER)
        yield f"postgresql://{USER}@127.0.0.1:{port}/{USER}"
    finally:
        await asyncio.shield(command(control, "-D", data, "-m", "immediate", "-w", "stop"))
