"""The event of somebody leaving, whatever the reason."""

from __future__ import annotations

from mix.core.channel import Channel, Participant
from mix.core.events import Departure, ParticipantLeft
from mix.core.payload import Payload
from mix.core.ports import Moment


def departed(
    channel: Channel,
    someone: Participant,
    reason: Departure,
    moment: Moment,
    *,
    by: Participant | None = None,
    text: str = "",
    status: Payload | None = None,
    lost: bool = False,
) -> ParticipantLeft:
    """Somebody leaves with all their clients and subscriptions, and the event remembers what they had."""
    return ParticipantLeft(
        id=someone.id,
        jid=someone.jid,
        nick=someone.nick,
        stayed=someone.stays,
        sessions=tuple(someone.sessions.values()),
        subscribed=channel.subscriptions.get(someone.jid, frozenset()),
        reason=reason,
        at=moment.now,
        by=by.id if by is not None else None,
        text=text,
        status=status,
        lost=lost,
    )
