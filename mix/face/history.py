"""The archive of a channel on the wire (XEP-0313, XEP-0442, XEP-0369 §7.2)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from xml.etree.ElementTree import Element

from mix.core.channel import Channel, Message
from mix.core.commands import Command, Look, ReadArchive
from mix.core.items import ARCHIVED, Item
from mix.core.nodes import Node, node_named
from mix.core.ports import Outcome, Rules
from mix.core.refusals import FieldUnknown, MalformedRequest, NodeClosed, NoSuchNode
from mix.core.rights import exists, may_read
from mix.core.visibility import Audience
from mix.face import items, messages
from pubsubnodes.archive import ArchiveQuery
from pubsubnodes.errors import result
from pubsubnodes.mam import (
    METADATA,
    QUERY,
    MalformedQuery,
    UnknownField,
    read_query,
    write_fin,
    write_metadata,
    write_result,
    write_template,
)
from pubsubnodes.paging import Page
from pubsubnodes.stanza import Inbound, Stanza

LOOK_FORM = "archive form"
LOOK_NOTHING = "archive that is none"
TAGS = frozenset({QUERY, METADATA})


def is_for_mix(inbound: Inbound, request: Element, channel: Channel) -> bool:
    """Whether a query is this face's where the room is another's: results are shaped for who asks (MIX-MAM-35)."""
    if request.get("node") is not None:
        return True
    session = channel.session_of(inbound.sender)
    if session is not None and session.in_room:
        return False
    me = channel.participant_of(inbound.sender.bare)
    return (me is not None and me.stays) or inbound.sender.bare in channel.subscriptions


def parse(inbound: Inbound, request: Element, channel: Channel, rules: Rules) -> Command:
    """A page of an archive, its ends, or the form to ask with; without a node it is that of messages (MIX-DEC-098)."""
    node = node_named(request.get("node")) if request.get("node") is not None else Node.MESSAGES
    if node is None or not exists(channel, node):
        raise NoSuchNode()
    if inbound.type == "get" and request.tag == QUERY:
        return Look(actor=inbound.sender, subject=LOOK_FORM)
    if (inbound.type == "get") is not (request.tag == METADATA):
        raise MalformedRequest()
    try:
        query = read_query(request) if request.tag == QUERY else ArchiveQuery()
    except UnknownField as error:
        raise FieldUnknown() from error
    except MalformedQuery as error:
        raise MalformedRequest() from error
    if node is not Node.MESSAGES and node not in ARCHIVED:
        if not may_read(channel, inbound.sender, node):
            raise NodeClosed()
        return Look(actor=inbound.sender, subject=LOOK_NOTHING)
    limit = rules.max_page if query.page.limit is None else min(query.page.limit, rules.max_page)
    query = replace(query, page=replace(query.page, limit=limit))
    return ReadArchive(actor=inbound.sender, node=node, query=query, ends=request.tag == METADATA)


def reply(inbound: Inbound, channel: Channel | None, outcome: Outcome) -> Iterable[Stanza]:
    """The messages or items found, oldest first unless the page is flipped, then the end of the page (XEP-0313 §4)."""
    command = outcome.command
    assert channel is not None
    assert isinstance(command, ReadArchive)
    assert isinstance(outcome.found, Page)
    found = [one for one in outcome.found.items if isinstance(one, Message | Item)]
    if command.ends:
        return [result(inbound, write_metadata((one.id, one.at) for one in found))]
    is_in = channel.participant_of(inbound.sender.bare) is not None
    audience = Audience.PUBLIC if is_in else Audience.OUTSIDERS
    results = [
        write_result(
            channel.jid,
            one.id,
            one.at,
            messages.archived(channel, one, audience)
            if isinstance(one, Message)
            else items.archived(channel, one, audience),
            query_id=command.query.query_id,
            outer_id=one.id,
        )
        for one in (reversed(found) if command.query.flip else found)
    ]
    return [*results, result(inbound, write_fin(outcome.found))]


def reply_form(inbound: Inbound, channel: Channel | None, outcome: Outcome) -> Iterable[Stanza]:
    """The fields a query may have (XEP-0313 §4.1.5)."""
    return [result(inbound, write_template())]


def reply_nothing(inbound: Inbound, channel: Channel | None, outcome: Outcome) -> Iterable[Stanza]:
    """An empty archive, complete: the node is there and nothing of it is kept (MIX-MAM-06)."""
    is_metadata = inbound.payload is not None and inbound.payload.tag == METADATA
    return [result(inbound, write_metadata(()) if is_metadata else write_fin(Page(())))]
