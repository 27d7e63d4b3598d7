"""The words of XEP-0045 on the wire: namespaces, `<x/>`, `<item/>`, `<status/>`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from copy import copy
from typing import Final
from xml.etree.ElementTree import Element

from mix.core.addresses import ChannelJid
from mix.core.hats import Hat
from mix.core.nicknames import Nick
from muccompat.standing import Affiliation, Role
from muccompat.statuscodes import Status
from pubsubnodes.addresses import VisibleAddress
from pubsubnodes.mam import DELAY
from pubsubnodes.stanza import Fragment, Inbound, Stanza
from pubsubnodes.xml import LANG, element

SPEC = "XEP-0045 v1.35.5"

MUC: Final = "http://jabber.org/protocol/muc"
USER: Final = f"{MUC}#user"
OWNER: Final = f"{MUC}#owner"
ADMIN: Final = f"{MUC}#admin"
ROOMCONFIG: Final = f"{MUC}#roomconfig"
ROOMINFO: Final = f"{MUC}#roominfo"

JOIN: Final = f"{{{MUC}}}x"
"""What makes a presence a wish to enter."""
OWNER_QUERY: Final = f"{{{OWNER}}}query"
DESTROY: Final = f"{{{OWNER}}}destroy"

OCCUPANT_ID: Final = "urn:xmpp:occupant-id:0"
STANZA_ID: Final = "urn:xmpp:sid:0"
HATS: Final = "urn:xmpp:hats:0"


def room_of(inbound: Inbound) -> ChannelJid:
    """The room a stanza is about, whether or not it exists."""
    return ChannelJid(inbound.target.local, inbound.target.domain)


def occupant_jid(room: ChannelJid, nick: Nick | None, id: str) -> VisibleAddress:
    """`room@domain/nick`; somebody without a nick goes by their id, which no nick looks like (XEP-0045 §4.1)."""
    return VisibleAddress(f"{room.text}/{nick.text if nick is not None else id}")


def occupant_id(id: str) -> Element:
    """The stable id of an occupant, which is their participant id (XEP-0421 §3)."""
    return element(OCCUPANT_ID, "occupant-id", id=id)


def item(
    affiliation: Affiliation,
    role: Role,
    *,
    jid: VisibleAddress | None = None,
    nick: Nick | None = None,
    reason: str = "",
    actor: Element | None = None,
) -> Element:
    """An `<item/>`: it always says affiliation and role (XEP-0045 §17.3)."""
    return element(
        USER,
        "item",
        actor,
        element(USER, "reason", text=reason) if reason else None,
        affiliation=affiliation,
        role=role,
        jid=jid.text if jid is not None else None,
        nick=nick.text if nick is not None else None,
    )


def hats(worn: Sequence[Hat]) -> list[Element]:
    """What somebody wears (XEP-0317 §3.1); nothing where that is nothing."""
    made = [
        element(HATS, "hat", uri=hat.uri, title=hat.title, hue=hat.hue, **{LANG: hat.lang} if hat.lang else {})
        for hat in worn
    ]
    return [element(HATS, "hats", *made)] if made else []


def user_x(about: Element | None, codes: Iterable[Status] = (), *more: Element | None) -> Element:
    """The one `<x/>` of a stanza: item first, then each code once, in ascending order (XEP-0045 §19.2)."""
    statuses = (element(USER, "status", code=str(int(code))) for code in sorted(set(codes)))
    return element(USER, "x", about, *statuses, *more)


def presence(
    sender: VisibleAddress,
    id: str,
    x: Element,
    *shown: Element | Fragment,
    type: str | None = None,
    stanza_id: str | None = None,
) -> Stanza:
    """A presence of an occupant: what they show, their occupant-id, and the room's own word about them."""
    return Stanza("presence", sender, type, stanza_id, (*shown, occupant_id(id), x))


def delay(room: ChannelJid, stamp: str) -> Element:
    """When the room got it (XEP-0203). It is always the room that says so (XEP-0045 §7.2.13)."""
    return element(DELAY, "delay", **{"from": room.text, "stamp": stamp})


def with_language(child: Element, tag: str, lang: str | None) -> Element:
    """Keep a stanza's language with a text in it: what is remembered of it is the text, not the stanza (§13)."""
    if lang is None or child.tag != tag or child.get(LANG) is not None:
        return child
    said = copy(child)
    said.set(LANG, lang)
    return said
