"""What is asked of the domain of the rooms, where no other face answers there (XEP-0045 §6.2-6.3, XEP-0408 §2)."""

from __future__ import annotations

from typing import Final

from mix.core.commands import Command, Ignore, Look, ReadDirectory
from mix.core.holding import HoldName, NameHeld
from mix.core.ports import Listing, Outcome, Rules
from mix.core.refusals import MalformedRequest, NoSuchItem, UnsupportedRequest
from muccompat import indicators, pages, selfping
from muccompat.disco import UNIQUE
from muccompat.questions import Question
from pubsubnodes import software
from pubsubnodes.disco import INFO, ITEMS, write_items
from pubsubnodes.errors import result
from pubsubnodes.paging import Page, PageRequest
from pubsubnodes.rsm import read_set, write_set
from pubsubnodes.stanza import Inbound, Stanza
from pubsubnodes.xml import element

_UNIQUE: Final = f"{{{UNIQUE}}}unique"
_INFO: Final = f"{{{INFO}}}query"
_ITEMS: Final = f"{{{ITEMS}}}query"


def parse(inbound: Inbound, rules: Rules, *, alone: bool) -> Command | None:
    """Discovery, a ping or the version; presence to nobody is let go, and so is what came back (MUC-SVC-06 to -11).

    Where another face answers for the service, only what that has no word for is left.
    """
    asked = inbound.payload
    if inbound.kind == "iq" and asked is not None and asked.tag == _UNIQUE:
        return _unique(inbound)
    if inbound.kind != "iq" and (watching := indicators.parse(inbound)) is not None:
        return watching
    if inbound.kind == "message" and inbound.type not in ("error", "headline"):
        raise UnsupportedRequest()  # nobody reads it (RFC 6121 §8.5)
    if not alone:
        return None
    if inbound.kind != "iq" or not inbound.is_request or asked is None:
        return Ignore(actor=inbound.sender)
    if asked.tag in (_INFO, _ITEMS) and asked.get("node"):
        raise NoSuchItem()
    match asked.tag, inbound.type:
        case (tag, "get") if tag == _INFO:
            return Look(actor=inbound.sender, subject=Question.SERVICE_INFO)
        case (tag, "get") if tag == _ITEMS:
            return _page(inbound, rules)
        case (selfping.PING, "get"):
            return Look(actor=inbound.sender, subject=Question.DONE)
        case (software.QUERY, "get"):
            return Look(actor=inbound.sender, subject=Question.VERSION)
        case _:
            raise UnsupportedRequest()


def _unique(inbound: Inbound) -> Command:
    """Ask for a name no room has (XEP-0307 §2)."""
    if inbound.type != "get":
        raise MalformedRequest()
    return HoldName(actor=inbound.sender)


def unique(inbound: Inbound, outcome: Outcome) -> Stanza:
    """The name that is kept now: a random one, which tells nothing of whoever asked."""
    (held,) = (event for event in outcome.events if isinstance(event, NameHeld))
    return result(inbound, element(UNIQUE, "unique", text=held.name))


def _page(inbound: Inbound, rules: Rules) -> Command:
    """A page of the rooms there are (XEP-0045 §6.3, XEP-0059 §2)."""
    if not rules.searchable:
        return Look(actor=inbound.sender, subject=Question.NOTHING)
    assert inbound.payload is not None
    page = pages.asked(inbound.payload) or PageRequest()
    limit = rules.max_page if page.limit is None else min(page.limit, rules.max_page)
    within = PageRequest(limit, page.after, page.before, page.index)
    return ReadDirectory(actor=inbound.sender, page=within, lang=inbound.lang)


def directory(inbound: Inbound, outcome: Outcome) -> list[Stanza]:
    """The rooms of a page, by their addresses as rooms."""
    assert isinstance(outcome.found, Page)
    assert inbound.payload is not None
    room_of = outcome.moment.rules.room_of
    found = [(room_of(one.jid).text, None, one.name) for one in outcome.found.items if isinstance(one, Listing)]
    is_paged = read_set(inbound.payload) is not None or not outcome.found.complete
    return [result(inbound, write_items(found, *([write_set(outcome.found)] if is_paged else [])))]
