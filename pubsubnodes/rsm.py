"""Result set management on the wire (XEP-0059)."""

from __future__ import annotations

from typing import Any
from xml.etree.ElementTree import Element

from pubsubnodes.paging import Page, PageRequest
from pubsubnodes.xml import element, text_of

RSM = "http://jabber.org/protocol/rsm"
SET = f"{{{RSM}}}set"


class MalformedSet(ValueError):
    """A `<set/>` with a number that is none."""


def read_set(parent: Element) -> PageRequest | None:
    """The window a request asks for; None when it says nothing of windows. Raises `MalformedSet`."""
    found = parent.find(SET)
    if found is None:
        return None
    before = found.find(f"{{{RSM}}}before")
    return PageRequest(
        limit=_number(found, "max"),
        after=text_of(found.find(f"{{{RSM}}}after")) or None,
        before=text_of(before) if before is not None else None,
        index=_number(found, "index"),
    )


def write_set(page: Page[Any]) -> Element:
    """Where a page lies in its list."""
    first = None
    if page.first is not None:
        first = element(RSM, "first", text=page.first, index=str(page.index) if page.index is not None else None)
    return element(
        RSM,
        "set",
        first,
        element(RSM, "last", text=page.last) if page.last is not None else None,
        element(RSM, "count", text=str(page.count)) if page.count is not None else None,
    )


def _number(parent: Element, name: str) -> int | None:
    found = parent.find(f"{{{RSM}}}{name}")
    if found is None:
        return None
    text = text_of(found).strip()
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise MalformedSet(name)
    return int(text)
