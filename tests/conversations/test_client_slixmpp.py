"""slixmpp 1.17: nested subscriptions, forms without fields, destruction without a name, and dates it insists on."""

from __future__ import annotations

import pytest
from slixmpp.plugins.xep_0082 import parse

from tests.conversations.questions import NODE, NS, form_in, granted, items_of, refused, the
from tests.conversations.words import CORE
from tests.stage import Scene

NESTED = (
    "".join(f"<subscribe node='{NODE}{name}'>" for name in ("messages", "participants", "info")) + "</subscribe>" * 3
)


@pytest.mark.parametrize("way", ["account", "phone"])
def test_a_nested_join_is_one_for_all_nodes(coven: Scene, way: str) -> None:
    """COMPAT: it appends each subscription to the one before."""
    hag66 = coven.people("hag66")
    answer = granted(getattr(hag66, way), f"<join xmlns='{CORE}'>{NESTED}<nick>third witch</nick></join>")
    joined = the(answer, "mix:join")
    assert [node.get("node", "").removeprefix(NODE) for node in joined.findall("mix:subscribe", NS)] == [
        "messages",
        "participants",
        "info",
    ]
    assert the(joined, "mix:nick").text == "third witch"


def test_preferences_without_fields_change_nothing(coven: Scene) -> None:
    """The form is empty and of type form; the answer has all preferences as they are (MIX-DEC-095)."""
    hag66 = coven.people("hag66")
    coven.joins(hag66, "third witch", preferences={"JID Visibility": "never"})
    asked = "<user-preference xmlns='urn:xmpp:mix:anon:0'><x xmlns='jabber:x:data' type='form'/></user-preference>"
    answer = granted(hag66.phone, asked)
    fields = form_in(the(answer, "anon:user-preference"))
    assert fields["JID Visibility"][1] == ["never"]
    assert len(fields) > 3


def test_a_channel_destroyed_without_a_name_is_none(coven: Scene) -> None:
    """`destroy_channel` says nothing: that is refused, and the channel stands."""
    coven.owner.phone.sends("<iq type='set' id='d1' to='{service}'/>")
    coven.owner.phone.receives("<iq type='error' id='d1' from='{service}'>…</iq>")
    assert refused(coven.owner.phone, f"<destroy xmlns='{CORE}'/>", to="{service}")[1] == "bad-request"
    assert len(items_of(coven.owner.phone, "info")) == 1


@pytest.mark.req("MIX-INF-02")
def test_the_id_of_information_is_a_date_with_a_zone(coven: Scene) -> None:
    """It is parsed by XEP-0082, and without a zone that fails."""
    (item,) = items_of(coven.owner.phone, "info")
    when = parse(item.get("id", ""))
    assert when.utcoffset() is not None
    assert when == coven.channel.info_at


def test_the_list_of_channels_and_of_nodes(coven: Scene) -> None:
    """disco#items of the service, and of the channel with `node='mix'`."""
    hag66 = coven.people("hag66", joined=["hag66"])
    listed = granted(hag66.phone, "<query xmlns='http://jabber.org/protocol/disco#items'/>", to="{service}", type="get")
    assert [item.get("jid") for item in listed.findall("items:query/items:item", NS)] == [coven.jid]
    nodes = granted(hag66.phone, "<query xmlns='http://jabber.org/protocol/disco#items' node='mix'/>", type="get")
    assert f"{NODE}participants" in {item.get("node") for item in nodes.findall("items:query/items:item", NS)}


def test_the_jidmap_is_no_discovery(coven: Scene) -> None:
    """Its helper asks disco#items for the map: no addresses, and nothing breaks (MIX-DEC-094)."""
    coven.people("hag66", joined=["hag66"])
    asked = f"<query xmlns='http://jabber.org/protocol/disco#items' node='{NODE}jidmap'/>"
    answer = granted(coven.owner.phone, asked, type="get")
    assert answer.findall("items:query/items:item", NS) == []
