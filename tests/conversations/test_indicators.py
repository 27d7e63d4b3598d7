"""Hearing that something was said in one's rooms, without being in them (XEP-0437)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mix.core.indicators import MOST_CLIENTS
from tests.stage import Client, Scene, Service
from tests.stage.people import Person
from tests.stage.ranks import asks, item, jid
from tests.stage.room import MUC, ROOM, configure, enter, room

SERVICE = "mix.shakespeare.example"
RAI = "urn:xmpp:rai:0"
ASK = f"<presence id='w' to='{SERVICE}'><rai xmlns='{RAI}'/></presence>"
OTHER = "cave@mix.shakespeare.example"


def news(*rooms: str) -> str:
    """What is told of some rooms."""
    named = "".join(f"<activity>{one}</activity>" for one in rooms)
    return f"<message from='{SERVICE}'><rai xmlns='{RAI}'>{named}</rai><no-store xmlns='urn:xmpp:hints'/></message>"


def says(someone: Person | Client, text: str = "Double, double", to: str = ROOM) -> None:
    """Say something in a room."""
    someone.sends(f"<message type='groupchat' id='m' to='{to}'><body>{text}</body></message>")


def leaves(someone: Person, nick: str, to: str = ROOM) -> None:
    """Leave a room."""
    someone.sends(f"<presence type='unavailable' to='{to}/{nick}'/>")
    someone.forgets()


@pytest.fixture
def heath(stage: Service) -> tuple[Service, Person, Person]:
    """A room that lasts, with its owner in it, and a member who is not."""
    hag66, hecate = *room(stage, "hag66"), stage.person("hecate")
    configure(hag66, persistentroom="1")
    assert asks(hag66, item(jid=jid("hecate"), affiliation="member")) == "ok"
    stage.everybody_forgets()
    return stage, hag66, hecate


Heath = tuple[Service, Person, Person]


@pytest.mark.req("MUC-RAI-01", "MUC-RAI-03", "MUC-RAI-09")
def test_a_client_hears_once_that_there_is_news(heath: Heath) -> None:
    stage, hag66, hecate = heath
    hecate.sends(ASK)
    stage.is_silent()
    for _ in range(3):
        says(hag66)
        hag66.forgets()
    hecate.phone.receives(news(ROOM))
    stage.is_silent()


@pytest.mark.req("MUC-RAI-02", "MUC-RAI-03", "MUC-RAI-08")
def test_what_is_new_already_is_told_at_once(heath: Heath) -> None:
    """In rooms one has a place in; where nothing was said since one was there is no news."""
    stage, hag66, hecate = heath
    for place, what in ((OTHER, "1"), ("hut@mix.shakespeare.example", "1")):
        hag66.sends(f"<presence to='{place}/hag'><x xmlns='{MUC}'/></presence>")
        hag66.sends(
            f"<iq type='set' id='c' to='{place}'><query xmlns='{MUC}#owner'><x xmlns='jabber:x:data' type='submit'>"
            f"<field var='FORM_TYPE'><value>{MUC}#roomconfig</value></field>"
            f"<field var='muc#roomconfig_persistentroom'><value>{what}</value></field></x></query></iq>"
        )
    hag66.sends(
        f"<iq type='set' id='a' to='{OTHER}'><query xmlns='{MUC}#admin'>"
        f"<item affiliation='admin' jid='{jid('hecate')}'/></query></iq>"
    )
    hecate.sends(enter("hec"))
    says(hag66)
    leaves(hecate, "hec")
    says(hag66, to="hut@mix.shakespeare.example")
    hecate.sends(ASK)
    stage.everybody_forgets()
    says(hag66, to=OTHER)
    hecate.sends(ASK)
    hecate.receives(news(OTHER), news(OTHER))
    says(hag66)
    hecate.sends(ASK)
    hecate.receives(news(ROOM), news(OTHER, ROOM))
    says(hag66)
    says(hag66, to=OTHER)
    says(hag66, to="hut@mix.shakespeare.example")
    hecate.receives_nothing()
    stage.restarts()
    stage.everybody_forgets()
    says(hag66)
    hecate.receives(news(ROOM))


@pytest.mark.req("MUC-RAI-03")
def test_a_visit_makes_what_follows_news(heath: Heath) -> None:
    """Whichever client pays it; and nothing one says oneself is news."""
    stage, hag66, hecate = heath
    hecate.sends(ASK)
    says(hag66)
    hecate.receives(news(ROOM))
    hecate.laptop.sends(enter("hec"))
    stage.everybody_forgets()
    says(hecate.laptop)
    stage.everybody_forgets()
    hecate.laptop.sends(f"<presence type='unavailable' to='{ROOM}/hec'/>")
    stage.everybody_forgets()
    says(hag66)
    says(hag66)
    hecate.phone.receives(news(ROOM))
    hecate.receives_nothing()


@pytest.mark.req("MUC-RAI-04")
def test_who_is_there_hears_it_anyway(heath: Heath) -> None:
    """The session that is in the room, and no other one."""
    stage, hag66, hecate = heath
    for client in (hecate.phone, hecate.laptop):
        client.sends(ASK)
    hecate.phone.sends(enter("hec"))
    stage.everybody_forgets()
    says(hag66)
    hecate.laptop.receives(news(ROOM))
    hecate.phone.never_receives(f"<message><rai xmlns='{RAI}'>…</rai>…</message>")


@pytest.mark.req("MUC-RAI-05", "MUC-RAI-08", "MUC-LEAK-17")
def test_nobody_hears_of_a_room_they_cannot_enter(heath: Heath) -> None:
    """Neither when something is said there, nor when they ask what was said."""
    stage, hag66, _ = heath
    people = {name: stage.person(name) for name in ("banquo", "macbeth", "pistol", "ariel")}
    ranks = {"banquo": "outcast", "macbeth": "admin", "ariel": "member"}
    assert asks(hag66, *(item(jid=jid(name), affiliation=rank) for name, rank in ranks.items())) == "ok"

    def hears() -> list[str]:
        for someone in people.values():
            someone.sends(ASK)
            someone.forgets()
        says(hag66)
        live = [name for name, someone in people.items() if someone.takes()]
        for someone in people.values():
            someone.sends(ASK)
        assert live == [name for name, someone in people.items() if someone.takes()]
        return live

    for someone in people.values():
        someone.sends(ASK)
        someone.receives_nothing()
    says(hag66)
    assert [name for name, one in people.items() if one.takes()] == ["macbeth", "ariel"]
    configure(hag66, membersonly="1")
    for name, someone in people.items():
        someone.sends(ASK)
        assert bool(someone.takes()) is (name in ("macbeth", "ariel"))
    configure(hag66, membersonly="0", roomsecret="cauldron")
    for name, someone in people.items():
        someone.sends(ASK)
        assert bool(someone.takes()) is (name == "macbeth")
    stage.restarts()
    stage.everybody_forgets()
    says(hag66)
    assert [name for name, one in people.items() if one.takes()] == ["macbeth"]
    assert asks(hag66, item(jid=jid("macbeth"), affiliation="outcast")) == "ok"
    stage.restarts()
    stage.everybody_forgets()
    says(hag66)
    assert not [name for name, one in people.items() if one.takes()]


@pytest.mark.req("MUC-RAI-05", "MUC-LEAK-17")
def test_a_ban_of_a_domain_holds_here_too(heath: Heath) -> None:
    stage, hag66, _ = heath
    puck = stage.person("puck", "elsewhere.example")
    assert asks(hag66, item(jid=puck.jid, affiliation="member")) == "ok"
    puck.sends(ASK)
    assert asks(hag66, item(jid="elsewhere.example", affiliation="outcast")) == "ok"
    stage.everybody_forgets()
    says(hag66)
    puck.sends(ASK)
    puck.receives_nothing()


@pytest.mark.req("MUC-RAI-06")
@pytest.mark.parametrize(
    "end",
    [
        f"<presence type='unavailable' to='{SERVICE}'/>",
        f"<presence type='error' to='{SERVICE}'><error type='cancel'>"
        "<service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></presence>",
        f"<message type='error' to='{SERVICE}'><rai xmlns='{RAI}'/><error type='cancel'>"
        "<recipient-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>",
    ],
    ids=["good-bye", "refused", "came back"],
)
@pytest.mark.parametrize("restart", [False, True])
def test_who_is_gone_hears_no_more(heath: Heath, end: str, restart: bool) -> None:
    stage, hag66, hecate = heath
    hecate.sends(ASK)
    hecate.sends(end)
    hecate.sends(end)
    if restart:
        stage.restarts()
    says(hag66)
    hag66.forgets()
    stage.is_silent()


@pytest.mark.req("MUC-RAI-06")
def test_an_error_that_passes_ends_nothing(heath: Heath) -> None:
    stage, hag66, hecate = heath
    hecate.sends(ASK)
    hecate.sends(
        f"<message type='error' to='{SERVICE}'><error type='wait'>"
        "<resource-constraint xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>"
    )
    hecate.sends(f"<presence to='{SERVICE}'/>")
    stage.restarts()
    says(hag66)
    hecate.receives(news(ROOM))


@pytest.mark.req("MUC-RAI-07")
def test_not_everybody_can_watch_with_everything(heath: Heath) -> None:
    stage, _, hecate = heath
    for number in range(MOST_CLIENTS):
        stage.take(f"{hecate.jid}/client {number}", ASK, to=SERVICE)
    hecate.phone.sends(ASK)
    hecate.phone.receives(
        f"<presence type='error' id='w' from='{SERVICE}'><error type='wait' by='{SERVICE}'>"
        "<resource-constraint xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>…</error></presence>"
    )
    stage.take(f"{hecate.jid}/client 0", ASK, to=SERVICE)
    stage.is_silent()


@pytest.mark.req("MUC-RAI-09")
def test_nobody_sees_who_watches(heath: Heath) -> None:
    stage, hag66, hecate = heath
    hag66.sends(ASK)
    hecate.sends(ASK)
    stage.is_silent()
    assert {one.jid.text for slot in stage.slots.values() if (one := slot.channel) is not None} == {ROOM}
    channel = stage.channel("heath")
    assert channel is not None
    assert len(channel.participants) == 1


def test_what_is_said_by_mix_is_activity_as_well(stage: Service) -> None:
    coven = Scene(stage, "coven")
    hag66 = coven.people("hag66", joined=["hag66"])
    coven.owner.phone.sends(ASK)
    hag66.phone.sends("<message type='groupchat' id='m' to='{coven}'><body>hail</body></message>")
    coven.owner.phone.receives(news(coven.jid))


@pytest.mark.req("MUC-RAI-01", "MUC-RAI-05")
def test_rooms_on_a_domain_of_their_own(services: Callable[..., Service]) -> None:
    """It is the domain of the rooms that is asked, and that tells (XEP-0408 §2)."""
    stage = services(room_domain="rooms.shakespeare.example")
    coven = Scene(stage, "coven")
    hag66 = coven.people("hag66", joined=["hag66"])
    coven.owner.phone.sends(f"<presence to='rooms.shakespeare.example'><rai xmlns='{RAI}'/></presence>")
    coven.owner.laptop.sends(ASK)
    hag66.phone.sends("<message type='groupchat' id='m' to='{coven}'><body>hail</body></message>")
    coven.owner.phone.receives(
        f"<message from='rooms.shakespeare.example'><rai xmlns='{RAI}'>"
        "<activity>coven@rooms.shakespeare.example</activity></rai><no-store xmlns='urn:xmpp:hints'/></message>"
    )
    coven.owner.laptop.receives_nothing()
