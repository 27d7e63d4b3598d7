"""Reading the archive: pages found by position, never by counting off rows (XEP-0313 §4, XEP-0059 §2)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, Final, Generic, NamedTuple, TypeVar

from sqlalchemy import BindParameter, Connection, TextClause, bindparam, text

from mix.core.channel import Message
from mix.core.ids import position_in
from mix.core.items import Item
from mix.core.nodes import Node
from mix.core.payload import Payload
from mix.core.ports import ArchiveWindow
from mix.core.refusals import NoSuchItem, UnsupportedRequest
from mix.shell.columns import from_time, to_nick, to_retraction, to_time, to_tombstone
from mix.shell.facts import to_fact
from pubsubnodes.frozen import frozen
from pubsubnodes.paging import Page

T = TypeVar("T", Message, Item)

COUNTED: Final = 10_000
"""Archives with more messages than that tell their number only to those who ask for nothing else (XEP-0059 §2.6)."""

_END: Final = 2**62

Values = dict[str, Any]


@frozen
class Source(Generic[T]):
    """One archive among the tables: which rows are its own, and what they hold."""

    node: Node
    rows: str
    """The table, and the condition every row of the archive meets."""
    columns: str
    """What is read: an id first, and a position."""
    read: Callable[..., T]
    """The value a row holds."""

    @property
    def span(self) -> str:
        """How many positions a query spans, which is more than it matches: found without counting."""
        within = f"FROM {self.rows} AND position > :low AND position < :high ORDER BY position"
        return f"(SELECT position {within} DESC LIMIT 1) - (SELECT position {within} LIMIT 1)"

    @property
    def old_ids(self) -> str:
        """Likewise, of the ids that do not tell where they are."""
        return f"old_ids WHERE channel_id = :channel AND node = '{self.node}'"

    @property
    def place(self) -> str:
        """Where a message is; no other is before or after one that is not there."""
        return f"(SELECT position FROM {self.rows} AND position = :named AND id = :place)"


class Shelf(NamedTuple):
    """A channel's place in storage, and the key that ids tell places by."""

    channel: int
    key: bytes


def page(connection: Connection, source: Source[T], shelf: Shelf, window: ArchiveWindow, most: int) -> Page[T]:
    """A page of one channel's archive. Raises `NoSuchItem`, `UnsupportedRequest`."""
    channel = shelf.channel
    request = window.page
    if window.ends:
        return _ends(connection, source, channel, window)
    if request.index is not None:
        raise UnsupportedRequest()  # a number of a row is nothing storage could find it by (XEP-0059 §2.4)
    turns_pages = _only_turns_pages(window)
    places = {} if turns_pages else _places(connection, source, shelf, window)
    if window.nothing:
        return Page((), count=0)
    where, values = _filter(connection, source, channel, window, places)
    limit = most if request.limit is None else min(max(request.limit, 0), most)
    backwards = request.before is not None and not request.after
    values |= {
        "after": max(values["low"], places.get(request.after or "", 0)),
        "before": min(values["high"], places.get(request.before or "", _END)),
        "limit": limit + 1,
    }
    after, before = ":after", ":before"
    if turns_pages:
        place = request.after or request.before
        values |= {"place": place, "named": _named(connection, shelf, place)}
        after, before = (source.place, before) if request.after else (after, source.place)
    inside = where.replace(":low", after).replace(":high", before)
    order = "DESC" if backwards else "ASC"
    what = f"{source.span}, {source.columns}"
    query = f"SELECT {what} FROM {source.rows} AND {inside} ORDER BY position {order} LIMIT :limit"
    rows = connection.execute(_statement(query), _used(query, values)).all()
    if turns_pages and not rows:
        _places(connection, source, shelf, window)  # nothing beyond it, or no such message
    found = [source.read(*row) for _, *row in rows[:limit]]
    if backwards:
        found.reverse()
    count = index = None
    if not limit or window.ids or not rows or rows[0][0] < COUNTED:
        count, index = _number(connection, source, where, values, found[0].position if found else None)
    return Page(
        found,
        first=found[0].id if found else None,
        last=found[-1].id if found else None,
        index=index,
        count=count,
        complete=len(rows) <= limit,
    )


def message(connection: Connection, shelf: Shelf, id: str) -> Message | None:
    """One message, by its id."""
    query = f"SELECT {MESSAGES.columns} FROM {MESSAGES.rows} AND position = :named AND id = :id"
    values = {"channel": shelf.channel, "named": _named(connection, shelf, id), "id": id}
    row = connection.execute(_statement(query), values).one_or_none()
    return _message(*row) if row is not None else None


def recent(connection: Connection, channel: int, count: int) -> Sequence[Message]:
    """The newest messages that are no changes of subject, oldest first."""
    query = f"SELECT {MESSAGES.columns} FROM {MESSAGES.rows} AND NOT subject ORDER BY position DESC LIMIT :limit"
    rows = connection.execute(_statement(query), {"channel": channel, "limit": count}).all()
    return [_message(*row) for row in reversed(rows)]


def _ends(connection: Connection, source: Source[T], channel: int, window: ArchiveWindow) -> Page[T]:
    low = _before(connection, source, channel, window.since) if window.since is not None else 0
    found: list[T] = []
    for order in ("ASC", "DESC"):
        query = f"SELECT {source.columns} FROM {source.rows} AND position > :low ORDER BY position {order} LIMIT 1"
        rows = connection.execute(_statement(query), {"channel": channel, "low": low}).all()
        found += [source.read(*row) for row in rows]
    return Page(found[:1] if found and found[0].id == found[-1].id else found)


def _only_turns_pages(window: ArchiveWindow) -> bool:
    """Whether a query starts from one message it names, as all pages but the first do: one statement does for them."""
    request = window.page
    others = (window.before_id, window.after_id, *window.ids)
    times = (window.start, window.end, window.since)
    return not (any(others) or any(times) or window.nothing) and bool(request.after) is not bool(request.before)


def _places(connection: Connection, source: Source[T], shelf: Shelf, window: ArchiveWindow) -> Mapping[str, int]:
    """Where the messages are that a query names, all of which there have to be (XEP-0313 §4.1.3, §4.3.2)."""
    request = window.page
    ids = [id for id in {window.before_id, window.after_id, request.before, request.after, *window.ids} if id]
    if not ids:
        return {}
    claimed = _claimed(connection, shelf, ids)
    if len(claimed) < len(ids):
        raise NoSuchItem()
    query = f"SELECT position, id FROM {source.rows} AND position IN :positions AND at >= :since"
    since = from_time(window.since) if window.since is not None else 0
    values = {"channel": shelf.channel, "positions": list(claimed.values()), "since": since}
    rows = connection.execute(_statement(query), values).all()
    there = {row.position: row.id for row in rows}
    if any(there.get(position) != id for id, position in claimed.items()):
        raise NoSuchItem()
    return claimed


def _claimed(connection: Connection, shelf: Shelf, ids: Sequence[str]) -> dict[str, int]:
    """Where ids say that they are, which only the ids there tell for sure; of older ones that was written down."""
    said = {id: position_in(shelf.key, id) for id in ids}
    found = {id: position for id, position in said.items() if position is not None}
    if len(found) < len(ids):
        values = {"channel": shelf.channel, "ids": [id for id in ids if id not in found]}
        found |= {row.id: row.position for row in connection.execute(_OLD, values)}
    return found


def _named(connection: Connection, shelf: Shelf, id: str | None) -> int:
    """Where an id says that it is; where nothing is if it says nothing."""
    return _claimed(connection, shelf, [id]).get(id, _NOWHERE) if id else _NOWHERE


_OLD: Final = text("SELECT id, position FROM old_ids WHERE channel_id = :channel AND id IN :ids").bindparams(
    bindparam("ids", expanding=True)
)
_NOWHERE: Final = 0


def _filter(
    connection: Connection, source: Source[T], channel: int, window: ArchiveWindow, places: Mapping[str, int]
) -> tuple[str, Values]:
    """The condition of a query, and its values; times become positions, since both have the same order."""
    low = places[window.after_id] if window.after_id else 0
    high = places[window.before_id] if window.before_id else _END
    if beginnings := [at for at in (window.start, window.since) if at is not None]:
        low = max(low, _before(connection, source, channel, max(beginnings)))
    if window.end is not None:
        found = _at(connection, source, channel, "at <= :at ORDER BY at DESC, position DESC", from_time(window.end))
        high = min(high, found + 1 if found is not None else 0)
    where = "position > :low AND position < :high"
    values: Values = {"channel": channel, "low": low, "high": high}
    if window.sender is not None:
        where += " AND sender = :sender"
        values["sender"] = window.sender
    if window.nick is not None:
        where += " AND nick_key = :nick"
        values["nick"] = window.nick
    if window.ids:
        where += " AND position IN :positions"
        values["positions"] = [places[id] for id in window.ids]
    return where, values


def _before(connection: Connection, source: Source[T], channel: int, start: datetime) -> int:
    """The last position before a time."""
    found = _at(connection, source, channel, "at >= :at ORDER BY at, position", from_time(start))
    return found - 1 if found is not None else _END


def _at(connection: Connection, source: Source[T], channel: int, condition: str, at: int) -> int | None:
    query = f"SELECT position FROM {source.rows} AND {condition} LIMIT 1"
    found: int | None = connection.execute(_statement(query), {"channel": channel, "at": at}).scalar()
    return found


def _number(
    connection: Connection, source: Source[T], where: str, values: Values, first: int | None
) -> tuple[int | None, int | None]:
    """How many messages match, and how many before the page."""
    query = f"SELECT count(*), count(*) FILTER (WHERE position < :first) FROM {source.rows} AND {where}"
    parameters = _used(query, {**values, "first": first if first is not None else 0})
    row = connection.execute(_statement(query), parameters).one()
    return row[0], row[1] if first is not None else None


@lru_cache
def _statement(query: str) -> TextClause:
    """A statement, kept: there are few different ones, and SQLAlchemy need not read them each time."""
    lists: list[BindParameter[Any]] = [
        bindparam(name, expanding=True) for name in ("positions",) if f":{name}" in query
    ]
    return text(query).bindparams(*lists)


def _used(query: str, values: Values) -> Values:
    return {name: value for name, value in values.items() if f":{name}" in query}


def _message(
    id: str,
    position: int,
    at: int,
    sender: str,
    nick: str | None,
    nick_key: str | None,
    disclosed: bool,
    payload: str,
    client_id: str | None,
    lang: str | None,
    retraction: str | None,
    tombstone: str | None,
) -> Message:
    return Message(
        id,
        position,
        to_time(at),
        sender,
        to_nick(nick, nick_key),
        bool(disclosed),
        Payload.stored(payload),
        client_id,
        lang,
        retraction=to_retraction(retraction) if retraction is not None else None,
        tombstone=to_tombstone(tombstone) if tombstone is not None else None,
    )


def _item(id: str, position: int, node: str, at: int, fact: str) -> Item:
    of = Node(node)
    return Item(id, of, position, to_time(at), to_fact(of, fact))


MESSAGES: Final = Source(
    Node.MESSAGES,
    "archive WHERE channel_id = :channel",
    "id, position, at, sender, nick, nick_key, disclosed, payload, client_id, lang, retraction, tombstone",
    _message,
)


@lru_cache
def items_of(node: Node) -> Source[Item]:
    """The archive of a node other than messages."""
    rows = f"items WHERE channel_id = :channel AND node = '{node}'"
    return Source(node, rows, "id, position, node, at, fact", _item)
