"""What a room and the service tell those who only look (XEP-0045 §6, §16.3)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from xml.etree.ElementTree import Element

import pytest

from pubsubnodes.forms import FORM, read_form
from tests.conversations import words
from tests.conversations.words import ENTRY, INFO, ITEMS, error, features
from tests.stage import Person, Scene, Service
from tests.stage.room import MUC, ROOM, configure, enter, room

SERVICE = "mix.shakespeare.example"


@pytest.fixture(params=[("mix.face", "muccompat"), ("muccompat",)], ids=["both faces", "rooms alone"])
def either(request: pytest.FixtureRequest, services: Callable[..., Service]) -> Service:
    """A service with rooms, beside MIX or alone."""
    return services(faces=request.param)


def asked(someone: Person, to: str, kind: str = INFO, node: str = "") -> Element:
    """Ask, and read the answer's query, or the whole error."""
    about = f" node='{node}'" if node else ""
    someone.sends(f"<iq type='get' id='q' to='{to}'><query xmlns='{kind}'{about}/></iq>")
    found = someone.unread()[-1]
    found.is_read = True
    return found.xml[0] if found.xml.get("type") == "result" else found.xml


def condition(answer: Element) -> str:
    """Type and condition of an error."""
    found = answer.find("{jabber:client}error")
    assert found is not None, answer
    return f"{found.get('type')} {found[0].tag.partition('}')[2]}"


def told(someone: Person) -> dict[str, Sequence[str]]:
    """The fields of muc#roominfo."""
    forms = [read_form(x) for x in asked(someone, ROOM).iter(FORM)]
    (info,) = [form for form in forms if form.form_type == f"{MUC}#roominfo"]
    assert len({form.form_type for form in forms}) == len(forms)
    return dict(info.fields)


@pytest.mark.req(
    "MUC-DISC-01",
    "MUC-DISC-02",
    "MUC-DISC-03",
    "MUC-DISC-04",
    "MUC-FEAT-07",
    "MUC-FEAT-08",
    "MUC-FEAT-14",
    "MUC-DISC-35",
)
def test_the_service_is_a_place_of_rooms(either: Service) -> None:
    query = asked(either.person("hag66"), SERVICE)
    identities = {(one.get("category"), one.get("type")) for one in query.iter(f"{{{INFO}}}identity")}
    assert ("conference", "text") in identities
    assert all(one.get("name") for one in query.iter(f"{{{INFO}}}identity"))
    found = [one.get("var") for one in query.iter(f"{{{INFO}}}feature")]
    assert len(found) == len(set(found))
    assert {MUC, "muc_rooms", f"{MUC}#stable_id", "urn:xmpp:occupant-id:0", INFO, ITEMS} <= set(found)


@pytest.mark.req("MUC-DISC-05", "MUC-DISC-06", "MUC-CONF-12")
def test_public_rooms_are_listed_with_their_names(either: Service) -> None:
    hag66, *_ = room(either, "hag66")
    configure(hag66, roomname="The Heath", publicroom="1")
    stranger = either.person("pistol")
    (listed,) = asked(stranger, SERVICE, ITEMS)
    assert listed.get("jid") == ROOM
    configure(hag66, publicroom="0")
    for someone in (stranger, hag66):
        assert len(asked(someone, SERVICE, ITEMS)) == 0


@pytest.mark.req("MUC-DISC-07", "MUC-DISC-16", "MUC-LEAK-22")
def test_a_room_that_is_being_made_is_there_for_its_owner_alone(either: Service) -> None:
    hag66, stranger = either.person("hag66"), either.person("pistol")
    hag66.sends(enter("hag"))
    hag66.forgets()
    assert len(asked(stranger, SERVICE, ITEMS)) == 0
    missing = "nowhere@mix.shakespeare.example"
    for kind in (INFO, ITEMS):
        assert (
            condition(asked(stranger, ROOM, kind))
            == condition(asked(stranger, missing, kind))
            == "cancel item-not-found"
        )
    assert asked(hag66, ROOM).tag.endswith("query")


@pytest.mark.req(
    "MUC-DISC-13", "MUC-DISC-14", "MUC-FEAT-08", "MUC-FEAT-12", "MUC-FEAT-15", "MUC-FEAT-24", "MUC-FEAT-25"
)
def test_a_room_says_what_it_can_do(either: Service) -> None:
    room(either, "hag66")
    stranger = either.person("pistol")
    found = features(asked(stranger, ROOM))
    assert {
        MUC,
        f"{MUC}#stable_id",
        f"{MUC}#self-ping-optimization",
        "urn:xmpp:occupant-id:0",
        "urn:xmpp:sid:0",
        "urn:xmpp:mam:2",
        "urn:xmpp:mam:2#extended",
    } <= found
    assert told(stranger)["muc#maxhistoryfetch"] == ["50"]


@pytest.mark.req(
    "MUC-FEAT-28", "MUC-FEAT-29", "MUC-FEAT-30", "MUC-FEAT-34", "MUC-FEAT-26", "MUC-FEAT-40", "MUC-FEAT-32"
)
def test_what_is_told_of_a_room(either: Service) -> None:
    hag66, hecate = room(either, "hag66", "hecate")
    stranger = either.person("pistol")
    hecate.laptop.sends(enter("hec"))
    hag66.sends(f"<message type='groupchat' to='{ROOM}'><subject>Fire burn</subject></message>")
    either.everybody_forgets()
    info = told(stranger)
    assert info["muc#roominfo_occupants"] == ["2"]
    assert info["muc#roominfo_subject"] == ["Fire burn"]
    assert info["muc#roominfo_subjectmod"] == info["muc#roomconfig_changesubject"] == ["0"]
    assert not {"muc#roominfo_description", "muc#roominfo_lang", "muc#roominfo_ldapgroup", "muc#roominfo_logs"} & set(
        info
    )
    assert all(values and all(values) for values in info.values())
    configure(hag66, changesubject="1", roomsecret="cauldron")
    closed = told(stranger)
    assert closed["muc#roominfo_subjectmod"] == ["1"]
    assert not {"muc#roominfo_subject", "muc#roominfo_occupants"} & set(closed)
    assert told(hecate)["muc#roominfo_subject"] == ["Fire burn"]


@pytest.mark.req("MUC-DISC-17", "MUC-DISC-18", "MUC-DISC-19", "MUC-DISC-20")
def test_who_is_there_is_for_those_who_are(either: Service) -> None:
    _, hecate = room(either, "hag66", "hecate")
    assert len(asked(either.person("pistol"), ROOM, ITEMS)) == 0
    items = list(asked(hecate, ROOM, ITEMS))
    assert {one.get("jid") for one in items} == {f"{ROOM}/hag", f"{ROOM}/hec"}
    assert all(set(one.keys()) <= {"jid", "name", "node"} for one in items)


@pytest.mark.req("MUC-DISC-21")
def test_a_stranger_learns_nothing_of_people(either: Service) -> None:
    room(either, "hag66")
    stranger = either.person("pistol")
    for nick in ("hag", "nobody"):
        for kind in (INFO, ITEMS):
            assert condition(asked(stranger, f"{ROOM}/{nick}", kind)) == "modify bad-request"


@pytest.mark.req("MUC-DISC-29", "MUC-DISC-30", "MUC-DISC-31", "MUC-DISC-24", "MUC-DISC-26")
def test_nodes(either: Service) -> None:
    _, hecate = room(either, "hag66", "hecate")
    stranger = either.person("pistol")
    for someone in (hecate, stranger):
        empty = asked(someone, ROOM, node="x-roomuser-item")
        assert (empty.get("node"), len(empty)) == ("x-roomuser-item", 0)
        assert condition(asked(someone, ROOM, node=f"{MUC}#traffic")) == "cancel service-unavailable"
        assert condition(asked(someone, ROOM, node="bogus")) == "cancel item-not-found"
    assert condition(asked(stranger, SERVICE, ITEMS, node=f"{MUC}#rooms")) == "cancel item-not-found"


@pytest.mark.req("MUC-DISC-23", "MUC-DISC-26", "MUC-NICK-17")
def test_the_nick_of_a_participant_is_kept(stage: Service) -> None:
    """XEP-0045 §7.12: for who takes part by MIX, present or not."""
    coven = Scene(stage, "coven")
    hecate = coven.people("hecate", joined=["hecate"])
    for _ in range(2):
        query = asked(hecate, "{coven}", node="x-roomuser-item")
        (identity,) = query
        assert (identity.get("category"), identity.get("type"), identity.get("name")) == ("conference", "text", "moon")
        assert query.get("node") == "x-roomuser-item"
        coven.enters(hecate, "moon")
    stranger = stage.person("pistol")
    stranger.sends(f"<presence id='e' to='{{coven}}/MOON'>{ENTRY}</presence>")
    hecate.phone.sends("<presence type='unavailable' to='{coven}/moon'/>")
    hecate.forgets()
    stranger.receives(
        f"<presence type='error' id='e' from='{{coven}}/MOON'>{ENTRY}"
        f"{error('cancel', 'conflict', '{coven}')}</presence>"
    )


def test_a_crowd_is_listed_in_pages(rooms: Service) -> None:
    """XEP-0045 §6.5, XEP-0059: as many as fit a stanza, and where to go on."""
    (hag66,) = room(rooms, "hag66")
    for number in range(300):
        rooms.take(
            f"w{number}@elsewhere.example/x", f"<presence><x xmlns='{MUC}'/></presence>", to=f"{ROOM}/{number:03}"
        )
    rooms.everybody_forgets()
    rooms.strays.clear()

    def page(inside: str = "") -> tuple[list[str], str | None]:
        window = f"<set xmlns='http://jabber.org/protocol/rsm'>{inside}</set>" if inside else ""
        hag66.sends(f"<iq type='get' id='i' to='{ROOM}'><query xmlns='{ITEMS}'>{window}</query></iq>")
        (answer,) = hag66.takes()
        found = [one.get("jid", "").partition("/")[2] for one in answer.iter(f"{{{ITEMS}}}item")]
        return found, answer.findtext(".//{http://jabber.org/protocol/rsm}count")

    names = ["hag", *(f"{number:03}" for number in range(300))]
    assert page() == (names[:250], "301")
    assert page(f"<after>{ROOM}/248</after>") == (names[250:], "301")
    assert page(f"<after>{ROOM}/nobody</after>") == ([], None)
    hag66.sends(
        f"<iq type='get' id='i' to='{ROOM}'><query xmlns='{ITEMS}'><set xmlns='http://jabber.org/protocol/rsm'>"
        "<max>x</max></set></query></iq>"
    )
    (answer,) = hag66.takes()
    assert condition(answer) == "modify bad-request"


def test_nobody_is_listed_whom_the_room_does_not_show(rooms: Service) -> None:
    """XEP-0045 §10.1.3: where the presence of visitors is nobody's business, discovery and probes tell of none."""
    hag66, hecate, _ = room(rooms, "hag66", "hecate", "pistol")
    configure(hag66, moderatedroom="1")
    hag66.sends(
        f"<iq type='set' id='v' to='{ROOM}'><query xmlns='{MUC}#admin'><item nick='pis' role='visitor'/></query></iq>"
    )
    configure(hag66, presencebroadcast="moderator</value><value>participant")
    rooms.everybody_forgets()
    hecate.sends(f"<iq type='get' id='i' to='{ROOM}'><query xmlns='{ITEMS}'/></iq>")
    (answer,) = hecate.takes()
    assert [one.get("jid") for one in answer.iter(f"{{{ITEMS}}}item")] == [f"{ROOM}/hag", f"{ROOM}/hec"]
    hecate.sends(f"<presence type='probe' to='{ROOM}/pis'/>")
    hecate.receives_nothing()
    hecate.sends(f"<presence type='probe' to='{ROOM}/hag'/>")
    assert len(hecate.takes()) == 1


@pytest.mark.req("MUC-FEAT-27")
def test_whom_to_ask_is_said_where_the_owner_names_them(stage: Service) -> None:
    """Whom the channel's information names, to those who may read it (XEP-0406 §3.1)."""
    coven = Scene(stage, "coven")
    stranger = coven.people("pistol")

    def contacts() -> Sequence[str] | None:
        forms = [read_form(x) for x in asked(stranger, coven.jid).iter(FORM)]
        (info,) = [form for form in forms if form.form_type == f"{MUC}#roominfo"]
        return info.fields.get("muc#roominfo_contactjid")

    assert contacts() is None
    coven.publishes_info(("Contact", "gatekeeper@shakespeare.example"))
    assert contacts() is None
    coven.owner.sends(words.configure(("Information Node Subscription", "anyone")))
    assert contacts() == ["gatekeeper@shakespeare.example"]
