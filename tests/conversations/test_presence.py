"""Presence through the channel (XEP-0403)."""

from __future__ import annotations

import re

import pytest

from tests.conversations.words import (
    PUBSUB,
    ask_items,
    configure,
    failed,
    info,
    items,
    join,
    joined,
    participant,
    prefer,
    presence,
    says,
    setnick,
)
from tests.stage import Scene
from tests.stage.scene import node


@pytest.mark.req("MIX-PRE-03", "MIX-PRE-11", "MIX-PRE-04", "MIX-PRE-06", "MIX-PRE-07", "MIX-PRE-08", "MIX-RES-06")
def test_a_client_shows_itself_to_subscribers(coven: Scene) -> None:
    """XEP-0403 §4.1: as presence from an encoded JID, with the nick and what it says of itself."""
    hag66, hecate, pistol = coven.people("hag66", "hecate", "pistol", joined=["hag66", "hecate"])
    coven.joins(pistol, "ancient", ["participants", "messages"])
    hag66.sends("<presence><show>dnd</show><status>Making a brew</status><priority>5</priority></presence>")
    shown = ("<show>dnd</show>", "<status>Making a brew</status>", "<priority>5</priority>")
    hecate.receives(presence("hag66", *shown, nick="thirdwitch", tag="tag"))
    assert re.fullmatch(r"[0-9a-f-]{16,}", coven.service.known["tag"])
    pistol.receives_nothing()
    hag66.forgets()
    coven.is_silent()


@pytest.mark.req("MIX-PRE-27", "MIX-GEN-02", "MIX-RES-03", "MIX-RES-04")
def test_each_client_is_its_own(coven: Scene) -> None:
    """XEP-0403 §3.2: one person, one nick, an address a client, which stays while the client does."""
    hag66, hecate = coven.people("hag66", "hecate", joined=["hag66", "hecate"])
    hag66.phone.sends("<presence/>")
    hecate.receives(presence("hag66", nick="thirdwitch", tag="phone"))
    hag66.laptop.sends("<presence/>")
    hecate.receives(presence("hag66", nick="thirdwitch", tag="laptop"))
    hag66.phone.sends("<presence><show>away</show></presence>")
    hecate.receives(presence("hag66", "<show>away</show>", nick="thirdwitch", tag="phone"))
    hag66.phone.sends("<presence type='unavailable'/>")
    hecate.receives(presence("hag66", nick="", tag="phone", type="unavailable"))
    hag66.phone.sends("<presence/>")
    hecate.receives(presence("hag66", nick="thirdwitch", tag="again"))
    assert coven.service.known["phone"] != coven.service.known["laptop"] != coven.service.known["again"]
    hecate.receives_nothing()


@pytest.mark.req("MIX-PRE-09", "MIX-PRE-10", "MIX-LEA-09")
def test_a_client_goes(coven: Scene) -> None:
    """XEP-0403 §4.3: only that one, and the person stays."""
    hag66, hecate = coven.people("hag66", "hecate", joined=["hag66", "hecate"])
    hag66.phone.sends("<presence/>")
    hag66.laptop.sends("<presence/>")
    hecate.receives(presence("hag66", nick="thirdwitch", tag="one"), presence("hag66", nick="thirdwitch", tag="two"))
    hag66.phone.sends("<presence type='unavailable'><status>off to the heath</status></presence>")
    hecate.receives(presence("hag66", "<status>off to the heath</status>", nick="", tag="one", type="unavailable"))
    hecate.receives_nothing()
    hecate.sends(ask_items("participants", "<item id='{hag66.id}'/>"))
    hecate.receives(items("participants", participant("hag66", "thirdwitch")))


@pytest.mark.req("MIX-PRE-12", "MIX-PRE-13", "MIX-PRE-24")
@pytest.mark.parametrize("request_of", ["<presence/>", "<presence type='probe'/>"])
def test_a_users_server_asks_for_everybody(coven: Scene, request_of: str) -> None:
    """XEP-0405 §2.9.3: presence from a bare JID asks, and tells nobody anything."""
    hag66, hecate, pistol = coven.people("hag66", "hecate", "pistol", joined=["hag66", "hecate"])
    coven.joins(pistol, "ancient", ["messages"])
    hecate.sends("<presence><show>xa</show></presence>")
    coven.service.everybody_forgets()
    hag66.account.sends(request_of)
    hag66.account.receives(presence("hecate", "<show>xa</show>", nick="moon"))
    pistol.account.sends(request_of)
    coven.is_silent()


@pytest.mark.req("MIX-PRE-02")
@pytest.mark.parametrize(
    "action",
    [
        "<items node='{node}'/>",
        "<publish node='{node}'><item id='x'/></publish>",
        "<retract node='{node}'><item id='x'/></retract>",
    ],
)
def test_nobody_reaches_the_node_by_pubsub(coven: Scene, action: str) -> None:
    """XEP-0403 §3.5."""
    hag66 = coven.people("hag66", joined=["hag66"])
    for someone in (hag66, coven.owner):
        kind = "get" if "items" in action else "set"
        someone.sends(
            f"<iq type='{kind}' id='x'><pubsub xmlns='{PUBSUB}'>{action.format(node=node('presence'))}</pubsub></iq>"
        )
        someone.receives("<iq type='error' id='x'>…</iq>")
    coven.is_silent()


@pytest.mark.req("MIX-PRE-16", "MIX-PRE-17", "MIX-PRF-15")
def test_who_does_not_share_is_not_shown(coven: Scene) -> None:
    """XEP-0404 §3.1: what was shown ends at once; what is said then goes nowhere."""
    hag66, hecate = coven.people("hag66", "hecate", joined=["hag66", "hecate"])
    hag66.sends("<presence/>")
    coven.service.everybody_forgets()
    hag66.sends(prefer(("Presence", "not share")))
    hecate.receives(presence("hag66", nick="", type="unavailable"))
    hag66.sends("<presence><show>chat</show></presence>")
    hecate.receives_nothing()
    hag66.sends(prefer(("Presence", "share")))
    hag66.sends("<presence/>")
    hecate.receives(presence("hag66", nick="thirdwitch"))


@pytest.mark.req("MIX-PRE-18")
def test_a_channel_can_want_presence(coven: Scene) -> None:
    """XEP-0406 §2.4: not sharing is not accepted there."""
    hag66 = coven.people("hag66", joined=["hag66"])
    coven.owner.sends(configure(("Participants Must Provide Presence", "true")))
    coven.service.everybody_forgets()
    hag66.sends(prefer(("Presence", "not share")))
    hag66.receives(failed("p1", "modify", "not-acceptable", echo="…"))


@pytest.mark.req("MIX-PRE-19")
def test_strangers_are_not_shown(coven: Scene) -> None:
    """XEP-0406 §2.4."""
    _hag66, ross = coven.people("hag66", "ross", joined=["hag66"])
    ross.sends("<presence/>")
    ross.account.sends("<presence/>")
    coven.is_silent()


@pytest.mark.req("MIX-PRE-25", "MIX-PRE-26")
def test_rosters_settle(coven: Scene) -> None:
    """RFC 6121 §3, MIX-DEC-088: participants are subscribed, strangers are not, the rest is taken note of."""
    hag66, ross = coven.people("hag66", "ross", joined=["hag66"])
    hag66.account.sends("<presence type='subscribe'/>")
    hag66.account.receives("<presence type='subscribed' from='{coven}'/>")
    hag66.account.sends("<presence type='subscribed'/>")
    hag66.account.sends("<presence type='unsubscribed'/>")
    ross.account.sends("<presence type='subscribe'/>")
    ross.account.receives("<presence type='unsubscribed' from='{coven}'/>")
    hag66.account.sends("<presence type='unsubscribe'/>")
    hag66.account.receives("<presence type='unsubscribed' from='{coven}'/>")
    coven.is_silent()


@pytest.mark.req("MIX-PRE-28")
def test_a_nick_changes_for_every_client(coven: Scene) -> None:
    """XEP-0403 §2."""
    hag66, hecate = coven.people("hag66", "hecate", joined=["hag66", "hecate"])
    hag66.phone.sends("<presence/>")
    hag66.laptop.sends("<presence><show>away</show></presence>")
    coven.service.everybody_forgets()
    hag66.account.sends(setnick("old witch"))
    hecate.receives(presence("hag66", nick="old witch"))
    hecate.receives(presence("hag66", "<show>away</show>", nick="old witch"))


@pytest.mark.req("MIX-PRE-31", "MIX-PRE-32")
def test_who_hides_hides_what_gives_them_away(coven: Scene) -> None:
    """XEP-0404: capabilities and avatar hashes tell clients and people apart."""
    hag66, hecate = coven.people("hag66", "hecate", joined=["hag66", "hecate"])
    hag66.sends(
        "<presence><show>chat</show><c xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='x' ver='y'/>"
        "<x xmlns='vcard-temp:x:update'><photo>abc</photo></x></presence>"
    )
    hecate.receives(presence("hag66", "<show>chat</show>", nick="thirdwitch"))


@pytest.mark.req("MIX-GEN-03", "MIX-GEN-04")
def test_presence_and_messages_come_apart(coven: Scene) -> None:
    """XEP-0369 §2."""
    hag66, hecate, pistol = coven.people("hag66", "hecate", "pistol", joined=["hag66"])
    coven.joins(hecate, "moon", ["presence"])
    coven.joins(pistol, "ancient", ["messages"])
    hag66.sends("<presence/>")
    hag66.sends(says("hail"))
    hecate.receives(presence("hag66", nick="thirdwitch"))
    pistol.receives("<message type='groupchat'><body>hail</body>…</message>")
    hag66.forgets()
    coven.is_silent()


@pytest.mark.req("MIX-GEN-10", "MIX-NOD-02")
def test_presence_can_be_switched_off(coven: Scene) -> None:
    """XEP-0406 §2.4: node, feature and behaviour go together."""
    hag66, hecate = coven.people("hag66", "hecate", joined=["hag66"])
    hag66.sends("<presence/>")
    coven.owner.sends(configure(("Nodes Present", "participants"), ("Nodes Present", "information")))
    coven.service.everybody_forgets()
    hecate.account.sends(join("moon", "presence", "messages"))
    hecate.receives(joined("hecate", "moon", "messages"))
    hag66.sends("<presence><show>away</show></presence>")
    hecate.receives_nothing()
    hecate.sends(info())
    (answer,) = hecate.takes()
    assert not any(child.get("var") == "urn:xmpp:mix:presence:0" for child in answer.iter())


@pytest.mark.req("MIX-RES-08")
def test_tags_survive_a_restart(coven: Scene) -> None:
    """XEP-0404 §2.4: nobody's address becomes another's."""
    hag66, hecate = coven.people("hag66", "hecate", joined=["hag66", "hecate"])
    hag66.sends("<presence/>")
    hecate.receives(presence("hag66", nick="thirdwitch", tag="tag"))
    coven.service.restarts()
    hag66.sends("<presence><show>away</show></presence>")
    hecate.receives(presence("hag66", "<show>away</show>", nick="thirdwitch", tag="tag"))
