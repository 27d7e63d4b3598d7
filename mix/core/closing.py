"""The end of the service, for good: everybody is told and visits end (XEP-0045 §11.2, XEP-0133 §4.31).

A restart is nothing of the kind: who is in a room stays in it, and hears nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from mix.core.announcing import announced
from mix.core.census import Census, CensusSought
from mix.core.channel import Channel
from mix.core.commands import Command
from mix.core.departure import departed, emptied
from mix.core.events import Departure, Event, Exit, GrantChanged, SessionClosed, SessionOpened
from mix.core.operating import must_operate
from mix.core.ports import Moment
from mix.core.registry import OfService
from mix.core.rights import Grant
from mix.core.transient import Transient
from pubsubnodes.frozen import frozen, frozen_by_name


@frozen_by_name
class ShutDown(Command):
    """End the service after a while, having said so."""

    delay: timedelta
    text: str = ""


@frozen_by_name
class EndVisits(Command):
    """Let everybody leave the room who is in it. The service wants it of itself, when it stops for good."""


@frozen
class ShutdownOrdered(OfService, Transient):
    """The service stops for good then."""

    at: datetime


def shut_down(channel: Channel | None, cmd: ShutDown, moment: Moment) -> CensusSought:
    """Announce it to all who are there, and set the time."""
    must_operate(cmd, moment)

    def ordered(census: Census) -> Sequence[Event]:
        return [*announced(cmd.text, census), ShutdownOrdered(moment.now + cmd.delay)]

    return CensusSought(ordered)


def end_visits(channel: Channel, cmd: EndVisits, moment: Moment) -> list[Event]:
    """Visitors leave, participants for good only the room; a temporary room ends with its visits (XEP-0045 §7.14)."""
    events: list[Event] = []
    gone: set[str] = set()
    for someone in channel.participants.values():
        visits = [session for session in someone.sessions.values() if session.in_room]
        if visits and not someone.stays:
            gone.add(someone.id)
            events.append(departed(channel, someone, Departure.SHUTDOWN, moment))
            continue
        shown = sum(session.is_present for session in someone.sessions.values())
        for session in visits:
            shown -= session.is_present
            events.append(SessionClosed(someone.id, session, Exit.SHUTDOWN, last=session.is_present and shown == 0))
            if session.in_channel:  # it goes on as a client that speaks MIX, and is not to be seen until it says so
                known = replace(session, in_room=False, presence=None, priority=0)
                events.append(SessionOpened(someone.id, known, first=False))
        if visits and someone.grant is Grant.MODERATOR:
            events.append(GrantChanged(someone.id, someone.grant, None))  # lasts no longer than the visit (§5.1)
    return [*events, *emptied(channel, gone)]
