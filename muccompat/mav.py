"""Affiliations by version: who has read them all is told what has changed since (XEP-0463).

That is for those who may read every list. What they know of the past comes from then: somebody who could not read the
lists at a version gets them all, never what changed since, and so does everybody after the room began or ceased to
hide addresses, since that changes who reads them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Final
from xml.etree.ElementTree import Element

from mix.core import ids
from mix.core.channel import Channel
from mix.core.moves import Move
from mix.core.rights import Standing, listed_standing
from muccompat.lists import LISTED, entries_of, least_reader, may_read
from muccompat.occupants import occupants, room_clients
from muccompat.standing import Affiliation, Role, affiliation_of
from muccompat.stanzas import JOIN, USER, item, user_x
from pubsubnodes.addresses import RealJid, Recipients
from pubsubnodes.errors import STANZAS
from pubsubnodes.stanza import Delivery, Fanout, Inbound, Stanza
from pubsubnodes.xml import CLIENT, element

SPEC = "XEP-0463 v0.2.0"

MAV: Final = "urn:xmpp:muc:affiliations:1"

MOST: Final = 100
"""Items in one message."""

_X: Final = f"{{{USER}}}x"


def may_read_all(channel: Channel, reader: RealJid) -> bool:
    """Whether somebody may read every list (XEP-0463 §5.2.3)."""
    return all(may_read(channel, reader, which) for which in LISTED)


# -- on entering


def is_asked(inbound: Inbound) -> bool:
    """Whether a newcomer asks for the lists."""
    return _asked(inbound) is not None


def catch_up(inbound: Inbound, channel: Channel) -> list[Stanza]:
    """What a newcomer has to be told before any presence: what changed since, all, or that it may not (§5.2.1)."""
    asked = _asked(inbound)
    if asked is None:
        return []
    if not may_read_all(channel, inbound.sender):
        error = element(CLIENT, "error", element(STANZAS, "forbidden"), by=channel.room.text, type="auth")
        return [Stanza("message", channel.room, "error", inbound.id, [error])]
    number = _number_of(channel, asked.get("since"))
    if number is None or not _could_read_all(channel, inbound.sender, number):
        return _in_parts(channel, None, [(jid, which) for which in LISTED for jid in entries_of(channel.lists, which)])
    changed = _changed(channel, number)
    return _in_parts(channel, asked.get("since"), changed) if changed else []


def current(inbound: Inbound, channel: Channel) -> Element | None:
    """The version there is, for the own presence of a newcomer who asked (§5.2.1)."""
    if not is_asked(inbound) or not may_read_all(channel, inbound.sender):
        return None
    return element(MAV, "mav", until=_version(channel, channel.moves.number))


def _asked(inbound: Inbound) -> Element | None:
    x = inbound.child(JOIN)
    return x.find(f"{{{MAV}}}mav") if x is not None else None


def _version(channel: Channel, number: int, part: int = 0) -> str:
    """The name of a version; that of a part of an answer is known to nobody later, so that it is no version."""
    return ids.list_version(channel.key, f"{number} {part}" if part else str(number))


def _number_of(channel: Channel, version: str | None) -> int | None:
    """Which version somebody knows, as far as it is still remembered."""
    return next((number for number in channel.moves.numbers if _version(channel, number) == version), None)


def _could_read_all(channel: Channel, reader: RealJid, number: int) -> bool:
    """Whether somebody could read all lists already at a version: by their own rank, as it was then (§6)."""
    now = listed_standing(channel.lists, reader.bare)
    return channel.moves.before(number).get(reader.bare, now) >= least_reader(channel)


def _changed(channel: Channel, number: int) -> list[tuple[RealJid, Affiliation]]:
    """Who has another affiliation than at a version: nothing is told of what came and went meanwhile."""
    found = []
    for jid, before in channel.moves.before(number).items():
        now = listed_standing(channel.lists, jid)
        if now is not before:
            found.append((jid, affiliation_of(now)))
    return found


def _in_parts(channel: Channel, since: str | None, people: Iterable[tuple[RealJid, Affiliation]]) -> list[Stanza]:
    """The answer, in as many messages as it takes, each from the version of the one before (§5.2.1)."""
    items = [element(USER, "item", affiliation=which, jid=channel.sight.listed_jid(jid).text) for jid, which in people]
    parts = [items[place : place + MOST] for place in range(0, len(items), MOST)] or [[]]
    number = channel.moves.number
    versions = [since, *(_version(channel, number, part) for part in range(1, len(parts))), _version(channel, number)]
    return [
        Stanza("message", channel.room, children=[element(USER, "x", element(MAV, "mav", since=s, until=u), *part)])
        for (s, u), part in zip(pairwise(versions), parts, strict=True)
    ]


# -- when somebody has another affiliation


def versioned(channel: Channel, shown: Sequence[Delivery], move: Move | None) -> list[Delivery]:
    """What is shown of somebody who has moved, with the versions before and after for those who may read all (§5.2.2).

    Who may read the list and is shown nothing gets a message. Clients that encrypt for all members have to know them,
    present or not (XEP-0045 §9.3, MUC-MEMB-22).
    """
    if move is None:
        return list(shown)
    reached = {client for one in shown if isinstance(one, Fanout) for client in one.to}
    concerned = affiliation_of(move.before if move.now is Standing.NONE else move.now)
    unaware = [client for client in _readers(channel, concerned) if client not in reached]
    told = list(shown)
    if unaware:
        about = item(affiliation_of(move.now), Role.NONE, jid=channel.sight.listed_jid(move.jid))
        told.append(Fanout(Stanza("message", channel.room, children=[user_x(about)]), Recipients(unaware)))
    all_readers = frozenset.intersection(*(_readers(channel, which) for which in LISTED))
    between = element(MAV, "mav", since=_version(channel, move.number - 1), until=_version(channel, move.number))
    return [part for one in told for part in _split(one, all_readers, between)]


def _readers(channel: Channel, which: Affiliation) -> frozenset[RealJid]:
    """The clients in the room whose owners may read a list; kept, since one wish may move a thousand people."""

    def found(channel: Channel) -> frozenset[RealJid]:
        readers = (one for one in occupants(channel) if may_read(channel, one.jid, which))
        return frozenset(client for one in readers for client in room_clients(one))

    return channel.derived((_readers, which), found)


def _split(told: Delivery, readers: frozenset[RealJid], between: Element) -> Iterator[Delivery]:
    if not isinstance(told, Fanout):
        yield told
        return
    knowing = [client for client in told.to if client in readers]
    others = [client for client in told.to if client not in readers]
    if others:
        yield Fanout(told.stanza, Recipients(others) if knowing else told.to)
    if knowing:
        one = told.stanza
        children = [_with(child, between) for child in one.element()]
        yield Fanout(Stanza(one.kind, one.sender, one.type, one.id, children, one.lang), Recipients(knowing))


def _with(child: Element, between: Element) -> Element:
    return element(USER, "x", *child, between) if child.tag == _X else child
