"""Plain pubsub on a channel's nodes: reading, subscribing, unsubscribing (XEP-0060 §6)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from mix.core.channel import Channel
from mix.core.commands import ReadNode, Subscribe, Unsubscribe
from mix.core.disclosure import LookedUp
from mix.core.events import Event, Subscribed, Unsubscribed
from mix.core.membership import shut
from mix.core.nodes import Node
from mix.core.ports import Moment
from mix.core.presence import noticed
from mix.core.refusals import Banned, ChannelFull, NodeClosed, NodeReadOnly, NoSuchNode, NotSubscribed, Refusal
from mix.core.rights import Standing, exists, may_know_of, may_read, may_subscribe, standing
from pubsubnodes.addresses import RealJid


def read(channel: Channel, cmd: ReadNode, moment: Moment) -> Sequence[Event]:
    """Let somebody fetch a node's items; presence is never fetched (XEP-0403 §3.5)."""
    if not exists(channel, cmd.node):
        raise NoSuchNode()
    if not may_read(channel, cmd.actor, cmd.node):
        raise _closed(channel, cmd.actor)
    if cmd.node is Node.PRESENCE:
        raise NodeReadOnly(cmd.node)
    me = channel.participant_of(cmd.actor.bare)
    seen = noticed(me, cmd.actor, moment) if me is not None and me.stays else []
    if cmd.node is Node.JIDMAP:
        return [*seen, LookedUp(cmd.actor.bare, tuple(cmd.ids), moment.now, Node.JIDMAP.value)]
    return seen


STRANGERS: Final = 1_000
"""Accounts that may be subscribed to open nodes without being in, besides as many as are in: each costs a copy."""


def subscribe(channel: Channel, cmd: Subscribe, moment: Moment) -> list[Event]:
    """Subscribe an account to one node; subscribing twice changes nothing (XEP-0060 §6.1)."""
    if not exists(channel, cmd.node):
        raise NoSuchNode()
    if not may_subscribe(channel, cmd.actor, cmd.node):
        raise _closed(channel, cmd.actor)
    bare = cmd.actor.bare
    if cmd.node in channel.subscriptions.get(bare, frozenset()):
        return []
    is_new = bare not in channel.subscriptions and channel.participant_of(bare) is None
    if is_new and len(channel.subscriptions) >= len(channel.participants) + STRANGERS:
        raise ChannelFull()
    return [Subscribed(bare, frozenset({cmd.node}))]


def unsubscribe(channel: Channel, cmd: Unsubscribe, moment: Moment) -> list[Event]:
    """End one subscription of an account (XEP-0060 §6.2)."""
    bare = cmd.actor.bare
    if cmd.node not in channel.subscriptions.get(bare, frozenset()):
        raise NotSubscribed()
    return [Unsubscribed(bare, frozenset({cmd.node}))]


def _closed(channel: Channel, who: RealJid) -> Refusal:
    """Why somebody may not: banned, not let in, or of too low a rank."""
    match standing(channel, who):
        case Standing.BANNED:
            return Banned()
        case Standing.NONE if may_know_of(channel, who):
            return shut(channel)
        case _:
            return NodeClosed()
