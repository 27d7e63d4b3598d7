"""Nicks on the wire (XEP-0369 §7.1.4)."""

from __future__ import annotations

from collections.abc import Iterable
from xml.etree.ElementTree import Element

from mix.core.channel import Channel
from mix.core.commands import Command, SetNick
from mix.core.events import NickChanged
from mix.core.nodes import Node
from mix.core.ports import Outcome
from mix.face import nodes, presence
from mix.face.stanzas import inside
from pubsubnodes.errors import result
from pubsubnodes.stanza import Delivery, Inbound, Stanza
from pubsubnodes.xml import element, namespace_of, text_of


def parse(inbound: Inbound, request: Element, channel: Channel) -> Command:
    """Take a nick; without one, or with an empty one, have one given (XEP-0369 §7.1.4)."""
    return SetNick(actor=inbound.sender, nick=text_of(inside(request, "nick")) or None)


def reply(inbound: Inbound, channel: Channel | None, outcome: Outcome) -> Iterable[Stanza]:
    """The nick there is now, which may not be quite the one that was asked for."""
    request = inbound.payload
    assert channel is not None
    assert request is not None
    namespace, nick = namespace_of(request), channel.participant(inbound.sender).nick
    shown = element(namespace, "nick", text=nick.text) if nick is not None else None
    return [result(inbound, element(namespace, "setnick", shown))]


def render(event: NickChanged, channel: Channel, cause: Inbound | None) -> Iterable[Delivery]:
    """The participant's item anew, then the presence of their clients; nobody leaves or joins (XEP-0403 §2)."""
    yield from nodes.announce(channel, Node.PARTICIPANTS, [event.id])
    yield from presence.shown_again(channel, channel.participants[event.id])
