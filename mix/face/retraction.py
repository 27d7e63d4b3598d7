"""Taking messages back on the wire: in MIX's own words to MIX clients, in everybody's from them (XEP-0407 §4)."""

from __future__ import annotations

from collections.abc import Iterable
from xml.etree.ElementTree import Element

from mix.core.addresses import ProxyJid
from mix.core.channel import Channel, Message
from mix.core.commands import Command, Retract
from mix.core.payload import Payload
from mix.core.ports import Outcome
from mix.core.refusals import MalformedRequest
from mix.core.visibility import Audience
from mix.face.stanzas import MISC
from pubsubnodes.errors import result
from pubsubnodes.mam import stamp
from pubsubnodes.retraction import RETRACT, MalformedRetraction, read_moderate, read_retract
from pubsubnodes.stanza import Inbound, Stanza
from pubsubnodes.xml import CLIENT, escape, namespace_of

_FALLBACK = "urn:xmpp:fallback:0"
_SPELLINGS = (MISC, RETRACT)
_TAGS = tuple(f"{{{namespace}}}retract" for namespace in _SPELLINGS)


def is_one(inbound: Inbound) -> bool:
    """Whether a message takes back another; also one that says so without type is for the channel (MIX-RET-16)."""
    return any(inbound.child(tag) is not None for tag in _TAGS)


def parse(inbound: Inbound, channel: Channel) -> Command:
    """A message that takes back another. MIX's own form has no body (XEP-0407 §4)."""
    try:
        id = read_retract(inbound.xml, *_SPELLINGS)
    except MalformedRetraction as error:
        raise MalformedRequest() from error
    if id is None or (inbound.child(f"{{{MISC}}}retract") is not None and inbound.child("body") is not None):
        raise MalformedRequest()
    return Retract(
        actor=inbound.sender,
        id=id,
        payload=Payload.from_user(inbound.xml, inbound.sender, channel.jid, channel.room),
        client_id=inbound.id,
        lang=inbound.lang,
        from_room=False,
    )


def parse_moderate(inbound: Inbound, request: Element, channel: Channel) -> Command | None:
    """A moderator's request (XEP-0425 §3); from a client in the room it is one to the room."""
    session = channel.session_of(inbound.sender)
    if session is not None and session.in_room:
        return None
    try:
        id, reason = read_moderate(request)
    except MalformedRetraction as error:
        raise MalformedRequest() from error
    return Retract(actor=inbound.sender, id=id, from_room=False, as_moderator=True, reason=reason)


def reply(inbound: Inbound, channel: Channel | None, outcome: Outcome) -> Iterable[Stanza]:
    """A result to who asked as a moderator; a message is answered by its reflection."""
    return [result(inbound)] if inbound.is_request else []


def content(channel: Channel, message: Message, audience: Audience) -> Payload:
    """What stands in the place of a payload where a message takes back another, or was taken back itself."""
    if message.retraction is not None:
        said = Payload([child for child in message.payload.elements if not _is_fallback(child)])
        return Payload.stored(f"<retract xmlns='{MISC}' id='{escape(message.retraction.of)}'/>{said.wire}")
    tombstone = message.tombstone
    if tombstone is None:
        return message.payload
    someone = channel.participants.get(tombstone.by)
    by = channel.sight.archived_jid(someone, disclosed_then=tombstone.disclosed, audience=audience)
    who = by or ProxyJid(tombstone.by, channel.jid)
    time = stamp(tombstone.at)
    return Payload.stored(f"<retracted xmlns='{MISC}' by='{escape(who.text)}' time='{time}'/>")


def _is_fallback(child: Element) -> bool:
    """Words for clients that cannot retract; in MIX's form there are none."""
    return child.tag == f"{{{CLIENT}}}body" or namespace_of(child) == _FALLBACK
