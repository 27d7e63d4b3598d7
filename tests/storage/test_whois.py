"""Who somebody is: found by id, nick or JID, also after leaving, and never without audit (XEP-0404 §2.5)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from mix.core.addresses import ChannelJid
from mix.core.disclosure import LookedUp
from mix.core.events import ChannelDestroyed, Departure, NickChanged
from mix.core.nicknames import prepare
from mix.core.onlookers import OnlookerGone
from mix.core.operating import PeopleListed
from mix.shell.audit import noted
from mix.shell.database import Database
from mix.shell.repository import SqlRepository
from mix.shell.whois import Person, whois
from tests.storage.people import (
    COVEN,
    HAG,
    HEATH,
    HECATE,
    NOW,
    OTHER,
    created,
    id_of,
    joined,
    left,
    loaded,
    record,
    shown,
)

JIDMAP = "urn:xmpp:mix:nodes:jidmap"


@pytest.fixture
async def coven(database: Database) -> SqlRepository:
    """Hecate is in the coven, a visitor too; the hag has left under a second nick."""
    repository = SqlRepository(database)
    await record(
        repository,
        created(),
        joined(HECATE, "Hecate"),
        joined(HAG, "Hag"),
        NickChanged(id_of(HAG), prepare("Hag"), prepare("Third Witch")),
        joined(OTHER, "Crone", stays=False),
    )
    await record(repository, left(await loaded(repository), HAG, Departure.BANNED))
    return repository


async def ask(database: Database, who: str, channel: str = "coven") -> list[Person]:
    """Ask as an operator does."""
    return list(await whois(database, channel, who, asked_by="root"))


@pytest.mark.usefixtures("coven")
@pytest.mark.parametrize(
    "who", [id_of(HAG), "third witch", "Third  Witch", "hag66@shakespeare.example", "HAG66@shakespeare.example/phone"]
)
@pytest.mark.parametrize("channel", ["coven", "Coven", COVEN.text])
async def test_somebody_who_has_left(database: Database, who: str, channel: str) -> None:
    (found,) = await ask(database, who, channel)
    assert (found.id, found.nick, found.jid.text, found.state) == (
        id_of(HAG),
        "Third Witch",
        "hag66@shakespeare.example",
        "gone",
    )
    assert (found.channel, found.joined, found.left) == (COVEN, NOW + timedelta(seconds=1), NOW + timedelta(seconds=9))


@pytest.mark.usefixtures("coven")
@pytest.mark.parametrize(("nick", "state"), [("hecate", "participant"), ("crone", "visitor")])
async def test_somebody_who_is_there(database: Database, nick: str, state: str) -> None:
    (found,) = await ask(database, nick)
    assert (found.state, found.left) == (state, None)


async def test_somebody_who_never_was_in(database: Database) -> None:
    """XEP-0406 §2.4: they show presence where that is open; found while they do, and afterwards."""
    repository = SqlRepository(database)
    await record(repository, created(), shown(OTHER))
    for _ in range(2):
        (found,) = await ask(database, id_of(OTHER))
        assert (found.jid.text, found.state, found.left) == (OTHER.unseal(), "onlooker", None)
        if (await loaded(repository)).onlookers:
            await record(repository, OnlookerGone(id_of(OTHER), shown(OTHER).session))


async def test_a_nick_two_people_had(database: Database, coven: SqlRepository) -> None:
    """Both are told, whoever is there first."""
    await record(coven, joined(HAG, "Hag", after=20))
    await record(coven, left(await loaded(coven), OTHER))
    await record(coven, NickChanged(id_of(HAG), prepare("Hag"), prepare("Crone")))
    assert [(one.id, one.state) for one in await ask(database, "crone")] == [
        (id_of(HAG), "participant"),
        (id_of(OTHER), "gone"),
    ]


@pytest.mark.usefixtures("coven")
@pytest.mark.parametrize(
    ("who", "channel"),
    [
        *((who, "coven") for who in ("nobody", "Hag", "hec", "", "%")),
        *(("hecate", channel) for channel in ("cove", "oven", "%", "", "coven@elsewhere.example")),
    ],
)
async def test_nobody_is_found_by_halves(database: Database, who: str, channel: str) -> None:
    """A former nick that somebody else may have by now, a part of a name, a wildcard: nothing, and no audit."""
    assert await ask(database, who, channel) == []
    assert not await noted(database)


async def test_every_answer_is_in_the_audit(database: Database, coven: SqlRepository) -> None:
    """Who asked, when, in which channel, about which id; not the JID itself. It outlives the channel."""
    await record(coven, created(HEATH), joined(HAG, "Hag"), jid=HEATH)
    await ask(database, "hecate")
    await whois(database, "heath", "hag", asked_by="admin@shakespeare.example", how="ad hoc command")
    await record(coven, ChannelDestroyed())
    newest, oldest = await noted(database)
    assert (newest.who, newest.channel, newest.participant, newest.how) == (
        "admin@shakespeare.example",
        HEATH,
        id_of(HAG),
        "ad hoc command",
    )
    assert (oldest.who, oldest.channel, oldest.participant, oldest.how) == ("root", COVEN, id_of(HECATE), "mixd whois")
    assert oldest.at <= newest.at
    assert await ask(database, "hecate") == []


async def test_reading_the_jidmap_is_in_the_audit(database: Database, coven: SqlRepository) -> None:
    """Before the answer is sent: the turn commits first."""
    at = NOW
    await record(coven, LookedUp(HAG, (), at, JIDMAP), LookedUp(HAG, (id_of(HECATE),), at, JIDMAP))
    one, everybody = await noted(database)
    assert (everybody.participant, one.participant) == ("*", id_of(HECATE))
    assert {(row.who, row.at, row.channel, row.how) for row in (one, everybody)} == {(HAG.unseal(), at, COVEN, JIDMAP)}


async def test_ending_the_channel_takes_nothing_from_the_audit(database: Database, coven: SqlRepository) -> None:
    """Not even in the same transaction: owners could find out unnoticed who was there."""
    await record(coven, LookedUp(HAG, (), NOW, "the room"), ChannelDestroyed())
    (one,) = await noted(database)
    assert (one.channel, one.participant) == (COVEN, "*")


async def test_listing_who_is_there_is_in_the_audit(database: Database, coven: SqlRepository) -> None:
    """Each id of each channel that was told (XEP-0133 §4.20)."""
    whom = ((COVEN, id_of(HECATE)), (HEATH, id_of(HECATE)))
    await record(coven, PeopleListed(HAG, whom, NOW), jid=ChannelJid("", COVEN.domain))
    assert {(row.who, row.at, row.channel, row.participant, row.how) for row in await noted(database)} == {
        (HAG.unseal(), NOW, place, id_of(HECATE), "get-online-users-list") for place in (COVEN, HEATH)
    }


@pytest.mark.usefixtures("coven")
async def test_there_is_no_answer_without_audit(database: Database) -> None:
    await database.write(lambda connection: connection.execute(text("DROP TABLE audit")))
    with pytest.raises(SQLAlchemyError):
        await ask(database, "hecate")
