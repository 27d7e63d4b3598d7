"""Pages of the archive (XEP-0313 §4, XEP-0059 §2): SQL against looking at every message."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mix.core.events import ChannelDestroyed, Event, MessagePosted, SubjectChanged
from mix.core.ids import SALT_LENGTH, archive_id
from mix.core.nicknames import prepare
from mix.core.nodes import Node
from mix.core.ports import ArchiveWindow, Change, Repository
from mix.core.refusals import NoSuchItem, UnsupportedRequest
from mix.shell import archive
from mix.shell.database import Database
from mix.shell.dictionary import DictRepository
from mix.shell.repository import SqlRepository
from pubsubnodes.paging import PageRequest
from tests.storage.people import COVEN, HAG, HEATH, HECATE, NOW, OTHER, created, id_at, id_of, posted, record, subject

LONG = 30
ALL = PageRequest()


def history() -> list[Event]:
    """Two people and three nicks, subjects, gaps, and several messages at the same time."""
    events: list[Event] = [created()]
    for n in range(1, LONG + 1):
        if n % 7 == 0:
            events.append(subject(n, f"Act {n}"))
            continue
        events.append(
            posted(
                n,
                f"Line {n}",
                by=HAG if n % 3 else HECATE,
                nick=[prepare("Hag"), prepare("HECATE"), None][n % 4 % 3],
                at=NOW + timedelta(seconds=n // 3),
                archived=n % 10 != 4,
            )
        )
    return _in_order(events)


def _in_order(events: list[Event]) -> list[Event]:
    """Times in the order of positions, as channels give them."""
    latest, found = NOW, list[Event]()
    for event in events:
        if isinstance(event, MessagePosted | SubjectChanged):
            latest = max(latest, event.message.at)
            found.append(replace(event, message=replace(event.message, at=latest)))
        else:
            found.append(event)
    return found


Both = tuple[Repository, Repository]


@pytest.fixture
async def both(database: Database) -> Both:
    """The same archive in SQL and in a dict."""
    repositories = SqlRepository(database, most=20), DictRepository(most=20)
    for repository in repositories:
        await record(repository, *history())
        await record(repository, created(HEATH), posted(1, id=id_at(1, b"of heath")), jid=HEATH)
    return repositories


ids = st.one_of(
    st.integers(1, LONG).map(lambda n: id_at(n)), st.just(id_at(1, b"of heath")), st.just("nonsense"), st.just(id_at(1))
)
times = st.integers(-2, LONG).map(lambda n: NOW + timedelta(seconds=n / 2))


def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Mostly None, since filters exclude each other."""
    return st.one_of(st.none(), st.none(), st.none(), strategy)


windows = st.builds(
    ArchiveWindow,
    channel=st.just(COVEN),
    node=st.just(Node.MESSAGES),
    page=st.builds(
        PageRequest, limit=st.one_of(st.none(), st.integers(0, 40)), after=maybe(ids), before=maybe(ids | st.just(""))
    ),
    sender=maybe(st.sampled_from([id_of(HAG), id_of(HECATE), id_of(OTHER)])),
    nick=maybe(st.sampled_from([prepare("hag").key, prepare("hecate").key, prepare("crone").key])),
    start=maybe(times),
    end=maybe(times),
    before_id=maybe(ids),
    after_id=maybe(ids),
    ids=st.one_of(st.just(()), st.just(()), st.lists(ids, max_size=5).map(tuple)),
    since=maybe(times),
    nothing=st.sampled_from([False] * 9 + [True]),
    ends=st.sampled_from([False] * 9 + [True]),
)


async def answer(repository: Repository, window: ArchiveWindow) -> dict[str, Any]:
    """A page, or its refusal, to be compared."""
    try:
        page = await repository.page(window)
    except NoSuchItem:
        return {"refused": True}
    return {
        "items": [(m.id, m.at, m.sender, m.nick, m.disclosed, m.payload, m.client_id, m.lang) for m in page.items],
        "window": (page.first, page.last, page.complete),
        "count": page.count,
        "index": page.index,
    }


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(window=windows)
async def test_any_page_is_the_one_found_by_looking(both: Both, window: ArchiveWindow) -> None:
    sql, naive = both
    found, expected = await answer(sql, window), await answer(naive, window)
    if window.ends:
        found.pop("count", None)
        expected.pop("count", None)
    assert found == expected


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(window=windows)
async def test_a_page_of_a_large_archive_may_lack_its_number_only(both: Both, window: ArchiveWindow) -> None:
    """Where counting is dear, the number is right or left out; who asks for it alone gets it (XEP-0059 §2.6)."""
    sql, naive = both
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(archive, "COUNTED", 5)
        found = await answer(sql, window)
    expected = await answer(naive, window)
    asked_alone = window.page.limit == 0
    for number in ("count", "index"):
        if number in found and (found[number] is None and not asked_alone):
            expected[number] = None
    if window.ends:
        found.pop("count", None)
        expected.pop("count", None)
    assert found == expected


def window(page: PageRequest = ALL, **filters: Any) -> ArchiveWindow:
    """A query of the coven's archive."""
    return ArchiveWindow(COVEN, Node.MESSAGES, page, **filters)


@pytest.mark.req("MIX-MAM-22", "MIX-MAM-23")
async def test_paging_is_stable_while_people_speak(repository: Repository) -> None:
    """Page by page, forwards and backwards, everything comes once, whatever is said meanwhile."""
    await record(repository, created(), *(posted(n) for n in range(1, 26)))
    seen, after, complete = list[str](), None, False
    while not complete:
        page = await repository.page(window(PageRequest(limit=10, after=after)))
        seen += [m.id for m in page.items]
        after, complete = page.last, page.complete
        if len(seen) <= 20:
            await record(repository, posted(25 + len(seen)))
    assert seen == [id_at(n) for n in range(1, 26)] + [id_at(35), id_at(45)]
    seen, before, complete = [], "", False
    while not complete:
        page = await repository.page(window(PageRequest(limit=10, before=before)))
        seen = [m.id for m in page.items] + seen
        before, complete = page.first or "", page.complete
    assert seen == [id_at(n) for n in range(1, 26)] + [id_at(35), id_at(45)]


@pytest.mark.req("MIX-MAM-24", "MIX-MAM-19")
@pytest.mark.parametrize(
    "asked",
    [
        window(PageRequest(after="bogus")),
        window(PageRequest(before="bogus")),
        window(before_id="bogus"),
        window(after_id="bogus"),
        window(ids=(id_at(1), "bogus")),
        window(PageRequest(after="bogus"), nothing=True),
    ],
)
async def test_an_unknown_id_is_refused(repository: Repository, asked: ArchiveWindow) -> None:
    await record(repository, created(), posted(1))
    with pytest.raises(NoSuchItem):
        await repository.page(asked)


@pytest.mark.req("MIX-MAM-25")
async def test_a_page_of_none_is_the_number(repository: Repository) -> None:
    await record(repository, created(), *(posted(n) for n in range(1, 26)))
    page = await repository.page(window(PageRequest(limit=0)))
    assert (list(page.items), page.count, page.complete) == ([], 25, False)


@pytest.mark.req("MIX-MAM-33")
async def test_a_page_is_never_larger_than_the_service_allows(repository: Repository) -> None:
    await record(repository, created(), *(posted(n) for n in range(1, 26)))
    for page in [await repository.page(window(PageRequest(limit=n))) for n in (100_000, None)]:
        assert (len(page.items), page.complete) == (20, False)


@pytest.mark.req("MIX-MAM-27")
async def test_the_ends_of_an_archive(repository: Repository) -> None:
    """First and last message: both, the same one twice named once, or none (XEP-0313 §5)."""
    await record(repository, created())
    for n, expected in ((1, [id_at(1)]), (2, [id_at(1), id_at(2)]), (3, [id_at(1), id_at(3)])):
        await record(repository, posted(n))
        assert [m.id for m in (await repository.page(window(ends=True))).items] == expected


async def test_what_came_before_somebody_may_know_is_not_there(repository: Repository) -> None:
    """Neither in pages nor at the ends nor by its id (XEP-0313 §6.1.2)."""
    await record(repository, created(), *(posted(n) for n in range(1, 6)))
    since = NOW + timedelta(seconds=3)
    page = await repository.page(window(since=since))
    assert ([m.id for m in page.items], page.count) == ([id_at(3), id_at(4), id_at(5)], 3)
    assert [m.id for m in (await repository.page(window(since=since, ends=True))).items] == [id_at(3), id_at(5)]
    assert list((await repository.page(window(since=NOW + timedelta(1), ends=True))).items) == []
    assert [m.id for m in (await repository.page(window(PageRequest(after=id_at(3)), since=since))).items] == [
        id_at(4),
        id_at(5),
    ]
    for hidden in (window(PageRequest(after=id_at(2)), since=since), window(ids=(id_at(1),), since=since)):
        with pytest.raises(NoSuchItem):
            await repository.page(hidden)


async def test_an_archive_without_messages(repository: Repository) -> None:
    await record(repository, created())
    for page in (
        await repository.page(window()),
        await repository.page(window(ends=True)),
        await repository.page(ArchiveWindow(HEATH, Node.MESSAGES, ALL)),
    ):
        assert (list(page.items), page.first, page.last, page.complete) == ([], None, None, True)


async def test_a_page_by_number_is_refused(repository: Repository) -> None:
    """Better than a wrong page (XEP-0059 §2.4)."""
    await record(repository, created(), posted(1))
    with pytest.raises(UnsupportedRequest):
        await repository.page(window(PageRequest(index=0)))


async def test_ids_belong_to_a_channel(repository: Repository) -> None:
    """Two channels may have messages of the same id, and one's id means nothing in the other."""
    await repository.commit(
        [Change(COVEN, [created(), posted(1), posted(2)]), Change(HEATH, [created(HEATH), posted(1, "Heath")])]
    )
    page = await repository.page(ArchiveWindow(HEATH, Node.MESSAGES, ALL))
    assert [m.payload.wire for m in page.items] == ["<body>Heath</body>"]
    with pytest.raises(NoSuchItem):
        await repository.page(ArchiveWindow(HEATH, Node.MESSAGES, PageRequest(after=id_at(2))))


@pytest.mark.parametrize("apart", [False, True], ids=["at once", "later"])
async def test_ids_of_a_channel_made_anew_are_its_own(repository: Repository, apart: bool) -> None:
    """Its key is another one, and where messages are that are called by those of the former nobody can say."""
    await record(repository, created(), posted(1))
    assert await repository.message(COVEN, id_at(1)) is not None
    if apart:
        await record(repository, ChannelDestroyed())
    anew, key = replace(created(), key=b"another key"), archive_id(b"another key", 1, bytes(SALT_LENGTH))
    await record(repository, *([] if apart else [ChannelDestroyed()]), anew, posted(1, "Anew", id=key))
    found = await repository.page(window(ids=(key,)))
    assert [message.id for message in found.items] == [key]
    assert await repository.message(COVEN, key) is not None
    assert await repository.message(COVEN, id_at(1)) is None
