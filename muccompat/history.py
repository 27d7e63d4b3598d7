"""What was said before somebody came, as much of it as they want (XEP-0045 §7.2.13-7.2.14)."""

from __future__ import annotations

from datetime import datetime, timedelta
from xml.etree.ElementTree import Element

from mix.core import past
from mix.core.channel import Channel, Message
from muccompat.messages import is_for_mix_only, reflected
from muccompat.stanzas import JOIN, MUC, delay
from pubsubnodes.frozen import frozen
from pubsubnodes.mam import read_stamp, stamp
from pubsubnodes.stanza import Inbound, Stanza


@frozen
class Limits:
    """How much history a newcomer wants; what is no number or time is as if it were not there (MUC-HIST-19)."""

    stanzas: int | None = None
    characters: int | None = None
    since: datetime | None = None

    @classmethod
    def of(cls, history: Element | None, now: datetime) -> Limits:
        """Read `<history/>`."""
        if history is None:
            return cls()
        since, seconds = _time(history.get("since")), _number(history.get("seconds"))
        if seconds is not None:
            recent = now - timedelta(seconds=seconds)
            since = recent if since is None else max(since, recent)
        return cls(_number(history.get("maxstanzas")), _number(history.get("maxchars")), since)


def replay(inbound: Inbound, channel: Channel, now: datetime) -> list[Stanza]:
    """The newest messages within all limits, the room's included, oldest first."""
    x = inbound.child(JOIN)
    limits = Limits.of(x.find(f"{{{MUC}}}history") if x is not None else None, now)
    left, characters = channel.config.history, limits.characters
    if limits.stanzas is not None:
        left = min(left, limits.stanzas)
    past_ends = past.since(channel, inbound.sender)
    chosen: list[Stanza] = []
    for message in reversed(channel.recent or ()):
        if left <= 0 or any(begin is not None and message.at < begin for begin in (limits.since, past_ends)):
            break
        if message.tombstone is not None or is_for_mix_only(message):
            continue  # there is nothing left to tell (XEP-0424 §5), or nothing for a room
        stanza = _past(message, channel)
        if characters is not None:
            characters -= len(stanza.text())
            if characters < 0:
                break
        chosen.append(stanza)
        left -= 1
    chosen.reverse()
    return chosen


def _past(message: Message, channel: Channel) -> Stanza:
    """A message as it was, with its time; rendered once for all who come (XEP-0045 §7.2.13)."""
    found = message.memo.get(_past)
    if found is None:
        stanza = reflected(message, channel)
        stanza.children = (*stanza.children, delay(channel.room, stamp(message.at)))
        found = message.memo[_past] = stanza
    return found  # type: ignore[return-value]  # keyed by its computation


def _number(text: str | None) -> int | None:
    text = (text or "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _time(text: str | None) -> datetime | None:
    try:
        return read_stamp(text) if text else None
    except ValueError:
        return None
