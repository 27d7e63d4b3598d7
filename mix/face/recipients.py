"""Who gets what a node distributes, in which audience, at which addresses (XEP-0369 §7.1.6, XEP-0404 §2.3).

In a crowd these questions come for every presence of everybody, so the answers are kept: of each person until
anything about them changes, and of each node as long as the same people come out, however often they are asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from mix.core.channel import Channel, Participant, Session
from mix.core.nodes import Node
from mix.core.rights import is_insider
from mix.core.visibility import Audience
from pubsubnodes.addresses import RealJid, Recipients

_FOR_CLIENTS_OUTSIDE = frozenset({Node.MESSAGES, Node.PRESENCE})
"""What a client that is in the room gets there, in the room's words."""


class Reach(NamedTuple):
    """How an account is reached, and as which audience."""

    audience: Audience
    clients: tuple[RealJid, ...]
    outside_room: tuple[RealJid, ...]


def audience_of(channel: Channel, jid: RealJid) -> Audience:
    """Which rendering an account gets: insiders may know, strangers may know nobody (MIX-VIS, second table)."""
    if is_insider(channel, jid):
        return Audience.INSIDERS
    return Audience.PUBLIC if channel.participant_of(jid.bare) is not None else Audience.OUTSIDERS


def subscribers(channel: Channel, node: Node) -> Recipients:
    """Everybody subscribed to a node, for what all of them read alike."""
    return channel.derived(("mix.face.subscribers", node), lambda now: _everybody(now, node))


def audiences(channel: Channel, node: Node) -> Mapping[Audience, Recipients]:
    """Everybody subscribed to a node, by audience; audiences without anybody are left out."""
    return channel.derived(("mix.face.audiences", node), lambda now: _split(now, node))


def copies(channel: Channel) -> Mapping[tuple[Audience, bool], Recipients]:
    """Everybody subscribed to messages, by audience, and by whether they are reached at the account itself."""
    return channel.derived("mix.face.copies", _copies)


def addresses(channel: Channel, jid: RealJid, node: Node) -> tuple[RealJid, ...]:
    """Where an account gets what a node distributes: its known MIX clients, else the account itself.

    Servers bounce or swallow channel traffic to a bare JID unless they know MIX-PAM, and deliver to any full JID.
    """
    reach = _reach(channel, jid)
    return reach.outside_room if node in _FOR_CLIENTS_OUTSIDE else reach.clients


def addresses_left(jid: RealJid, sessions: tuple[Session, ...]) -> list[RealJid]:
    """Where somebody who has just left is reached, for the last time."""
    known = [session for session in sessions if session.in_channel and not session.in_room]
    if any(session.jid == jid for session in known) and not any(session.is_present for session in known):
        return [jid]  # as in `Participant.is_reached_by_server`
    return [session.jid for session in known if session.jid != jid] or [jid]


def _reach(channel: Channel, jid: RealJid) -> Reach:
    someone = channel.participant_of(jid)
    if someone is None:
        return Reach(audience_of(channel, jid), (jid,), (jid,))
    found = someone.memo.get(Reach)
    if found is None:
        found = someone.memo[Reach] = _reach_of(channel, someone)
    return found  # type: ignore[return-value]  # keyed by its type


def _reach_of(channel: Channel, someone: Participant) -> Reach:
    known = [session for session in someone.sessions.values() if session.in_channel and not session.jid.is_bare]
    outside = tuple(session.jid for session in known if not session.in_room)
    if someone.is_reached_by_server or not known:
        outside = (someone.jid,)
    return Reach(audience_of(channel, someone.jid), tuple(someone.clients()), outside)


def _split(channel: Channel, node: Node) -> Mapping[Audience, Recipients]:
    found: dict[Audience, list[RealJid]] = {audience: [] for audience in Audience}
    outside = node in _FOR_CLIENTS_OUTSIDE
    for jid, nodes in channel.subscriptions.items():
        if node in nodes:
            reach = _reach(channel, jid)
            found[reach.audience].extend(reach.outside_room if outside else reach.clients)
    return {audience: _kept(channel, node, audience, people) for audience, people in found.items() if people}


def _copies(channel: Channel) -> Mapping[tuple[Audience, bool], Recipients]:
    found: dict[tuple[Audience, bool], Recipients] = {}
    for audience, people in audiences(channel, Node.MESSAGES).items():
        accounts = [jid for jid in people if jid.is_bare]
        if len(accounts) in (0, len(people)):
            found[audience, bool(accounts)] = people
            continue
        for at_account in (False, True):
            some = [jid for jid in people if jid.is_bare is at_account]
            found[audience, at_account] = _kept(channel, Node.MESSAGES, (audience, at_account), some)
    return found


def _everybody(channel: Channel, node: Node) -> Recipients:
    split = tuple(audiences(channel, node).values())
    if len(split) == 1:
        return split[0]
    return _kept(channel, node, None, [jid for people in split for jid in people.people])


_Part = Audience | tuple[Audience, bool] | None


def _kept(channel: Channel, node: Node, part: _Part, people: list[RealJid]) -> Recipients:
    """The same recipients as before when they are the same people, since the postman keeps how he writes them."""
    key = (_kept, node, part)
    last = channel.kept.get(key)
    if not isinstance(last, Recipients) or last.people != tuple(people):
        last = channel.kept[key] = Recipients(people)
    return last
