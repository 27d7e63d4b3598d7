"""Refusals in the room's conditions: one table (XEP-0045 §7.2, §10, §17)."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import Final
from urllib.parse import quote
from xml.etree.ElementTree import Element

from mix.core import refusals
from mix.core.refusals import Refusal
from muccompat.stanzas import ADMIN, JOIN, MUC, OWNER_QUERY
from pubsubnodes.addresses import VisibleAddress
from pubsubnodes.errors import BAD_REQUEST, SERVICE_UNAVAILABLE, STANZAS, StanzaError, refusal
from pubsubnodes.stanza import Inbound, Stanza
from pubsubnodes.xml import CLIENT, element

ROWS: Final[Mapping[type[Refusal], StanzaError]] = {
    refusals.NoSuchChannel: StanzaError("cancel", "item-not-found", "There is no such room."),
    refusals.ChannelExists: StanzaError("cancel", "conflict", "There is a room of that name already."),
    refusals.CreationNotAllowed: StanzaError("cancel", "not-allowed", "You may not create rooms here."),
    refusals.TooManyChannels: StanzaError(
        "wait", "resource-constraint", "You have made as many rooms as you may. Destroy one first."
    ),
    refusals.TooManyNicks: StanzaError(
        "wait", "resource-constraint", "You have registered with as many rooms as you may. Leave one first."
    ),
    refusals.NameUnacceptable: StanzaError("modify", "jid-malformed", "No room can have that name."),
    refusals.Banned: StanzaError("auth", "forbidden", "You are banned from this room."),
    refusals.MembersOnly: StanzaError("auth", "registration-required", "Only members may enter this room."),
    refusals.WrongPassword: StanzaError("auth", "not-authorized", "This room asks for another password."),
    refusals.ChannelFull: StanzaError("wait", "service-unavailable", "The room is full. Try again later."),
    refusals.NotAParticipant: StanzaError("cancel", "not-acceptable", "Enter the room first."),
    refusals.NotAllowed: StanzaError("auth", "forbidden", "You do not have the rank for that in this room."),
    refusals.NoPrivateMessages: StanzaError("auth", "forbidden", "The room does not let you send private messages."),
    refusals.Unreachable: StanzaError("cancel", "service-unavailable", "This person is not to be reached like that."),
    refusals.NoAnswer: StanzaError("wait", "remote-server-timeout", "There was no answer in time."),
    refusals.TooManyRequests: StanzaError(
        "wait", "resource-constraint", "Too many requests are under way. Try again when some are answered."
    ),
    refusals.Voiceless: StanzaError("auth", "forbidden", "You have no voice in this room."),
    refusals.NickTaken: StanzaError("cancel", "conflict", "Somebody else has that nick. Choose another."),
    refusals.NickMissing: StanzaError("modify", "jid-malformed", "Choose a nick."),
    refusals.NickMalformed: StanzaError("modify", "jid-malformed", "That cannot be a nick. Choose another."),
    refusals.NickUnacceptable: StanzaError(
        "modify", "not-acceptable", "That nick is not allowed here. Choose another."
    ),
    refusals.NickLocked: StanzaError("cancel", "not-acceptable", "In this room you go by the nick kept for you."),
    refusals.CannotCoexist: StanzaError(
        "modify", "not-acceptable", "Your wish about your address and the room's rule exclude each other."
    ),
    refusals.ValueUnacceptable: StanzaError("modify", "not-acceptable", "A field has a value it cannot have."),
    refusals.FieldUnknown: StanzaError("cancel", "feature-not-implemented", "The form has a field unknown here."),
    refusals.NoSuchNode: StanzaError("cancel", "item-not-found", "The room has no such node."),
    refusals.NoSuchItem: StanzaError("cancel", "item-not-found", "The room has nothing and nobody of that name."),
    refusals.NodeClosed: StanzaError("auth", "forbidden", "You may not read that here."),
    refusals.NothingSubscribable: StanzaError("auth", "forbidden", "You may not subscribe to any of that."),
    refusals.NotSubscribed: StanzaError("cancel", "unexpected-request", "There is no such subscription."),
    refusals.NodeReadOnly: StanzaError("cancel", "not-allowed", "The room fills that by itself."),
    refusals.Protected: StanzaError("cancel", "not-allowed", "That is not done to somebody of this rank here."),
    refusals.Oneself: StanzaError("cancel", "conflict", "Nobody does that to themselves."),
    refusals.RegistrationClosed: StanzaError("cancel", "not-allowed", "You cannot register with this room."),
    refusals.ChangeRefused: StanzaError("cancel", "not-allowed", "One of the changes is refused, so none is made."),
    refusals.LastOwner: StanzaError("cancel", "conflict", "A room needs an owner. Name another one first."),
    refusals.RetractionOff: StanzaError(
        "cancel", "not-allowed", "In this room people cannot take back what they have said."
    ),
    refusals.RetractionTooLate: StanzaError("cancel", "not-allowed", "That message is too old to be taken back."),
    refusals.NotRetractable: StanzaError("modify", "not-acceptable", "That message cannot be taken back."),
    refusals.MalformedRequest: BAD_REQUEST,
    refusals.MalformedAddressee: StanzaError("modify", "jid-malformed", "That is not an address this can go to."),
    refusals.UnsupportedRequest: SERVICE_UNAVAILABLE,
    refusals.Gone: StanzaError("cancel", "gone", "That room has ended. Go to the other place."),
    refusals.SwitchedOff: StanzaError("cancel", "feature-not-implemented", "That is switched off here."),
    refusals.TooFast: StanzaError("wait", "resource-constraint", "Too much at once. Try again in a moment."),
    refusals.ListFull: StanzaError("wait", "policy-violation", "The list is full. Take somebody off it first."),
    refusals.TooLarge: StanzaError("modify", "not-acceptable", "That is more than the room carries. Say less."),
    refusals.StorageFailed: StanzaError(
        "wait", "internal-server-error", "It could not be written down; nothing has happened. Try again."
    ),
}


_GONE: Final = f"{{{STANZAS}}}gone"


def refuse(inbound: Inbound, why: Refusal) -> Stanza | None:
    """The error, by the room, with as much of what was asked as clients look for.

    Only presence that asks to be let in or renamed is answered; leaving and asking are not (XEP-0045 §17.3).
    """
    if inbound.kind == "presence" and inbound.type:
        return None
    first = why.first if isinstance(why, refusals.ChangeRefused) else why
    answer = refusal(inbound, ROWS[type(first)], *_echo(inbound, why), by=VisibleAddress(inbound.target.bare))
    if answer is not None and isinstance(first, refusals.Gone):
        for gone in (one for child in answer.children if isinstance(child, Element) for one in child.iter(_GONE)):
            gone.text = f"xmpp:{quote(first.alternate, safe='@')}?join"  # RFC 6120 §8.3.3.5, RFC 5122
    return answer


def _echo(inbound: Inbound, why: Refusal) -> list[Element]:
    match inbound.kind:
        case "presence" if inbound.target.is_service and inbound.child(JOIN) is None:
            return []
        case "presence":
            return [element(MUC, "x")]  # how clients know a join by its error; without password and history
        case "message":
            return [child for child in inbound.xml if child.tag != f"{{{CLIENT}}}error"]
        case _ if isinstance(why, refusals.ChangeRefused):
            if isinstance(why.first, refusals.NotAllowed):
                return []  # it is not the item that is wrong
            items = inbound.xml.iter(f"{{{ADMIN}}}item")
            return [element(ADMIN, "query", *islice(items, why.place, why.place + 1))]  # the one that spoils it (§8.5)
        case _:
            return [child for child in inbound.xml if child.tag == OWNER_QUERY]
