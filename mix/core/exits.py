"""Why people and clients go."""

from __future__ import annotations

from enum import StrEnum


class Departure(StrEnum):
    """Why somebody is no participant any more."""

    LEFT = "left"
    VISIT_OVER = "visit over"
    BANNED = "banned"
    CANNOT_COEXIST = "cannot coexist"
    """The channel's mode and their preference exclude each other (XEP-0404 §3.1)."""
    NOT_ALLOWED = "not allowed"
    """The allowed list came, or their entry went (XEP-0406 §2.2)."""
    KICKED = "kicked"
    DESTROYED = "destroyed"
    SHUTDOWN = "shutdown"
    """The service stops for good (XEP-0045 §11.2)."""


class Exit(StrEnum):
    """Why a client is gone."""

    LEFT = "left"
    LOST = "lost"
    """A delivery bounced or a check failed: a technical removal (XEP-0045 §18.1.2)."""
    KICKED = "kicked"
    SHUTDOWN = "shutdown"
    REMOVED = "removed"
    """Its owner is no participant any more."""
