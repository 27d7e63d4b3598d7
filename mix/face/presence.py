"""Presence on the wire: from encoded addresses, to whoever subscribed to the presence node (XEP-0403 §4)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mix.core.addresses import ProxyJid
from mix.core.channel import Channel, Participant, Session
from mix.core.commands import Command, GoOffline, Ignore, Look, RefreshPresence, ShowPresence
from mix.core.config import Contact
from mix.core.events import SessionChanged, SessionClosed, SessionOpened
from mix.core.nodes import Node
from mix.core.payload import Payload
from mix.core.ports import Outcome
from mix.core.visibility import Audience
from mix.face import recipients
from mix.face.stanzas import MUC, PRESENCE
from pubsubnodes.addresses import VisibleAddress
from pubsubnodes.stanza import Delivery, Fanout, Inbound, Stanza
from pubsubnodes.xml import element, text_of

LOOK = "presence subscription"
_FINGERPRINTS = ("http://jabber.org/protocol/caps", "urn:xmpp:caps")
_AVATAR = "vcard-temp:x:update"


def parse(inbound: Inbound, channel: Channel | None, *, alone: bool) -> Command | None:
    """The wish in presence to the channel itself; to `channel/nick` it is the room's (MIX-PRE-30)."""
    me = channel.participant_of(inbound.sender.bare) if channel is not None else None
    match inbound.type:
        case "subscribe" | "unsubscribe":
            return Look(actor=inbound.sender, subject=LOOK)
        case "unavailable" if channel is not None:
            # One rule for both faces: hosts say the last word to the bare channel address only.
            return GoOffline(
                actor=inbound.sender, status=Payload.from_user(inbound.xml, inbound.sender, channel.jid, channel.room)
            )
        case "probe" if me is not None:
            return RefreshPresence(actor=inbound.sender)
        case "" | "available" if channel is not None and me is not None:
            if inbound.sender.is_bare:
                return RefreshPresence(actor=inbound.sender)
            if me.stays or inbound.sender in me.sessions:
                return _show(inbound, channel)
    if not alone and is_for_room(inbound):
        return None
    if channel is not None and me is None and inbound.type in ("", "available") and not inbound.sender.is_bare:
        return _show(inbound, channel)  # which is for who is in, and for everybody where presence is open
    return Ignore(actor=inbound.sender)


def _show(inbound: Inbound, channel: Channel) -> Command:
    presence = Payload.from_user(inbound.xml, inbound.sender, channel.jid, channel.room)
    return ShowPresence(actor=inbound.sender, presence=presence, priority=priority_of(inbound))


def is_for_room(inbound: Inbound) -> bool:
    """Whether a presence wants into a room (XEP-0045 §7.2.1)."""
    return inbound.kind == "presence" and inbound.child(f"{{{MUC}}}x") is not None


def priority_of(inbound: Inbound) -> int:
    """The priority a client gave itself, 0 when it is none (RFC 6121 §4.7.2.3)."""
    text = text_of(inbound.child("priority")).strip()
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 3):
        return 0
    return max(-128, min(127, int(text)))


def reply(inbound: Inbound, channel: Channel | None, outcome: Outcome) -> Iterable[Stanza]:
    """The presence of everybody, to whoever asked and is subscribed to it (XEP-0405 §2.9.3)."""
    assert channel is not None
    if Node.PRESENCE not in channel.subscriptions.get(inbound.sender.bare, frozenset()):
        return []
    return everybody(channel, recipients.audience_of(channel, inbound.sender))


def reply_subscription(inbound: Inbound, channel: Channel | None, outcome: Outcome) -> Iterable[Stanza]:
    """Answer a subscription so that rosters settle; nothing else depends on it (RFC 6121 §3, MIX-DEC-088)."""
    me = channel.participant_of(inbound.sender.bare) if channel is not None else None
    settled = "subscribed" if inbound.type == "subscribe" and me is not None and me.stays else "unsubscribed"
    return [Stanza(kind="presence", sender=VisibleAddress(inbound.target.text), type=settled, id=inbound.id)]


def everybody(channel: Channel, audience: Audience) -> list[Stanza]:
    """The presence of every client that shows itself."""
    return [
        available(channel, someone, session, audience)
        for someone in (*channel.participants.values(), *channel.onlookers.values())
        for session in someone.sessions.values()
        if session.is_present
    ]


def available(channel: Channel, someone: Participant, session: Session, audience: Audience) -> Stanza:
    """What a client shows, for an audience; made once and kept until anything about the person changes."""
    key = ("mix.face.presence", session.tag, audience)
    made = someone.memo.get(key)
    if not isinstance(made, Stanza):
        made = someone.memo[key] = _available(channel, someone, session, audience)
    return made


def _available(channel: Channel, someone: Participant, session: Session, audience: Audience) -> Stanza:
    assert session.presence is not None
    jid = channel.sight.real_jid(someone, audience=audience, client=session.jid)
    payload = session.presence
    if jid is None:
        # What tells one person's clients from another's goes where the address does not go (MIX-PRE-31, MIX-PRE-32).
        hidden = _FINGERPRINTS if someone.preferences.vcard is Contact.ALLOW else (*_FINGERPRINTS, _AVATAR)
        payload = payload.without(*hidden)
    mix = element(
        PRESENCE,
        "mix",
        element(PRESENCE, "nick", text=someone.nick.text) if someone.nick is not None else None,
        element(PRESENCE, "jid", text=jid.text) if jid is not None else None,
    )
    return Stanza(kind="presence", sender=ProxyJid(someone.id, channel.jid, session.tag), children=[payload, mix])


def unavailable(channel: Channel, id: str, session: Session, status: Payload | None) -> Stanza:
    """That a client is gone; the same for everybody."""
    said = status.find("jabber:client", "status") if status is not None else None
    return Stanza(
        kind="presence",
        sender=ProxyJid(id, channel.jid, session.tag),
        type="unavailable",
        children=[said] if said is not None else [],
    )


def shown_again(channel: Channel, someone: Participant) -> Iterator[Delivery]:
    """The presence of all clients of a person, since something about it is different."""
    for session in someone.sessions.values():
        if session.is_present:
            yield from shown(channel, someone, session)


def gone(channel: Channel, id: str, session: Session, status: Payload | None = None) -> Iterator[Delivery]:
    """Tell everybody subscribed that a client is gone."""
    everyone = recipients.subscribers(channel, Node.PRESENCE)
    if session.is_present and len(everyone):
        yield Fanout(unavailable(channel, id, session, status), everyone)


def render_opened(event: SessionOpened, channel: Channel, cause: Inbound | None) -> Iterable[Delivery]:
    """A client is there; one that shows nothing is nobody's business."""
    if event.session.is_present:
        yield from shown(channel, channel.participants[event.id], event.session)


def render_changed(event: SessionChanged, channel: Channel, cause: Inbound | None) -> Iterable[Delivery]:
    """A client shows something else, or hides."""
    before, after = event.before, event.after
    if not after.is_present:
        yield from gone(channel, event.id, before)
    elif (before.presence, before.priority) != (after.presence, after.priority):
        yield from shown(channel, channel.participants[event.id], after)


def render_closed(event: SessionClosed, channel: Channel, cause: Inbound | None) -> Iterable[Delivery]:
    """A client is gone."""
    yield from gone(channel, event.id, event.session, event.status)


def shown(channel: Channel, someone: Participant, session: Session) -> Iterator[Delivery]:
    """Tell everybody subscribed what a client shows."""
    for audience, people in recipients.audiences(channel, Node.PRESENCE).items():
        yield Fanout(available(channel, someone, session, audience), people)
