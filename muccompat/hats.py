"""Hats of a room: managed by ad-hoc commands, shown with the presence of those who wear them (XEP-0317).

A command takes one form and keeps nothing meanwhile: what a client sends is judged by itself, whenever it comes, and
also when it never asked for the form.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final
from xml.etree.ElementTree import Element

from mix.core import ids
from mix.core.channel import Channel
from mix.core.commands import Command, Look
from mix.core.disclosure import ReadPeople
from mix.core.hats import AssignHat, DestroyHat, Hat, HatAssigned, HatChanged, SetHat, hats_of, may_manage_hats
from mix.core.ports import Moment
from mix.core.refusals import MalformedAddressee, MalformedRequest, NoSuchChannel, NoSuchItem, NotAllowed
from mix.core.rights import Standing, standing
from muccompat import lists
from muccompat.occupants import announce
from muccompat.privileges import notice
from muccompat.questions import Question
from muccompat.standing import Affiliation
from muccompat.statuscodes import Status
from pubsubnodes.addresses import MalformedAddress, RealJid
from pubsubnodes.adhoc import COMMANDS, Call, MalformedCall, read_call, write_command, write_table
from pubsubnodes.disco import About, write_info, write_items
from pubsubnodes.errors import result
from pubsubnodes.forms import DATA, Field, write_form
from pubsubnodes.stanza import Delivery, Inbound, Stanza

SPEC: Final = "XEP-0317 v0.3.1"

FORM_TYPE: Final = "urn:xmpp:hats:commands"
WORN: Final = "hats"
"""The list of who wears which hat, in the audit."""
_TITLE, _URI, _HUE, _JID = "hats#title", "hats#uri", "hats#hue", "hats#jid"


class Deed(StrEnum):
    """What can be done about hats."""

    CREATE = "create"
    DESTROY = "destroy"
    LIST = "list"
    ASSIGN = "assign"
    UNASSIGN = "unassign"
    LIST_ASSIGNED = "list-assigned"

    @property
    def node(self) -> str:
        """The command's node."""
        return f"{FORM_TYPE}:{self.value}"


_NAMES: Final[Mapping[Deed, str]] = {
    Deed.CREATE: "Create or change a hat",
    Deed.DESTROY: "Destroy a hat",
    Deed.LIST: "List hats",
    Deed.ASSIGN: "Give somebody a hat",
    Deed.UNASSIGN: "Take a hat from somebody",
    Deed.LIST_ASSIGNED: "List who wears which hat",
}
_BY_NODE: Final = {deed.node: deed for deed in Deed}

# -- commands


def parse(inbound: Inbound, channel: Channel | None, asked: Element) -> Command:
    """A command, with or without its form (XEP-0317 §3.2-3.7)."""
    if channel is None:
        raise NoSuchChannel()
    call = _call(inbound, asked)
    deed = _BY_NODE.get(call.node)
    if deed is None:
        raise NoSuchItem()
    if not _may_run(channel, inbound.sender, deed):
        raise NotAllowed()
    if call.action == "prev":
        raise MalformedRequest()  # there is one stage (XEP-0050 §3.4)
    if deed is Deed.LIST_ASSIGNED and not _is_canceled(call):
        return ReadPeople(actor=inbound.sender, which=WORN)
    if _is_canceled(call) or call.form is None or deed is Deed.LIST:
        return Look(actor=inbound.sender, subject=Question.COMMAND)
    return _wish(inbound, deed, call)


def _call(inbound: Inbound, asked: Element) -> Call:
    try:
        call = read_call(asked)
    except MalformedCall as error:
        raise MalformedRequest() from error
    if inbound.type != "set" or (call.form is not None and call.form.form_type not in (None, FORM_TYPE)):
        raise MalformedRequest()
    return call


def _is_canceled(call: Call) -> bool:
    return call.action == "cancel" or (call.form is not None and call.form.type == "cancel")


def _may_run(channel: Channel, who: RealJid, deed: Deed) -> bool:
    match deed:
        case Deed.LIST:
            return standing(channel, who) >= Standing.ALLOWED
        case Deed.LIST_ASSIGNED:  # it tells who people are, as the list of members does
            return lists.may_read(channel, who, Affiliation.MEMBER)
        case _:
            return may_manage_hats(channel, who)


def _wish(inbound: Inbound, deed: Deed, call: Call) -> Command:
    uri, actor = _filled_in(call, _URI), inbound.sender
    if not uri:
        raise MalformedRequest()
    match deed:
        case Deed.CREATE:
            title = _filled_in(call, _TITLE)
            if not title:
                raise MalformedRequest()
            return SetHat(actor=actor, hat=Hat(uri, title, _filled_in(call, _HUE) or None, inbound.lang))
        case Deed.DESTROY:
            return DestroyHat(actor=actor, uri=uri)
        case _:
            try:
                wearer = RealJid.parse(_filled_in(call, _JID))
            except MalformedAddress as error:
                raise MalformedAddressee() from error
            return AssignHat(actor=actor, uri=uri, wearer=wearer, wears=deed is Deed.ASSIGN)


def _filled_in(call: Call, name: str) -> str:
    values = call.form.fields.get(name, ()) if call.form is not None else ()
    return values[0].strip() if len(values) == 1 else ""


# -- answers


def reply(inbound: Inbound, moment: Moment) -> Stanza:
    """A change is made."""
    call = _called(inbound)
    return result(inbound, write_command(call.node, call.session or moment.dice.request_id(), "completed"))


def answer(inbound: Inbound, channel: Channel, moment: Moment) -> Stanza:
    """The form to fill in, a list, or that nothing happens."""
    call = _called(inbound)
    session = call.session or moment.dice.request_id()
    if _is_canceled(call):
        return result(inbound, write_command(call.node, session, "canceled"))
    match _BY_NODE[call.node]:
        case Deed.LIST:
            return result(inbound, write_command(call.node, session, "completed", _all_hats(channel)))
        case Deed.LIST_ASSIGNED:
            return result(inbound, write_command(call.node, session, "completed", _all_worn(channel)))
        case deed:
            form = write_form("form", FORM_TYPE, _fields(channel, deed), title=_NAMES[deed])
            return result(inbound, write_command(call.node, session, "executing", form))


def _called(inbound: Inbound) -> Call:
    assert inbound.payload is not None
    return read_call(inbound.payload)


def _fields(channel: Channel, deed: Deed) -> list[Field]:
    if deed is Deed.CREATE:
        return [
            Field(_TITLE, "text-single", label="Title", is_required=True),
            Field(_URI, "text-single", label="URI, by which the hat is known", is_required=True),
            Field(_HUE, "text-single", label="Hue, from 0 to 360"),
        ]
    offered = [(hat.uri, hat.title) for hat in channel.hats.values()]
    who = Field(_JID, "jid-single", label="Address", is_required=True)
    which = Field(_URI, "list-single", label="Hat", options=offered, is_required=True)
    return [which] if deed is Deed.DESTROY else [who, which]


def _all_hats(channel: Channel) -> Element:
    columns = ((_TITLE, "Title"), (_URI, "URI"), (_HUE, "Hue"))
    return write_table(FORM_TYPE, columns, [(hat.title, hat.uri, hat.hue or "") for hat in channel.hats.values()])


def _all_worn(channel: Channel) -> Element:
    columns = ((_JID, "Address"), (_URI, "URI"), (_TITLE, "Title"), (_HUE, "Hue"))
    wearers = sorted((channel.sight.listed_jid(who).text, who) for who in channel.worn)
    rows = [(jid, hat.uri, hat.title, hat.hue or "") for jid, who in wearers for hat in hats_of(channel, who)]
    return write_table(FORM_TYPE, columns, rows)


# -- discovery


def hash_of(channel: Channel) -> list[Field]:
    """By what a client knows whether it has the list of hats (XEP-0317 §2); nothing where there are none.

    It is the channel's own: outsiders read it too, and shall not try out which hats there are.
    """
    if not channel.hats:
        return []
    known = "\n".join(sorted(f"{hat.uri} {hat.title} {hat.hue}" for hat in channel.hats.values()))
    return [Field("hats#hash", "text-single", [ids.list_version(channel.key, known)], "Hats hash")]


def is_node(node: str | None) -> bool:
    """Whether a node of discovery is that of commands, or of one of them (XEP-0050 §3.1)."""
    return node == COMMANDS or node in _BY_NODE


def items(inbound: Inbound, channel: Channel) -> Stanza:
    """The commands somebody may run (XEP-0050 §3.1)."""
    deeds = [deed for deed in Deed if _node(inbound) == COMMANDS and _may_run(channel, inbound.sender, deed)]
    return result(inbound, write_items((channel.room.text, deed.node, _NAMES[deed]) for deed in deeds))


def info(inbound: Inbound) -> Stanza:
    """What a command is (XEP-0050 §3.2)."""
    node = _node(inbound)
    deed = _BY_NODE.get(node)
    if deed is None:
        about = About((("automation", "command-list", "Commands"),), ())
    else:
        about = About((("automation", "command-node", _NAMES[deed]),), (COMMANDS, DATA))
    return result(inbound, write_info([about], node=node))


def _node(inbound: Inbound) -> str:
    assert inbound.payload is not None
    return inbound.payload.get("node", "")


# -- telling


def changed(event: HatChanged, channel: Channel) -> list[Delivery]:
    """There are other hats: everybody hears so, and sees again who wears one of them (XEP-0317 §3.2-3.3)."""
    return notice(channel, (Status.CONFIG_CHANGED,)) + [one for who in event.wearers for one in _shown(channel, who)]


def assigned(event: HatAssigned, channel: Channel) -> list[Delivery]:
    """Somebody wears another hat, or one less (XEP-0317 §3.5-3.6)."""
    return _shown(channel, event.wearer)


def _shown(channel: Channel, who: RealJid) -> list[Delivery]:
    someone = channel.participant_of(who)
    return [*announce(channel, someone)] if someone is not None and someone.is_present else []
