"""Inviting people in one's own name, and declining (XEP-0045 §7.8.2, XEP-0407 §6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from mix.core import relisting
from mix.core.admissions import InvitationDeclined, InvitationEnded, InvitationIssued, Invited
from mix.core.channel import Channel, Invitation
from mix.core.commands import DeclineInvitation, Invite, Invitee, ReturnInvitation
from mix.core.events import Event
from mix.core.nicknames import PROTOCOL_LIMIT, prepare
from mix.core.nodes import Node
from mix.core.ports import Moment
from mix.core.refusals import (
    Banned,
    MalformedRequest,
    NickMalformed,
    NickUnacceptable,
    NoSuchChannel,
    NoSuchItem,
    NotAllowed,
    NotAParticipant,
    TooFast,
    TooLarge,
)
from mix.core.rights import Standing, listed_standing, may_read, standing
from pubsubnodes.addresses import RealJid

MOST = 20
"""People in one wish."""
LONGEST = 2_000
"""Characters of what somebody is told."""
PACE = 60
"""Invitations by one person within a minute."""
KEPT = 5_000
"""Invitations a channel remembers."""
KEPT_OF_ONE = 200
"""Those of one person, so that nobody has those of others forgotten."""
PATIENCE = timedelta(days=30)
"""How long it does."""


def invite(channel: Channel, cmd: Invite, moment: Moment) -> list[Event]:
    """Invite people; where only the allowed get in, they are allowed from now on, or the invitation would be a lie.

    Nothing is sent when one of them may not be invited (MUC-INV-09). A ban outlasts any invitation; but only those who
    may read who is banned are told of it. To others it seems that the invitation is on its way: nobody finds out by
    inviting somebody whether that is a person the channel has met.
    """
    if channel.locked:
        raise NoSuchChannel()
    _check_right(channel, cmd.actor)
    if not cmd.people:
        raise MalformedRequest()
    if len(cmd.people) > MOST or any(len(one.text) > LONGEST for one in cmd.people):
        raise TooLarge()
    by = cmd.actor.bare
    for one in cmd.people:
        if one.jid.is_domain:
            raise MalformedRequest()
        if one.jid.is_at(channel.jid.domain) or one.jid.is_at(channel.room.domain):
            raise NoSuchItem()  # people are invited by addresses of their own
    banned = [one for one in cmd.people if standing(channel, one.jid) is Standing.BANNED]
    if banned and may_read(channel, cmd.actor, Node.BANNED):
        raise NotAllowed()
    if _recent(channel, by, moment) + len(cmd.people) > PACE:
        raise TooFast()
    events: list[Event] = []
    if channel.config.members_only:
        new = {one.jid.bare for one in cmd.people if standing(channel, one.jid) is Standing.NONE}
        lists = replace(channel.lists, allowed=channel.lists.allowed | new)
        events += relisting.relist(channel, lists, by, moment, {})
    sent = [Invited(_invitation(one.jid, cmd.actor, moment), one) for one in cmd.people if one not in banned]
    unsent = [InvitationIssued(_invitation(one.jid, cmd.actor, moment)) for one in banned]
    return [*events, *forgotten(channel, by, len(cmd.people), moment), *sent, *unsent]


def _check_right(channel: Channel, actor: RealJid) -> None:
    """Who is in may invite, and who belongs there; into a closed channel only who may let people in (§7.8.2)."""
    rank, listed = standing(channel, actor), listed_standing(channel.lists, actor.bare)
    me = channel.participant_of(actor.bare)
    if rank is Standing.BANNED:
        raise Banned()
    if me is None and listed < Standing.ALLOWED and rank < Standing.ADMIN:
        raise NotAParticipant()
    if channel.config.members_only and rank < Standing.ADMIN and not channel.config.invitation_by_participants:
        raise NotAllowed()


def announced(
    channel: Channel, people: Sequence[RealJid], by: RealJid, texts: relisting.Texts, moment: Moment
) -> list[Event]:
    """Invitations for people who were just let in by somebody who may (XEP-0045 §9.5): as many as one may send in a
    minute. The others are in all the same. They do not say who let them in where that is not to be seen."""
    told = people[: max(0, PACE - _recent(channel, by, moment))]
    sent = [
        Invited(_invitation(jid, by, moment), Invitee(jid=jid, text=texts.get(jid, "")), in_own_name=False)
        for jid in told
    ]
    return [*forgotten(channel, by, len(sent), moment), *sent]


def _invitation(invitee: RealJid, by: RealJid, moment: Moment) -> Invitation:
    return Invitation(moment.dice.invitation_id(), invitee, by, moment.now)


def _recent(channel: Channel, by: RealJid, moment: Moment) -> int:
    since = moment.now - timedelta(minutes=1)
    return sum(1 for one in channel.invitations.values() if one.at > since and one.inviter.bare == by)


def forgotten(channel: Channel, by: RealJid, more: int, moment: Moment) -> list[InvitationEnded]:
    """What goes before somebody's new ones come: old ones, and the oldest of too many, of theirs and of all."""
    known = list(channel.invitations.values())
    gone = {one.id: one for one in known if one.at < moment.now - PATIENCE}
    mine = [one for one in known if one.inviter.bare == by]
    gone |= {one.id: one for one in mine[: max(0, len(mine) + more - KEPT_OF_ONE)]}
    gone |= {one.id: one for one in known[: max(0, len(known) + more - KEPT)]}
    return [InvitationEnded(one) for one in gone.values()]


def decline(channel: Channel, cmd: DeclineInvitation, moment: Moment) -> list[Event]:
    """Pass on that somebody does not come, to whoever really invited them; anything else goes nowhere (MUC-INV-21)."""
    if len(cmd.text) > LONGEST:
        raise TooLarge()
    by_room = cmd.inviter is None and not cmd.nick
    inviter = cmd.inviter.bare if cmd.inviter is not None else _called(channel, cmd.nick)
    bare = cmd.actor.bare
    if standing(channel, bare) is Standing.BANNED:
        return []
    for one in reversed(channel.invitations.values()):
        if one.invitee.bare == bare and (by_room or one.inviter.bare == inviter):
            return [InvitationDeclined(one, cmd.text, cmd.lang)]
    return []


def _called(channel: Channel, nick: str) -> RealJid | None:
    try:
        someone = channel.holder_of(prepare(nick, PROTOCOL_LIMIT))
    except (NickMalformed, NickUnacceptable):
        return None
    return someone.jid if someone is not None else None


def came_back(channel: Channel, cmd: ReturnInvitation, moment: Moment) -> list[Event]:
    """Tell the inviter that an invitation did not arrive; only the invitee's own server can say so (MUC-INV-18)."""
    found = channel.invitations.get(cmd.id)
    if found is None or found.invitee.bare != cmd.actor.bare:
        return []
    return [InvitationEnded(found, returned=True)]
