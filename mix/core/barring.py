"""Keeping people and domains out of all channels (XEP-0133 §4.11, XEP-0045 §9.2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mix.core.census import Census, CensusSought
from mix.core.channel import Channel
from mix.core.commands import Command
from mix.core.departure import departed, emptied
from mix.core.events import Departure, Event
from mix.core.onlookers import gone
from mix.core.operating import Wished, must_operate
from mix.core.ports import Moment
from mix.core.refusals import Protected
from mix.core.registry import OfService, Registry
from pubsubnodes.addresses import RealJid


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar(Command):
    """Have exactly these accounts and domains kept out of the service."""

    entries: frozenset[RealJid]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evict(Command):
    """Put those out of a channel who are kept out of the service. The service wants it of itself."""


@dataclass(frozen=True, slots=True)
class BarredChanged(OfService):
    """Other people are kept out now."""

    old: frozenset[RealJid]
    new: frozenset[RealJid]

    def enter(self, registry: Registry) -> None:
        registry.barred = self.new


def bar(channel: Channel | None, cmd: Bar, moment: Moment) -> CensusSought:
    """Keep people out from now on, and put those out who are in; nobody who looks after the service."""
    must_operate(cmd, moment)
    if any(operator in cmd.entries for operator in moment.rules.operators):
        raise Protected()
    old = moment.registry.barred

    def barred(census: Census) -> Sequence[Event]:
        if cmd.entries == old:
            return []
        there = [*census.people, *((place, session.jid) for place, _, session in census.sessions)]
        places = dict.fromkeys(place for place, jid in there if jid.is_covered_by(cmd.entries - old))
        evict = Evict(actor=cmd.actor.bare)
        return [BarredChanged(old, cmd.entries), *(Wished(place, evict) for place in places)]

    return CensusSought(barred)


def evict(channel: Channel, cmd: Evict, moment: Moment) -> list[Event]:
    """Whoever is kept out leaves as the banned do, participants for good too, and is not seen from outside either."""
    barred = [someone for someone in channel.participants.values() if _goes(someone.jid, moment)]
    hiding = [
        one
        for someone in channel.onlookers.values()
        if _goes(someone.jid, moment)
        for one in gone(channel, someone.jid)
    ]
    leaving = [departed(channel, someone, Departure.BANNED, moment) for someone in barred]
    return [*hiding, *leaving, *emptied(channel, {someone.id for someone in barred})]


def _goes(bare: RealJid, moment: Moment) -> bool:
    return moment.registry.is_barred(bare) and bare not in moment.rules.operators
