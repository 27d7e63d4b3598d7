"""Telling everybody who is there something at once (XEP-0133 §4.23)."""

from __future__ import annotations

from collections.abc import Sequence

from mix.core.census import Census, CensusSought
from mix.core.channel import Channel
from mix.core.commands import Command
from mix.core.operating import must_operate
from mix.core.ports import Moment
from mix.core.refusals import TooLarge, ValueUnacceptable
from mix.core.registry import OfService
from mix.core.transient import Transient
from pubsubnodes.addresses import RealJid
from pubsubnodes.frozen import frozen, frozen_by_name

LONGEST = 10_000
"""Characters of an announcement."""


@frozen_by_name
class Announce(Command):
    """Tell all clients that are in a room or seen in a channel something, each once."""

    text: str


@frozen
class Announced(OfService, Transient):
    """The service says something to people, in no channel's name."""

    text: str
    to: tuple[RealJid, ...]


def announce(channel: Channel | None, cmd: Announce, moment: Moment) -> CensusSought:
    """Find out who is there, and tell them."""
    must_operate(cmd, moment)
    if not cmd.text.strip():
        raise ValueUnacceptable()
    return CensusSought(lambda census: announced(cmd.text, census))


def announced(text: str, census: Census) -> Sequence[Announced]:
    """The event of an announcement; none when there is nothing to say. Raises `TooLarge`."""
    if len(text) > LONGEST:
        raise TooLarge()
    return [Announced(text, tuple(census.clients()))] if text.strip() else []
