"""Long answers in pages (XEP-0059): a stanza has to stay far below 512 KiB."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar
from xml.etree.ElementTree import Element

from mix.core.refusals import MalformedRequest, NoSuchItem
from pubsubnodes.paging import NoSuchPage, PageRequest, page_of
from pubsubnodes.rsm import MalformedSet, read_set, write_set

T = TypeVar("T")


def asked(query: Element) -> PageRequest | None:
    """The page a request wants; None when it says nothing of pages. Raises `MalformedRequest`."""
    try:
        return read_set(query)
    except MalformedSet as error:
        raise MalformedRequest() from error


def cut(
    items: Sequence[T], query: Element, name: Callable[[T], str], most: int, unasked: int
) -> tuple[Sequence[T], Sequence[Element]]:
    """The items of a page, and the `<set/>` that says where it lies, if somebody asked or it is not all there is.

    `most` are on a page; who asks for none gets `unasked`. Raises `NoSuchItem` for a start that is not there.
    """
    wanted = asked(query)
    try:
        page = page_of(items, wanted or PageRequest(), name, most if wanted is not None else unasked)
    except NoSuchPage as error:
        raise NoSuchItem() from error
    return page.items, [write_set(page)] if wanted is not None or not page.complete else []
