"""What can be wrong with a database, in sentences for whoever runs the service."""

from __future__ import annotations

from typing import Final

from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError


class StorageProblem(Exception):
    """The database is not as it has to be: what is wrong, and what to do about it."""

    def __init__(self, sentence: str, hint: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.hint = hint


class NothingThere(StorageProblem):
    """The database is new: it has no file or no tables yet, which `mixd serve` changes."""


class StorageRejected(Exception):
    """The database did not take a row. Carries the kind of error only: its text would hold what is in the row."""


_FULL = ("The disk under the database {place} is full.", "Make room; nothing that was confirmed before is lost.")
_BUSY = ("The database {place} is locked by another program.", "Is another mixd running on it? Stop that one.")
_READ_ONLY = ("The database {place} cannot be written to.", "The user who runs mixd has to be allowed to write to it.")
_BROKEN = ("The database {place} is damaged, or none of mixd.", "Restore a backup, or name another one in [database].")
_LOGIN = ("The database {place} refused the login.", "Look at user and password in the url of [database].")
_AWAY = ("The database {place} does not answer.", "Is PostgreSQL running there, and is the url in [database] right?")
_DENIED = (
    "The database {place} cannot be opened.",
    "Its folder has to exist, and the user who runs mixd has to be allowed to write there.",
)

_SQLITE: Final = {
    "SQLITE_FULL": _FULL,
    "SQLITE_BUSY": _BUSY,
    "SQLITE_LOCKED": _BUSY,
    "SQLITE_READONLY": _READ_ONLY,
    "SQLITE_PERM": _READ_ONLY,
    "SQLITE_CANTOPEN": _DENIED,
    "SQLITE_NOTADB": _BROKEN,
    "SQLITE_CORRUPT": _BROKEN,
    "SQLITE_IOERR": ("The disk under the database {place} reports an error.", "Look at the log of the system."),
}

_POSTGRESQL: Final = {
    "53100": _FULL,
    "53300": ("The database {place} has no free connection.", "Raise max_connections, or stop what uses them."),
    "57P03": ("The database {place} is starting up.", "Try again in a moment."),
    "57P01": ("The database {place} is shutting down.", "Try again when it is back."),
    "28P01": _LOGIN,
    "28000": _LOGIN,
    "3D000": ("There is no database {place}.", "Make it, as a user who may: createdb NAME"),
    "25006": _READ_ONLY,
    "42501": ("The user has too few rights in the database {place}.", "Make that user its owner."),
}


def place_of(url: URL) -> str:
    """How to call a database to people: its file, or its URL without the password."""
    return url.set(drivername="postgresql", password=None).render_as_string() if url.host else str(url.database)


def explain(error: BaseException, url: URL) -> StorageProblem | None:
    """The problem behind an error, if it is one of the whole database and not of a single row."""
    found = _row_for(error)
    return StorageProblem(found[0].format(place=place_of(url)), found[1]) if found is not None else None


def _row_for(error: BaseException | None) -> tuple[str, str] | None:
    while error is not None:
        name = str(getattr(error, "sqlite_errorname", ""))
        for known, row in _SQLITE.items():
            if name.startswith(known):
                return row
        state = str(getattr(error, "sqlstate", None) or getattr(error, "pgcode", None) or "")
        if state in _POSTGRESQL:
            return _POSTGRESQL[state]
        if state.startswith("08") or isinstance(error, OSError | TimeoutError):
            return _AWAY
        if isinstance(error, DBAPIError) and error.connection_invalidated:
            return _AWAY
        error = (error.orig if isinstance(error, DBAPIError) else None) or error.__cause__
    return None
