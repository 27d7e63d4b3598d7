"""Invitations by way of the room, and answers to them (XEP-0045 §7.8.2)."""

from __future__ import annotations

from typing import Final
from xml.etree.ElementTree import Element

from mix.core.admissions import InvitationDeclined, InvitationEnded, Invited
from mix.core.channel import Channel
from mix.core.commands import Command, DeclineInvitation, Invite, Invitee, ReturnInvitation
from mix.core.refusals import MalformedAddressee, MalformedRequest, NoSuchChannel, NoSuchItem
from muccompat.errors import ROWS
from muccompat.occupants import address_of, room_clients
from muccompat.stanzas import USER, user_x
from pubsubnodes.addresses import MalformedAddress, RealJid, Recipients, VisibleAddress
from pubsubnodes.stanza import Delivery, Fanout, Inbound, Stanza
from pubsubnodes.xml import LANG, element, text_of

X: Final = f"{{{USER}}}x"
_INVITE: Final = f"{{{USER}}}invite"
_DECLINE: Final = f"{{{USER}}}decline"


def parse(inbound: Inbound, channel: Channel | None) -> Command | None:
    """What a message to the room itself has to do with invitations; None for nothing."""
    x = inbound.child(X)
    if x is None or inbound.target.resource or inbound.type not in ("", "normal"):
        return None
    if channel is None or channel.locked:
        raise NoSuchChannel()
    invites, declines = x.findall(_INVITE), x.findall(_DECLINE)
    if invites and not declines:
        return Invite(actor=inbound.sender, people=[_invitee(one, inbound) for one in invites], client_id=inbound.id)
    if len(declines) == 1 and not invites:
        return _declined(declines[0], inbound, channel)
    raise MalformedRequest()


def _invitee(wish: Element, inbound: Inbound) -> Invitee:
    reason, going_on = wish.find(f"{{{USER}}}reason"), wish.find(f"{{{USER}}}continue")
    return Invitee(
        jid=_address(wish),
        text=text_of(reason),
        lang=_language(wish, reason, inbound),
        thread=going_on.get("thread", "") if going_on is not None else None,
    )


def _declined(wish: Element, inbound: Inbound, channel: Channel) -> DeclineInvitation:
    reason, inviter = wish.find(f"{{{USER}}}reason"), _address(wish)
    at_room = inviter.bare == RealJid.parse(channel.room.text)
    return DeclineInvitation(
        actor=inbound.sender,
        inviter=None if at_room else inviter,
        nick=wish.get("to", "").partition("/")[2] if at_room else "",
        text=text_of(reason),
        lang=_language(wish, reason, inbound),
    )


def _address(wish: Element) -> RealJid:
    try:
        return RealJid.parse(wish.get("to", ""))
    except MalformedAddress as error:
        raise MalformedAddressee() from error


def _language(wish: Element, reason: Element | None, inbound: Inbound) -> str | None:
    said = reason.get(LANG) if reason is not None else None
    return said or wish.get(LANG) or inbound.lang


def parse_return(inbound: Inbound, channel: Channel | None) -> ReturnInvitation | None:
    """An invitation that comes back as an error; nobody leaves for that (MUC-INV-18)."""
    if channel is None or inbound.kind != "message" or inbound.target.resource:
        return None
    if inbound.id is None or inbound.id not in channel.invitations:
        return None
    return ReturnInvitation(actor=inbound.sender, id=inbound.id)


def invited(event: Invited, channel: Channel) -> list[Delivery]:
    """To the invitee: from whom, why, and how to get in. The password is the room's, whatever the inviter wrote."""
    someone, inviter = event.invitee, _inviter(event, channel)
    going_on = element(USER, "continue", thread=someone.thread or None) if someone.thread is not None else None
    invite = element(USER, "invite", _reason(someone.text, someone.lang), going_on, **{"from": inviter.text})
    secret = channel.config.password
    password = element(USER, "password", text=secret) if secret else None
    told = Stanza("message", channel.room, None, event.invitation.id, [user_x(None, (), invite, password)])
    return [Fanout(told, Recipients([someone.jid]))]


def _inviter(event: Invited, channel: Channel) -> VisibleAddress:
    """Who invites in their own name says who they are; who lets somebody in is an occupant, or nobody to be seen."""
    by = event.invitation.inviter.bare
    if event.in_own_name:
        return channel.sight.own_jid(by)
    someone = channel.participant_of(by)
    return address_of(channel, someone) if someone is not None and someone.is_present else channel.room


def declined(event: InvitationDeclined, channel: Channel) -> list[Delivery]:
    """To the inviter, who wrote that address themselves."""
    who = channel.sight.own_jid(event.invitation.invitee.bare)
    decline = element(USER, "decline", _reason(event.text, event.lang), **{"from": who.text})
    return _to_inviter(event.invitation.inviter, channel, Stanza("message", channel.room, children=[_x(decline)]))


def returned(event: InvitationEnded, channel: Channel) -> list[Delivery]:
    """To the inviter: there is no such person. Nothing of what came back is passed on."""
    if not event.returned:
        return []
    who = channel.sight.own_jid(event.invitation.invitee)
    error = ROWS[NoSuchItem].element(channel.room)
    failed = Stanza("message", channel.room, "error", children=[_x(element(USER, "invite", to=who.text)), error])
    return _to_inviter(event.invitation.inviter, channel, failed)


def _x(child: Element) -> Element:
    return user_x(None, (), child)


def _to_inviter(inviter: RealJid, channel: Channel, told: Stanza) -> list[Delivery]:
    someone = channel.participant_of(inviter.bare)
    clients = room_clients(someone) if someone is not None else []
    return [Fanout(told, Recipients(clients or [inviter.bare]))]


def _reason(text: str, lang: str | None) -> Element | None:
    if not text:
        return None
    reason = element(USER, "reason", text=text)
    if lang is not None:
        reason.set(LANG, lang)
    return reason
