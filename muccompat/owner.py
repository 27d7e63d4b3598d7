"""What owners ask of a room: configure it, make it an instant one, destroy it (XEP-0045 §10)."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from mix.core.channel import Channel
from mix.core.commands import Command, DestroyChannel, Look
from mix.core.ports import Rules
from mix.core.refusals import MalformedAddressee, MalformedRequest, NoSuchChannel, NotAllowed, ValueUnacceptable
from mix.core.rights import Standing, standing
from muccompat import configform, conversion
from muccompat.questions import Question
from muccompat.stanzas import DESTROY, OWNER
from pubsubnodes.addresses import MalformedAddress, RealJid
from pubsubnodes.forms import FORM
from pubsubnodes.stanza import Inbound
from pubsubnodes.xml import text_of


def parse(inbound: Inbound, channel: Channel | None, query: Element, rules: Rules) -> Command:
    """A request in muc#owner, which is for owners alone."""
    if channel is None and inbound.type == "set":
        form = query.find(FORM)
        if form is not None and form.get("type") == "submit" and conversion.is_asked(form):
            return conversion.parse(inbound, form, rules)
    if channel is None:
        raise NoSuchChannel()
    if standing(channel, inbound.sender) is not Standing.OWNER:
        raise NotAllowed()
    if inbound.type == "get":
        return Look(actor=inbound.sender, subject=Question.CONFIGURATION)
    if len(query) != 1:
        raise MalformedRequest()
    wish = query[0]
    if wish.tag == DESTROY:
        return _destroy(inbound, channel, wish)
    if wish.tag != FORM:
        raise MalformedRequest()
    match wish.get("type"):
        case "submit":
            return configform.read(wish, inbound.sender, channel)
        case "cancel" if channel.locked:
            return DestroyChannel(actor=inbound.sender)
        case "cancel":
            return Look(actor=inbound.sender, subject=Question.DONE)
        case _:
            raise MalformedRequest()


def _destroy(inbound: Inbound, channel: Channel, wish: Element) -> DestroyChannel:
    venue = wish.get("jid", "")
    try:
        if venue and RealJid.parse(venue).bare == RealJid.parse(channel.room.text):
            raise ValueUnacceptable()
    except MalformedAddress as error:
        raise MalformedAddressee() from error
    return DestroyChannel(actor=inbound.sender, reason=text_of(wish.find(f"{{{OWNER}}}reason")), alternate=venue)
