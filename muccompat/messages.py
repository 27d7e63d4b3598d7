"""Messages to everybody in the room (XEP-0045 §7.4), with stable ids (XEP-0359) and senders (XEP-0421)."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from mix.core.channel import Channel, Message
from mix.core.commands import Command, Ignore, PostMessage
from mix.core.payload import Payload
from mix.core.refusals import (
    MalformedRequest,
    NoSuchChannel,
    NotAParticipant,
    UnsupportedRequest,
)
from mix.core.visibility import Audience
from muccompat import invites, private, registration, retraction, subject, voice
from muccompat.leave import is_fatal
from muccompat.occupants import everybody, is_in_room
from muccompat.standing import standing_of
from muccompat.stanzas import OCCUPANT_ID, STANZA_ID, USER, occupant_jid
from pubsubnodes.stanza import Delivery, Fanout, Inbound, Stanza
from pubsubnodes.xml import element, escape


def parse(inbound: Inbound, channel: Channel | None, *, alone: bool) -> Command | None:
    """A message to the room; None when it is a MIX client's."""
    if (invitation := invites.parse(inbound, channel)) is not None:
        return invitation
    in_room = is_in_room(channel, inbound.sender)
    if not in_room:
        return _of_stranger(inbound, channel, alone=alone)
    assert channel is not None
    ignored = Ignore(actor=inbound.sender)
    match inbound.type, bool(inbound.target.resource):
        case "groupchat", False:
            said = subject.parse(inbound)
            payload = Payload.from_user(said, inbound.sender, channel.jid, channel.room)
            return retraction.parse(inbound, channel, payload) or PostMessage(
                actor=inbound.sender, payload=payload, client_id=inbound.id, lang=inbound.lang, from_room=True
            )
        case "headline", _:
            return ignored
        case _, True:
            return private.parse(inbound, channel)
        case _:
            wish = voice.parse(inbound, channel) or registration.parse_approval(inbound, channel)
            if wish is not None:
                return wish
            if inbound.child("body") is not None:
                raise MalformedRequest()  # to the room one speaks by groupchat (XEP-0045 §17.2)
            if inbound.child(f"{{{USER}}}x") is not None:
                raise UnsupportedRequest()
            return ignored


def _of_stranger(inbound: Inbound, channel: Channel | None, *, alone: bool) -> Command | None:
    """Somebody who is not in the room cannot speak there, nor learn from trying who is (MUC-LEAK-07)."""
    resource = bool(inbound.target.resource)
    me = channel.participant_of(inbound.sender.bare) if channel is not None else None
    if me is not None and me.stays and not resource and not alone:
        return None
    if inbound.type == "headline":
        return Ignore(actor=inbound.sender)
    if channel is None:
        raise NoSuchChannel()
    if inbound.type == "groupchat" or resource or voice.is_form(inbound):
        raise NotAParticipant()
    if inbound.child("body") is not None:
        raise MalformedRequest()
    return Ignore(actor=inbound.sender)


def is_bounce(inbound: Inbound, channel: Channel | None) -> bool:
    """Whether an error says that a client in the room is gone (XEP-0045 §18.1.2)."""
    return is_in_room(channel, inbound.sender) and is_fatal(inbound)


def is_for_mix_only(message: Message) -> bool:
    """A lone subject from a MIX client is just a message there, and a change of subject to whoever is in the room."""
    return message.payload.is_subject and message.retraction is None


def posted(message: Message, channel: Channel) -> list[Delivery]:
    """The same copy for every client in the room, the sender's own included (XEP-0045 §7.4)."""
    people = everybody(channel)
    return [Fanout(reflected(message, channel), people)] if len(people) else []


def reflected(message: Message, channel: Channel) -> Stanza:
    """A message as the room says it, now or later: who said it, under the nick of then, and under which id."""
    by_room = retraction.is_notice(message)
    return Stanza(
        "message",
        channel.room if by_room else occupant_jid(channel.room, message.nick, message.sender),
        "groupchat",
        message.id if by_room else message.client_id or message.id,
        (retraction.content(message, channel), _marks(message, channel)),
        message.lang,
    )


def _marks(message: Message, channel: Channel) -> Payload:
    """Occupant-id, and the archive's id where there is one (XEP-0421 §3.2, XEP-0359 §3), as text right away."""
    wire = ""
    if not retraction.is_notice(message):
        wire = f"<occupant-id xmlns='{OCCUPANT_ID}' id='{escape(message.sender)}'/>"
    if message.archived:
        wire += f"<stanza-id xmlns='{STANZA_ID}' by='{escape(channel.room.text)}' id='{escape(message.id)}'/>"
    return Payload.stored(wire)


def author(message: Message, channel: Channel, audience: Audience) -> Element | None:
    """Whose address it was: for those who may know, and others who are in if it was shown then and is now (XEP-0313
    §6.1.2, MIX-DEC-096)."""
    someone = channel.participants.get(message.sender)
    if someone is not None and audience is Audience.INSIDERS:
        jid = channel.sight.real_jid(someone, audience=audience)
    else:
        jid = channel.sight.archived_jid(someone, disclosed_then=message.disclosed, audience=audience)
    if someone is None or jid is None or retraction.is_notice(message):
        return None
    affiliation, role = standing_of(channel, someone)
    known = element(USER, "item", affiliation=affiliation, role=role, jid=jid.text)
    return element(USER, "x", known)
