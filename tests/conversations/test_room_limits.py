"""What is bounded in rooms, so that nobody can use them up (XEP-0045 §14.6)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.stage import Service
from tests.stage.denials import denied
from tests.stage.people import Person
from tests.stage.ranks import affiliations, asks, condition, configures, court, item, jid
from tests.stage.room import MUC, ROOM, USER, enter, room

REGISTER = "jabber:iq:register"
DOMAIN = "mix.shakespeare.example"


def refused(someone: Person, sent: Callable[[int], str]) -> list[str]:
    """Send a hundred of something: what those are told that are refused, each in the same way."""
    someone.forgets()
    for number in range(100):
        someone.sends(sent(number))
    answers = [condition(one) for one in someone.takes() if one.get("type") == "error"]
    assert len(answers) > 50
    return sorted(set(answers))


@pytest.mark.req("MUC-DOS-03", "MUC-DOS-18")
def test_somebody_has_so_many_clients_and_no_more(rooms: Service) -> None:
    """Each gets a copy of everything: a hundred may be in, the next is told to wait, and the room goes on."""
    hag66, hecate = room(rooms, "hag66", "hecate")
    for number in range(200):
        rooms.take(f"{jid('banquo')}/c{number}", enter("ban"), to=ROOM)
    rooms.person("banquo")
    rooms.strays.clear()
    hag66.sends(f"<message type='groupchat' to='{ROOM}' id='m'><body>hail</body></message>")
    assert len(rooms.strays) == 100
    assert len([one for one in hecate.takes() if one.tag.endswith("message")]) == 1
    assert denied(rooms.person("banquo"), enter("ban")) == "wait resource-constraint"


@pytest.mark.req("MUC-DOS-07")
def test_rooms_nobody_configures_go_by_themselves(rooms: Service) -> None:
    """XEP-0045 §10.1: a hundred of them are made and left locked."""
    hag66 = rooms.person("hag66")
    names = [f"room{number}" for number in range(100)]
    for name in names:
        hag66.sends(f"<presence to='{name}@{DOMAIN}/hag'><x xmlns='{MUC}'/></presence>")
    assert all(rooms.channel(name) for name in names)
    rooms.time_passes(301)
    assert not [name for name in names if rooms.channel(name)]
    hag66.forgets()
    hag66.sends(f"<iq type='get' id='l' to='{DOMAIN}'><query xmlns='http://jabber.org/protocol/disco#items'/></iq>")
    (listed,) = hag66.takes()
    assert len(listed[0]) == 0


@pytest.mark.req("MUC-DOS-10", "MUC-DOS-18")
@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(
            lambda n: f"<message id='i' to='{ROOM}'><x xmlns='{USER}'><invite to='puck{n}@x.example'/></x></message>",
            id="invitations",
        ),
        pytest.param(
            lambda n: f"<iq type='get' id='q{n}' to='{ROOM}/ban'><query xmlns='jabber:iq:version'/></iq>",
            id="asking",
        ),
        pytest.param(
            lambda n: f"<iq type='get' id='q{n}' to='{ROOM}'><query xmlns='{REGISTER}'/></iq>", id="registering"
        ),
        pytest.param(
            lambda n: (
                f"<message id='v' to='{ROOM}'><x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE'>"
                f"<value>{MUC}#request</value></field><field var='muc#role'><value>participant</value></field></x>"
                "</message>"
            ),
            id="voice",
        ),
    ],
)
def test_what_reaches_other_people_is_counted(services: Callable[..., Service], sent: Callable[[int], str]) -> None:
    """Beyond the measure nobody is told anything but whoever is to wait."""
    people = court(services(faces=("muccompat",), pace=(0.1, 20.0)), "hecate", "macbeth", "ariel", moderatedroom="1")
    assert refused(people["pistol"], sent) == ["wait resource-constraint"]
    assert max(len(someone.takes()) for someone in people.values()) <= 20


@pytest.mark.req("MUC-DOS-12", "MUC-DOS-18")
def test_lists_have_an_end(services: Callable[..., Service]) -> None:
    """By request, by form, by registering: nobody more gets onto a list that is full, and somebody may leave it."""
    rooms = services(faces=("muccompat",), max_participants=20)
    people = court(rooms)
    hag66 = people["hag66"]
    many = [item(jid=jid(f"thief{number}"), affiliation="outcast") for number in range(21)]
    assert asks(hag66, *many) == "wait policy-violation"
    assert asks(hag66, *many[:20]) == "ok"
    assert asks(hag66, many[20]) == "wait policy-violation"
    assert asks(hag66, item(jid=jid("thief0"), affiliation="none")) == "ok"
    assert asks(hag66, many[20]) == "ok"
    rooms.everybody_forgets()
    admins = "".join(f"<value>{jid(f'a{number}')}</value>" for number in range(21))
    assert (
        denied(
            hag66,
            f"<iq type='set' id='c' to='{ROOM}'><query xmlns='{MUC}#owner'><x xmlns='jabber:x:data' type='submit'>"
            f"<field var='FORM_TYPE'><value>{MUC}#roomconfig</value></field>"
            f"<field var='muc#roomconfig_roomadmins'>{admins}</field></x></query></iq>",
        )
        == "wait policy-violation"
    )
    assert list(affiliations(hag66).values()).count("admin") == 2


@pytest.mark.req("MUC-DOS-13")
def test_how_busy_a_room_is_costs_nothing_to_tell(rooms: Service) -> None:
    """XEP-0502 §8: whatever has been said, the newest messages tell it, and storage is asked for nothing."""
    hag66, hecate = room(rooms, "hag66", "hecate")
    configures(hag66, persistentroom="1", publicroom="1")
    for number in range(500):
        hag66.sends(f"<message type='groupchat' to='{ROOM}'><body>{number}</body></message>")
    channel = rooms.channel("heath")
    assert channel is not None
    assert channel.recent is not None
    assert len(channel.recent) == channel.config.history == 50
    hecate.forgets()

    def fails(*_: object) -> None:
        raise AssertionError("storage was asked")

    with pytest.MonkeyPatch.context() as patch:
        for name in ("page", "items", "message", "recent", "load"):
            patch.setattr(rooms.storage, name, fails)
        hecate.sends(f"<iq type='get' id='d' to='{ROOM}'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>")
    (about,) = hecate.takes()
    assert [one for one in about.iter("{jabber:x:data}field") if "message-activity" in one.get("var", "")]


@pytest.mark.req("MUC-DOS-16")
@pytest.mark.parametrize(
    "inside",
    [
        pytest.param("<a xmlns='urn:a'>" + "<a>" * 200 + "</a>" * 200 + "</a>", id="deep"),
        pytest.param("<a xmlns='urn:a'>" + "<a/>" * 100_000 + "</a>", id="many"),
    ],
)
def test_payloads_are_neither_deep_nor_many(rooms: Service, inside: str) -> None:
    """Refused as they come in: nobody else ever has to read them."""
    hag66, hecate = room(rooms, "hag66", "hecate")
    sent = f"<message type='groupchat' id='m' to='{ROOM}'><body>x</body>{inside}</message>"
    assert denied(hecate, sent).partition(" ")[2] in ("not-acceptable", "policy-violation", "resource-constraint")
    assert denied(hecate, f"<presence id='p' to='{ROOM}/hec'>{inside}</presence>")
    hag66.receives_nothing()


@pytest.mark.req("MUC-DOS-16")
def test_one_stanza_is_at_most_one_for_each_client(rooms: Service) -> None:
    """Nothing somebody sends makes the room send more than once to anybody, and private things go to one alone."""
    people = court(rooms)
    pistol = people["pistol"]
    rooms.take(pistol.laptop.jid, enter("pis"), to=ROOM)
    rooms.everybody_forgets()
    private = people["banquo"].phone.jid
    for sent, most, whom in (
        (f"<message type='groupchat' id='m' to='{ROOM}'><body>hail</body></message>", 1, None),
        (f"<message type='chat' id='m' to='{ROOM}/ban'><body>psst</body></message>", 1, {private}),
        (f"<presence to='{ROOM}/pis'><show>away</show></presence>", 1, None),
        (f"<iq type='get' id='q' to='{ROOM}/ban'><query xmlns='jabber:iq:version'/></iq>", 1, {private}),
        (f"<presence to='{ROOM}/owl'/>", 2, None),  # gone under one nick, there under another (XEP-0045 §7.6)
    ):
        pistol.sends(sent)
        clients = [client for person in people.values() for client in (person.phone, person.laptop)]
        got = {client.jid: len(client.takes()) for client in clients}
        assert max(got.values()) == most
        assert whom is None or {who for who, count in got.items() if count} == whom


@pytest.mark.req("MUC-DOS-06", "MUC-DOS-18")
def test_nobody_registers_with_all_rooms(services: Callable[..., Service]) -> None:
    """A nick is kept in so many rooms; another one instead is no nick more, and one given up makes room."""
    rooms = services(faces=("muccompat",), max_kept=2)
    hag66, puck = rooms.person("hag66"), rooms.person("puck")
    names = [f"room{number}@{DOMAIN}" for number in range(3)]
    for name in names:
        hag66.sends(f"<presence to='{name}/hag'><x xmlns='{MUC}'/></presence>")
        accept = "<x xmlns='jabber:x:data' type='submit'/>"
        hag66.sends(f"<iq type='set' id='u' to='{name}'><query xmlns='{MUC}#owner'>{accept}</query></iq>")

    def registers(name: str, inside: str) -> str:
        puck.forgets()
        puck.sends(f"<iq type='set' id='r' to='{name}'><query xmlns='{REGISTER}'>{inside}</query></iq>")
        return condition(next(one for one in puck.takes() if one.tag.endswith("iq")))

    def nick(text: str) -> str:
        return (
            f"<x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE'><value>{MUC}#register</value></field>"
            f"<field var='muc#register_roomnick'><value>{text}</value></field></x>"
        )

    assert [registers(name, nick("Robin")) for name in names] == ["ok", "ok", "wait resource-constraint"]
    assert registers(names[0], nick("Goodfellow")) == "ok"
    assert registers(names[1], "<remove/>") == "ok"
    assert registers(names[2], nick("Robin")) == "ok"
