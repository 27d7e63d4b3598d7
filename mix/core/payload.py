"""What a user sent, with everything only the service may say taken out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import final
from xml.etree.ElementTree import Element

from mix.core.addresses import ChannelJid
from pubsubnodes.addresses import MalformedAddress, RealJid
from pubsubnodes.xml import CLIENT, name_of, namespace_of, read_fragment, serialise

_OURS = frozenset(
    {
        "http://jabber.org/protocol/muc",
        "http://jabber.org/protocol/muc#user",
        "http://jabber.org/protocol/muc#owner",
        "http://jabber.org/protocol/muc#admin",
        "http://jabber.org/protocol/address",
        "http://jabber.org/protocol/pubsub#event",
        "urn:xmpp:mix:core:0",
        "urn:xmpp:mix:core:1",
        "urn:xmpp:mix:presence:0",
        "urn:xmpp:occupant-id:0",
        "urn:xmpp:message-moderate:1",
        "urn:xmpp:hats:0",
        "xmpp:prosody.im/protocol/hats:1",
        "urn:xmpp:muc:affiliations:1",
        "urn:xmpp:mam:2",
    }
)
"""Namespaces in which the service speaks for itself or would let someone forge it (XEP-0045 §17.3, XEP-0421 §4)."""

_BETWEEN_SERVERS = ("urn:xmpp:delegation:", "urn:xmpp:privilege:")
"""What a host takes from us on trust, and nobody may say through us (XEP-0355, XEP-0356)."""

_STANZA_ID = "{urn:xmpp:sid:0}stanza-id"
_DELAYS = frozenset({"{urn:xmpp:delay}delay", "{jabber:x:delay}x"})
_RETRACTIONS = frozenset(
    f"{{{namespace}}}{name}"
    for namespace in ("urn:xmpp:message-retract:1", "urn:xmpp:mix:misc:0")
    for name in ("retract", "retracted")
)
"""Passed on as they are, these would take back what their sender may not (XEP-0424 §5, XEP-0425 §5)."""

_BODY, _SUBJECT, _THREAD, _ERROR = (f"{{{CLIENT}}}{name}" for name in ("body", "subject", "thread", "error"))
_TALK = frozenset({_BODY, _THREAD})
_HARMLESS = frozenset({_BODY, _SUBJECT, _THREAD, "{urn:xmpp:sid:0}origin-id"})
"""What nearly every message consists of, and nobody could forge anything with."""

_HINTS = "urn:xmpp:hints"
_NOT_STORED = frozenset({f"{{{_HINTS}}}no-store", f"{{{_HINTS}}}no-permanent-store"})
_STORED = frozenset({f"{{{_HINTS}}}store", _BODY})
_TRANSIENT = frozenset(
    {
        "http://jabber.org/protocol/chatstates",
        "http://jabber.org/protocol/rsm",
        _HINTS,
        "urn:xmpp:sid:0",
        "urn:xmpp:delay",
    }
)
"""What does not by itself make a message worth keeping (XEP-0313 §6.1.2)."""


@final
class Payload:
    """Children of a message or presence, carried unopened: as elements, or as the text they serialise to."""

    __slots__ = ("_elements", "_tags", "_wire")

    def __init__(self, elements: Sequence[Element] | None = None, wire: str | None = None) -> None:
        self._elements = tuple(elements) if elements is not None else None
        self._wire = wire
        self._tags: frozenset[str] | None = None

    @classmethod
    def from_user(cls, children: Iterable[Element], sender: RealJid, *ours: ChannelJid) -> Payload:
        """Keep what a user may say, drop what they could only forge (XEP-0359 §3, XEP-0421 §4, XEP-0045 §17.3).

        What the sender's own client or server noted in their name goes, too: it would say who they are (MIX-VIS-21).
        `ours` are all addresses of the channel: people on either face read what is said on the other.
        """
        return cls([child for child in children if _may_pass(child, sender, ours)])

    @classmethod
    def stored(cls, wire: str) -> Payload:
        """A payload as it was archived."""
        return cls(wire=wire)

    @property
    def elements(self) -> tuple[Element, ...]:
        """The children as elements."""
        return self._elements if self._elements is not None else read_fragment(self._wire or "")

    @property
    def wire(self) -> str:
        """The children as text, serialised as children of a stanza; made once, and kept instead of the elements."""
        if self._wire is None:
            self._wire = "".join(map(serialise, self._elements or ()))
            self._elements = None  # read again should anybody ask: a presence is kept for long, and text is small
        return self._wire

    def find(self, namespace: str, name: str) -> Element | None:
        """The first child of that name."""
        tag = f"{{{namespace}}}{name}"
        return next((child for child in self.elements if child.tag == tag), None)

    def without(self, *namespaces: str) -> Payload:
        """The same without the children of some namespaces."""
        return Payload([child for child in self.elements if namespace_of(child) not in namespaces])

    @property
    def has_body(self) -> bool:
        """Whether there is text for people to read."""
        return _BODY in self._names

    @property
    def is_subject(self) -> bool:
        """A subject and neither body nor thread: a change of the room's subject (XEP-0045 §8.1)."""
        return _SUBJECT in self._names and self._names.isdisjoint(_TALK)

    @property
    def is_archivable(self) -> bool:
        """Whether it is worth keeping: not only chat states, and no hint against it (XEP-0334, XEP-0313 §6.1.2)."""
        if not self._names.isdisjoint(_NOT_STORED):
            return False
        if not self._names.isdisjoint(_STORED):
            return True
        return any(namespace_of(child) not in _TRANSIENT for child in self.elements)

    @property
    def _names(self) -> frozenset[str]:
        """The full names of all children, found once."""
        if self._tags is None:
            self._tags = frozenset([child.tag for child in self.elements])
        return self._tags

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Payload) and self.wire == other.wire

    __hash__ = None  # type: ignore[assignment]  # compared by content, never a key

    def __repr__(self) -> str:
        return "<Payload>"


def _may_pass(child: Element, sender: RealJid, ours: Sequence[ChannelJid]) -> bool:
    if child.tag in _HARMLESS:
        return True
    namespace = namespace_of(child)
    if namespace.startswith(_BETWEEN_SERVERS):
        return False
    if namespace in _OURS or child.tag == _ERROR:
        return False
    if name_of(child) == "mix" and namespace.startswith("urn:xmpp:mix:"):
        return False  # of whatever version (MIX-MSG-13)
    if child.tag in _RETRACTIONS:
        return False  # a wish of its own, said by the service in each one's words
    if child.tag == _STANZA_ID:
        by = child.get("by")
        return by is not None and bool(child.get("id")) and not _speaks_as(by, sender, ours)
    if child.tag in _DELAYS:
        by = child.get("from")
        return by is None or not _speaks_as(by, sender, ours)
    return True


def _speaks_as(claimed: str, sender: RealJid, ours: Sequence[ChannelJid]) -> bool:
    """Whether an address is the service's, of whatever channel or person, or the sender's own or their server's.

    Compared as clients compare it, prepared (RFC 7622 §3): neither case nor width helps. What is none helps nobody.
    """
    try:
        address = RealJid.parse(claimed).bare
    except MalformedAddress:
        return True
    return sender.matches(address) or any(address.is_at(channel.domain) for channel in ours)
