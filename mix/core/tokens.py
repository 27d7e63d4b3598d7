"""Invitations that let somebody in: asked for by those who may, used once by whom they are for (XEP-0407 §6)."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Final

from mix.core import relisting
from mix.core.admissions import InvitationEnded, InvitationIssued
from mix.core.channel import Channel, Invitation
from mix.core.commands import Claim, Command
from mix.core.events import Event
from mix.core.invitations import forgotten
from mix.core.nodes import Node
from mix.core.ports import Moment
from mix.core.refusals import Banned, NotAllowed, TooManyRequests, ValueUnacceptable
from mix.core.rights import Standing, may_read, standing
from pubsubnodes.addresses import RealJid
from pubsubnodes.frozen import frozen_by_name

LIFE: Final = timedelta(days=7)
"""How long a token lets somebody in."""

MOST: Final = 50
"""Tokens of one person that are not used yet."""


@frozen_by_name
class RequestInvitation(Command):
    """Ask for an invitation to pass on, with which somebody gets in who would not otherwise (XEP-0407 §6)."""

    invitee: RealJid


def issue(channel: Channel, cmd: RequestInvitation, moment: Moment) -> list[Event]:
    """Make a token; it replaces the one the same person had for the same invitee."""
    by, invitee = cmd.actor.bare, cmd.invitee.bare
    if standing(channel, by) is Standing.BANNED:
        raise Banned()
    if not _may_admit(channel, by):
        raise NotAllowed()
    if standing(channel, invitee) is Standing.BANNED and may_read(channel, by, Node.BANNED):
        raise NotAllowed()  # who may not know of the ban gets a token that lets nobody in
    if invitee.is_domain or invitee.is_at(channel.jid.domain) or invitee.is_at(channel.room.domain):
        raise ValueUnacceptable()  # people are invited by addresses of their own
    mine = [one for one in channel.invitations.values() if one.inviter.bare == by]
    former = [one for one in mine if one.invitee.bare == invitee or one.at + LIFE <= moment.now]
    if len(mine) - len(former) >= MOST:
        raise TooManyRequests()
    gone = {one.id: one for one in former} | {
        event.invitation.id: event.invitation for event in forgotten(channel, by, 1, moment)
    }
    token = Invitation(moment.dice.invitation_id(), invitee, by, moment.now)
    return [*map(InvitationEnded, gone.values()), InvitationIssued(token)]


def admitted(channel: Channel, who: RealJid, claim: Claim | None, moment: Moment) -> Sequence[Event] | None:
    """What lets somebody in who is not on the allowed list: an invitation that is theirs and good now; None without.

    It is used up, and its owner is on the list from now on.
    """
    found = _of_token(channel, claim.token) if claim is not None else None
    if claim is None or found is None or found.at + LIFE <= moment.now:
        return None
    stated = claim.inviter.bare, claim.invitee.bare, claim.channel
    if stated != (found.inviter.bare, found.invitee.bare, channel.jid.text) or found.invitee.bare != who:
        return None
    if not _may_admit(channel, found.inviter.bare):
        return None
    lists = replace(channel.lists, allowed=channel.lists.allowed | {who})
    return [*relisting.relist(channel, lists, found.inviter.bare, moment, {}), InvitationEnded(found)]


def _of_token(channel: Channel, token: str) -> Invitation | None:
    """The invitation of a token. How long it takes tells nothing of how much of a guess was right."""
    guess = token.encode()
    right = [one for id, one in channel.invitations.items() if hmac.compare_digest(id.encode(), guess)]
    return right[0] if right else None


def _may_admit(channel: Channel, who: RealJid) -> bool:
    """Administrators may let people in; participants where the owner says so (XEP-0406 §2.4)."""
    rank = standing(channel, who)
    return rank >= Standing.ADMIN or (rank is Standing.PARTICIPANT and channel.config.invitation_by_participants)
