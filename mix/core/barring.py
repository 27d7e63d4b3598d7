"""Keeping people and domains out of all channels (XEP-0133 §4.11, XEP-0045 §9.2)."""

from __future__ import annotations

from collections.abc import Sequence

from mix.core.census import Census, CensusSought
from mix.core.channel import Channel
from mix.core.commands import Command
from mix.core.departure import departed, emptied
from mix.core.events import Departure, Event, Unsubscribed
from mix.core.onlookers import gone
from mix.core.operating import Wished, must_operate
from mix.core.ports import Moment
from mix.core.refusals import Protected
from mix.core.registry import OfService, Registry
from pubsubnodes.addresses import RealJid
from pubsubnodes.frozen import frozen, frozen_by_name


@frozen_by_name
class Bar(Command):
    """Have exactly these accounts and domains kept out of the service."""

    entries: frozenset[RealJid]


@frozen_by_name
class Evict(Command):
    """Put those out of a channel who are kept out of the service.

    The service wants it of itself, of every channel before it does anything else: so it does not matter what came
    between the word of an operator and its effect.
    """


@frozen
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
        people = [*census.people, *((place, session.jid.bare) for place, _, session in census.sessions)]
        places = dict.fromkeys(place for place, bare in people if bare.is_covered_by(cmd.entries - old))
        evict = Evict(actor=cmd.actor.bare)
        return [BarredChanged(old, cmd.entries), *(Wished(place, evict) for place in places)]

    return CensusSought(barred)


def evict(channel: Channel, cmd: Evict, moment: Moment) -> list[Event]:
    """Whoever is kept out leaves as the banned do, participants for good too, and hears and shows nothing any more."""
    barred = [someone for someone in channel.participants.values() if moment.is_kept_out(someone.jid)]
    inside = {someone.jid for someone in barred}
    unsubscribed = [
        Unsubscribed(jid, nodes)
        for jid, nodes in channel.subscriptions.items()
        if jid not in inside and moment.is_kept_out(jid)
    ]
    unseen = [
        event
        for someone in channel.onlookers.values()
        if moment.is_kept_out(someone.jid)
        for event in gone(channel, someone.jid)
    ]
    leaving: list[Event] = [departed(channel, someone, Departure.BANNED, moment) for someone in barred]
    return [*unsubscribed, *unseen, *leaving, *emptied(channel, {someone.id for someone in barred})]
