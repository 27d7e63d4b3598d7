"""Logs for people (text) or for machines (JSON lines); never a payload."""

import json
import logging
import sys
from datetime import UTC, datetime

from mix.service.settings import Log

_QUIET = ("slixmpp", "alembic", "asyncio", "asyncpg", "sqlalchemy")


def configure(log: Log) -> None:
    """Send every logger to stderr, as `[log]` says."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if log.format == "json" else Text())
    logging.basicConfig(level=log.level.upper(), handlers=[handler], force=True)
    for name in _QUIET:
        # Below WARNING these print stanzas, rows and statements: what people wrote, who they are, and much noise.
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLevelName(log.level.upper())))
    logging.captureWarnings(True)


def be_silent() -> None:
    """Say nothing of what goes on inside: the command prints what it has found out."""
    logging.getLogger("mix").addHandler(logging.NullHandler())


class Text(logging.Formatter):
    """A line for people: time, level, logger, message."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)-7s %(name)s: %(message)s", "%Y-%m-%d %H:%M:%S")


class JsonLines(logging.Formatter):
    """One JSON object a line: time, level, logger, message, and the traceback of a bug."""

    def format(self, record: logging.LogRecord) -> str:
        """Render one record."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)
