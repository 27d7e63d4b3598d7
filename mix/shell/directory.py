"""Which channels an account may know of (XEP-0369 §6.2): one statement over all of them."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Connection, text

from mix.core.config import Circle
from mix.core.ports import DirectoryWindow, Listing
from mix.core.refusals import NoSuchItem
from mix.core.rights import Standing, is_in
from mix.shell.columns import domain_of, from_jid, to_channel_jid, to_info
from pubsubnodes.paging import Page

_ON = "c.id IN (SELECT channel_id FROM lists WHERE jid IN ({jids}) AND which = '{which}')"
_OWNER = _ON.format(which="owners", jids=":viewer")
_ADMIN = _ON.format(which="admins", jids=":viewer")
_BANNED = _ON.format(which="banned", jids=":viewer, :domain")
_ALLOWED = _ON.format(which="allowed", jids=":viewer, :domain")
_INSIDE = "c.id IN (SELECT channel_id FROM participants WHERE jid = :viewer AND left_at IS NULL)"

# As `rights.standing` has it: owners and administrators before a ban, a ban before everything else.
_LISTED = "c.listed AND NOT c.locked AND NOT c.adhoc"
_KNOWN = f"({_OWNER} OR {_ADMIN} OR (NOT {_BANNED} AND (NOT c.members_only OR {_INSIDE} OR {_ALLOWED})))"
_RANK: Final = (
    f"CASE WHEN {_OWNER} THEN {Standing.OWNER:d} WHEN {_ADMIN} THEN {Standing.ADMIN:d} "
    f"WHEN {_INSIDE} THEN {Standing.PARTICIPANT:d} ELSE {Standing.ALLOWED:d} END"
)


def page(connection: Connection, window: DirectoryWindow, operators: frozenset[Any], most: int) -> Page[Listing]:
    """A page of the directory, in the order of addresses. Raises `NoSuchItem` for a start the viewer may not know."""
    is_operator = window.viewer.bare in operators
    viewer: dict[str, Any] = {"viewer": from_jid(window.viewer.bare), "domain": domain_of(window.viewer)}
    seen = f"FROM channels c WHERE {_LISTED}" + ("" if is_operator else f" AND {_KNOWN}")
    rank = str(int(Standing.OWNER)) if is_operator else _RANK
    request = window.page

    def number(condition: str = "", jid: str = "") -> int:
        query = f"SELECT count(*) {seen} {condition}"
        return int(connection.execute(text(query), _used(query, {**viewer, "jid": jid})).scalar_one())

    for start in (request.after, request.before):
        if start and not number("AND c.jid = :jid", start):
            raise NoSuchItem()
    limit = most if request.limit is None else min(max(request.limit, 0), most)
    backwards = request.before is not None and not request.after and request.index is None
    inside = seen
    if request.after and request.index is None:
        inside += " AND c.jid > :after"
    if request.before:
        inside += " AND c.jid < :before"
    query = (
        f"SELECT c.jid, c.info, c.info_for, {rank} {inside} "
        f"ORDER BY c.jid {'DESC' if backwards else 'ASC'} LIMIT :limit OFFSET :skip"
    )
    values = {
        **viewer,
        "after": request.after,
        "before": request.before,
        "limit": limit + 1,
        "skip": max(request.index or 0, 0),
    }
    rows = connection.execute(text(query), _used(query, values)).all()
    found = [
        Listing(to_channel_jid(jid), _name(info, window.lang) if _may_read(info_for, standing) else None)
        for jid, info, info_for, standing in rows[:limit]
    ]
    if backwards:
        found.reverse()
    names = [listing.jid.text for listing in found]
    return Page(
        found,
        first=names[0] if found else None,
        last=names[-1] if found else None,
        index=number("AND c.jid < :jid", names[0]) if found else None,
        count=number(),
        complete=len(rows) <= limit,
    )


def _name(info: str, lang: str | None) -> str | None:
    return to_info(info).read_in(lang).name or None


def _may_read(info_for: str, rank: int) -> bool:
    return rank == Standing.OWNER or is_in(Circle(info_for), Standing(rank))


def _used(query: str, values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if f":{name}" in query}
