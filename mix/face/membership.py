"""Joining, leaving and choosing nodes on the wire (XEP-0369 §7.1.2-7.1.3)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any
from xml.etree.ElementTree import Element

from mix.core.addresses import ProxyJid
from mix.core.channel import Channel
from mix.core.commands import Command, Join, Leave, UpdateSubscription
from mix.core.config import Preferences
from mix.core.events import (
    ChannelDestroyed,
    Departure,
    ParticipantJoined,
    ParticipantLeft,
    StayChanged,
    Subscribed,
)
from mix.core.membership import granted
from mix.core.nodes import Node
from mix.core.ports import Outcome
from mix.core.refusals import MalformedRequest
from mix.core.visibility import Mode
from mix.face import invitations, nodes, preferences, presence, recipients
from mix.face.stanzas import ANON, JOINS, children_of, inside
from pubsubnodes.addresses import RealJid, Recipients
from pubsubnodes.errors import result
from pubsubnodes.forms import FORM, MalformedForm, read_form
from pubsubnodes.stanza import Delivery, Fanout, Inbound, Replay, Stanza
from pubsubnodes.xml import element, namespace_of, text_of

MOST_NODES = 100
"""Nodes one request may name; a channel has ten."""


def parse_join(inbound: Inbound, request: Element, channel: Channel) -> Command:
    """Become a participant: from a client, or from its server for it (XEP-0369 §7.1.2)."""
    form = _preference_form(request)
    wanted = None
    if form is not None:
        me = channel.participant_of(inbound.sender.bare)
        changes: dict[str, Any] = preferences.read(form)
        wanted = replace(me.preferences if me is not None and me.stays else Preferences(), **changes)
    return Join(
        actor=inbound.sender,
        nick=text_of(inside(request, "nick")) or None,
        nodes=_named(request, "subscribe"),
        preferences=wanted,
        claim=invitations.claimed(request),
    )


def parse_leave(inbound: Inbound, request: Element, channel: Channel | None) -> Command:
    """Stop being a participant; always granted, so that rosters can be cleaned up (MIX-DEC-020)."""
    return Leave(actor=inbound.sender)


def parse_update(inbound: Inbound, request: Element, channel: Channel) -> Command:
    """Subscribe to some nodes and unsubscribe from others (XEP-0369 §7.1.2)."""
    return UpdateSubscription(
        actor=inbound.sender, subscribe=_named(request, "subscribe"), unsubscribe=_named(request, "unsubscribe")
    )


def _named(request: Element, name: str) -> list[str]:
    """The nodes named, each once and in order. COMPAT: slixmpp nests the elements (MIX-DEC-014)."""
    found = list(dict.fromkeys(node for child in children_of(request, name) if (node := child.get("node"))))
    if len(found) > MOST_NODES:
        raise MalformedRequest()
    return found


def _preference_form(request: Element) -> Element | None:
    for form in request.findall(FORM):
        try:
            if read_form(form).form_type in (ANON, None):
                return form
        except MalformedForm as error:
            raise MalformedRequest() from error
    return None


def reply_join(inbound: Inbound, channel: Channel | None, outcome: Outcome) -> Iterable[Stanza]:
    """The id, the nick and the nodes there are now, and all preferences when some were given."""
    command, request = outcome.command, inbound.payload
    assert channel is not None
    assert isinstance(command, Join)
    assert request is not None
    me, namespace = channel.participant(inbound.sender), namespace_of(request)
    subscribed = granted(channel, command.nodes, channel.subscriptions.get(me.jid, frozenset()))
    joined = element(
        namespace,
        "join",
        element(namespace, "nick", text=me.nick.text) if me.nick is not None else None,
        *(element(namespace, "subscribe", node=node.value) for node in subscribed),
        preferences.write(me.preferences, "result") if command.preferences is not None else None,
        id=me.id,
        jid=ProxyJid(me.id, channel.jid).text,
    )
    return [result(inbound, joined)]


def reply_leave(inbound: Inbound, channel: Channel | None, outcome: Outcome) -> Iterable[Stanza]:
    """Always the same (MIX-DEC-019)."""
    request = inbound.payload
    assert request is not None
    return [result(inbound, element(namespace_of(request), "leave"))]


def reply_update(inbound: Inbound, channel: Channel | None, outcome: Outcome) -> Iterable[Stanza]:
    """The changes that are so now, and whom they are of (MIX-DEC-026)."""
    command, request = outcome.command, inbound.payload
    assert channel is not None
    assert isinstance(command, UpdateSubscription)
    assert request is not None
    namespace, bare = namespace_of(request), inbound.sender.bare
    has = channel.subscriptions.get(bare, frozenset())
    changed = element(
        namespace,
        "update-subscription",
        *(element(namespace, "subscribe", node=n.value) for n in granted(channel, command.subscribe, has)),
        *(
            element(namespace, "unsubscribe", node=n.value)
            for n in granted(channel, command.unsubscribe, frozenset(Node) - has)
        ),
        jid=channel.sight.own_jid(bare).text,
    )
    return [result(inbound, changed)]


def render_joined(event: ParticipantJoined, channel: Channel, cause: Inbound | None) -> Iterable[Delivery]:
    """A new item in the participants node and in the jidmap (XEP-0369 §7.1.2, XEP-0404 §2.5)."""
    yield from nodes.announce(channel, Node.PARTICIPANTS, [event.id])
    yield from nodes.announce(channel, Node.JIDMAP, [event.id])


def render_stay(event: StayChanged, channel: Channel, cause: Inbound | None) -> Iterable[Delivery]:
    """Somebody who is in the room joins or leaves the channel: they stay listed, perhaps otherwise than before."""
    yield from nodes.announce(channel, Node.PARTICIPANTS, [event.id])
    if channel.config.mode is Mode.MAYBE:
        yield from presence.shown_again(channel, channel.participants[event.id])


def render_subscribed(event: Subscribed, channel: Channel, cause: Inbound | None) -> Iterable[Delivery]:
    """What a new subscription brings at once: one's own item on joining, everybody's presence (XEP-0405 §2.9.3)."""
    me = channel.participant_of(event.jid)
    if me is not None and _is_join(cause, event.jid):
        # The item was announced before its owner could be subscribed.
        for node in (Node.PARTICIPANTS, Node.JIDMAP):
            if node in event.nodes:
                people = Recipients(recipients.addresses(channel, event.jid, node))
                shown = nodes.reading(channel, node, event.jid)
                yield from (Fanout(told, people) for told in nodes.published(channel, node, [me.id], shown))
    if Node.PRESENCE in event.nodes:
        everybody = presence.everybody(channel, recipients.audience_of(channel, event.jid))
        for address in recipients.addresses(channel, event.jid, Node.PRESENCE) if everybody else ():
            yield Replay(everybody, address)


def _is_join(cause: Inbound | None, who: RealJid) -> bool:
    if cause is None or cause.payload is None or cause.kind != "iq":
        return False
    return cause.payload.tag in JOINS and cause.sender.bare == who


def render_left(event: ParticipantLeft, channel: Channel, cause: Inbound | None) -> Iterable[Delivery]:
    """The items go, then the clients; whoever was removed is told the same of themselves (MIX-DEC-021, MIX-DEC-114).

    The end of the channel is told when it has come.
    """
    if event.reason is Departure.DESTROYED:
        return
    forced = event.reason not in (Departure.LEFT, Departure.VISIT_OVER, Departure.SHUTDOWN)
    own = Recipients(recipients.addresses_left(event.jid, event.sessions))
    for node in (Node.PARTICIPANTS, Node.JIDMAP):
        for stanza in nodes.retracted(channel, node, [event.id]):
            yield from nodes.told(channel, node, [stanza])
            if forced and node in event.subscribed:
                yield Fanout(stanza, own)
    for session in event.sessions:
        yield from presence.gone(channel, event.id, session, event.status)
        if forced and session.is_present and Node.PRESENCE in event.subscribed:
            yield Fanout(presence.unavailable(channel, event.id, session, None), own)


def render_destroyed(event: ChannelDestroyed, channel: Channel, cause: Inbound | None) -> Iterable[Delivery]:
    """Everybody's clients go, then every node, the participants last: then the channel is gone (MIX-DEC-077)."""
    sessions = {left.jid: left.sessions for left in event.left}

    def subscribed(node: Node) -> Iterator[RealJid]:
        for jid, subscribed_nodes in event.subscriptions:
            if node in subscribed_nodes:
                yield from recipients.addresses_left(jid, sessions.get(jid, ()))

    seeing = Recipients(subscribed(Node.PRESENCE))
    for left in event.left:
        for session in left.sessions:
            if session.is_present and len(seeing):
                yield Fanout(presence.unavailable(channel, left.id, session, None), seeing)
    for node in sorted(Node, key=lambda node: node is Node.PARTICIPANTS):
        people = Recipients(subscribed(node))
        if len(people):
            yield Fanout(nodes.deleted(channel, node), people)
