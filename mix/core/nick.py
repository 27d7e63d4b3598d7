"""Changing one's nick (XEP-0369 §7.1.4, XEP-0045 §7.6)."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from mix.core.channel import RENAMINGS, Channel, Participant
from mix.core.commands import SetNick
from mix.core.events import Event, NickChanged
from mix.core.lockdown import locked_nick
from mix.core.nicknames import Nick, prepare
from mix.core.ports import Moment
from mix.core.presence import noticed, present
from mix.core.refusals import NickLocked, NickTaken, TooFast
from mix.core.registering import may_take

WHILE: Final = timedelta(minutes=1)
"""In which nobody changes their nick more often than it is remembered."""


def set_nick(channel: Channel, cmd: SetNick, moment: Moment) -> list[Event]:
    """Give a participant another nick. Nicks are unique in a channel, on both faces (XEP-0369 §4.7.3)."""
    me = channel.participant(cmd.actor)
    locked = locked_nick(channel, me.jid, moment)
    nick = prepare(cmd.nick or (locked.text if locked is not None else moment.dice.nick()), moment.rules.max_nick)
    if locked not in (None, nick):
        raise NickLocked()
    if not may_take(channel, nick, me.jid, moment):
        raise NickTaken()
    events: list[Event] = [] if nick == me.nick else [renamed(me, nick, moment)]
    if cmd.presence is not None:
        shown = present(me, cmd.actor, cmd.presence, cmd.priority, moment, in_room=True, renamed=bool(events))
        return [*shown, *events]
    return events + (noticed(me, cmd.actor, moment) if me.stays else [])


def renamed(me: Participant, nick: Nick, moment: Moment) -> NickChanged:
    """Somebody has another nick by their own wish.

    Raises `TooFast`: nicks are no way to speak for who has no voice (XEP-0045 §14.6).
    """
    if len(me.renamed) == RENAMINGS and moment.now - me.renamed[0] < WHILE:
        raise TooFast()
    return NickChanged(me.id, me.nick, nick, asked=moment.now)
