"""Showing presence in the room, and clients coming to show it (XEP-0045 §7.7, XEP-0408 §2)."""

from __future__ import annotations

import re
from typing import Final

from mix.core.addresses import ChannelJid
from mix.core.channel import Channel, Participant, Session
from mix.core.commands import ShowPresence
from mix.core.events import SessionChanged, SessionOpened
from mix.core.payload import Payload
from mix.core.presence import LARGEST
from mix.core.refusals import TooLarge
from muccompat.leave import hidden
from muccompat.occupants import announce, is_in_room, shown_to_self
from muccompat.stanzas import JOIN, with_language
from pubsubnodes.addresses import RealJid
from pubsubnodes.stanza import Delivery, Inbound, Replay, Stanza
from pubsubnodes.xml import CLIENT, text_of

_PRIORITY: Final = re.compile(r"[+-]?[0-9]{1,3}")


def parse(inbound: Inbound, channel: Channel) -> ShowPresence:
    """A client in the room shows something else."""
    shown, priority = shown_in(inbound, channel.jid, channel.room)
    return ShowPresence(actor=inbound.sender, presence=shown, priority=priority)


def shown_in(inbound: Inbound, *ours: ChannelJid) -> tuple[Payload, int]:
    """What a presence shows, without what only the room may say, and its priority (RFC 6121 §4.7)."""
    children = [with_language(child, f"{{{CLIENT}}}status", inbound.lang) for child in inbound.xml]
    wire = Payload.from_user(children, inbound.sender, *ours).wire
    if len(wire) > LARGEST:
        raise TooLarge()
    text = text_of(inbound.child("priority")).strip()
    priority = int(text) if _PRIORITY.fullmatch(text) else 0
    return Payload.stored(wire), min(max(priority, -128), 127)


def reply(inbound: Inbound, channel: Channel, *, changed: bool) -> list[Stanza]:
    """Show a client its own presence even when it showed nothing new: it may be looking whether it is still in."""
    if changed or not is_in_room(channel, inbound.sender):
        return []
    return [shown_to_self(channel, channel.participant(inbound.sender), id=inbound.id)]


def opened(event: SessionOpened, channel: Channel, cause: Inbound | None) -> list[Delivery]:
    """Somebody is to be seen, or one more client of somebody who was: only the leading one makes a difference."""
    someone = channel.participants[event.id]
    if not event.session.is_present or (someone.leading is not event.session and not event.first):
        return []
    return [*announce(channel, someone, but=_newcomer(cause, event.session))]


def changed(event: SessionChanged, channel: Channel, cause: Inbound | None) -> list[Delivery]:
    """A client shows something else, has entered the room beside MIX, or is not to be seen any more."""
    someone, before, after = channel.participants[event.id], event.before, event.after
    if event.renamed:
        return []  # the nick change tells all
    if not someone.is_present:
        return [*hidden(channel, someone, before)] if before.is_present else []
    newcomer = _newcomer(cause, after)
    differs = (before.presence, before.priority) != (after.presence, after.priority)
    if differs and (someone.leading is after or _led(before, someone)):
        return [*announce(channel, someone, but=newcomer)]
    if newcomer is None and after.in_room:
        return [Replay([shown_to_self(channel, someone)], after.jid)]
    return []


def _led(before: Session, someone: Participant) -> bool:
    """Whether a client spoke for its owner with what it showed before."""
    if not before.is_present:
        return False
    others = [one for one in someone.sessions.values() if one.is_present and one.jid != before.jid]
    return all((before.priority, before.since) >= (one.priority, one.since) for one in others)


def is_entering(cause: Inbound | None) -> bool:
    """Whether a stanza is a wish to enter: the newcomer is told everything in the answer (XEP-0045 §7.2.1)."""
    return cause is not None and cause.kind == "presence" and not cause.type and cause.child(JOIN) is not None


def _newcomer(cause: Inbound | None, session: Session) -> RealJid | None:
    return session.jid if cause is not None and is_entering(cause) and cause.sender == session.jid else None
