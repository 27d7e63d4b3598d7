"""Putting somebody out for now (XEP-0045 §8.2)."""

from __future__ import annotations

from dataclasses import replace

from mix.core.channel import Channel, Participant
from mix.core.departure import departed
from mix.core.events import Departure, Event, Exit, GrantChanged, SessionClosed, SessionOpened
from mix.core.ports import Moment
from mix.core.rights import Grant
from pubsubnodes.addresses import RealJid


def kicked(channel: Channel, someone: Participant, by: RealJid, text: str, moment: Moment) -> list[Event]:
    """A visit ends; a participant for good stays one, and is only not to be seen until they show themselves again.

    Clients that speak MIX stay known, hidden: MIX has no kick (XEP-0406 §3.3), and they go on getting messages.
    """
    if not someone.stays:
        return [departed(channel, someone, Departure.KICKED, moment, by=by, text=text)]
    events: list[Event] = []
    # The one that speaks for the person comes last, so that no other seems to take its place.
    sessions = sorted(someone.sessions.values(), key=lambda one: (one.is_present, one.priority, one.since))
    for session in sessions:
        if session.is_present:
            last = session is sessions[-1]
            events.append(SessionClosed(someone.id, session, Exit.KICKED, last=last, by=by, text=text))
            if session.in_channel:
                hidden = replace(session, in_room=False, presence=None, priority=0)
                events.append(SessionOpened(someone.id, hidden, first=False))
    if someone.grant is Grant.MODERATOR:
        events.append(GrantChanged(someone.id, someone.grant, None))  # lasts no longer than the visit (§5.1)
    return events
