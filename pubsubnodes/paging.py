"""Result set management: windows over long lists (XEP-0059)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from pubsubnodes.frozen import frozen

T = TypeVar("T")


class NoSuchPage(ValueError):
    """The item a window starts from does not exist (XEP-0059 §2.2)."""


@frozen
class PageRequest:
    """Which part of a list somebody wants (XEP-0059 §2).

    `before == ""` asks for the last page. `limit` is None when the client did not say.
    """

    limit: int | None = None
    after: str | None = None
    before: str | None = None
    index: int | None = None


@frozen
class Page(Generic[T]):
    """A part of a list, and where it lies."""

    items: Sequence[T]
    first: str | None = None
    last: str | None = None
    index: int | None = None
    count: int | None = None
    complete: bool = True


def page_of(items: Sequence[T], request: PageRequest, name: Callable[[T], str], most: int) -> Page[T]:
    """The requested window of a list held in memory, `most` items at the most. Raises `NoSuchPage`."""
    limit = most if request.limit is None else min(max(request.limit, 0), most)
    names = [name(item) for item in items]
    start, stop = 0, len(items)
    try:
        if request.after:
            start = names.index(request.after) + 1
        if request.before:
            stop = names.index(request.before)
    except ValueError as error:
        raise NoSuchPage(request.after or request.before) from error
    if request.index is not None:
        start = max(request.index, 0)
    if request.before is not None and not request.after:
        window = range(max(start, stop - limit), stop)
    else:
        window = range(start, min(stop, start + limit))
    found = [items[i] for i in window]
    return Page(
        found,
        first=name(found[0]) if found else None,
        last=name(found[-1]) if found else None,
        index=window.start if found else None,
        count=len(items),
        complete=window.start <= start and window.stop >= stop,
    )
