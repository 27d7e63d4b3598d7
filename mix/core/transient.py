"""What happens in a channel and leaves no trace in storage: private messages and relayed requests.

These are events like others, decided, applied and rendered; only nobody records them (XEP-0404 §3.2). After a restart
nothing is known of a request that was under way, and an answer to it is dropped.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from mix.core.channel import Channel
from mix.core.events import Event
from mix.core.payload import Payload
from mix.core.refusals import Refusal
from pubsubnodes.addresses import RealJid, VisibleAddress
from pubsubnodes.frozen import frozen

WHISPERS: Final = 1024
"""How many private messages of a channel may come back, the newest ones; of older ones nobody is told."""

WhisperKey = tuple[str, str, str | None]


class Transient(Event):
    """Something that happened and is recorded nowhere."""

    __slots__ = ()


@frozen
class Delivered:
    """Where something private goes: clients that are told in the room's words, and addresses that are told in MIX's."""

    in_room: tuple[RealJid, ...] = ()
    outside: tuple[RealJid, ...] = ()


@frozen
class Whisper:
    """That somebody wrote to somebody, and not what: all that is known of a private message until it is forgotten."""

    sender: str
    """Participant id."""
    recipient: str
    """Participant id."""
    client: RealJid
    """The client that wrote it."""
    client_id: str | None
    written_to: VisibleAddress
    """The address this client wrote to, from which an error comes."""
    written_in_room: bool
    """Whether that was an address of the room."""

    @property
    def key(self) -> WhisperKey:
        """How an error that comes back says what it is about."""
        return self.sender, self.recipient, self.client_id


@frozen
class PrivateMessagePosted(Transient):
    """Somebody said something to one other person (XEP-0404 §3.2, XEP-0045 §7.5)."""

    whisper: Whisper
    tag: str | None
    """What stands for the client it came from."""
    to: Delivered
    payload: Payload
    type: str
    lang: str | None

    def apply(self, channel: Channel) -> None:
        whispers = channel.whispers
        whispers.pop(self.whisper.key, None)
        whispers[self.whisper.key] = self.whisper
        if len(whispers) > WHISPERS:
            del whispers[next(iter(whispers))]


@frozen
class PrivateMessageBounced(Transient):
    """A private message came back, and whoever wrote it is told, without an address (XEP-0045 §7.5)."""

    whisper: Whisper
    failure: Payload
    """Type and condition of the error, and nothing else of it."""

    def apply(self, channel: Channel) -> None:
        channel.whispers.pop(self.whisper.key, None)


@frozen
class PendingRequest:
    """A relayed request whose answer is awaited (XEP-0403 §4.5, XEP-0045 §17.4)."""

    id: str
    """The one it has on its way to the other person; nobody can guess it."""
    asker: str
    """Participant id."""
    client: RealJid
    """The client that asked, and that gets the answer."""
    client_id: str | None
    """The id this client gave it."""
    written_to: VisibleAddress
    """The address this client wrote to, from which the answer comes."""
    asked_in_room: bool
    """Whether that was an address of the room."""
    target: str
    """Participant id of the one who is asked."""
    asked: RealJid
    """The address that is asked: a client, or the account for what only its server knows."""
    until: datetime
    """When nobody waits for an answer any more."""


@frozen
class RequestRelayed(Transient):
    """A request is on its way to the one it is for."""

    pending: PendingRequest
    tag: str | None
    """What stands for the client that asks."""
    to_room: bool
    """Whether the one who is asked is told in the room's words."""
    type: str
    payload: Payload
    lang: str | None

    def apply(self, channel: Channel) -> None:
        channel.pending[self.pending.id] = self.pending


@frozen
class RequestAnswered(Transient):
    """The one who was asked has answered, with a result or an error."""

    pending: PendingRequest
    type: str
    payload: Payload

    def apply(self, channel: Channel) -> None:
        channel.pending.pop(self.pending.id, None)


@frozen
class RequestFailed(Transient):
    """A request will not be answered by the one it was for: so the channel does."""

    pending: PendingRequest
    why: Refusal

    def apply(self, channel: Channel) -> None:
        channel.pending.pop(self.pending.id, None)
