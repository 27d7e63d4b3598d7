"""Hats of a room, by ad-hoc commands and in presence (XEP-0317)."""

from __future__ import annotations

from copy import copy
from xml.etree.ElementTree import Element

import pytest

from muccompat.hats import hash_of
from tests.stage import Scene, Service
from tests.stage.people import Person
from tests.stage.ranks import asks, condition, configures, court, item, jid, reads
from tests.stage.room import MUC, ROOM, USER, codes, enter

HATS = "urn:xmpp:hats:0"
FORM = "urn:xmpp:hats:commands"
COMMANDS = "http://jabber.org/protocol/commands"
DATA = "jabber:x:data"
INFO, ITEMS = "http://jabber.org/protocol/disco#info", "http://jabber.org/protocol/disco#items"
HOST, SCRIBE = "http://schemas.example.com/hats#host", "http://schemas.example.com/hats#scribe"


def form(type: str = "submit", **fields: str) -> str:
    """A form as somebody fills it in."""
    filled = "".join(f"<field var='hats#{name}'><value>{value}</value></field>" for name, value in fields.items())
    return f"<x xmlns='{DATA}' type='{type}'><field var='FORM_TYPE'><value>{FORM}</value></field>{filled}</x>"


def command(node: str, inside: str = "", to: str = ROOM, **attributes: str) -> str:
    """A command as somebody sends it."""
    words = "".join(f" {name}='{value}'" for name, value in attributes.items())
    return (
        f"<iq type='set' id='h' to='{to}'>"
        f"<command xmlns='{COMMANDS}' node='{FORM}:{node}'{words}>{inside}</command></iq>"
    )


def does(someone: Person, node: str, inside: str = "", **attributes: str) -> Element:
    """The answer to a command; everything else stays unread."""
    someone.sends(command(node, inside, **attributes))
    (answer,) = (one for one in someone.unread() if one.xml.tag.endswith("iq"))
    answer.is_read = True
    return answer.xml


def done(someone: Person, node: str, **fields: str) -> str:
    """What comes of a command with its form: `completed`, or the error."""
    answer = does(someone, node, form(**fields))
    found = answer.find(f"{{{COMMANDS}}}command")
    return found.get("status", "") if found is not None else condition(answer)


def makes(someone: Person, uri: str = HOST, title: str = "Host", **more: str) -> None:
    """Make a hat, or change it."""
    assert done(someone, "create", uri=uri, title=title, **more) == "completed"


def rows(answer: Element) -> list[dict[str, str]]:
    """The rows of a list."""
    fields = [one.findall(f"{{{DATA}}}field") for one in answer.iter(f"{{{DATA}}}item")]
    return [{one.get("var", "")[5:]: one.findtext(f"{{{DATA}}}value") or "" for one in row} for row in fields]


def hats(presence: Element) -> list[dict[str, str]]:
    """The hats in a presence."""
    (container,) = presence.findall(f"{{{HATS}}}hats") or (Element("none"),)
    return [dict(one.items()) for one in container]


def seen(reader: Person, nick: str) -> list[list[dict[str, str]]]:
    """The hats of somebody, in each presence of theirs that came."""
    return [hats(one) for one in reader.takes() if one.get("from") == f"{ROOM}/{nick}" and one.tag.endswith("presence")]


def look(someone: Person, kind: str = INFO, node: str = "", to: str = ROOM) -> Element:
    """What discovery answers."""
    words = f" node='{node}'" if node else ""
    someone.sends(f"<iq type='get' id='d' to='{to}'><query xmlns='{kind}'{words}/></iq>")
    (answer,) = (one for one in someone.unread() if one.xml.get("id") == "d")
    answer.is_read = True
    return answer.xml


def hash_told(someone: Person) -> str | None:
    """The hash of the list in discovery."""
    fields = look(someone).iter(f"{{{DATA}}}field")
    return next((one.findtext(f"{{{DATA}}}value") for one in fields if one.get("var") == "hats#hash"), None)


@pytest.mark.req("MUC-HATS-01", "MUC-FEAT-21", "MUC-FEAT-39")
def test_a_room_says_that_it_has_hats(rooms: Service) -> None:
    people = court(rooms)
    hag66, ross = people["hag66"], people["ross"]
    features = {one.get("var") for one in look(ross).iter(f"{{{INFO}}}feature")}
    assert {HATS, COMMANDS} <= features
    assert HATS not in {one.get("var") for one in look(ross, to="mix.shakespeare.example").iter(f"{{{INFO}}}feature")}
    assert hash_told(ross) is None
    known = [hash_told(ross)]
    for change in (("create", HOST, "Host"), ("create", SCRIBE, "Scribe"), ("create", HOST, "Landlord")):
        assert done(hag66, change[0], uri=change[1], title=change[2]) == "completed"
        known.append(hash_told(ross))
    assert len(set(known)) == 4
    assert done(hag66, "assign", uri=HOST, jid=jid("ross")) == "completed"
    assert hash_told(ross) == known[-1]
    channel = rooms.channel("heath")
    assert channel is not None
    other = copy(channel)
    other.key = b"that of a channel with the same hats"
    assert hash_of(other) != hash_of(channel), "outsiders cannot try out which hats there are"
    for uri in (HOST, SCRIBE):
        assert done(hag66, "destroy", uri=uri) == "completed"
    assert hash_told(ross) is None


@pytest.mark.req("MUC-HATS-05", "MUC-HATS-06", "MUC-HATS-11")
def test_the_commands_there_are(rooms: Service) -> None:
    """Each sees those they may run (XEP-0050 §3.1-3.2)."""
    people = court(rooms)
    everything = ["create", "destroy", "list", "assign", "unassign", "list-assigned"]
    for name, expected in (("hag66", everything), ("crone1", everything), ("banquo", ["list"]), ("ross", ["list"])):
        listed = [*look(people[name], ITEMS, COMMANDS).iter(f"{{{ITEMS}}}item")]
        assert {one.get("jid") for one in listed} == {ROOM}
        assert [one.get("node") for one in listed] == [f"{FORM}:{deed}" for deed in expected]
        assert all(one.get("name") for one in listed)
    for deed in everything:
        about = look(people["ross"], INFO, f"{FORM}:{deed}")
        (identity,) = about.iter(f"{{{INFO}}}identity")
        assert (identity.get("category"), identity.get("type")) == ("automation", "command-node")
        assert {one.get("var") for one in about.iter(f"{{{INFO}}}feature")} >= {COMMANDS, DATA}
        assert not [*look(people["ross"], ITEMS, f"{FORM}:{deed}").iter(f"{{{ITEMS}}}item")]
    (identity,) = look(people["ross"], INFO, COMMANDS).iter(f"{{{INFO}}}identity")
    assert (identity.get("category"), identity.get("type")) == ("automation", "command-list")


@pytest.mark.req("MUC-HATS-05", "MUC-HATS-03")
@pytest.mark.parametrize(
    ("deed", "fields"),
    [
        ("create", {"title", "uri", "hue"}),
        ("destroy", {"uri"}),
        ("assign", {"jid", "uri"}),
        ("unassign", {"jid", "uri"}),
    ],
)
def test_a_command_without_a_form_gives_one(rooms: Service, deed: str, fields: set[str]) -> None:
    hag66 = court(rooms)["hag66"]
    makes(hag66)
    given = does(hag66, deed, action="execute")[0]
    session = given.get("sessionid", "")
    assert (given.get("node"), given.get("status")) == (f"{FORM}:{deed}", "executing")
    assert session
    asked = {one.get("var", "")[5:]: one for one in given.iter(f"{{{DATA}}}field") if one.get("type") != "hidden"}
    assert set(asked) == fields
    assert {name for name, one in asked.items() if one.find(f"{{{DATA}}}required") is not None} == fields - {"hue"}
    if deed != "create":
        assert [one.findtext(f"{{{DATA}}}value") for one in asked["uri"].iter(f"{{{DATA}}}option")] == [HOST]
    for how in (does(hag66, deed, sessionid=session, action="cancel"), does(hag66, deed, form("cancel"))):
        assert how[0].get("status") == "canceled"
    filled = form(uri=HOST, title="Host", jid=jid("ross"))
    answer = does(hag66, deed, filled, sessionid=session, action="complete")[0]
    assert (answer.get("sessionid"), answer.get("status"), len(answer)) == (session, "completed", 0)


@pytest.mark.req("MUC-HATS-03")
@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"uri": HOST}, "modify bad-request"),
        ({"title": "Host"}, "modify bad-request"),
        ({"uri": HOST, "title": " "}, "modify bad-request"),
        ({"uri": "host", "title": "Host"}, "modify not-acceptable"),
        ({"uri": f"http://{'x' * 600}", "title": "Host"}, "modify not-acceptable"),
        ({"uri": HOST, "title": "x" * 101}, "modify not-acceptable"),
        ({"uri": HOST, "title": "Host", "hue": "361"}, "modify not-acceptable"),
        ({"uri": HOST, "title": "Host", "hue": "red"}, "modify not-acceptable"),
        ({"uri": HOST, "title": "Host", "hue": "327.255249"}, "completed"),
    ],
)
def test_what_a_hat_needs(rooms: Service, fields: dict[str, str], expected: str) -> None:
    hag66 = court(rooms)["hag66"]
    assert done(hag66, "create", **fields) == expected
    listed = rows(does(hag66, "list"))
    assert listed == ([{"uri": HOST, "title": "Host", "hue": "327.255249"}] if expected == "completed" else [])


@pytest.mark.req("MUC-HATS-02", "MUC-HATS-03", "MUC-HATS-10")
def test_hats_are_seen(rooms: Service) -> None:
    """By everybody, with what they are made of; by newcomers, after a restart, and under another nick."""
    people = court(rooms)
    hag66, ross, pistol = people["hag66"], people["ross"], people["pistol"]
    makes(hag66, hue="327.255249")
    filled = form(uri=SCRIBE, title="Schreiber")
    hag66.sends(command("create", filled).replace("<iq ", "<iq xml:lang='de' "))
    rooms.everybody_forgets()
    assert done(hag66, "assign", uri=HOST, jid=f"{jid('pistol')}/phone") == "completed"
    host = {"uri": HOST, "title": "Host", "hue": "327.255249"}
    for reader in (hag66, ross, pistol):
        assert seen(reader, "pis") == [[host]]
    assert done(hag66, "assign", uri=SCRIBE, jid=jid("pistol")) == "completed"
    both = [host, {"uri": SCRIBE, "title": "Schreiber", "{http://www.w3.org/XML/1998/namespace}lang": "de"}]
    assert seen(ross, "pis") == seen(pistol, "pis") == [both]
    pistol.sends(f"<presence type='unavailable' to='{ROOM}/pis'/>")
    assert [hats(one) for one in ross.takes()] == [[]]
    rooms.restarts()
    rooms.everybody_forgets()
    pistol.sends(enter("ancient"))
    assert seen(ross, "ancient") == [both]
    assert hats(next(one for one in pistol.takes() if 110 in codes(one))) == both
    duncan = rooms.person("duncan")
    duncan.sends(enter("king"))
    assert seen(duncan, "ancient") == [both]


@pytest.mark.req("MUC-HATS-04")
def test_nobody_puts_on_a_hat_themselves(rooms: Service) -> None:
    people = court(rooms, "pistol")
    forged = f"<hats xmlns='{HATS}'><hat uri='{HOST}' title='Host'/></hats>"
    people["pistol"].sends(f"<presence to='{ROOM}/pis'><x xmlns='{MUC}'/>{forged}</presence>")
    people["pistol"].sends(f"<presence to='{ROOM}/pis'><show>away</show>{forged}</presence>")
    assert seen(people["ross"], "pis") == [[], []]
    makes(people["hag66"], SCRIBE, "Scribe")
    assert done(people["hag66"], "assign", uri=SCRIBE, jid=jid("pistol")) == "completed"
    people["ross"].forgets()
    people["pistol"].sends(f"<presence to='{ROOM}/pis'><show>dnd</show>{forged}</presence>")
    assert seen(people["ross"], "pis") == [[{"uri": SCRIBE, "title": "Scribe"}]]


@pytest.mark.req("MUC-HATS-05", "MUC-HATS-07", "MUC-HATS-08", "MUC-HATS-09", "MUC-CNOT-13")
def test_a_change_is_told_to_everybody(rooms: Service) -> None:
    """The list's by 104, and how its wearers look now; nothing where nothing changes."""
    people = court(rooms)
    hag66, ross = people["hag66"], people["ross"]

    def told() -> list[object]:
        return [
            codes(one) if one.tag.endswith("message") else (one.get("from", "")[-3:], [h["title"] for h in hats(one)])
            for one in ross.takes()
        ]

    makes(hag66)
    assert told() == [[104]]
    makes(hag66)
    assert told() == []
    for name in ("pistol", "wiccarocks", "puck"):
        assert done(hag66, "assign", uri=HOST, jid=jid(name)) == "completed"
        assert done(hag66, "assign", uri=HOST, jid=jid(name)) == "completed"
    assert told() == [("pis", ["Host"]), ("wic", ["Host"])]
    makes(hag66, title="Landlord")
    first, *others = told()
    assert first == [104]
    assert sorted(others, key=str) == [("pis", ["Landlord"]), ("wic", ["Landlord"])]
    for _ in range(2):
        assert done(hag66, "unassign", uri=HOST, jid=jid("wiccarocks")) == "completed"
    assert told() == [("wic", [])]
    assert [one["jid"] for one in rows(does(hag66, "list-assigned"))] == [jid("pistol"), jid("puck")]
    assert done(hag66, "destroy", uri=HOST) == "completed"
    assert told() == [[104], ("pis", [])]
    rooms.restarts()
    assert rows(does(hag66, "list")) == rows(does(hag66, "list-assigned")) == []
    makes(hag66)
    assert rows(does(hag66, "list-assigned")) == []


@pytest.mark.req("MUC-HATS-06")
@pytest.mark.parametrize("deed", ["create", "destroy", "assign", "unassign"])
def test_who_says_which_hats_there_are(rooms: Service, deed: str) -> None:
    """Owners and administrators; not who keeps order for the length of a visit."""
    people = court(rooms)
    makes(people["hag66"])
    assert asks(people["hag66"], item(nick="wic", role="moderator")) == "ok"
    rooms.everybody_forgets()
    fields = {"uri": HOST, "title": "Host", "jid": jid("ross")}
    for name, expected in (
        ("banquo", "auth forbidden"),
        ("ross", "auth forbidden"),
        ("wiccarocks", "auth forbidden"),
        ("crone1", "completed"),
    ):
        someone = people[name]
        if expected != "completed":
            assert condition(does(someone, deed)) == expected
        assert done(someone, deed, **fields) == expected
        if expected != "completed":
            rooms.is_silent()


@pytest.mark.req("MUC-HATS-11")
def test_the_list_of_wearers_tells_who_people_are(rooms: Service) -> None:
    """So it is for those who may read the list of members."""
    people = court(rooms)
    makes(people["hag66"])
    assert done(people["hag66"], "assign", uri=HOST, jid=jid("banquo")) == "completed"
    expected = [{"jid": jid("banquo"), "uri": HOST, "title": "Host", "hue": ""}]
    for name in ("banquo", "ross", "pistol"):
        assert condition(does(people[name], "list-assigned")) == "auth forbidden"
        assert [one["uri"] for one in rows(does(people[name], "list"))] == [HOST]
    assert rows(does(people["crone1"], "list-assigned")) == expected
    configures(people["hag66"], whois="anyone")
    assert rows(does(people["ariel"], "list-assigned")) == expected
    assert condition(does(people["ross"], "list-assigned")) == "auth forbidden"


@pytest.mark.req("MUC-HATS-12")
def test_a_hat_gives_no_rights(rooms: Service) -> None:
    people = court(rooms)
    hag66, ross = people["hag66"], people["ross"]
    for word in ("moderator", "owner", "admin"):
        makes(hag66, f"http://schemas.example.com/{word}", word)
        assert done(hag66, "assign", uri=f"http://schemas.example.com/{word}", jid=jid("ross")) == "completed"
    rooms.everybody_forgets()
    assert asks(ross, item(nick="pis", role="none")) == "auth forbidden"
    assert reads(ross, affiliation="owner") == "auth forbidden"
    assert condition(does(ross, "create")) == "auth forbidden"
    hag66.sends(f"<presence to='{ROOM}/hag'><show>away</show></presence>")
    (presence,) = ross.takes()
    (about,) = presence.iter(f"{{{USER}}}item")
    assert about.get("jid") is None


@pytest.mark.req("MUC-HATS-05", "MUC-HATS-10")
@pytest.mark.parametrize(
    ("deed", "fields", "expected"),
    [
        ("assign", {"uri": SCRIBE, "jid": "ross@shakespeare.example"}, "cancel item-not-found"),
        ("assign", {"uri": HOST, "jid": ""}, "modify jid-malformed"),
        ("assign", {"uri": HOST, "jid": "@"}, "modify jid-malformed"),
        ("assign", {"uri": HOST, "jid": "shakespeare.example"}, "modify not-acceptable"),
        ("assign", {"uri": HOST, "jid": f"{ROOM}/ros"}, "modify not-acceptable"),
        ("assign", {"jid": "ross@shakespeare.example"}, "modify bad-request"),
        ("destroy", {"uri": SCRIBE}, "cancel item-not-found"),
        ("paint", {"uri": HOST}, "cancel item-not-found"),
    ],
)
def test_what_cannot_be_done(rooms: Service, deed: str, fields: dict[str, str], expected: str) -> None:
    hag66 = court(rooms)["hag66"]
    makes(hag66)
    rooms.everybody_forgets()
    assert done(hag66, deed, **fields) == expected
    rooms.is_silent()


@pytest.mark.req("MUC-HATS-05")
@pytest.mark.parametrize(
    ("wish", "expected"),
    [
        (command("create", action="prev"), "modify bad-request"),
        (command("create", action="bogus"), "modify bad-request"),
        (command("create").replace("type='set'", "type='get'"), "modify bad-request"),
        (command("create", form(uri=HOST, title="x").replace(FORM, "urn:x")), "modify bad-request"),
        (command("create", to="nowhere@mix.shakespeare.example"), "cancel item-not-found"),
    ],
    ids=["back", "no action", "no set", "another form", "no room"],
)
def test_what_is_no_command(rooms: Service, wish: str, expected: str) -> None:
    hag66 = court(rooms)["hag66"]
    hag66.sends(wish)
    (answer,) = hag66.takes()
    assert condition(answer) == expected


@pytest.mark.req("MUC-HATS-02")
def test_participants_by_mix_wear_hats_in_the_room(stage: Service) -> None:
    """MIX has no place for hats: there nothing is told of them."""
    coven = Scene(stage, "coven")
    hag66, hecate = coven.people("hag66", "hecate", joined=["hag66"], entered=["hecate"])
    coven.comes_online(hag66.phone)
    coven.owner.sends(command("create", form(uri=HOST, title="Host"), to=coven.jid))
    coven.owner.sends(command("assign", form(uri=HOST, jid=jid("hag66")), to=coven.jid))
    coven.owner.forgets()
    hecate.phone.receives(
        f"<message type='groupchat'><x xmlns='{USER}'><status code='104'/></x></message>",
        f"<presence from='{coven.jid}/thirdwitch'><hats xmlns='{HATS}'><hat uri='{HOST}' title='Host'/></hats>"
        f"<x xmlns='{USER}'>…</x>…</presence>",
    )
    hag66.sends(command("list-assigned", to=coven.jid))
    (answer,) = hag66.takes()
    assert condition(answer) == "auth forbidden"
    stage.is_silent()
