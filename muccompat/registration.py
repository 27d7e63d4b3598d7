"""Registering with a room: becoming a member, with a nick of one's own (XEP-0045 §7.10, XEP-0077)."""

from __future__ import annotations

from typing import Final
from xml.etree.ElementTree import Element

from mix.core.admissions import RegistrationAsked
from mix.core.channel import Channel
from mix.core.commands import Command, Ignore, Look, NewStanding, Register, SetRanks, Unregister
from mix.core.ports import Rules
from mix.core.refusals import MalformedRequest, NoSuchChannel, NotAllowed, RegistrationClosed, UnsupportedRequest
from mix.core.registration import approvers, may_apply, may_register, registered_nick
from mix.core.rights import Standing, listed_standing, standing
from mix.core.visibility import Sight
from muccompat.occupants import room_clients
from muccompat.questions import Question
from muccompat.stanzas import MUC
from pubsubnodes.addresses import MalformedAddress, RealJid, Recipients
from pubsubnodes.forms import DATA, FORM, Field, MalformedForm, read_boolean, read_form, write_form
from pubsubnodes.stanza import Delivery, Fanout, Inbound, Stanza
from pubsubnodes.xml import element

REGISTER: Final = "jabber:iq:register"
QUERY: Final = f"{{{REGISTER}}}query"
FORM_TYPE: Final = f"{MUC}#register"
_NICK, _ALLOW, _JID = "muc#register_roomnick", "muc#register_allow", "muc#jid"


def parse(inbound: Inbound, channel: Channel | None, query: Element, rules: Rules) -> Command:
    """Ask for the form, fill it in, or give everything up."""
    if rules.registration == "off":
        raise UnsupportedRequest()
    if channel is None:
        raise NoSuchChannel()
    bare = inbound.sender.bare
    if not may_register(channel, bare) and not may_apply(channel, bare, rules):
        raise RegistrationClosed()
    if inbound.type == "get":
        return Look(actor=inbound.sender, subject=Question.REGISTRATION)
    if query.find(f"{{{REGISTER}}}remove") is not None:
        return Unregister(actor=inbound.sender)
    form = query.find(FORM)
    if form is None:
        raise MalformedRequest()
    return Register(actor=inbound.sender, nick=_nick(form))


def _nick(form: Element) -> str:
    """The wanted nick. Whatever else is filled in stays unread: nobody approves themselves (MUC-REG-32)."""
    try:
        submission = read_form(form)
    except MalformedForm as error:
        raise MalformedRequest() from error
    match submission.fields.get(_NICK):
        case [nick] if nick and submission.type == "submit" and submission.form_type == FORM_TYPE:
            return nick
        case _:
            raise MalformedRequest()


def write(channel: Channel, viewer: RealJid) -> Element:
    """What somebody is registered with, or the form to register by."""
    bare = viewer.bare
    nick = registered_nick(channel, bare)
    registered = element(REGISTER, "registered") if nick is not None or channel.is_listed(bare) else None
    if nick is not None:
        return element(REGISTER, "query", registered, element(REGISTER, "username", text=nick.text))
    title = f"Registration with {channel.info.name or channel.room.local}"
    form = write_form("form", FORM_TYPE, [Field(_NICK, "text-single", label="Nick to be kept for you")], title=title)
    for field in form.iter(f"{{{DATA}}}field"):
        if field.get("var") == _NICK:
            field.append(element(DATA, "required"))
    instructions = element(REGISTER, "instructions", text="Fill in the form to become a member of the room.")
    return element(REGISTER, "query", registered, instructions, form)


def asked(event: RegistrationAsked, channel: Channel) -> list[Delivery]:
    """A form for every administrator in the room, and for nobody else (XEP-0045 §9.9)."""
    clients = [client for one in approvers(channel) for client in room_clients(one)]
    fields = [
        Field(_JID, "jid-single", [Sight.own_jid(event.jid).text], "Who"),
        Field(_NICK, "text-single", [event.nick.text], "Nick to be kept for them"),
        Field(_ALLOW, "boolean", ["0"], "Let this person become a member?"),
    ]
    words = "To let this person become a member, tick the box. To refuse it, leave this alone."
    form = write_form("form", FORM_TYPE, fields, title="Request for membership", instructions=words)
    return [Fanout(Stanza("message", channel.room, children=[form]), Recipients(clients))] if clients else []


def parse_approval(inbound: Inbound, channel: Channel) -> Command | None:
    """An administrator's word on somebody who wants to be a member; None when it is a form about something else.

    It raises only those who have no rank: who was approved before stays as they are by now, and so do the banned.
    """
    form = inbound.child(FORM)
    if form is None or inbound.type not in ("", "normal"):
        return None
    try:
        submission = read_form(form)
        if submission.form_type != FORM_TYPE:
            return None
        allowed = submission.type == "submit" and read_boolean(submission.fields.get(_ALLOW, ["0"]))
        jids = [RealJid.parse(text).bare for text in submission.fields.get(_JID, ())]
    except (MalformedForm, ValueError, MalformedAddress) as error:
        raise MalformedRequest() from error
    if standing(channel, inbound.sender) < Standing.ADMIN:
        raise NotAllowed()
    nicks = list(submission.fields.get(_NICK, ()))
    if len(jids) != 1 or len(nicks) != 1:
        raise MalformedRequest()
    is_new = listed_standing(channel.lists, jids[0], channel.operators) is Standing.NONE
    if not allowed or not is_new or standing(channel, jids[0]) is Standing.BANNED:
        return Ignore(actor=inbound.sender)
    member = NewStanding(standing=Standing.ALLOWED, jid=jids[0], nick=nicks[0])
    return SetRanks(actor=inbound.sender, changes=[member])
