"""Taking messages back in a room: one's own (XEP-0424), and as a moderator (XEP-0425)."""

from __future__ import annotations

from typing import Final
from xml.etree.ElementTree import Element

from mix.core.channel import Channel, Message, Retraction, Tombstone
from mix.core.commands import Command, Retract
from mix.core.nicknames import Nick
from mix.core.payload import Payload
from mix.core.refusals import MalformedRequest, NoSuchChannel
from mix.core.rights import may_know_of
from muccompat.stanzas import occupant_id, occupant_jid
from pubsubnodes.mam import stamp
from pubsubnodes.retraction import MODERATE, RETRACT, MalformedRetraction, read_moderate, read_retract
from pubsubnodes.stanza import Inbound
from pubsubnodes.xml import element, serialise

_SPELLINGS: Final = (RETRACT, "urn:xmpp:mix:misc:0")


def parse(inbound: Inbound, channel: Channel, payload: Payload) -> Command | None:
    """The wish in a message to everybody, if it takes back another one."""
    try:
        id = read_retract(inbound.xml, *_SPELLINGS)
    except MalformedRetraction as error:
        raise MalformedRequest() from error
    if id is None:
        return None
    return Retract(
        actor=inbound.sender, id=id, payload=payload, client_id=inbound.id, lang=inbound.lang, from_room=True
    )


def parse_moderate(inbound: Inbound, channel: Channel | None, asked: Element) -> Command:
    """A moderator's request; owners and administrators need not be in the room for it (XEP-0425 §3)."""
    if channel is None or not may_know_of(channel, inbound.sender):
        raise NoSuchChannel()
    if inbound.type != "set":
        raise MalformedRequest()
    try:
        id, reason = read_moderate(asked)
    except MalformedRetraction as error:
        raise MalformedRequest() from error
    return Retract(actor=inbound.sender, id=id, from_room=True, as_moderator=True, reason=reason)


def is_notice(message: Message) -> bool:
    """Whether it is the room that says it: somebody's message was taken back for them (XEP-0425 §3.1)."""
    return message.retraction is not None and message.retraction.moderated


def content(message: Message, channel: Channel) -> Payload:
    """What stands in the place of a payload where a message takes back another, or was taken back itself."""
    if message.retraction is not None:
        return Payload.stored(serialise(_retract(message, message.retraction, channel)) + message.payload.wire)
    if message.tombstone is not None:
        return Payload.stored(serialise(_retracted(message.tombstone, channel)))
    return message.payload


def _retract(message: Message, retraction: Retraction, channel: Channel) -> Element:
    by = _moderated(channel, message.nick, message.sender) if retraction.moderated else None
    id = retraction.called or retraction.of  # COMPAT: other Converse.js know it by nothing else
    return element(RETRACT, "retract", by, _reason(retraction.reason), id=id)


def _retracted(tombstone: Tombstone, channel: Channel) -> Element:
    by = _moderated(channel, tombstone.nick, tombstone.by) if tombstone.moderated else None
    return element(RETRACT, "retracted", by, _reason(tombstone.reason), id=tombstone.said_in, stamp=stamp(tombstone.at))


def _moderated(channel: Channel, nick: Nick | None, id: str) -> Element:
    """By whom: an occupant JID, never a real one; of somebody who is not in the room it is not told (XEP-0425 §4)."""
    if nick is None:
        return element(MODERATE, "moderated")
    return element(MODERATE, "moderated", occupant_id(id), by=occupant_jid(channel.room, nick, id).text)


def _reason(text: str) -> Element | None:
    return element(RETRACT, "reason", text=text) if text else None
