"""Entering a room, and all that a newcomer is told, in order (XEP-0045 §7.1-7.2, §10.1)."""

from __future__ import annotations

from mix.core.channel import Channel
from mix.core.commands import Enter
from mix.core.events import ChannelCreated
from mix.core.ports import Outcome
from mix.core.refusals import MalformedAddressee, MalformedRequest
from mix.core.visibility import Mode
from muccompat import history, mav, subject
from muccompat.availability import shown_in
from muccompat.nick import given
from muccompat.occupants import roster, shown_to_self
from muccompat.standing import Affiliation, Role
from muccompat.stanzas import JOIN, MUC, item, room_of, user_x
from muccompat.statuscodes import Status
from pubsubnodes.addresses import VisibleAddress
from pubsubnodes.stanza import Inbound, Stanza
from pubsubnodes.xml import text_of


def parse(inbound: Inbound, channel: Channel | None) -> Enter:
    """A presence with `<x/>` to `room/nick`; the first password counts (XEP-0045 §7.2.1, §7.2.5)."""
    if not inbound.target.resource:
        raise MalformedAddressee()
    if inbound.sender.is_bare:
        raise MalformedRequest()
    ours = (channel.jid, channel.room) if channel is not None else (room_of(inbound),)
    shown, priority = shown_in(inbound, *ours)
    x = inbound.child(JOIN)
    return Enter(
        actor=inbound.sender,
        name=inbound.target.local,
        nick=inbound.target.resource,
        presence=shown,
        priority=priority,
        password=text_of(x.find(f"{{{MUC}}}password")) if x is not None else "",
    )


def reply(inbound: Inbound, channel: Channel, outcome: Outcome) -> list[Stanza]:
    """Others, oneself, what was said before, and the subject; the same again for who was in (§7.1)."""
    me = channel.participant(inbound.sender)
    codes = list(given(me.nick.text if me.nick is not None else me.id, inbound))
    if channel.config.mode is Mode.VISIBLE:
        codes.append(Status.ADDRESSES_SHOWN)
    if channel.config.logged:
        codes.append(Status.LOGGED)  # MUST warn (XEP-0045 §7.2.12)
    if any(isinstance(event, ChannelCreated) for event in outcome.events):
        codes.append(Status.ROOM_CREATED)
    return [
        *mav.catch_up(inbound, channel),
        *roster(channel, me),
        shown_to_self(channel, me, *codes, id=inbound.id, version=mav.current(inbound, channel)),
        *history.replay(inbound, channel, outcome.moment.now),
        subject.current(channel),
    ]


def not_here(inbound: Inbound) -> Stanza:
    """Tell a client that thinks it is in that it is not; the same whether or not there is a room (§7.2.18)."""
    room = room_of(inbound)
    return Stanza(
        "presence",
        VisibleAddress(f"{room.text}/{inbound.target.resource}"),
        "unavailable",
        inbound.id,
        [user_x(item(Affiliation.NONE, Role.NONE), (Status.SELF, Status.KICKED, Status.TECHNICAL))],
    )
