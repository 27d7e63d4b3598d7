"""What is left of messages that were taken back (XEP-0424 §4, XEP-0425 §4, XEP-0407 §4)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from mix.core.channel import Message, Retraction, Tombstone
from mix.core.events import MessageRetracted
from mix.core.nicknames import prepare
from mix.core.nodes import Node
from mix.core.payload import Payload
from mix.core.ports import ArchiveWindow, Change, Repository
from pubsubnodes.paging import PageRequest
from tests.storage.people import COVEN, HAG, HEATH, NOW, created, id_at, id_of, message, posted, record, subject

TOMBSTONE = Tombstone(
    id_of(HAG), prepare("Hag"), disclosed=True, at=NOW + timedelta(hours=1), said_in="r1", moderated=True, reason="spam"
)


def left(of: Message, tombstone: Tombstone = TOMBSTONE) -> Message:
    """What is left of a message."""
    return replace(of, payload=Payload.stored(""), lang=None, tombstone=tombstone)


async def archive(repository: Repository) -> list[Message]:
    """All of it."""
    return list((await repository.page(ArchiveWindow(COVEN, Node.MESSAGES, PageRequest()))).items)


@pytest.mark.req("MIX-RET-12", "MUC-MAM-14", "MIX-MAM-28")
async def test_a_tombstone_stands_where_the_message_was(repository: Repository) -> None:
    """Same id, position, time and sender; nothing else of it is left, and its neighbours are as they were."""
    await record(repository, created(), posted(1), posted(2, "secret"), posted(3))
    before = await archive(repository)
    await record(repository, MessageRetracted(left(message(2, "secret"))))
    after = await archive(repository)
    assert [(m.id, m.position, m.at, m.sender) for m in after] == [(m.id, m.position, m.at, m.sender) for m in before]
    assert [m.payload.wire for m in after] == [before[0].payload.wire, "", before[2].payload.wire]
    assert [m.tombstone for m in after] == [None, TOMBSTONE, None]
    assert (after[1].lang, after[1].client_id) == (None, "c2")


async def test_what_takes_back_says_so_for_good(repository: Repository) -> None:
    said = Retraction(id_at(1), moderated=True, reason="spam")
    await record(repository, created(), posted(1), posted(2, retraction=said))
    assert [m.retraction for m in await archive(repository)] == [None, said]
    assert [m.retraction for m in await repository.recent(COVEN, 5)] == [None, said]


async def test_history_knows_what_is_gone(repository: Repository) -> None:
    """A room loaded again shows as much as one that was in memory."""
    await record(repository, created(), posted(1), posted(2), MessageRetracted(left(message(1), TOMBSTONE)))
    assert [(m.id, m.tombstone) for m in await repository.recent(COVEN, 5)] == [(id_at(1), TOMBSTONE), (id_at(2), None)]


async def test_a_message_is_found_by_its_id(repository: Repository) -> None:
    """Also a change of subject, and what was taken back; not another channel's, nor one that was not kept."""
    anonymous = replace(TOMBSTONE, nick=None, moderated=False, reason="")
    await repository.commit(
        [
            Change(COVEN, [created(), posted(1), subject(2, "Act I"), posted(3, archived=False), posted(4)]),
            Change(HEATH, [created(HEATH), posted(1, id=id_at(1, b"of heath"))]),
        ]
    )
    await record(repository, MessageRetracted(left(message(4), anonymous)))
    found = [await repository.message(COVEN, id_at(n)) for n in (1, 2, 3, 4)]
    assert [one.position if one else None for one in found] == [1, 2, None, 4]
    assert found[1] is not None
    assert found[1].payload.is_subject
    assert found[3] is not None
    assert found[3].tombstone == anonymous
    assert await repository.message(COVEN, id_at(1, b"of heath")) is None
    assert await repository.message(HEATH, id_at(1)) is None
