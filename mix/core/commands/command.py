"""What all wishes are, and those that are of no feature."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from pubsubnodes.addresses import RealJid


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """What somebody wants. `actor` is the authenticated sender: a full JID, or a bare one for a user's server."""

    actor: RealJid

    answered_first: ClassVar[bool] = False
    """Whether who asked hears of success before everybody hears of what happened (XEP-0045 §8-10)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ignore(Command):
    """A stanza that is understood and asks for nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look(Command):
    """A question a face answers from the channel as it is, after its own check of rights (discovery, forms, pings)."""

    subject: str = ""
    """What is asked for, in the face's own words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick(Command):
    """Time has passed: look what is due in the channel. The service wants it of itself."""
