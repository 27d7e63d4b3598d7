"""Somebody is to come or go, for good or for a visit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from mix.core.commands.command import Command
from mix.core.config import Preferences
from mix.core.payload import Payload
from pubsubnodes.addresses import RealJid


@dataclass(frozen=True, slots=True)
class Claim:
    """An invitation as it is shown on joining; what it says counts only if the channel issued it so (XEP-0407 §6)."""

    inviter: RealJid
    invitee: RealJid
    channel: str
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Join(Command):
    """Become a participant for good, and subscribe to nodes (XEP-0369 §7.1.2)."""

    nick: str | None
    nodes: Sequence[str]
    """Names as asked for, in order; unknown ones too, since a failed join names them."""
    preferences: Preferences | None = None
    claim: Claim | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Leave(Command):
    """Stop being a MIX participant, on all clients (XEP-0369 §7.1.3)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateSubscription(Command):
    """Subscribe to some nodes and unsubscribe from others (XEP-0369 §7.1.2)."""

    subscribe: Sequence[str]
    unsubscribe: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Enter(Command):
    """Enter the room under a nick, creating it if need be (XEP-0045 §7.2, §10.1)."""

    name: str
    """The room's localpart, for when it has to be created."""
    nick: str
    presence: Payload
    priority: int = 0
    password: str = ""
