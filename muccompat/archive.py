"""The room's archive, in the room's shape (XEP-0313 §6.1)."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from mix.core.channel import Channel, Message
from mix.core.commands import Command, Look, ReadArchive
from mix.core.nodes import Node
from mix.core.ports import Outcome
from mix.core.refusals import FieldUnknown, MalformedRequest, NoSuchChannel
from mix.core.rights import is_insider, may_know_of
from mix.core.visibility import Audience
from muccompat.messages import author, reflected
from muccompat.questions import Question
from muccompat.standing import is_moderator
from pubsubnodes import mam
from pubsubnodes.addresses import RealJid
from pubsubnodes.archive import ArchiveQuery
from pubsubnodes.errors import result
from pubsubnodes.paging import Page
from pubsubnodes.stanza import Inbound, Stanza


def parse(inbound: Inbound, channel: Channel | None, asked: Element) -> Command:
    """A query, the form for one, or what the archive spans."""
    if channel is None:
        raise NoSuchChannel()
    if asked.tag == mam.METADATA:
        return ReadArchive(actor=inbound.sender, node=Node.MESSAGES, query=ArchiveQuery(), ends=True)
    if inbound.type == "get":
        if not may_know_of(channel, inbound.sender):
            raise NoSuchChannel()
        return Look(actor=inbound.sender, subject=Question.ARCHIVE_FIELDS)
    try:
        query = mam.read_query(asked)
    except mam.UnknownField as error:
        raise FieldUnknown() from error
    except mam.MalformedQuery as error:
        raise MalformedRequest() from error
    return ReadArchive(actor=inbound.sender, node=Node.MESSAGES, query=query)


def reply(inbound: Inbound, channel: Channel, command: ReadArchive, outcome: Outcome) -> list[Stanza]:
    """The messages of a page, then where the page lies (XEP-0313 §4.2-4.3)."""
    assert isinstance(outcome.found, Page)
    page: Page[Message] = outcome.found  # type: ignore[assignment]  # an archive's page, for it was an archive's window
    if command.ends:
        return [result(inbound, mam.write_metadata((message.id, message.at) for message in page.items))]
    audience = _audience(channel, inbound.sender)
    told = [_result(message, channel, command, outcome, audience) for message in page.items]
    if command.query.flip:
        told.reverse()
    return [*told, result(inbound, mam.write_fin(page))]


def _audience(channel: Channel, reader: RealJid) -> Audience:
    """What somebody is shown of others: members read also while they are not in, and see then whom outsiders see."""
    me = channel.participant_of(reader.bare)
    if is_insider(channel, reader) or (me is not None and is_moderator(channel, me)):
        return Audience.INSIDERS
    return Audience.PUBLIC if me is not None else Audience.OUTSIDERS


def _result(message: Message, channel: Channel, command: ReadArchive, outcome: Outcome, audience: Audience) -> Stanza:
    stanza = reflected(message, channel)
    known = author(message, channel, audience)
    if known is not None:
        stanza.children = (*stanza.children, known)
    return mam.write_result(
        channel.room,
        message.id,
        message.at,
        stanza,
        query_id=command.query.query_id,
        outer_id=outcome.moment.dice.request_id(),
    )
