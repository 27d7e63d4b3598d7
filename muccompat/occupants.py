"""Participants with presence, seen as occupants: a view of the channel, never stored (XEP-0045 §4.1, XEP-0408 §2).

One person is one occupant, however many clients they have and whichever protocol these speak; the client with the
highest priority speaks for the person. Each occupant is rendered once an audience and kept in their memo, so that
a roster costs no rendering at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final, NamedTuple
from xml.etree.ElementTree import Element

from mix.core.channel import Channel, Participant, Session
from mix.core.config import EVERYBODY, Contact
from mix.core.hats import hats_of
from mix.core.nicknames import PROTOCOL_LIMIT, Nick, prepare
from mix.core.payload import Payload
from mix.core.refusals import NickMalformed, NickUnacceptable
from mix.core.visibility import Audience, Sight
from muccompat.standing import Role, is_among, is_moderator, standing_of
from muccompat.stanzas import USER, hats, item, occupant_jid, presence, user_x
from muccompat.statuscodes import Status
from pubsubnodes.addresses import RealJid, Recipients, VisibleAddress
from pubsubnodes.stanza import Fanout, Replay, Stanza
from pubsubnodes.xml import element

# -- who is there


def is_in_room(channel: Channel | None, client: RealJid) -> bool:
    """Whether a client has entered the room and not left it."""
    session = channel.session_of(client) if channel is not None else None
    return session is not None and session.in_room


def occupants(channel: Channel) -> Iterator[Participant]:
    """Everybody whom the room shows."""
    return (someone for someone in channel.participants.values() if someone.is_present)


def occupant_called(channel: Channel, resource: str) -> Participant | None:
    """The occupant of that nick, if the room shows one."""
    someone = channel.participants.get(resource)
    if someone is None or someone.nick is not None:
        try:
            someone = channel.holder_of(prepare(resource, PROTOCOL_LIMIT))
        except (NickMalformed, NickUnacceptable):
            return None
    return someone if someone is not None and someone.is_present else None


def address_of(channel: Channel, someone: Participant) -> VisibleAddress:
    """Somebody's occupant JID."""
    return occupant_jid(channel.room, someone.nick, someone.id)


# -- who is told


class Listeners(NamedTuple):
    """Those of somebody's clients that are in the room, and whether they see more than others."""

    insider: bool
    clients: tuple[RealJid, ...]


def _listeners(channel: Channel) -> Iterator[tuple[Participant, Listeners]]:
    """Everybody with clients in the room. Asked a thousand times when a thousand people come: hence the memo."""
    for someone in channel.participants.values():
        found = someone.memo.get(Listeners)
        if found is None:
            clients = tuple(session.jid for session in someone.sessions.values() if session.in_room)
            found = someone.memo[Listeners] = Listeners(is_moderator(channel, someone), clients)
        yield someone, found  # type: ignore[misc]  # keyed by its type


def room_clients(someone: Participant) -> list[RealJid]:
    """Those of somebody's clients that are in the room."""
    return [session.jid for session in someone.sessions.values() if session.in_room]


def everybody(channel: Channel) -> Recipients:
    """All clients in the room."""
    return channel.derived(everybody, _everybody)


def _everybody(channel: Channel) -> Recipients:
    return Recipients(client for _, there in _listeners(channel) for client in there.clients)


def is_broadcast(channel: Channel, someone: Participant) -> bool:
    """Whether the room shows people of somebody's role to others (XEP-0045 §7.2.2)."""
    circle = channel.config.presence_of
    return circle is EVERYBODY or is_among(standing_of(channel, someone)[1], circle)


def audiences(channel: Channel, about: Participant) -> list[tuple[Audience, Recipients]]:
    """Everybody else in the room, by what they may see of somebody: moderators see more where others do not.

    Nobody, where the room does not show people of that role, moderators included (MUC-PRES-17).
    """
    if not is_broadcast(channel, about):
        return []
    return everybody_else(channel, about)


def everybody_else(channel: Channel, about: Participant) -> list[tuple[Audience, Recipients]]:
    """The same, whatever the role."""
    public: list[RealJid] = []
    insiders = public if channel.sight.shows(about) else list[RealJid]()
    for someone, (insider, clients) in _listeners(channel):
        if someone is not about:
            (insiders if insider else public).extend(clients)
    split = [(Audience.PUBLIC, public)]
    if insiders is not public:
        split.append((Audience.INSIDERS, insiders))
    return [(audience, Recipients(people)) for audience, people in split if people]


def tell_others(channel: Channel, about: Participant, render: Callable[[Audience], Stanza]) -> list[Fanout]:
    """One rendering about somebody for each audience of other people in the room."""
    return [Fanout(render(audience), people) for audience, people in audiences(channel, about)]


def tell_self(someone: Participant, stanza: Stanza, *, but: RealJid | None = None) -> list[Fanout]:
    """One rendering for somebody's own clients in the room."""
    clients = [client for client in room_clients(someone) if client != but]
    return [Fanout(stanza, Recipients(clients))] if clients else []


# -- what they are told


def own_audience(channel: Channel, someone: Participant) -> Audience:
    """What somebody sees of themselves: the same as of others, also in their own presence (MUC-PRES-09)."""
    return Audience.INSIDERS if is_moderator(channel, someone) else Audience.PUBLIC


def item_of(
    channel: Channel,
    someone: Participant,
    audience: Audience,
    client: Session | None,
    *,
    role: Role | None = None,
    nick: Nick | None = None,
    reason: str = "",
    by: RealJid | None = None,
) -> Element:
    """What the room says about somebody; the full JID of a client stands in it for those who may see it."""
    jid = channel.sight.real_jid(someone, audience=audience, client=client.jid) if client is not None else None
    affiliation, current = standing_of(channel, someone)
    actor = actor_of(channel, by, audience)
    return item(affiliation, current if role is None else role, jid=jid, nick=nick, reason=reason, actor=actor)


def actor_of(channel: Channel, by: RealJid | None, audience: Audience) -> Element | None:
    """Who did it: by nick, and by address for those who may see it; who is not there is named to no others (§8.2)."""
    someone = channel.participant_of(by) if by is not None else None
    if someone is not None:
        jid: VisibleAddress | None = channel.sight.real_jid(someone, audience=audience)
    else:
        jid = Sight.listed_jid(by) if by is not None and audience is Audience.INSIDERS else None
    nick = someone.nick.text if someone is not None and someone.nick is not None and someone.is_present else None
    if nick is None and jid is None:
        return None
    return element(USER, "actor", nick=nick, jid=jid.text if jid is not None else None)


_FINGERPRINTS: Final = ("http://jabber.org/protocol/caps", "urn:xmpp:caps")
_AVATAR: Final = "vcard-temp:x:update"
_SHOWN: Final = {audience: ("shown in the room to", audience) for audience in Audience}


def shown_to(channel: Channel, someone: Participant, audience: Audience) -> Stanza:
    """An occupant's presence as an audience sees it; rendered once and kept."""
    key = _SHOWN[audience]
    found = someone.memo.get(key)
    if found is None:
        if audience is Audience.PUBLIC and channel.sight.shows(someone):
            found = shown_to(channel, someone, Audience.INSIDERS)  # the same words
        else:
            found = _as_text(_announced(channel, someone, audience, ()))
        someone.memo[key] = found
    return found  # type: ignore[return-value]  # keyed by its computation


def _as_text(stanza: Stanza) -> Stanza:
    """The same, of a fifth the size: one is kept for every occupant of every room."""
    return replace(stanza, children=(Payload.stored(stanza.content),))


def shown_to_self(
    channel: Channel, someone: Participant, *codes: Status, id: str | None = None, version: Element | None = None
) -> Stanza:
    """An occupant's own presence: always with 110 (XEP-0045 §7.2.2)."""
    return _announced(channel, someone, own_audience(channel, someone), (Status.SELF, *codes), id, version=version)


def _announced(
    channel: Channel,
    someone: Participant,
    audience: Audience,
    codes: tuple[Status, ...],
    id: str | None = None,
    reason: str = "",
    version: Element | None = None,
) -> Stanza:
    client = someone.leading
    shown = _shown(channel, someone, audience, client)
    x = user_x(item_of(channel, someone, audience, client, reason=reason), codes, version)
    worn = hats(hats_of(channel, someone.jid))
    return presence(address_of(channel, someone), someone.id, x, *shown, *worn, stanza_id=id)


def _shown(channel: Channel, someone: Participant, audience: Audience, client: Session | None) -> tuple[Payload, ...]:
    """What a client shows. Who entered the room shows what rooms show; a MIX client that hides its owner hides there,
    too, what tells one client from another (MIX-PRE-31, MIX-PRE-32)."""
    if client is None or client.presence is None:
        return ()
    if client.in_room or channel.sight.shows(someone, audience):
        return (client.presence,)
    hidden = _FINGERPRINTS if someone.preferences.vcard is Contact.ALLOW else (*_FINGERPRINTS, _AVATAR)
    return (client.presence.without(*hidden),)


def roster(channel: Channel, reader: Participant) -> list[Stanza]:
    """The presence of everybody else, as somebody sees it (XEP-0045 §7.2.2)."""
    audience = own_audience(channel, reader)
    key, seen = _SHOWN[audience], list[Stanza]()
    for someone in channel.participants.values():
        known = someone.memo.get(key)  # nobody who is not to be seen has one
        if known is None and someone.is_present:
            known = shown_to(channel, someone, audience)
        if known is not None and someone is not reader and is_broadcast(channel, someone):
            seen.append(known)  # type: ignore[arg-type]  # keyed by its computation
    return seen


def seen_by(channel: Channel, reader: Participant, someone: Participant) -> list[Stanza]:
    """The presence of one occupant, as somebody in the room sees it, if they do (XEP-0045 §17.3)."""
    if someone is reader:
        return [shown_to_self(channel, reader)]
    return [shown_to(channel, someone, own_audience(channel, reader))] if is_broadcast(channel, someone) else []


def announce(channel: Channel, someone: Participant, *, but: RealJid | None = None, reason: str = "") -> list[Fanout]:
    """Tell everybody how somebody is now, the person's own clients included (XEP-0045 §7.7)."""
    if reason:
        told = tell_others(channel, someone, lambda audience: _announced(channel, someone, audience, (), reason=reason))
        own = _announced(channel, someone, own_audience(channel, someone), (Status.SELF,), reason=reason)
        return told + tell_self(someone, own, but=but)
    told = tell_others(channel, someone, lambda audience: shown_to(channel, someone, audience))
    return told + tell_self(someone, shown_to_self(channel, someone), but=but)


def vanish(channel: Channel, someone: Participant) -> list[Fanout]:
    """Tell the others that somebody is not shown any more, by their role and not by leaving (MUC-PRES-15)."""
    told: list[Fanout] = []
    for audience, people in everybody_else(channel, someone):
        x = user_x(item_of(channel, someone, audience, someone.leading, role=Role.NONE))
        told.append(Fanout(presence(address_of(channel, someone), someone.id, x, type="unavailable"), people))
    return told


def reveal(channel: Channel, reader: Participant) -> list[Replay]:
    """Everybody's presence again for somebody who sees more than before (MUC-PRES-26)."""
    seen = roster(channel, reader)
    return [Replay(seen, client) for client in room_clients(reader)] if seen else []
