"""Reading the stream: the XML of a host becomes stanzas, whatever people have put into them.

A parser that knows namespaces ends the stream over names that are well-formed XML but not well-formed *namespaced*
XML, or that ElementTree has no place for: one `<xml:x/>` in a message, and the service would be gone for everybody.
So namespaces are resolved here, and what has no usable name is left out. What comes out can always be written again.
Stanzas come out in `jabber:client`, which is theirs everywhere but on the way between the host and a component.
"""

from __future__ import annotations

from typing import Final, NamedTuple, final
from xml.etree.ElementTree import Element
from xml.parsers import expat

from pubsubnodes.xml import CLIENT, STREAM, serialise

LARGEST: Final = 262_144
"""Bytes a stanza may have, unless one is told otherwise."""

DEEPEST: Final = 100
"""Elements inside each other: whoever writes or reads a tree goes down it, and falls at about a thousand."""

XML: Final = "http://www.w3.org/XML/1998/namespace"
_RESERVED: Final = frozenset({f"{{{XML}}}", "{http://www.w3.org/2000/xmlns/}"})
"""Namespaces no element can be in, since nothing may declare them (Namespaces in XML §3)."""

MOST_PREFIXES: Final = 100
"""Prefixes that may be declared at one place: each element that declares one more has them all."""

_LONGEST_ESCAPE: Final = len("&quot;")
"""Characters that one can become when it is written again."""

Scope = dict[str, str | None]
"""How names with a prefix begin, or those without one: `{namespace}`; nothing where ElementTree has no way to say."""


class MalformedStream(Exception):
    """What came is no XML."""


class Found(NamedTuple):
    """A whole child of the stream."""

    xml: Element
    largest: int
    """Bytes it may have."""
    fits: bool | None
    """Whether it has no more, also when it is written again; None where only writing it tells."""

    def is_too_large(self) -> bool:
        """Whether it is larger or deeper than may be. It then lacks what is beyond."""
        return not self.fits if self.fits is not None else len(serialise(self.xml).encode()) > self.largest


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

    def __init__(self, largest: int = LARGEST) -> None:
        """`largest` is how many bytes a stanza may have."""
        self._largest = largest
        self._began = 0
        """Where in the stream the stanza began that is being read."""
        self._is_plain = True
        """Whether it has no prefixes, for which whole namespaces will have to be written."""
        self._grown = 0
        """Characters of the names that prefixes stand for."""
        self._is_cut = False
        """Whether something is left out of it because it is too large."""
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
        self._found: list[Found] = []
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

    def stanzas(self) -> list[Found]:
        """What is complete since one last asked."""
        found, self._found = self._found, []
        return found

    def _start(self, name: str, attributes: list[str]) -> None:
        if self._left_out:
            self._left_out += 1
            return
        scope, keys, depth = self._scopes[-1], attributes[::2], len(self._open)
        marks = "".join(keys)  # of the few things looked for in nearly every start of an element
        if "xmlns" in marks:
            scope = _declared(scope, attributes)
        if depth == 1:
            self._began, self._is_plain, self._grown, self._is_cut = self._parser.CurrentByteIndex, True, 0, False
        if depth > DEEPEST or len(scope) > MOST_PREFIXES or (depth > 1 and self._is_full()):
            self._is_cut, self._left_out = True, 1
            return
        beginning = scope[""] if ":" not in name else _beginning(name, scope)
        if beginning is None or beginning in _RESERVED:
            self._left_out = 1
            return
        tag = beginning + name.rpartition(":")[2]
        if ":" in name:
            self._is_plain = False
            self._grown += len(tag)
        if ":" in marks or "xmlns" in marks:
            named = _named(attributes, scope, self._largest * _LONGEST_ESCAPE)
            if marks.count(":") != marks.count("xml:"):
                self._is_plain = False
                self._grown += sum(map(len, named))
            made = Element(tag, named)
        else:
            made = Element(tag, dict(zip(keys, attributes[1::2], strict=True)))
        if depth > 1:
            self._open[-1].append(made)
        elif not depth:
            self._head = made
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
            self._found.append(Found(self._last, self._largest, self._fits()))
            self._last = None
        self.has_ended = not self._open

    def _size(self) -> int:
        """Bytes of the stanza up to here."""
        return self._parser.CurrentByteIndex - self._began

    def _is_full(self) -> bool:
        return self._size() > self._largest or self._grown > self._largest * _LONGEST_ESCAPE

    def _fits(self) -> bool | None:
        size = self._size()
        if self._is_cut or self._is_full():
            return False
        return True if self._is_plain and size * _LONGEST_ESCAPE <= self._largest else None

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
            beginning = f"{{{CLIENT if value == STREAM else value}}}" if value else ""
            changed[key[6:]] = beginning if "}" not in value else None
    return changed


def _named(attributes: list[str], scope: Scope, most: int) -> dict[str, str]:
    """Attributes by their full names; those without a usable one are left out, and those beyond so many characters."""
    found: dict[str, str] = {}
    for key, value in zip(attributes[::2], attributes[1::2], strict=True):
        if ":" not in key:
            if key != "xmlns":
                found[key] = value
        elif not key.startswith("xmlns:") and (beginning := _beginning(key, scope)) is not None:
            most -= len(beginning)
            if most < 0:
                break
            found[beginning + key.rpartition(":")[2]] = value
    return found


def _beginning(name: str, scope: Scope) -> str | None:
    """The namespace of a name with a prefix; None when there is no such, or nothing to name in it."""
    prefix, _, local = name.rpartition(":")
    return (scope.get(prefix) or None) if prefix and local else None
