"""What a channel waits for: when somebody has to look at it again, and what happens then.

A feature that has to act when nobody says anything adds an `Alarm`: when it is due in the channel as it is, and what
it decides then. The shell keeps one clock for all channels and puts a `Tick` into the mailbox of the one that is due.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from mix.core import lifecycle, relay
from mix.core.channel import Channel
from mix.core.commands import Tick
from mix.core.events import Event
from mix.core.ports import Moment, Rules

UNCONFIGURED: Final = timedelta(minutes=5)
"""How long a new room waits for its owner's configuration (XEP-0045 §10.1.1)."""


class Alarm(NamedTuple):
    """Something that happens in a channel by the mere passing of time."""

    when: Callable[[Channel, Rules], datetime | None]
    """When it has to happen, if at all; asked again after every change."""
    then: Callable[[Channel, Moment], Sequence[Event]]
    """What happens. It has to put off or undo what made it due, or it would be due for ever."""


def end_of_life(channel: Channel, rules: Rules) -> datetime | None:
    """When the configuration says that the channel goes (XEP-0369 §7.3.5)."""
    return channel.config.end_of_life


def given_up(channel: Channel, rules: Rules) -> datetime | None:
    """When a room that nobody has configured goes (XEP-0045 §10.1.1)."""
    return channel.created + UNCONFIGURED if channel.locked else None


def deserted(channel: Channel, rules: Rules) -> datetime | None:
    """When a channel has been without anybody for as long as the operator lets it (XEP-0369 §7.3.5)."""
    if rules.empty is None or channel.participants or channel.onlookers:
        return None
    return channel.deserted + rules.empty


ALARMS: Final[Sequence[Alarm]] = (
    Alarm(end_of_life, lifecycle.end),
    Alarm(given_up, lifecycle.end),
    Alarm(deserted, lifecycle.end),
    Alarm(lambda channel, rules: relay.due(channel), relay.expire),
)
"""All there is to wait for, in the order in which it happens."""


def due(channel: Channel, rules: Rules) -> datetime | None:
    """When the channel has to be looked at next, if nothing happens in it before."""
    return min((when for alarm in ALARMS if (when := alarm.when(channel, rules)) is not None), default=None)


def tick(channel: Channel | None, cmd: Tick, moment: Moment) -> Sequence[Event]:
    """What is due happens, one thing a tick: the next is decided on the channel as it is then."""
    if channel is None:
        return ()
    for alarm in ALARMS:
        when = alarm.when(channel, moment.rules)
        if when is not None and when <= moment.now:
            return alarm.then(channel, moment)
    return ()
