"""What happened in a channel: facts in the past tense, decided and not yet known to anybody.

Each event can make itself so in a `Channel`; repositories record it, faces say it in their words. It carries
what its readers need, so that nobody has to ask the channel how it was before.
"""

from __future__ import annotations

from abc import abstractmethod
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from mix.core.addresses import ChannelJid
from mix.core.channel import Channel, Message, Participant, Session, Subject
from mix.core.config import Config, Info, Lists, Preferences
from mix.core.exits import Departure as Departure
from mix.core.exits import Exit as Exit
from mix.core.moves import Move
from mix.core.nicknames import Nick
from mix.core.nodes import Node
from mix.core.payload import Payload
from mix.core.rights import Grant
from pubsubnodes.addresses import RealJid


class Event:
    """Something that happened in a channel."""

    __slots__ = ()

    @abstractmethod
    def apply(self, channel: Channel) -> None:
        """Make it so in memory."""


@dataclass(frozen=True, slots=True)
class ChannelCreated(Event):
    """A channel came to be, by creation (XEP-0369 §7.3.2) or by entering a room (XEP-0045 §10.1)."""

    jid: ChannelJid
    key: bytes
    config: Config
    info: Info
    lists: Lists
    by: RealJid
    at: datetime
    adhoc: bool = False
    locked: bool = False
    operators: frozenset[RealJid] = frozenset()

    def born(self) -> Channel:
        """The new channel."""
        channel = Channel(
            self.jid,
            self.key,
            config=self.config,
            info=self.info,
            lists=self.lists,
            created=self.at,
            adhoc=self.adhoc,
            locked=self.locked,
            operators=self.operators,
        )
        channel.config_by = self.by
        channel.recent = deque(maxlen=self.config.history)
        return channel

    def apply(self, channel: Channel) -> None:
        """Nothing: the turn puts the newborn channel in place."""


@dataclass(frozen=True, slots=True)
class ChannelUnlocked(Event):
    """A room's owner has accepted its configuration, so others may enter (XEP-0045 §10.1)."""

    def apply(self, channel: Channel) -> None:
        channel.locked = False


@dataclass(frozen=True, slots=True)
class ChannelDestroyed(Event):
    """The channel is gone, with all it held (XEP-0369 §7.3.4). Participants leave in events of their own, before."""

    reason: str = ""
    alternate: str = ""
    """A JID to go to instead, as the owner wrote it (XEP-0045 §10.9)."""
    subscriptions: tuple[tuple[RealJid, frozenset[Node]], ...] = ()
    """Who was subscribed to what, so that they can be told."""
    left: tuple[ParticipantLeft, ...] = ()
    """Who was in it to the end."""

    def apply(self, channel: Channel) -> None:
        channel.destroyed = True
        channel.subscriptions.clear()
        channel.forget_everything()


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class Subscribed(Event):
    """An account is subscribed to more nodes."""

    jid: RealJid
    nodes: frozenset[Node]

    def apply(self, channel: Channel) -> None:
        channel.subscriptions[self.jid] = channel.subscriptions.get(self.jid, frozenset()) | self.nodes
        channel.forget_people()


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class NickChanged(Event):
    """A participant has another nick; everything else about them is as before (XEP-0369 §7.1.4)."""

    id: str
    old: Nick | None
    new: Nick
    asked: datetime | None = None
    """When the participant asked for another nick; None for a nick they were given."""

    def apply(self, channel: Channel) -> None:
        channel.rename(channel.participants[self.id], self.new, self.asked)


@dataclass(frozen=True, slots=True)
class PreferencesChanged(Event):
    """A participant has other preferences (XEP-0404 §3.1)."""

    id: str
    old: Preferences
    new: Preferences

    def apply(self, channel: Channel) -> None:
        someone = channel.participants[self.id]
        someone.preferences = self.new
        channel.forget_people(someone)


@dataclass(frozen=True, slots=True)
class GrantChanged(Event):
    """A participant got or lost a right for this visit (XEP-0045 §8)."""

    id: str
    old: Grant | None
    new: Grant | None
    by: RealJid | None = None
    text: str = ""
    ranked: bool = False
    """A `ListsChanged` of the same wish follows, so that one word can tell both (XEP-0045 §9.3)."""

    def apply(self, channel: Channel) -> None:
        someone = channel.participants[self.id]
        someone.grant = self.new
        channel.forget_people(someone)


@dataclass(frozen=True, slots=True)
class SessionOpened(Event):
    """A client of a participant is known now. `session.presence` says whether others see it."""

    id: str
    session: Session
    first: bool
    """Whether nobody saw this person before and somebody does now."""

    def apply(self, channel: Channel) -> None:
        _put_session(channel, self.id, self.session)


@dataclass(frozen=True, slots=True)
class SessionChanged(Event):
    """A known client shows something else, or came in by the other face as well."""

    id: str
    before: Session
    after: Session
    renamed: bool = False
    """A `NickChanged` of the same wish follows, so that one word can tell both (XEP-0045 §7.6)."""

    def apply(self, channel: Channel) -> None:
        _put_session(channel, self.id, self.after)


@dataclass(frozen=True, slots=True)
class SessionClosed(Event):
    """A client is gone, while its owner stays a participant."""

    id: str
    session: Session
    reason: Exit
    last: bool
    """Whether somebody saw this person before and nobody does now."""
    status: Payload | None = None
    by: RealJid | None = None
    """Whoever did it, when it was somebody else's doing."""
    text: str = ""

    def apply(self, channel: Channel) -> None:
        someone = channel.participants[self.id]
        del someone.sessions[self.session.jid]
        channel.forget_people(someone)


def _put_session(channel: Channel, id: str, session: Session) -> None:
    someone = channel.participants[id]
    someone.sessions[session.jid] = session
    channel.forget_people(someone)


@dataclass(frozen=True, slots=True)
class MessagePosted(Event):
    """A message was accepted (XEP-0369 §7.1.6, XEP-0045 §7.4)."""

    message: Message
    client: RealJid
    """The full JID it came from."""

    def apply(self, channel: Channel) -> None:
        _keep(channel, self.message)


@dataclass(frozen=True, slots=True)
class SubjectChanged(Event):
    """The room has another subject; the message that says so is archived like others (XEP-0045 §8.1)."""

    message: Message
    client: RealJid

    def apply(self, channel: Channel) -> None:
        message = self.message
        channel.subject = Subject(message.payload, message.sender, message.nick, message.at)
        _count(channel, message)


@dataclass(frozen=True, slots=True)
class MessageRetracted(Event):
    """A message was taken back; a `MessagePosted` that follows says so to everybody (XEP-0407 §4, XEP-0424)."""

    message: Message
    """What is left of it: the same id, position, time and sender, and a tombstone."""

    def apply(self, channel: Channel) -> None:
        recent = channel.recent
        for index, message in enumerate(recent or ()):
            if recent is not None and message.id == self.message.id:
                recent[index] = self.message


def _count(channel: Channel, message: Message) -> None:
    channel.next_position = max(channel.next_position, message.position + 1)
    channel.latest = max(channel.latest, message.at)


def _keep(channel: Channel, message: Message) -> None:
    _count(channel, message)
    if message.archived and channel.recent is not None:
        channel.recent.append(message)


@dataclass(frozen=True, slots=True)
class ConfigChanged(Event):
    """An owner changed the configuration (XEP-0406 §3.2). People it removes have left in events before this one."""

    old: Config
    new: Config
    by: RealJid
    at: datetime

    def apply(self, channel: Channel) -> None:
        channel.config = self.new
        channel.config_by = self.by
        channel.config_at = self.at
        if self.old.mode is not self.new.mode:
            channel.info_at = self.at  # the information shows the mode (XEP-0369 §4.7.4)
            channel.moves.forget()
        if channel.recent is not None and channel.recent.maxlen != self.new.history:
            channel.recent = None
        channel.forget_everything()


@dataclass(frozen=True, slots=True)
class InfoChanged(Event):
    """The channel says something else about itself (XEP-0406 §3.1)."""

    old: Info
    new: Info
    by: RealJid
    at: datetime

    def apply(self, channel: Channel) -> None:
        channel.info = self.new
        channel.info_at = self.at


@dataclass(frozen=True, slots=True)
class ListsChanged(Event):
    """Owners, administrators, the allowed or the banned are others now (XEP-0406 §3.3, XEP-0045 §9)."""

    old: Lists
    new: Lists
    by: RealJid
    at: datetime
    texts: Mapping[RealJid, str] = field(default_factory=dict)
    """What was said about whom when they were moved."""
    gone: frozenset[RealJid] = frozenset()
    """Who has left in events of the same wish, before this one."""
    moves: tuple[Move, ...] = ()

    def apply(self, channel: Channel) -> None:
        channel.lists = self.new
        channel.moves.take(self.moves)
        if (self.old.owners, self.old.admins) != (self.new.owners, self.new.admins):
            channel.config_at = self.at
            channel.config_by = self.by
        channel.forget_everything()
