"""Elements: the few helpers that building and reading XML by hand needs, and nothing more."""

from __future__ import annotations

from collections.abc import Iterable
from xml.etree.ElementTree import Element, ParseError, fromstring

from slixmpp.xmlstream.tostring import tostring

CLIENT = "jabber:client"
"""The namespace of stanzas inside the service; the stream's own (XEP-0114) stays at the border."""

STREAM = "jabber:component:accept"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def element(
    namespace: str, name: str, /, *children: Element | None, text: str | None = None, **attributes: str | None
) -> Element:
    """An element with its attributes, children and text; what is None is left out."""
    made = Element(f"{{{namespace}}}{name}", {k: v for k, v in attributes.items() if v is not None})
    made.text = text
    made.extend(child for child in children if child is not None)
    return made


def namespace_of(node: Element) -> str:
    """The namespace of an element's name, or the empty string."""
    return node.tag[1:].partition("}")[0] if node.tag.startswith("{") else ""


def name_of(node: Element) -> str:
    """The local part of an element's name."""
    return node.tag.rpartition("}")[2]


def text_of(node: Element | None) -> str:
    """The text directly inside an element; empty when there is no element or no text."""
    return (node.text or "") if node is not None else ""


def serialise(node: Element) -> str:
    """An element as a child of a stanza: names in the stanza's own namespace go without `xmlns`."""
    return tostring(node, xmlns=CLIENT)


def read_fragment(text: str) -> tuple[Element, ...]:
    """The elements of a serialised run of stanza children (the inverse of joining `serialise`d ones)."""
    try:
        return tuple(fromstring(f'<fragment xmlns="{CLIENT}">{text}</fragment>'))
    except ParseError as error:
        raise ValueError("not a run of XML elements") from error


def adopt(stanza: Element) -> Element:
    """Move a stanza from the stream's namespace to `jabber:client`, children and all, in place."""
    prefix, length = f"{{{STREAM}}}", len(STREAM) + 2
    for node in stanza.iter():
        if node.tag.startswith(prefix):
            node.tag = f"{{{CLIENT}}}{node.tag[length:]}"
    return stanza


def children_named(node: Element, names: Iterable[str]) -> list[Element]:
    """The direct children whose full tag is among the given ones, in order."""
    wanted = frozenset(names)
    return [child for child in node if child.tag in wanted]
