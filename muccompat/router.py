"""Which stanzas are the room's, and which wish each of them is (XEP-0045 §17, XEP-0408 §2)."""

from __future__ import annotations

from typing import Final
from xml.etree.ElementTree import Element

from mix.core.channel import Channel
from mix.core.commands import Command, GoOffline, Ignore, Look
from mix.core.nodes import node_named
from mix.core.ports import Rules
from mix.core.refusals import (
    MalformedRequest,
    NameUnacceptable,
    NoSuchChannel,
    NoSuchItem,
    NoSuchNode,
    NotAParticipant,
    SwitchedOff,
    UnsupportedRequest,
)
from mix.core.rights import is_secret_from, may_know_of
from muccompat import (
    admin,
    archive,
    availability,
    disco,
    enter,
    hats,
    invites,
    leave,
    messages,
    nick,
    owner,
    pages,
    private,
    registration,
    relay,
    retraction,
    selfping,
    service,
    vcard,
)
from muccompat.occupants import is_in_room, occupant_called
from muccompat.questions import Question
from muccompat.stanzas import ADMIN, JOIN, OWNER_QUERY
from pubsubnodes import adhoc, mam
from pubsubnodes.addresses import RealJid
from pubsubnodes.disco import INFO, ITEMS
from pubsubnodes.retraction import REQUEST
from pubsubnodes.stanza import Inbound
from pubsubnodes.xml import namespace_of

_INFO: Final = f"{{{INFO}}}query"
_ITEMS: Final = f"{{{ITEMS}}}query"
_ADMIN: Final = f"{{{ADMIN}}}query"
_OF_THE_ROOM: Final = frozenset({_ADMIN, OWNER_QUERY, registration.QUERY})
"""Requests that go to the room and to nobody in it (MUC-IQ-18)."""

_OF_MIX: Final = ("urn:xmpp:mix:", "http://jabber.org/protocol/pubsub")
"""Namespaces in which MIX may have an answer even where there is no channel (any more)."""


def parse(inbound: Inbound, channel: Channel | None, rules: Rules, *, alone: bool) -> Command | None:
    """The wish in a stanza; None when it is none of the room's business. `alone`: no other face is at this address."""
    if availability.is_entering(inbound) and _names_no_room(inbound):
        raise NameUnacceptable()
    if inbound.target.is_service:
        return service.parse(inbound, rules, alone=alone)
    if "#" in inbound.target.local:
        return None  # an encoded participant, which only MIX has (XEP-0403 §3.2)
    if channel is not None and is_secret_from(channel, inbound.sender):
        channel = None  # whatever is said or asked, it seems not to be there
    match inbound.kind:
        case "presence":
            return _presence(inbound, channel)
        case "message" if inbound.type == "error":
            return _returned(inbound, channel)
        case "message":
            return messages.parse(inbound, channel, alone=alone)
        case _:
            return _iq(inbound, channel, rules, alone=alone)


def _names_no_room(inbound: Inbound) -> bool:
    """Whether there can be no room at an address: the service's own, or an encoded participant's (XEP-0403 §3.2)."""
    return inbound.target.is_service or "#" in inbound.target.local


def _is_of_mix(channel: Channel | None, sender: RealJid) -> bool:
    """Whether a client that is not in the room belongs to a MIX participant."""
    someone = channel.participant_of(sender.bare) if channel is not None else None
    return someone is not None and someone.stays


def _presence(inbound: Inbound, channel: Channel | None) -> Command | None:
    to_nick = bool(inbound.target.resource)
    in_room = is_in_room(channel, inbound.sender)
    if not in_room and not to_nick and inbound.child(JOIN) is None and _is_of_mix(channel, inbound.sender):
        return None
    ignored = Ignore(actor=inbound.sender)
    match inbound.type:
        case "":
            return _available(inbound, channel, in_room=in_room)
        case "unavailable":
            known = channel is not None and channel.session_of(inbound.sender) is not None
            return leave.parse(inbound, channel) if channel is not None and known else ignored
        case "error":
            return _bounce(inbound, channel) or ignored
        case "probe" if in_room and to_nick:
            return Look(actor=inbound.sender, subject=Question.PROBE)
        case "subscribe":
            return Look(actor=inbound.sender, subject=Question.UNSUBSCRIBED)
        case _:
            return ignored


def _available(inbound: Inbound, channel: Channel | None, *, in_room: bool) -> Command:
    if inbound.child(JOIN) is not None:
        return enter.parse(inbound, channel)
    if channel is not None and in_room:
        if nick.is_change(inbound, channel):
            return nick.parse(inbound, channel)
        return availability.parse(inbound, channel)
    if inbound.target.resource and not inbound.sender.is_bare:
        return Look(actor=inbound.sender, subject=Question.NOT_HERE)
    return Ignore(actor=inbound.sender)


def _bounce(inbound: Inbound, channel: Channel | None) -> Command | None:
    if (returned := invites.parse_return(inbound, channel)) is not None:
        return returned
    if messages.is_bounce(inbound, channel):
        return GoOffline(actor=inbound.sender, lost=True)
    if is_in_room(channel, inbound.sender) or inbound.target.resource:
        return Ignore(actor=inbound.sender)
    return None


def _returned(inbound: Inbound, channel: Channel | None) -> Command | None:
    """A message that came back: it says that a client is gone, or is news for whoever wrote it (MUC-PM-18)."""
    bounce = _bounce(inbound, channel)
    if channel is None or not isinstance(bounce, Ignore) or not is_in_room(channel, inbound.sender):
        return bounce
    return private.parse_bounce(inbound, channel) or bounce


def _iq(inbound: Inbound, channel: Channel | None, rules: Rules, *, alone: bool) -> Command | None:
    if not inbound.is_request:
        return relay.parse_answer(inbound) if inbound.target.resource else None
    asked = inbound.payload
    if inbound.target.resource:
        return _to_occupant(inbound, channel, asked)
    if asked is None:
        return None
    return _to_room(inbound, channel, asked, rules, alone=alone)


def _to_occupant(inbound: Inbound, channel: Channel | None, asked: Element | None) -> Command:
    """Requests to `room/nick`. Outsiders get one answer, whoever is there (XEP-0410 §5, MUC-DISC-21)."""
    if asked is None or asked.tag in _OF_THE_ROOM:
        raise MalformedRequest()
    if channel is None or not is_in_room(channel, inbound.sender):
        raise MalformedRequest() if asked.tag in (_INFO, _ITEMS) else NotAParticipant()
    found = occupant_called(channel, inbound.target.resource)
    if found is None:
        raise NoSuchItem()
    if asked.tag == selfping.PING and inbound.type == "get" and found is channel.participant_of(inbound.sender.bare):
        return selfping.parse(inbound)
    return relay.parse(inbound, asked, found)


def _to_room(inbound: Inbound, channel: Channel | None, asked: Element, rules: Rules, *, alone: bool) -> Command | None:
    in_room = is_in_room(channel, inbound.sender)
    match asked.tag:
        case tag if tag == OWNER_QUERY:
            return owner.parse(inbound, channel, asked, rules)
        case tag if tag == _ADMIN:
            return admin.parse(inbound, channel, asked)
        case tag if tag == registration.QUERY:
            return registration.parse(inbound, channel, asked, rules)
        case tag if tag in (_INFO, _ITEMS) and inbound.type == "get":
            return _discovery(inbound, channel, asked, rules, alone=alone)
        case mam.QUERY | mam.METADATA:
            mine = asked.get("node") is None and (in_room or alone or not _is_of_mix(channel, inbound.sender))
            return archive.parse(inbound, channel, asked) if mine else None
        case tag if tag == REQUEST:
            return retraction.parse_moderate(inbound, channel, asked)
        case selfping.PING if in_room and channel is not None:
            return selfping.parse(inbound)
        case adhoc.COMMAND:
            return hats.parse(inbound, channel, asked)
        case vcard.REQUEST:
            return vcard.parse(inbound, channel, asked)
        case _ if channel is None and (alone or not namespace_of(asked).startswith(_OF_MIX)):
            raise NoSuchChannel()
        case _:
            return None


def _discovery(
    inbound: Inbound, channel: Channel | None, asked: Element, rules: Rules, *, alone: bool
) -> Command | None:
    """Discovery without a node is about the room; what MIX has to say stands in the same answer (XEP-0408 §2)."""
    node = asked.get("node")
    if not alone and (node == disco.MIX_NODE or node_named(node) is not None):
        return None
    if channel is None or not may_know_of(channel, inbound.sender):
        raise NoSuchChannel()
    if hats.is_node(node):
        wanted = Question.COMMANDS if asked.tag == _ITEMS else Question.COMMAND_INFO
        return Look(actor=inbound.sender, subject=wanted)
    if asked.tag == _ITEMS and node is None:
        pages.asked(asked)
        return Look(actor=inbound.sender, subject=Question.ITEMS)
    match node:
        case None:
            return Look(actor=inbound.sender, subject=Question.INFO)
        case disco.RESERVED_NICK if asked.tag == _INFO:
            if rules.registration == "off":
                raise SwitchedOff()
            return Look(actor=inbound.sender, subject=Question.RESERVED_NICK)
        case disco.TRAFFIC if asked.tag == _INFO:
            raise UnsupportedRequest()  # nothing is filtered (XEP-0045 §18.1.1)
        case _:
            raise NoSuchNode()
