"""Clients of people come, change and go."""

from __future__ import annotations

from mix.core.channel import Channel, Session
from mix.core.events.event import Event
from mix.core.exits import Exit
from mix.core.payload import Payload
from pubsubnodes.addresses import RealJid
from pubsubnodes.frozen import frozen


@frozen
class SessionOpened(Event):
    """A client of a participant is known now. `session.presence` says whether others see it."""

    id: str
    session: Session
    first: bool
    """Whether nobody saw this person before and somebody does now."""

    def apply(self, channel: Channel) -> None:
        _put_session(channel, self.id, self.session)


@frozen
class SessionChanged(Event):
    """A known client shows something else, or came in by the other face as well."""

    id: str
    before: Session
    after: Session
    renamed: bool = False
    """A `NickChanged` of the same wish follows, so that one word can tell both (XEP-0045 §7.6)."""

    def apply(self, channel: Channel) -> None:
        _put_session(channel, self.id, self.after)


@frozen
class SessionClosed(Event):
    """A client is gone, while its owner stays a participant."""

    id: str
    session: Session
    reason: Exit
    last: bool
    """Whether somebody saw this person before and nobody does now."""
    status: Payload | None = None
    by: RealJid | None = None
    """Whoever did it, when it was somebody else's doing."""
    text: str = ""

    def apply(self, channel: Channel) -> None:
        someone = channel.participants[self.id]
        del someone.sessions[self.session.jid]
        channel.forget_people(someone)


def _put_session(channel: Channel, id: str, session: Session) -> None:
    someone = channel.participants[id]
    someone.sessions[session.jid] = session
    channel.forget_people(someone)
