"""Message archive management on the wire (XEP-0313 v1.1): queries in, results out, in whatever shape a face gives."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, final
from xml.etree.ElementTree import Element

from pubsubnodes.addresses import MalformedAddress, RealJid, VisibleAddress
from pubsubnodes.archive import ArchiveQuery
from pubsubnodes.forms import DATA, FORM, Field, MalformedForm, read_form, write_form
from pubsubnodes.paging import Page, PageRequest
from pubsubnodes.rsm import MalformedSet, read_set, write_set
from pubsubnodes.stanza import Stanza
from pubsubnodes.xml import element, escape, read_fragment, serialise

MAM = "urn:xmpp:mam:2"
EXTENDED = "urn:xmpp:mam:2#extended"
QUERY = f"{{{MAM}}}query"
METADATA = f"{{{MAM}}}metadata"
FORWARD = "urn:xmpp:forward:0"
DELAY = "urn:xmpp:delay"


class MalformedQuery(ValueError):
    """A query that is none: no form where one has to be, a date that is no date."""


class UnknownField(ValueError):
    """A field this archive does not know (XEP-0313 §4.1.5)."""


def stamp(at: datetime) -> str:
    """A time as XEP-0082 writes it: UTC, microseconds, `Z`."""
    utc = at if at.tzinfo is UTC else at.astimezone(UTC)
    return utc.isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


def read_stamp(text: str) -> datetime:
    """A time of XEP-0082, in UTC; without a zone it is that already. Raises `ValueError`."""
    found = datetime.fromisoformat(text.strip())
    if found.tzinfo is None:
        return found.replace(tzinfo=UTC)
    try:
        return found.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("a time outside all calendars") from error


def read_query(query: Element) -> ArchiveQuery:
    """Read an archive query. Raises `MalformedQuery`, `UnknownField`."""
    try:
        page = read_set(query) or PageRequest()
        form = query.find(FORM)
        fields = {}
        if form is not None:
            submission = read_form(form)
            if submission.form_type != MAM:
                raise MalformedQuery("FORM_TYPE")
            fields = dict(submission.fields)
        text = _one(fields.pop("with", ()))
        found = ArchiveQuery(
            query_id=query.get("queryid"),
            with_text=text,
            with_jid=_jid(text),
            start=_time(fields.pop("start", ())),
            end=_time(fields.pop("end", ())),
            before_id=_one(fields.pop("before-id", ())),
            after_id=_one(fields.pop("after-id", ())),
            ids=tuple(fields.pop("ids", ())),
            page=page,
            flip=query.find(f"{{{MAM}}}flip-page") is not None,
        )
    except (MalformedForm, MalformedSet) as error:
        raise MalformedQuery() from error
    if fields:
        raise UnknownField(next(iter(fields)))
    return found


def write_template() -> Element:
    """The form of supported fields, for those who ask first (XEP-0313 §4.1.5)."""
    form = write_form(
        "form",
        MAM,
        [
            Field("with", "jid-single"),
            *(Field(var, "text-single") for var in ("start", "end", "before-id", "after-id")),
            Field("ids", "list-multi"),
        ],
    )
    validate = "http://jabber.org/protocol/xdata-validate"
    form.findall(f"{{{DATA}}}field")[-1].append(
        element(validate, "validate", element(validate, "open"), datatype="xs:string")
    )
    return element(MAM, "query", form)


@final
class _Result:
    """A `<result/>`, as text right away: of a page, building elements would cost more than all else."""

    __slots__ = ("wire",)

    def __init__(self, wire: str) -> None:
        self.wire = wire

    @property
    def elements(self) -> tuple[Element, ...]:
        """For those who look at it rather than send it."""
        return read_fragment(self.wire)


def write_result(
    archive: VisibleAddress, id: str, at: datetime, message: Stanza | Element, *, query_id: str | None, outer_id: str
) -> Stanza:
    """One result: the message as it was, forwarded with its time and without `to` (XEP-0313 §4.2)."""
    query = f" queryid='{escape(query_id)}'" if query_id is not None else ""
    inner = message.text() if isinstance(message, Stanza) else serialise(message, FORWARD)
    wire = (
        f"<result xmlns='{MAM}' id='{escape(id)}'{query}><forwarded xmlns='{FORWARD}'>"
        f"<delay xmlns='{DELAY}' stamp='{stamp(at)}'/>{inner}</forwarded></result>"
    )
    return Stanza(kind="message", sender=archive, id=outer_id, children=[_Result(wire)])


def write_fin(page: Page[Any]) -> Element:
    """The end of a page, and whether anything lies beyond it (XEP-0313 §4.3.2)."""
    return element(MAM, "fin", write_set(page), complete="true" if page.complete else None)


def write_metadata(ends: Iterable[tuple[str, datetime]]) -> Element:
    """The first and last message there are; empty for an empty archive (XEP-0313 §5)."""
    both = list(ends)
    rows = (
        [
            element(MAM, name, id=id, timestamp=stamp(at))
            for name, (id, at) in zip(("start", "end"), (both[0], both[-1]), strict=True)
        ]
        if both
        else []
    )
    return element(MAM, "metadata", *rows)


def _one(values: Iterable[str]) -> str | None:
    return next((value.strip() for value in values if value.strip()), None)


def _time(values: Iterable[str]) -> datetime | None:
    text = _one(values)
    try:
        return read_stamp(text) if text is not None else None
    except ValueError as error:
        raise MalformedQuery("time") from error


def _jid(text: str | None) -> RealJid | None:
    try:
        return RealJid.parse(text) if text is not None else None
    except MalformedAddress as error:
        raise MalformedQuery("with") from error
