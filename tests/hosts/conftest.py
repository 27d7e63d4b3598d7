"""Fixtures: hosts for the whole run of a worker, a stage with a fresh service for each test."""

import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator, Generator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from .ejabberd import CTL, Ejabberd
from .host import Host
from .nbxmpp_device import PYTHON
from .processes import Program
from .prosody import ROOMS, Prosody
from .stage import LATECOMER, PEOPLE, Stage

LOGS = pytest.StashKey[list[tuple[Program, int]]]()
HERE = Path(__file__).parent
MISSING = "{package} is missing: apt-get install {package}, or leave these tests out with -m 'not hosts'"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All of this folder needs hosts."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.hosts)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
    call: pytest.CallInfo[None],
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show the end of the logs of a test that failed."""
    report = yield
    if report.failed:
        for program, start in item.stash.get(LOGS, []):
            report.sections.append((f"log of {program.name}", program.said()[start:][-8000:]))
    return report


@pytest.fixture(scope="session")
def prosody(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prosody]:
    """A running Prosody with everybody's accounts."""
    if shutil.which("prosody") is None:
        pytest.fail(MISSING.format(package="prosody"))
    host = Prosody(tmp_path_factory.mktemp("prosody"))
    try:
        for user in (*PEOPLE, LATECOMER):
            host.register(user)
        host.start()
        yield host
    finally:
        host.stop()


@pytest.fixture(scope="session")
def ejabberd() -> Iterator[Ejabberd]:
    """A running ejabberd with everybody's accounts."""
    if not Path(CTL).exists():
        pytest.fail(MISSING.format(package="ejabberd"))
    # Not in pytest's own folders: they are for their owner alone, and ejabberd runs as somebody else.
    with tempfile.TemporaryDirectory(prefix="mixd-ejabberd-") as home:
        host = Ejabberd(Path(home))
        try:
            host.start()
            for user in (*PEOPLE, LATECOMER):
                host.register(user)
            yield host
        finally:
            host.stop()


@pytest.fixture(scope="session")
def nbxmpp() -> None:
    """Gajim's library, for Debian's Python."""
    if subprocess.run([PYTHON, "-I", "-c", "import nbxmpp"], capture_output=True).returncode != 0:
        pytest.fail(MISSING.format(package="python3-nbxmpp"))


@pytest.fixture
async def stage(prosody: Prosody, tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Stage]:
    """Everybody online, the service up and empty; in the end, nobody has learned a hidden JID."""
    async with a_stage(prosody, tmp_path, request.node) as stage:
        yield stage


@pytest.fixture
async def ejabberd_stage(
    ejabberd: Ejabberd,
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> AsyncIterator[Stage]:
    """The same behind ejabberd."""
    async with a_stage(ejabberd, tmp_path, request.node) as stage:
        yield stage


@pytest.fixture(params=["prosody", "ejabberd"])
async def each_stage(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Stage]:
    """Once behind the one and once behind the other."""
    async with a_stage(request.getfixturevalue(request.param), tmp_path, request.node) as stage:
        yield stage


@pytest.fixture
async def mirrored_stage(
    prosody: Prosody,
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> AsyncIterator[Stage]:
    """The same with rooms on a domain of their own."""
    async with a_stage(prosody, tmp_path, request.node, rooms=ROOMS) as stage:
        yield stage


@asynccontextmanager
async def a_stage(
    host: Host,
    folder: Path,
    item: pytest.Item,
    *,
    rooms: str | None = None,
) -> AsyncIterator[Stage]:
    """Begin, play, end; and then the eavesdropper reads what everybody got."""
    stage = Stage(host, folder, rooms=rooms)
    programs = (stage.service.program, host.program)
    item.stash[LOGS] = [(program, len(program.said())) for program in programs]
    try:
        await stage.begin()
        yield stage
    finally:
        await stage.end()
    leaks = stage.leaks()
    assert not leaks, "the eavesdropper heard:\n" + "\n".join(leaks[:5])
    assert "Traceback" not in stage.service.program.said()
