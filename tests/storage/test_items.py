"""Archives of nodes other than messages (XEP-0442), and that they are no archive of messages."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mix.core.config import Config, Info
from mix.core.events import Event
from mix.core.items import ConfigFact, Fact, InfoFact, Item, ItemsArchived, PersonFact
from mix.core.nicknames import prepare
from mix.core.nodes import Node
from mix.core.ports import ArchiveWindow, Repository
from mix.core.refusals import NoSuchItem
from mix.core.visibility import Mode
from pubsubnodes.paging import PageRequest
from tests.storage.people import COVEN, HAG, HECATE, NOW, OTHER, created, id_at, id_of, loaded, posted, record

FACTS: list[tuple[Node, Fact]] = [
    (Node.CONFIG, ConfigFact(Config(moderated=True), frozenset({HECATE}), frozenset({HAG, OTHER}), HECATE)),
    (Node.INFO, InfoFact(Info("Coven", "Double, double", (HECATE,)), Mode.VISIBLE)),
    (Node.PARTICIPANTS, PersonFact(id_of(HAG), prepare("Hag"), disclosed=True)),
    (Node.PARTICIPANTS, PersonFact(id_of(OTHER))),
    (Node.CONFIG, ConfigFact(Config(), frozenset({HECATE}), frozenset(), None)),
    (Node.PARTICIPANTS, PersonFact(id_of(HAG), gone=True)),
]
ITEMS = [
    Item(id_at(n, b"an item."), node, n, NOW + timedelta(seconds=n), fact)
    for n, (node, fact) in enumerate(FACTS, start=1)
]


def happened() -> list[Event]:
    """A channel with some history, in two turns."""
    return [created(), ItemsArchived(tuple(ITEMS[:2])), posted(1), ItemsArchived(tuple(ITEMS[2:])), posted(2)]


def of(node: Node) -> list[Item]:
    """The items of a node."""
    return [item for item in ITEMS if item.node is node]


def window(node: Node, **page: object) -> ArchiveWindow:
    """A query of a node's archive."""
    return ArchiveWindow(COVEN, node, PageRequest(**page))  # type: ignore[arg-type]  # a test's own business


@pytest.mark.req("MIX-MAM-03")
@pytest.mark.parametrize("node", [Node.CONFIG, Node.INFO, Node.PARTICIPANTS, Node.BANNED])
async def test_each_node_has_its_own(repository: Repository, node: Node) -> None:
    await record(repository, *happened())
    page = await repository.items(window(node))
    assert (list(page.items), page.count, page.complete) == (of(node), len(of(node)), True)
    messages = await repository.page(window(Node.MESSAGES))
    assert [message.id for message in messages.items] == [id_at(1), id_at(2)]


async def test_they_come_in_pages(repository: Repository) -> None:
    await record(repository, *happened())
    first, *rest = of(Node.PARTICIPANTS)
    page = await repository.items(window(Node.PARTICIPANTS, limit=1))
    assert (list(page.items), page.first, page.count, page.complete) == ([first], first.id, 3, False)
    page = await repository.items(window(Node.PARTICIPANTS, after=first.id))
    assert (list(page.items), page.complete) == (rest, True)
    page = await repository.items(window(Node.PARTICIPANTS, limit=1, before=""))
    assert list(page.items) == rest[1:]
    late = ArchiveWindow(COVEN, Node.PARTICIPANTS, PageRequest(), start=rest[0].at, end=rest[0].at)
    assert list((await repository.items(late)).items) == rest[:1]
    ends = ArchiveWindow(COVEN, Node.PARTICIPANTS, PageRequest(), ends=True)
    assert [item.id for item in (await repository.items(ends)).items] == [first.id, rest[-1].id]


async def test_an_id_belongs_to_a_node(repository: Repository) -> None:
    await record(repository, *happened())
    with pytest.raises(NoSuchItem):
        await repository.items(window(Node.CONFIG, after=ITEMS[2].id))
    with pytest.raises(NoSuchItem):
        await repository.page(window(Node.MESSAGES, after=ITEMS[2].id))


async def test_positions_go_on_after_a_restart(repository: Repository) -> None:
    await record(repository, *happened())
    assert (await loaded(repository)).next_item == len(ITEMS) + 1
