"""Saying something to everybody (XEP-0369 §7.1.6, XEP-0045 §7.4 and §8.1)."""

from __future__ import annotations

from typing import Final

from mix.core.channel import Channel, Message, Participant, Retraction
from mix.core.commands import PostMessage, Retract
from mix.core.events import Event, MessagePosted, SubjectChanged
from mix.core.ids import archive_id
from mix.core.ports import Moment
from mix.core.presence import noticed
from mix.core.refusals import NotAllowed, NotAParticipant, TooLarge, Voiceless
from mix.core.rights import Grant, Standing, footing, standing

LONGEST_SUBJECT: Final = 16_384
"""Characters of a subject in all its languages, with what comes along: every newcomer gets it (XEP-0045 §14.6)."""


def post(channel: Channel, cmd: PostMessage, moment: Moment) -> list[Event]:
    """Accept a message of somebody who is in and has a voice."""
    me = speaker(channel, cmd)
    subject = cmd.from_room and cmd.payload.is_subject
    if subject and not (channel.config.changing_subject or _is_moderator(channel, cmd)):
        raise NotAllowed()
    if subject and len(cmd.payload.wire) > LONGEST_SUBJECT:
        raise TooLarge()
    message = said(channel, cmd, me, moment, archived=subject or cmd.payload.is_archivable)
    posted = SubjectChanged(message, cmd.actor) if subject else MessagePosted(message, cmd.actor)
    # Noticed first, so that the reflection reaches the client that spoke, also where its server has no PAM.
    return [posted] if cmd.from_room else [*noticed(me, cmd.actor, moment), posted]


def speaker(channel: Channel, cmd: PostMessage | Retract) -> Participant:
    """Who says it. Raises a `Refusal` when they are not in, or have no voice."""
    me = channel.participant(cmd.actor)
    if not me.stays and not cmd.from_room:
        raise NotAParticipant()  # a visitor's other clients are not in the room
    if footing(channel, me, me.grant) is Grant.MUTED:
        raise Voiceless()
    return me


def said(
    channel: Channel,
    cmd: PostMessage | Retract,
    me: Participant | None,
    moment: Moment,
    *,
    archived: bool = True,
    retraction: Retraction | None = None,
) -> Message:
    """The next message of a channel, as its archive will have it. Nobody's is of somebody who is not in."""
    return Message(
        id=archive_id(channel.key, channel.next_position, moment.dice.salt()),
        position=channel.next_position,
        at=max(moment.now, channel.latest),
        sender=me.id if me is not None else channel.id_of(cmd.actor),
        nick=me.nick if me is not None else None,
        disclosed=me is not None and channel.sight.shows(me),
        payload=cmd.payload,
        client_id=cmd.client_id,
        lang=cmd.lang,
        archived=archived,
        retraction=retraction,
    )


def _is_moderator(channel: Channel, cmd: PostMessage) -> bool:
    someone = channel.participant(cmd.actor)
    return someone.grant is Grant.MODERATOR or standing(channel, cmd.actor) >= Standing.ADMIN
