"""Telling clients which rooms have news, without their being in them (XEP-0437)."""

from __future__ import annotations

from typing import Final

from mix.core.addresses import ChannelJid
from mix.core.channel import Channel
from mix.core.commands import Command
from mix.core.indicators import ActivityIndicated, Unwatch, Watch, WatchBegun
from mix.core.ports import Outcome
from muccompat.leave import is_fatal
from pubsubnodes.addresses import Recipients, VisibleAddress
from pubsubnodes.stanza import Delivery, Fanout, Inbound, Stanza
from pubsubnodes.xml import element

SPEC = "XEP-0437 v0.2.0"

RAI: Final = "urn:xmpp:rai:0"
HINTS: Final = "urn:xmpp:hints"


def parse(inbound: Inbound) -> Command | None:
    """A client asks for indicators, says good-bye, or is found to be gone (§3); other presence means nothing here."""
    if inbound.sender.is_bare:
        return None
    match inbound.kind, inbound.type:
        case "presence", "" if inbound.child(f"{{{RAI}}}rai") is not None:
            return Watch(actor=inbound.sender)
        case ("presence", "unavailable"):
            return Unwatch(actor=inbound.sender)
        case (("presence" | "message"), "error") if is_fatal(inbound):
            return Unwatch(actor=inbound.sender)
        case _:
            return None


def indicated(event: ActivityIndicated, channel: Channel) -> list[Delivery]:
    """Say that there is news in a room."""
    return [Fanout(_news(channel.room.domain, [channel.room]), Recipients(event.clients))]


def reply(inbound: Inbound, outcome: Outcome) -> list[Stanza]:
    """Say where there is news already, in one message; nothing where there is none (§4)."""
    rooms = [
        outcome.moment.rules.room_of(channel)
        for event in outcome.events
        if isinstance(event, WatchBegun)
        for channel in event.news
    ]
    return [_news(inbound.target.domain, rooms)] if rooms else []


def _news(service: str, rooms: list[ChannelJid]) -> Stanza:
    named = (element(RAI, "activity", text=room.text) for room in rooms)
    # Who is not there any more has no use for it later (XEP-0334 §4.4).
    return Stanza(
        "message", VisibleAddress(service), children=[element(RAI, "rai", *named), element(HINTS, "no-store")]
    )
