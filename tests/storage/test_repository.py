"""What every repository does: what was committed is there when a channel is loaded, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from mix.core.addresses import ChannelJid
from mix.core.admissions import InvitationEnded, Invited, NickReserved
from mix.core.avatar import AvatarChanged
from mix.core.barring import BarredChanged
from mix.core.census import Overview
from mix.core.channel import Admissions, Invitation
from mix.core.commands import Invitee
from mix.core.config import Circle, Config, Contact, Info, Lists, Preferences, Sharing
from mix.core.due import UNCONFIGURED
from mix.core.events import (
    ChannelDestroyed,
    ChannelUnlocked,
    ConfigChanged,
    Departure,
    Event,
    Exit,
    GrantChanged,
    InfoChanged,
    ListsChanged,
    NickChanged,
    ParticipantLeft,
    PreferencesChanged,
    SessionChanged,
    SessionClosed,
    StayChanged,
    Subscribed,
    Unsubscribed,
)
from mix.core.hats import Hat, HatAssigned, HatChanged
from mix.core.moves import REMEMBERED, Move
from mix.core.nicknames import prepare
from mix.core.nodes import Node
from mix.core.onlookers import OnlookerGone
from mix.core.past import AdmissionsChanged
from mix.core.payload import Payload
from mix.core.pictures import Avatar, Image, ImageInfo
from mix.core.ports import Change, Repository
from mix.core.refusals import StorageFailed
from mix.core.registry import NickRegistered
from mix.core.rights import Grant, Standing
from mix.core.tombstones import NameBuried
from mix.core.visibility import Mode, Preference
from pubsubnodes.addresses import RealJid
from tests.storage.people import (
    COVEN,
    DOMAIN_OF_OTHER,
    HAG,
    HEATH,
    HECATE,
    NOW,
    OTHER,
    RULES,
    client,
    created,
    id_at,
    id_of,
    in_memory,
    joined,
    left,
    loaded,
    opened,
    portrait,
    posted,
    record,
    shown,
    subject,
)

CONFIG = Config(
    mode=Mode.MAYBE,
    nodes=frozenset(Node) - {Node.PRESENCE},
    info_for=Circle.ANYONE,
    end_of_life=NOW + timedelta(days=1),
    listed=False,
    password="eye of newt",
    max_occupants=3,
    history=7,
)
INFO = Info("The coven", "A place for witches <&>", (HECATE, OTHER), names=(("de", "Hexenzirkel"),))


def _visit_over(grant: Grant) -> ParticipantLeft:
    """A visitor leaves, and is granted the same on coming back."""
    channel = in_memory([created(), joined(HAG, stays=False)])
    return replace(left(channel, HAG, Departure.VISIT_OVER), grant=grant)


def _moved(first: int, *people: RealJid) -> ListsChanged:
    """Some people have other places in the lists, which are the same otherwise."""
    moves = (Move(number, jid, Standing.NONE, Standing.ADMIN) for number, jid in enumerate(people, first))
    return ListsChanged(LISTS, LISTS, HAG, NOW, moves=tuple(moves))


LISTS = Lists(frozenset({HECATE, HAG}), frozenset({OTHER}), frozenset({HAG}), frozenset({DOMAIN_OF_OTHER}))
ME = id_of(HAG)
SHOWN = opened(HAG, presence=Payload.stored("<show>dnd</show>"), priority=-3).session

SINCE = Admissions({HAG: NOW, DOMAIN_OF_OTHER: NOW + timedelta(1)}, others=NOW + timedelta(seconds=3))

STORIES: dict[str, Sequence[Event]] = {
    "a plain channel": [created()],
    "every field of creation": [created(config=CONFIG, info=INFO, lists=LISTS, adhoc=True, locked=True)],
    "unlocked": [created(locked=True), ChannelUnlocked()],
    "configured": [created(), ConfigChanged(Config(), CONFIG, HAG, NOW + timedelta(seconds=5))],
    "described": [created(), InfoChanged(Info(), INFO, HAG, NOW + timedelta(seconds=5))],
    "other lists": [
        created(lists=LISTS),
        ListsChanged(LISTS, replace(LISTS, banned=frozenset({OTHER}), allowed=frozenset()), HAG, NOW + timedelta(1)),
    ],
    "other owners": [
        created(lists=LISTS),
        ListsChanged(LISTS, replace(LISTS, owners=frozenset({OTHER})), OTHER, NOW + timedelta(seconds=5)),
    ],
    "moves": [created(lists=LISTS), _moved(1, HAG, OTHER), _moved(3, HAG)],
    "a past that is forgotten": [
        created(lists=LISTS),
        _moved(1, HAG, OTHER),
        ConfigChanged(Config(), CONFIG, HAG, NOW + timedelta(seconds=5)),
        _moved(3, HECATE),
    ],
    "more moves than are remembered": [
        created(lists=LISTS),
        _moved(1, HAG),
        _moved(2, *(OTHER,) * REMEMBERED),
        _moved(2 + REMEMBERED, HAG),
    ],
    "hats": [
        created(),
        HatChanged("u:1", None, Hat("u:1", "Host", "12.5", "en")),
        HatChanged("u:2", None, Hat("u:2", "Scribe")),
        HatChanged("u:3", None, Hat("u:3", "Clerk")),
        HatAssigned("u:1", HAG, wears=True),
        HatAssigned("u:2", HAG, wears=True),
        HatAssigned("u:2", OTHER, wears=True),
        HatAssigned("u:3", OTHER, wears=True),
        HatChanged("u:2", Hat("u:2", "Scribe"), Hat("u:2", "Secretary"), frozenset({HAG, OTHER})),
        HatAssigned("u:2", OTHER, wears=False),
        HatChanged("u:3", Hat("u:3", "Clerk"), None, frozenset({OTHER})),
        HatChanged("u:3", None, Hat("u:3", "Judge")),
        HatAssigned("u:3", HECATE, wears=True),
    ],
    "people": [created(), joined(HAG, "Hag"), joined(HECATE), joined(OTHER, "Crone", stays=False)],
    "onlookers": [
        created(),
        joined(HAG, "Hag"),
        _visit_over(Grant.VOICE),
        shown(HAG),
        shown(HAG, "laptop"),
        shown(HAG, priority=3),
        shown(OTHER),
        shown(HECATE),
        OnlookerGone(id_of(HAG), shown(HAG, "laptop").session),
        OnlookerGone(id_of(OTHER), shown(OTHER).session),
        OnlookerGone(id_of(HECATE), shown(HECATE).session),
        joined(HECATE, "Hecate"),
    ],
    "another nick": [created(), joined(HAG, "Hag"), NickChanged(ME, prepare("Hag"), prepare("Third Witch"))],
    "a first nick": [created(), joined(HAG), NickChanged(ME, None, prepare("Ｔhird Witch"))],
    "preferences": [
        created(),
        joined(HAG),
        PreferencesChanged(
            ME,
            Preferences(),
            Preferences(Preference.PREFER_HIDDEN, Contact.BLOCK, Contact.ALLOW, Sharing.NOT_SHARE),
        ),
    ],
    "a stay": [
        created(),
        joined(HAG, "Hag", stays=False),
        StayChanged(ME, HAG, stays=True, preferences=Preferences(Preference.NEVER)),
    ],
    "grants": [
        created(),
        joined(HAG, "Hag"),
        joined(HECATE),
        GrantChanged(ME, None, Grant.MODERATOR),
        GrantChanged(id_of(HECATE), None, Grant.MUTED),
        GrantChanged(id_of(HECATE), Grant.MUTED, None),
    ],
    "subscriptions": [
        created(),
        joined(HAG),
        Subscribed(HAG, frozenset({Node.MESSAGES, Node.PRESENCE})),
        Subscribed(OTHER, frozenset({Node.INFO})),
        Unsubscribed(HAG, frozenset({Node.PRESENCE})),
        Subscribed(HAG, frozenset({Node.INFO})),
        Unsubscribed(OTHER, frozenset({Node.INFO})),
    ],
    "admissions": [
        created(config=replace(CONFIG, past_shown=False)),
        AdmissionsChanged(Admissions(), SINCE),
        AdmissionsChanged(SINCE, replace(SINCE, people={HAG: NOW, OTHER: NOW + timedelta(2)})),
    ],
    "a past that is shown again": [
        created(),
        AdmissionsChanged(Admissions(), SINCE),
        AdmissionsChanged(SINCE, Admissions()),
    ],
    "nicks that are kept": [
        created(),
        NickReserved(HAG, None, prepare("Third Witch")),
        NickReserved(OTHER, None, prepare("Ｆirst")),
        NickReserved(HAG, prepare("Third Witch"), prepare("Third")),
        NickReserved(OTHER, prepare("Ｆirst"), None),
    ],
    "invitations": [
        created(),
        Invited(Invitation("i2", OTHER, client(HECATE, "phone"), NOW), Invitee(jid=OTHER, text="Come!")),
        Invited(Invitation("i1", HAG, HECATE, NOW + timedelta(1)), Invitee(jid=HAG)),
        Invited(Invitation("i3", HAG, OTHER, NOW + timedelta(2)), Invitee(jid=HAG)),
        InvitationEnded(Invitation("i1", HAG, HECATE, NOW + timedelta(1))),
    ],
    "grants of who has left": [
        created(),
        joined(HAG, stays=False),
        GrantChanged(ME, None, Grant.MUTED),
        _visit_over(Grant.MUTED),
        joined(OTHER, stays=False),
    ],
    "grants of who has left and is seen again": [
        created(),
        joined(HAG, stays=False),
        _visit_over(Grant.MUTED),
        replace(shown(HAG), lapsed=(Grant.MUTED, _visit_over(Grant.MUTED).at)),
    ],
    "grants of who came back": [
        created(),
        joined(HAG, stays=False),
        _visit_over(Grant.VOICE),
        replace(joined(HAG, stays=False, after=20), grant=Grant.VOICE),
    ],
    "clients": [
        created(),
        joined(HAG),
        opened(HAG, "phone"),
        opened(HAG, "laptop", in_room=False, in_channel=True),
        opened(HAG, "watch"),
        SessionChanged(ME, opened(HAG).session, SHOWN),
        SessionClosed(ME, opened(HAG, "watch").session, Exit.LOST, last=False),
    ],
    "a client that came, went and came": [
        created(),
        joined(HAG),
        opened(HAG),
        SessionClosed(ME, opened(HAG).session, Exit.LEFT, last=True),
        replace(opened(HAG), session=SHOWN),
    ],
    "a subject": [created(), posted(1), subject(2, "Macbeth"), subject(3, "Banquo"), posted(4)],
}


def _left_and_back() -> list[Event]:
    events: list[Event] = [
        created(),
        joined(HAG, "Hag"),
        GrantChanged(ME, None, Grant.MUTED),
        Subscribed(HAG, frozenset({Node.MESSAGES, Node.INFO})),
        opened(HAG, "phone"),
        opened(HAG, "laptop"),
    ]
    gone = left(in_memory(events), HAG)
    return [
        *events,
        gone,
        joined(HAG, "Hag again", after=20),
        opened(HAG, "phone"),
        Subscribed(HAG, frozenset({Node.INFO})),
    ]


def _gone() -> list[Event]:
    return _left_and_back()[:7]


def _nick_passed_on() -> list[Event]:
    return [*_gone(), joined(OTHER, "Hag", stays=False)]


STORIES |= {"left": _gone(), "left and back": _left_and_back(), "a nick passed on": _nick_passed_on()}


@pytest.mark.parametrize("story", STORIES)
@pytest.mark.parametrize("size", [1, 2, 1000], ids=["one by one", "two by two", "at once"])
async def test_what_was_committed_is_there(repository: Repository, story: str, size: int) -> None:
    """However events are divided into transactions, what is loaded is what memory had."""
    events = STORIES[story]
    for start in range(0, len(events), size):
        await record(repository, *events[start : start + size])
    assert portrait(await loaded(repository)) == portrait(in_memory(events))


async def test_there_is_no_channel_before_it_is_created(repository: Repository) -> None:
    assert await repository.load(COVEN) is None


async def test_what_is_said_after_an_admission_is_no_earlier(repository: Repository) -> None:
    """Whatever the clock does over a restart, whoever was let in may know it (MUC-CONV-15)."""
    await record(repository, created(), posted(1), AdmissionsChanged(Admissions(), SINCE))
    assert (await loaded(repository)).latest == NOW + timedelta(1)


async def test_channels_do_not_mix(repository: Repository) -> None:
    """Events of two channels in one transaction go each to its own."""
    await repository.commit(
        [
            Change(COVEN, [created(), joined(HAG, "Hag")]),
            Change(HEATH, [created(HEATH), joined(HECATE, "Hecate")]),
            Change(COVEN, [opened(HAG), Subscribed(HAG, frozenset({Node.INFO}))]),
        ]
    )
    coven, heath = await loaded(repository), await loaded(repository, HEATH)
    assert portrait(coven) == portrait(
        in_memory([created(), joined(HAG, "Hag"), opened(HAG), Subscribed(HAG, frozenset({Node.INFO}))])
    )
    assert portrait(heath) == portrait(in_memory([created(HEATH), joined(HECATE, "Hecate")]))


async def test_a_loaded_channel_can_go_on(repository: Repository) -> None:
    """The next message comes after all there are, in place and time (XEP-0313 §3.1)."""
    await record(repository, created(), posted(1), posted(2), subject(7, "Macbeth"))
    channel = await loaded(repository)
    assert channel.next_position == 8
    assert channel.latest == NOW + timedelta(seconds=7)
    assert channel.holder_of(prepare("hecate")) is None


@pytest.mark.req("MIX-DES-13")
async def test_a_destroyed_channel_leaves_nothing(repository: Repository) -> None:
    await record(
        repository, created(), joined(HAG, "Hag"), opened(HAG), posted(1), Subscribed(HAG, frozenset({Node.INFO}))
    )
    await record(repository, left(await loaded(repository), HAG, Departure.DESTROYED), ChannelDestroyed())
    assert await repository.load(COVEN) is None
    assert not await repository.recent(COVEN, 10)
    assert not await repository.sessions()


async def test_a_name_can_be_used_again(repository: Repository) -> None:
    """Destroyed and made anew, at once or later, a channel knows nothing of the former one."""
    await record(repository, created(), joined(HAG, "Hag"), posted(1))
    await record(repository, posted(2), ChannelDestroyed(), created(info=INFO), joined(OTHER), posted(1, "Anew"))
    assert portrait(await loaded(repository)) == portrait(in_memory([created(info=INFO), joined(OTHER)]))
    assert [m.payload.wire for m in await repository.recent(COVEN, 10)] == ["<body>Anew</body>"]


async def test_a_channel_of_a_moment(repository: Repository) -> None:
    """Created and destroyed in one transaction: there was nothing."""
    await record(repository, created(), joined(HAG), opened(HAG), posted(1), ChannelDestroyed())
    assert await repository.load(COVEN) is None


@pytest.mark.parametrize(
    "wrong",
    [
        Change(COVEN, [created()]),
        Change(COVEN, [ChannelDestroyed(), joined(HAG)]),
        Change(HEATH, [joined(HAG)]),
    ],
    ids=["a name that is taken", "after the end", "no such channel"],
)
async def test_a_transaction_is_all_or_nothing(repository: Repository, wrong: Change) -> None:
    """What came before the mistake is not there either, and the repository goes on working."""
    await record(repository, created(), joined(HECATE, "Hecate"), posted(1))
    before = portrait(await loaded(repository))
    with pytest.raises(StorageFailed):
        await repository.commit([Change(COVEN, [joined(HAG, "Hag"), opened(HAG), posted(2)]), wrong])
    assert portrait(await loaded(repository)) == before
    assert [m.id for m in await repository.recent(COVEN, 10)] == [id_at(1)]
    await record(repository, joined(HAG, "Hag"), posted(2))
    assert [m.id for m in await repository.recent(COVEN, 10)] == [id_at(1), id_at(2)]


@pytest.mark.req("MUC-HIST-22", "MUC-HIST-25")
async def test_recent_messages_are_the_newest_without_subjects(repository: Repository) -> None:
    await record(
        repository,
        created(),
        *(posted(n) for n in range(1, 6)),
        subject(6, "Macbeth"),
        posted(7, archived=False),
        posted(8, disclosed=True, nick=None, lang=None, client_id=None),
    )
    found = await repository.recent(COVEN, 3)
    assert [m.id for m in found] == [id_at(4), id_at(5), id_at(8)]
    assert (found[0].nick, found[0].lang, found[0].client_id, found[0].disclosed) == (
        prepare("Hecate"),
        "en",
        "c4",
        False,
    )
    assert (found[2].nick, found[2].lang, found[2].client_id, found[2].disclosed) == (None, None, None, True)
    assert (found[2].at, found[2].sender, found[2].payload) == (
        NOW + timedelta(seconds=8),
        id_of(HECATE),
        Payload.stored("<body>Double, double</body>"),
    )
    assert not await repository.recent(COVEN, 0)
    assert not await repository.recent(HEATH, 10)


async def test_all_sessions_are_told(repository: Repository) -> None:
    """After a restart, everybody who was there can be asked whether they still are."""
    await record(
        repository, created(), joined(HAG), opened(HAG, "phone"), replace(opened(HAG, "laptop"), session=SHOWN)
    )
    await record(repository, created(HEATH), joined(OTHER), opened(OTHER, "laptop"), jid=HEATH)
    found = await repository.sessions()
    assert {(jid, id, session.jid) for jid, id, session in found} == {
        (COVEN, ME, client(HAG, "phone")),
        (HEATH, id_of(OTHER), client(OTHER, "laptop")),
    }


async def test_what_waits_is_found_again(repository: Repository) -> None:
    """After a restart, the clock knows which channels wait, and for when."""
    end = NOW + timedelta(hours=1)
    await record(repository, created())
    await record(repository, created(HEATH, locked=True), jid=HEATH)
    assert await repository.due(RULES) == [(HEATH, NOW + UNCONFIGURED)]
    await record(repository, ConfigChanged(Config(), Config(end_of_life=end), by=HECATE, at=NOW))
    await record(repository, ChannelUnlocked(), jid=HEATH)
    assert await repository.due(RULES) == [(COVEN, end)]
    await record(repository, ConfigChanged(Config(end_of_life=end), Config(), by=HECATE, at=NOW))
    assert not await repository.due(RULES)


@pytest.mark.req("MIX-DES-08")
async def test_channels_without_anybody_wait_for_their_end(repository: Repository) -> None:
    """From when the last one left, or from when they were made; only where the operator wants it."""
    rules = replace(RULES, empty=timedelta(days=7))
    await record(repository, created())
    await record(repository, created(HEATH), joined(HAG), jid=HEATH)
    assert await repository.due(RULES) == []
    assert await repository.due(rules) == [(COVEN, NOW + timedelta(days=7))]
    await record(repository, joined(OTHER), ConfigChanged(Config(), Config(end_of_life=NOW), by=HECATE, at=NOW))
    assert await repository.due(rules) == [(COVEN, NOW)]
    await record(repository, left(await loaded(repository, HEATH), HAG, after=60), jid=HEATH)
    gone = NOW + timedelta(seconds=60)
    assert dict(await repository.due(rules)) == {COVEN: NOW, HEATH: gone + timedelta(days=7)}
    assert (await loaded(repository, HEATH)).deserted == gone


async def test_a_picture_is_kept(repository: Repository) -> None:
    """The image, byte by byte, and what was said of it."""
    image = Image(bytes(range(256)))
    shown = ImageInfo(image.id, 256, "image/png", width=64, url="https://example.org/x.png")
    avatar = Avatar((image, Image(b"next")), (shown,))
    await record(repository, created(), AvatarChanged(Avatar(), avatar))
    assert (await loaded(repository)).avatar == avatar
    await record(repository, AvatarChanged(avatar, Avatar()))
    assert (await loaded(repository)).avatar == Avatar()


async def test_registered_nicks_are_kept(repository: Repository) -> None:
    """They belong to the service, with or without channels; people may swap theirs within one transaction."""
    service = ChannelJid("", COVEN.domain)
    sun, moon = prepare("Sun"), prepare("Moon")
    await record(repository, NickRegistered(HECATE, moon), NickRegistered(HAG, sun), jid=service)
    assert dict(await repository.registered_nicks()) == {HECATE: moon, HAG: sun}
    star = prepare("Star")
    await record(
        repository, NickRegistered(HAG, star), NickRegistered(HECATE, sun), NickRegistered(HAG, moon), jid=service
    )
    assert dict(await repository.registered_nicks()) == {HECATE: sun, HAG: moon}


async def test_who_is_kept_out_is_kept(repository: Repository) -> None:
    """Accounts and domains, as they were last set."""
    service = ChannelJid("", COVEN.domain)
    assert await repository.barred() == frozenset()
    one, two = frozenset({HAG, DOMAIN_OF_OTHER}), frozenset({HECATE, DOMAIN_OF_OTHER})
    await record(repository, BarredChanged(frozenset(), one), jid=service)
    assert await repository.barred() == one
    await record(repository, BarredChanged(one, two), jid=service)
    assert await repository.barred() == two


async def test_names_of_what_has_ended_are_kept(repository: Repository) -> None:
    """With the place to go to, until their time is over."""
    service = ChannelJid("", COVEN.domain)
    later = NOW + timedelta(days=1)
    await record(repository, NameBuried("coven", "heath@chat.example", NOW), jid=service)
    assert await repository.buried() == {"coven": ("heath@chat.example", NOW)}
    await record(repository, NameBuried("cave", "", later, over=("coven",)), jid=service)
    assert await repository.buried() == {"cave": ("", later)}


async def test_everything_is_counted(repository: Repository) -> None:
    """All channels, with who is in them now; nobody who has left."""
    info = Info(name="The Heath")
    await record(repository, created(HEATH, info=info), joined(OTHER, "x"), jid=HEATH)
    await record(repository, created(), joined(HAG, "hag"), joined(HECATE, "moon"), opened(HAG, in_room=True))
    await record(repository, left(await loaded(repository), HECATE))
    census = await repository.census()
    assert census.channels == [Overview(COVEN, "", NOW, 1), Overview(HEATH, "The Heath", NOW, 1)]
    assert set(census.people) == {(COVEN, HAG), (HEATH, OTHER)}
    assert [(jid, session.jid) for jid, _, session in census.sessions] == [(COVEN, client(HAG, "phone"))]


async def test_what_is_no_business_of_the_service_is_not_recorded_for_it(repository: Repository) -> None:
    with pytest.raises(StorageFailed):
        await record(repository, created(), jid=ChannelJid("", COVEN.domain))


async def test_who_shares_presence_is_known(repository: Repository) -> None:
    """Those who stay and let it be shown, in channels that have a place for it."""
    silent = replace(joined(OTHER), preferences=Preferences(presence=Sharing.NOT_SHARE))
    await record(repository, created(), joined(HAG), joined(HECATE, stays=False), silent)
    await record(repository, created(HEATH, config=Config(nodes=frozenset())), joined(HAG), jid=HEATH)
    assert await repository.sharers() == [(COVEN, HAG)]


async def test_who_made_how_many_channels_is_known(repository: Repository) -> None:
    """Makers are counted, whoever owns it, and until the channel is gone."""
    await record(repository, created(lists=Lists(owners=frozenset({HAG}), admins=frozenset({OTHER}))))
    await record(repository, created(HEATH), jid=HEATH)
    assert [await repository.made(someone) for someone in (HECATE, HAG, OTHER)] == [2, 0, 0]
    await record(repository, ChannelDestroyed(), jid=HEATH)
    assert await repository.made(HECATE) == 1


async def test_nicks_kept_for_one_account_are_counted(repository: Repository) -> None:
    """Over all channels (XEP-0045 §14.6)."""
    reserved = NickReserved(HAG, None, prepare("Third Witch"))
    await record(repository, created(), reserved, NickReserved(OTHER, None, prepare("First")))
    await record(repository, created(HEATH), reserved, jid=HEATH)
    assert [await repository.kept(someone) for someone in (HECATE, HAG, OTHER)] == [0, 2, 1]
    await record(repository, NickReserved(HAG, prepare("Third Witch"), None), jid=HEATH)
    assert await repository.kept(HAG) == 1
