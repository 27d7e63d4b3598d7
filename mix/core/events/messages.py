"""What is said, and taken back."""

from __future__ import annotations

from mix.core.channel import Channel, Message, Subject
from mix.core.events.event import Event
from pubsubnodes.addresses import RealJid
from pubsubnodes.frozen import frozen


@frozen
class MessagePosted(Event):
    """A message was accepted (XEP-0369 §7.1.6, XEP-0045 §7.4)."""

    message: Message
    client: RealJid
    """The full JID it came from."""

    def apply(self, channel: Channel) -> None:
        _keep(channel, self.message)


@frozen
class SubjectChanged(Event):
    """The room has another subject; the message that says so is archived like others (XEP-0045 §8.1)."""

    message: Message
    client: RealJid

    def apply(self, channel: Channel) -> None:
        message = self.message
        channel.subject = Subject(message.payload, message.sender, message.nick, message.at)
        _count(channel, message)


@frozen
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
