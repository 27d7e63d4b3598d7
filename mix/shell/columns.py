"""Values to columns and back: the door of storage. Here a real JID becomes text, and nowhere else in it."""

from __future__ import annotations

from base64 import b64decode, b64encode
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, Final, NamedTuple

from pydantic import TypeAdapter

from mix.core.addresses import ChannelJid
from mix.core.channel import Invitation, Message, Retraction, Session, Tombstone
from mix.core.config import Config, Info, Preferences
from mix.core.hats import Hat
from mix.core.languages import Translations
from mix.core.nicknames import Nick
from mix.core.nodes import Node
from mix.core.payload import Payload
from mix.core.pictures import Avatar, Image, ImageInfo
from pubsubnodes.addresses import RealJid
from pubsubnodes.frozen import frozen

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def from_jid(jid: RealJid) -> str:
    """The text of an address, for a column."""
    return jid.unseal()


def domain_of(jid: RealJid) -> str:
    """The domain of an address: what entries of lists may name instead of a person (XEP-0406 §2.2)."""
    return jid.bare.unseal().rpartition("@")[2]


to_jid = RealJid.parse


def to_channel_jid(text: str) -> ChannelJid:
    """The address of a channel."""
    local, _, domain = text.partition("@")
    return ChannelJid(local, domain)


def from_time(at: datetime) -> int:
    """Microseconds since 1970."""
    return (at - _EPOCH) // _MICROSECOND


def to_time(microseconds: int) -> datetime:
    """A time in UTC."""
    return _EPOCH + timedelta(microseconds=microseconds)


@lru_cache(maxsize=1024)
def to_nick(text: str | None, key: str | None) -> Nick | None:
    """A nick that was prepared before it was stored; the many messages of one person share it."""
    return None if text is None else Nick(text, text if key is None else key)


def from_nick(nick: Nick | None) -> tuple[str | None, str | None]:
    """A nick as it is shown and as it is compared."""
    return (nick.text, nick.key) if nick is not None else (None, None)


@frozen
class _Info:
    """`Info` with its addresses as text."""

    name: str = ""
    description: str = ""
    contact: tuple[str, ...] = ()
    names: Translations = ()
    descriptions: Translations = ()


@frozen
class _Avatar:
    """`Avatar` with its images as text."""

    images: tuple[str, ...] = ()
    shown: tuple[ImageInfo, ...] = ()


# Unknown keys are ignored and missing ones have their defaults, so that fields can be added without a migration.
_CONFIG: TypeAdapter[Config] = TypeAdapter(Config)
_PREFERENCES: TypeAdapter[Preferences] = TypeAdapter(Preferences)
_INFO: TypeAdapter[_Info] = TypeAdapter(_Info)
_AVATAR: TypeAdapter[_Avatar] = TypeAdapter(_Avatar)


def from_config(config: Config) -> str:
    """The configuration as JSON."""
    return _CONFIG.dump_json(config).decode()


def to_config(json: str) -> Config:
    """The configuration; a field that is not there has its default."""
    return _CONFIG.validate_json(json)


def from_info(info: Info) -> str:
    """The information as JSON, addresses as text."""
    contact = tuple(from_jid(jid) for jid in info.contact)
    return _INFO.dump_json(_Info(info.name, info.description, contact, info.names, info.descriptions)).decode()


def to_info(json: str) -> Info:
    """The information."""
    found = _INFO.validate_json(json)
    contact = tuple(map(to_jid, found.contact))
    return Info(found.name, found.description, contact, found.names, found.descriptions)


@frozen
class _Tombstone:
    """`Tombstone` with its time as a number, and its nick as it was prepared."""

    by: str
    nick: str | None
    nick_key: str | None
    disclosed: bool
    at: int
    said_in: str
    moderated: bool = False
    reason: str = ""


_MESSAGES: Final = Node.MESSAGES.value
_RETRACTION: TypeAdapter[Retraction] = TypeAdapter(Retraction)
_TOMBSTONE: TypeAdapter[_Tombstone] = TypeAdapter(_Tombstone)


def from_retraction(retraction: Retraction | None) -> str | None:
    """What a message takes back, as JSON."""
    return None if retraction is None else _RETRACTION.dump_json(retraction).decode()


def to_retraction(json: str | None) -> Retraction | None:
    """What a message takes back."""
    return None if json is None else _RETRACTION.validate_json(json)


def from_tombstone(tombstone: Tombstone | None) -> str | None:
    """What is known of a message that was taken back, as JSON."""
    if tombstone is None:
        return None
    nick, key = from_nick(tombstone.nick)
    stored = _Tombstone(
        tombstone.by,
        nick,
        key,
        tombstone.disclosed,
        from_time(tombstone.at),
        tombstone.said_in,
        tombstone.moderated,
        tombstone.reason,
    )
    return _TOMBSTONE.dump_json(stored).decode()


def to_tombstone(json: str | None) -> Tombstone | None:
    """What is known of a message that was taken back."""
    if json is None:
        return None
    stored = _TOMBSTONE.validate_json(json)
    nick, at = to_nick(stored.nick, stored.nick_key), to_time(stored.at)
    return Tombstone(stored.by, nick, stored.disclosed, at, stored.said_in, stored.moderated, stored.reason)


class MessageRow(NamedTuple):
    """A row of the archive but for its channel; in the order of the table, since there are many."""

    position: int
    id: str
    node: str
    at: int
    sender: str
    nick: str | None
    nick_key: str | None
    disclosed: bool
    client_id: str | None
    lang: str | None
    subject: bool
    payload: str
    retraction: str | None
    tombstone: str | None


def archived(message: Message, *, subject: bool) -> MessageRow:
    """The row of a message."""
    nick, key = from_nick(message.nick)
    return MessageRow(
        message.position,
        message.id,
        _MESSAGES,
        from_time(message.at),
        message.sender,
        nick,
        key,
        message.disclosed,
        message.client_id,
        message.lang,
        subject,
        message.payload.wire,
        from_retraction(message.retraction),
        from_tombstone(message.tombstone),
    )


def from_message(message: Message) -> dict[str, Any]:
    """The columns of what a message says, without those that say which one it is and when it came."""
    return {
        "lang": message.lang,
        "payload": message.payload.wire,
        "retraction": from_retraction(message.retraction),
        "tombstone": from_tombstone(message.tombstone),
    }


@lru_cache(maxsize=1024)
def from_preferences(preferences: Preferences) -> str:
    """Preferences as JSON."""
    return _PREFERENCES.dump_json(preferences).decode()


@lru_cache(maxsize=1024)
def to_preferences(json: str) -> Preferences:
    """Preferences. There are few different ones, so that most people of a large channel share a value."""
    return _PREFERENCES.validate_json(json)


def from_avatar(avatar: Avatar) -> str | None:
    """Images and what is said of them as JSON, bytes in base64; nothing when there is no picture."""
    if avatar == Avatar():
        return None
    images = tuple(b64encode(image.data).decode() for image in avatar.images)
    return _AVATAR.dump_json(_Avatar(images, avatar.shown)).decode()


def to_avatar(json: str | None) -> Avatar:
    """The picture of a channel."""
    if json is None:
        return Avatar()
    found = _AVATAR.validate_json(json)
    return Avatar(tuple(Image(b64decode(image)) for image in found.images), found.shown)


def from_payload(payload: Payload | None) -> str | None:
    """A payload as text; it was serialised for the wire anyway."""
    return None if payload is None else payload.wire


def to_payload(wire: str | None) -> Payload | None:
    """A payload as it was stored."""
    return None if wire is None else Payload.stored(wire)


def from_session(session: Session) -> dict[str, Any]:
    """The columns of a session, without those that say whose it is."""
    return {
        "jid": from_jid(session.jid),
        "tag": session.tag,
        "since": from_time(session.since),
        "in_room": session.in_room,
        "in_channel": session.in_channel,
        "presence": from_payload(session.presence),
        "priority": session.priority,
    }


def from_hat(hat: Hat | None) -> dict[str, Any] | None:
    """The columns of a hat, without its URI."""
    return None if hat is None else {"title": hat.title, "hue": hat.hue, "lang": hat.lang}


def from_invitation(invitation: Invitation) -> dict[str, Any]:
    """The columns of an invitation, without its id."""
    return {
        "invitee": from_jid(invitation.invitee),
        "inviter": from_jid(invitation.inviter),
        "at": from_time(invitation.at),
    }


def to_invitation(id: str, invitee: str, inviter: str, at: int) -> Invitation:
    """An invitation."""
    return Invitation(id, to_jid(invitee), to_jid(inviter), to_time(at))


SESSION_COLUMNS = "jid, tag, since, in_room, in_channel, presence, priority"


def to_session(
    jid: str, tag: str, since: int, in_room: bool, in_channel: bool, presence: str | None, priority: int
) -> Session:
    """A session, from `SESSION_COLUMNS`."""
    return Session(to_jid(jid), tag, to_time(since), bool(in_room), bool(in_channel), to_payload(presence), priority)
