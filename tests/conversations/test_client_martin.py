"""Siskin and Beagle, by what Martin sends: a join through the server, the archive, then everything by pubsub."""

from __future__ import annotations

import pytest

from tests.conversations.questions import NODE, NS, form_in, granted, items_of, pubsub, refused, submit, the, verbs_of
from tests.conversations.words import CORE
from tests.stage import Person, Scene

NODES = (f"{NODE}messages", f"{NODE}participants", f"{NODE}info", "urn:xmpp:avatar:metadata")
LAST_100 = (
    f"<query xmlns='urn:xmpp:mam:2' node='{NODE}messages' queryid='m1'>"
    "<set xmlns='http://jabber.org/protocol/rsm'><max>100</max><before/></set></query>"
)


def wish(nick: str) -> str:
    """What Martin joins with."""
    nodes = "".join(f"<subscribe node='{node}'/>" for node in NODES)
    return f"<join xmlns='{CORE}'>{nodes}<nick>{nick}</nick></join>"


def affiliations(who: Person) -> dict[str, str]:
    """What somebody may do with each node."""
    answer = granted(who.phone, pubsub("<affiliations/>"), type="get")
    found = answer.findall("ps:pubsub/ps:affiliations/ps:affiliation", NS)
    return {one.get("node", "").removeprefix(NODE): one.get("affiliation", "") for one in found}


@pytest.mark.parametrize("way", ["account", "phone"])
def test_a_join_and_all_that_follows_it(coven: Scene, way: str) -> None:
    """By the server, or directly where it knows no PAM; then archive, presence, participants, info, affiliations."""
    hecate, hag66 = coven.people("hecate", "hag66", joined=["hecate"])
    hecate.phone.sends("<message type='groupchat' id='h1' to='{coven}'><body>hail</body></message>")
    answer = granted(getattr(hag66, way), wish("third witch"))
    joined = the(answer, "mix:join")
    assert joined.get("id")
    assert joined.get("jid") == f"{joined.get('id')}#{coven.jid}"
    assert {node.get("node") for node in joined.findall("mix:subscribe", NS)} >= set(NODES[:3])
    coven.service.everybody_forgets()

    granted(hag66.phone, LAST_100)
    (found,) = hag66.phone.takes()
    assert the(found, "mam:result").get("queryid") == "m1"
    assert the(found, "mam:result/fwd:forwarded/c:message/c:body").text == "hail"

    hag66.account.sends("<presence type='subscribed' to='{coven}'/>")
    hag66.account.sends("<presence type='subscribe' to='{coven}'/>")
    hag66.account.receives("<presence type='subscribed' from='{coven}'/>")
    coven.is_silent()

    people = {
        the(item, "mix:participant/mix:nick").text: item.get("id") for item in items_of(hag66.phone, "participants")
    }
    assert people.keys() == {"moon", "third witch"}
    assert people["third witch"] == joined.get("id")
    assert len(items_of(hag66.phone, "info")) == 1
    mine = affiliations(hag66)
    assert mine["info"] == "member"
    assert "config" not in mine
    answer = granted(hag66.phone, pubsub("<items node='urn:xmpp:avatar:metadata'/>"), type="get")
    assert answer.findall("ps:pubsub/ps:items/ps:item", NS) == []


@pytest.mark.req("MIX-ROL-11", "MIX-PUB-12")
def test_affiliations_say_what_may_be_edited(coven: Scene) -> None:
    """Owner, publisher where one may publish, member where one may read; who is banned is an outcast."""
    hag66, hecate, macbeth = coven.people("hag66", "hecate", "macbeth", joined=["hag66", "hecate", "macbeth"])
    admins = {"Administrator": ["{hecate}"]}
    granted(coven.owner.phone, pubsub(f"<publish node='{NODE}config'><item>{_config(admins)}</item></publish>"))
    coven.publishes("banned", macbeth.jid)
    assert set(affiliations(coven.owner).values()) == {"owner"}
    assert (affiliations(hag66)["messages"], affiliations(hag66)["info"]) == ("publisher", "member")
    assert {name for name, role in affiliations(hecate).items() if role == "publisher"} >= {
        "info",
        "banned",
        "messages",
    }
    assert set(affiliations(macbeth).values()) <= {"outcast"}
    one = granted(hecate.phone, pubsub(f"<affiliations node='{NODE}info'/>"), type="get")
    assert [each.get("node") for each in one.iter("{http://jabber.org/protocol/pubsub}affiliation")] == [f"{NODE}info"]


def _config(fields: dict[str, list[str]], form_type: str = "urn:xmpp:mix:admin:0") -> str:
    return submit(form_type, fields)


@pytest.mark.req("MIX-ACL-16", "MIX-ACL-17", "MIX-CFG-17")
def test_a_channel_is_made_private_and_public_again(coven: Scene) -> None:
    """By creating the allowed node with oneself in it, and by deleting it; the configuration says the same."""
    hag66 = coven.people("hag66")
    owner = coven.owner.phone
    coven.joins(coven.owner, "first witch", ["info"])
    coven.comes_online(owner)
    assert (
        refused(owner, pubsub(f"<publish node='{NODE}allowed'><item id='{{crone1}}'/></publish>"))[1]
        == "item-not-found"
    )
    granted(owner, pubsub(f"<create node='{NODE}allowed'/>"))
    assert refused(owner, pubsub(f"<create node='{NODE}allowed'/>"))[1] == "conflict"
    granted(owner, pubsub(f"<publish node='{NODE}allowed'><item id='{{crone1}}'/></publish>"))
    assert "allowed" in form_in(items_of(owner, "config")[0])["Nodes Present"][1]
    assert refused(hag66.account, wish("third witch")) == ["cancel", "not-allowed", "closed-node"]
    granted(owner, f"<update-subscription xmlns='{CORE}'><subscribe node='{NODE}allowed'/></update-subscription>")
    coven.service.everybody_forgets()
    granted(owner, pubsub(f"<delete node='{NODE}allowed'/>", owner=True))
    assert {"delete"} in [verbs_of(stanza) for stanza in coven.owner.takes()]
    assert "allowed" not in form_in(items_of(owner, "config")[0])["Nodes Present"][1]
    assert refused(owner, pubsub(f"<items node='{NODE}allowed'/>"), type="get")[1] == "item-not-found"
    granted(hag66.account, wish("third witch"))


def test_bans_after_the_banned_node_was_not_there(coven: Scene) -> None:
    """Martin makes it when it gets item-not-found, and publishes again."""
    owner = coven.owner.phone
    coven.people("macbeth")
    granted(owner, pubsub(f"<delete node='{NODE}banned'/>", owner=True))
    ban = pubsub(f"<publish node='{NODE}banned'><item id='{{macbeth}}'/></publish>")
    assert refused(owner, ban)[1] == "item-not-found"
    granted(owner, pubsub(f"<create node='{NODE}banned'/>"))
    granted(owner, ban)
    assert [item.get("id") for item in items_of(owner, "banned")] == ["macbeth@shakespeare.example"]


@pytest.mark.parametrize(("node", "form_type", "field"), [("config", CORE, "Private Messages"), ("info", CORE, "Name")])
def test_forms_come_without_an_item_id_and_the_answer_needs_one(
    coven: Scene, node: str, form_type: str, field: str
) -> None:
    """Its typed configuration has the FORM_TYPE of the core; information comes as a form or a result."""
    owner = coven.owner.phone
    for kind in ("submit", "form", "result"):
        form = submit(form_type, {field: ["true"]}, type=kind)
        answer = granted(owner, pubsub(f"<publish node='{NODE}{node}'><item>{form}</item></publish>"))
        assert the(answer, "ps:pubsub/ps:publish/ps:item").get("id")
        assert form_in(items_of(owner, node)[0])[field][1] == ["true"]


@pytest.mark.parametrize(("said", "meant"), [("admin", "admins"), ("owner", "owners"), ("onwers", "owners")])
def test_circles_are_understood_however_they_are_spelled(coven: Scene, said: str, meant: str) -> None:
    """MIX-DEC-065: the standard word comes back."""
    owner, field = coven.owner.phone, "Information Node Update Rights"
    granted(owner, pubsub(f"<publish node='{NODE}config'><item>{_config({field: [said]})}</item></publish>"))
    assert form_in(items_of(owner, "config")[0])[field][1] == [meant]
