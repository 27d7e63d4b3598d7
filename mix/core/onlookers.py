"""People who show presence in a channel without being in it (XEP-0406 §2.4, Open Presence).

Others see that they are there, under an address and a nick made up for them; they are no participants, and have no
right beyond being seen. Their own addresses are for administrators: they have agreed to nothing (MIX-DEC-120).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from mix.core.channel import Channel, Participant, Session
from mix.core.config import Config, Lists, Preferences
from mix.core.events import Event
from mix.core.nicknames import Nick
from mix.core.nodes import Node
from mix.core.payload import Payload
from mix.core.rights import Grant, Standing, listed_standing
from mix.core.visibility import Preference
from pubsubnodes.addresses import RealJid
from pubsubnodes.frozen import frozen

HIDING: Final = Preferences(visibility=Preference.NEVER)


@frozen
class OnlookerShown(Event):
    """A client of somebody who is not in the channel shows presence, or shows something else than before."""

    id: str
    jid: RealJid
    nick: Nick
    session: Session
    since: datetime
    """When they were first seen."""
    lapsed: tuple[Grant, datetime] | None = None
    """What they had been granted when they left, and when that was: being seen again takes no muting from anybody."""

    def apply(self, channel: Channel) -> None:
        if self.lapsed is None:
            channel.lapsed.pop(self.id, None)
        someone = channel.onlookers.get(self.id)
        if someone is None:
            someone = Participant(self.id, self.jid, self.nick, self.since, stays=False, preferences=HIDING)
            channel.onlookers[self.id] = someone
        someone.sessions[self.session.jid] = self.session
        channel.forget_people(someone)


@frozen
class OnlookerGone(Event):
    """That client shows presence no more."""

    id: str
    session: Session
    status: Payload | None = None

    def apply(self, channel: Channel) -> None:
        someone = channel.onlookers[self.id]
        del someone.sessions[self.session.jid]
        if not someone.sessions:
            del channel.onlookers[self.id]
        channel.forget_people(someone)


def is_open(config: Config) -> bool:
    """Whether anybody may show presence."""
    return config.open_presence and Node.PRESENCE in config.nodes


def gone(channel: Channel, who: RealJid, status: Payload | None = None) -> list[Event]:
    """A client goes, or all clients of an account do."""
    someone = channel.onlookers.get(channel.id_of(who))
    if someone is None:
        return []
    sessions = [session for session in someone.sessions.values() if who.is_bare or session.jid == who]
    return [OnlookerGone(someone.id, session, status) for session in sessions]


def put_out(channel: Channel, config: Config, lists: Lists) -> list[Event]:
    """Who may not show presence in the channel as it will be: nobody may, or they are banned."""
    return _gone(
        someone
        for someone in channel.onlookers.values()
        if not is_open(config)
        or (someone.jid.is_covered_by(lists.banned) and listed_standing(lists, someone.jid) < Standing.ADMIN)
    )


def ended(channel: Channel) -> list[Event]:
    """All of them, when the channel ends."""
    return _gone(channel.onlookers.values())


def _gone(people: Iterable[Participant]) -> list[Event]:
    return [OnlookerGone(someone.id, session) for someone in people for session in someone.sessions.values()]
