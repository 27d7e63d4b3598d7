"""Whether the tables are as this program needs them, and how they come to be so."""

from __future__ import annotations

from enum import Enum, auto
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import Connection, inspect, text

if TYPE_CHECKING:
    from alembic.config import Config

HEAD: Final = "r0014"
"""The newest revision. Written down here, so that a start that has nothing to do need not load alembic."""

FOLDER: Final = Path(__file__).parent / "migrations"


class State(Enum):
    """How the tables of a database stand to this program."""

    CURRENT = auto()
    OLDER = auto()
    EMPTY = auto()
    NEWER = auto()
    FOREIGN = auto()


def state_of(connection: Connection) -> State:
    """How the tables stand."""
    tables = inspect(connection)
    if not tables.has_table("alembic_version"):
        return State.FOREIGN if tables.has_table("channels") else State.EMPTY
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
    if found == HEAD:
        return State.CURRENT
    if found is None:
        return State.FOREIGN if tables.has_table("channels") else State.EMPTY
    return State.OLDER if found in _revisions() else State.NEWER


def prepare(connection: Connection) -> None:
    """Bring the tables to the newest revision, in the transaction there is."""
    from alembic import command

    config = configuration()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def configuration() -> Config:
    """What alembic has to know of us."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    return config


def _revisions() -> frozenset[str]:
    from alembic.script import ScriptDirectory

    return frozenset(script.revision for script in ScriptDirectory.from_config(configuration()).walk_revisions())
