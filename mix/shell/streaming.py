"""Reading the stream: the XML of a host becomes stanzas, whatever people have put into them.

A parser that knows namespaces ends the stream over names that are well-formed XML but not well-formed *namespaced*
XML, or that ElementTree has no place for: one `<xml:x/>` in a message, and the service would be gone for everybody.
So namespaces are resolved here, and what has no usable name is left out. What comes out can always be written again.
"""

from __future__ import annotations

from typing import Final, final
from xml.etree.ElementTree import Element
from xml.parsers import expat

XML: Final = "http://www.w3.org/XML/1998/namespace"
_RESERVED: Final = frozenset({f"{{{XML}}}", "{http://www.w3.org/2000/xmlns/}"})
"""Namespaces no element can be in, since nothing may declare them (Namespaces in XML §3)."""

Scope = dict[str, str | None]
"""How names with a prefix begin, or those without one: `{namespace}`; nothing where ElementTree has no way to say."""


class MalformedStream(Exception):
    """What came is no XML."""


@final
class WholeTags:
    """Holds back what comes after the last whole tag, until the rest of it comes.

    A parser that has seen a part of a tag leaves the tag alone until it has twice as much to look at (expat since
    2.6, and as Debian has repaired 2.5), which may be never: a stanza that came in two pieces would lie there
    until the next one. Python 3.11 of Debian has no way to say otherwise.
    """

    def __init__(self) -> None:
        self._rest = bytearray()

    def of(self, data: bytes) -> bytes:
        """What came, without the part of a tag at its end, and with the one that was held back before."""
        end = data.rfind(b">") + 1
        if not end:
            self._rest += data
            return b""
        whole = bytes(self._rest + data[:end]) if self._rest else data[:end]
        self._rest = bytearray(data[end:])
        return whole


@final
class StreamParser:
    """Fed with bytes, gives the stream's head and then one stanza after the other."""

    def __init__(self) -> None:
        self._parser = expat.ParserCreate("utf-8")
        self._whole = WholeTags()
        self._parser.buffer_text = True
        self._parser.ordered_attributes = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text
        self._scopes: list[Scope] = [{"": "", "xml": f"{{{XML}}}"}]
        self._open: list[Element] = []
        self._last: Element | None = None
        """The element that ended last, whose tail comes now."""
        self._left_out = 0
        """How deep inside an element that has no usable name."""
        self._head: Element | None = None
        self._found: list[Element] = []
        self.has_ended = False
        """Whether the stream was closed."""

    def feed(self, data: bytes) -> None:
        """Take what came. Raises `MalformedStream`."""
        try:
            self._parser.Parse(self._whole.of(data), False)
        except expat.ExpatError as error:
            raise MalformedStream() from error

    def head(self) -> Element | None:
        """The opening of the stream, once."""
        head, self._head = self._head, None
        return head

    def stanzas(self) -> list[Element]:
        """What is complete since one last asked."""
        found, self._found = self._found, []
        return found

    def _start(self, name: str, attributes: list[str]) -> None:
        if self._left_out:
            self._left_out += 1
            return
        scope, keys = self._scopes[-1], attributes[::2]
        marks = "".join(keys)  # of the few things looked for in nearly every start of an element
        if "xmlns" in marks:
            scope = _declared(scope, attributes)
        beginning = scope[""] if ":" not in name else _beginning(name, scope)
        if beginning is None or beginning in _RESERVED:
            self._left_out = 1
            return
        tag = beginning + name.rpartition(":")[2]
        if ":" in marks or "xmlns" in marks:
            made = Element(tag, _named(attributes, scope))
        else:
            made = Element(tag, dict(zip(keys, attributes[1::2], strict=True)))
        if not self._open:
            self._head = made
        elif len(self._open) > 1:
            self._open[-1].append(made)
        self._open.append(made)
        self._scopes.append(scope)
        self._last = None

    def _end(self, name: str) -> None:
        if self._left_out:
            self._left_out -= 1
            return
        self._last = self._open.pop()
        self._scopes.pop()
        if len(self._open) == 1:
            self._found.append(self._last)
            self._last = None
        self.has_ended = not self._open

    def _text(self, text: str) -> None:
        if self._left_out or len(self._open) < 2:
            return
        if self._last is not None:
            self._last.tail = (self._last.tail or "") + text
        else:
            self._open[-1].text = (self._open[-1].text or "") + text


def _declared(scope: Scope, attributes: list[str]) -> Scope:
    changed = dict(scope)
    for key, value in zip(attributes[::2], attributes[1::2], strict=True):
        if key == "xmlns" or (key.startswith("xmlns:") and key != "xmlns:xml"):
            beginning = f"{{{value}}}" if value else ""
            changed[key[6:]] = beginning if "}" not in value else None
    return changed


def _named(attributes: list[str], scope: Scope) -> dict[str, str]:
    """Attributes by their full names; those without a usable one are left out."""
    found: dict[str, str] = {}
    for key, value in zip(attributes[::2], attributes[1::2], strict=True):
        if ":" not in key:
            if key != "xmlns":
                found[key] = value
        elif not key.startswith("xmlns:") and (beginning := _beginning(key, scope)) is not None:
            found[beginning + key.rpartition(":")[2]] = value
    return found


def _beginning(name: str, scope: Scope) -> str | None:
    """The namespace of a name with a prefix; None when there is no such, or nothing to name in it."""
    prefix, _, local = name.rpartition(":")
    return (scope.get(prefix) or None) if prefix and local else None
