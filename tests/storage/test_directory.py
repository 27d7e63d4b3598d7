"""The directory shows a channel to those who may come in, and to nobody else (XEP-0369 §6.2)."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import pytest

from mix.core.addresses import ChannelJid
from mix.core.config import Circle, Config, Info, Lists
from mix.core.nodes import OPTIONAL, Node
from mix.core.ports import Change, DirectoryWindow, Repository
from mix.core.refusals import NoSuchItem
from mix.core.rights import Standing, may_read, standing
from pubsubnodes.addresses import RealJid
from pubsubnodes.paging import PageRequest
from tests.storage.people import (
    DOMAIN,
    DOMAIN_OF_OTHER,
    HAG,
    HECATE,
    OPERATOR,
    OTHER,
    client,
    created,
    in_memory,
    joined,
    left,
    loaded,
    record,
)

OWNED = Lists(owners=frozenset({HECATE}))
OPEN = OPTIONAL - {Node.ALLOWED}
GERMAN = (("de", "Hexenzirkel"),)


async def names(repository: Repository, viewer: RealJid, page: PageRequest | None = None) -> Sequence[str]:
    """What somebody sees."""
    found = await repository.directory(DirectoryWindow(viewer, page or PageRequest()))
    return [listing.jid.local for listing in found.items]


@pytest.mark.req("MIX-CHL-02", "MIX-CHL-10", "MIX-CHL-03", "MUC-DISC-06", "MUC-DISC-07")
async def test_who_sees_which_channel(repository: Repository) -> None:
    """Every combination of list, settings and participation, against the rule the core has."""
    lists = {
        "plain": {},
        "admin": {"admins": frozenset({OTHER})},
        "banned": {"banned": frozenset({OTHER})},
        "outlawed": {"banned": frozenset({DOMAIN_OF_OTHER})},
        "allowed": {"allowed": frozenset({OTHER})},
        "native": {"allowed": frozenset({DOMAIN_OF_OTHER})},
        "both": {"admins": frozenset({OTHER}), "banned": frozenset({OTHER})},
    }
    expected: dict[RealJid, list[tuple[str, str | None]]] = {}
    for (name, people), members_only, inside, state in product(
        lists.items(), (False, True), (False, True), ("", "unlisted", "locked", "adhoc")
    ):
        jid = ChannelJid("-".join(filter(None, (name, "x" * members_only, "in" * inside, state))), DOMAIN)
        config = Config(nodes=OPTIONAL if members_only else OPEN, listed=state != "unlisted", info_for=Circle.ADMINS)
        events = [
            created(
                jid,
                config=config,
                info=Info("Witches"),
                lists=Lists(frozenset({HECATE}), **people),
                locked=state == "locked",
                adhoc=state == "adhoc",
            ),
            *([joined(OTHER)] if inside else []),
        ]
        await record(repository, *events, jid=jid)
        channel = in_memory(events)
        for viewer in (OTHER, HAG, HECATE, OPERATOR):
            if standing(channel, viewer) >= Standing.ALLOWED and not state:
                shown = "Witches" if may_read(channel, viewer, Node.INFO) else None
                expected.setdefault(viewer, []).append((jid.local, shown))
    for viewer, channels in expected.items():
        seen: list[tuple[str, str | None]] = []
        after = None
        while True:
            page = await repository.directory(DirectoryWindow(client(viewer, "phone"), PageRequest(10, after)))
            assert page.count == len(channels)
            assert page.index == len(seen)
            seen += [(listing.jid.local, listing.name) for listing in page.items]
            after = page.last
            if page.complete:
                break
        assert seen == sorted(channels, key=lambda channel: f"{channel[0]}@{DOMAIN}")


@pytest.mark.req("MIX-CHL-05")
@pytest.mark.parametrize(
    ("circle", "strangers", "insiders", "owners"),
    [
        (Circle.ANYONE, True, True, True),
        (Circle.ALLOWED, True, True, True),
        (Circle.PARTICIPANTS, False, True, True),
        (Circle.ADMINS, False, False, True),
        (Circle.NOBODY, False, False, True),
    ],
)
async def test_the_name_is_for_those_who_may_read_it(
    repository: Repository, circle: Circle, strangers: bool, insiders: bool, owners: bool
) -> None:
    """A name is information, and has its circle."""
    await record(repository, created(config=Config(info_for=circle), info=Info("The coven"), lists=OWNED), joined(HAG))
    for viewer, may in ((OTHER, strangers), (HAG, insiders), (HECATE, owners), (OPERATOR, True)):
        found = await repository.directory(DirectoryWindow(viewer, PageRequest()))
        assert [listing.name for listing in found.items] == ["The coven" if may else None]


@pytest.mark.req("MIX-I18-01")
async def test_the_name_is_in_the_language_of_who_asks(repository: Repository) -> None:
    """Where it was given in it."""
    await record(repository, created(config=Config(info_for=Circle.ANYONE), info=Info("The coven", names=GERMAN)))
    for lang, name in ((None, "The coven"), ("fr", "The coven"), ("de-CH", "Hexenzirkel")):
        found = await repository.directory(DirectoryWindow(OTHER, PageRequest(), lang))
        assert [listing.name for listing in found.items] == [name]


async def test_who_has_left_is_a_stranger(repository: Repository) -> None:
    await record(repository, created(config=Config(nodes=OPTIONAL)), joined(HAG))
    assert await names(repository, HAG) == ["coven"]
    await record(repository, left(await loaded(repository), HAG))
    assert await names(repository, HAG) == []


@pytest.mark.req("MIX-CHL-07", "MUC-DISC-08", "MUC-DISC-09", "MUC-DISC-10", "MUC-DISC-11")
async def test_windows_over_the_directory(repository: Repository) -> None:
    """Forwards, backwards, by number, and nothing but the number (XEP-0059 §2)."""
    channels = [ChannelJid(f"room{n:02}", DOMAIN) for n in range(25)]
    await repository.commit([Change(jid, [created(jid)]) for jid in channels])
    every = [jid.local for jid in channels]
    assert await names(repository, HAG) == every[:20]
    assert await names(repository, HAG, PageRequest(3, after=channels[4].text)) == every[5:8]
    assert await names(repository, HAG, PageRequest(3, before=channels[4].text)) == every[1:4]
    assert await names(repository, HAG, PageRequest(3, before="")) == every[-3:]
    assert await names(repository, HAG, PageRequest(3, index=7)) == every[7:10]
    page = await repository.directory(DirectoryWindow(HAG, PageRequest(0)))
    assert (list(page.items), page.count, page.complete) == ([], 25, False)
    page = await repository.directory(DirectoryWindow(HAG, PageRequest(5, after=channels[-5].text)))
    assert (len(page.items), page.index, page.complete) == (4, 21, True)


async def test_a_start_the_viewer_may_not_know_of_does_not_exist(repository: Repository) -> None:
    """Windows find out nothing: a hidden channel and one that never was are the same."""
    await record(repository, created(config=Config(listed=False)))
    for unknown in (f"coven@{DOMAIN}", f"nosuch@{DOMAIN}"):
        for page in (PageRequest(after=unknown), PageRequest(before=unknown)):
            with pytest.raises(NoSuchItem):
                await repository.directory(DirectoryWindow(HAG, page))
