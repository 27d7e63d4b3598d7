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
from mix.core.transient import Delivered, PrivateMessageBounced, PrivateMessagePosted


def send(channel: Channel, cmd: SendPrivately, moment: Moment) -> list[Event]:
    """Pass a message on if channel, sender and recipient let it; it is kept nowhere."""
    me, tag, events = introduce(channel, cmd.actor, moment)
    to = addressee(channel, cmd.to)
    if to is not me:
        if not _may_whisper(channel, me):
            raise NoPrivateMessages()
        if to.preferences.private_messages is Contact.BLOCK:
            raise Unreachable()
    posted = PrivateMessagePosted(
        sender=me.id,
        tag=tag,
        to=_places(to, cmd.tag),
        payload=cmd.payload,
        type=cmd.type,
        client_id=cmd.client_id,
        lang=cmd.lang,
    )
    return [*events, posted]


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
    """Tell the one who wrote a private message that it came back, and end the session of a client that is gone.

    A room's client that is gone is seen to go, and that is answer enough (MUC-PM-18).
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
    to = channel.participants.get(cmd.to)
    if to is None or _was_said_to_all(channel, to, cmd.client_id):
        return gone
    places = reached(to, cmd.tag)
    if places == Delivered():
        return gone
    tag = session.tag if session is not None else None
    return [PrivateMessageBounced(me.id, tag, places, cmd.failure, cmd.client_id), *gone]


def _was_said_to_all(channel: Channel, author: Participant, client_id: str | None) -> bool:
    """Whether an id is that of something said to everybody: one of a thousand copies that came back is no news."""
    recent = channel.recent or ()
    return any(message.sender == author.id and client_id in (message.client_id, message.id) for message in recent)
