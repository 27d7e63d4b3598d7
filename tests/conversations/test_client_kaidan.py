"""Kaidan, by what QXmpp sends and needs to get: it never times out, and crashes on an empty `<items/>`."""

from __future__ import annotations

from xml.etree.ElementTree import Element

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
from tests.conversations.words import CORE, LEAVE, LEFT
from tests.stage import Person, Scene

ALL_NODES = (
    "allowed",
    "banned",
    "config",
    "info",
    "jidmap",
    "messages",
    "participants",
    "presence",
)
AVATARS = ("urn:xmpp:avatar:data", "urn:xmpp:avatar:metadata")
ADMIN, INFO = "urn:xmpp:mix:admin:0", "urn:xmpp:mix:core:1"


def join_by_server(person: Person, nick: str) -> Element:
    """client-join with all ten nodes, as the user's server forwards it."""
    nodes = "".join(f"<subscribe node='{node}'/>" for node in (*(NODE + name for name in ALL_NODES), *AVATARS))
    return granted(person.account, f"<join xmlns='{CORE}'>{nodes}<nick>{nick}</nick></join>", id="rr-17-62")


def subscribed(answer: Element) -> set[str]:
    """The nodes a join says one is subscribed to, by their last word."""
    return {node.get("node", "").removeprefix(NODE) for node in answer.findall("mix:join/mix:subscribe", NS)}


def test_the_service_is_found(coven: Scene) -> None:
    """disco#info: identity conference/mix and flags for search and creation; disco#items: the channels."""
    hag66 = coven.people("hag66")
    about = granted(hag66.phone, "<query xmlns='http://jabber.org/protocol/disco#info'/>", to="{service}", type="get")
    assert about.find("info:query/info:identity[@category='conference'][@type='mix']", NS) is not None
    features = {feature.get("var") for feature in about.findall("info:query/info:feature", NS)}
    assert {CORE, f"{CORE}#searchable", f"{CORE}#create-channel"} <= features
    found = granted(hag66.phone, "<query xmlns='http://jabber.org/protocol/disco#items'/>", to="{service}", type="get")
    assert [item.get("jid") for item in found.findall("items:query/items:item", NS)] == [coven.jid]
    nodes = granted(hag66.phone, "<query xmlns='http://jabber.org/protocol/disco#items' node='mix'/>", type="get")
    assert the(nodes, "items:query").get("node") == "mix"
    assert {item.get("jid") for item in nodes.findall("items:query/items:item", NS)} <= {coven.jid}


@pytest.mark.parametrize("channel", ["", " channel='heath'"])
def test_a_channel_is_made_with_a_name_or_without(coven: Scene, channel: str) -> None:
    """The answer names it, since Kaidan cannot know the name of one made ad hoc."""
    hag66 = coven.people("hag66")
    answer = granted(hag66.phone, f"<create xmlns='{CORE}'{channel}/>", to="{service}")
    name = the(answer, "mix:create").get("channel")
    assert name if not channel else name == "heath"


def test_all_ten_nodes_are_asked_for_and_what_is_permitted_is_given(coven: Scene) -> None:
    """The join never fails for the rest: owners get what plain people do not."""
    hag66 = coven.people("hag66")
    plain = subscribed(join_by_server(hag66, "third witch"))
    assert {"messages", "participants", "presence", "info"} <= plain
    assert not plain & {"jidmap", "allowed", "banned"}
    owner = subscribed(join_by_server(coven.owner, "first witch"))
    assert owner >= plain | {"jidmap", "config"}
    assert subscribed(join_by_server(hag66, "third witch")) == plain


def test_what_is_changed_is_said_back(coven: Scene) -> None:
    """The nick as it is now; the subscriptions that changed."""
    hag66 = coven.people("hag66", joined=["hag66"])
    nick = granted(hag66.phone, f"<setnick xmlns='{CORE}'><nick>old witch</nick></setnick>")
    assert nick.findtext("mix:setnick/mix:nick", "", NS) == "old witch"
    change = granted(
        hag66.phone,
        f"<update-subscription xmlns='{CORE}'><unsubscribe node='{NODE}info'/></update-subscription>",
    )
    assert [one.get("node") for one in change.findall("mix:update-subscription/mix:unsubscribe", NS)] == [NODE + "info"]


def test_a_reflection_says_who_speaks(coven: Scene) -> None:
    """From channel/id, with nick and origin-id: else there is no sender, or two copies."""
    hag66, hecate = coven.people("hag66", "hecate", joined=["hag66", "hecate"])
    hag66.phone.sends(
        "<message type='groupchat' id='QXmpp7' to='{coven}'><body>hail</body>"
        "<origin-id xmlns='urn:xmpp:sid:0' id='QXmpp7'/></message>"
    )
    for listener in (hag66, hecate):
        (copy,) = (one for one in listener.takes() if one.find("c:body", NS) is not None)
        assert copy.get("from") == f"{coven.jid}/{hag66.id}"
        assert copy.findtext("mix:mix/mix:nick", "", NS) == "thirdwitch"
        assert the(copy, "sid:origin-id").get("id") == "QXmpp7"
        assert the(copy, "sid:stanza-id").get("by") == coven.jid


@pytest.mark.req("MIX-INF-01", "MIX-INF-03", "MIX-INF-09", "MIX-INF-15", "MIX-CFG-01")
@pytest.mark.parametrize(("node", "form_type"), [("info", INFO), ("config", ADMIN)])
def test_there_is_always_exactly_one_item_with_a_typed_form(coven: Scene, node: str, form_type: str) -> None:
    """An empty `<items/>` crashes QXmpp; of a field without a type it reads the first value only."""
    for _ in range(2):
        (item,) = items_of(coven.owner.phone, node)
        form = item.find("x:x", NS)
        assert form is not None
        assert form.get("type") == "result"
        fields = form_in(item)
        assert fields["FORM_TYPE"] == ("hidden", [form_type])
        assert all(type for type, _ in fields.values())
        if node == "config":
            assert {name for name, (type, _) in fields.items() if type == "jid-multi"} >= {"Owner", "Administrator"}
            assert fields["Nodes Present"][0] == "list-multi"
            granted(coven.owner.phone, publish("config", submit(ADMIN, {"Private Messages": ["true"]})))
        else:
            assert fields["Contact"][0] == "jid-multi"
            granted(coven.owner.phone, publish("info", submit(INFO, {"Name": ["Coven"]})))


@pytest.mark.req("MIX-CFG-05", "MIX-CFG-09", "MIX-CFG-13", "MIX-CFG-14")
def test_a_configuration_is_sent_back_whole_with_its_old_id(coven: Scene) -> None:
    """Emptied lists are left out, booleans are `true` and `false`; nothing that was not changed is lost."""
    coven.people("hag66", "hecate")
    owner = coven.owner.phone
    granted(
        owner,
        publish("config", submit(ADMIN, {"Owner": ["{crone1}", "{hag66}"], "Administrator": ["{hecate}"]})),
    )
    (item,) = items_of(owner, "config")
    before = form_in(item)
    assert sorted(before["Owner"][1]) == sorted([coven.owner.jid, "hag66@shakespeare.example"])
    back = {name: values for name, (_, values) in before.items() if name != "FORM_TYPE" and values}
    back["Private Messages"] = ["false"]
    answer = granted(owner, publish("config", submit(ADMIN, back), id=item.get("id", "")))
    new = answer.find("ps:pubsub/ps:publish/ps:item", NS)
    assert new is not None
    assert new.get("id", "") > item.get("id", "")
    (item,) = items_of(owner, "config")
    after = form_in(item)
    assert after.pop("Private Messages")[1] == ["false"]
    assert {k: v for k, v in after.items() if k != "Last Change Made By"} == {
        k: v for k, v in before.items() if k not in ("Private Messages", "Last Change Made By")
    }


@pytest.mark.req("MIX-INF-04", "MIX-INF-05", "MIX-INF-06", "MIX-INF-10", "MIX-INF-11", "MIX-INF-19", "MIX-INF-20")
def test_information_is_edited(coven: Scene) -> None:
    """Name, description, contacts; what is not named stays; every change has a later id."""
    owner = coven.owner.phone
    coven.people("hecate")
    ids = []
    for fields in (
        {"Name": ["Witches' Coven"], "Description": ["A location not far from the blasted heath"]},
        {"Contact": ["{crone1}", "{hecate}"]},
        {"Name": ["Coven"]},
    ):
        answer = granted(owner, publish("info", submit(INFO, fields), id="mine"))
        ids.append(the(answer, "ps:pubsub/ps:publish/ps:item").get("id", ""))
    assert ids == sorted(set(ids))
    (item,) = items_of(owner, "info")
    assert item.get("id") == ids[-1]
    assert ids[-1].endswith("Z")
    fields = {name: values for name, (_, values) in form_in(item).items()}
    assert (fields["Name"], fields["Description"]) == (["Coven"], ["A location not far from the blasted heath"])
    assert fields["Contact"] == [coven.owner.jid, "hecate@shakespeare.example"]


def test_people_are_banned_and_let_in_by_the_nodes(coven: Scene) -> None:
    """Nodes Present first, when the list is missing; then publish, retract, purge; no event says two things."""
    hecate = coven.people("hecate")
    coven.people("hag66", "macbeth")
    owner = coven.owner.phone
    join_by_server(coven.owner, "first witch")
    coven.comes_online(owner)
    present = [v for v in form_in(items_of(owner, "config")[0])["Nodes Present"][1] if v not in ("banned", "allowed")]
    granted(owner, publish("config", submit(ADMIN, {"Nodes Present": present})))
    assert refused(owner, pubsub(f"<items node='{NODE}banned'/>"), type="get")[1] == "item-not-found"
    granted(owner, publish("config", submit(ADMIN, {"Nodes Present": [*present, "banned", "allowed"]})))
    for node in ("allowed", "banned"):
        granted(owner, f"<update-subscription xmlns='{CORE}'><subscribe node='{NODE}{node}'/></update-subscription>")
    coven.service.everybody_forgets()
    for jid in ("{hecate}", "macbeth.example"):
        granted(owner, pubsub(f"<publish node='{NODE}banned'><item id='{jid}'/></publish>"))
    assert [item.get("id") for item in items_of(owner, "banned")] == ["hecate@shakespeare.example", "macbeth.example"]
    refusal = refused(hecate.account, f"<join xmlns='{CORE}'><nick>moon</nick></join>")
    assert refusal[:2] == ["auth", "forbidden"]
    granted(owner, pubsub(f"<retract node='{NODE}banned' notify='true'><item id='macbeth.example'/></retract>"))
    granted(owner, pubsub(f"<publish node='{NODE}allowed'><item id='{{hecate}}'/></publish>"))
    granted(owner, pubsub(f"<publish node='{NODE}allowed'><item id='{{hag66}}'/></publish>"))
    granted(owner, pubsub(f"<purge node='{NODE}allowed'/>", owner=True))
    assert items_of(owner, "allowed") == []
    said = [verbs_of(stanza) for stanza in coven.owner.takes()]
    assert all(len(verbs) <= 1 for verbs in said)
    assert [verbs for verbs in said if verbs] == [{"item"}, {"item"}, {"retract"}, {"item"}, {"item"}, {"purge"}]


def test_history_is_read_with_and_without_a_node(coven: Scene) -> None:
    """The forwarded message is in `jabber:client`, or it is no message for QXmpp."""
    hag66 = coven.people("hag66", joined=["hag66"])
    for text in ("hail", "hail to thee"):
        hag66.phone.sends(f"<message type='groupchat' id='{len(text)}' to='{{coven}}'><body>{text}</body></message>")
    for node in ("", f" node='{NODE}messages'"):
        hag66.forgets()
        fin = granted(hag66.phone, f"<query xmlns='urn:xmpp:mam:2' queryid='q'{node}/>")
        assert fin.find("mam:fin", NS) is not None
        results = [one.find("mam:result/fwd:forwarded/c:message", NS) for one in hag66.phone.takes()]
        assert [one.findtext("c:body", "", NS) for one in results if one is not None] == ["hail", "hail to thee"]


def test_a_channel_is_destroyed_and_then_left(coven: Scene) -> None:
    """The end is known by the deletion of the participants node; the leave that follows is granted all the same."""
    hag66 = coven.people("hag66", joined=["hag66"])
    join_by_server(coven.owner, "first witch")
    coven.service.everybody_forgets()
    granted(coven.owner.phone, f"<destroy xmlns='{CORE}' channel='coven'/>", to="{service}")
    told = hag66.account.takes()
    assert verbs_of(told[-1]) == {"delete"}
    assert the(told[-1], "event:event/event:delete").get("node") == f"{NODE}participants"
    coven.owner.account.sends(LEAVE)
    coven.owner.account.receives(LEFT)


@pytest.mark.parametrize(
    "wish",
    [
        "<nonsense xmlns='urn:x-nonsense'/>",
        "<annotate xmlns='urn:xmpp:mix:roster:0'/>",
        pubsub(f"<publish node='{NODE}nonsense'><item/></publish>"),
        pubsub(f"<items node='{NODE}nonsense'/>"),
        "<query xmlns='jabber:iq:roster'/>",
    ],
)
@pytest.mark.parametrize("type", ["get", "set"])
@pytest.mark.parametrize("to", ["{service}", "{coven}", "nowhere@{service}"])
def test_no_request_stays_without_an_answer(coven: Scene, wish: str, type: str, to: str) -> None:
    """QXmpp waits for ever."""
    hag66 = coven.people("hag66")
    assert ask(hag66.phone, wish, to=to, type=type).get("type") == "error"
