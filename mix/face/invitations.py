"""Asking for an invitation, and showing one on joining (XEP-0407 §6)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final
from xml.etree.ElementTree import Element

from mix.core.admissions import InvitationIssued
from mix.core.channel import Channel
from mix.core.commands import Claim, Command
from mix.core.ports import Outcome
from mix.core.refusals import MalformedRequest
from mix.core.tokens import RequestInvitation
from mix.face.stanzas import CORE, MISC
from pubsubnodes.addresses import MalformedAddress, RealJid
from pubsubnodes.errors import result
from pubsubnodes.stanza import Inbound, Stanza
from pubsubnodes.xml import element, namespace_of, text_of

REQUEST: Final = f"{{{MISC}}}invite"


def parse(inbound: Inbound, request: Element, channel: Channel) -> Command:
    """Ask for an invitation; a full JID means its account (MIX-INV-14)."""
    try:
        invitee = RealJid.parse(text_of(request.find(f"{{{MISC}}}invitee")).strip())
    except MalformedAddress as error:
        raise MalformedRequest() from error
    if invitee.is_domain:
        raise MalformedRequest()
    return RequestInvitation(actor=inbound.sender, invitee=invitee.bare)


def reply(inbound: Inbound, channel: Channel | None, outcome: Outcome) -> Iterable[Stanza]:
    """The invitation, for the inviter to pass on: the channel itself tells nobody (MIX-INV-16, MIX-INV-17)."""
    assert channel is not None
    issued = next(event.invitation for event in outcome.events if isinstance(event, InvitationIssued))
    told = channel.sight.own_jid
    invitation = element(
        MISC,
        "invitation",
        element(MISC, "inviter", text=told(issued.inviter).text),
        element(MISC, "invitee", text=told(issued.invitee).text),
        element(MISC, "channel", text=channel.jid.text),
        element(MISC, "token", text=issued.id),
    )
    return [result(inbound, element(MISC, "invite", invitation))]


def claimed(request: Element) -> Claim | None:
    """The invitation in a join; one that lacks something, or names what cannot be an address, is none."""
    for namespace in dict.fromkeys((MISC, namespace_of(request), CORE)):
        invitation = request.find(f"{{{namespace}}}invitation")
        if invitation is not None:
            break
    else:
        return None
    said = {name: text_of(invitation.find(f"{{{namespace}}}{name}")).strip() for name in _PARTS}
    try:
        return Claim(RealJid.parse(said["inviter"]), RealJid.parse(said["invitee"]), said["channel"], said["token"])
    except MalformedAddress:
        return None


_PARTS: Final = ("inviter", "invitee", "channel", "token")
