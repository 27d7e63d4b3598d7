"""Which rooms have news for somebody (XEP-0437 §4): the few they have a place in, one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Final

from sqlalchemy import Connection, text

from mix.core.addresses import ChannelJid
from mix.core.ids import participant_id
from mix.shell.columns import domain_of, from_jid, to_channel_jid, to_config
from pubsubnodes.addresses import RealJid

MOST: Final = 500
"""Rooms that are named at once."""

# As `indicators.may_hear_of` has it; a password is somewhere in the configuration.
_ROOMS: Final = text(
    "SELECT c.id, c.jid, c.key, c.config, c.locked,"
    " max(CASE WHEN l.which = 'owners' THEN 2 WHEN l.which = 'admins' THEN 1 ELSE 0 END) AS place"
    " FROM lists l JOIN channels c ON c.id = l.channel_id"
    " WHERE l.jid = :who AND l.which IN ('owners', 'admins', 'allowed')"
    " AND (l.which <> 'allowed' OR NOT EXISTS ("
    "SELECT 1 FROM lists b WHERE b.channel_id = c.id AND b.which = 'banned' AND b.jid IN (:who, :domain)))"
    " GROUP BY c.id, c.jid, c.key, c.config, c.locked ORDER BY c.jid"
)
_NEWS: Final = text(
    "SELECT 1 FROM archive a WHERE a.channel_id = :channel AND NOT a.subject AND a.retraction IS NULL"
    " AND a.sender <> :me AND a.at > coalesce((SELECT CASE WHEN p.left_at IS NULL THEN :never ELSE p.left_at END"
    " FROM participants p WHERE p.channel_id = :channel AND p.id = :me), 0)"
    " AND a.at >= coalesce("
    "(SELECT min(d.since) FROM admissions d WHERE d.channel_id = :channel AND d.jid IN (:who, :domain)),"
    " (SELECT d.since FROM admissions d WHERE d.channel_id = :channel AND d.jid = ''), 0) LIMIT 1"
)
"""Nothing is news that may not be known (`past.since`)."""
_NEVER: Final = 2**62


def of(connection: Connection, who: RealJid) -> list[ChannelJid]:
    """Channels in which somebody else has said something since an account was there."""
    return list(islice(_channels(connection, who), MOST))


def _channels(connection: Connection, who: RealJid) -> Iterator[ChannelJid]:
    they = {"who": from_jid(who), "domain": domain_of(who)}
    rooms = connection.execute(_ROOMS, they).all()
    for id, jid, key, config, locked, place in rooms:
        needed = 2 if locked else 1 if to_config(config).password else 0
        this = {**they, "channel": id, "me": participant_id(bytes(key), who), "never": _NEVER}
        if place >= needed and connection.execute(_NEWS, this).first() is not None:
            yield to_channel_jid(jid)
