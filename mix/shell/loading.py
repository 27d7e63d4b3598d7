"""Reading a channel as it was last committed, with everything but its archives."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import Connection, TextClause, text

from mix.core.addresses import ChannelJid
from mix.core.channel import LAPSED, Admissions, Channel, Participant, Subject
from mix.core.config import Lists
from mix.core.hats import Hat
from mix.core.items import ARCHIVED
from mix.core.moves import Move, Moves
from mix.core.nodes import Node, node_named
from mix.core.payload import Payload
from mix.core.rights import Grant, Standing
from mix.shell.columns import (
    SESSION_COLUMNS,
    to_avatar,
    to_config,
    to_info,
    to_invitation,
    to_jid,
    to_nick,
    to_preferences,
    to_session,
    to_time,
)
from mix.shell.record import LISTS
from pubsubnodes.addresses import RealJid

_CHANNEL: Final = text(
    "SELECT id, key, created, adhoc, locked, config, config_at, config_by, info, info_at,"
    " subject, subject_sender, subject_nick, subject_nick_key, subject_at, avatar, moves FROM channels WHERE jid = :jid"
)
_PARTICIPANTS: Final = text(
    'SELECT id, jid, nick, nick_key, stays, since, preferences, "grant" FROM participants'
    " WHERE channel_id = :channel AND left_at IS NULL"
)
_LISTS: Final = text("SELECT which, jid FROM lists WHERE channel_id = :channel")
_ADMISSIONS: Final = text("SELECT jid, since FROM admissions WHERE channel_id = :channel")
_RESERVED: Final = text("SELECT jid, nick, nick_key FROM reserved_nicks WHERE channel_id = :channel")
_INVITATIONS: Final = text(
    "SELECT id, invitee, inviter, at FROM invitations WHERE channel_id = :channel ORDER BY at, id"
)
_MOVES: Final = text("SELECT number, jid, before, now FROM moves WHERE channel_id = :channel ORDER BY number")
_HATS: Final = text("SELECT uri, title, hue, lang FROM hats WHERE channel_id = :channel ORDER BY uri")
_WORN: Final = text("SELECT jid, uri FROM worn_hats WHERE channel_id = :channel")
_LAPSED: Final = text(
    'SELECT id, "grant", left_at FROM (SELECT id, "grant", left_at FROM participants'
    ' WHERE channel_id = :channel AND left_at IS NOT NULL AND "grant" IS NOT NULL'
    f" ORDER BY left_at DESC LIMIT {LAPSED}) AS latest ORDER BY left_at"
)
_LAST_LEFT: Final = text("SELECT max(left_at) FROM participants WHERE channel_id = :channel")
_ONLOOKERS: Final = text(
    "SELECT id, jid, nick, nick_key, stays, since, preferences, NULL FROM participants"
    " WHERE channel_id = :channel AND left_at IS NOT NULL"
    " AND id IN (SELECT participant FROM sessions WHERE channel_id = :channel)"
)
"""Who is not in, and has clients all the same: only they have."""
_SESSIONS: Final = text(f"SELECT participant, {SESSION_COLUMNS} FROM sessions WHERE channel_id = :channel")
_NEWEST: Final = text("SELECT position, at FROM archive WHERE channel_id = :channel ORDER BY position DESC LIMIT 1")
_NEWEST_ITEM: Final = text(
    "SELECT max(position) FROM ("
    + " UNION ALL ".join(
        f"SELECT max(position) AS position FROM items WHERE channel_id = :channel AND node = '{node}'"
        for node in sorted(ARCHIVED)
    )
    + ") AS newest"
)


def load(connection: Connection, jid: ChannelJid, operators: frozenset[RealJid]) -> tuple[int, Channel] | None:
    """A channel and the number of its row."""
    row = connection.execute(_CHANNEL, {"jid": jid.text}).one_or_none()
    if row is None:
        return None
    this = {"channel": row.id}
    channel = Channel(
        jid,
        bytes(row.key),
        config=to_config(row.config),
        info=to_info(row.info),
        lists=_lists(connection.execute(_LISTS, this).all()),
        created=to_time(row.created),
        adhoc=bool(row.adhoc),
        locked=bool(row.locked),
        operators=operators,
    )
    channel.config_at, channel.info_at = to_time(row.config_at), to_time(row.info_at)
    channel.config_by = to_jid(row.config_by) if row.config_by is not None else None
    if row.subject is not None:
        nick = to_nick(row.subject_nick, row.subject_nick_key)
        payload = Payload.stored(row.subject)
        channel.subject = Subject(payload, row.subject_sender, nick, to_time(row.subject_at))
    channel.avatar = to_avatar(row.avatar)
    channel.moves = Moves(row.moves or 0, map(_move, connection.execute(_MOVES, this).all()))
    for person in connection.execute(_PARTICIPANTS, this).all():
        channel.admit(_participant(*person))
    if not channel.participants and (last := connection.execute(_LAST_LEFT, this).scalar()) is not None:
        channel.deserted = to_time(last)
    for person in connection.execute(_ONLOOKERS, this).all():
        onlooker = _participant(*person)
        channel.onlookers[onlooker.id] = onlooker
    for id, *columns in connection.execute(_SESSIONS, this).all():
        session = to_session(*columns)
        someone = channel.participants.get(id) or channel.onlookers[id]
        someone.sessions[session.jid] = session
    for who, names in connection.execute(_subscriptions(connection.dialect.name), this).all():
        channel.subscriptions[to_jid(who)] = _nodes(names)
    for who, nick, key in connection.execute(_RESERVED, this).all():
        channel.keep_nick(to_jid(who), to_nick(nick, key))
    for id, *columns in connection.execute(_INVITATIONS, this).all():
        channel.invitations[id] = to_invitation(id, *columns)
    for uri, title, hue, lang in connection.execute(_HATS, this).all():
        channel.hats[uri] = Hat(uri, title, hue, lang)
    for who, uri in connection.execute(_WORN, this).all() if channel.hats else ():
        wearer = to_jid(who)
        channel.worn[wearer] = channel.worn.get(wearer, frozenset()) | {uri}
    for id, grant, left in connection.execute(_LAPSED, this).all():
        channel.lapsed[id] = (Grant(grant), to_time(left))
    channel.admissions = _admissions(connection.execute(_ADMISSIONS, this).all())
    channel.latest = max([channel.latest, *channel.admissions.times])
    newest = connection.execute(_NEWEST, this).one_or_none()
    if newest is not None:
        channel.next_position = newest.position + 1
        channel.latest = max(channel.latest, to_time(newest.at))
    channel.next_item = 1 + (connection.execute(_NEWEST_ITEM, this).scalar() or 0)
    return row.id, channel


def _lists(rows: Iterable[Any]) -> Lists:
    people: dict[str, set[RealJid]] = {which: set() for which in LISTS}
    for which, jid in rows:
        people[which].add(to_jid(jid))
    return Lists(**{which: frozenset(jids) for which, jids in people.items()})


def _admissions(rows: Iterable[Any]) -> Admissions:
    since = {jid: to_time(at) for jid, at in rows}
    others = since.pop("", None)
    return Admissions({to_jid(jid): at for jid, at in since.items()}, others)


def _move(row: Any) -> Move:
    return Move(row.number, to_jid(row.jid), Standing(row.before), Standing(row.now))


def _participant(
    id: str,
    jid: str,
    nick: str | None,
    nick_key: str | None,
    stays: bool,
    since: int,
    preferences: str,
    grant: str | None,
) -> Participant:
    someone = Participant(
        id, to_jid(jid), to_nick(nick, nick_key), to_time(since), bool(stays), to_preferences(preferences)
    )
    someone.grant = Grant(grant) if grant is not None else None
    return someone


@lru_cache
def _subscriptions(dialect: str) -> TextClause:
    joined = "string_agg(node, ' ' ORDER BY node)" if dialect == "postgresql" else "group_concat(node, ' ')"
    return text(f"SELECT jid, {joined} FROM subscriptions WHERE channel_id = :channel GROUP BY jid")


@lru_cache(maxsize=1024)
def _nodes(names: str) -> frozenset[Node]:
    """The nodes somebody is subscribed to. Most people of a channel have the same, and share the value."""
    return frozenset(node for name in names.split() if (node := node_named(name)) is not None)
