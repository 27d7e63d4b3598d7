"""Configuration and information, as clients edit them (XEP-0406 §2.4 and §3, XEP-0369 §4.7.4)."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest

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
    verbs_of,
)
from tests.conversations.words import CORE, MUC
from tests.stage import Scene, Service

ADMIN = "urn:xmpp:mix:admin:0"
NODES = "<query xmlns='http://jabber.org/protocol/disco#items' node='mix'/>"
ABOUT = "<query xmlns='http://jabber.org/protocol/disco#info'/>"


def changes(coven: Scene, **fields: str | list[str]) -> None:
    """The owner changes options; underscores stand for spaces."""
    values = {name.replace("_", " "): [text] if isinstance(text, str) else text for name, text in fields.items()}
    granted(coven.owner.phone, publish("config", submit(ADMIN, values)))


def has(coven: Scene, field: str) -> list[str]:
    """What an option is."""
    return form_in(items_of(coven.owner.phone, "config")[0])[field][1]


def listed(coven: Scene, who: str) -> set[str]:
    """The nodes somebody finds."""
    person = coven.service.person(who)
    answer = granted(person.phone, NODES, type="get")
    query = the(answer, "items:query")
    assert query.get("node") == "mix"
    assert {item.get("jid") for item in query} <= {coven.jid}
    return {item.get("node", "").removeprefix(NODE).removeprefix("urn:xmpp:") for item in query}


@pytest.mark.req("MIX-NOD-01", "MIX-NOD-03", "MIX-NOD-06", "MIX-CFG-41")
def test_everybody_finds_the_nodes_they_may_subscribe_to(coven: Scene) -> None:
    """XEP-0369 §6.4: administrators the lists and the map as well, owners the configuration."""
    coven.people("hag66", "wiccarocks", "ariel", joined=["hag66"])
    granted(coven.owner.phone, pubsub(f"<create node='{NODE}allowed'/>"))
    changes(coven, Administrator="{wiccarocks}")
    coven.publishes("allowed", "hag66@shakespeare.example")
    coven.joins(coven.service.person("hag66"), "third witch")
    plain = {"messages", "presence", "participants", "info", "avatar:data", "avatar:metadata"}
    assert listed(coven, "hag66") == plain
    assert listed(coven, "wiccarocks") == plain | {"allowed", "banned", "jidmap"}
    assert listed(coven, "crone1") == plain | {"allowed", "banned", "jidmap", "config"}
    assert listed(coven, "ariel") == set()


@pytest.mark.req("MIX-NOD-02", "MIX-CFG-16", "MIX-CFG-17", "MIX-GEN-10")
@pytest.mark.parametrize(
    ("value", "nodes"),
    [
        ("presence", {"presence"}),
        ("information", {"info"}),
        ("banned", {"banned"}),
        ("avatar", {"avatar:data", "avatar:metadata"}),
    ],
)
def test_a_node_vanishes_and_comes_back(coven: Scene, value: str, nodes: set[str]) -> None:
    """With its subscriptions, which end with a delete event, and its place in discovery."""
    coven.joins(coven.owner, "first witch", [f"urn:xmpp:{n}" if ":" in n else n for n in nodes])
    coven.comes_online(coven.owner.laptop)
    assert nodes <= listed(coven, "crone1")
    before = has(coven, "Nodes Present")
    changes(coven, Nodes_Present=[one for one in before if one != value])
    told = [one for one in coven.owner.laptop.takes() if verbs_of(one) == {"delete"}]
    assert len(told) == len(nodes)
    assert not nodes & listed(coven, "crone1")
    mine = granted(coven.owner.phone, pubsub("<subscriptions/>"), type="get")
    assert not mine.findall("ps:pubsub/ps:subscriptions/ps:subscription", NS)
    features = {one.get("var") for one in the(granted(coven.owner.phone, ABOUT, type="get"), "info:query")}
    assert ("urn:xmpp:mix:presence:0" in features) is (value != "presence")
    changes(coven, Nodes_Present=before)
    assert nodes <= listed(coven, "crone1")


@pytest.mark.req("MIX-CFG-16", "MIX-NOD-07")
def test_some_nodes_always_are(coven: Scene) -> None:
    """Participants, messages, configuration and the map, whatever the option says."""
    changes(coven, Nodes_Present=[])
    assert listed(coven, "crone1") == {"participants", "messages", "config", "jidmap"}


@pytest.mark.req("MIX-CFG-17")
def test_doing_without_bans_lifts_them(coven: Scene) -> None:
    """The banned node took its list along; when it comes back it is empty."""
    macbeth = coven.people("macbeth")
    coven.publishes("banned", macbeth.jid)
    before = has(coven, "Nodes Present")
    changes(coven, Nodes_Present=[one for one in before if one != "banned"])
    granted(macbeth.account, f"<join xmlns='{CORE}'><nick>thane</nick></join>")
    changes(coven, Nodes_Present=before)
    assert items_of(coven.owner.phone, "banned") == []


@pytest.mark.req("MIX-NOD-05")
def test_discovery_without_a_node_is_the_rooms(coven: Scene) -> None:
    """XEP-0408 §2: occupants or nobody, never nodes."""
    coven.people("hag66", "hecate", joined=["hag66"], entered=["hecate"])
    found = granted(coven.owner.phone, "<query xmlns='http://jabber.org/protocol/disco#items'/>", type="get")
    assert all(item.get("node") is None for item in the(found, "items:query"))


@pytest.mark.req("MIX-NOD-10", "MIX-NOD-11")
def test_discovery_of_a_node(coven: Scene) -> None:
    """A leaf, for who may read it; nothing of the channel for who is banned."""
    hag66, ariel, macbeth = coven.people("hag66", "ariel", "macbeth", joined=["hag66"])
    coven.publishes("banned", macbeth.jid)
    asked = f"<query xmlns='http://jabber.org/protocol/disco#items' node='{NODE}participants'/>"
    assert the(granted(hag66.phone, asked, type="get"), "items:query").get("node") == f"{NODE}participants"
    assert refused(ariel.phone, asked, type="get") == ["auth", "forbidden"]
    for question in (asked, NODES, ABOUT):
        assert refused(macbeth.phone, question, type="get") == ["auth", "forbidden"]


@pytest.mark.req("MIX-CFG-07")
@pytest.mark.parametrize("owners", [[], [""], ["mix.shakespeare.example"], ["1#coven@mix.shakespeare.example"]])
def test_a_channel_always_has_an_owner(coven: Scene, owners: list[str]) -> None:
    """Refused whole."""
    before = form_in(items_of(coven.owner.phone, "config")[0])
    wish = publish("config", submit(ADMIN, {"Owner": owners, "Private Messages": ["false"]}))
    assert refused(coven.owner.phone, wish) == ["modify", "not-acceptable"]
    assert form_in(items_of(coven.owner.phone, "config")[0]) == before


@pytest.mark.req("MIX-CFG-37", "MIX-CFG-34")
@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("Open Presence", ["true", "false"]),
        ("User Message Retraction", ["true", "false"]),
        ("Administrator Message Retraction Rights", ["nobody", "admins", "owners"]),
        ("Participation Addition by Invitation from Participant", ["true", "false"]),
        ("Private Messages", ["false", "true"]),
        ("Mandatory Nicks", ["false", "true"]),
        ("JID Visibility", ["jid-mandatory-visible", "jid-optionally-visible", "jid-hidden"]),
    ],
)
def test_options_are_as_they_were_set(coven: Scene, field: str, values: list[str]) -> None:
    """Each value of each; 1 and 0 are understood as well."""
    for value in values:
        granted(coven.owner.phone, publish("config", submit(ADMIN, {field: [value]})))
        assert has(coven, field) == [value]
        if value in ("true", "false"):
            number = {"true": "0", "false": "1"}[value]
            granted(coven.owner.phone, publish("config", submit(ADMIN, {field: [number]})))
            assert has(coven, field) == [{"0": "false", "1": "true"}[number]]


@pytest.mark.req("MIX-CFG-42", "MIX-INF-20")
def test_each_change_has_its_own_id(coven: Scene) -> None:
    """By whomever, however quickly, and later ones sort behind."""
    hecate = coven.people("hecate")
    changes(coven, Owner=[coven.owner.jid, hecate.jid])
    ids = []
    for number in range(6):
        owner = (coven.owner, hecate)[number % 2]
        wish = publish("config", submit(ADMIN, {"Private Messages": [("true", "false")[number % 2]]}))
        ids.append(the(granted(owner.phone, wish), "ps:pubsub/ps:publish/ps:item").get("id", ""))
    assert all(earlier < later for earlier, later in pairwise(ids))


@pytest.mark.req("MIX-CFG-43", "MIX-MUC-11", "MIX-MUC-14")
def test_a_room_is_configured_in_the_same_place(coven: Scene) -> None:
    """XEP-0045 §10: who may see addresses, set in the room, is the mode; subscribers are told the one way they know."""
    coven.joins(coven.owner, "first witch", ["config"])
    coven.comes_online(coven.owner.laptop)
    for whois, mode in (("anyone", "jid-mandatory-visible"), ("moderators", "jid-hidden")):
        form = submit("http://jabber.org/protocol/muc#roomconfig", {"muc#roomconfig_whois": [whois]})
        granted(coven.owner.phone, f"<query xmlns='{MUC}#owner'>{form}</query>")
        told = [one for one in coven.owner.laptop.takes() if verbs_of(one) == {"item"}]
        assert form_in(the(told[0], "event:event/event:items/event:item"))["JID Visibility"][1] == [mode]
        assert has(coven, "JID Visibility") == [mode]
    for mode, whois in (("jid-optionally-visible", "moderators"), ("jid-mandatory-visible", "anyone")):
        changes(coven, JID_Visibility=mode)
        form_now = the(granted(coven.owner.phone, f"<query xmlns='{MUC}#owner'/>", type="get"), "*")
        found = [f for f in form_now.iter("{jabber:x:data}field") if f.get("var") == "muc#roomconfig_whois"]
        assert found[0].findtext("x:value", "", NS) == whois


@pytest.mark.req("MIX-INF-07")
def test_information_shows_the_mode_and_does_not_change_it(coven: Scene) -> None:
    """MIX-DEC-059."""
    granted(
        coven.owner.phone, publish("info", submit(CORE, {"Name": ["x"], "JID Visibility": ["jid-mandatory-visible"]}))
    )
    fields = form_in(items_of(coven.owner.phone, "info")[0])
    assert (fields["Name"][1], fields["JID Visibility"][1]) == (["x"], ["jid-hidden"])


@pytest.mark.req("MIX-INF-17", "MIX-MUC-12")
def test_name_and_description_are_shown_everywhere(coven: Scene) -> None:
    """In discovery, in the list of channels, in the room's form; the room's subject is none of them."""
    hag66 = coven.people("hag66", entered=["hag66"])
    coven.publishes_info(("Name", "Coven"), ("Description", "Not far from the heath"), ("Contact", "{crone1}"))
    coven.service.eavesdropper.excuses(hag66, coven.owner)
    changing = submit("http://jabber.org/protocol/muc#roomconfig", {"muc#roomconfig_changesubject": ["1"]})
    granted(coven.owner.phone, f"<query xmlns='{MUC}#owner'>{changing}</query>")
    hag66.phone.sends("<message type='groupchat' id='s1' to='{coven}'><subject>Toil and trouble</subject></message>")
    about = granted(hag66.phone, ABOUT, type="get")
    assert {one.get("name") for one in about.findall("info:query/info:identity", NS)} == {"Coven"}
    assert "Not far from the heath" in list(about.itertext())
    found = granted(hag66.phone, "<query xmlns='http://jabber.org/protocol/disco#items'/>", to="{service}", type="get")
    assert the(found, "items:query/items:item").get("name") == "Coven"
    assert form_in(items_of(coven.owner.phone, "info")[0])["Name"][1] == ["Coven"]


@pytest.mark.req("MIX-CHI-07")
def test_every_pubsub_feature_that_is_said_works(coven: Scene) -> None:
    """One request for each; identity stays that of a conference."""
    about = granted(coven.owner.phone, ABOUT, type="get")
    prefix = "http://jabber.org/protocol/pubsub#"
    features = {
        str(one.get("var")).removeprefix(prefix) for one in the(about, "info:query") if prefix in one.get("var", "")
    }
    works = {
        "create-nodes": ("set", pubsub(f"<create node='{NODE}allowed'/>")),
        "publish": ("set", pubsub(f"<publish node='{NODE}allowed'><item id='x.example'/></publish>")),
        "item-ids": ("get", pubsub(f"<items node='{NODE}allowed'><item id='x.example'/></items>")),
        "retrieve-items": ("get", pubsub(f"<items node='{NODE}allowed'/>")),
        "rsm": (
            "get",
            pubsub(f"<items node='{NODE}allowed'/><set xmlns='http://jabber.org/protocol/rsm'><max>1</max></set>"),
        ),
        "retract-items": ("set", pubsub(f"<retract node='{NODE}allowed'><item id='x.example'/></retract>")),
        "subscribe": ("set", pubsub(f"<subscribe node='{NODE}info' jid='{{crone1}}'/>")),
        "retrieve-subscriptions": ("get", pubsub("<subscriptions/>")),
        "retrieve-affiliations": ("get", pubsub("<affiliations/>")),
        "purge-nodes": ("set", pubsub(f"<purge node='{NODE}allowed'/>", owner=True)),
        "delete-nodes": ("set", pubsub(f"<delete node='{NODE}allowed'/>", owner=True)),
    }
    assert features == works.keys()
    for kind, wish in works.values():
        granted(coven.owner.phone, wish, type=kind)
    categories = {one.get("category") for one in about.findall("info:query/info:identity", NS)}
    assert categories == {"conference"}


@pytest.mark.req("MIX-CFG-12")
def test_the_archive_of_configurations_is_asked_for_by_who_may_read_them(coven: Scene) -> None:
    """What is kept of them, if anything, is the owners' to see."""
    hag66 = coven.people("hag66", joined=["hag66"])
    asked = f"<query xmlns='urn:xmpp:mam:2' node='{NODE}config'/>"
    assert ask(coven.owner.phone, asked).get("type") == "result"
    assert refused(hag66.phone, asked) == ["auth", "forbidden"]


@pytest.mark.req("MIX-SVC-18")
@pytest.mark.parametrize("contact", [(), ("xmpp:crone1@shakespeare.example", "mailto:witches@shakespeare.example")])
def test_who_runs_the_service_is_reached(services: Callable[..., Service], contact: tuple[str, ...]) -> None:
    """XEP-0157: by the addresses of the settings, where there are any."""
    service = services(contact=contact)
    hag66, crone1 = service.person("hag66"), service.person("crone1")
    service.eavesdropper.excuses(hag66, crone1)
    query = the(granted(hag66.phone, ABOUT, to="{service}", type="get"), "info:query")
    forms = query.findall("x:x", NS)
    assert len(forms) == bool(contact)
    if contact:
        fields = form_in(query)
        assert fields["FORM_TYPE"][1] == ["http://jabber.org/network/serverinfo"]
        assert fields["admin-addresses"] == ("list-multi", list(contact))
