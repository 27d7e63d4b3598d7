"""What all wishes are, and those that are of no feature."""

from __future__ import annotations

from typing import ClassVar

from pubsubnodes.addresses import RealJid
from pubsubnodes.frozen import frozen_by_name


@frozen_by_name
class Command:
    """What somebody wants. `actor` is the authenticated sender: a full JID, or a bare one for a user's server."""

    actor: RealJid

    answered_first: ClassVar[bool] = False
    """Whether who asked hears of success before everybody hears of what happened (XEP-0045 §8-10)."""


@frozen_by_name
class Ignore(Command):
    """A stanza that is understood and asks for nothing."""


@frozen_by_name
class Look(Command):
    """A question a face answers from the channel as it is, after its own check of rights (discovery, forms, pings)."""

    subject: str = ""
    """What is asked for, in the face's own words."""


@frozen_by_name
class Tick(Command):
    """Time has passed: look what is due in the channel. The service wants it of itself."""
