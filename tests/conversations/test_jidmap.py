"""The jidmap: who is behind an id, for those who run the channel (XEP-0404 §2.5)."""

from __future__ import annotations

import pytest

from tests.conversations.words import (
    ITEMS,
    LEAVE,
    PUBSUB,
    ask_items,
    configure,
    event,
    failed,
    items,
    join,
    joined,
    mapped,
    retracted,
)
from tests.stage import Scene
from tests.stage.scene import node


def subscribe(who: str) -> str:
    """Ask for the events of the map."""
    return (
        f"<iq type='set' id='s1'><pubsub xmlns='{PUBSUB}'>"
        f"<subscribe node='{node('jidmap')}' jid='{{{who}}}'/></pubsub></iq>"
    )


@pytest.mark.req("MIX-MAP-01", "MIX-MAP-02", "MIX-MAP-04", "MIX-MAP-09", "MIX-MAP-13")
@pytest.mark.parametrize("mode", ["jid-hidden", "jid-optionally-visible", "jid-mandatory-visible"])
def test_who_runs_the_channel_reads_the_map(coven: Scene, mode: str) -> None:
    """XEP-0404 §2.5: in every mode, also without being in."""
    hecate, _hag66 = coven.people("hecate", "hag66", joined=["hag66"])
    coven.owner.sends(configure(("JID Visibility", mode), ("Administrator", hecate.jid)))
    coven.service.everybody_forgets()
    for someone in (coven.owner, hecate):
        someone.sends(ask_items("jidmap"))
        someone.receives(items("jidmap", mapped("hag66")))


@pytest.mark.req("MIX-MAP-07", "MIX-MAP-08", "MIX-MAP-14")
@pytest.mark.parametrize("mode", ["jid-hidden", "jid-optionally-visible", "jid-mandatory-visible"])
def test_nobody_else_does(coven: Scene, mode: str) -> None:
    """XEP-0404 §2.5: not its items, not its events, not by joining, not even that it is there."""
    hag66, ross = coven.people("hag66", "ross", joined=["hag66"])
    coven.owner.sends(configure(("JID Visibility", mode)))
    coven.service.everybody_forgets()
    for someone in (hag66, ross):
        someone.sends(ask_items("jidmap"))
        someone.receives(failed("i1", "auth", "forbidden", echo="…"))
        someone.sends(subscribe(someone.name))
        (answer,) = someone.takes()
        assert answer.get("type") == "error"
    hag66.account.sends(join("third witch", "jidmap", "messages", id="again"))
    hag66.receives(joined("hag66", "third witch", "messages", id="again"))
    hag66.forgets()
    hag66.sends(f"<iq type='get' id='d1'><query xmlns='{ITEMS}' node='mix'/></iq>")
    (answer,) = hag66.takes()
    assert not any("jidmap" in item.get("node", "") for item in answer.iter(f"{{{ITEMS}}}item"))


@pytest.mark.req("MIX-MAP-03", "MIX-MAP-05")
def test_it_has_everybody_and_nobody_else(coven: Scene) -> None:
    """XEP-0404 §2.5: one item for each of the participants node, whatever happens."""
    hag66, hecate, pistol, banquo = coven.people("hag66", "hecate", "pistol", "banquo", joined=["hag66", "banquo"])
    coven.enters(pistol, "ancient")
    coven.joins(hecate, "moon")
    banquo.account.sends(LEAVE)
    pistol.sends("<presence type='unavailable'/>")
    hag66.account.sends(LEAVE)
    coven.joins(hag66, "third witch")
    coven.owner.sends(ask_items("jidmap"))
    coven.owner.receives(items("jidmap", mapped("hecate"), mapped("hag66")))
    coven.owner.sends(ask_items("participants"))
    (answer,) = coven.owner.takes()
    assert {item.get("id") for item in answer.iter(f"{{{PUBSUB}}}item")} == {hecate.id, hag66.id}


@pytest.mark.req("MIX-MAP-10")
def test_who_watches_it_is_told(coven: Scene) -> None:
    """XEP-0404 §2.5: of who comes and who goes, and only those who run the channel."""
    hag66, hecate = coven.people("hag66", "hecate", joined=["hecate"])
    coven.owner.account.sends(subscribe("crone1"))
    coven.owner.forgets()
    hag66.account.sends(join("third witch"))
    hag66.account.sends(LEAVE)
    coven.owner.receives(event("jidmap", mapped("hag66")), event("jidmap", retracted("hag66")))
    coven.owner.receives_nothing()
    assert hecate.unread()


@pytest.mark.req("MIX-MAP-11", "MIX-VIS-22")
def test_who_is_demoted_is_told_no_more(coven: Scene) -> None:
    """XEP-0404 §2.5: access and subscription end with the rank."""
    hag66, hecate = coven.people("hag66", "hecate")
    coven.owner.sends(configure(("Administrator", hecate.jid)))
    hecate.sends(subscribe("hecate"))
    hecate.receives("<iq type='result' id='s1'>…</iq>")
    coven.owner.sends(
        "<iq type='set' id='c2'><pubsub xmlns='http://jabber.org/protocol/pubsub'>"
        "<publish node='urn:xmpp:mix:nodes:config'><item><x xmlns='jabber:x:data' type='submit'>"
        "<field var='Administrator'/></x></item></publish></pubsub></iq>"
    )
    coven.owner.receives("<iq type='result' id='c2'>…</iq>")
    hecate.forgets()
    hag66.account.sends(join("third witch"))
    hecate.receives_nothing()
    hecate.sends(ask_items("jidmap"))
    hecate.receives(failed("i1", "auth", "forbidden", echo="…"))


@pytest.mark.req("MIX-MAP-12")
def test_it_cannot_be_configured_away(coven: Scene) -> None:
    """XEP-0406 §2.4: it is there while the participants are."""
    coven.people("hag66", joined=["hag66"])
    coven.owner.sends(configure(("Nodes Present", "participants")))
    coven.owner.forgets()
    coven.owner.sends(ask_items("jidmap"))
    coven.owner.receives(items("jidmap", mapped("hag66")))


@pytest.mark.req("MIX-MAP-05")
def test_it_survives_a_restart(coven: Scene) -> None:
    """The ids are the same afterwards."""
    coven.people("hag66", joined=["hag66"])
    coven.service.restarts()
    coven.owner.sends(ask_items("jidmap"))
    coven.owner.receives(items("jidmap", mapped("hag66")))
