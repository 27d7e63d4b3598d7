"""Affiliations and roles, derived from lists, grants and configuration; nobody stores them (XEP-0045 §5)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from itertools import product
from typing import Final

from mix.core.channel import Channel, Participant
from mix.core.config import Footing, Lists
from mix.core.rights import Grant, Standing
from pubsubnodes.addresses import RealJid


class Affiliation(StrEnum):
    """A long-lived rank, by bare JID (XEP-0045 §5.2)."""

    OWNER = "owner"
    ADMIN = "admin"
    MEMBER = "member"
    NONE = "none"
    OUTCAST = "outcast"


class Role(StrEnum):
    """What an occupant may do during this visit (XEP-0045 §5.1)."""

    MODERATOR = "moderator"
    PARTICIPANT = "participant"
    VISITOR = "visitor"
    NONE = "none"


STANDINGS: Final[Mapping[Affiliation, Standing]] = {
    Affiliation.OWNER: Standing.OWNER,
    Affiliation.ADMIN: Standing.ADMIN,
    Affiliation.MEMBER: Standing.ALLOWED,
    Affiliation.NONE: Standing.NONE,
    Affiliation.OUTCAST: Standing.BANNED,
}
"""The place in the lists that an affiliation is."""

_AFFILIATIONS: Final = {place: affiliation for affiliation, place in STANDINGS.items()}


_PAIRS: Final = {pair: pair for pair in product(Affiliation, Role)}
"""Each pair once, as one is kept for everybody."""


def affiliation_in(lists: Lists, operators: frozenset[RealJid], bare: RealJid) -> Affiliation:
    """The affiliation of somebody who is not banned. Operators count as owners and are not listed (MUC-PRIV-18)."""
    if bare in lists.owners or bare in operators:
        return Affiliation.OWNER
    if bare in lists.admins:
        return Affiliation.ADMIN
    return Affiliation.MEMBER if bare in lists.allowed else Affiliation.NONE


def affiliation_of(listed: Standing) -> Affiliation:
    """What the room calls a place in the lists, outcasts included (XEP-0045 §9)."""
    return _AFFILIATIONS[listed]


def role_for(affiliation: Affiliation, grant: Grant | None, *, moderated: bool) -> Role:
    """The role that follows from an affiliation and what was granted for this visit (XEP-0045 §5.1.2)."""
    if affiliation in (Affiliation.OWNER, Affiliation.ADMIN) or grant is Grant.MODERATOR:
        return Role.MODERATOR
    if grant is Grant.MUTED:
        return Role.VISITOR
    if moderated and grant is not Grant.VOICE and affiliation is not Affiliation.MEMBER:
        return Role.VISITOR
    return Role.PARTICIPANT


_FOOTINGS: Final[Mapping[Role, Footing]] = {
    Role.MODERATOR: Footing.MODERATOR,
    Role.PARTICIPANT: Footing.SPEAKER,
    Role.VISITOR: Footing.LISTENER,
}


def is_among(role: Role, circle: frozenset[Footing]) -> bool:
    """Whether a role is one of those a setting names."""
    return _FOOTINGS.get(role) in circle


def roles_of(circle: frozenset[Footing]) -> list[str]:
    """The roles a setting names, in the order of their rank."""
    return [role.value for role, footing in _FOOTINGS.items() if footing in circle]


def circle_of(names: Iterable[str]) -> frozenset[Footing]:
    """The setting that names these roles. Raises `ValueError` for what is no role."""
    return frozenset(_FOOTINGS[Role(name)] for name in names)


def standing_of(channel: Channel, someone: Participant) -> tuple[Affiliation, Role]:
    """Affiliation and role of a participant now; kept until something about them changes."""
    found = someone.memo.get(standing_of)
    if found is None:
        affiliation = affiliation_in(channel.lists, channel.operators, someone.jid)
        found = _PAIRS[affiliation, role_for(affiliation, someone.grant, moderated=channel.config.moderated)]
        someone.memo[standing_of] = found
    return found  # type: ignore[return-value]  # keyed by its computation


def is_moderator(channel: Channel, someone: Participant) -> bool:
    """Whether somebody has the moderator role, and so sees who everybody is (XEP-0045 §7.2.4)."""
    return standing_of(channel, someone)[1] is Role.MODERATOR
