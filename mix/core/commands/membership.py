"""Somebody is to come or go, for good or for a visit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field

from mix.core.commands.command import Command
from mix.core.config import Preferences
from mix.core.payload import Payload
from pubsubnodes.addresses import RealJid
from pubsubnodes.frozen import frozen, frozen_by_name


@frozen
class Claim:
    """An invitation as it is shown on joining; what it says counts only if the channel issued it so (XEP-0407 §6)."""

    inviter: RealJid
    invitee: RealJid
    channel: str
    token: str = field(repr=False)


@frozen_by_name
class Join(Command):
    """Become a participant for good, and subscribe to nodes (XEP-0369 §7.1.2)."""

    nick: str | None
    nodes: Sequence[str]
    """Names as asked for, in order; unknown ones too, since a failed join names them."""
    preferences: Preferences | None = None
    claim: Claim | None = None


@frozen_by_name
class Leave(Command):
    """Stop being a MIX participant, on all clients (XEP-0369 §7.1.3)."""


@frozen_by_name
class UpdateSubscription(Command):
    """Subscribe to some nodes and unsubscribe from others (XEP-0369 §7.1.2)."""

    subscribe: Sequence[str]
    unsubscribe: Sequence[str]


@frozen_by_name
class Enter(Command):
    """Enter the room under a nick, creating it if need be (XEP-0045 §7.2, §10.1)."""

    name: str
    """The room's localpart, for when it has to be created."""
    nick: str
    presence: Payload
    priority: int = 0
    password: str = ""
