"""The standard nodes of a channel (XEP-0369 §4.7, XEP-0404 §2.5, XEP-0406 §2, XEP-0407 §2)."""

from __future__ import annotations

from enum import StrEnum


class Node(StrEnum):
    """A standard node, by the name it has on the wire."""

    MESSAGES = "urn:xmpp:mix:nodes:messages"
    PRESENCE = "urn:xmpp:mix:nodes:presence"
    PARTICIPANTS = "urn:xmpp:mix:nodes:participants"
    JIDMAP = "urn:xmpp:mix:nodes:jidmap"
    INFO = "urn:xmpp:mix:nodes:info"
    CONFIG = "urn:xmpp:mix:nodes:config"
    ALLOWED = "urn:xmpp:mix:nodes:allowed"
    BANNED = "urn:xmpp:mix:nodes:banned"
    AVATAR_DATA = "urn:xmpp:avatar:data"
    AVATAR_METADATA = "urn:xmpp:avatar:metadata"


ALWAYS_PRESENT = frozenset({Node.MESSAGES, Node.PARTICIPANTS, Node.JIDMAP, Node.CONFIG})
"""Nodes no configuration removes (XEP-0406 §2.4; the jidmap because participants is there)."""

OPTIONAL = frozenset(Node) - ALWAYS_PRESENT

_FORMER_NAMES = {"urn:xmpp:mix:nodes:information": Node.INFO}
"""Names from earlier versions that clients may still use."""


def node_named(name: str | None) -> Node | None:
    """The standard node of that name, former names included."""
    if name is None:
        return None
    try:
        return Node(name)
    except ValueError:
        return _FORMER_NAMES.get(name)
