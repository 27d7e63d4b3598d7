"""Errors that come back for what the channel sent. They end visits, never participations (MIX-MSG-30, MIX-VIS-24)."""

from __future__ import annotations

import re

from mix.core.addresses import split_local
from mix.core.commands import Command, GoOffline, Ignore, SendBack
from mix.core.ids import ID_LENGTH
from mix.face import private
from pubsubnodes.errors import STANZAS
from pubsubnodes.stanza import Inbound

_OURS = re.compile(rf"[a-z2-7]{{{ID_LENGTH}}}")
"""A participant id: as a resource, what channel messages come from. No nick may look like one."""

_FATAL = frozenset(
    f"{{{STANZAS}}}{condition}"
    for condition in (
        "gone",
        "item-not-found",
        "jid-malformed",
        "recipient-unavailable",
        "redirect",
        "remote-server-not-found",
        "remote-server-timeout",
        "service-unavailable",
    )
)
"""What says that a client is not there any more (XEP-0045 §18.1.2)."""


def parse(inbound: Inbound, *, alone: bool) -> Command | None:
    """Take note that a client is gone. What bounced off the room is the room's; what bounced off a bare JID tells
    nothing about any client, at most that its server does not do PAM (MIX-DEC-037)."""
    encoded, _ = split_local(inbound.target.local)
    resource = inbound.target.resource
    if not alone and encoded is None and resource and not _OURS.fullmatch(resource):
        return None
    error = inbound.child("error")
    is_fatal = error is not None and any(child.tag in _FATAL for child in error)
    is_fatal = is_fatal and not inbound.sender.is_bare
    if encoded is not None and inbound.kind == "message":
        return private.parse_bounce(inbound, encoded, lost=is_fatal)
    if is_fatal:
        return GoOffline(actor=inbound.sender, lost=True)
    if inbound.sender.is_bare and _OURS.fullmatch(resource):
        return SendBack(actor=inbound.sender)
    return Ignore(actor=inbound.sender)
