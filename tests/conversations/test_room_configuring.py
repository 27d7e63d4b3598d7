"""Configuring a room: each field and what it does, and what everybody in the room is told (XEP-0045 §10.2)."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree.ElementTree import Element

import pytest

from pubsubnodes.forms import FORM, Submission, read_form
from tests.stage import Person, Service
from tests.stage.room import MUC, ROOM, USER, codes, enter, room

INFO = "http://jabber.org/protocol/disco#info"
CONFIG = f"{MUC}#roomconfig"


def submit(owner: Person, *fields: tuple[str, Sequence[str]], to: str = ROOM, kind: str = "submit") -> str | None:
    """Send in a form; None when it was accepted, otherwise the condition of the error."""
    filled = "".join(
        f"<field var='{name}'>{''.join(f'<value>{value}</value>' for value in values)}</field>"
        for name, values in fields
    )
    owner.sends(
        f"<iq type='set' id='conf' to='{to}'><query xmlns='{MUC}#owner'><x xmlns='jabber:x:data' type='{kind}'>"
        f"<field var='FORM_TYPE'><value>{CONFIG}</value></field>{filled}</x></query></iq>"
    )
    for one in owner.unread():
        if one.xml.get("id") == "conf":
            one.is_read = True
            if one.xml.get("type") == "result":
                return None
            error = one.xml.find("{jabber:client}error")
            assert error is not None
            return f"{error.get('type')} {error[0].tag.partition('}')[2]}"
    raise AssertionError("there was no answer")


def put(owner: Person, **fields: str) -> str | None:
    """Set fields by their short names, each to one value."""
    return submit(owner, *((f"muc#roomconfig_{name}", [value]) for name, value in fields.items()))


def form(owner: Person) -> Submission:
    """The form as it stands."""
    owner.sends(f"<iq type='get' id='form' to='{ROOM}'><query xmlns='{MUC}#owner'/></iq>")
    found = owner.unread()[-1]
    found.is_read = True
    x = found.xml.find(f".//{FORM}")
    assert x is not None
    return read_form(x)


def about(someone: Person, to: str = ROOM) -> Element:
    """What there is to know of a room."""
    someone.sends(f"<iq type='get' id='info' to='{to}'><query xmlns='{INFO}'/></iq>")
    found = someone.unread()[-1]
    found.is_read = True
    assert found.xml.get("type") == "result"
    return found.xml


def said_of_it(someone: Person) -> dict[str, Sequence[str]]:
    """The fields of muc#roominfo."""
    forms = [read_form(x) for x in about(someone).iter(FORM)]
    (told,) = [one for one in forms if one.form_type == f"{MUC}#roominfo"]
    return dict(told.fields)


def kinds_of(someone: Person) -> set[str]:
    """The room's features that say what kind of room it is."""
    return {
        name
        for feature in about(someone).iter(f"{{{INFO}}}feature")
        if (name := feature.get("var", "")).startswith("muc_")
    }


def notices(someone: Person) -> list[list[int]]:
    """The codes of all messages from the room that hold nothing else."""
    return [
        codes(stanza)
        for stanza in someone.takes()
        if stanza.tag.endswith("message") and [child.tag for child in stanza] == [f"{{{USER}}}x"]
    ]


@pytest.mark.req("MUC-CONF-02", "MUC-CONF-03", "MUC-CNOT-01", "MUC-CNOT-06", "MUC-CODE-05", "MUC-FEAT-26")
def test_name_and_description(rooms: Service) -> None:
    hag66, hecate = room(rooms, "hag66", "hecate")
    assert put(hag66, roomname="A Dark Cave", roomdesc="The place for all good witches!") is None
    assert notices(hecate) == [[104]]
    identity = about(hecate).find(f".//{{{INFO}}}identity")
    assert identity is not None
    assert identity.get("name") == "A Dark Cave"
    assert said_of_it(hecate)["muc#roominfo_description"] == ["The place for all good witches!"]
    assert form(hag66).fields["muc#roomconfig_roomname"] == ["A Dark Cave"]


@pytest.mark.req("MUC-CONF-04", "MUC-FEAT-31", "MUC-FEAT-40")
def test_the_language(rooms: Service) -> None:
    hag66, hecate = room(rooms, "hag66", "hecate")
    assert "muc#roominfo_lang" not in said_of_it(hecate)
    assert put(hag66, lang="not a language") == "modify not-acceptable"
    assert put(hag66, lang="de-CH") is None
    assert said_of_it(hecate)["muc#roominfo_lang"] == ["de-CH"]
    assert form(hag66).fields["muc#roomconfig_lang"] == ["de-CH"]


@pytest.mark.req("MUC-CONF-05", "MUC-CNOT-02", "MUC-CNOT-03", "MUC-CODE-07", "MUC-CODE-08", "MUC-LEAK-02", "MUC-ENT-23")
def test_people_are_warned_of_a_public_log(rooms: Service) -> None:
    """XEP-0045 §7.2.12: 170 on entering, 170 and 171 when that changes."""
    hag66, hecate = room(rooms, "hag66", "hecate")
    crone1 = rooms.person("crone1")
    assert put(hag66, enablelogging="1") is None
    assert notices(hecate) == [[170]]
    crone1.sends(enter("third"))
    own = [codes(stanza) for stanza in crone1.takes() if 110 in codes(stanza)]
    assert own == [[110, 170]]
    assert put(hag66, enablelogging="0", roomname="Cave") is None
    assert notices(hecate) == [[171], [104]]


@pytest.mark.req("MUC-CNOT-07", "MUC-CNOT-08")
def test_one_message_says_all_that_changed(rooms: Service) -> None:
    hag66, hecate = room(rooms, "hag66", "hecate")
    assert put(hag66, whois="anyone", enablelogging="1", moderatedroom="1") is None
    assert notices(hecate) == [[104, 170, 172]]
    assert put(hag66, whois="anyone", enablelogging="1", moderatedroom="1") is None
    assert notices(hecate) == []


@pytest.mark.req("MUC-CONF-08")
def test_who_may_whisper(rooms: Service) -> None:
    (hag66,) = room(rooms, "hag66")
    for chosen in ("participants", "moderators", "none", "anyone"):
        assert put(hag66, allowpm=chosen) is None
        assert form(hag66).fields["muc#roomconfig_allowpm"] == [chosen]
    assert put(hag66, allowpm="witches") == "modify not-acceptable"


@pytest.mark.req("MUC-CONF-22", "MUC-FEAT-36")
def test_a_node_that_belongs_to_the_room(rooms: Service) -> None:
    hag66, hecate = room(rooms, "hag66", "hecate")
    uri = "xmpp:pubsub.shakespeare.example?;node=cave"
    assert put(hag66, pubsub="https://shakespeare.example") == "modify not-acceptable"
    assert "muc#roomconfig_pubsub" not in said_of_it(hecate)
    assert put(hag66, pubsub=uri) is None
    assert said_of_it(hecate)["muc#roomconfig_pubsub"] == [uri]


@pytest.mark.req("MUC-CONF-24", "MUC-CONF-30", "MUC-CONF-32", "MUC-CONF-29")
def test_the_form_is_as_things_are_and_changes_only_what_it_says(rooms: Service) -> None:
    hag66, hecate = room(rooms, "hag66", "hecate")
    before = form(hag66).fields
    assert put(hag66, roomname="Cave") is None
    after = form(hag66).fields
    assert {name for name in before if before[name] != after[name]} == {"muc#roomconfig_roomname"}
    hecate.forgets()
    assert submit(hag66) is None
    assert submit(hag66, ("muc#roomconfig_roomname", ["Other"]), kind="cancel") is None
    assert form(hag66).fields == after
    assert submit(hag66, *after.items()) is None
    assert form(hag66).fields == after
    assert notices(hecate) == []


@pytest.mark.req("MUC-CONF-31", "MUC-CONF-34")
def test_booleans_and_unknown_fields(rooms: Service) -> None:
    (hag66,) = room(rooms, "hag66")
    for text, bit in (("true", "1"), ("0", "0"), ("1", "1"), ("false", "0")):
        assert put(hag66, changesubject=text) is None
        assert form(hag66).fields["muc#roomconfig_changesubject"] == [bit]
    assert put(hag66, changesubject="maybe") == "modify not-acceptable"
    assert submit(hag66, ("x-vendor_colour", ["red"])) is None


@pytest.mark.req("MUC-CONF-35", "MUC-CONF-48", "MUC-CONF-09", "MUC-CONF-19")
def test_what_is_too_much_is_refused(rooms: Service) -> None:
    (hag66,) = room(rooms, "hag66")
    for name, value in (
        ("roomname", "x" * 201),
        ("roomdesc", "x" * 4_001),
        ("roomsecret", "x" * 257),
        ("maxusers", "-1"),
    ):
        assert put(hag66, **{name: value}) == "modify not-acceptable"
    for value in ("1001", "-1", "many"):
        assert submit(hag66, ("muc#maxhistoryfetch", [value])) == "modify not-acceptable"
    assert put(hag66, maxusers="7") is None
    assert form(hag66).fields["muc#roomconfig_maxusers"] == ["7"]


@pytest.mark.req("MUC-CONF-44")
def test_nobody_leaves_for_a_smaller_room(rooms: Service) -> None:
    hag66, hecate = room(rooms, "hag66", "hecate")
    crone1 = rooms.person("crone1")
    assert put(hag66, maxusers="1") is None
    assert notices(hecate) == [[104]]
    crone1.sends(enter("third"))
    (answer,) = crone1.takes()
    assert answer.get("type") == "error"


@pytest.mark.req("MUC-CONF-06")
def test_who_may_change_the_subject(rooms: Service) -> None:
    hag66, hecate = room(rooms, "hag66", "hecate")
    wish = f"<message type='groupchat' id='s' to='{ROOM}'><subject>Fire burn</subject></message>"
    hecate.sends(wish)
    hecate.receives(f"<message type='error' id='s' from='{ROOM}'>…</message>")
    assert put(hag66, changesubject="1") is None
    hecate.forgets()
    hecate.sends(wish)
    hecate.receives(f"<message type='groupchat' id='s' from='{ROOM}/hec'><subject>Fire burn</subject>…</message>")
    assert said_of_it(hecate)["muc#roominfo_subjectmod"] == ["1"]


@pytest.mark.req(
    "MUC-CONF-12",
    "MUC-CONF-15",
    "MUC-FEAT-01",
    "MUC-FEAT-02",
    "MUC-FEAT-03",
    "MUC-FEAT-04",
    "MUC-FEAT-05",
    "MUC-FEAT-06",
)
def test_each_feature_has_its_opposite(rooms: Service) -> None:
    hag66 = room(rooms, "hag66")[0]
    pairs = {
        "publicroom": ("muc_public", "muc_hidden"),
        "persistentroom": ("muc_persistent", "muc_temporary"),
        "membersonly": ("muc_membersonly", "muc_open"),
        "moderatedroom": ("muc_moderated", "muc_unmoderated"),
    }
    for name, (on, off) in pairs.items():
        for value, is_on in (("1", True), ("0", False), ("1", True)):
            assert put(hag66, **{name: value}) is None
            assert {on, off} & kinds_of(hag66) == {on if is_on else off}
    assert put(hag66, whois="anyone", roomsecret="cauldron") is None
    assert {"muc_nonanonymous", "muc_passwordprotected"} <= kinds_of(hag66)
    assert not {"muc_semianonymous", "muc_unsecured"} & kinds_of(hag66)
    assert put(hag66, whois="moderators", passwordprotectedroom="0") is None
    assert {"muc_semianonymous", "muc_unsecured"} <= kinds_of(hag66)
    assert not {"muc_nonanonymous", "muc_passwordprotected"} & kinds_of(hag66)


@pytest.mark.req("MUC-CONF-17", "MUC-LEAK-19", "MUC-FEAT-35", "MUC-FEAT-25")
def test_the_password_is_its_owners(rooms: Service) -> None:
    hag66, hecate = room(rooms, "hag66", "hecate")
    assert put(hag66, roomsecret="cauldronburn") is None
    assert form(hag66).fields["muc#roomconfig_roomsecret"] == ["cauldronburn"]
    about(hecate)
    hecate.sends(f"<iq type='get' id='form' to='{ROOM}'><query xmlns='{MUC}#owner'/></iq>")
    crone1 = rooms.person("crone1")
    crone1.sends(enter("third", "<password>wrong</password>"))
    heard = [one.raw for someone in (hecate, crone1) for one in someone.inbox]
    assert not [raw for raw in heard if "cauldronburn" in raw or "roomowners" in raw]


@pytest.mark.req("MUC-CONF-25")
def test_the_form_is_for_owners(rooms: Service) -> None:
    hag66, hecate = room(rooms, "hag66", "hecate")
    for stranger in (hecate, rooms.person("crone1")):
        assert put(stranger, roomname="Mine") == "auth forbidden"
        stranger.sends(f"<iq type='get' id='form' to='{ROOM}'><query xmlns='{MUC}#owner'/></iq>")
        stranger.receives(f"<iq type='error' id='form' from='{ROOM}'><query xmlns='{MUC}#owner'/>…</iq>")
    assert form(hag66).fields["muc#roomconfig_roomname"] == [""]


@pytest.mark.req("MUC-CONF-28", "MUC-CNOT-09")
def test_first_who_has_to_go_then_what_changed(rooms: Service) -> None:
    """XEP-0045 §10.2.1: removals, then the notice of the new configuration; the owner has the answer, too."""
    hag66, hecate = room(rooms, "hag66", "hecate")
    assert put(hag66, membersonly="1") is None
    told = [("removed", codes(one)) if one.tag.endswith("presence") else ("told", codes(one)) for one in hag66.takes()]
    assert told == [("removed", [322]), ("told", [104])]
    assert [codes(one) for one in hecate.takes()] == [[110, 322]]


@pytest.mark.req("MUC-CONF-47")
def test_what_both_faces_have_words_for_is_one_setting(stage: Service) -> None:
    """XEP-0408 §2: name, description, visibility and who may come in, set by one face and read by the other."""
    hag66, _ = room(stage, "hag66", "hecate")
    assert put(hag66, roomname="Cave", roomdesc="Dark", whois="anyone", membersonly="1") is None

    def items(node: str) -> str:
        hag66.sends(
            f"<iq type='get' id='i' to='{ROOM}'><pubsub xmlns='http://jabber.org/protocol/pubsub'>"
            f"<items node='urn:xmpp:mix:nodes:{node}'/></pubsub></iq>"
        )
        found = hag66.unread()[-1]
        found.is_read = True
        assert found.xml.get("type") == "result", found.raw
        return "".join(found.xml.itertext())

    assert "Cave" in items("info")
    assert "Dark" in items("info")
    assert "jid-mandatory-visible" in items("config")
    assert "allowed" in items("config")
    hag66.sends(
        f"<iq type='set' id='i' to='{ROOM}'><pubsub xmlns='http://jabber.org/protocol/pubsub'>"
        "<publish node='urn:xmpp:mix:nodes:info'><item><x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE'>"
        "<value>urn:xmpp:mix:core:1</value></field><field var='Name'><value>Heath</value></field></x></item></publish>"
        "</pubsub></iq>"
    )
    assert form(hag66).fields["muc#roomconfig_roomname"] == ["Heath"]


@pytest.mark.req("MUC-CONF-45")
def test_of_two_owners_the_last_one_wins_by_field(rooms: Service) -> None:
    hag66, hecate = room(rooms, "hag66", "hecate")
    assert submit(hag66, ("muc#roomconfig_roomowners", [hag66.jid, hecate.jid])) is None
    assert put(hag66, roomname="Cave", roomdesc="Dark") is None
    assert put(hecate, roomname="Heath", whois="nobody") == "modify not-acceptable"
    assert put(hecate, roomname="Heath") is None
    now = form(hag66).fields
    assert (now["muc#roomconfig_roomname"], now["muc#roomconfig_roomdesc"]) == (["Heath"], ["Dark"])


@pytest.mark.req("MUC-CONF-39")
def test_owners_are_no_administrators_as_well(rooms: Service) -> None:
    (hag66,) = room(rooms, "hag66")
    owners = ["hag66@shakespeare.example", "hecate@shakespeare.example"]
    assert (
        submit(
            hag66,
            ("muc#roomconfig_roomowners", owners),
            ("muc#roomconfig_roomadmins", ["hecate@shakespeare.example/phone", "crone1@shakespeare.example"]),
        )
        is None
    )
    now = form(hag66).fields
    assert now["muc#roomconfig_roomowners"] == owners
    assert now["muc#roomconfig_roomadmins"] == ["crone1@shakespeare.example"]
    assert submit(hag66, ("muc#roomconfig_roomowners", [])) == "cancel conflict"
    assert form(hag66).fields == now


@pytest.mark.req("MUC-CNOT-11")
def test_nothing_is_said_while_the_room_is_made(rooms: Service) -> None:
    hag66 = rooms.person("hag66")
    hag66.sends(enter("hag"))
    hag66.forgets()
    assert put(hag66, roomname="Cave", enablelogging="1") is None
    assert notices(hag66) == []


@pytest.mark.req("MUC-CONF-11", "MUC-MEMB-15")
def test_who_may_list_the_members(rooms: Service) -> None:
    """XEP-0045 §10.1.3: the roles the owner names; the owner always may, and hiding addresses hides lists."""
    hag66, hecate = room(rooms, "hag66", "hecate")
    asked = f"<iq type='get' id='l' to='{ROOM}'><query xmlns='{MUC}#admin'><item affiliation='member'/></query></iq>"

    def may(someone: Person) -> bool:
        someone.sends(asked)
        found = someone.unread()[-1]
        found.is_read = True
        return found.xml.get("type") == "result"

    assert put(hag66, whois="anyone", roomname="Cave") is None
    for circle, allowed in ((("moderator",), False), (("moderator", "participant"), True), ((), False)):
        assert submit(hag66, ("muc#roomconfig_getmemberlist", circle)) is None
        assert form(hag66).fields["muc#roomconfig_getmemberlist"] == list(circle)
        assert may(hecate) is allowed
        assert may(hag66)
    assert not may(rooms.person("pistol"))
    assert submit(hag66, ("muc#roomconfig_getmemberlist", ("participant",))) is None
    assert put(hag66, whois="moderators") is None
    assert not may(hecate)


# -- whose presence is shown (XEP-0045 §7.2.2)


def shown(someone: Person) -> list[tuple[str, str]]:
    """From whom presence came, and of which type."""
    return [
        (stanza.get("from", "").partition("/")[2], stanza.get("type", ""))
        for stanza in someone.takes()
        if stanza.tag.endswith("presence")
    ]


def quiet(rooms: Service) -> list[Person]:
    """A moderated room that does not show its visitors: an owner, and a member of the audience."""
    people = room(rooms, "hag66", "hecate")
    roles = ("moderator", "participant")
    assert put(people[0], moderatedroom="1") is None
    assert submit(people[0], ("muc#roomconfig_presencebroadcast", roles)) is None
    assert form(people[0]).fields["muc#roomconfig_presencebroadcast"] == list(roles)
    rooms.everybody_forgets()
    return people


@pytest.mark.req("MUC-CONF-10", "MUC-PRES-13", "MUC-PRES-14", "MUC-DOS-09", "MUC-AVL-05")
def test_an_audience_nobody_sees(rooms: Service) -> None:
    hag66, hecate = quiet(rooms)
    crone1 = rooms.person("crone1")
    crone1.sends(enter("third"))
    assert shown(crone1) == [("hag", ""), ("hec", ""), ("third", "")]
    assert shown(hag66) == shown(hecate) == []
    crone1.sends(f"<presence to='{ROOM}/third'><show>away</show></presence>")
    assert shown(crone1) == [("third", "")]
    crone1.sends(f"<presence to='{ROOM}/fourth'/>")
    assert shown(crone1) == [("third", "unavailable"), ("fourth", "")]
    crone1.sends(f"<presence type='unavailable' to='{ROOM}/fourth'/>")
    assert shown(crone1) == [("fourth", "unavailable")]
    rooms.is_silent()


@pytest.mark.req("MUC-PRES-16", "MUC-PRES-14")
def test_people_come_into_sight_and_vanish_with_the_setting(rooms: Service) -> None:
    hag66, hecate = quiet(rooms)
    crone1 = rooms.person("crone1")
    crone1.sends(enter("third"))
    rooms.everybody_forgets()
    assert submit(hag66, ("muc#roomconfig_presencebroadcast", ("moderator", "participant", "visitor"))) is None
    assert shown(hag66) == shown(hecate) == shown(crone1) == [("third", "")]
    assert submit(hag66, ("muc#roomconfig_presencebroadcast", ("moderator",))) is None
    assert shown(hag66) == [("hec", "unavailable"), ("third", "unavailable")]
    assert ("third", "unavailable") in shown(hecate)
    assert ("hec", "unavailable") in shown(crone1)


@pytest.mark.req("MUC-PRES-15", "MUC-PRES-17")
def test_people_come_into_sight_and_vanish_with_their_role(rooms: Service) -> None:
    """XEP-0045 §5.1.1: who gets a voice is seen, who loses it is not; the moderator finds them in any case."""
    hag66, hecate = quiet(rooms)
    crone1 = rooms.person("crone1")
    crone1.sends(enter("third"))
    rooms.everybody_forgets()

    def grant(role: str) -> None:
        hag66.sends(
            f"<iq type='set' id='v' to='{ROOM}'><query xmlns='{MUC}#admin'>"
            f"<item nick='third' role='{role}'/></query></iq>"
        )
        hag66.receives(f"<iq type='result' id='v' from='{ROOM}'/>")

    hag66.sends(f"<iq type='get' id='l' to='{ROOM}'><query xmlns='{MUC}#admin'><item role='visitor'/></query></iq>")
    hag66.receives(
        f"<iq type='result' id='l' from='{ROOM}'><query xmlns='{MUC}#admin'>"
        "<item nick='third' role='visitor' affiliation='none' jid='{crone1.phone}'/></query></iq>"
    )
    grant("participant")
    assert shown(hecate) == shown(hag66) == [("third", "")]
    grant("visitor")
    (gone,) = hecate.takes()
    assert (gone.get("type"), codes(gone)) == ("unavailable", [])
    (item,) = gone.iter(f"{{{USER}}}item")
    assert (item.get("affiliation"), item.get("role")) == ("none", "none")
    grant("participant")
    hecate.forgets()
    crone1.sends(f"<presence type='unavailable' to='{ROOM}/third'/>")
    assert shown(hecate) == [("third", "unavailable")]


@pytest.mark.req("MUC-PRES-16")
def test_nobody_is_shown_where_no_role_is(rooms: Service) -> None:
    hag66, hecate = room(rooms, "hag66", "hecate")
    assert submit(hag66, ("muc#roomconfig_presencebroadcast", ())) is None
    assert shown(hag66) == [("hag", ""), ("hec", "unavailable")]
    assert shown(hecate) == [("hag", "unavailable"), ("hec", "")]
    assert submit(hag66, ("muc#roomconfig_presencebroadcast", ("chorus",))) == "modify not-acceptable"
    crone1 = rooms.person("crone1")
    crone1.sends(enter("third"))
    assert shown(crone1) == [("third", "")]
