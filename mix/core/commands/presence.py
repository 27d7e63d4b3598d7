"""Clients show themselves, and go."""

from __future__ import annotations

from mix.core.commands.command import Command
from mix.core.payload import Payload
from pubsubnodes.frozen import frozen_by_name


@frozen_by_name
class ShowPresence(Command):
    """A client of somebody in the channel shows presence (XEP-0403 §4.1, XEP-0045 §7.7)."""

    presence: Payload
    priority: int = 0


@frozen_by_name
class GoOffline(Command):
    """A client is gone: every session of this full JID ends, on both faces; a bare JID ends all of them."""

    status: Payload | None = None
    lost: bool = False
    """Found out by a bounce or a failed check rather than said (XEP-0045 §18.1.2)."""


@frozen_by_name
class SendBack(Command):
    """A server has sent back what was for the account of its user: it hands nothing on to clients (XEP-0405 §2.2)."""


@frozen_by_name
class RefreshPresence(Command):
    """Send me everybody's presence (XEP-0405 §2.9.3, or a probe of RFC 6121 §4.3)."""
