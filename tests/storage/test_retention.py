"""How far archives reach back (XEP-0313 §3.2): only the oldest goes, and what stays is as it was."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mix.core.config import Config
from mix.core.events import ConfigChanged
from mix.core.items import Item, ItemsArchived, PersonFact
from mix.core.nodes import Node
from mix.core.ports import ArchiveWindow, Change, Keep, Repository
from mix.core.refusals import NoSuchItem
from mix.shell import retention
from pubsubnodes.paging import PageRequest
from tests.storage.people import COVEN, HAG, HEATH, NOW, created, id_at, id_of, loaded, posted, record, subject

ALL = PageRequest()


def item(n: int) -> Item:
    """A change of the participants."""
    return Item(id_at(n, b"an item."), Node.PARTICIPANTS, n, NOW + timedelta(seconds=n), PersonFact(id_of(HAG)))


@pytest.fixture
async def filled(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """Ten entries each, with a gap in one and a subject in it; steps are small, so that there are many."""
    monkeypatch.setattr(retention, "STEP", 3)
    said = [subject(n, "Act I") if n == 2 else posted(n, archived=n != 5) for n in range(1, 12)]
    kept = [ItemsArchived((item(n),)) for n in range(1, 11)]
    await repository.commit(
        [Change(COVEN, [created(), *said, *kept]), Change(HEATH, [created(HEATH), posted(1), posted(2)])]
    )
    return repository


async def ids(repository: Repository) -> list[str]:
    """The messages that are left."""
    return [m.id for m in (await repository.page(ArchiveWindow(COVEN, Node.MESSAGES, ALL))).items]


async def items(repository: Repository) -> list[str]:
    """The changes of participants that are left."""
    return [one.id for one in (await repository.items(ArchiveWindow(COVEN, Node.PARTICIPANTS, ALL))).items]


@pytest.mark.req("MIX-MAM-29", "MUC-MAM-13")
@pytest.mark.parametrize("most", [1, 4, 9, 10, 11, 100])
async def test_the_newest_stay(filled: Repository, most: int) -> None:
    """As many as are to be kept, without gaps; archives with fewer are left alone."""
    before, changes = await ids(filled), await items(filled)
    gone = await filled.trim(Keep(most=most))
    assert await ids(filled) == before[-most:]
    assert await items(filled) == changes[-most:]
    heath = await filled.page(ArchiveWindow(HEATH, Node.MESSAGES, ALL))
    assert [m.id for m in heath.items] == [id_at(1), id_at(2)][-most:]
    expected = {COVEN: 2 * max(0, 10 - most), HEATH: max(0, 2 - most)}
    assert gone == {channel: number for channel, number in expected.items() if number}
    assert await filled.trim(Keep(most=most)) == {}


@pytest.mark.req("MIX-MAM-29", "MUC-MAM-13")
async def test_what_is_too_old_goes(filled: Repository) -> None:
    """Exactly what is older."""
    await filled.trim(Keep(since=NOW + timedelta(seconds=8)))
    assert await ids(filled) == [id_at(8), id_at(9), id_at(10), id_at(11)]
    assert await items(filled) == [id_at(n, b"an item.") for n in (8, 9, 10)]
    await filled.trim(Keep(most=3, since=NOW + timedelta(seconds=9)))
    assert await ids(filled) == [id_at(9), id_at(10), id_at(11)]


async def test_nothing_goes_without_a_limit(filled: Repository) -> None:
    assert await filled.trim(Keep()) == {}
    assert len(await ids(filled)) == 10


@pytest.mark.req("MUC-MAM-09")
async def test_an_archive_can_end_and_go_on(filled: Repository) -> None:
    """What went is not there any more, and the next message is."""
    await filled.trim(Keep(since=NOW + timedelta(days=1)))
    assert (await ids(filled), await items(filled)) == ([], [])
    assert list(await filled.recent(COVEN, 5)) == []
    assert await filled.message(COVEN, id_at(11)) is None
    with pytest.raises(NoSuchItem):
        await filled.page(ArchiveWindow(COVEN, Node.MESSAGES, PageRequest(after=id_at(11))))
    channel = await loaded(filled)
    await record(filled, posted(max(channel.next_position, 12)))
    assert await ids(filled) == [id_at(12)]


async def test_a_channel_may_keep_less_than_others_and_never_more(repository: Repository) -> None:
    """Its owner's word counts for its own archives; the operator's is the longest there is."""
    short, long = Config(kept_days=2), Config(kept_days=30)
    said = [posted(n) for n in (1, 2)]
    await repository.commit([Change(COVEN, [created(config=long), *said]), Change(HEATH, [created(HEATH), *said])])
    later = NOW + timedelta(days=3)
    assert await repository.trim(Keep(now=later)) == {}
    await repository.commit([Change(COVEN, [ConfigChanged(long, short, HAG, NOW)])])
    assert await repository.trim(Keep(now=later)) == {COVEN: 2}
    assert await ids(repository) == []
    await repository.commit([Change(HEATH, [ConfigChanged(Config(), long, HAG, NOW)])])
    assert await repository.trim(Keep(since=later - timedelta(days=1), now=later)) == {HEATH: 2}
