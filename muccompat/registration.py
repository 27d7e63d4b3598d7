"""Registering with a room: becoming a member, with a nick of one's own (XEP-0045 §7.10, XEP-0077)."""

from __future__ import annotations

from typing import Final
from xml.etree.ElementTree import Element

from mix.core.channel import Channel
from mix.core.commands import Command, Look, Register, Unregister
from mix.core.refusals import MalformedRequest, NoSuchChannel, RegistrationClosed
from mix.core.registration import may_register, registered_nick
from muccompat.questions import Question
from muccompat.stanzas import MUC
from pubsubnodes.addresses import RealJid
from pubsubnodes.forms import DATA, FORM, Field, MalformedForm, read_form, write_form
from pubsubnodes.stanza import Inbound
from pubsubnodes.xml import element

REGISTER: Final = "jabber:iq:register"
QUERY: Final = f"{{{REGISTER}}}query"
FORM_TYPE: Final = f"{MUC}#register"
_NICK: Final = "muc#register_roomnick"


def parse(inbound: Inbound, channel: Channel | None, query: Element) -> Command:
    """Ask for the form, fill it in, or give everything up."""
    if channel is None:
        raise NoSuchChannel()
    if not may_register(channel, inbound.sender.bare):
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
        case [nick] if nick.strip() and submission.type == "submit" and submission.form_type == FORM_TYPE:
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
