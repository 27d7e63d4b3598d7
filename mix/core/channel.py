"""A channel: the one aggregate both faces speak about. `apply` is the only thing that changes it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Final, TypeVar

from mix.core import ids
from mix.core.addresses import ChannelJid
from mix.core.config import Config, Info, Lists, Preferences
from mix.core.moves import Moves
from mix.core.nicknames import Nick
from mix.core.nodes import Node
from mix.core.payload import Payload
from mix.core.pictures import Avatar
from mix.core.refusals import NotAParticipant
from mix.core.rights import Grant
from mix.core.visibility import Sight
from pubsubnodes.addresses import RealJid
from pubsubnodes.frozen import frozen

if TYPE_CHECKING:
    from mix.core.events import Event
    from mix.core.hats import Hat
    from mix.core.transient import PendingRequest, Whisper, WhisperKey

T = TypeVar("T")
RENAMINGS: Final = 10
"""How many changes of nick are remembered of a person."""


LAPSED: Final = 1_000
"""Visitors who have left of whom a channel knows what they had been granted, the latest ones."""


@frozen
class Session:
    """One client of a participant, and the random tag that stands for its resource (XEP-0404 §2.4)."""

    jid: RealJid
    tag: str
    since: datetime
    in_room: bool = False
    """It has entered the room, so it gets room traffic (XEP-0045 §7.2)."""
    in_channel: bool = False
    """It speaks MIX, so it gets what its owner subscribed to."""
    presence: Payload | None = None
    """What it last showed; None while it shows nothing."""
    priority: int = 0

    @property
    def is_present(self) -> bool:
        """Whether others see this client."""
        return self.presence is not None


@dataclass(slots=True, eq=False)
class Participant:
    """A person in the channel, online or not (XEP-0369 §4.6). Mutable, and mutated by `Channel.apply` only."""

    id: str
    jid: RealJid
    nick: Nick | None
    since: datetime
    stays: bool
    """A MIX participant stays for good; someone who only entered the room is one until the last exit."""
    preferences: Preferences = field(default_factory=Preferences)
    sessions: dict[RealJid, Session] = field(default_factory=dict)
    grant: Grant | None = None
    renamed: tuple[datetime, ...] = ()
    """When they last asked for other nicks; not stored."""
    memo: dict[Hashable, object] = field(default_factory=dict, repr=False)
    """What faces have rendered of this person; emptied when anything about them changes."""

    @property
    def is_present(self) -> bool:
        """Whether any client shows presence: then the room sees an occupant (XEP-0408 §2)."""
        return any(session.presence is not None for session in self.sessions.values())

    @property
    def leading(self) -> Session | None:
        """The client whose presence speaks for the person in the room: highest priority, then the newest."""
        shown = [session for session in self.sessions.values() if session.presence is not None]
        return max(shown, key=lambda session: (session.priority, session.since)) if shown else None

    @property
    def is_reached_by_server(self) -> bool:
        """Whether what is for this person goes to the account, since its server hands it on to all clients.

        That is so when the server has joined for them (XEP-0405 §2.2), which the account's own session tells, and no
        client shows itself: until then it is by chance which of them are known.
        """
        return self.jid in self.sessions and not any(s.in_channel and s.is_present for s in self.sessions.values())

    def clients(self) -> Iterator[RealJid]:
        """Full JIDs of the clients known to speak MIX, or the bare JID while none is known."""
        if self.is_reached_by_server:
            return iter((self.jid,))
        known = [s.jid for s in self.sessions.values() if s.in_channel and not s.jid.is_bare]
        return iter(known or [self.jid])


@frozen
class Retraction:
    """What a message says that takes back another (XEP-0407 §4, XEP-0424, XEP-0425)."""

    of: str
    """Archive id of the other one."""
    moderated: bool = False
    """Not its author took it back, but somebody with a right over everybody's messages."""
    reason: str = ""
    called: str = ""
    """What its author called the other one, if not by its archive id."""


@frozen
class Tombstone:
    """What is known of a message that was taken back, in the place of what it said."""

    by: str
    """Participant id."""
    nick: Nick | None
    """The nick they had then; None also for somebody who was not in the channel."""
    disclosed: bool
    """Whether their JID was shown to the public then."""
    at: datetime
    said_in: str
    """The `id` under which the room sent the message that says so (XEP-0424 §4)."""
    moderated: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Message:
    """A message as the archive holds it: facts, neither stanza nor address (XEP-0404 §2.3)."""

    id: str
    position: int
    at: datetime
    sender: str
    """Participant id."""
    nick: Nick | None
    disclosed: bool
    """Whether the sender's JID was shown to the public then."""
    payload: Payload
    client_id: str | None = None
    lang: str | None = None
    archived: bool = True
    retraction: Retraction | None = None
    """It takes back another; each face writes that in its own words, the payload has what else was said."""
    tombstone: Tombstone | None = None
    """It was taken back itself: its payload is gone."""
    memo: dict[Hashable, object] = field(default_factory=dict, repr=False)


@frozen
class Invitation:
    """Who invited whom: so that an answer, or the invitation coming back, finds the inviter (XEP-0045 §7.8.2)."""

    id: str
    """The stanza's."""
    invitee: RealJid
    """As it was addressed."""
    inviter: RealJid
    at: datetime


@frozen
class Admissions:
    """Since when who may know what is said, in a channel that shows newcomers no past; empty in all others."""

    people: Mapping[RealJid, datetime] = field(default_factory=dict)
    """Those let in by name, or with their whole domain."""
    others: datetime | None = None
    """Everybody else who may come in."""

    @property
    def times(self) -> Iterator[datetime]:
        """When people were let in: what is said next is no earlier, so that all of them may know it."""
        yield from self.people.values()
        if self.others is not None:
            yield self.others


@frozen
class Subject:
    """The room's subject: the message that set it (XEP-0045 §7.2.15)."""

    payload: Payload
    sender: str
    nick: Nick | None
    at: datetime


class Channel:
    """Participants, nicks, sessions, lists and settings of one channel.

    Features decide on it, `apply` changes it, faces read it. Everything in it is stored, so it can be dropped
    at any time and loaded again.
    """

    def __init__(
        self,
        jid: ChannelJid,
        key: bytes,
        *,
        config: Config,
        info: Info,
        lists: Lists,
        created: datetime,
        adhoc: bool = False,
        locked: bool = False,
        operators: frozenset[RealJid] = frozenset(),
    ) -> None:
        self.jid = jid
        self.room = jid
        """Its address as a room, which is another one where rooms have a domain of their own (XEP-0408 §2)."""
        self.key = key
        self.config = config
        self.info = info
        self.lists = lists
        self.moves = Moves()
        self.created = created
        self.adhoc = adhoc
        self.locked = locked
        self.operators = operators
        self.is_barred: Callable[[RealJid], bool] = lambda bare: False
        """Whether an account is kept out of the service as a whole (XEP-0133 §4.11)."""
        self.config_at = self.info_at = created
        self.config_by: RealJid | None = None
        self.deserted = created
        """When the last one left, or when it was made: for how long nobody has been in, while nobody is."""
        self.destroyed = False
        self.subject: Subject | None = None
        self.avatar = Avatar()
        self.participants: dict[str, Participant] = {}
        self.onlookers: dict[str, Participant] = {}
        """People who show presence without being in (XEP-0406 §2.4)."""
        self.subscriptions: dict[RealJid, frozenset[Node]] = {}
        self.admissions = Admissions()
        self.reserved: dict[RealJid, Nick] = {}
        """Nicks kept for people, in or not (XEP-0045 §7.10)."""
        self.lapsed: dict[str, tuple[Grant, datetime]] = {}
        """What visitors had been granted who have left, and when they left, the latest last (XEP-0045 §5.1)."""
        self.pleas: dict[str, datetime] = {}
        """When who last asked for voice, the latest last; leaving and coming back is no reason to ask again."""
        self.hats: dict[str, Hat] = {}
        """What people can wear, by URI (XEP-0317)."""
        self.worn: dict[RealJid, frozenset[str]] = {}
        """Who wears what, in or not."""
        self.invitations: dict[str, Invitation] = {}
        """Invitations that may still be answered or come back, oldest first."""
        self.recent: deque[Message] | None = None
        """The newest archived messages, for the room's history; None until somebody needs them."""
        self.whispers: dict[WhisperKey, Whisper] = {}
        """Private messages that may still come back, oldest first; stored nowhere."""
        self.applied: dict[RealJid, datetime] = {}
        """Who has asked to become a member, and when, longest ago first; stored nowhere."""
        self.pending: dict[str, PendingRequest] = {}
        """Requests relayed between people and not yet answered, oldest first; stored nowhere."""
        self.next_position = 1
        self.next_item = 1
        """As `next_position`, of the archives of the other nodes."""
        self.latest = created
        """When the newest message was accepted; the next is no earlier, whatever the clock does (XEP-0313 §3.1)."""
        self._by_jid: dict[RealJid, Participant] = {}
        self._by_nick: dict[str, Participant] = {}
        self._kept: dict[str, RealJid] = {}
        self._derived: dict[Hashable, object] = {}
        self.kept: dict[Hashable, object] = {}
        """What faces keep across changes, to find out that nothing has changed for them."""

    # -- looking

    @property
    def sight(self) -> Sight:
        """Who may see whose JID here, now."""
        return Sight.of(self.config.mode)

    def participant_of(self, bare: RealJid) -> Participant | None:
        """The participant an account is, if it is one."""
        return self._by_jid.get(bare)

    def participant(self, actor: RealJid) -> Participant:
        """The participant an account or client is. Raises `NotAParticipant`."""
        found = self._by_jid.get(actor.bare)
        if found is None:
            raise NotAParticipant()
        return found

    def session_of(self, client: RealJid) -> Session | None:
        """The session of a full JID, if it has one."""
        found = self._by_jid.get(client.bare)
        return found.sessions.get(client) if found is not None else None

    def holder_of(self, nick: Nick) -> Participant | None:
        """Who holds a nick; compared prepared and case-folded (RFC 8266)."""
        return self._by_nick.get(nick.key)

    def is_free(self, nick: Nick, bare: RealJid) -> bool:
        """Whether an account may have a nick: nobody else has it, nor is it kept for anybody else (XEP-0045 §7.12)."""
        holder = self._by_nick.get(nick.key)
        if any(one.nick == nick and one.jid != bare for one in self.onlookers.values()):
            return False
        return (holder is None or holder.jid == bare) and self._kept.get(nick.key, bare) == bare

    def is_banned(self, bare: RealJid) -> bool:
        """Whether the banned list covers an account (XEP-0406 §2.3)."""
        return self.is_barred(bare) or bare.is_covered_by(self.lists.banned)

    def is_listed(self, bare: RealJid) -> bool:
        """Whether an account stands on the allowed list itself: a member, in the room's words."""
        return bare in self.lists.allowed

    def id_of(self, jid: RealJid) -> str:
        """The participant id an account has or would have here."""
        return ids.participant_id(self.key, jid.bare)

    def derived(self, key: Hashable, compute: Callable[[Channel], T]) -> T:
        """A view of the channel computed once and kept until people or settings change."""
        if key not in self._derived:
            self._derived[key] = compute(self)
        return self._derived[key]  # type: ignore[return-value]  # keyed by its computation

    # -- changing

    def apply(self, event: Event) -> None:
        """Make an event so. No rule is checked here: `decide` has."""
        event.apply(self)

    def forget_people(self, *changed: Participant) -> None:
        """Drop what was derived from the people in the channel, and what was rendered of the changed ones."""
        self._derived.clear()
        for someone in changed:
            someone.memo.clear()

    def forget_everything(self) -> None:
        """Drop all derived views: who is shown what has changed for everybody."""
        self.forget_people(*self.participants.values())

    def admit(self, someone: Participant) -> None:
        """Put a participant in (from an event, or from storage)."""
        self.participants[someone.id] = someone
        self._by_jid[someone.jid] = someone
        if someone.nick is not None:
            self._by_nick[someone.nick.key] = someone
        self.forget_people()

    def dismiss(self, id: str) -> None:
        """Take a participant out."""
        someone = self.participants.pop(id)
        del self._by_jid[someone.jid]
        if someone.nick is not None:
            del self._by_nick[someone.nick.key]
        self.forget_people()

    def keep_nick(self, bare: RealJid, nick: Nick | None) -> None:
        """Keep a nick for an account, instead of the one kept before; or none."""
        before = self.reserved.pop(bare, None)
        if before is not None:
            del self._kept[before.key]
        if nick is not None:
            self.reserved[bare] = nick
            self._kept[nick.key] = bare

    def remember_grant(self, id: str, grant: Grant, left: datetime) -> None:
        """Keep what a visitor had who has left, for when they come back soon."""
        self.lapsed.pop(id, None)
        self.lapsed[id] = (grant, left)
        if len(self.lapsed) > LAPSED:
            del self.lapsed[next(iter(self.lapsed))]

    def rename(self, someone: Participant, nick: Nick, asked: datetime | None = None) -> None:
        """Give a participant another nick, by their own wish or not."""
        if asked is not None:
            someone.renamed = (*someone.renamed[1 - RENAMINGS :], asked)
        if someone.nick is not None:
            del self._by_nick[someone.nick.key]
        someone.nick = nick
        self._by_nick[nick.key] = someone
        self.forget_people(someone)
