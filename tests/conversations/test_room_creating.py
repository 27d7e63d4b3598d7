"""Making rooms: who may, what is locked until its owner has seen it, and what it is like then (XEP-0045 §10.1)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from xml.etree.ElementTree import tostring

import pytest

from pubsubnodes.forms import read_form
from tests.conversations.words import refused
from tests.stage import Person, Service
from tests.stage.ranks import asks, condition, item
from tests.stage.room import DEFAULTS, MUC, ROOM, codes, configure, enter, kinds, room, settings

SERVICE = "mix.shakespeare.example"
ITEMS = f"<iq type='get' id='i' to='{SERVICE}'><query xmlns='http://jabber.org/protocol/disco#items'/></iq>"
LOOK = f"<iq type='get' id='i' to='{ROOM}'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>"
FORM = f"<iq type='get' id='f' to='{ROOM}'><query xmlns='{MUC}#owner'/></iq>"
ROOT = Path(__file__).parents[2]


def makes(someone: Person, nick: str = "hag", inside: str = "") -> None:
    """Make a room, which is locked then."""
    someone.sends(enter(nick, inside))
    (own,) = [one for one in someone.takes() if one.tag.endswith("presence")]
    assert codes(own) == [110, 201]


def reads_form(owner: Person) -> Mapping[str, Sequence[str]]:
    """The configuration form as an owner gets it: fields and their values."""
    owner.sends(FORM)
    (answer,) = owner.takes()
    data = answer.find(f"{{{MUC}#owner}}query/{{jabber:x:data}}x")
    assert data is not None
    assert data.get("type") == "form"
    return read_form(data).fields


def submits(owner: Person, **fields: str) -> str:
    """Fill in some fields of the form: what becomes of it."""
    owner.sends(settings(**fields))
    (answer,) = owner.takes()
    return condition(answer)


def is_nowhere(stage: Service, someone: Person) -> bool:
    """Whether nobody finds the room: there is no half-made one, either."""
    someone.sends(ITEMS)
    (listed,) = someone.takes()
    someone.sends(LOOK)
    return len(listed[0]) == 0 and refused(someone) == "cancel item-not-found"


@pytest.mark.req("MUC-CRE-02", "MUC-CRE-03")
@pytest.mark.parametrize("creators", ["admins", "local"])
def test_who_may_not_make_rooms_makes_none(services: Callable[..., Service], creators: str) -> None:
    """XEP-0045 §10.1.1: `not-allowed`, and there is no room."""
    stage = services(faces=("muccompat",), creators=creators)
    siward = stage.person("siward", "england.example")
    siward.sends(enter("siw"))
    siward.receives(
        f"""<presence type='error' from='{ROOM}/siw' id='enter'><x xmlns='{MUC}'/><error type='cancel' by='{ROOM}'>
          <not-allowed xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>…</error></presence>"""
    )
    assert is_nowhere(stage, siward)
    stage.is_silent()


@pytest.mark.req("MUC-CRE-04")
def test_where_anybody_may_make_rooms_anybody_does(services: Callable[..., Service]) -> None:
    stage = services(faces=("muccompat",), creators="anyone")
    siward = stage.person("siward", "england.example")
    makes(siward, "siw")
    siward.sends(DEFAULTS)
    siward.receives(f"<iq type='result' from='{ROOM}' id='unlock'/>")


@pytest.mark.req("MUC-CRE-09")
def test_nobody_speaks_in_a_locked_or_missing_room(rooms: Service) -> None:
    """XEP-0045 §17.2."""
    hag66, hecate = rooms.person("hag66"), rooms.person("hecate")
    words = f"<message type='groupchat' id='m' to='{ROOM}'><body>hail</body></message>"
    for _ in range(2):
        hecate.sends(words)
        hecate.receives(
            f"""<message type='error' from='{ROOM}' id='m'><body>hail</body><error type='cancel' by='{ROOM}'>
              <item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>…</error></message>"""
        )
        hag66.sends(enter("hag"))
        hag66.forgets()


@pytest.mark.req("MUC-CRE-10", "MUC-CRE-18", "MUC-CRE-26", "MUC-CRE-12")
def test_an_instant_room_is_what_its_form_showed(rooms: Service) -> None:
    """XEP-0045 §10.1.2: the same defaults for everybody, a password in the wish to enter changes none of them."""
    hag66, hecate = rooms.person("hag66"), rooms.person("hecate")
    makes(hag66, inside="<password>cauldronburn</password>")
    shown = reads_form(hag66)
    assert shown["muc#roomconfig_passwordprotectedroom"] == ["0"]
    assert shown["muc#roomconfig_roomsecret"] in ([], [""])
    assert shown["muc#roomconfig_roomowners"] == [hag66.jid]
    hag66.sends(DEFAULTS)
    hag66.receives(f"<iq type='result' from='{ROOM}' id='unlock'/>")
    assert reads_form(hag66) == shown
    hecate.sends(enter("hec"))
    assert kinds(hecate.takes()) == ["other", "self", "subject"]


@pytest.mark.req("MUC-CRE-18")
def test_what_an_instant_room_is_like_is_written_down(rooms: Service) -> None:
    """The guide for authors of clients has the form's fields with the values they have in a new room."""
    hag66 = rooms.person("hag66")
    makes(hag66)
    shown = reads_form(hag66)
    guide = (ROOT / "docs" / "clients.md").read_text(encoding="utf-8")
    table = re.findall(r"^\| `([^`]+)` \|([^|]*)\|", guide, re.MULTILINE)
    written = {name: [text.strip(" `") for text in values.split(",") if text.strip(" `")] for name, values in table}
    own = {name: [text for text in values if text] for name, values in shown.items()}
    own = {name.removeprefix("muc#roomconfig_"): values for name, values in own.items()}
    own["roomowners"] = ["you"]
    assert {name: written.get(name) for name in own} == own


@pytest.mark.req("MUC-CRE-12")
def test_a_reserved_room_opens_as_its_owner_made_it(rooms: Service) -> None:
    """XEP-0045 §10.1.3: whoever comes first finds the configuration in force."""
    hag66, hecate = rooms.person("hag66"), rooms.person("hecate")
    makes(hag66)
    configure(hag66, membersonly="1", roomname="A Dark Cave")
    hecate.sends(enter("hec"))
    assert refused(hecate) == "auth registration-required"
    assert reads_form(hag66)["muc#roomconfig_roomname"] == ["A Dark Cave"]


@pytest.mark.req("MUC-CRE-13")
@pytest.mark.parametrize("fields", [{"passwordprotectedroom": "1", "roomsecret": ""}, {"maxusers": "several"}])
def test_a_room_stays_locked_while_its_form_is_wrong(rooms: Service, fields: Mapping[str, str]) -> None:
    """XEP-0045 §10.1.3."""
    hag66, hecate = rooms.person("hag66"), rooms.person("hecate")
    makes(hag66)
    before = reads_form(hag66)
    assert submits(hag66, roomname="A Dark Cave", **fields) == "modify not-acceptable"
    hecate.sends(enter("hec"))
    assert refused(hecate) == "cancel item-not-found"
    assert reads_form(hag66) == before
    assert submits(hag66) == "ok"
    hecate.sends(enter("hec"))
    assert kinds(hecate.takes()) == ["other", "self", "subject"]


@pytest.mark.req("MUC-CRE-19")
def test_affiliations_are_given_before_the_room_opens(rooms: Service) -> None:
    """XEP-0045 §10.1.3: so that a private room has its members from the first moment."""
    hag66, hecate, pistol = rooms.person("hag66"), rooms.person("hecate"), rooms.person("pistol")
    makes(hag66)
    assert asks(hag66, item(jid=hecate.jid, affiliation="member"), item(jid=pistol.jid, affiliation="outcast")) == "ok"
    hag66.forgets()
    rooms.is_silent()  # nobody else hears of a room that is not open
    for someone in (hecate, pistol):
        someone.sends(enter(someone.name[:3]))
        assert refused(someone) == "cancel item-not-found"
    assert submits(hag66, membersonly="1") == "ok"
    hecate.forgets()
    hecate.sends(enter("hec"))
    assert kinds(hecate.takes()) == ["other", "self", "subject"]
    pistol.sends(enter("pis"))
    assert refused(pistol) == "auth forbidden"


@pytest.mark.req("MUC-CRE-21")
@pytest.mark.parametrize(
    "asked", [FORM, DEFAULTS, DEFAULTS.replace("submit", "cancel")], ids=["get", "submit", "cancel"]
)
def test_a_form_makes_no_room(rooms: Service, asked: str) -> None:
    """XEP-0045 §10.1.3: first there is presence, then there is a form."""
    hag66 = rooms.person("hag66")
    hag66.sends(asked)
    assert refused(hag66) == "cancel item-not-found"
    assert is_nowhere(rooms, hag66)


@pytest.mark.req("MUC-CRE-23")
@pytest.mark.parametrize("type", ["probe", "unavailable", "subscribe", "subscribed", "error", "invisible"])
@pytest.mark.parametrize("nick", ["/hag", ""], ids=["occupant", "room"])
def test_no_other_presence_makes_a_room(rooms: Service, type: str, nick: str) -> None:
    """XEP-0045 §17.3: whatever is in it."""
    hag66 = rooms.person("hag66")
    hag66.sends(f"<presence type='{type}' to='{ROOM}{nick}'><x xmlns='{MUC}'/></presence>")
    hag66.forgets()
    assert is_nowhere(rooms, hag66)


@pytest.mark.req("MUC-CRE-24", "MUC-CRE-25")
def test_who_comes_first_owns_the_room(rooms: Service) -> None:
    """XEP-0045 §10.1.1: the other finds it locked, the owner's other client does not."""
    hag66, hecate = rooms.person("hag66"), rooms.person("hecate")
    makes(hag66)
    hecate.sends(enter("hec"))
    assert refused(hecate) == "cancel item-not-found"
    hag66.laptop.sends(enter("hag"))
    told = hag66.laptop.takes()
    assert kinds(told) == ["self", "subject"]
    assert codes(told[0]) == [110]
    hag66.phone.forgets()
    hag66.phone.sends(f"<presence type='unavailable' to='{ROOM}'/>")
    assert all(one.find(f".//{{{MUC}#user}}destroy") is None for one in hag66.phone.takes())
    hag66.laptop.sends(DEFAULTS)
    hag66.laptop.receives(f"<iq type='result' from='{ROOM}' id='unlock'/>")


@pytest.mark.req("MUC-CRE-28")
@pytest.mark.parametrize("name", ["a#b", "x" * 1000, ""])
@pytest.mark.parametrize("faces", [("muccompat",), ("mix.face", "muccompat")], ids=["rooms", "both"])
def test_what_can_be_no_name_makes_no_room(services: Callable[..., Service], name: str, faces: tuple[str, ...]) -> None:
    """XEP-0045 §17.1, XEP-0403 §3.2."""
    stage = services(faces=faces)
    hag66 = stage.person("hag66")
    there = f"{name}@{SERVICE}" if name else SERVICE
    hag66.sends(f"<presence id='enter' to='{there}/hag'><x xmlns='{MUC}'/></presence>")
    hag66.receives(
        f"""<presence type='error' from='{there}/hag' id='enter'><x xmlns='{MUC}'/><error type='modify' by='{there}'>
          <jid-malformed xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>…</error></presence>"""
    )
    hag66.sends(ITEMS)
    (listed,) = hag66.takes()
    assert len(listed[0]) == 0


@pytest.mark.req("MUC-CRE-31")
def test_a_room_always_has_an_owner(rooms: Service) -> None:
    """XEP-0045 §10: whichever way the last one wants to give it up."""
    hag66, hecate = room(rooms, "hag66", "hecate")
    for affiliation in ("admin", "member", "none"):
        assert asks(hag66, item(jid=hag66.jid, affiliation=affiliation)) == "cancel conflict"
    assert asks(hag66, item(jid=hag66.jid, affiliation="outcast")) == "cancel conflict"
    assert submits(hag66, roomowners="") == "cancel conflict"
    assert submits(hag66, roomadmins=hag66.jid) == "ok"  # who is on both lists is an owner
    hag66.sends(f"<iq type='set' id='r' to='{ROOM}'><query xmlns='jabber:iq:register'><remove/></query></iq>")
    hag66.receives(f"<iq type='result' id='r' from='{ROOM}'/>")
    hag66.sends(f"<presence type='unavailable' to='{ROOM}'/>")
    hag66.forgets()
    assert reads_form(hag66)["muc#roomconfig_roomowners"] == [hag66.jid]
    assert asks(hag66, item(jid=hecate.jid, affiliation="owner"), item(jid=hag66.jid, affiliation="none")) == "ok"
    hecate.forgets()
    assert reads_form(hecate)["muc#roomconfig_roomowners"] == [hecate.jid]


@pytest.mark.req("MUC-CRE-33")
def test_a_room_that_could_not_be_written_down_is_not_there(rooms: Service) -> None:
    """The disk is full: an error and no half of a room, and the next try makes a whole one."""
    hag66 = rooms.person("hag66")
    rooms.recorder.failures = 1
    hag66.sends(enter("hag"))
    assert refused(hag66) == "wait internal-server-error"
    assert is_nowhere(rooms, hag66)
    makes(hag66)


@pytest.mark.req("MUC-CRE-12", "MUC-CONF-32", "MUC-CRE-18")
def test_the_form_sent_back_as_it_is_opens_the_room_and_changes_nothing(rooms: Service) -> None:
    """XEP-0045 §10.1.3: clients return all fields, labels and options included, with those they know changed."""
    hag66, hecate = rooms.person("hag66"), rooms.person("hecate")
    makes(hag66)
    hag66.sends(FORM)
    (answer,) = hag66.takes()
    data = answer.find(f"{{{MUC}#owner}}query/{{jabber:x:data}}x")
    assert data is not None
    data.set("type", "submit")
    before = reads_form(hag66)
    for _ in range(2):
        filled = tostring(data, encoding="unicode")
        hag66.sends(f"<iq type='set' id='s' to='{ROOM}'><query xmlns='{MUC}#owner'>{filled}</query></iq>")
        hag66.receives(f"<iq type='result' id='s' from='{ROOM}'/>")
        assert reads_form(hag66) == before
        hecate.sends(enter("hec"))
        assert kinds(hecate.takes()) == ["other", "self", "subject"]
        hag66.forgets()
    rooms.is_silent()
