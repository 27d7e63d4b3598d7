"""The people of the storage tests, and the events they cause."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from mix.core.addresses import ChannelJid
from mix.core.channel import Channel, Message, Participant, Session
from mix.core.config import Config, Info, Lists, Preferences
from mix.core.departure import departed
from mix.core.events import (
    ChannelCreated,
    Departure,
    Event,
    MessagePosted,
    ParticipantJoined,
    ParticipantLeft,
    SessionOpened,
    SubjectChanged,
)
from mix.core.ids import SALT_LENGTH, archive_id, participant_id
from mix.core.nicknames import prepare
from mix.core.onlookers import OnlookerShown
from mix.core.payload import Payload
from mix.core.ports import Change, Moment, Repository, Rules
from pubsubnodes.addresses import RealJid
from tests.stage.world import LoadedDice

DOMAIN = "mix.shakespeare.example"
COVEN = ChannelJid("coven", DOMAIN)
HEATH = ChannelJid("heath", DOMAIN)
KEY = bytes(range(32))
NOW = datetime(2026, 10, 31, 23, 0, 0, 123456, tzinfo=UTC)

HECATE = RealJid.parse("hecate@shakespeare.example")
HAG = RealJid.parse("hag66@shakespeare.example")
OTHER = RealJid.parse("crone1@elsewhere.example")
OPERATOR = RealJid.parse("operator@shakespeare.example")
DOMAIN_OF_OTHER = RealJid.parse("elsewhere.example")


RULES = Rules(DOMAIN)


def client(jid: RealJid, resource: str) -> RealJid:
    """One of somebody's clients."""
    return RealJid.parse(f"{jid.unseal()}/{resource}")


def moment(seconds: float = 0) -> Moment:
    """Some seconds after it began."""
    return Moment(NOW + timedelta(seconds=seconds), LoadedDice(), Rules(DOMAIN))


def created(jid: ChannelJid = COVEN, **fields: Any) -> ChannelCreated:
    """A channel of Hecate's, like others unless told otherwise."""
    settings: dict[str, Any] = {"config": Config(), "info": Info(), "lists": Lists(owners=frozenset({HECATE}))}
    return ChannelCreated(jid, KEY, by=HECATE, at=NOW, **settings | fields)


def id_of(jid: RealJid) -> str:
    """The participant id of somebody, in every channel of these tests."""
    return participant_id(KEY, jid)


def joined(jid: RealJid, nick: str | None = None, *, stays: bool = True, after: float = 1) -> ParticipantJoined:
    """Somebody joins."""
    at = NOW + timedelta(seconds=after)
    return ParticipantJoined(id_of(jid), jid, prepare(nick) if nick else None, Preferences(), stays=stays, at=at)


def left(channel: Channel, jid: RealJid, why: Departure = Departure.LEFT, after: float = 9) -> ParticipantLeft:
    """Somebody leaves a channel as it is."""
    return departed(channel, channel.participant(jid), why, moment(after))


def opened(jid: RealJid, resource: str = "phone", **fields: Any) -> SessionOpened:
    """A client of somebody appears."""
    session = Session(client(jid, resource), f"tag-{resource}", NOW, in_room=True)
    return SessionOpened(id_of(jid), replace(session, **fields), first=True)


def shown(jid: RealJid, resource: str = "phone", **fields: Any) -> OnlookerShown:
    """A client of somebody who is not in shows presence."""
    session = opened(jid, resource, in_room=False, in_channel=True, presence=Payload.stored(""), **fields).session
    return OnlookerShown(id_of(jid), jid, prepare("Onlooker"), session, NOW + timedelta(seconds=1))


def id_at(position: int, salt: bytes = bytes(SALT_LENGTH)) -> str:
    """The id of the message at a position."""
    return archive_id(KEY, position, salt)


def message(position: int, text: str = "Double, double", *, by: RealJid = HECATE, **fields: Any) -> Message:
    """A message at a position."""
    facts: dict[str, Any] = {
        "id": id_at(position),
        "at": NOW + timedelta(seconds=position),
        "nick": prepare("Hecate"),
        "disclosed": False,
        "client_id": f"c{position}",
        "lang": "en",
    }
    payload = Payload.stored(f"<body>{text}</body>")
    return Message(position=position, sender=id_of(by), payload=payload, **facts | fields)


def posted(position: int, text: str = "Double, double", **fields: Any) -> MessagePosted:
    """Somebody says something."""
    return MessagePosted(message(position, text, **fields), client(HECATE, "phone"))


def subject(position: int, text: str) -> SubjectChanged:
    """Somebody sets the subject."""
    said = message(position)
    wire = Payload.stored(f"<subject>{text}</subject>")
    return SubjectChanged(
        Message(
            said.id,
            said.position,
            said.at,
            said.sender,
            said.nick,
            disclosed=False,
            payload=wire,
            client_id=said.client_id,
        ),
        client(HECATE, "phone"),
    )


async def record(repository: Repository, *events: Event, jid: ChannelJid = COVEN) -> None:
    """Commit events as one change."""
    await repository.commit([Change(jid, events)])


async def loaded(repository: Repository, jid: ChannelJid = COVEN) -> Channel:
    """A channel that has to be there."""
    channel = await repository.load(jid)
    assert channel is not None
    return channel


def portrait(channel: Channel) -> dict[str, Any]:
    """All that is to be kept of a channel, to be compared with another's."""
    return {
        "jid": channel.jid,
        "key": channel.key,
        "settings": (channel.config, channel.info, channel.lists),
        "created": channel.created,
        "flags": (channel.adhoc, channel.locked, channel.operators),
        "changes": (channel.config_at, channel.config_by, channel.info_at),
        "subject": channel.subject,
        "subscriptions": dict(channel.subscriptions),
        "participants": {id: _of(someone) for id, someone in channel.participants.items()},
        "onlookers": {id: _of(someone) for id, someone in channel.onlookers.items()},
        "recent": channel.recent,
        "hats": (dict(channel.hats), dict(channel.worn)),
        "moves": (channel.moves.number, list(channel.moves.remembered)),
        "admissions": (dict(channel.admissions.people), channel.admissions.others),
        "kept": (dict(channel.reserved), dict(channel.lapsed), dict(channel.invitations)),
    }


def _of(someone: Participant) -> tuple[Any, ...]:
    facts = (someone.id, someone.jid, someone.nick, someone.since, someone.stays, someone.preferences, someone.grant)
    return (*facts, dict(someone.sessions))


def in_memory(events: Iterable[Event], operators: frozenset[RealJid] = frozenset({OPERATOR})) -> Channel:
    """The channel some events come to, the first of them its creation."""
    first, *others = events
    assert isinstance(first, ChannelCreated)
    channel = first.born()
    channel.operators |= operators
    for event in others:
        channel.apply(event)
    channel.recent = None
    return channel
