"""Standing, grants, and what each of them may do (XEP-0406 §2.1 and §2.4)."""

from __future__ import annotations

from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING

from mix.core.config import Circle, Lists
from mix.core.nodes import ALWAYS_PRESENT, Node
from pubsubnodes.addresses import RealJid

if TYPE_CHECKING:
    from mix.core.channel import Channel, Participant


class Standing(IntEnum):
    """A person's rank in a channel. Every rank has the rights of those below it (XEP-0406 §2.1)."""

    BANNED = -1
    NONE = 0
    ALLOWED = 1
    PARTICIPANT = 2
    ADMIN = 3
    OWNER = 4


class Grant(StrEnum):
    """A right, or the lack of one, for the length of a visit (XEP-0045 §5.1)."""

    MODERATOR = "moderator"
    VOICE = "voice"
    MUTED = "muted"


_LEAST = {
    Circle.ALLOWED: Standing.ALLOWED,
    Circle.PARTICIPANTS: Standing.PARTICIPANT,
    Circle.ADMINS: Standing.ADMIN,
    Circle.OWNERS: Standing.OWNER,
}


def standing(channel: Channel, jid: RealJid) -> Standing:
    """The rank of an account, from the lists and from participation.

    Owners and administrators rank before a ban, a ban before everything else (XEP-0406 §2.3); but nobody except the
    operators ranks before being kept out of the service.
    """
    bare, lists = jid.bare, channel.lists
    if bare in channel.operators:
        return Standing.OWNER
    if channel.is_barred(bare):
        return Standing.BANNED
    if bare in lists.owners:
        return Standing.OWNER
    if bare in lists.admins:
        return Standing.ADMIN
    if channel.is_banned(bare):
        return Standing.BANNED
    if channel.participant_of(bare) is not None:
        return Standing.PARTICIPANT
    if channel.config.is_open or bare.is_covered_by(lists.allowed):
        return Standing.ALLOWED
    return Standing.NONE


def listed_standing(lists: Lists, jid: RealJid, operators: frozenset[RealJid] = frozenset()) -> Standing:
    """The rank an account has from its own entry in the lists; who merely takes part has none (XEP-0045 §5.2)."""
    if jid in lists.owners or jid in operators:
        return Standing.OWNER
    if jid in lists.admins:
        return Standing.ADMIN
    if jid in lists.banned:
        return Standing.BANNED
    return Standing.ALLOWED if jid in lists.allowed else Standing.NONE


def is_in(circle: Circle, rank: Standing) -> bool:
    """Whether a rank belongs to a circle. `ANYONE` includes the banned (XEP-0406 §2.1)."""
    return circle is Circle.ANYONE or (circle is not Circle.NOBODY and rank >= _LEAST[circle])


def readers_of(channel: Channel, node: Node) -> Circle:
    """Who may subscribe to a node: the configuration's word, or the specification's (XEP-0406 §2.4)."""
    config = channel.config
    match node:
        case Node.MESSAGES:
            return config.messages_for
        case Node.PRESENCE:
            return config.presence_for
        case Node.PARTICIPANTS:
            return config.participants_for
        case Node.INFO | Node.AVATAR_DATA | Node.AVATAR_METADATA:
            return config.info_for
        case Node.ALLOWED:
            return config.allowed_for
        case Node.BANNED:
            return config.banned_for
        case Node.CONFIG:
            return config.config_for
        case Node.JIDMAP:  # pragma: no branch - there are no others
            return Circle.ADMINS


def exists(channel: Channel, node: Node) -> bool:
    """Whether a channel has a node: some always, the others by configuration (XEP-0406 §2.4)."""
    return node in ALWAYS_PRESENT or node in channel.config.nodes


def may_subscribe(channel: Channel, jid: RealJid, node: Node) -> bool:
    """Whether an account may subscribe to a node that exists."""
    return is_in(readers_of(channel, node), standing(channel, jid))


def may_read(channel: Channel, jid: RealJid, node: Node) -> bool:
    """Whether an account may fetch a node's items or archive: as subscribing, and owners always (MIX-ROL-09)."""
    rank = standing(channel, jid)
    return rank is Standing.OWNER or is_in(readers_of(channel, node), rank)


def is_insider(channel: Channel, jid: RealJid) -> bool:
    """Whether an account may know who everybody is: owners and administrators (XEP-0404 §2.2)."""
    return standing(channel, jid) >= Standing.ADMIN


def may_moderate(channel: Channel, jid: RealJid) -> bool:
    """Whether an account may take back everybody's messages (XEP-0406 §2.4, XEP-0425 §3).

    Where administrators may, so may those who moderate for the length of a visit.
    """
    circle = channel.config.retraction_by
    someone = channel.participant_of(jid.bare)
    moderates = circle is Circle.ADMINS and someone is not None and someone.grant is Grant.MODERATOR
    return moderates or is_in(circle, standing(channel, jid))


def may_know_of(channel: Channel, jid: RealJid) -> bool:
    """Whether a channel shows itself to an account at all (XEP-0369 §6.3).

    An ad hoc channel does not exist for strangers, unless they are invited, nor a room for others before its owner
    has configured it, whatever they are to be in it (XEP-0045 §10.1.1).
    """
    rank = standing(channel, jid)
    if channel.locked:
        return rank is Standing.OWNER or channel.participant_of(jid.bare) is not None
    if channel.adhoc:
        if rank is Standing.NONE and channel.invitations:
            return any(one.invitee.bare == jid.bare for one in channel.invitations.values())
        return rank >= Standing.ALLOWED
    return rank is not Standing.BANNED


def is_secret_from(channel: Channel, who: RealJid) -> bool:
    """Whether a channel has to seem not to exist: an ad hoc one to strangers, a locked room to others (MIX-ERR-12)."""
    return (channel.adhoc or channel.locked) and not may_know_of(channel, who)


def has_voice(channel: Channel, jid: RealJid) -> bool:
    """Whether a participant may speak, on either face (XEP-0045 §5.1.1)."""
    someone = channel.participant_of(jid.bare)
    return someone is not None and footing(channel, someone, someone.grant) is not Grant.MUTED


def is_moderator(channel: Channel, someone: Participant) -> bool:
    """Whether somebody keeps order: by rank, or for the length of a visit (XEP-0045 §5.1.1)."""
    return someone.grant is Grant.MODERATOR or standing(channel, someone.jid) >= Standing.ADMIN


def footing(channel: Channel, someone: Participant, grant: Grant | None) -> Grant:
    """What somebody may do with a grant, or with none: keep order, speak, or listen (XEP-0045 §5.1.2).

    Administrators and owners always keep order; a muting counts before the rest.
    """
    if grant is Grant.MODERATOR or standing(channel, someone.jid) >= Standing.ADMIN:
        return Grant.MODERATOR
    if grant is not None:
        return grant
    return Grant.MUTED if channel.config.moderated and not channel.is_listed(someone.jid) else Grant.VOICE
