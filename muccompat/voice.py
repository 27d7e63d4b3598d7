"""Requests for voice: a form to the room, a form to its moderators, and a form back (XEP-0045 §7.13, §8.6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final
from xml.etree.ElementTree import Element

from mix.core.admissions import VoiceRequested
from mix.core.channel import Channel
from mix.core.commands import AskForVoice, Command, Ignore, NewGrant, SetRanks
from mix.core.refusals import MalformedRequest, NotAllowed
from mix.core.rights import Grant, is_moderator
from mix.core.visibility import Audience
from muccompat.occupants import occupants, room_clients
from muccompat.standing import Role
from muccompat.stanzas import MUC
from pubsubnodes.addresses import MalformedAddress, RealJid, Recipients
from pubsubnodes.forms import FORM, Field, MalformedForm, read_boolean, read_form, write_form
from pubsubnodes.stanza import Delivery, Fanout, Inbound, Stanza

FORM_TYPE: Final = f"{MUC}#request"
_ROLE, _JID, _NICK, _ALLOW = "muc#role", "muc#jid", "muc#roomnick", "muc#request_allow"


def is_form(inbound: Inbound) -> bool:
    """Whether a message holds a form, which is only for those in the room to fill in."""
    return inbound.child(FORM) is not None


def parse(inbound: Inbound, channel: Channel) -> Command | None:
    """A form of an occupant to the room; None when it is no form about voice."""
    form = inbound.child(FORM)
    if form is None or inbound.type not in ("", "normal"):
        return None
    try:
        submission = read_form(form)
    except MalformedForm as error:
        raise MalformedRequest() from error
    if submission.form_type != FORM_TYPE:
        return None
    if submission.type == "cancel":
        return Ignore(actor=inbound.sender)
    if submission.type != "submit" or submission.fields.get(_ROLE, [Role.PARTICIPANT]) != [Role.PARTICIPANT]:
        raise MalformedRequest()
    if _ALLOW not in submission.fields:
        return AskForVoice(actor=inbound.sender)
    return _approval(inbound, channel, submission.fields)


def _approval(inbound: Inbound, channel: Channel, fields: Mapping[str, Sequence[str]]) -> Command:
    """A moderator's word on a request; it is for the one it was about, whoever has the nick by now (MUC-VREQ-08)."""
    if not is_moderator(channel, channel.participant(inbound.sender)):
        raise NotAllowed()
    try:
        allowed = read_boolean(fields[_ALLOW])
        jids = [RealJid.parse(text).bare for text in fields.get(_JID, ())]
    except (ValueError, MalformedAddress) as error:
        raise MalformedRequest() from error
    someone = channel.participant_of(jids[0]) if jids else None
    nicks = list(fields.get(_NICK, ()))
    if not nicks and someone is not None and someone.nick is not None:
        nicks = [someone.nick.text]
    if len(jids) > 1 or len(nicks) > 1 or not (jids or nicks):
        raise MalformedRequest()
    if not allowed or not nicks:
        return Ignore(actor=inbound.sender)
    wish = NewGrant(nick=nicks[0], grant=Grant.VOICE, jid=jids[0] if jids else None)
    return SetRanks(actor=inbound.sender, changes=[wish])


def requested(event: VoiceRequested, channel: Channel) -> list[Delivery]:
    """The form for every moderator in the room, and for nobody else."""
    clients = [client for one in occupants(channel) if is_moderator(channel, one) for client in room_clients(one)]
    asked = Stanza("message", channel.room, children=[_form(channel, event.id)])
    return [Fanout(asked, Recipients(clients))] if clients else []


def _form(channel: Channel, id: str) -> Element:
    someone = channel.participants[id]
    client = someone.leading.jid if someone.leading is not None else None
    jid = channel.sight.real_jid(someone, audience=Audience.INSIDERS, client=client)
    nick = someone.nick.text if someone.nick is not None else someone.id
    fields = [
        Field(_ROLE, "list-single", [Role.PARTICIPANT], "Requested role", [(Role.PARTICIPANT, "Participant")]),
        Field(_JID, "jid-single", [jid.text] if jid is not None else [], "Who"),
        Field(_NICK, "text-single", [nick], "Nick in the room"),
        Field(_ALLOW, "boolean", ["false"], "Grant voice to this person?"),
    ]
    words = "To grant voice to this person, tick the box. To refuse it, leave this alone."
    return write_form("form", FORM_TYPE, fields, title="Request for voice", instructions=words)
