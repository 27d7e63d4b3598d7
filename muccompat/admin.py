"""Changing affiliations and roles in muc#admin, and reading who has which (XEP-0045 §8-10, §17.4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from xml.etree.ElementTree import Element

from mix.core.channel import Channel
from mix.core.commands import Command, NewGrant, NewStanding, SetRanks
from mix.core.disclosure import ReadPeople
from mix.core.refusals import MalformedAddressee, MalformedRequest, NoSuchChannel, NotAllowed, TooLarge
from mix.core.rights import Grant
from muccompat import lists, pages
from muccompat.standing import STANDINGS, Affiliation, Role
from muccompat.stanzas import ADMIN
from pubsubnodes.addresses import MalformedAddress, RealJid
from pubsubnodes.stanza import Inbound
from pubsubnodes.xml import text_of

LONGEST: Final = 2_000
"""Characters of a reason."""
ITEM: Final = f"{{{ADMIN}}}item"

_GRANTS: Final[Mapping[Role, Grant | None]] = {
    Role.MODERATOR: Grant.MODERATOR,
    Role.PARTICIPANT: Grant.VOICE,
    Role.VISITOR: Grant.MUTED,
    Role.NONE: None,
}


def parse(inbound: Inbound, channel: Channel | None, query: Element) -> Command:
    """A request in muc#admin."""
    if channel is None:
        raise NoSuchChannel()
    items = query.findall(ITEM)
    if inbound.type == "set":
        return SetRanks(actor=inbound.sender, changes=[_change(one) for one in items])
    if len(items) != 1:
        raise MalformedRequest()
    pages.asked(query)
    if not lists.may_read(channel, inbound.sender, asked(query)):
        raise NotAllowed()
    return ReadPeople(actor=inbound.sender, which=asked(query))


def asked(query: Element) -> Affiliation | Role:
    """Which list a request for one is about. There is none of those who are not there."""
    affiliation, role = _words(query.findall(ITEM)[0])
    if role is Role.NONE:
        raise MalformedRequest()
    return affiliation if affiliation is not None else role  # type: ignore[return-value]  # one of them is there


def _words(item: Element) -> tuple[Affiliation | None, Role | None]:
    """An item's affiliation or role: one of them, never both (XEP-0045 §17.4)."""
    affiliation, role = item.get("affiliation"), item.get("role")
    try:
        match affiliation, role:
            case str(), None:
                return Affiliation(affiliation), None
            case None, str():
                return None, Role(role)
            case _:
                raise MalformedRequest()
    except ValueError as error:
        raise MalformedRequest() from error


def _change(item: Element) -> NewStanding | NewGrant:
    affiliation, role = _words(item)
    text = text_of(item.find(f"{{{ADMIN}}}reason"))  # an `<actor/>` beside it is forged: the sender is known
    if len(text) > LONGEST:
        raise TooLarge()
    jid, nick = item.get("jid"), item.get("nick")
    if role is not None:
        if not nick:
            raise MalformedRequest()
        return NewGrant(nick=nick, grant=_GRANTS[role], text=text)
    assert affiliation is not None
    if jid is None and not (nick and affiliation is Affiliation.OUTCAST):
        raise MalformedRequest()  # only who is to be seen can be banned by nick (MUC-BAN-20)
    return NewStanding(standing=STANDINGS[affiliation], jid=_address(jid), nick=nick, text=text)


def _address(text: str | None) -> RealJid | None:
    try:
        return RealJid.parse(text).bare if text is not None else None
    except MalformedAddress as error:
        raise MalformedAddressee() from error
