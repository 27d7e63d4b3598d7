"""Who has which affiliation or role, for those who may know (XEP-0045 §8.5, §9.2, §9.5, §9.8, §10.5, §10.8)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from xml.etree.ElementTree import Element

from mix.core.channel import Channel
from mix.core.config import Footing, Lists
from mix.core.nicknames import Nick
from mix.core.rights import Standing, is_moderator, listed_standing, standing
from mix.core.visibility import Audience, Mode, Sight
from muccompat import pages
from muccompat.occupants import occupants
from muccompat.standing import Affiliation, Role, is_among, standing_of
from muccompat.stanzas import ADMIN
from pubsubnodes.addresses import RealJid, VisibleAddress
from pubsubnodes.xml import element

_OPEN_TO: Final[Mapping[Affiliation | Role, tuple[Standing, Standing]]] = {
    # The least standing that reads it where everybody sees real addresses, and where only moderators do.
    Affiliation.MEMBER: (Standing.ALLOWED, Standing.ADMIN),
    Affiliation.OUTCAST: (Standing.ADMIN, Standing.ADMIN),
    Affiliation.ADMIN: (Standing.ALLOWED, Standing.OWNER),
    Affiliation.OWNER: (Standing.ALLOWED, Standing.OWNER),
    Affiliation.NONE: (Standing.ADMIN, Standing.ADMIN),
    Role.MODERATOR: (Standing.ADMIN, Standing.ADMIN),
    Role.PARTICIPANT: (Standing.ADMIN, Standing.ADMIN),
    Role.VISITOR: (Standing.ADMIN, Standing.ADMIN),
}

_OF_MODERATORS: Final = frozenset({Role.PARTICIPANT, Role.VISITOR})
"""What moderators of any standing read, in every room."""


LISTED: Final = (Affiliation.OWNER, Affiliation.ADMIN, Affiliation.MEMBER, Affiliation.OUTCAST)
"""The affiliations of which there are lists."""


def least_reader(channel: Channel) -> Standing:
    """The standing from which on somebody reads every list."""
    return max(_OPEN_TO[which][0 if channel.config.mode is Mode.VISIBLE else 1] for which in LISTED)


def may_read(channel: Channel, reader: RealJid, which: Affiliation | Role) -> bool:
    """Whether an account may read a list, being in the room or not (MUC-PRIV-05)."""
    bare = reader.bare
    if standing(channel, bare) is Standing.BANNED:
        return False
    me = channel.participant_of(bare)
    shown = channel.config.mode is Mode.VISIBLE
    least = _OPEN_TO[which][0 if shown else 1]
    if shown and which is Affiliation.MEMBER and channel.config.members_listed_for is not None:
        return _is_chosen(channel, bare, channel.config.members_listed_for)
    if me is not None and me.is_present and is_moderator(channel, me):
        of_members = shown and least is Standing.ALLOWED
        if which in _OF_MODERATORS or of_members:
            return True
    return listed_standing(channel.lists, bare, channel.operators) >= least


def _is_chosen(channel: Channel, bare: RealJid, circle: frozenset[Footing]) -> bool:
    """Whether the owner lets somebody list the members (XEP-0045 §10.1.3); nothing opens what the mode hides."""
    if standing(channel, bare) >= Standing.ADMIN:
        return True
    me = channel.participant_of(bare)
    return me is not None and me.is_present and is_among(standing_of(channel, me)[1], circle)


def write(channel: Channel, which: Affiliation | Role, query: Element, most: int) -> Element:
    """A whole list, those who are not in the room included; operators stand on none (MUC-PRIV-18).

    Who asks for a page gets one: a very long list fits no answer. Raises `NoSuchItem` for a page that starts nowhere.
    """
    if isinstance(which, Role):
        items = _occupants(channel, which)
    else:
        entries = sorted((Sight.listed_jid(jid).text, jid) for jid in entries_of(channel.lists, which))
        items = [_entry(channel, which, text, jid) for text, jid in entries]
    found, window = pages.cut(items, query, _name, most, len(items))
    return element(ADMIN, "query", *found, *window)


def _name(item: Element) -> str:
    return item.get("jid", "") or item.get("nick", "")


def entries_of(lists: Lists, which: Affiliation) -> frozenset[RealJid]:
    """The accounts of an affiliation; that of none is nowhere written down."""
    match which:
        case Affiliation.OWNER:
            return lists.owners
        case Affiliation.ADMIN:
            return lists.admins - lists.owners
        case Affiliation.OUTCAST:
            return lists.banned - lists.owners - lists.admins
        case Affiliation.MEMBER:
            return lists.allowed - lists.owners - lists.admins - lists.banned
        case Affiliation.NONE:
            return frozenset()


def _entry(channel: Channel, which: Affiliation, text: str, jid: RealJid) -> Element:
    """By bare JID and with the nick one knows somebody by; outcasts have none, and nobody here a role (§17.4)."""
    nick = _nick_of(channel, jid) if which is not Affiliation.OUTCAST else None
    return element(ADMIN, "item", affiliation=which, jid=text, nick=nick.text if nick is not None else None)


def _nick_of(channel: Channel, jid: RealJid) -> Nick | None:
    kept = channel.reserved.get(jid)
    someone = channel.participant_of(jid)
    return kept if kept is not None or someone is None else someone.nick


def _occupants(channel: Channel, which: Role) -> list[Element]:
    """Whoever reads this is a moderator, and may see who everybody is (MUC-VOICE-07)."""
    items = []
    for someone in occupants(channel):
        affiliation, role = standing_of(channel, someone)
        if role is which:
            client = someone.leading.jid if someone.leading is not None else None
            jid: VisibleAddress | None = channel.sight.real_jid(someone, audience=Audience.INSIDERS, client=client)
            nick = someone.nick.text if someone.nick is not None else someone.id
            known = jid.text if jid is not None else None
            items.append(element(ADMIN, "item", affiliation=affiliation, role=role, nick=nick, jid=known))
    return items
