"""What keeps a channel safe and whole: failures, secrets, restarts, and names that are what they seem."""

from __future__ import annotations

from collections.abc import Callable
from xml.etree.ElementTree import Element, tostring

import pytest

from mix.core.ids import participant_id
from mix.shell.clock import SystemDice
from pubsubnodes.addresses import RealJid
from tests.conversations.questions import (
    NODE,
    NS,
    ask,
    form_in,
    granted,
    items_of,
    publish,
    pubsub,
    refused,
    submit,
    the,
)
from tests.conversations.words import CORE, MUC, says
from tests.stage import Scene, Service

ADMIN = "urn:xmpp:mix:admin:0"
NODES = "<query xmlns='http://jabber.org/protocol/disco#items' node='mix'/>"
STANDARD = {
    *(
        NODE + name
        for name in ("messages", "participants", "presence", "info", "config", "allowed", "banned", "jidmap")
    ),
    "urn:xmpp:avatar:data",
    "urn:xmpp:avatar:metadata",
}


def state(coven: Scene, *people: str) -> list[bytes]:
    """All there is to see of a channel, as its owner and some people see it."""
    found = [tostring(item) for node in STANDARD for item in _items(coven, node)]
    for name in people:
        person = coven.service.person(name)
        for request in (
            pubsub("<subscriptions/>"),
            pubsub("<affiliations/>"),
            "<user-preference xmlns='urn:xmpp:mix:anon:0'/>",
        ):
            found += [tostring(granted(person.phone, request, type="get"))]
        granted(person.phone, "<query xmlns='urn:xmpp:mam:2' queryid='q'/>")
        found += [tostring(one) for one in person.phone.takes() if one.find("mam:result", NS) is not None]
    return sorted(found)


def _items(coven: Scene, node: str) -> list[Element]:
    answer = ask(coven.owner.phone, pubsub(f"<items node='{node}'/>"), type="get")
    return list(answer.findall("ps:pubsub/ps:items/ps:item", NS))


@pytest.mark.req("MIX-GEN-16")
def test_a_restart_changes_nothing(coven: Scene) -> None:
    """Participants, ids, subscriptions, preferences, lists, configuration, information, archive: all is stored."""
    hag66, hecate = coven.people("hag66", "hecate", joined=["hecate"])
    coven.joins(hag66, "third witch", ["messages", "info"], {"JID Visibility": "never"})
    coven.publishes("banned", "macbeth@shakespeare.example")
    coven.publishes_info(("Name", "Coven"), ("Description", "Not far from the heath"))
    granted(coven.owner.phone, publish("config", submit(ADMIN, {"Private Messages": ["false"]})))
    hecate.phone.sends(says("hail"))
    coven.comes_online(hecate.laptop)
    before = state(coven, "hag66", "hecate")
    coven.service.restarts()
    assert state(coven, "hag66", "hecate") == before
    coven.service.everybody_forgets()
    hecate.phone.sends(says("hail again"))
    assert [one.findtext("c:body", "", NS) for one in hecate.laptop.takes()] == ["hail again"]
    assert [one.findtext("c:body", "", NS) for one in hag66.account.takes()] == ["hail again"]


@pytest.mark.req("MIX-ERR-10", "MIX-ERR-09")
@pytest.mark.parametrize(
    "wish",
    [
        f"<setnick xmlns='{CORE}'><nick>old witch</nick></setnick>",
        f"<update-subscription xmlns='{CORE}'><unsubscribe node='{NODE}messages'/></update-subscription>",
        f"<leave xmlns='{CORE}'/>",
        "<user-preference xmlns='urn:xmpp:mix:anon:0'>{}</user-preference>".format(
            submit("urn:xmpp:mix:anon:0", {"JID Visibility": ["never"]})
        ),
    ],
)
def test_a_failure_says_nothing_and_leaves_nothing(coven: Scene, wish: str) -> None:
    """Storage fails: wait and try again, no details; nobody was told of anything, and nothing has happened."""
    hag66, hecate = coven.people("hag66", "hecate", joined=["hag66", "hecate"])
    before = state(coven, "hag66", "hecate")
    coven.service.everybody_forgets()
    coven.service.recorder.failures = 1
    answer = ask(hag66.phone, wish)
    error = the(answer, "c:error")
    assert (error.get("type"), [child.tag.rpartition("}")[2] for child in error]) == (
        "wait",
        ["internal-server-error", "text"],
    )
    assert "disk" not in "".join(answer.itertext()).lower()
    coven.is_silent()
    assert state(coven, "hag66", "hecate") == before
    granted(hag66.phone, wish)
    assert hecate.unread() or "setnick" not in wish


@pytest.mark.req("MIX-ERR-11")
@pytest.mark.parametrize("type", ["", "unavailable", "unsubscribed", "subscribed", "error", "nonsense"])
@pytest.mark.parametrize("to", ["{coven}", "{service}"])
def test_presence_of_strangers_is_not_answered(coven: Scene, type: str, to: str) -> None:
    """RFC 6121 §4: silence."""
    ariel = coven.people("ariel")
    kind = f" type='{type}'" if type else ""
    ariel.phone.sends(f"<presence{kind} to='{to}'/>")
    coven.is_silent()


@pytest.mark.req("MIX-ERR-12")
@pytest.mark.parametrize(
    ("kind", "wish"),
    [
        ("get", "<query xmlns='http://jabber.org/protocol/disco#info'/>"),
        ("get", NODES),
        ("get", pubsub(f"<items node='{NODE}info'/>")),
        ("set", f"<join xmlns='{CORE}'><nick>spirit</nick></join>"),
        ("set", f"<setnick xmlns='{CORE}'><nick>spirit</nick></setnick>"),
        ("set", "<query xmlns='urn:xmpp:mam:2'/>"),
        ("get", "<ping xmlns='urn:xmpp:ping'/>"),
        ("set", "<nonsense xmlns='urn:x'/>"),
        ("get", "<vCard xmlns='vcard-temp'/>"),
        ("get", f"<query xmlns='{MUC}#admin'><item affiliation='owner'/></query>"),
    ],
)
def test_what_is_secret_answers_like_what_is_not_there(coven: Scene, kind: str, wish: str) -> None:
    """An ad hoc channel, to who is not in it, is no channel: the same answer to the letter."""
    ariel = coven.people("ariel")
    made = granted(coven.owner.phone, f"<create xmlns='{CORE}'/>", to="{service}")
    secret = the(made, "mix:create").get("channel", "")
    answers = [
        tostring(ask(ariel.phone, wish, to=f"{name}@{{service}}", type=kind)).decode().replace(name, "NAME")
        for name in (secret, "0" * len(secret))
    ]
    assert answers[0] == answers[1]


@pytest.mark.req("MIX-ERR-04")
def test_the_most_fitting_condition_is_chosen(coven: Scene) -> None:
    """XEP-0369 §5; clients have words for each of these (MIX-DEC-104 to 106)."""
    macbeth, hag66, ariel = coven.people("macbeth", "hag66", "ariel", joined=["hag66"])
    coven.publishes("banned", macbeth.jid)
    join = f"<join xmlns='{CORE}'><nick>{{}}</nick>{{}}</join>"
    assert refused(macbeth.account, join.format("thane", "")) == ["auth", "forbidden"]
    assert refused(ariel.account, join.format("thirdwitch", "")) == ["cancel", "conflict"]
    assert refused(ariel.account, join.format("spirit", ""), to="nowhere@{service}") == ["cancel", "item-not-found"]
    node = "<subscribe node='urn:x'/>"
    assert refused(ariel.account, join.format("spirit", node)) == ["cancel", "item-not-found"]
    assert refused(ariel.account, join.format(" ", "")) == ["modify", "not-acceptable"]
    assert refused(ariel.phone, f"<setnick xmlns='{CORE}'><nick>spirit</nick></setnick>") == ["auth", "forbidden"]
    assert refused(hag66.phone, publish("config", submit(ADMIN, {}))) == ["auth", "forbidden"]
    granted(coven.owner.phone, pubsub(f"<create node='{NODE}allowed'/>"))
    assert refused(ariel.account, join.format("spirit", "")) == ["cancel", "not-allowed", "closed-node"]


@pytest.mark.req("MIX-SEC-05")
def test_ids_tell_nothing(coven: Scene) -> None:
    """Keyed by the channel for people, random for everything else; no two are alike."""
    dice, jid = SystemDice(), RealJid.parse("hag66@shakespeare.example")
    keys = {dice.channel_key() for _ in range(200)}
    assert len(keys) == 200
    assert {len(key) for key in keys} == {32}
    assert len({participant_id(key, jid) for key in keys}) == 200
    for roll in (dice.session_tag, dice.salt, dice.invitation_id, dice.channel_name, dice.request_id, dice.nick):
        made = {roll() for _ in range(500)}
        assert len(made) == 500
        assert all(len({text[place] for text in made}) > 1 for place in (0, 1, -1))


@pytest.mark.req("MIX-SEC-13")
@pytest.mark.parametrize(
    "nick", ["x" * 65, "x" * 5000, "a\u0085b", "\u200b", "\u202e", "   ", "a&#9;b\u2028", "\u00ad"]
)
def test_nicks_are_short_and_to_be_seen(coven: Scene, nick: str) -> None:
    """Neither endless nor invisible, and without what would rule the terminal of whoever reads."""
    ariel = coven.people("ariel")
    assert refused(ariel.account, f"<join xmlns='{CORE}'><nick>{nick}</nick></join>")[1] == "not-acceptable"


@pytest.mark.req("MIX-SEC-13")
@pytest.mark.parametrize("field", ["Name", "Description"])
def test_texts_about_a_channel_have_a_length(coven: Scene, field: str) -> None:
    """Far more than anybody says is refused."""
    wish = publish("info", submit(CORE, {field: ["x" * 50_000]}))
    assert refused(coven.owner.phone, wish) == ["modify", "not-acceptable"]


@pytest.mark.req("MIX-SEC-14")
def test_a_clients_ids_tie_no_two_messages_together(coven: Scene) -> None:
    """What others get under `id` is the archive's; the client's own id comes back to that client only."""
    hag66, hecate = coven.people("hag66", "hecate", joined=["hag66", "hecate"])
    coven.comes_online(hag66.phone)
    for device in (hag66.phone, hag66.laptop):
        device.sends(says("hail", id="the-habit-of-one-client-1"))
    assert "habit" not in "".join(tostring(one).decode() for one in hecate.takes())


@pytest.mark.req("MIX-SEC-12")
def test_flipping_to_and_fro_is_slowed_down(services: Callable[..., Service]) -> None:
    """XEP-0404 §2.2: nobody finds out by trying quickly who changes with what."""
    scene = Scene(services(pace=(1.0, 10.0)), "coven")
    hag66 = scene.people("hag66")
    conditions = []
    for number in range(60):
        verb = ("join", "leave")[number % 2]
        inside = "<nick>third witch</nick>" if verb == "join" else ""
        answer = ask(hag66.phone, f"<{verb} xmlns='{CORE}'>{inside}</{verb}>", id=f"f{number}")
        error = answer.find("c:error", NS)
        if error is not None:
            conditions.append((error.get("type"), error[0].tag.rpartition("}")[2]))
    assert len(conditions) > 30
    assert {type for type, _ in conditions} == {"wait"}


@pytest.mark.req("MIX-I18-02")
@pytest.mark.parametrize(
    ("said", "shown"),
    [("third\u00a0witch", "third witch"), ("  third   witch ", "third witch"), ("E\u0301", "\u00c9"), ("\uff34", "T")],
)
def test_nicks_are_prepared(coven: Scene, said: str, shown: str) -> None:
    """RFC 8266: spaces, composition and width do not tell two nicks apart."""
    hag66, ariel = coven.people("hag66", "ariel")
    answer = granted(hag66.account, f"<join xmlns='{CORE}'><nick>{said}</nick></join>")
    assert the(answer, "mix:join/mix:nick").text == shown
    assert refused(ariel.account, f"<join xmlns='{CORE}'><nick>{shown}</nick></join>")[1] == "conflict"


@pytest.mark.req("MIX-NOD-04")
def test_a_channel_that_is_no_room_wants_the_node_named(services: Callable[..., Service]) -> None:
    """XEP-0369 §6.4."""
    scene = Scene(services(faces=["mix.face"]), "coven")
    hag66 = scene.people("hag66")
    items = "<query xmlns='http://jabber.org/protocol/disco#items'/>"
    assert refused(hag66.phone, items, type="get") == ["modify", "bad-request"]
    granted(hag66.phone, NODES, type="get")


@pytest.mark.req("MIX-NOD-09", "MIX-GEN-15")
@pytest.mark.parametrize(
    "name",
    [
        "urn:example:cauldron",
        f"{NODE}cauldron",
        f"{NODE}Allowed",
        f"{NODE}allowed2",
        f"{NODE}jidmap-visible",
        "urn:xmpp:avatar:metadata2",
    ],
)
def test_there_are_the_standard_nodes_and_nothing_beside_them(coven: Scene, name: str) -> None:
    """XEP-0369 §4.8: no node of ours, nor of anybody's, under a name of its own or one like a standard one's.

    Not by creating it, not by publishing to it, not by naming it in the configuration.
    """
    phone = coven.owner.phone
    granted(phone, pubsub(f"<create node='{NODE}allowed'/>"))
    before = state(coven)
    assert refused(phone, pubsub(f"<create node='{name}'/>")) == ["cancel", "not-allowed"]
    for wish in (f"<publish node='{name}'><item id='x'/></publish>", f"<subscribe node='{name}' jid='{{crone1}}'/>"):
        assert refused(phone, pubsub(wish)) == ["cancel", "item-not-found"]
    wanted = publish("config", submit(ADMIN, {"Nodes Present": ["participants", name]}))
    assert refused(phone, wanted) == ["modify", "not-acceptable"]
    nodes = [item.get("node") for item in the(granted(phone, NODES, type="get"), "items:query")]
    assert sorted(map(str, nodes)) == sorted(STANDARD)
    assert state(coven) == before


@pytest.mark.req("MIX-CFG-35")
def test_no_function_has_two_fields(coven: Scene) -> None:
    """All fields are the specification's, and none is there twice."""
    fields = list(form_in(items_of(coven.owner.phone, "config")[0]))
    assert len(fields) == len({name.replace(" ", "").casefold() for name in fields})


@pytest.mark.req("MIX-PAM-18")
def test_all_addresses_of_a_channel_share_its_domain(coven: Scene) -> None:
    """XEP-0405 §2.12: one entry on a block list covers whoever speaks from there."""
    hag66, hecate = coven.people("hag66", "hecate", joined=["hag66", "hecate"])
    hecate.phone.sends("<presence/>")
    hecate.phone.sends(says("hail"))
    domains = {str(one.get("from")).partition("/")[0].partition("@")[2] for one in hag66.takes()}
    assert domains == {"mix.shakespeare.example"}
