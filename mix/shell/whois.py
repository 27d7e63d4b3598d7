"""Who somebody in a channel is, for the administrator of the service: also those who have left (XEP-0404 §2.5)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final, Literal

from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

from mix.core.addresses import ChannelJid
from mix.core.ids import participant_id
from mix.core.nicknames import PROTOCOL_LIMIT, prepare
from mix.core.refusals import NickMalformed, NickUnacceptable
from mix.core.visibility import DisclosedJid, Sight
from mix.shell import audit, clock
from mix.shell.columns import to_channel_jid, to_jid, to_time
from mix.shell.database import Database
from mix.shell.problems import explain
from mix.shell.record import ONLOOKER
from pubsubnodes.addresses import MalformedAddress
from pubsubnodes.frozen import frozen

_CHANNELS: Final = text("SELECT id, jid, key FROM channels WHERE jid = :name OR substr(jid, 1, :length) = :begin")
_PEOPLE: Final = text(
    "SELECT id, jid, nick, stays, since, left_at, left_reason FROM participants"
    " WHERE channel_id = :channel AND (id = :id OR id = :who OR nick_key = :nick) ORDER BY left_at IS NOT NULL, since"
)


@frozen
class Person:
    """Somebody in a channel, or formerly so, with the JID that was looked up."""

    channel: ChannelJid
    id: str
    nick: str | None
    """The nick now, or the last one."""
    jid: DisclosedJid
    stays: bool
    """Whether by MIX; otherwise by a visit to the room."""
    joined: datetime
    left: datetime | None
    onlooks: bool = False
    """Whether they have shown presence only."""

    @property
    def state(self) -> Literal["participant", "visitor", "onlooker", "gone"]:
        """What they are now; an onlooker has shown presence and never was in (XEP-0406 §2.4)."""
        if self.onlooks:
            return "onlooker"
        if self.left is not None:
            return "gone"
        return "participant" if self.stays else "visitor"


async def whois(
    database: Database, channel: str, who: str, *, asked_by: str, how: str = "mixd whois"
) -> Sequence[Person]:
    """Find people by participant id, nick (the current or the last) or JID. Raises `StorageProblem`.

    `channel` is a name or an address. Every answer is in the audit table before anybody has it.
    """

    def answer(connection: Connection) -> Sequence[Person]:
        found = [
            person
            for row in connection.execute(_CHANNELS, _named(channel))
            for person in _people(connection, row.id, to_channel_jid(row.jid), bytes(row.key), who)
        ]
        now = clock.now()
        audit.note(connection, [audit.Lookup(now, asked_by, one.channel, one.id, how) for one in found])
        return found

    try:
        return await database.write(answer)
    except (SQLAlchemyError, OSError, TimeoutError) as error:
        if (problem := explain(error, database.url)) is not None:
            raise problem from None
        raise


def _named(channel: str) -> dict[str, object]:
    """A name stands for its channel on whatever domain the service has; an address for itself."""
    name = channel.strip().lower()
    begin = f"{name}@"  # nothing begins like this when it is an address
    return {"name": name, "begin": begin, "length": len(begin)}


def _people(connection: Connection, number: int, channel: ChannelJid, key: bytes, who: str) -> list[Person]:
    values = {"channel": number, "who": who.strip().lower(), "id": _id_of(key, who), "nick": _nick_key(who)}
    return [
        Person(
            channel,
            row.id,
            row.nick,
            Sight.listed_jid(to_jid(row.jid)),
            bool(row.stays),
            to_time(row.since),
            to_time(row.left_at) if row.left_at is not None and row.left_reason != ONLOOKER else None,
            row.left_reason == ONLOOKER,
        )
        for row in connection.execute(_PEOPLE, values)
    ]


def _id_of(key: bytes, who: str) -> str:
    """The id an account has in a channel: no list of accounts needs to be searched."""
    try:
        return participant_id(key, to_jid(who.strip()))
    except MalformedAddress:
        return ""


def _nick_key(who: str) -> str | None:
    try:
        return prepare(who, PROTOCOL_LIMIT).key
    except (NickMalformed, NickUnacceptable):
        return None
