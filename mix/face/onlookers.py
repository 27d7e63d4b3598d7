"""Presence of people who are not in the channel, on the wire: from encoded addresses as all others (XEP-0406 §2.4)."""

from __future__ import annotations

from collections.abc import Iterable

from mix.core.channel import Channel
from mix.core.onlookers import OnlookerGone, OnlookerShown
from mix.face import presence
from pubsubnodes.stanza import Delivery, Inbound


def render_shown(event: OnlookerShown, channel: Channel, cause: Inbound | None) -> Iterable[Delivery]:
    """A client is there, or shows something else."""
    return presence.shown(channel, channel.onlookers[event.id], event.session)


def render_gone(event: OnlookerGone, channel: Channel, cause: Inbound | None) -> Iterable[Delivery]:
    """A client is gone."""
    return presence.gone(channel, event.id, event.session, event.status)
