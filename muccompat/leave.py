"""Leaving the room, by one's own will or otherwise (XEP-0045 §7.14, §18.1.2, §9-11, §10.9)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from xml.etree.ElementTree import Element

from mix.core.channel import Channel, Participant, Session
from mix.core.commands import GoOffline
from mix.core.events import Departure, Exit, ParticipantLeft, SessionClosed
from mix.core.payload import Payload
from mix.core.visibility import Audience
from muccompat.mav import versioned
from muccompat.occupants import actor_of, address_of, announce, item_of, tell_others
from muccompat.standing import Affiliation, Role, affiliation_in
from muccompat.stanzas import DESTROY, OWNER, OWNER_QUERY, USER, item, occupant_jid, presence, user_x
from muccompat.statuscodes import Status
from pubsubnodes.addresses import RealJid
from pubsubnodes.errors import STANZAS
from pubsubnodes.stanza import Delivery, Inbound, Replay, Stanza
from pubsubnodes.xml import CLIENT, element, name_of, namespace_of, text_of

FATAL: Final = frozenset(
    {
        "gone",
        "internal-server-error",
        "item-not-found",
        "jid-malformed",
        "recipient-unavailable",
        "redirect",
        "remote-server-not-found",
        "remote-server-timeout",
        "service-unavailable",
    }
)
"""Conditions of a bounced message that say the client is gone (XEP-0045 §18.1.2, MUC-EXIT-12)."""

_STATUS: Final = f"{{{CLIENT}}}status"

_EXITS: Final[Mapping[Exit, tuple[Status, ...]]] = {
    Exit.LOST: (Status.TECHNICAL,),
    Exit.KICKED: (Status.KICKED,),
    Exit.SHUTDOWN: (Status.SHUTDOWN,),
}

_CODES: Final[Mapping[Departure, Status]] = {
    Departure.BANNED: Status.BANNED,
    Departure.KICKED: Status.KICKED,
    Departure.CANNOT_COEXIST: Status.KICKED,
    Departure.SHUTDOWN: Status.SHUTDOWN,
}


_OF_ALL: Final = frozenset({Departure.DESTROYED, Departure.SHUTDOWN})
"""Reasons that hold for everybody, so that each one hears it of themselves alone (XEP-0045 §10.9, §11.2)."""


def parse(inbound: Inbound, channel: Channel) -> GoOffline:
    """A client says good-bye, perhaps with a word (XEP-0045 §7.14)."""
    return GoOffline(
        actor=inbound.sender, status=Payload.from_user(inbound.xml, inbound.sender, channel.jid, channel.room)
    )


def is_fatal(inbound: Inbound) -> bool:
    """Whether an error that came back says the client is gone; any refused presence does (XEP-0045 §18.1.2)."""
    if inbound.kind == "presence":
        return True
    error = inbound.child("error")
    conditions = {name_of(child) for child in error if namespace_of(child) == STANZAS} if error is not None else set()
    return bool(conditions & FATAL)


def closed(event: SessionClosed, channel: Channel) -> list[Delivery]:
    """A client is gone. The others hear of it when it was the last one, or spoke for the person (MUC-EXIT-10)."""
    someone, session = channel.participants[event.id], event.session
    codes = _EXITS.get(event.reason, ())
    about = event.by, event.text
    told: list[Delivery] = []
    if session.in_room:
        own = _gone(channel, someone, session, Audience.PUBLIC, event.status, Status.SELF, *codes, about=about)
        told.append(Replay([own], session.jid))
    if not session.is_present or event.reason is Exit.SHUTDOWN:
        return told
    leading = someone.leading
    if leading is None:
        return [*told, *hidden(channel, someone, session, event.status, *codes, about=about)]
    if (session.priority, session.since) > (leading.priority, leading.since):
        told += announce(channel, someone)
    return told


def hidden(
    channel: Channel,
    someone: Participant,
    session: Session,
    status: Payload | None = None,
    *codes: Status,
    about: tuple[RealJid | None, str] = (None, ""),
) -> list[Delivery]:
    """Somebody is not to be seen any more, and stays a participant."""

    def gone(audience: Audience) -> Stanza:
        return _gone(channel, someone, session, audience, status, *codes, about=about)

    return [*tell_others(channel, someone, gone)]


def _gone(
    channel: Channel,
    someone: Participant,
    session: Session,
    audience: Audience,
    status: Payload | None,
    *codes: Status,
    about: tuple[RealJid | None, str],
) -> Stanza:
    by, reason = about
    x = user_x(item_of(channel, someone, audience, session, role=Role.NONE, reason=reason, by=by), codes)
    return presence(address_of(channel, someone), someone.id, x, *_words(status), type="unavailable")


def left(event: ParticipantLeft, channel: Channel, cause: Inbound | None) -> list[Delivery]:
    """Somebody is out on all clients: these hear it first, then the others, each with the same reason."""
    in_room = [session for session in event.sessions if session.in_room]
    present = [session for session in event.sessions if session.is_present]
    if not present:
        return versioned(channel, (), event.move)
    leader = max(present, key=lambda session: (session.priority, session.since))
    someone = Participant(event.id, event.jid, event.nick, event.at, event.stayed, grant=event.grant)
    codes = _codes(event, channel)
    affiliation = _affiliation(event, channel)
    venue = _venue(event, channel, cause)
    reason = event.text if venue is None else ""

    def gone(audience: Audience, session: Session, *more: Status) -> Stanza:
        jid = channel.sight.real_jid(someone, audience=audience, client=session.jid)
        about = item(affiliation, Role.NONE, jid=jid, reason=reason, actor=actor_of(channel, event.by, audience))
        sender = occupant_jid(channel.room, event.nick, event.id)
        x = user_x(about, (*codes, *more), venue)
        return presence(sender, event.id, x, *_words(event.status), type="unavailable")

    told: list[Delivery] = [Replay([gone(Audience.PUBLIC, session, Status.SELF)], session.jid) for session in in_room]
    if event.reason not in _OF_ALL:
        told += tell_others(channel, someone, lambda audience: gone(audience, leader))
    return versioned(channel, told, event.move)


def _codes(event: ParticipantLeft, channel: Channel) -> tuple[Status, ...]:
    if event.lost:
        return (Status.TECHNICAL,)
    if event.reason is Departure.NOT_ALLOWED:
        # The configuration that closes the room is not in force yet: people leave before it (XEP-0045 §10.2).
        return (Status.AFFILIATION_LOST if channel.config.members_only else Status.MEMBERS_ONLY_NOW,)
    code = _CODES.get(event.reason)
    return (code,) if code is not None else ()


def _affiliation(event: ParticipantLeft, channel: Channel) -> Affiliation:
    match event.reason:
        case Departure.BANNED:
            return Affiliation.OUTCAST
        case Departure.NOT_ALLOWED | Departure.DESTROYED:
            return Affiliation.NONE
        case _:
            return affiliation_in(channel.lists, channel.operators, event.jid)


def _venue(event: ParticipantLeft, channel: Channel, cause: Inbound | None) -> Element | None:
    """`<destroy/>` for those whose room is gone, with the place to go to that its owner named (XEP-0045 §10.9)."""
    unfinished = channel.locked and not channel.participants  # never configured, and its owner has left (§10.1.3)
    if event.reason is not Departure.DESTROYED and not unfinished:
        return None
    asked = cause.child(OWNER_QUERY) if cause is not None else None
    wish = asked.find(DESTROY) if asked is not None else None
    password = text_of(wish.find(f"{{{OWNER}}}password")) if wish is not None else ""
    return element(
        USER,
        "destroy",
        element(USER, "reason", text=event.text) if event.text else None,
        element(USER, "password", text=password) if password else None,
        jid=wish.get("jid") or None if wish is not None else None,
    )


def _words(status: Payload | None) -> list[Element]:
    """What somebody said on leaving: a leaver's presence repeats nothing else (MUC-EXIT-30)."""
    return [child for child in status.elements if child.tag == _STATUS] if status is not None else []
