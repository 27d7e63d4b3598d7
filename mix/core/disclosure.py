"""What goes into the audit: an administrator asks who somebody is, or is shown so from now on (XEP-0404 §2.4-2.5).

Where addresses are hidden, people with a rank see them all the same: in the jidmap, on the lists of the room, on
messages and presence of the channel, on occupants of the room. Each question is noted. What is shown without a question
is noted when it begins (entering the room, subscribing to a node, getting the rank, or the end of a time when everybody
saw everybody), and not once for each presence.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from mix.core import events
from mix.core.channel import Channel
from mix.core.commands import Command
from mix.core.events import Event
from mix.core.nodes import Node
from mix.core.ports import Moment
from mix.core.rights import Grant
from mix.core.visibility import Mode
from pubsubnodes.addresses import RealJid
from pubsubnodes.frozen import frozen, frozen_by_name

THE_ROOM: Final = "the room"
TELLING: Final = (Node.JIDMAP, Node.MESSAGES, Node.PRESENCE)
"""Nodes whose subscribers are told addresses, if they have the rank for it."""


@frozen
class LookedUp(Event):
    """Somebody gets to know whose address is behind an id; it is in the audit before they do."""

    by: RealJid
    ids: tuple[str, ...]
    """The participants concerned; empty for all there are, and for those who come later."""
    at: datetime
    how: str
    """By which way: a node, a list, the room."""

    def apply(self, channel: Channel) -> None:
        """Nothing: the channel is as it was."""


@frozen_by_name
class ReadPeople(Command):
    """Ask for one of the room's lists of people (XEP-0045 §9); the face has looked whether they may."""

    which: str
    """Affiliation or role."""


def read(channel: Channel, cmd: ReadPeople, moment: Moment) -> list[LookedUp]:
    """Who asks for a list is told addresses, and with them the nicks people have here."""
    if channel.config.mode is Mode.VISIBLE:
        return []
    return [LookedUp(cmd.actor.bare, (), moment.now, f"list of the room: {cmd.which}")]


def begun(channel: Channel | None, happening: Sequence[Event], moment: Moment) -> list[LookedUp]:
    """Who is shown everybody's address from now on, by what happens."""
    if not any(isinstance(event, _TELLING_EVENTS) for event in happening):
        return []
    first = happening[0]
    before = first.born() if isinstance(first, events.ChannelCreated) else channel
    if before is None:
        return []
    return [LookedUp(by, (), moment.now, how) for by, how in dict.fromkeys(_begun(before, happening))]


_TELLING_EVENTS: Final = (
    events.SessionOpened,
    events.SessionChanged,
    events.GrantChanged,
    events.Subscribed,
    events.ListsChanged,
    events.ConfigChanged,
)


def _begun(channel: Channel, happening: Sequence[Event]) -> Iterator[tuple[RealJid, str]]:
    lists, mode = channel.lists, channel.config.mode
    people = {someone.id: someone.jid for someone in map(channel.participants.get, _touched(happening)) if someone}
    moderators: dict[RealJid, bool] = {}
    entered, subscribed = list[RealJid](), list[tuple[RealJid, Node]]()
    for event in happening:
        match event:
            case events.ParticipantJoined(id, jid):
                people[id] = jid
            case events.SessionOpened(id, session) | events.SessionChanged(id, _, session) if session.in_room:
                entered += [] if _is_in_room(channel, people[id]) else [people[id]]
            case events.GrantChanged(id, _, grant):
                moderators[people[id]] = grant is Grant.MODERATOR
            case events.Subscribed(jid, nodes):
                subscribed += [(jid, node) for node in TELLING if node in nodes]
            case events.ListsChanged():
                lists = event.new
            case events.ConfigChanged():
                mode = event.new.mode
    if mode is Mode.VISIBLE:
        return
    insiders = lists.owners | lists.admins | channel.operators
    if channel.config.mode is Mode.VISIBLE:  # everybody saw them until now
        risen = insiders | {one.jid for one in channel.participants.values() if one.grant is Grant.MODERATOR}
    else:
        risen = insiders - channel.lists.owners - channel.lists.admins - channel.operators
        risen |= {jid for jid, is_one in moderators.items() if is_one}
    for jid in sorted(risen, key=channel.id_of):
        if _is_in_room(channel, jid):
            yield jid, THE_ROOM
        yield from ((jid, node) for node in TELLING if node in channel.subscriptions.get(jid, ()) and jid in insiders)
    for jid in entered:
        someone = channel.participant_of(jid)
        if jid in insiders or moderators.get(jid, someone is not None and someone.grant is Grant.MODERATOR):
            yield jid, THE_ROOM
    yield from ((jid, node) for jid, node in subscribed if jid in insiders)


def _touched(happening: Sequence[Event]) -> Iterator[str]:
    for event in happening:
        if isinstance(event, events.SessionOpened | events.SessionChanged | events.GrantChanged):
            yield event.id


def _is_in_room(channel: Channel, jid: RealJid) -> bool:
    someone = channel.participant_of(jid)
    return someone is not None and any(session.in_room for session in someone.sessions.values())
