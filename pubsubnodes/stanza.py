"""Stanzas at the border: one as it came in, one as it goes out, and where a rendering is to be sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol
from xml.etree.ElementTree import Element

from pubsubnodes.addresses import RealJid, Recipients, VisibleAddress
from pubsubnodes.frozen import frozen
from pubsubnodes.xml import CLIENT, LANG, escape, serialise

Kind = Literal["message", "presence", "iq"]


@frozen
class Target:
    """Whom a stanza is addressed to, on one of our domains: `local@domain/resource`, prepared."""

    local: str
    domain: str
    resource: str

    @property
    def is_service(self) -> bool:
        """Whether the domain itself is addressed."""
        return not self.local

    @property
    def bare(self) -> str:
        """The address without its resource: a channel, or the service itself."""
        return f"{self.local}@{self.domain}" if self.local else self.domain

    @property
    def text(self) -> str:
        """The address as it stands in `to`, for answers that come from it."""
        return f"{self.bare}/{self.resource}" if self.resource else self.bare


@frozen
class Inbound:
    """A stanza as the host handed it over. `sender` is as the host stamped it; nothing else in it is trusted."""

    kind: Kind
    type: str
    id: str | None
    sender: RealJid
    target: Target
    xml: Element
    wants_echo: bool = False
    """Whether the server that sent it for its user is known to need it back in an error."""

    @property
    def lang(self) -> str | None:
        """The language the sender declared for the stanza."""
        return self.xml.get(LANG)

    @property
    def is_request(self) -> bool:
        """Whether the sender is owed an answer whatever happens (RFC 6120 §8.2.3)."""
        return self.kind == "iq" and self.type in ("get", "set")

    def child(self, tag: str) -> Element | None:
        """The first direct child with this tag; a bare name means `jabber:client`."""
        return self.xml.find(tag if tag.startswith("{") else f"{{{CLIENT}}}{tag}")

    @property
    def payload(self) -> Element | None:
        """The one child of a request; None when there is not exactly one."""
        return self.xml[0] if len(self.xml) == 1 else None


class Fragment(Protocol):
    """A run of stanza children that already knows its serialised form."""

    @property
    def elements(self) -> Sequence[Element]:
        """The children as elements."""
        ...

    @property
    def wire(self) -> str:
        """The children as text, serialised as children of a stanza."""
        ...


@dataclass(slots=True, eq=False)
class Stanza:
    """A stanza to send, without `to`: rendered once for an audience, addressed by the postman."""

    kind: Kind
    sender: VisibleAddress
    type: str | None = None
    id: str | None = None
    children: Sequence[Element | Fragment] = ()
    lang: str | None = None
    wire: bytes | None = field(default=None, repr=False)
    """The postman's: everything after the `to` attribute's value, serialised once."""

    def element(self, to: str | None = None) -> Element:
        """The whole stanza as an element, for those who look at it rather than send it."""
        made = Element(f"{{{CLIENT}}}{self.kind}")
        for name, value in (("to", to), ("from", self.sender.text), ("type", self.type), ("id", self.id)):
            if value is not None:
                made.set(name, value)
        if self.lang is not None:
            made.set(LANG, self.lang)
        for child in self.children:
            made.extend([child] if isinstance(child, Element) else child.elements)
        return made

    def text(self) -> str:
        """The whole stanza without `to`, serialised to stand inside another element."""
        return f"<{self.kind} xmlns='{CLIENT}'{self.attributes}>{self.content}</{self.kind}>"

    @property
    def attributes(self) -> str:
        """All attributes but `to`, as text."""
        type = f" type='{escape(self.type)}'" if self.type is not None else ""
        id = f" id='{escape(self.id)}'" if self.id is not None else ""
        lang = f" xml:lang='{escape(self.lang)}'" if self.lang is not None else ""
        return f" from='{escape(self.sender.text)}'{type}{id}{lang}"

    @property
    def content(self) -> str:
        """The children as text."""
        return "".join([serialise(child) if isinstance(child, Element) else child.wire for child in self.children])


@frozen
class Fanout:
    """One rendering to many people."""

    stanza: Stanza
    to: Recipients


@frozen
class Replay:
    """Many renderings to one person, in order."""

    stanzas: Sequence[Stanza]
    to: RealJid


Delivery = Fanout | Replay
