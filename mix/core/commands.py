"""Wishes, parsed: what somebody wants of a channel, in neither protocol's words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from mix.core.config import Config, Info, Lists, Preferences
from mix.core.nodes import Node
from mix.core.payload import Payload
from mix.core.relayable import Concern
from mix.core.rights import Grant, Standing
from pubsubnodes.addresses import RealJid, VisibleAddress
from pubsubnodes.archive import ArchiveQuery
from pubsubnodes.paging import PageRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """What somebody wants. `actor` is the authenticated sender: a full JID, or a bare one for a user's server."""

    actor: RealJid

    answered_first: ClassVar[bool] = False
    """Whether who asked hears of success before everybody hears of what happened (XEP-0045 §8-10)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ignore(Command):
    """A stanza that is understood and asks for nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look(Command):
    """A question a face answers from the channel as it is, after its own check of rights (discovery, forms, pings)."""

    subject: str = ""
    """What is asked for, in the face's own words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick(Command):
    """Time has passed: look what is due in the channel. The service wants it of itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateChannel(Command):
    """Create a channel of the addressed name; an ad hoc one when `adhoc` (XEP-0369 §7.3.2-7.3.3)."""

    name: str
    adhoc: bool = False
    profile: Config | None = None
    """What it is like to begin with, where that is not what other channels are like."""
    config: Mapping[str, object] = field(default_factory=dict)
    """What is to be other than the defaults, as in `Configure`."""
    info: Mapping[str, object] = field(default_factory=dict)
    lists: Mapping[str, frozenset[RealJid]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class DestroyChannel(Command):
    """End a channel (XEP-0369 §7.3.4, XEP-0045 §10.9)."""

    reason: str = ""
    alternate: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """An invitation as it is shown on joining; what it says counts only if the channel issued it so (XEP-0407 §6)."""

    inviter: RealJid
    invitee: RealJid
    channel: str
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Join(Command):
    """Become a participant for good, and subscribe to nodes (XEP-0369 §7.1.2)."""

    nick: str | None
    nodes: Sequence[str]
    """Names as asked for, in order; unknown ones too, since a failed join names them."""
    preferences: Preferences | None = None
    claim: Claim | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Leave(Command):
    """Stop being a MIX participant, on all clients (XEP-0369 §7.1.3)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateSubscription(Command):
    """Subscribe to some nodes and unsubscribe from others (XEP-0369 §7.1.2)."""

    subscribe: Sequence[str]
    unsubscribe: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class SetNick(Command):
    """Take another nick; None asks for one to be given (XEP-0369 §7.1.4, XEP-0045 §7.6)."""

    nick: str | None
    presence: Payload | None = None
    """What the client shows with it, when the wish came as presence."""
    priority: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SetPreferences(Command):
    """Change the named preferences and keep the others (XEP-0404 §3.1)."""

    changes: Mapping[str, object]
    """Field of `Preferences` to its new value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PostMessage(Command):
    """Say something to everybody (XEP-0369 §7.1.6, XEP-0045 §7.4)."""

    payload: Payload
    client_id: str | None
    lang: str | None
    from_room: bool
    """Whether it came from a client in the room: only there is a lone subject a change of subject (XEP-0045 §8.1)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Retract(Command):
    """Take back a message, one's own or somebody else's (XEP-0407 §4, XEP-0424, XEP-0425)."""

    id: str
    """Its archive id."""
    from_room: bool
    """Whether it came from a client in the room, as in `PostMessage`."""
    payload: Payload = field(default_factory=lambda: Payload.stored(""))
    """What was said with it, such as a text for clients that cannot retract."""
    client_id: str | None = None
    lang: str | None = None
    as_moderator: bool = False
    """Asked for as a moderator: by a request, to be answered, and not in one's own name."""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SendPrivately(Command):
    """Say something to one person (XEP-0404 §3.2, XEP-0045 §7.5)."""

    to: str
    """Participant id."""
    tag: str | None = None
    """What stands for one of their clients."""
    payload: Payload
    type: str
    """`chat`, `normal` or nothing, as it came."""
    client_id: str | None
    lang: str | None
    written_to: VisibleAddress
    """The address as it was written, from which an error has to come."""
    from_room: bool
    """Whether that was an address of the room."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BouncePrivately(Command):
    """Say that a private message did not arrive. `actor` is whoever it was for, or their server."""

    to: str
    """Participant id of whoever wrote it."""
    failure: Payload
    """The error's type and condition."""
    client_id: str | None
    lost: bool
    """The error says that the client is gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RelayRequest(Command):
    """Ask somebody something through the channel (XEP-0403 §4.5, XEP-0045 §17.4)."""

    to: str
    """Participant id."""
    tag: str | None = None
    """What stands for one of their clients."""
    concern: Concern
    type: str
    """`get` or `set`."""
    payload: Payload
    client_id: str | None
    lang: str | None
    written_to: VisibleAddress
    """The address as it was written, from which the answer has to come."""
    from_room: bool
    """Whether that was an address of the room."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerRelayed(Command):
    """Answer what somebody has asked through the channel."""

    id: str
    type: str
    """`result` or `error`."""
    payload: Payload
    """Of an error, its type and condition alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowPresence(Command):
    """A client of somebody in the channel shows presence (XEP-0403 §4.1, XEP-0045 §7.7)."""

    presence: Payload
    priority: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class GoOffline(Command):
    """A client is gone: every session of this full JID ends, on both faces; a bare JID ends all of them."""

    status: Payload | None = None
    lost: bool = False
    """Found out by a bounce or a failed check rather than said (XEP-0045 §18.1.2)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SendBack(Command):
    """A server has sent back what was for the account of its user: it hands nothing on to clients (XEP-0405 §2.2)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshPresence(Command):
    """Send me everybody's presence (XEP-0405 §2.9.3, or a probe of RFC 6121 §4.3)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Enter(Command):
    """Enter the room under a nick, creating it if need be (XEP-0045 §7.2, §10.1)."""

    name: str
    """The room's localpart, for when it has to be created."""
    nick: str
    presence: Payload
    priority: int = 0
    password: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadNode(Command):
    """Fetch a node's items (XEP-0060 §6.5)."""

    node: Node
    ids: Sequence[str] = ()
    newest: int | None = None
    page: PageRequest | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscribe(Command):
    """Subscribe to one node by plain pubsub (XEP-0060 §6.1)."""

    node: Node


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsubscribe(Command):
    """End one subscription by plain pubsub (XEP-0060 §6.2)."""

    node: Node


@dataclass(frozen=True, slots=True, kw_only=True)
class Configure(Command):
    """Change the given fields of configuration, information and lists, all or nothing (XEP-0406 §3, XEP-0045 §10.2)."""

    config: Mapping[str, object]
    """Field of `Config` to its new value."""
    info: Mapping[str, object]
    """Field of `Info` to its new value."""
    lists: Mapping[str, frozenset[RealJid]]
    """Field of `Lists` to its new value."""
    as_owner: bool = True
    """Configuration is the owners' (XEP-0406 §2.4); information has its own circle."""

    @staticmethod
    def fields() -> frozenset[str]:
        """All names there are, for those who parse forms."""
        return frozenset((*Config.__dataclass_fields__, *Info.__dataclass_fields__, *Lists.__dataclass_fields__))


@dataclass(frozen=True, slots=True, kw_only=True)
class NewStanding:
    """Somebody is to have another place in the lists (XEP-0045 §9-10)."""

    standing: Standing
    jid: RealJid | None = None
    nick: str | None = None
    """With a JID the nick to keep for them, the empty one to keep none; without, whoever is present under it."""
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewGrant:
    """Somebody present is to have another footing for this visit, or to be put out (XEP-0045 §8, §9.6-9.7)."""

    nick: str
    grant: Grant | None
    """None puts them out."""
    jid: RealJid | None = None
    """Whom the nick is taken for, when that was said too."""
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetRanks(Command):
    """Change standings and grants, all or nothing (XEP-0045 §9.2)."""

    answered_first = True
    changes: Sequence[NewStanding | NewGrant]


@dataclass(frozen=True, slots=True, kw_only=True)
class AskForVoice(Command):
    """Ask those who keep order for the right to speak (XEP-0045 §7.13)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitee:
    """Somebody to be invited, and what they are told."""

    jid: RealJid
    text: str = ""
    lang: str | None = None
    thread: str | None = None
    """A conversation between two that goes on here, when it is one; its thread may be empty (XEP-0045 §7.9)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Invite(Command):
    """Have the channel invite people in one's name (XEP-0045 §7.8.2)."""

    people: Sequence[Invitee]
    client_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclineInvitation(Command):
    """Tell who invited one that one does not come (XEP-0045 §7.8.2)."""

    inviter: RealJid | None
    nick: str = ""
    """The inviter as others see them, when no address was given; the empty one means whoever it was."""
    text: str = ""
    lang: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnInvitation(Command):
    """An invitation came back: it could not be delivered (XEP-0045 §7.8.2)."""

    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Register(Command):
    """Become a member by one's own wish, with a nick kept for oneself (XEP-0045 §7.10)."""

    nick: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unregister(Command):
    """Give up membership and the nick that was kept (XEP-0077 §3.2)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadArchive(Command):
    """Fetch a page of a node's archive (XEP-0313, XEP-0442)."""

    node: Node
    query: ArchiveQuery
    ends: bool = False
    """Only the first and last message there are (XEP-0313 §5)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadDirectory(Command):
    """Which channels are there (XEP-0369 §6.2, XEP-0045 §6.3)?"""

    page: PageRequest
    lang: str | None = None
    """The language their names are asked for in."""
