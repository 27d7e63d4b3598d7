"""Saying something to one person only (XEP-0404 §3.2, XEP-0045 §7.5)."""

from __future__ import annotations

from mix.core.channel import Channel, Participant
from mix.core.commands import BouncePrivately, GoOffline, SendPrivately
from mix.core.config import Contact, Whisperers
from mix.core.correspondence import addressee, client_at, introduce, reached
from mix.core.events import Event
from mix.core.ports import Moment
from mix.core.presence import go_offline
from mix.core.refusals import NoPrivateMessages, Unreachable
from mix.core.rights import Grant, Standing, has_voice, standing
from mix.core.transient import Delivered, PrivateMessageBounced, PrivateMessagePosted, Whisper


def send(channel: Channel, cmd: SendPrivately, moment: Moment) -> list[Event]:
    """Pass a message on if channel, sender and recipient let it; it is kept nowhere."""
    me, tag, events = introduce(channel, cmd.actor, moment)
    to = addressee(channel, cmd.to)
    if to is not me:
        if not _may_whisper(channel, me):
            raise NoPrivateMessages()
        if to.preferences.private_messages is Contact.BLOCK:
            raise Unreachable()
    whisper = Whisper(me.id, to.id, cmd.actor, cmd.client_id, cmd.written_to, cmd.from_room)
    return [*events, PrivateMessagePosted(whisper, tag, _places(to, cmd.tag), cmd.payload, cmd.type, cmd.lang)]


def _may_whisper(channel: Channel, me: Participant) -> bool:
    """Whether the configuration lets somebody send private messages (XEP-0406 §2.4, XEP-0045 §10.1.3)."""
    if not channel.config.private_messages:
        return False
    match channel.config.private_messages_by:
        case Whisperers.ANYONE:
            return True
        case Whisperers.SPEAKERS:
            return has_voice(channel, me.jid)
        case Whisperers.MODERATORS:  # pragma: no branch - there are no others
            return me.grant is Grant.MODERATOR or standing(channel, me.jid) >= Standing.ADMIN


def _places(to: Participant, tag: str | None) -> Delivered:
    """Where somebody gets a private message.

    A tag that stands for no client is no reason not to deliver (MIX-RES-09). Who is not in the room gets it by their
    account, whose server knows best what to do with it (XEP-0404 §3.2); who is, by each client, so that none gets it
    twice.
    """
    if tag is not None and (one := reached(to, tag)) != Delivered():
        return one
    known = reached(to)
    if known.in_room or not to.stays:
        return known
    return Delivered(outside=(to.jid,))


def bounce(channel: Channel, cmd: BouncePrivately, moment: Moment) -> list[Event]:
    """Tell the client that wrote a private message that it came back, and end the session of a client that is gone.

    A room's client that is gone is seen to go, and that is answer enough (MUC-PM-18). An error that belongs to no
    private message is nobody's: one of a thousand copies of what was said to all, a second one, or a made-up one.
    """
    me = channel.participant_of(cmd.actor.bare)
    if me is None:
        return []
    session = client_at(me, cmd.actor)
    gone: list[Event] = []
    if cmd.lost and session is not None:
        gone += go_offline(channel, GoOffline(actor=cmd.actor, lost=True), moment)
        if session.in_room:
            return gone
    whisper = channel.whispers.get((cmd.to, me.id, cmd.client_id))
    if whisper is None or cmd.to not in channel.participants:
        return gone
    return [PrivateMessageBounced(whisper, cmd.failure), *gone]
