"""Entering the room of a channel (XEP-0045 §7.2, §10.1)."""

from __future__ import annotations

import hmac

from mix.core import lifecycle, onlookers, profiles, tombstones
from mix.core.channel import Channel, Participant
from mix.core.commands import Enter
from mix.core.config import Preferences
from mix.core.departure import granted_before
from mix.core.events import Event, ParticipantJoined
from mix.core.lockdown import locked_nick
from mix.core.making import within_limit
from mix.core.nick import renamed
from mix.core.nicknames import Nick, prepare
from mix.core.ports import Decision, Moment
from mix.core.presence import present
from mix.core.refusals import (
    Banned,
    ChannelFull,
    MembersOnly,
    NickTaken,
    NoSuchChannel,
    WrongPassword,
)
from mix.core.registering import may_take
from mix.core.rights import Standing, standing


def enter(channel: Channel | None, cmd: Enter, moment: Moment) -> Decision:
    """Let a client into the room; a room that does not exist is created, locked, with the client's owner as its own.

    Refusals come in an order that tells the unauthorised nothing: existence, ban, membership, password, and only
    then nick and capacity (XEP-0045 §7.2, MUC-ENT-32).
    """
    return _found(cmd, moment) if channel is None else _let_in(channel, cmd, moment)


def _let_in(channel: Channel, cmd: Enter, moment: Moment) -> list[Event]:
    me = channel.participant_of(cmd.actor.bare)
    rank = standing(channel, cmd.actor)
    if channel.locked and rank is not Standing.OWNER:
        raise NoSuchChannel()
    if rank is Standing.BANNED:
        raise Banned()
    if channel.config.members_only and rank < Standing.ADMIN and not _is_member(channel, cmd, me):
        raise MembersOnly()
    if me is None and rank < Standing.ADMIN and not _knows_password(channel, cmd):
        raise WrongPassword()
    events: list[Event] = []
    nick = _nick_for(channel, me, cmd, moment)
    if me is None:
        if _is_full(channel, moment) and rank < Standing.ADMIN:
            raise ChannelFull()
        id = channel.id_of(cmd.actor)
        grant = granted_before(channel, id, moment)
        events += onlookers.gone(channel, cmd.actor.bare)
        events.append(
            ParticipantJoined(id, cmd.actor.bare, nick, Preferences(), stays=False, at=moment.now, grant=grant)
        )
        me = Participant(id, cmd.actor.bare, nick, moment.now, stays=False)
    elif me.nick is not None and me.nick != nick:
        shown = present(me, cmd.actor, cmd.presence, cmd.priority, moment, in_room=True, renamed=True)
        return [*shown, renamed(me, nick, moment)]
    elif me.nick is None:
        events.append(renamed(me, nick, moment))
    events += present(me, cmd.actor, cmd.presence, cmd.priority, moment, in_room=True)
    return events


def _found(cmd: Enter, moment: Moment) -> Decision:
    """Create a room by entering it; it is locked until its owner has seen the configuration (XEP-0045 §10.1)."""
    if moment.registry.is_held_from(cmd.name, cmd.actor.bare, moment.now):
        raise NoSuchChannel()  # it is somebody's already, and as little there for others as if it were locked
    tombstones.must_be_free(cmd.name, cmd.actor, moment)
    lifecycle.must_be_welcome(cmd.actor, moment)
    created = lifecycle.created(cmd.name, cmd.actor, profiles.of_room(moment.rules), moment, locked=True)
    return within_limit(cmd.actor, [created, *_let_in(created.born(), cmd, moment)], moment)


def _is_member(channel: Channel, cmd: Enter, me: Participant | None) -> bool:
    bare = cmd.actor.bare
    return (me is not None and me.stays) or bare.is_covered_by(channel.lists.allowed)


def _knows_password(channel: Channel, cmd: Enter) -> bool:
    secret = channel.config.password
    return not secret or hmac.compare_digest(secret.encode(), cmd.password.encode())


def _is_full(channel: Channel, moment: Moment) -> bool:
    limit = channel.config.max_occupants
    if limit is not None and sum(p.is_present for p in channel.participants.values()) >= limit:
        return True
    return len(channel.participants) >= moment.rules.max_participants


def _nick_for(channel: Channel, me: Participant | None, cmd: Enter, moment: Moment) -> Nick:
    """One person has one nick: the one held wins over the one asked for, unless this very client asks again.

    A nick that is locked down wins over both, and lets its owner in (XEP-0045 §7.2.2, §7.10).
    """
    asked = prepare(cmd.nick, moment.rules.max_nick)
    if (locked := locked_nick(channel, cmd.actor.bare, moment)) is not None:
        return locked
    if me is not None and me.nick is not None:
        session = me.sessions.get(cmd.actor)
        if session is None or not session.in_room:
            return me.nick
    if not may_take(channel, asked, cmd.actor.bare, moment):
        raise NickTaken()
    return asked
