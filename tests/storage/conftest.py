"""Fixtures: databases, and repositories of all three kinds."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from mix.core.ports import Repository
from mix.shell.database import Database, open_database
from mix.shell.dictionary import DictRepository
from mix.shell.repository import SqlRepository
from tests.storage import postgres
from tests.storage.people import OPERATOR
from tests.storage.postgres import Server

POSTGRESQL = pytest.param("postgresql", marks=pytest.mark.hosts)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    """A PostgreSQL server for the whole run of a worker."""
    programs = postgres.binaries()
    if programs is None:
        pytest.fail("PostgreSQL is missing: apt-get install postgresql, or leave its tests out with -m 'not hosts'")
    with postgres.server(programs) as server:
        yield server


@pytest.fixture(params=["sqlite", POSTGRESQL])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database, of either kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'mixd.db'}"
    server: Server = request.getfixturevalue("postgresql")
    return server.database()


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    """An open database with all tables."""
    database = await open_database(url)
    yield database
    await database.close()


@pytest.fixture(params=["dict", "sqlite", POSTGRESQL])
async def repository(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Repository]:
    """An empty repository, of each kind."""
    operators = frozenset({OPERATOR})
    if request.param == "dict":
        yield DictRepository(operators, most=20)
        return
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'mixd.db'}"
    else:
        url = request.getfixturevalue("postgresql").database()
    database = await open_database(url)
    yield SqlRepository(database, operators, most=20)
    await database.close()
