"""Becoming a member by one's own wish, and having a nick kept (XEP-0045 §7.10)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from mix.core import relisting
from mix.core.admissions import APPLICANTS, NickReserved, RegistrationAsked
from mix.core.channel import Channel, Participant
from mix.core.commands import Register, Unregister
from mix.core.events import Event, NickChanged
from mix.core.nicknames import Nick, prepare
from mix.core.ports import Decision, Moment, NicksKept, Rules
from mix.core.ranks import placed
from mix.core.refusals import NickTaken, RegistrationClosed, TooFast, TooManyNicks, UnsupportedRequest
from mix.core.registering import may_take
from mix.core.rights import Standing, listed_standing, standing
from pubsubnodes.addresses import RealJid

PACE: Final = timedelta(minutes=1)
"""Between two wishes of one person to become a member."""


def may_register(channel: Channel, bare: RealJid) -> bool:
    """Whether an account may have a nick kept, and become a member with it: not by itself where members are chosen, nor
    where the password is not known to it, since members read the archive and are told the password (XEP-0045 §7.10)."""
    rank = standing(channel, bare)
    if rank is Standing.BANNED or bare.is_domain:
        return False  # a server would let in all of its people
    listed = listed_standing(channel.lists, bare, channel.operators)
    return listed >= Standing.ALLOWED or (rank >= Standing.ALLOWED and not channel.config.members_only)


def registered_nick(channel: Channel, bare: RealJid) -> Nick | None:
    """The nick kept for an account: the registered one, or that of somebody who is in for good (XEP-0045 §7.12)."""
    kept = channel.reserved.get(bare)
    someone = channel.participant_of(bare)
    return kept if kept is not None or someone is None or not someone.stays else someone.nick


def may_apply(channel: Channel, bare: RealJid, rules: Rules) -> bool:
    """Whether an account may ask to become a member of a closed room (§9.9). Whether anybody is there to be asked is
    not told to those outside: it would tell them when administrators come and go."""
    if rules.registration != "approval" or not channel.config.members_only or channel.adhoc or bare.is_domain:
        return False
    return standing(channel, bare) is Standing.NONE


def approvers(channel: Channel) -> list[Participant]:
    """Who is in the room and may let people become members."""
    in_room = (one for one in channel.participants.values() if any(s.in_room for s in one.sessions.values()))
    return [one for one in in_room if standing(channel, one.jid) >= Standing.ADMIN]


def register(channel: Channel, cmd: Register, moment: Moment) -> Decision:
    """Keep a nick for somebody, under which they go from now on; who has no rank yet becomes a member at once.

    In a closed room that is for an administrator to approve. Until then nothing is kept, and the nick may be taken:
    whoever is not let in cannot try out who is there (XEP-0045 §7.2.8).
    """
    bare = cmd.actor.bare
    if moment.rules.registration == "off":
        raise UnsupportedRequest()
    asks = may_apply(channel, bare, moment.rules)
    if not asks and not may_register(channel, bare):
        raise RegistrationClosed()
    nick = prepare(cmd.nick, moment.rules.max_nick)
    if asks:
        if moment.now - channel.applied.get(bare, moment.now - PACE) < PACE or _is_flooded(channel, bare, moment):
            raise TooFast()
        return [RegistrationAsked(bare, nick, moment.now)]
    if not may_take(channel, nick, bare, moment):
        raise NickTaken()
    events: list[Event] = []
    if channel.reserved.get(bare) != nick:
        events.append(NickReserved(bare, channel.reserved.get(bare), nick))
    me = channel.participant_of(bare)
    if me is not None and me.nick != nick:
        events.append(NickChanged(me.id, me.nick, nick))
    if listed_standing(channel.lists, bare, channel.operators) is Standing.NONE:
        lists = placed(channel.lists, bare, Standing.ALLOWED)
        events += relisting.relist(channel, lists, bare, moment, {})
    return events if bare in channel.reserved else _within_limit(bare, events, moment)


def _within_limit(bare: RealJid, events: Sequence[Event], moment: Moment) -> Decision:
    """A nick more, if not too many are kept for the account already; how many that are, storage knows (§14.6)."""
    most = moment.rules.max_kept
    if not most or bare in moment.rules.operators:
        return events

    def counted(kept: int) -> Sequence[Event]:
        if kept >= most:
            raise TooManyNicks()
        return events

    return NicksKept(bare, counted)


def _is_flooded(channel: Channel, bare: RealJid, moment: Moment) -> bool:
    """Whether strangers have asked enough: administrators read every wish, and a server may make up any number."""
    if moment.rules.is_local(bare) or len(channel.applied) < APPLICANTS:
        return False
    return moment.now - next(iter(channel.applied.values())) < PACE


def unregister(channel: Channel, cmd: Unregister, moment: Moment) -> list[Event]:
    """Free the nick; a member is none any more, somebody of higher rank keeps the rank (XEP-0077 §3.2)."""
    bare = cmd.actor.bare
    if listed_standing(channel.lists, bare, channel.operators) is Standing.ALLOWED:
        return relisting.relist(channel, placed(channel.lists, bare, Standing.NONE), bare, moment, {})
    kept = channel.reserved.get(bare)
    return [NickReserved(bare, kept, None)] if kept is not None else []
