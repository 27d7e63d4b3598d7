"""Wishes denied. Neutral words: each face has one table that says them in its protocol's conditions."""

from __future__ import annotations

from mix.core.nodes import Node


class Refusal(Exception):
    """Something a person asked for and does not get. Carries no text: the faces' tables have constants."""


class NoSuchChannel(Refusal):
    """There is no such channel, or not for this person."""


class ChannelExists(Refusal):
    """A channel of that name exists already."""


class CreationNotAllowed(Refusal):
    """The service does not let this person create channels."""


class TooManyChannels(Refusal):
    """This person has made as many channels as they may."""


class TooManyNicks(Refusal):
    """Nicks are kept for this person in as many channels as they may be."""


class NameUnacceptable(Refusal):
    """That cannot be the name of a channel."""


class Banned(Refusal):
    """This person is banned from the channel."""


class MembersOnly(Refusal):
    """Only those on the allowed list get in."""


class WrongPassword(Refusal):
    """The room asks for a password and this was not it."""


class ChannelFull(Refusal):
    """The channel has as many people as it may have."""


class NotAParticipant(Refusal):
    """Only participants may do that."""


class NotAllowed(Refusal):
    """This person's rank does not give that right."""


class NoPrivateMessages(Refusal):
    """The channel does not let this person send private messages."""


class Unreachable(Refusal):
    """The person who is addressed does not want to be reached like that."""


class NoAnswer(Refusal):
    """Whoever was asked has not answered in time."""


class TooManyRequests(Refusal):
    """Too many requests are under way already."""


class Voiceless(Refusal):
    """This person may listen but not speak."""


class NickTaken(Refusal):
    """Somebody else has that nick."""


class NickMissing(Refusal):
    """The channel wants everybody to have a nick."""


class NickMalformed(Refusal):
    """That is no nick at all (RFC 8266)."""


class NickUnacceptable(Refusal):
    """A nick this service does not want: too long, or passing for something else."""


class NickLocked(Refusal):
    """The channel keeps another nick for this person, and wants them to go by it."""


class CannotCoexist(Refusal):
    """The preference and the channel's mode exclude each other (XEP-0404 §3.1)."""


class ValueUnacceptable(Refusal):
    """A form's field has a value it cannot have."""


class FieldUnknown(Refusal):
    """A form has a field that means nothing here (XEP-0313 §4.1.5)."""


class NoSuchNode(Refusal):
    """The channel has no such node."""


class NoSuchItem(Refusal):
    """There is no such item, message or person."""


class NodeClosed(Refusal):
    """This person may not subscribe to or read that node."""


class NothingSubscribable(Refusal):
    """None of the nodes a join asked for could be subscribed (XEP-0369 §7.1.2)."""

    def __init__(self, first: Refusal, nodes: tuple[str, ...]) -> None:
        super().__init__()
        self.first = first
        """Why the first of them could not be."""
        self.nodes = nodes
        """All that failed for the same reason."""


class NotSubscribed(Refusal):
    """There is no such subscription to end (XEP-0060 §6.2.3)."""


class NodeReadOnly(Refusal):
    """That node is filled by the service alone."""

    def __init__(self, node: Node | None = None) -> None:
        super().__init__()
        self.node = node


class LastOwner(Refusal):
    """A channel always has an owner."""


class Protected(Refusal):
    """The right is there, but whom it would be used on is out of its reach."""


class Oneself(Refusal):
    """Nobody puts themselves out, or bans themselves."""


class RegistrationClosed(Refusal):
    """The channel takes no members by their own wish, or not this person."""


class ChangeRefused(Refusal):
    """One of several changes is refused, so none is made (XEP-0045 §9.2)."""

    def __init__(self, first: Refusal, place: int) -> None:
        super().__init__()
        self.first = first
        """Why it is."""
        self.place = place
        """Which of them, counted from 0."""


class RetractionOff(Refusal):
    """In this channel people cannot take back what they said (XEP-0406 §2.4)."""


class RetractionTooLate(Refusal):
    """The message is older than the operator lets its author take it back (XEP-0407 §4)."""


class NotRetractable(Refusal):
    """A message that cannot be taken back: it set the subject, or takes back another itself."""


class MalformedRequest(Refusal):
    """The request is not of the form the protocol gives it."""


class MalformedAddressee(Refusal):
    """The request is to an address that cannot be one."""


class UnsupportedRequest(Refusal):
    """The service does not do that."""


class Gone(Refusal):
    """The channel has ended, and its owner has named another place."""

    def __init__(self, alternate: str = "") -> None:
        super().__init__()
        self.alternate = alternate
        """An address, as the owner wrote it."""


class SwitchedOff(Refusal):
    """The service could do that, but whoever runs it does not want it to."""


class TooFast(Refusal):
    """Too much at once; later it will do."""


class ListFull(Refusal):
    """A list of the channel has as many people on it as it may have."""


class TooLarge(Refusal):
    """More than the service carries."""


class StorageFailed(Refusal):
    """The service could not write it down; nothing has happened."""
