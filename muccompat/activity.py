"""How busy a room is, for people who look for a lively one (XEP-0502).

The number comes from the newest messages, which a channel has in memory for its history: nothing is counted, stored
or looked up for it, so that it costs next to nothing however often somebody asks (XEP-0502 §8).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from mix.core.channel import Channel, Message
from pubsubnodes.forms import Field

ACTIVITY: Final = "{urn:xmpp:muc-activity}message-activity"

SPAN: Final = timedelta(hours=72)
"""Older messages say nothing about today (XEP-0502 §4)."""
LEAST: Final = timedelta(hours=1)
"""A few words just now are no busy room."""

_CORRECTION: Final = "urn:xmpp:message-correct:0"


def fields(channel: Channel, now: datetime) -> list[Field]:
    """The field, for a room that stays, is listed and lets everybody in, and where something has been said (§3.1)."""
    config = channel.config
    if not (config.persistent and config.listed) or config.members_only or config.password:
        return []
    rate = messages_an_hour(channel, now)
    return [Field(ACTIVITY, "text-single", [f"{rate:.2f}"], "Messages per hour")] if rate else []


def messages_an_hour(channel: Channel, now: datetime) -> float:
    """The average over the time that the newest messages cover; 0 where nothing is known."""
    recent = channel.recent
    if not recent:
        return 0.0
    since = channel.created if len(recent) < (recent.maxlen or 0) else recent[0].at
    since = max(since, now - SPAN)
    counted = sum(1 for message in recent if message.at >= since and _counts(message))
    return counted / (max(now - since, LEAST) / timedelta(hours=1))


def _counts(message: Message) -> bool:
    """Something to read, and no correction of it; found out once a message."""
    found = message.memo.get(_counts)
    if found is None:
        payload = message.payload
        found = message.memo[_counts] = payload.has_body and payload.find(_CORRECTION, "replace") is None
    return bool(found)
