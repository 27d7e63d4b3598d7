"""Which rooms have news for somebody (XEP-0437 §4), and who watches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest

from mix.core.addresses import ChannelJid
from mix.core.channel import Admissions
from mix.core.config import Config, Lists
from mix.core.events import Departure, Event
from mix.core.indicators import WatchBegun, WatchEnded, may_hear_of
from mix.core.nodes import Node
from mix.core.past import AdmissionsChanged
from mix.core.ports import Repository
from tests.storage.people import (
    COVEN,
    DOMAIN,
    DOMAIN_OF_OTHER,
    HAG,
    HECATE,
    NOW,
    OTHER,
    client,
    created,
    id_of,
    in_memory,
    joined,
    left,
    loaded,
    posted,
    record,
    subject,
)

MEMBERS = Lists(owners=frozenset({HECATE}), allowed=frozenset({OTHER}))


@pytest.mark.req("MUC-RAI-05", "MUC-RAI-08", "MUC-LEAK-17")
async def test_who_may_hear_of_which_room(repository: Repository) -> None:
    """Every combination of list and settings, against the rule the core has."""
    someone = frozenset({OTHER})
    lists = {
        "nobody": {},
        "owner": {"owners": someone | {HECATE}},
        "admin": {"admins": someone},
        "member": {"allowed": someone},
        "native": {"allowed": frozenset({DOMAIN_OF_OTHER})},
        "banned": {"allowed": someone, "banned": someone},
        "outlawed": {"allowed": someone, "banned": frozenset({DOMAIN_OF_OTHER})},
        "banned-admin": {"admins": someone, "banned": someone},
    }
    expected = []
    for (name, people), password, locked, closed in product(lists.items(), ("", "x"), (False, True), (False, True)):
        jid = ChannelJid(f"{name}-{password}-{locked}-{closed}".lower(), DOMAIN)
        first = created(
            jid,
            config=Config(password=password, nodes=frozenset(Node) if closed else frozenset(Node) - {Node.ALLOWED}),
            lists=replace(Lists(owners=frozenset({HECATE})), **people),
            locked=locked,
        )
        await record(repository, first, posted(1), jid=jid)
        if may_hear_of(in_memory([first]), OTHER):
            expected.append(jid)
    assert await repository.news(OTHER) == sorted(expected, key=lambda jid: jid.text)
    assert 0 < len(expected) < 20


VISIT = [created(lists=MEMBERS), joined(OTHER, stays=False, after=2)]
GONE = left(in_memory(VISIT), OTHER, Departure.VISIT_OVER, after=3)
LET_IN = [
    created(lists=MEMBERS, config=Config(past_shown=False)),
    AdmissionsChanged(Admissions(), Admissions({OTHER: NOW + timedelta(seconds=2)}, NOW)),
]
HISTORIES: dict[str, tuple[Sequence[Event], bool]] = {
    "nothing said": ([created(lists=MEMBERS)], False),
    "said": ([created(lists=MEMBERS), posted(1)], True),
    "said before they were let in": ([*LET_IN[:1], posted(1), *LET_IN[1:]], False),
    "said after they were let in": ([*LET_IN, posted(1), posted(3)], True),
    "said before the visit": ([*VISIT, posted(1), GONE], False),
    "said during the visit": ([*VISIT, posted(2), GONE], False),
    "said after the visit": ([*VISIT, posted(2), GONE, posted(4)], True),
    "a visit that goes on": ([*VISIT, posted(4)], False),
    "said by oneself": ([*VISIT, GONE, posted(4, by=OTHER)], False),
    "a subject": ([*VISIT, GONE, subject(4, "Macbeth")], False),
    "not kept": ([*VISIT, GONE, posted(4, archived=False)], False),
}


@pytest.mark.req("MUC-RAI-02")
@pytest.mark.parametrize("history", HISTORIES)
async def test_what_is_news(repository: Repository, history: str) -> None:
    events, is_news = HISTORIES[history]
    await record(repository, *events)
    assert id_of(OTHER) == (await loaded(repository)).id_of(OTHER)
    assert await repository.news(OTHER) == ([COVEN] if is_news else [])
    assert not await repository.news(HAG)


async def test_who_watches_is_kept(repository: Repository) -> None:
    """Clients, each on its own; whoever came and went within one transaction does not."""
    service = ChannelJid("", DOMAIN)
    phone, laptop, other = client(HAG, "phone"), client(HAG, "laptop"), client(OTHER, "phone")
    await record(repository, WatchBegun(phone, ()), WatchBegun(laptop, (COVEN,)), WatchBegun(phone, ()), jid=service)
    await record(repository, WatchEnded(laptop), WatchBegun(other, ()), WatchEnded(other), jid=service)
    assert await repository.watching() == [phone]
