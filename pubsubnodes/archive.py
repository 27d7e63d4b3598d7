"""What somebody asks an archive for: the filters of XEP-0313 §4.1 and the window of XEP-0059."""

from __future__ import annotations

from dataclasses import field
from datetime import datetime

from pubsubnodes.addresses import RealJid
from pubsubnodes.frozen import frozen
from pubsubnodes.paging import PageRequest


@frozen
class ArchiveQuery:
    """A query as the client wrote it, checked for form (XEP-0313 §4.1)."""

    query_id: str | None = None
    with_text: str | None = None
    """The `with` field as written; each face knows which of its addresses that is."""
    with_jid: RealJid | None = None
    """The `with` field as a person's own address, for those who may ask that way."""
    start: datetime | None = None
    end: datetime | None = None
    before_id: str | None = None
    after_id: str | None = None
    ids: tuple[str, ...] = ()
    page: PageRequest = field(default_factory=PageRequest)
    flip: bool = False
