"""Logs that people or machines can read, and that never hold a stanza."""

import json
import logging
from collections.abc import Iterator

import pytest

from mix.service.logging import configure
from mix.service.settings import Log


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    """Logging is one for the process: leave it as it was."""
    root = logging.getLogger()
    level, handlers = root.level, root.handlers[:]
    yield
    logging.captureWarnings(False)
    root.setLevel(level)
    root.handlers[:] = handlers


def test_text(capsys: pytest.CaptureFixture[str]) -> None:
    """Time, level, logger, message."""
    configure(Log())
    logging.getLogger("mix.shell").info("connected to %s", "localhost")
    logging.getLogger("mix.shell").debug("unseen")
    assert capsys.readouterr().err.endswith(" INFO    mix.shell: connected to localhost\n")


def test_json_lines(capsys: pytest.CaptureFixture[str]) -> None:
    """One object a line, with the traceback of a bug inside."""
    configure(Log(format="json"))
    logging.getLogger("mix.shell").warning("größer\nthan a line")
    try:
        raise ZeroDivisionError
    except ZeroDivisionError:
        logging.getLogger("mix.shell").exception("bug")
    first, second = map(json.loads, capsys.readouterr().err.splitlines())
    assert (first["level"], first["logger"], first["message"]) == (
        "warning",
        "mix.shell",
        "größer\nthan a line",
    )
    assert first["time"].endswith("+00:00")
    assert "ZeroDivisionError" in second["traceback"]


def test_stanzas_are_not_logged_even_when_debugging(capsys: pytest.CaptureFixture[str]) -> None:
    """slixmpp prints every stanza at DEBUG; our own DEBUG stays useful."""
    configure(Log(level="debug"))
    logging.getLogger("slixmpp.xmlstream.xmlstream").debug("SEND: <message/>")
    logging.getLogger("sqlalchemy.engine.Engine").debug("Row ('romeo@example.org',)")
    logging.getLogger("mix.shell").debug("seen")
    err = capsys.readouterr().err
    assert "seen" in err
    assert "<message/>" not in err
    assert "romeo" not in err
