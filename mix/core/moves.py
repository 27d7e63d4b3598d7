"""Who has moved in the lists, and when: what somebody has missed who has read them before (XEP-0463).

Each move of an account has a number, one more than the move before it. What the lists were at a number is told by
them as they are and by the moves since, as far back as these are remembered.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Final, final

from mix.core.config import Lists
from mix.core.rights import Standing, listed_standing
from pubsubnodes.addresses import RealJid
from pubsubnodes.frozen import frozen

if TYPE_CHECKING:
    from mix.core.channel import Channel

REMEMBERED: Final = 500
"""Moves; whoever has missed more reads all lists again (XEP-0463 §5.2.1)."""


@frozen
class Move:
    """Somebody has another place in the lists."""

    number: int
    jid: RealJid
    before: Standing
    now: Standing


@final
class Moves:
    """The newest moves in a channel, oldest first."""

    def __init__(self, number: int = 0, remembered: Iterable[Move] = ()) -> None:
        self.number = number
        """That of the newest."""
        self.remembered = deque(remembered, maxlen=REMEMBERED)
        """Oldest first."""

    def take(self, moves: Iterable[Move]) -> None:
        """Remember more."""
        for move in moves:
            self.remembered.append(move)
            self.number = move.number

    def forget(self) -> None:
        """Remember none: others may read the lists now than could before, and the past is not theirs (XEP-0463 §6)."""
        self.remembered.clear()

    @property
    def numbers(self) -> Iterator[int]:
        """Those at which it is known what the lists were, newest first."""
        return (self.number - back for back in range(len(self.remembered) + 1))

    def before(self, number: int) -> Mapping[RealJid, Standing]:
        """Where everybody who has moved since a number stood at it."""
        stood: dict[RealJid, Standing] = {}
        for move in self.remembered:
            if move.number > number:
                stood.setdefault(move.jid, move.before)
        return stood


def moves(channel: Channel, new: Lists, first: Collection[RealJid] = ()) -> tuple[Move, ...]:
    """The moves to other lists; some people's before those of the others, and in their order."""
    old = channel.lists
    concerned = {jid for listed in _people(old, new) for jid in listed}
    moved = [jid for jid in concerned if listed_standing(old, jid) is not listed_standing(new, jid)]
    places = {jid: place for place, jid in enumerate(first)}
    moved.sort(key=lambda jid: (places.get(jid, len(places)), hash(jid)))
    return tuple(
        Move(place, jid, listed_standing(old, jid), listed_standing(new, jid))
        for place, jid in enumerate(moved, channel.moves.number + 1)
    )


def _people(old: Lists, new: Lists) -> Iterator[frozenset[RealJid]]:
    yield old.owners ^ new.owners
    yield old.admins ^ new.admins
    yield old.banned ^ new.banned
    yield old.allowed ^ new.allowed
