"""Refusals in MIX's conditions: one table (XEP-0369 §5, XEP-0060 §6-8, MIX-DEC-104 to 106)."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from dataclasses import replace
from xml.etree.ElementTree import Element

from mix.core import refusals as core
from mix.core.refusals import Refusal
from mix.face.stanzas import CORE, JOINS, LEAVES
from pubsubnodes.errors import BAD_REQUEST, INTERNAL, StanzaError, refusal
from pubsubnodes.stanza import Inbound, Stanza
from pubsubnodes.xml import element, namespace_of

ROWS: Mapping[type[Refusal], StanzaError] = {
    core.NoSuchChannel: StanzaError("cancel", "item-not-found", "There is no such channel."),
    core.ChannelExists: StanzaError("cancel", "conflict", "A channel of that name exists already."),
    core.CreationNotAllowed: StanzaError("auth", "forbidden", "This service does not let you create channels."),
    core.TooManyChannels: StanzaError(
        "wait", "resource-constraint", "You have made as many channels as you may. Destroy one first."
    ),
    core.TooManyNicks: StanzaError(
        "wait", "resource-constraint", "You have registered with as many channels as you may. Leave one first."
    ),
    core.NameUnacceptable: StanzaError("modify", "not-acceptable", "That cannot be the name of a channel."),
    core.Banned: StanzaError("auth", "forbidden", "You are banned from this channel."),
    core.MembersOnly: StanzaError(
        "cancel", "not-allowed", "Only those on the list of the allowed may join this channel.", "closed-node"
    ),
    core.WrongPassword: StanzaError("auth", "not-authorized", "The channel asks for a password."),
    core.ChannelFull: StanzaError("wait", "resource-constraint", "The channel has as many people as it may have."),
    core.NotAParticipant: StanzaError("auth", "forbidden", "Only participants of the channel may do that."),
    core.NotAllowed: StanzaError("auth", "forbidden", "You do not have the right to do that in this channel."),
    core.NoPrivateMessages: StanzaError("cancel", "not-allowed", "The channel does not let you send private messages."),
    core.Unreachable: StanzaError("cancel", "service-unavailable", "This person is not to be reached like that."),
    core.NoAnswer: StanzaError("wait", "remote-server-timeout", "There was no answer in time."),
    core.TooManyRequests: StanzaError(
        "wait", "resource-constraint", "Too many requests are under way. Try again when some are answered."
    ),
    core.Voiceless: StanzaError("auth", "forbidden", "You may read in this channel, but not write."),
    core.NickTaken: StanzaError("cancel", "conflict", "Somebody else has that nick."),
    core.NickMissing: StanzaError("modify", "not-acceptable", "Choose a nick: everybody has one in this channel."),
    core.NickMalformed: StanzaError("modify", "not-acceptable", "That cannot be a nick."),
    core.NickUnacceptable: StanzaError("modify", "not-acceptable", "Choose another nick: this one is not accepted."),
    core.NickLocked: StanzaError("cancel", "not-acceptable", "In this channel you go by the nick kept for you."),
    core.CannotCoexist: StanzaError(
        "modify", "not-acceptable", "Your JID Visibility and that of the channel exclude each other."
    ),
    core.ValueUnacceptable: StanzaError("modify", "not-acceptable", "A field has a value it cannot have."),
    core.NoSuchNode: StanzaError("cancel", "item-not-found", "The channel has no such node."),
    core.NoSuchItem: StanzaError("cancel", "item-not-found", "There is no such item."),
    core.NodeClosed: StanzaError("auth", "forbidden", "That node is not open to you."),
    core.NothingSubscribable: StanzaError("cancel", "item-not-found", "None of the nodes could be subscribed."),
    core.NotSubscribed: StanzaError("cancel", "unexpected-request", "You are not subscribed.", "not-subscribed"),
    core.NodeReadOnly: StanzaError("cancel", "not-allowed", "The channel alone fills and keeps that node."),
    core.Protected: StanzaError("cancel", "not-allowed", "Nobody does that to somebody of this rank here."),
    core.Oneself: StanzaError("cancel", "conflict", "Nobody does that to themselves."),
    core.RegistrationClosed: StanzaError("cancel", "not-allowed", "The channel takes no members by their own wish."),
    core.ChangeRefused: StanzaError("cancel", "not-allowed", "One of the changes is refused, so none is made."),
    core.LastOwner: StanzaError("modify", "not-acceptable", "A channel always has an owner."),
    core.RetractionOff: StanzaError(
        "cancel", "not-allowed", "In this channel people cannot take back what they have said."
    ),
    core.RetractionTooLate: StanzaError("cancel", "not-allowed", "That message is too old to be taken back."),
    core.NotRetractable: StanzaError("modify", "not-acceptable", "That message cannot be taken back."),
    core.MalformedRequest: BAD_REQUEST,
    core.MalformedAddressee: StanzaError("modify", "jid-malformed", "That cannot be an address."),
    core.FieldUnknown: StanzaError("cancel", "feature-not-implemented", "The archive cannot be searched by that."),
    core.UnsupportedRequest: StanzaError("cancel", "feature-not-implemented", "The channel does not do that."),
    core.Gone: StanzaError("cancel", "gone", "That channel has ended."),
    core.SwitchedOff: StanzaError("cancel", "feature-not-implemented", "That is switched off here."),
    core.TooFast: StanzaError("wait", "policy-violation", "Too much at once. Try again in a moment."),
    core.ListFull: StanzaError("wait", "policy-violation", "The list is full. Take somebody off it first."),
    core.TooLarge: StanzaError("modify", "policy-violation", "That is more than the service carries."),
    core.StorageFailed: INTERNAL,
}

DETAILS: Mapping[str, StanzaError] = {
    "invalid-jid": StanzaError(
        "modify", "bad-request", "Accounts subscribe for themselves: the jid is to be your own.", "invalid-jid"
    ),
    "nodeid-required": StanzaError("modify", "bad-request", "The request names no node.", "nodeid-required"),
    "item-required": StanzaError("modify", "bad-request", "The request has no item.", "item-required"),
    "one-item": StanzaError("modify", "bad-request", "One request publishes one item."),
    "invalid-payload": StanzaError(
        "modify", "bad-request", "The item does not hold the form this node is changed by.", "invalid-payload"
    ),
    "precondition-not-met": StanzaError(
        "cancel", "conflict", "Nodes of a channel are not configured by publishing.", "precondition-not-met"
    ),
    "payload-too-big": StanzaError(
        "modify", "not-acceptable", "The picture is larger than the service keeps.", "payload-too-big"
    ),
    "node-exists": StanzaError("cancel", "conflict", "The channel has that node already."),
}
"""Rows for what pubsub has a condition of its own (XEP-0060); the refusal carries the name as its argument."""


def row(refused: Refusal) -> StanzaError:
    """The row of a refusal: that of its detail, else that of its kind."""
    if isinstance(refused, core.NothingSubscribable):
        return row(refused.first)
    general = ROWS[type(refused)]
    detail = str(refused.args[0]) if refused.args else ""
    if isinstance(refused, core.UnsupportedRequest) and detail:
        return replace(general, pubsub=f"unsupported {detail}")
    return DETAILS.get(detail, general)


def refuse(inbound: Inbound, refused: Refusal) -> Stanza | None:
    """The error answer. Presence is never answered with one: its sender would not know what to do with it."""
    if inbound.kind == "presence":
        return None
    return refusal(inbound, row(refused), *_echo(inbound, refused))


def _echo(inbound: Inbound, refused: Refusal) -> tuple[Element, ...]:
    """The request, for joins and leaves of a client, and of servers that are known to need it (MIX-DEC-018).

    COMPAT: ejabberd's mod_mix_pam, which asks from the bare JID, crashes on anything beside `<error/>`.
    """
    request = inbound.payload
    is_alone = inbound.sender.is_bare and not inbound.wants_echo
    if request is None or is_alone or request.tag not in JOINS | LEAVES:
        return ()
    if isinstance(refused, core.NothingSubscribable):
        namespace = namespace_of(request) or CORE
        nodes = (element(namespace, "subscribe", node=node) for node in refused.nodes)
        return (element(namespace, "join", *nodes),)
    return (copy(request),)
