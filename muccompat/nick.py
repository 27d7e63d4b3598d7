"""Changing one's nick: out under the old one, in under the new one (XEP-0045 §7.6)."""

from __future__ import annotations

from mix.core.channel import Channel
from mix.core.commands import SetNick
from mix.core.events import NickChanged
from mix.core.nicknames import PROTOCOL_LIMIT, prepare
from mix.core.refusals import NickMalformed, NickUnacceptable
from mix.core.visibility import Audience
from muccompat.availability import is_entering, shown_in
from muccompat.occupants import item_of, own_audience, shown_to, shown_to_self, tell_others, tell_self
from muccompat.stanzas import occupant_jid, presence, user_x
from muccompat.statuscodes import Status
from pubsubnodes.stanza import Delivery, Inbound, Stanza


def is_change(inbound: Inbound, channel: Channel) -> bool:
    """Whether an occupant's presence goes to another nick than their own."""
    nick, wanted = channel.participant(inbound.sender).nick, inbound.target.resource
    if nick is None or not wanted or wanted == nick.text:
        return not nick and bool(wanted)
    try:
        return prepare(wanted, PROTOCOL_LIMIT) != nick
    except (NickMalformed, NickUnacceptable):
        return True  # for the core to refuse


def parse(inbound: Inbound, channel: Channel) -> SetNick:
    """An occupant's presence to another nick (XEP-0045 §7.6)."""
    shown, priority = shown_in(inbound, channel.jid, channel.room)
    return SetNick(actor=inbound.sender, nick=inbound.target.resource, presence=shown, priority=priority)


def changed(event: NickChanged, channel: Channel, cause: Inbound | None) -> list[Delivery]:
    """Tell everybody, whichever protocol the wish came by. A change is no exit: the role stays (MUC-NCH-04)."""
    someone = channel.participants[event.id]
    client = someone.leading
    if client is None:
        return []

    def gone(audience: Audience, *codes: Status) -> Stanza:
        about = item_of(channel, someone, audience, client, nick=event.new)
        old = occupant_jid(channel.room, event.old, event.id)
        return presence(old, event.id, user_x(about, (Status.NICK_CHANGED, *codes)), type="unavailable")

    entering = is_entering(cause)
    told: list[Delivery] = [
        *tell_self(someone, gone(own_audience(channel, someone), Status.SELF)),
        *tell_self(
            someone,
            shown_to_self(channel, someone, *_given(event, cause)),
            but=cause.sender if entering and cause is not None else None,
        ),
    ]
    told += tell_others(channel, someone, gone)
    told += tell_others(channel, someone, lambda audience: shown_to(channel, someone, audience))
    return told


def _given(event: NickChanged, cause: Inbound | None) -> tuple[Status, ...]:
    """210 also for who did not ask for a nick at all: by registering, or where nicks are locked down (§7.10)."""
    return given(event.new.text, cause) if event.asked is not None else (Status.NICK_GIVEN,)


def given(nick: str, asked: Inbound | None) -> tuple[Status, ...]:
    """210 when a presence asked for another nick than the one it led to (XEP-0045 §7.2.2)."""
    if asked is None or asked.kind != "presence" or asked.target.resource in ("", nick):
        return ()
    return (Status.NICK_GIVEN,)
