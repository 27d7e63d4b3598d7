"""Nodes that come and go: by the configuration, or by pubsub (XEP-0406 §2.4, XEP-0060 §8)."""

from __future__ import annotations

import pytest

from tests.conversations.words import (
    EVENT,
    ITEMS,
    PUBSUB,
    ask_items,
    configure,
    event,
    failed,
    items,
    join,
    joined,
    retracted,
    says,
)
from tests.stage import Scene
from tests.stage.scene import node

OWNER = f"{PUBSUB}#owner"
ALL = ("participants", "presence", "information", "allowed", "banned", "jidmap-visible", "avatar")
AVATARS = ("urn:xmpp:avatar:data", "urn:xmpp:avatar:metadata")


def create(name: str, id: str = "n1") -> str:
    """Make a node."""
    return f"<iq type='set' id='{id}'><pubsub xmlns='{PUBSUB}'><create node='{node(name)}'/></pubsub></iq>"


def delete(name: str, id: str = "n1") -> str:
    """Do away with a node."""
    return f"<iq type='set' id='{id}'><pubsub xmlns='{OWNER}'><delete node='{node(name)}'/></pubsub></iq>"


def publish(name: str, item: str, id: str = "n1") -> str:
    """Put somebody on a list."""
    return (
        f"<iq type='set' id='{id}'><pubsub xmlns='{PUBSUB}'><publish node='{node(name)}'>"
        f"<item id='{item}'/></publish></pubsub></iq>"
    )


def purge(name: str, id: str = "n1") -> str:
    """Empty a list."""
    return f"<iq type='set' id='{id}'><pubsub xmlns='{OWNER}'><purge node='{node(name)}'/></pubsub></iq>"


def deleted(name: str) -> str:
    """The notification that there is no such node any more."""
    return (
        f"<message type='headline' from='{{coven}}' id='*'><event xmlns='{EVENT}'>"
        f"<delete node='{node(name)}'/></event></message>"
    )


def purged(name: str) -> str:
    """The notification that a node is empty."""
    return (
        f"<message type='headline' from='{{coven}}' id='*'><event xmlns='{EVENT}'>"
        f"<purge node='{node(name)}'/></event></message>"
    )


DONE = "<iq type='result' id='n1' from='{coven}'/>"


def configures(coven: Scene, *names: str) -> None:
    """The owner says which nodes there are."""
    coven.owner.sends(configure(*[("Nodes Present", name) for name in names]))
    coven.owner.receives("<iq type='result' id='c1' from='{coven}'>…</iq>")


def nodes_of(coven: Scene) -> set[str]:
    """The nodes the owner finds."""
    coven.owner.forgets()
    coven.owner.sends(f"<iq type='get' id='d1'><query xmlns='{ITEMS}' node='mix'/></iq>")
    (answer,) = coven.owner.takes()
    return {item.get("node", "") for item in answer.iter(f"{{{ITEMS}}}item")}


@pytest.mark.req("MIX-CFG-16", "MIX-CFG-18", "MIX-NOD-02", "MIX-NOD-07", "MIX-AVA-01")
@pytest.mark.parametrize("name", ALL)
def test_nodes_come_and_go_by_the_configuration(coven: Scene, name: str) -> None:
    """XEP-0406 §2.4: participants, messages, config and jidmap stay whatever is said; avatar stands for two."""
    changed = {
        "information": {node("info")},
        "avatar": set(AVATARS),
        "participants": set(),
        "jidmap-visible": set(),
    }.get(name, {node(name)})
    configures(coven, *ALL)
    everything = nodes_of(coven)
    configures(coven, *(other for other in ALL if other != name))
    assert nodes_of(coven) == everything - changed
    configures(coven, *ALL)
    assert nodes_of(coven) == everything
    assert everything >= {node(always) for always in ("participants", "messages", "config", "jidmap")}


@pytest.mark.req("MIX-CFG-17", "MIX-NOD-02")
@pytest.mark.parametrize("by_pubsub", [False, True], ids=["configured", "deleted"])
def test_a_node_that_goes_ends_its_subscriptions(coven: Scene, *, by_pubsub: bool) -> None:
    """XEP-0060 §8.4: a delete event, and then silence, also after the node is back."""
    hag66 = coven.people("hag66", joined=["hag66"])
    if by_pubsub:
        coven.owner.sends(delete("info"))
        coven.owner.receives(DONE)
    else:
        configures(coven, "participants", "presence", "banned", "avatar")
    hag66.receives(deleted("info"))
    hag66.receives_nothing()
    hag66.account.sends(ask_items("info"))
    hag66.account.receives(failed("i1", "cancel", "item-not-found", "…"))
    coven.owner.sends(create("info"))
    coven.owner.receives(DONE)
    coven.publishes_info(("Name", "The heath"))
    coven.is_silent()


@pytest.mark.req("MIX-CFG-17", "MIX-ACL-02", "MIX-ACL-03", "MIX-ACL-16")
def test_the_allowed_node_closes_and_opens_the_channel(coven: Scene) -> None:
    """XEP-0406 §2.2: there but empty it admits nobody; what was on it goes with it."""
    crone1, hag66 = coven.people("crone1", "hag66")
    coven.joins(crone1, "first witch", ["allowed", "config"])
    coven.owner.forgets()
    coven.owner.sends(create("allowed"))
    coven.owner.receives(event("config", "<item id='*'>…</item>"), DONE)
    hag66.account.sends(join("third witch"))
    hag66.account.receives(failed("j1", "cancel", "not-allowed", "…"))
    coven.owner.sends(publish("allowed", "{hag66}"))
    coven.owner.forgets()
    coven.owner.sends(delete("allowed"))
    coven.owner.receives(DONE)
    hag66.account.sends(join("third witch"))
    hag66.account.receives(joined("hag66", "third witch"))
    coven.owner.sends(create("allowed"))
    coven.owner.forgets()
    coven.owner.sends(ask_items("allowed"))
    coven.owner.receives(items("allowed"))


@pytest.mark.req("MIX-CFG-17", "MIX-ACL-16")
@pytest.mark.parametrize("by_pubsub", [False, True], ids=["configured", "deleted"])
def test_bans_go_with_their_node(coven: Scene, *, by_pubsub: bool) -> None:
    """XEP-0406 §2.3: there is no ban that nobody can see."""
    crone1, hag66 = coven.people("crone1", "hag66")
    coven.joins(crone1, "first witch", ["banned"])
    coven.publishes("banned", "{hag66}")
    hag66.account.sends(join("third witch"))
    hag66.account.receives(failed("j1", "auth", "forbidden", "…"))
    coven.owner.forgets()
    if by_pubsub:
        coven.owner.sends(delete("banned"))
    else:
        coven.owner.sends(configure(("Nodes Present", "information"), ("Nodes Present", "presence")))
    coven.owner.receives(deleted("banned"))
    hag66.account.sends(join("third witch"))
    hag66.account.receives(joined("hag66", "third witch"))
    coven.owner.sends(create("banned"))
    coven.owner.forgets()
    coven.owner.sends(ask_items("banned"))
    coven.owner.receives(items("banned"))


@pytest.mark.req("MIX-ACL-11")
def test_who_is_not_on_the_list_goes(coven: Scene) -> None:
    """XEP-0406 §2.2: when the node comes, and when an entry goes; owners and administrators stay."""
    _, hag66, hecate = coven.people("crone1", "hag66", "hecate", joined=["crone1", "hag66", "hecate"])
    coven.owner.sends(configure(("Administrator", "{hecate}")))
    coven.service.everybody_forgets()
    coven.owner.sends(create("allowed"))
    hag66.receives(event("participants", retracted("hag66")))
    hecate.receives(event("participants", retracted("hag66")))
    coven.publishes("allowed", "{hag66}")
    coven.joins(hag66, "third witch")
    hecate.account.sends(
        f"<iq type='set' id='r1'><pubsub xmlns='{PUBSUB}'><retract node='{node('allowed')}'>"
        "<item id='{hag66}'/></retract></pubsub></iq>"
    )
    hag66.receives(event("participants", retracted("hag66")))
    hecate.account.receives("<iq type='result' id='r1' from='{coven}'/>")
    hecate.sends(says("still here"))
    hecate.receives("<message type='groupchat' from='*' id='*'><body>still here</body>…</message>")


@pytest.mark.req("MIX-ACL-15")
def test_a_list_is_emptied_at_once(coven: Scene) -> None:
    """XEP-0060 §8.5: one event, whatever was in it."""
    crone1 = coven.people("crone1")
    coven.people("hag66", "hecate")
    coven.joins(crone1, "first witch", ["banned"])
    coven.publishes("banned", "{hag66}", "{hecate}")
    coven.owner.forgets()
    coven.owner.sends(purge("banned"))
    coven.owner.receives(purged("banned"), DONE)
    coven.owner.sends(ask_items("banned"))
    coven.owner.receives(items("banned"))
    coven.is_silent()


@pytest.mark.req("MIX-ACL-16", "MIX-ACL-17")
def test_what_is_there_is_not_made_and_what_is_not_is_not_written(coven: Scene) -> None:
    """XEP-0060 §8.1.2, §7.1.3.3."""
    hag66 = coven.people("hag66", joined=["hag66"])
    coven.owner.sends(create("banned"))
    coven.owner.receives(failed("n1", "cancel", "conflict", "…"))
    coven.owner.sends(publish("allowed", "{hag66}"))
    coven.owner.receives(failed("n1", "cancel", "item-not-found", "…"))
    coven.owner.sends(delete("allowed"))
    coven.owner.receives(failed("n1", "cancel", "item-not-found", "…"))
    hag66.account.sends(create("allowed"))
    hag66.account.receives(failed("n1", "auth", "forbidden", "…"))
    hag66.account.sends(delete("banned"))
    hag66.account.receives(failed("n1", "auth", "forbidden", "…"))
    coven.is_silent()


@pytest.mark.req("MIX-CFG-40")
@pytest.mark.parametrize("name", ["config", "participants", "messages", "jidmap"])
def test_some_nodes_stay(coven: Scene, name: str) -> None:
    """XEP-0406 §2.4: what a channel is made of cannot be deleted."""
    coven.owner.sends(delete(name))
    answer = coven.owner.takes()[0]
    assert answer.get("type") == "error"
    assert node(name) in nodes_of(coven)
