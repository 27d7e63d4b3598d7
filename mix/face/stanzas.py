"""Namespaces and element names of the MIX family, and the few ways they are read everywhere."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from pubsubnodes.xml import namespace_of, text_of

CORE = "urn:xmpp:mix:core:1"
CORE_0 = "urn:xmpp:mix:core:0"
ANON = "urn:xmpp:mix:anon:0"
ADMIN = "urn:xmpp:mix:admin:0"
MISC = "urn:xmpp:mix:misc:0"
PRESENCE = "urn:xmpp:mix:presence:0"
PUBSUB = "http://jabber.org/protocol/pubsub"
PUBSUB_OWNER = "http://jabber.org/protocol/pubsub#owner"
PUBSUB_EVENT = "http://jabber.org/protocol/pubsub#event"
SID = "urn:xmpp:sid:0"
PING = "urn:xmpp:ping"
VERSION = "jabber:iq:version"
MUC = "http://jabber.org/protocol/muc"

CORES = (CORE, CORE_0)
"""Both are understood, and answered in the one that was used (MIX-DEC-001)."""

JOINS = frozenset(f"{{{namespace}}}join" for namespace in (*CORES, ANON, MISC))
"""XEP-0404 and XEP-0407 qualify the whole join by their own namespace in examples (MIX-DEC-003)."""

LEAVES = frozenset(f"{{{namespace}}}leave" for namespace in CORES)


def inside(request: Element, name: str) -> Element | None:
    """A child of a request, in its own namespace or in the core one; only one that has text counts."""
    for child in children_of(request, name):
        if text_of(child).strip():
            return child
    return None


def children_of(request: Element, name: str) -> Iterator[Element]:
    """The elements of a name at any depth, in the request's namespace or the core one (MIX-DEC-003, MIX-DEC-014)."""
    wanted = {f"{{{namespace}}}{name}" for namespace in (namespace_of(request), CORE)}
    return (child for child in request.iter() if child.tag in wanted)


def fresh_id() -> str:
    """An id for a stanza nobody asked for, unlike any other (XEP-0060 §12.4)."""
    return uuid.uuid4().hex
