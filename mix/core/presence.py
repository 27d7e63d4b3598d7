"""Clients coming, showing themselves, and going (XEP-0403 §4, XEP-0045 §7.7 and §7.14)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from mix.core import lifecycle, onlookers
from mix.core.channel import Channel, Participant, Session
from mix.core.commands import GoOffline, SendBack, ShowPresence
from mix.core.config import Sharing
from mix.core.departure import departed
from mix.core.events import Departure, Event, Exit, GrantChanged, SessionChanged, SessionClosed, SessionOpened
from mix.core.nicknames import prepare
from mix.core.onlookers import OnlookerShown
from mix.core.payload import Payload
from mix.core.ports import Moment
from mix.core.refusals import ChannelFull, NotAParticipant, TooFast, TooLarge
from mix.core.rights import Grant, Standing, standing
from pubsubnodes.addresses import RealJid

LARGEST: Final = 16_384
"""Characters of presence that are kept of a client and repeated to every newcomer."""

MOST_CLIENTS: Final = 100
"""Clients known of one person: each gets a copy of everything, and a server of one's own lets one have any number."""


def show(channel: Channel, cmd: ShowPresence, moment: Moment) -> Sequence[Event]:
    """Take note of what a client shows, if its owner shares presence (XEP-0403 §4.1, XEP-0404 §3.1)."""
    me = channel.participant_of(cmd.actor.bare)
    if me is None:
        return _onlook(channel, cmd, moment)
    known = me.sessions.get(cmd.actor)
    in_room = known is not None and known.in_room
    if not in_room and me.preferences.presence is Sharing.NOT_SHARE:
        return []
    return present(me, cmd.actor, cmd.presence, cmd.priority, moment, in_room=in_room)


def _onlook(channel: Channel, cmd: ShowPresence, moment: Moment) -> list[Event]:
    """Take note of what a client shows whose owner is not in, where that is open to everybody (XEP-0406 §2.4)."""
    if not onlookers.is_open(channel.config) or standing(channel, cmd.actor) is Standing.BANNED:
        raise NotAParticipant()
    id = channel.id_of(cmd.actor)
    known = channel.onlookers.get(id)
    if known is None and len(channel.participants) + len(channel.onlookers) >= moment.rules.max_participants:
        raise ChannelFull()
    nick = known.nick if known is not None and known.nick is not None else prepare(moment.dice.nick())
    me = known or Participant(id, cmd.actor.bare, nick, moment.now, stays=False)
    lapsed = channel.lapsed.get(id)
    shown = present(me, cmd.actor, cmd.presence, cmd.priority, moment, in_room=False)
    sessions = (event.after if isinstance(event, SessionChanged) else event.session for event in shown)
    return [OnlookerShown(id, me.jid, nick, session, me.since, lapsed) for session in sessions]


def present(
    me: Participant,
    client: RealJid,
    presence: Payload,
    priority: int,
    moment: Moment,
    *,
    in_room: bool,
    renamed: bool = False,
) -> Sequence[SessionOpened | SessionChanged]:
    """The session of a client that shows presence: opened, changed, or as it was."""
    known = me.sessions.get(client)
    if len(presence.wire) > LARGEST:
        raise TooLarge()
    if known is None and len(me.sessions) >= MOST_CLIENTS:
        raise TooFast()
    if known is None:
        opened = Session(
            client,
            moment.dice.session_tag(),
            moment.now,
            in_room=in_room,
            in_channel=not in_room,
            presence=presence,
            priority=priority,
        )
        return [SessionOpened(me.id, opened, first=not me.is_present)]
    shown = replace(
        known,
        in_room=known.in_room or in_room,
        in_channel=known.in_channel or not (known.in_room or in_room),
        presence=presence,
        priority=priority,
    )
    if shown == known:
        return []
    if not known.is_present:
        return [SessionOpened(me.id, shown, first=not me.is_present)]
    return [SessionChanged(me.id, known, shown, renamed)]


def noticed(me: Participant, client: RealJid, moment: Moment) -> list[Event]:
    """Remember a client that spoke MIX to us, so that channel traffic can go to its full JID.

    Of an account itself that is remembered, too: its server has spoken for it, and hands on what is sent to it.
    """
    known = me.sessions.get(client)
    if known is not None and (known.in_channel or known.in_room):
        return []
    if len(me.sessions) >= MOST_CLIENTS:
        return []
    session = Session(client, moment.dice.session_tag(), moment.now, in_channel=True)
    return [SessionOpened(me.id, session, first=False)]


def go_offline(channel: Channel, cmd: GoOffline, moment: Moment) -> Sequence[Event]:
    """End the sessions of a client, or of all clients of an account (XEP-0403 §4.3, XEP-0045 §7.14).

    A visit ends with its last client in the room; a MIX participation never ends this way (MIX-GEN-01).
    """
    me = channel.participant_of(cmd.actor.bare)
    if me is None:
        return onlookers.gone(channel, cmd.actor, cmd.status)
    gone = [s for s in me.sessions.values() if not s.jid.is_bare and (cmd.actor.is_bare or s.jid == cmd.actor)]
    if not gone:
        return []
    remaining = [s for s in me.sessions.values() if s not in gone]
    if not me.stays and not any(s.in_room for s in remaining):
        left = departed(channel, me, Departure.VISIT_OVER, moment, status=cmd.status, lost=cmd.lost)
        return [left, *lifecycle.after_departure(channel, me)]
    reason = Exit.LOST if cmd.lost else Exit.LEFT
    events = _closings(me, gone, reason, cmd.status)
    if me.grant is Grant.MODERATOR and not any(session.is_present for session in remaining):
        events.append(GrantChanged(me.id, me.grant, None))  # lasts no longer than the visit (XEP-0045 §5.1)
    return events


def sent_back(channel: Channel, cmd: SendBack, moment: Moment) -> Sequence[Event]:
    """Do without a server that does not hand on what its user is sent, as soon as there are clients to be told instead.

    Its user stays a participant (XEP-0369 §2), and while no client is known, it is tried again with the next message.
    """
    me = channel.participant_of(cmd.actor)
    server = me.sessions.get(me.jid) if me is not None else None
    if me is None or server is None or not any(s.in_channel for s in me.sessions.values() if s is not server):
        return []
    return [SessionClosed(me.id, server, Exit.LOST, last=False)]


def hide(me: Participant) -> list[Event]:
    """Stop showing the clients of somebody who does not share presence any more (XEP-0404 §3.1)."""
    return [
        SessionChanged(me.id, session, replace(session, presence=None, priority=0))
        for session in me.sessions.values()
        if session.is_present and not session.in_room
    ]


def _closings(me: Participant, gone: list[Session], reason: Exit, status: Payload | None) -> list[Event]:
    shown = sum(s.is_present for s in me.sessions.values())
    events: list[Event] = []
    for session in gone:
        shown -= session.is_present
        events.append(SessionClosed(me.id, session, reason, last=session.is_present and shown == 0, status=status))
    return events
