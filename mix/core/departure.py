"""The event of somebody leaving, whatever the reason."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Final

from mix.core.channel import Channel, Participant
from mix.core.events import ChannelDestroyed, Departure, ParticipantLeft
from mix.core.payload import Payload
from mix.core.ports import Moment
from mix.core.rights import Grant
from pubsubnodes.addresses import RealJid

ABSENCE: Final = timedelta(hours=1)
"""How long somebody may be away and find everything as it was."""


def departed(
    channel: Channel,
    someone: Participant,
    reason: Departure,
    moment: Moment,
    *,
    by: RealJid | None = None,
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
        by=by,
        text=text,
        status=status,
        lost=lost,
        grant=someone.grant if _comes_back(channel, someone, reason) else None,
    )


def granted_before(channel: Channel, id: str, moment: Moment) -> Grant | None:
    """What somebody was granted in a moderated room lasts over a short absence, and so does a muting (MUC-ENT-38).

    By whichever face they left and come back.
    """
    grant, left = channel.lapsed.get(id, (None, moment.now))
    return grant if channel.config.moderated and moment.now - left < ABSENCE else None


def _comes_back(channel: Channel, someone: Participant, reason: Departure) -> bool:
    """Whether leaving and coming back gives what was granted or taken before (MUC-ENT-38): never moderation."""
    lasting = someone.grant in (Grant.VOICE, Grant.MUTED) and channel.config.moderated
    return lasting and reason in (Departure.LEFT, Departure.VISIT_OVER, Departure.SHUTDOWN)


def emptied(channel: Channel, gone: Collection[str]) -> list[ChannelDestroyed]:
    """A temporary room, or one never configured, ends with its last people (XEP-0045 §7.14, §10.1.3)."""
    if not gone or (channel.config.persistent and not channel.locked) or channel.participants.keys() - gone:
        return []
    return [ChannelDestroyed(subscriptions=tuple(channel.subscriptions.items()))]
