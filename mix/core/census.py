"""Everything there is, for those who look after the service (XEP-0133)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from mix.core.addresses import ChannelJid
from mix.core.channel import Session
from mix.core.events import Event
from pubsubnodes.addresses import RealJid
from pubsubnodes.frozen import frozen


@frozen
class Overview:
    """A channel, from far away."""

    jid: ChannelJid
    name: str
    created: datetime
    people: int
    """Who takes part now, visitors included."""


@frozen
class Census:
    """All channels, all who take part in them, and their clients, as storage has them."""

    channels: Sequence[Overview]
    people: Sequence[tuple[ChannelJid, RealJid]]
    sessions: Sequence[tuple[ChannelJid, str, Session]]
    """With the participant id."""

    def present(self) -> Iterator[tuple[ChannelJid, str, Session]]:
        """The clients that are there, in a room or seen in a channel."""
        return (one for one in self.sessions if one[2].in_room or one[2].is_present)

    def online(self) -> Sequence[RealJid]:
        """The accounts of these, each once."""
        return list(dict.fromkeys(session.jid.bare for _, _, session in self.present()))

    def clients(self) -> Sequence[RealJid]:
        """The addresses of these, each once; not accounts whose server stands in for their clients."""
        return list(dict.fromkeys(session.jid for _, _, session in self.present() if not session.jid.is_bare))


@frozen
class CensusSought:
    """A wish about all channels: what it comes to is known when they have been counted."""

    then: Callable[[Census], Sequence[Event]] = lambda census: ()
    """The second half of the decision. Raises a `Refusal`."""
