"""What newcomers may know of what was said before they were let in (XEP-0313 §6.1.2).

Everything, unless the owner says otherwise: then each knows what was said since they were let in. Who is on a list is
let in when they are put there; everybody else when the channel was opened to them, or when its owner took the past away
from newcomers. Whoever was in by then keeps what they had.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from mix.core.channel import Admissions, Channel
from mix.core.config import Lists
from mix.core.events import ChannelCreated, ChannelDestroyed, ConfigChanged, Event, ListsChanged
from mix.core.ports import Moment
from pubsubnodes.addresses import RealJid
from pubsubnodes.frozen import frozen

_NEXT: Final = timedelta(microseconds=1)


@frozen
class AdmissionsChanged(Event):
    """Somebody was let in, or newcomers see more or less of the past. Told to nobody: the lists and settings are."""

    old: Admissions
    new: Admissions

    def apply(self, channel: Channel) -> None:
        channel.admissions = self.new
        channel.latest = max([channel.latest, *self.new.times])


def since(channel: Channel, who: RealJid) -> datetime | None:
    """The moment before which somebody may know nothing of what was said; None where everything may be known."""
    if channel.config.past_shown:
        return None
    admissions, bare = channel.admissions, who.bare
    let_in = [at for at in (admissions.people.get(bare), admissions.people.get(bare.domain)) if at is not None]
    return min(let_in, default=admissions.others)


def admitted(channel: Channel | None, happening: Sequence[Event], moment: Moment) -> list[Event]:
    """Who is let in by what happens, whichever wish it was, as an event of its own."""
    before, config, lists = channel, None, None
    for event in happening:
        match event:
            case ChannelCreated():
                before, config = event.born(), event.config
            case ConfigChanged():
                config = event.new
            case ListsChanged():
                lists = event.new
            case ChannelDestroyed():
                return []
    if before is None or (config is None and lists is None):
        return []
    config, lists = config or before.config, lists or before.lists
    new = Admissions()
    if not config.past_shown:
        opened = before.config.members_only and not config.members_only
        new = _let_in(before, lists, max(moment.now, before.latest) + _NEXT, opened, is_open=not config.members_only)
    return [AdmissionsChanged(before.admissions, new)] if new != before.admissions else []


def _let_in(channel: Channel, lists: Lists, now: datetime, opened: bool, *, is_open: bool) -> Admissions:
    """Who is let in from now on, those who were in before included."""
    entitled, listed_before = _entitled(lists), _entitled(channel.lists)
    known: Mapping[RealJid, datetime]
    if channel.config.past_shown or channel.admissions.others is None:
        known = dict.fromkeys(listed_before | {one.jid for one in channel.participants.values()}, channel.created)
        others = now
    else:
        known, others = channel.admissions.people, now if opened else channel.admissions.others
    stays = {
        jid: at
        for jid, at in known.items()
        if jid in entitled or (is_open and jid not in listed_before and jid not in lists.banned)
    }
    first = dict.fromkeys(entitled - stays.keys(), now)
    if not channel.config.members_only:
        first = {jid: since(channel, jid) or now for jid in first}
    return Admissions({**first, **stays}, others)


def _entitled(lists: Lists) -> frozenset[RealJid]:
    return lists.owners | lists.admins | lists.allowed
