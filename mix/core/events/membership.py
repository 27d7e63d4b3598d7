"""People come and go, for good or for a visit, and hear of nodes."""

from __future__ import annotations

from datetime import datetime

from mix.core.channel import Channel, Participant, Session
from mix.core.config import Preferences
from mix.core.events.event import Event
from mix.core.exits import Departure
from mix.core.moves import Move
from mix.core.nicknames import Nick
from mix.core.nodes import Node
from mix.core.payload import Payload
from mix.core.rights import Grant
from pubsubnodes.addresses import RealJid
from pubsubnodes.frozen import frozen


@frozen
class ParticipantJoined(Event):
    """Somebody is a participant now: for good, or for a visit to the room."""

    id: str
    jid: RealJid
    nick: Nick | None
    preferences: Preferences
    stays: bool
    at: datetime
    grant: Grant | None = None
    """What they had when they left a moment ago (XEP-0045 §5.1)."""

    def apply(self, channel: Channel) -> None:
        someone = Participant(self.id, self.jid, self.nick, self.at, self.stays, self.preferences)
        someone.grant = self.grant
        channel.lapsed.pop(self.id, None)
        channel.admit(someone)


@frozen
class StayChanged(Event):
    """A visitor joined for good, or a participant left MIX but is still in the room (XEP-0408 §2)."""

    id: str
    jid: RealJid
    stays: bool
    preferences: Preferences

    def apply(self, channel: Channel) -> None:
        someone = channel.participants[self.id]
        someone.stays = self.stays
        someone.preferences = self.preferences
        channel.forget_people(someone)


@frozen
class ParticipantLeft(Event):
    """Somebody is no participant any more, on any client."""

    id: str
    jid: RealJid
    nick: Nick | None
    stayed: bool
    sessions: tuple[Session, ...]
    subscribed: frozenset[Node]
    reason: Departure
    at: datetime
    by: RealJid | None = None
    """Whoever did it, when it was somebody else's doing."""
    text: str = ""
    status: Payload | None = None
    """What the person said on leaving (XEP-0045 §7.14)."""
    lost: bool = False
    """Found out by a bounce or a failed check: a technical removal (XEP-0045 §18.1.2)."""
    grant: Grant | None = None
    """What they get back when they return soon."""
    move: Move | None = None
    """What put them out, when it was another place in the lists; a `ListsChanged` of the same wish follows."""

    def apply(self, channel: Channel) -> None:
        if self.grant is not None:
            channel.remember_grant(self.id, self.grant, self.at)
        channel.subscriptions.pop(self.jid, None)
        channel.deserted = max(channel.deserted, self.at)
        channel.dismiss(self.id)


@frozen
class Subscribed(Event):
    """An account is subscribed to more nodes."""

    jid: RealJid
    nodes: frozenset[Node]

    def apply(self, channel: Channel) -> None:
        channel.subscriptions[self.jid] = channel.subscriptions.get(self.jid, frozenset()) | self.nodes
        channel.forget_people()


@frozen
class Unsubscribed(Event):
    """An account is subscribed to fewer nodes."""

    jid: RealJid
    nodes: frozenset[Node]

    def apply(self, channel: Channel) -> None:
        left = channel.subscriptions.get(self.jid, frozenset()) - self.nodes
        if left:
            channel.subscriptions[self.jid] = left
        else:
            channel.subscriptions.pop(self.jid, None)
        channel.forget_people()
