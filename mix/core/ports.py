"""What the core expects of the world around it: the rules of the service, storage, and faces."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import field, replace
from datetime import datetime, timedelta
from typing import Protocol

from mix.core.addresses import ChannelJid
from mix.core.census import Census, CensusSought
from mix.core.channel import Channel, Message, Session
from mix.core.commands import Command
from mix.core.config import Config
from mix.core.events import Event
from mix.core.ids import Dice
from mix.core.items import Item
from mix.core.nicknames import Nick
from mix.core.nodes import Node
from mix.core.refusals import Refusal
from mix.core.registry import OfService, Registry
from mix.core.visibility import Mode
from pubsubnodes.addresses import RealJid
from pubsubnodes.disco import About
from pubsubnodes.frozen import frozen
from pubsubnodes.paging import Page, PageRequest
from pubsubnodes.stanza import Delivery, Inbound, Stanza


@frozen
class Rules:
    """What the operator decided for all channels of the service."""

    domain: str
    name: str = "Channels"
    contact: tuple[str, ...] = ()
    """Where whoever runs the service is reached, as URIs (XEP-0157)."""
    operators: frozenset[RealJid] = frozenset()
    """Accounts with an owner's rights in every channel (XEP-0133)."""
    local_domains: frozenset[str] = frozenset()
    """Domains whose people are local."""
    creators: str = "local"
    """Who may create channels: `local` people, `anyone`, or `admins` of the service only."""
    default_mode: Mode = Mode.HIDDEN
    private: bool = False
    """Whether a new channel is private until its owner opens it."""
    searchable: bool = True
    relay: str = "everybody"
    """Who may ask other people something through a channel: `everybody` in it, `speakers` only, or `nobody`."""
    max_nick: int = 64
    max_participants: int = 50_000
    max_made: int = 0
    """Channels one account may have made; 0: any number."""
    max_kept: int = 0
    """Channels in which one account may have a nick kept by its own wish; 0: any number."""
    max_page: int = 250
    """Items on one page of anything."""
    history: int = 50
    """Messages a room shows on entering, unless its owner says less."""
    tombstones: timedelta = timedelta()
    """How long nobody has the name of a channel that was destroyed; none: it is free at once (XEP-0045 §10.9)."""
    registration: str = "open"
    """Who becomes a member of a room by registering: whoever could enter (`open`), in closed rooms also whom an
    administrator approves (`approval`), nobody (`off`) (XEP-0045 §7.10, §9.9)."""
    registered_nicks: bool = True
    """Whether people can register a nick for all channels (XEP-0407 §3)."""
    retraction: timedelta | None = None
    """How old a message may be that its author takes back; None: any age (XEP-0407 §4)."""
    empty: timedelta | None = None
    """After this a channel with nobody in it is gone; None: never (XEP-0369 §7.3.5)."""
    max_avatar: int = 65_536
    """Bytes of an image of a channel."""

    room_domain: str | None = None
    """The second domain, on which the channels are rooms; None when both are on one (XEP-0408 §2)."""

    def room_of(self, channel: ChannelJid) -> ChannelJid:
        """The address a channel has as a room."""
        return channel if self.room_domain is None else ChannelJid(channel.local, self.room_domain)

    def may_create(self, who: RealJid) -> bool:
        """Whether the creation policy admits an account (XEP-0369 §7.3.1)."""
        if who.bare in self.operators or self.creators == "anyone":
            return True
        return self.creators == "local" and self.is_local(who)

    def is_local(self, who: RealJid) -> bool:
        """Whether an account is of a domain the operator knows: of others there may be any number."""
        return any(map(who.is_at, self.local_domains))


@frozen
class Moment:
    """When a decision falls, the dice it may roll, the rules in force: all that is not channel or command."""

    now: datetime
    dice: Dice
    rules: Rules
    registry: Registry = field(default_factory=Registry)
    """The nicks people have registered with the service."""

    def is_kept_out(self, who: RealJid) -> bool:
        """Whether an account is kept out of the service: never one that looks after it (XEP-0133 §4.11)."""
        return who.bare not in self.rules.operators and self.registry.is_barred(who.bare)


@frozen
class ArchiveWindow:
    """A page of a channel's archive, resolved to what storage knows. Raises `NoSuchItem` for unknown ids when read."""

    channel: ChannelJid
    node: Node
    page: PageRequest
    sender: str | None = None
    """Participant id."""
    nick: str | None = None
    """The nick as it was then, in its compared form."""
    start: datetime | None = None
    end: datetime | None = None
    before_id: str | None = None
    after_id: str | None = None
    ids: tuple[str, ...] = ()
    nothing: bool = False
    """The filter can match nothing this person may know of."""
    since: datetime | None = None
    """What came before it is not there for whoever asks."""
    ends: bool = False
    """Only the first and last message there are (XEP-0313 §5)."""
    noted: tuple[Event, ...] = ()
    """What the question itself amounts to; it is recorded before it is answered."""


@frozen
class DirectoryWindow:
    """A page of the channels an account may know of (XEP-0369 §6.2)."""

    viewer: RealJid
    page: PageRequest
    lang: str | None = None
    """The language the names are to be in, where they have several."""


@frozen
class Listing:
    """A channel in the directory."""

    jid: ChannelJid
    name: str | None


@frozen
class MessageSought:
    """A stored message that a wish is about: what the wish comes to is known when the message is, or that it is not."""

    channel: ChannelJid
    id: str
    then: Callable[[Message | None], Sequence[Event]]
    """The second half of the decision. Raises a `Refusal`."""

    author: str | None = None
    """Whose newest messages are known by their client's ids, too."""


@frozen
class NicksKept:
    """In how many channels a nick is kept for an account: what a wish for one more comes to is known then."""

    who: RealJid
    then: Callable[[int], Sequence[Event]]


@frozen
class ChannelsMade:
    """How many channels an account has made: what a wish for one more comes to is known then."""

    maker: RealJid
    then: Callable[[int], Sequence[Event]]
    """The second half of the decision. Raises a `Refusal`."""


@frozen
class ActivitySought:
    """Channels in which something was said since an account was last there, of those it has a place in the lists of."""

    who: RealJid
    then: Callable[[Sequence[ChannelJid]], Sequence[Event]]
    """The second half of the decision."""


Lookup = ArchiveWindow | DirectoryWindow | MessageSought | ChannelsMade | NicksKept | ActivitySought | CensusSought
Found = Page[Message] | Page[Item] | Page[Listing] | Census
Decision = Sequence[Event] | Lookup
"""What a wish comes to: facts to record, or something to look up in storage first."""


@frozen
class Change:
    """What happened in one channel, to be recorded with others in one transaction."""

    channel: ChannelJid
    events: Sequence[Event]


@frozen
class Keep:
    """How much of every archive is kept; the rest goes from its oldest end (XEP-0313 §3.2)."""

    most: int | None = None
    """Entries of each archive."""
    since: datetime | None = None
    """What came before goes."""
    now: datetime | None = None
    """When it is, for channels that keep less than others."""

    def of(self, config: Config) -> Keep:
        """How much of a channel's archives is kept: its owner may want less, and cannot have more."""
        if config.kept_days is None or self.now is None:
            return self
        own = self.now - timedelta(days=config.kept_days)
        return replace(self, since=own if self.since is None else max(own, self.since))


@frozen
class Outcome:
    """What became of a command, for the face that answers it."""

    command: Command
    events: Sequence[Event] = ()
    found: Found | None = None
    moment: Moment = field(kw_only=True)


class Repository(Protocol):
    """Storage. Two kinds: SQL, and a dict for tests; one test suite runs on both."""

    async def load(self, jid: ChannelJid) -> Channel | None:
        """A channel as it was last recorded, without its recent messages."""
        ...

    async def commit(self, changes: Sequence[Change]) -> None:
        """Record all of it durably, or nothing. Raises `StorageFailed`."""
        ...

    async def page(self, window: ArchiveWindow) -> Page[Message]:
        """A page of the archive of messages, oldest first. Raises `NoSuchItem` for an id that is not in it."""
        ...

    async def items(self, window: ArchiveWindow) -> Page[Item]:
        """A page of the archive of a node other than messages, oldest first. Raises `NoSuchItem` as well."""
        ...

    async def trim(self, keep: Keep) -> Mapping[ChannelJid, int]:
        """Drop what is not to be kept of any archive, from the oldest end; how many entries of which channels went."""
        ...

    async def message(self, jid: ChannelJid, id: str) -> Message | None:
        """A message of an archive, or what is left of it; None for an id that is not in it."""
        ...

    async def recent(self, jid: ChannelJid, count: int) -> Sequence[Message]:
        """The newest archived messages that are no changes of subject, oldest first."""
        ...

    async def directory(self, window: DirectoryWindow) -> Page[Listing]:
        """Channels that are listed and that the viewer may know of. Raises `NoSuchItem` for an unknown start."""
        ...

    async def kept(self, who: RealJid) -> int:
        """In how many channels a nick is kept for an account."""
        ...

    async def made(self, by: RealJid) -> int:
        """How many channels an account has made that are still there."""
        ...

    async def sessions(self) -> Sequence[tuple[ChannelJid, str, Session]]:
        """All sessions there are, with channel and participant id: to find out who is still there."""
        ...

    async def sharers(self) -> Sequence[tuple[ChannelJid, RealJid]]:
        """The participants of all channels with a presence node who let them show their presence (XEP-0404 §3.1)."""
        ...

    async def watching(self) -> Sequence[RealJid]:
        """The clients that watch their rooms (XEP-0437 §3.1)."""
        ...

    async def news(self, who: RealJid) -> Sequence[ChannelJid]:
        """Channels with news for an account (XEP-0437 §4): those it may enter by a place of its own in the lists.

        In them somebody else has said something since it left, if it ever was there; where it still is nothing is news.
        """
        ...

    async def census(self) -> Census:
        """All channels, and all who are in them."""
        ...

    async def buried(self) -> Mapping[str, tuple[str, datetime]]:
        """Names of channels that have ended, with where people are to go instead, and until when nobody has them."""
        ...

    async def barred(self) -> frozenset[RealJid]:
        """The accounts and domains kept out of the service."""
        ...

    async def registered_nicks(self) -> Sequence[tuple[RealJid, Nick]]:
        """All nicks registered with the service."""
        ...

    async def due(self, rules: Rules) -> Sequence[tuple[ChannelJid, datetime]]:
        """The channels that wait for something, and since or until when (`mix.core.due`)."""
        ...


class Face(Protocol):
    """A protocol spoken about channels: parses wishes, says what happened, refuses."""

    def names_channel(self, inbound: Inbound) -> str | None:
        """The channel a stanza to the service itself is about, by localpart, if it is about one (creation)."""
        ...

    def parse(self, inbound: Inbound, channel: Channel | None) -> Command | None:
        """The wish in a stanza; None when the stanza is another face's business. Raises a `Refusal`."""
        ...

    def render(self, event: Event, channel: Channel, cause: Inbound | None) -> Iterable[Delivery]:
        """What everybody concerned is told of an event, after it was applied. Silence is fine."""
        ...

    def tell(self, event: OfService) -> Iterable[Delivery]:
        """What people are told of something that happened to the service as a whole. Silence is usual."""
        ...

    def reply(self, inbound: Inbound, channel: Channel | None, outcome: Outcome) -> Iterable[Stanza]:
        """The answer to whoever asked, in order, after everybody else was told."""
        ...

    def refuse(self, inbound: Inbound, refusal: Refusal, channel: Channel | None) -> Stanza | None:
        """The refusal in this protocol's conditions; None where silence is the answer."""
        ...

    def describe(self, channel: Channel | None, viewer: RealJid, lang: str | None, moment: Moment) -> About:
        """What this face adds to the discovery of a channel, or of the service when there is no channel; texts
        in the viewer's language, if they were given in it."""
        ...
