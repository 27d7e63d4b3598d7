"""The audit: every time an administrator learns whose JID is behind an id, it is written down, before they do."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, select

from mix.core.addresses import ChannelJid
from mix.shell.columns import from_time, to_channel_jid, to_time
from mix.shell.database import Database
from mix.shell.tables import AUDIT
from pubsubnodes.frozen import frozen


@frozen
class Lookup:
    """Somebody looked up who is behind an id."""

    at: datetime
    who: str
    """The administrator, in whatever words the system knows them by."""
    channel: ChannelJid
    participant: str
    """The id that was found, not the JID behind it."""
    how: str
    """By which way: the command line, a node, an ad hoc command."""


def note(connection: Connection, lookups: Sequence[Lookup]) -> None:
    """Write lookups down in the transaction that answers them."""
    if lookups:
        rows = [
            {"at": from_time(one.at), "who": one.who, "channel": one.channel.text, "participant": one.participant}
            | {"how": one.how}
            for one in lookups
        ]
        connection.execute(AUDIT.insert(), rows)


async def noted(database: Database, *, newest: int = 100) -> Sequence[Lookup]:
    """The newest lookups, newest first."""
    order = (AUDIT.c.at.desc(), AUDIT.c.id.desc())
    rows = await database.read(lambda c: c.execute(select(AUDIT).order_by(*order).limit(newest)).all())
    return [Lookup(to_time(r.at), r.who, to_channel_jid(r.channel), r.participant, r.how) for r in rows]
