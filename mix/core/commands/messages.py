"""Something is to be said to everybody, or taken back."""

from __future__ import annotations

from dataclasses import field

from mix.core.commands.command import Command
from mix.core.payload import Payload
from pubsubnodes.frozen import frozen_by_name


@frozen_by_name
class PostMessage(Command):
    """Say something to everybody (XEP-0369 §7.1.6, XEP-0045 §7.4)."""

    payload: Payload
    client_id: str | None
    lang: str | None
    from_room: bool
    """Whether it came from a client in the room: only there is a lone subject a change of subject (XEP-0045 §8.1)."""


@frozen_by_name
class Retract(Command):
    """Take back a message, one's own or somebody else's (XEP-0407 §4, XEP-0424, XEP-0425)."""

    id: str
    """Its archive id."""
    from_room: bool
    """Whether it came from a client in the room, as in `PostMessage`."""
    payload: Payload = field(default_factory=lambda: Payload.stored(""))
    """What was said with it, such as a text for clients that cannot retract."""
    client_id: str | None = None
    lang: str | None = None
    as_moderator: bool = False
    """Asked for as a moderator: by a request, to be answered, and not in one's own name."""
    reason: str = ""
