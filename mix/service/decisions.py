"""From the settings to the rules: what the operator decided, as the core knows it."""

from __future__ import annotations

from datetime import timedelta

from mix.core.ports import Rules
from mix.core.visibility import Mode
from mix.service.settings import Settings
from pubsubnodes.addresses import RealJid

ROOMS = "muccompat"
"""The face to which `domain` in `[muc]` belongs."""


def rules_of(settings: Settings) -> Rules:
    """The operator's decisions as the core knows them."""
    return Rules(
        domain=settings.component.jid,
        name=settings.service.name,
        contact=settings.service.contact,
        operators=frozenset(map(RealJid.parse, settings.service.admins)),
        local_domains=settings.local_domains,
        creators=settings.service.creators,
        default_mode=Mode(settings.service.default_visibility),
        private=settings.service.default_access == "private",
        searchable=settings.service.searchable,
        registration=settings.muc.registration,
        tombstones=timedelta(days=settings.service.tombstones),
        registered_nicks=settings.service.registered_nicks,
        relay=settings.service.relay,
        max_nick=settings.limits.max_nick,
        retraction=hours(settings.limits.retraction_hours),
        empty=hours(24 * settings.limits.empty_days),
        max_avatar=settings.limits.avatar_bytes,
        max_participants=settings.limits.participants,
        max_made=settings.limits.channels,
        max_kept=settings.limits.registrations,
        history=settings.muc.history,
        room_domain=settings.muc.domain if ROOMS in settings.service.faces else None,
    )


def hours(number: int) -> timedelta | None:
    """A time of so many hours; none at all where it is 0."""
    return timedelta(hours=number) if number else None
