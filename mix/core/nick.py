"""Changing one's nick (XEP-0369 §7.1.4, XEP-0045 §7.6)."""

from __future__ import annotations

from mix.core.channel import Channel
from mix.core.commands import SetNick
from mix.core.events import Event, NickChanged
from mix.core.nicknames import prepare
from mix.core.ports import Moment
from mix.core.presence import noticed, present
from mix.core.refusals import NickTaken
from mix.core.registering import may_take


def set_nick(channel: Channel, cmd: SetNick, moment: Moment) -> list[Event]:
    """Give a participant another nick. Nicks are unique in a channel, on both faces (XEP-0369 §4.7.3)."""
    me = channel.participant(cmd.actor)
    nick = prepare(cmd.nick or moment.dice.nick(), moment.rules.max_nick)
    if not may_take(channel, nick, me.jid, moment):
        raise NickTaken()
    events: list[Event] = [] if nick == me.nick else [NickChanged(me.id, me.nick, nick)]
    if cmd.presence is not None:
        shown = present(me, cmd.actor, cmd.presence, cmd.priority, moment, in_room=True, renamed=bool(events))
        return [*shown, *events]
    return events + (noticed(me, cmd.actor, moment) if me.stays else [])
