"""Who gets what a node distributes, in which audience, at which addresses (XEP-0369 §7.1.6, XEP-0404 §2.3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mix.core.channel import Channel, Participant, Session
from mix.core.nodes import Node
from mix.core.rights import is_insider
from mix.core.visibility import Audience
from pubsubnodes.addresses import RealJid, Recipients

_FOR_CLIENTS_OUTSIDE = frozenset({Node.MESSAGES, Node.PRESENCE})
"""What a client that is in the room gets there, in the room's words."""


def audience_of(channel: Channel, jid: RealJid) -> Audience:
    """Which rendering an account gets: insiders may know, strangers may know nobody (MIX-VIS, second table)."""
    if is_insider(channel, jid):
        return Audience.INSIDERS
    return Audience.PUBLIC if channel.participant_of(jid.bare) is not None else Audience.OUTSIDERS


def subscribers(channel: Channel, node: Node) -> Recipients:
    """Everybody subscribed to a node, for what all of them read alike."""
    return channel.derived(("mix.face.subscribers", node), lambda now: Recipients(_addresses_on(now, node)))


def audiences(channel: Channel, node: Node) -> Mapping[Audience, Recipients]:
    """Everybody subscribed to a node, by audience; audiences without anybody are left out."""
    return channel.derived(("mix.face.audiences", node), lambda now: _split(now, node))


def addresses(channel: Channel, jid: RealJid, node: Node) -> list[RealJid]:
    """Where an account gets what a node distributes: its known MIX clients, else the account itself.

    Servers bounce or swallow channel traffic to a bare JID unless they know MIX-PAM, and deliver to any full JID.
    This is also the place to see which copies go to a user's server rather than to a client.
    """
    someone = channel.participant_of(jid)
    return _clients(someone, node) if someone is not None else [jid]


def addresses_left(jid: RealJid, sessions: tuple[Session, ...]) -> list[RealJid]:
    """Where somebody who has just left is reached, for the last time."""
    return [session.jid for session in sessions if session.in_channel and not session.in_room] or [jid]


def _clients(someone: Participant, node: Node) -> list[RealJid]:
    if node not in _FOR_CLIENTS_OUTSIDE:
        return list(someone.clients())
    known = [session for session in someone.sessions.values() if session.in_channel]
    return [session.jid for session in known if not session.in_room] if known else [someone.jid]


def _addresses_on(channel: Channel, node: Node) -> Iterator[RealJid]:
    for jid, nodes in channel.subscriptions.items():
        if node in nodes:
            yield from addresses(channel, jid, node)


def _split(channel: Channel, node: Node) -> Mapping[Audience, Recipients]:
    found: dict[Audience, list[RealJid]] = {}
    for jid, nodes in channel.subscriptions.items():
        if node in nodes:
            found.setdefault(audience_of(channel, jid), []).extend(addresses(channel, jid, node))
    return {audience: Recipients(people) for audience, people in found.items() if people}
