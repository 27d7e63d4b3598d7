"""Statements that make stored rows what they shall be: few for many events, the same for both databases."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import Connection, Dialect, Executable, Table, bindparam, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from mix.core.moves import REMEMBERED
from mix.core.refusals import StorageFailed
from mix.shell.columns import MessageRow, from_jid
from mix.shell.record import Columns, Prospect, ServiceProspect
from mix.shell.tables import (
    ADMISSIONS,
    ARCHIVE,
    AUDIT,
    BARRED,
    CHANNELS,
    HATS,
    INVITATIONS,
    ITEMS,
    LISTS,
    MOVES,
    PARTICIPANTS,
    REGISTERED_NICKS,
    RESERVED_NICKS,
    SESSIONS,
    SUBSCRIPTIONS,
    TOMBSTONES,
    WATCHING,
    WORN_HATS,
)
from pubsubnodes.addresses import RealJid

Known = dict[str, int]
"""Number of a channel's row by its address."""

_ADD_CHANNEL = CHANNELS.insert().returning(CHANNELS.c.id)
_ADD_ITEMS = ITEMS.insert()
_ADD_LOOKUPS = AUDIT.insert()
_ADD_MOVES = MOVES.insert()
_FORGET_MOVES = delete(MOVES).where(
    MOVES.c.channel_id == bindparam("k_channel"), MOVES.c.number <= bindparam("k_number")
)
_FIND = select(CHANNELS.c.jid, CHANNELS.c.id).where(CHANNELS.c.jid.in_(bindparam("jids", expanding=True)))


def write(
    connection: Connection,
    prospects: Sequence[Prospect],
    known: Mapping[str, int],
    service: ServiceProspect | None = None,
) -> Known:
    """Run all statements in the transaction there is; the numbers of the channels concerned that are there after it."""
    ended = [{"k_jid": prospect.jid} for prospect in prospects if prospect.ends]
    if ended:
        connection.execute(_deleting(CHANNELS, ("jid",)), ended)
    living = [prospect for prospect in prospects if prospect.is_new or not prospect.ends]
    numbers = _channels(connection, living, known)
    _participants(connection, living, numbers)
    _lists(connection, living, numbers)
    _moves(connection, living, numbers)
    _admissions(connection, living, numbers)
    _reserved_nicks(connection, living, numbers)
    _invitations(connection, living, numbers)
    _hats(connection, living, numbers)
    _subscriptions(connection, living, numbers)
    _sessions(connection, living, numbers)
    messages = [(numbers[p.jid], *row) for p in living for row in p.messages]
    if messages:
        # As the driver takes it: for SQLAlchemy to look at each value costs as much as to store it.
        connection.exec_driver_sql(_archiving(connection.dialect), messages)
    items = [{"channel_id": numbers[p.jid], **row} for p in living for row in p.items]
    if items:
        connection.execute(_ADD_ITEMS, items)
    lookups = [row for p in prospects for row in p.lookups]
    if lookups:
        connection.execute(_ADD_LOOKUPS, lookups)
    rewritten = [
        ({"channel_id": numbers[p.jid], "position": position}, columns)
        for p in living
        for position, columns in p.rewritten.items()
    ]
    _update(connection, ARCHIVE, rewritten)
    if service is not None:
        _nicks(connection, list(service.nicks.values()))
        _set(connection, WATCHING, service.watching)
        _set(connection, BARRED, service.barred)
        _settle(connection, TOMBSTONES, [({"name": name}, columns) for name, columns in service.tombstones.items()])
        if service.lookups:
            connection.execute(_ADD_LOOKUPS, service.lookups)
    return numbers


def _nicks(connection: Connection, rows: Sequence[Columns]) -> None:
    """Have each account own the nick it registered. All old ones go first, since people may swap theirs."""
    _delete(connection, REGISTERED_NICKS, [{"jid": row["jid"]} for row in rows])
    _put(connection, REGISTERED_NICKS, rows)


def _set(connection: Connection, table: Table, jids: Mapping[str, bool]) -> None:
    """Have addresses in a table that has nothing else, or not."""
    _delete(connection, table, [{"jid": jid} for jid, is_on in jids.items() if not is_on])
    _put(connection, table, [{"jid": jid} for jid, is_on in jids.items() if is_on])


def _channels(connection: Connection, living: Sequence[Prospect], known: Mapping[str, int]) -> Known:
    numbers = {p.jid: known[p.jid] for p in living if not p.is_new and p.jid in known}
    unknown = [p.jid for p in living if not p.is_new and p.jid not in known]
    if unknown:
        numbers.update((jid, number) for jid, number in connection.execute(_FIND, {"jids": unknown}))
    for prospect in living:
        if prospect.is_new:
            numbers[prospect.jid] = connection.execute(_ADD_CHANNEL, prospect.channel).scalar_one()
        elif prospect.jid not in numbers:
            raise StorageFailed()
    _update(connection, CHANNELS, [({"id": numbers[p.jid]}, p.channel) for p in living if p.channel and not p.is_new])
    return numbers


def _participants(connection: Connection, living: Sequence[Prospect], numbers: Known) -> None:
    rows = [
        ({"channel_id": numbers[p.jid], "id": id}, columns) for p in living for id, columns in p.participants.items()
    ]
    _put(connection, PARTICIPANTS, [{**key, **columns} for key, columns in rows if "jid" in columns])
    _update(connection, PARTICIPANTS, [row for row in rows if "jid" not in row[1]])


def _lists(connection: Connection, living: Sequence[Prospect], numbers: Known) -> None:
    rows = [
        ({"channel_id": numbers[p.jid], "which": which, "jid": from_jid(jid)}, is_on)
        for p in living
        for (which, jid), is_on in p.listed.items()
    ]
    _delete(connection, LISTS, [key for key, is_on in rows if not is_on])
    _put(connection, LISTS, [key for key, is_on in rows if is_on])


def _moves(connection: Connection, living: Sequence[Prospect], numbers: Known) -> None:
    _delete(connection, MOVES, [{"channel_id": numbers[p.jid]} for p in living if p.forgotten])
    rows = [{"channel_id": numbers[p.jid], **move} for p in living for move in p.moves]
    if rows:
        connection.execute(_ADD_MOVES, rows)
        newest = {row["channel_id"]: row["number"] for row in rows}
        old = [{"k_channel": channel, "k_number": number - REMEMBERED} for channel, number in newest.items()]
        connection.execute(_FORGET_MOVES, old)


def _admissions(connection: Connection, living: Sequence[Prospect], numbers: Known) -> None:
    rows = [
        ({"channel_id": numbers[p.jid], "jid": from_jid(jid) if jid is not None else ""}, columns)
        for p in living
        for jid, columns in p.admitted.items()
    ]
    _settle(connection, ADMISSIONS, rows)


def _reserved_nicks(connection: Connection, living: Sequence[Prospect], numbers: Known) -> None:
    rows = [
        ({"channel_id": numbers[p.jid], "jid": from_jid(jid)}, columns)
        for p in living
        for jid, columns in p.reserved.items()
    ]
    _settle(connection, RESERVED_NICKS, rows)


def _invitations(connection: Connection, living: Sequence[Prospect], numbers: Known) -> None:
    rows = [
        ({"channel_id": numbers[p.jid], "id": id}, columns) for p in living for id, columns in p.invitations.items()
    ]
    _settle(connection, INVITATIONS, rows)


def _hats(connection: Connection, living: Sequence[Prospect], numbers: Known) -> None:
    rows = [({"channel_id": numbers[p.jid], "uri": uri}, columns) for p in living for uri, columns in p.hats.items()]
    _settle(connection, HATS, rows)
    worn: list[tuple[Columns, Columns | None]] = [
        ({"channel_id": numbers[p.jid], "uri": uri, "jid": from_jid(jid)}, {} if wears else None)
        for p in living
        for (uri, jid), wears in p.worn.items()
    ]
    _settle(connection, WORN_HATS, worn)


def _settle(connection: Connection, table: Table, rows: Sequence[tuple[Columns, Columns | None]]) -> None:
    """Have each row as it shall be, or not at all."""
    _delete(connection, table, [key for key, columns in rows if columns is None])
    _put(connection, table, [{**key, **columns} for key, columns in rows if columns is not None])


def _subscriptions(connection: Connection, living: Sequence[Prospect], numbers: Known) -> None:
    def key(prospect: Prospect, jid: RealJid) -> Columns:
        return {"channel_id": numbers[prospect.jid], "jid": from_jid(jid)}

    _delete(connection, SUBSCRIPTIONS, [key(p, jid) for p in living for jid in p.unsubscribed])
    rows = [({**key(p, jid), "node": node.value}, is_on) for p in living for (jid, node), is_on in p.subscribed.items()]
    _delete(connection, SUBSCRIPTIONS, [row for row, is_on in rows if not is_on])
    _put(connection, SUBSCRIPTIONS, [row for row, is_on in rows if is_on])


def _sessions(connection: Connection, living: Sequence[Prospect], numbers: Known) -> None:
    def key(prospect: Prospect, id: str) -> Columns:
        return {"channel_id": numbers[prospect.jid], "participant": id}

    _delete(connection, SESSIONS, [key(p, id) for p in living for id in p.emptied])
    rows = [
        ({**key(p, id), "jid": from_jid(jid)}, columns) for p in living for (id, jid), columns in p.sessions.items()
    ]
    _settle(connection, SESSIONS, rows)


def _put(connection: Connection, table: Table, rows: Sequence[Columns]) -> None:
    """Insert rows, or make those that are there the same."""
    if rows:
        connection.execute(_putting(table, connection.dialect.name), rows)


def _delete(connection: Connection, table: Table, keys: Sequence[Columns]) -> None:
    """Delete by key, or by the beginning of a key."""
    if keys:
        connection.execute(_deleting(table, tuple(keys[0])), [{f"k_{name}": v for name, v in k.items()} for k in keys])


def _update(connection: Connection, table: Table, rows: Iterable[tuple[Columns, Columns]]) -> None:
    """Change some columns, with a statement for each set of columns."""
    shapes: dict[tuple[tuple[str, ...], tuple[str, ...]], list[Columns]] = {}
    for key, columns in rows:
        values = {f"k_{name}": value for name, value in key.items()} | columns
        shapes.setdefault((tuple(key), tuple(sorted(columns))), []).append(values)
    for (keys, names), parameters in shapes.items():
        connection.execute(_updating(table, keys, names), parameters)


@lru_cache
def _archiving(dialect: Dialect) -> str:
    """How messages are added, in the words of a driver."""
    compiled = ARCHIVE.insert().compile(dialect=dialect)
    assert compiled.positiontup == ["channel_id", *MessageRow._fields]
    return str(compiled)


@lru_cache
def _putting(table: Table, dialect: str) -> Executable:
    # One type for both: they differ in name only.
    make = cast("Any", postgresql.insert if dialect == "postgresql" else sqlite.insert)
    statement = make(table)
    keys = [column.name for column in table.primary_key]
    others = {column.name: statement.excluded[column.name] for column in table.columns if column.name not in keys}
    if not others:
        return cast("Executable", statement.on_conflict_do_nothing(index_elements=keys))
    return cast("Executable", statement.on_conflict_do_update(index_elements=keys, set_=others))


@lru_cache
def _deleting(table: Table, keys: tuple[str, ...]) -> Executable:
    return delete(table).where(*(table.c[key] == bindparam(f"k_{key}") for key in keys))


@lru_cache
def _updating(table: Table, keys: tuple[str, ...], names: tuple[str, ...]) -> Executable:
    matching = (table.c[key] == bindparam(f"k_{key}") for key in keys)
    return update(table).where(*matching).values({name: bindparam(name) for name in names})
