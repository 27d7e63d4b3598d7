"""Opening databases: tables come by themselves, and what is wrong is said in a sentence."""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.util import await_only

from mix.core.config import Config, Info
from mix.core.items import PersonFact
from mix.core.nodes import Node
from mix.core.ports import ArchiveWindow, Change, Keep
from mix.core.refusals import StorageFailed
from mix.shell import schema
from mix.shell.columns import from_config, from_info, from_jid
from mix.shell.database import Database, StorageProblem, open_database
from mix.shell.facts import from_fact
from mix.shell.repository import SqlRepository
from mix.shell.tables import AuditRow, Row
from pubsubnodes.paging import PageRequest
from tests.storage.people import (
    COVEN,
    HAG,
    HECATE,
    KEY,
    NOW,
    RULES,
    created,
    id_at,
    id_of,
    joined,
    loaded,
    opened,
    posted,
    record,
)
from tests.storage.postgres import Server


async def test_an_empty_database_gets_the_tables_of_the_models(database: Database) -> None:
    """What the migrations make is what the program expects, down to the names of constraints."""

    def differences(connection: Connection) -> list[object]:
        options = {"compare_type": True, "compare_server_default": True}
        return list(compare_metadata(MigrationContext.configure(connection, opts=options), Row.metadata))

    assert await database.read(differences) == []


async def test_sqlite_keeps_an_archive_in_order_of_position(tmp_path: Path) -> None:
    """compare_metadata does not look at WITHOUT ROWID."""
    await (await open_database(f"sqlite:///{tmp_path / 'mixd.db'}")).close()
    with closing(sqlite3.connect(tmp_path / "mixd.db")) as connection:
        rows = dict(connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'").fetchall())
    clustered = {name for name, sql in rows.items() if "WITHOUT ROWID" in sql}
    assert clustered >= {"participants", "lists", "subscriptions", "sessions", "archive", "items"}
    assert clustered == {
        table.name for table in Row.metadata.tables.values() if not table.dialect_options["sqlite"]["with_rowid"]
    }


def test_the_newest_revision_is_the_one_written_down() -> None:
    scripts = ScriptDirectory.from_config(schema.configuration())
    assert scripts.get_heads() == [schema.HEAD]


OLD_CHANNEL = {
    "jid": COVEN.text,
    "key": KEY,
    "created": 0,
    "adhoc": False,
    "locked": False,
    "config_at": 0,
    "info": from_info(Info()),
    "info_at": 0,
    "listed": True,
    "members_only": False,
    "info_for": "anyone",
}
"""What a channel had from the beginning."""


async def _insert(database: Database, table: str, **columns: object) -> None:
    names, values = ", ".join(columns), ", ".join(f":{name}" for name in columns)
    await database.write(lambda c: c.execute(text(f"INSERT INTO {table} ({names}) VALUES ({values})"), columns))


async def test_a_database_of_the_first_revision_is_brought_up_to_date(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An old one keeps what is in it, and what later columns are taken from is found in it."""
    with monkeypatch.context() as patch:
        upgrade = command.upgrade
        patch.setattr(command, "upgrade", lambda config, _: upgrade(config, "r0001"))
        database = await open_database(url)
    mortal = Config(end_of_life=NOW)
    await _insert(database, "channels", **OLD_CHANNEL, config=from_config(mortal))
    await _insert(database, "lists", channel_id=1, which="owners", jid=from_jid(HECATE))
    await database.close()
    database = await open_database(url)
    repository = SqlRepository(database)
    assert (await loaded(repository)).config == mortal
    assert await repository.due(RULES) == [(COVEN, NOW)]
    assert await repository.made(HECATE) == 1
    await database.close()


async def test_ids_of_before_they_told_places_are_found(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A client's last message, and one to be taken back, may be from long ago; so may a change of participants."""
    with monkeypatch.context() as patch:
        upgrade = command.upgrade
        patch.setattr(command, "upgrade", lambda config, _: upgrade(config, "r0012"))
        database = await open_database(url)
    old = [f"{number}d6f1a38-12f7-4d2c-9d0f-6f1f0c3b8a11" for number in range(3)]
    await _insert(database, "channels", **OLD_CHANNEL, config=from_config(Config()))
    said = {"node": Node.MESSAGES, "sender": "hag", "disclosed": False, "subject": False, "payload": "", "at": 0}
    for position in (1, 2):
        await _insert(database, "archive", channel_id=1, position=position, id=old[position - 1], **said)
    came = PersonFact(id_of(HAG))
    fact = from_fact(came)
    await _insert(database, "items", channel_id=1, position=1, id=old[2], node=Node.PARTICIPANTS, at=0, fact=fact)
    await database.close()
    database = await open_database(url)
    repository = SqlRepository(database)
    await record(repository, posted(3))
    found = await repository.message(COVEN, old[1])
    assert found is not None
    assert found.position == 2
    page = await repository.page(ArchiveWindow(COVEN, Node.MESSAGES, PageRequest(after=old[0])))
    assert [message.id for message in page.items] == [old[1], id_at(3)]
    page = await repository.page(ArchiveWindow(COVEN, Node.MESSAGES, PageRequest(), ids=(id_at(3), old[1])))
    assert [message.id for message in page.items] == [old[1], id_at(3)]
    page = await repository.page(ArchiveWindow(COVEN, Node.MESSAGES, PageRequest(before=id_at(3), limit=1)))
    assert [message.id for message in page.items] == [old[1]]
    items = await repository.items(ArchiveWindow(COVEN, Node.PARTICIPANTS, PageRequest(), ids=(old[2],)))
    assert [item.fact for item in items.items] == [came]
    assert await repository.message(COVEN, old[2]) is None
    await repository.trim(Keep(most=2))
    assert await database.read(lambda c: c.execute(text("SELECT id FROM old_ids")).scalars().all()) == [old[1], old[2]]
    await database.close()


async def test_opening_again_does_not_migrate(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    await (await open_database(url)).close()
    monkeypatch.setattr(command, "upgrade", lambda *_: pytest.fail("migrated"))
    await (await open_database(url)).close()


async def test_a_migration_that_breaks_leaves_nothing_half_done(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """All revisions are one transaction, on SQLite as well."""
    upgrade = command.upgrade

    def broken(*arguments: object) -> None:
        upgrade(*arguments)  # type: ignore[arg-type]
        raise RuntimeError("power cut")

    with monkeypatch.context() as patch:
        patch.setattr(command, "upgrade", broken)
        with pytest.raises(RuntimeError, match="power cut"):
            await open_database(url)
    database = await open_database(url)
    assert await database.read(lambda c: c.execute(text("SELECT count(*) FROM channels")).scalar()) == 0
    await database.close()


async def _execute(database: Database, statement: str) -> None:
    await database.write(lambda connection: connection.execute(text(statement)))


async def test_a_database_newer_than_the_program_is_refused(url: str) -> None:
    database = await open_database(url)
    await _execute(database, "UPDATE alembic_version SET version_num = 'r9999'")
    await database.close()
    with pytest.raises(StorageProblem, match="newer mixd") as refused:
        await open_database(url)
    assert "Install that version again" in refused.value.hint
    assert "Traceback" not in str(refused.value)


async def test_a_database_of_another_program_is_left_alone(url: str) -> None:
    database = await open_database(url)
    await _execute(database, "DROP TABLE alembic_version")
    await database.close()
    with pytest.raises(StorageProblem, match="tables of another program"):
        await open_database(url)


async def test_looking_does_not_make_tables(url: str) -> None:
    with pytest.raises(StorageProblem, match=r"There is no database|has not the tables") as refused:
        await open_database(url, migrate=False)
    assert "mixd serve" in refused.value.hint
    await (await open_database(url)).close()
    await (await open_database(url, migrate=False)).close()


async def test_a_missing_folder(tmp_path: Path) -> None:
    path = tmp_path / "nowhere" / "mixd.db"
    with pytest.raises(StorageProblem, match=f"The database {path} cannot be opened") as refused:
        await open_database(f"sqlite:///{path}")
    assert "folder has to exist" in refused.value.hint


@pytest.mark.req("MIX-SEC-10")
async def test_only_its_user_reads_a_new_database(tmp_path: Path) -> None:
    """Real addresses and keys are in it, and in the files SQLite puts beside it."""
    database = await open_database(f"sqlite:///{tmp_path / 'mixd.db'}")
    with os.scandir(tmp_path) as files:
        readable = {file.name: bool(file.stat().st_mode & 0o077) for file in files}
    assert readable == {"mixd.db": False, "mixd.db-wal": False, "mixd.db-shm": False}
    await database.close()


async def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "mixd.db").write_text("Double, double toil and trouble. " * 100)
    with pytest.raises(StorageProblem, match="damaged, or none of mixd"):
        await open_database(f"sqlite:///{tmp_path / 'mixd.db'}")


async def test_a_database_somebody_else_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"sqlite:///{tmp_path / 'mixd.db'}"
    await (await open_database(url)).close()
    monkeypatch.setattr("mix.shell.engines.PRAGMAS", ("PRAGMA busy_timeout=50",))
    with closing(sqlite3.connect(tmp_path / "mixd.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StorageProblem, match="locked by another program"):
            await open_database(url)


async def test_a_file_that_may_only_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is found out at the start. (Root may write everything, so a pragma plays the part of the permissions.)"""
    url = f"sqlite:///{tmp_path / 'mixd.db'}"
    await (await open_database(url)).close()
    monkeypatch.setattr("mix.shell.engines.PRAGMAS", ("PRAGMA query_only=ON",))
    with pytest.raises(StorageProblem, match="cannot be written to") as refused:
        await open_database(url)
    assert "user who runs mixd" in refused.value.hint


async def test_a_full_disk(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """What does not fit is refused as a whole; when there is room again, everything goes on."""
    database = await open_database(f"sqlite:///{tmp_path / 'mixd.db'}")
    repository = SqlRepository(database)
    await record(repository, created(), posted(1))
    await _execute(database, "SELECT 1")

    def leave_two_pages(connection: Connection) -> None:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages + 2}")

    await database.write(leave_two_pages)
    with pytest.raises(StorageFailed) as refused:
        await record(repository, posted(2), posted(3, "x" * 100_000))
    assert "disk" in str(refused.value.__cause__)
    assert "full" in caplog.text
    assert [m.id for m in await repository.recent(COVEN, 9)] == [id_at(1)]
    await record(repository, posted(2))
    assert [m.id for m in await repository.recent(COVEN, 9)] == [id_at(1), id_at(2)]
    await database.close()


@pytest.mark.hosts
@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("postgresql://mixd@127.0.0.1:1/mixd", "does not answer"),
        ("postgresql://mixd:secret@127.0.0.1:1/mixd", "does not answer"),
    ],
)
async def test_a_server_that_is_not_there(url: str, sentence: str) -> None:
    """The sentence names the place, and no password."""
    with pytest.raises(StorageProblem, match=sentence) as refused:
        await open_database(url)
    assert "127.0.0.1:1/mixd" in refused.value.sentence
    assert "secret" not in refused.value.sentence


@pytest.mark.hosts
async def test_a_database_nobody_has_made(postgresql: Server) -> None:
    with pytest.raises(StorageProblem, match="There is no database") as refused:
        await open_database(postgresql.url("nosuch"))
    assert "createdb" in refused.value.hint


@pytest.mark.hosts
async def test_a_user_nobody_knows(postgresql: Server) -> None:
    with pytest.raises(StorageProblem, match="refused the login"):
        await open_database(postgresql.database().replace("mixd@", "stranger@"))


@pytest.mark.hosts
async def test_a_replica_is_refused(postgresql: Server) -> None:
    url = postgresql.database()
    database = await open_database(url)
    name = url.rpartition("/")[2]
    await _execute(database, f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    await database.close()
    with pytest.raises(StorageProblem, match="cannot be written to"):
        await open_database(url)


@pytest.mark.hosts
async def test_a_connection_that_breaks_is_made_anew(postgresql: Server) -> None:
    """PostgreSQL was restarted: one commit fails, the next does not."""
    database = await open_database(postgresql.database())
    repository = SqlRepository(database)
    await record(repository, created())
    others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
    await database.read(lambda c: c.execute(text(f"{others} AND pid <> pg_backend_pid()")))
    with pytest.raises(StorageFailed):
        await record(repository, posted(1))
    await record(repository, posted(1))
    assert [m.id for m in await repository.recent(COVEN, 9)] == [id_at(1)]
    await database.close()


async def test_a_transaction_cut_off_in_the_middle_never_was(database: Database) -> None:
    """Half of it is written when the power goes: nothing of it is there (and nobody was told otherwise)."""
    repository = SqlRepository(database)
    await record(repository, created(), posted(1))

    def half(connection: Connection) -> None:
        connection.execute(text("DELETE FROM archive"))
        connection.execute(text("UPDATE channels SET locked = true"))
        raise RuntimeError("power cut")

    with pytest.raises(RuntimeError, match="power cut"):
        await database.write(half)
    assert [m.id for m in await repository.recent(COVEN, 9)] == [id_at(1)]
    assert not (await loaded(repository)).locked


def _copy(folder: Path) -> None:
    for name in ("db", "db-wal"):
        shutil.copy(folder / f"mixd.{name}", folder / f"copy.{name}")


async def test_a_process_killed_in_the_middle_leaves_the_last_commit(tmp_path: Path) -> None:
    """A copy of the files, taken while a transaction is open, holds exactly what was committed."""
    database = await open_database(f"sqlite:///{tmp_path / 'mixd.db'}")
    repository = SqlRepository(database)
    await record(repository, created(), posted(1))

    def lock(connection: Connection) -> None:
        connection.execute(text("UPDATE channels SET locked = true"))
        _copy(tmp_path)

    await database.write(lock)
    await database.close()
    copy = await open_database(f"sqlite:///{tmp_path / 'copy.db'}")
    assert not (await loaded(SqlRepository(copy))).locked
    assert [m.id for m in await SqlRepository(copy).recent(COVEN, 9)] == [id_at(1)]
    await copy.close()


async def test_readers_do_not_wait_for_a_writer(database: Database) -> None:
    repository = SqlRepository(database)
    await record(repository, created(), joined(HECATE))
    loop, begun, seen = asyncio.get_running_loop(), asyncio.Event(), threading.Event()

    def lock(connection: Connection) -> None:
        connection.execute(text("UPDATE channels SET locked = true"))
        loop.call_soon_threadsafe(begun.set)
        if connection.dialect.name == "sqlite":
            assert seen.wait(5)
        else:
            assert await_only(asyncio.to_thread(seen.wait, 5))

    writing = asyncio.ensure_future(database.write(lock))
    await begun.wait()
    async with asyncio.timeout(2):
        assert not (await loaded(repository)).locked
    seen.set()
    await writing
    assert (await loaded(repository)).locked


async def test_logs_and_errors_tell_nothing(database: Database, caplog: pytest.LogCaptureFixture) -> None:
    """What a row holds is in no message of ours: neither keys, nor addresses, nor what people say."""
    repository = SqlRepository(database)
    secrets = ("hag66@", "toil and trouble", KEY.hex(), repr(KEY)[2:20])
    await record(repository, created(), joined(HAG), opened(HAG), posted(1))
    with pytest.raises(StorageFailed) as refused:
        await repository.commit([Change(COVEN, [joined(HAG), posted(1, "toil and trouble")])])
    assert "storage could not be written" in caplog.text
    for said in (caplog.text, repr(refused.value.__cause__), str(refused.value.__cause__)):
        assert not any(secret in said for secret in secrets)
    row = AuditRow(at=0, who="operator", channel=COVEN.text, participant="id", how="whois")
    assert repr(row) == "<AuditRow>"
