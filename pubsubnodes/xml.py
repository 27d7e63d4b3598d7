"""Elements: the few helpers that building and reading XML by hand needs, and nothing more."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element, ParseError, fromstring

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


_TEXT = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})
_ATTRIBUTE = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", "'": "&apos;", '"': "&quot;", "\n": "&#10;", "\r": "&#13;", "\t": "&#9;"}
)


_IS_SPECIAL = re.compile("[&<>'\"\n\r\t]").search
"""Looking first is several times as fast as translating: hardly any text needs it."""


def escape(text: str) -> str:
    """Text as it stands between the quotes of an attribute."""
    return text.translate(_ATTRIBUTE) if _IS_SPECIAL(text) else text


def _escape_text(text: str) -> str:
    return text.translate(_TEXT) if _IS_SPECIAL(text) else text


def serialise(node: Element, outer: str = CLIENT) -> str:
    """An element as a child of a stanza: names in the stanza's own namespace go without `xmlns`.

    Our own, since slixmpp's loses line breaks in attributes, and this is the hot path.
    """
    namespace, name = namespace_of(node), name_of(node)
    start = name if namespace == outer else f"{name} xmlns='{escape(namespace)}'"
    for key, value in node.items():
        start += f" {key}='{escape(value)}'" if key[0] != "{" else _qualified(key, value, len(start))
    content = _escape_text(node.text) if node.text else ""
    for child in node:
        content += serialise(child, namespace)
        if child.tail:
            content += _escape_text(child.tail)
    return f"<{start}>{content}</{name}>" if content else f"<{start}/>"


def _qualified(key: str, value: str, number: int) -> str:
    """An attribute in a namespace; a prefix is declared for it where it stands."""
    namespace, _, name = key[1:].partition("}")
    if namespace == "http://www.w3.org/XML/1998/namespace":
        return f" xml:{name}='{escape(value)}'"
    return f" xmlns:a{number}='{escape(namespace)}' a{number}:{name}='{escape(value)}'"


def read_fragment(text: str) -> tuple[Element, ...]:
    """The elements of a serialised run of stanza children (the inverse of joining `serialise`d ones)."""
    try:
        return tuple(fromstring(f'<fragment xmlns="{CLIENT}">{text}</fragment>'))
    except ParseError as error:
        raise ValueError("not a run of XML elements") from error
