"""One person in a channel addressing another: who may, who is meant, and where they are reached (XEP-0404 §2.4)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from mix.core.channel import Channel, Participant, Session
from mix.core.events import Event, SessionOpened
from mix.core.ports import Moment
from mix.core.presence import noticed
from mix.core.refusals import NoSuchItem, NotAParticipant
from mix.core.transient import Delivered
from pubsubnodes.addresses import RealJid


class Introduced(NamedTuple):
    """Somebody who addresses another, and the name their client goes by."""

    person: Participant
    tag: str | None
    noticed: Sequence[Event]
    """A client that was not known before gets a tag, or nobody could write back to it (XEP-0404 §2.4)."""


def introduce(channel: Channel, actor: RealJid, moment: Moment) -> Introduced:
    """Who addresses somebody. Raises `NotAParticipant`, also for a visitor's clients outside the room."""
    me = channel.participant(actor)
    session = client_at(me, actor)
    if not me.stays and (session is None or not session.in_room):
        raise NotAParticipant()
    if session is not None or actor.is_bare:
        return Introduced(me, session.tag if session is not None else None, ())
    events = noticed(me, actor, moment)
    tag = next((event.session.tag for event in events if isinstance(event, SessionOpened)), None)
    return Introduced(me, tag, events)


def addressee(channel: Channel, id: str) -> Participant:
    """Who is addressed. Raises `NoSuchItem` for whoever is not, or not any more, a participant (MIX-SPI-12)."""
    try:
        return channel.participants[id]
    except KeyError:
        raise NoSuchItem() from None


def clients(someone: Participant) -> list[Session]:
    """The clients of a person; what is known of the account itself is no client."""
    return [session for session in someone.sessions.values() if not session.jid.is_bare]


def client_at(someone: Participant, jid: RealJid) -> Session | None:
    """The client of a full JID."""
    return None if jid.is_bare else someone.sessions.get(jid)


def client_tagged(someone: Participant, tag: str | None) -> Session | None:
    """The client a tag stands for."""
    return next((client for client in clients(someone) if client.tag == tag), None)


def reached(someone: Participant, tag: str | None = None) -> Delivered:
    """All known clients of a person, or the one a tag stands for; each is told in the words it has used."""
    chosen = [client for client in clients(someone) if tag is None or client.tag == tag]
    return Delivered(
        in_room=tuple(client.jid for client in chosen if client.in_room),
        outside=tuple(client.jid for client in chosen if client.in_channel and not client.in_room),
    )
