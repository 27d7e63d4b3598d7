"""Leaving a channel for good, and being removed (XEP-0369 §7.1.3)."""

from __future__ import annotations

import pytest

from tests.conversations.words import (
    CORE,
    LEAVE,
    LEFT,
    ask_items,
    configure,
    error,
    event,
    items,
    join,
    joined,
    participant,
    presence,
    retracted,
    says,
)
from tests.stage import Scene


@pytest.mark.req("MIX-LEA-01", "MIX-LEA-02", "MIX-LEA-03", "MIX-LEA-07")
@pytest.mark.parametrize("by", ["account", "phone"])
def test_leaving_ends_everything(coven: Scene, by: str) -> None:
    """XEP-0369 §7.1.3: others are told, the leaver is not (MIX-DEC-021), and nothing comes any more."""
    hag66, hecate = coven.people("hag66", "hecate", joined=["hag66", "hecate"])
    getattr(hag66, by).sends(LEAVE)
    hecate.receives(event("participants", retracted("hag66")))
    getattr(hag66, by).receives(LEFT)
    hecate.sends(says("gone"))
    hecate.sends("<presence/>")
    hecate.forgets()
    coven.is_silent()


@pytest.mark.req("MIX-LEA-04")
def test_all_clients_go(coven: Scene) -> None:
    """XEP-0403 §4.4: unavailable presence for each."""
    hag66, hecate = coven.people("hag66", "hecate", joined=["hag66", "hecate"])
    hag66.sends("<presence/>")
    hag66.laptop.sends("<presence/>")
    hecate.receives(
        presence("hag66", nick="thirdwitch", tag="phone"), presence("hag66", nick="thirdwitch", tag="laptop")
    )
    hag66.account.sends(LEAVE)
    hecate.receives(event("participants", retracted("hag66")))
    hecate.receives(presence("hag66", nick="", tag="phone", type="unavailable"))
    hecate.receives(presence("hag66", nick="", tag="laptop", type="unavailable"))
    hecate.receives_nothing()


@pytest.mark.req("MIX-LEA-05", "MIX-MAP-10")
def test_the_jidmap_forgets(coven: Scene) -> None:
    """XEP-0404 §2.5: those who watch the map are told; the entry is gone."""
    hag66, crone1 = coven.people("hag66", "crone1", joined=["hag66"])
    coven.joins(crone1, "first witch", ["jidmap"])
    hag66.account.sends(LEAVE)
    crone1.receives(event("jidmap", retracted("hag66")))
    crone1.account.sends(ask_items("jidmap", "<item id='{hag66.id}'/>"))
    (answer,) = crone1.takes()
    assert "hag66" not in "".join(answer.itertext())


@pytest.mark.req("MIX-LEA-08", "MIX-LEA-16")
def test_leaving_can_always_be_said(coven: Scene) -> None:
    """MIX-DEC-020: twice, never in, or after the channel is gone."""
    hag66, hecate = coven.people("hag66", "hecate", joined=["hag66"])
    hag66.account.sends(LEAVE)
    hag66.account.sends(LEAVE)
    hag66.receives(LEFT, LEFT)
    hecate.account.sends(LEAVE)
    hecate.receives(LEFT)
    coven.owner.sends(f"<iq type='set' id='x' to='{{service}}'><destroy xmlns='{CORE}' channel='coven'/></iq>")
    coven.owner.receives("<iq type='result' id='x'>…</iq>")
    hag66.account.sends(LEAVE)
    hag66.receives(LEFT)
    coven.is_silent()


@pytest.mark.req("MIX-LEA-09", "MIX-GEN-01", "MUC-EXIT-27")
def test_going_offline_is_not_leaving(coven: Scene) -> None:
    """XEP-0369 §2: a participant without a client is one, and is sent messages."""
    hag66, hecate = coven.people("hag66", "hecate", joined=["hag66", "hecate"])
    hag66.sends("<presence/>")
    hag66.sends("<presence type='unavailable'/>")
    coven.service.everybody_forgets()
    hecate.account.sends(ask_items("participants"))
    hecate.receives(items("participants", participant("hag66", "thirdwitch"), participant("hecate", "moon")))
    hecate.sends(says("still there?"))
    hag66.account.receives("<message type='groupchat'><body>still there?</body>…</message>")


@pytest.mark.req("MIX-LEA-10", "MIX-LEA-11")
def test_what_was_ones_own_is_given_up(coven: Scene) -> None:
    """XEP-0404 §3.1: preferences begin anew; the nick is free."""
    hag66, hecate = coven.people("hag66", "hecate")
    coven.joins(hag66, "third witch", preferences={"JID Visibility": "never"})
    hag66.account.sends(LEAVE)
    coven.joins(hecate, "third witch")
    hag66.forgets()
    visible = "<x xmlns='jabber:x:data' type='submit'/>"
    hag66.account.sends(join("old witch", extra=visible))
    hag66.receives(
        joined(
            "hag66",
            "old witch",
            extra="<x xmlns='jabber:x:data' type='result'>"
            "<field var='JID Visibility' type='*' label='*'><value>default</value>…</field>…</x>",
        )
    )


@pytest.mark.req("MIX-LEA-13", "MIX-LEA-14", "MIX-MSG-37")
def test_a_ban_is_a_leave_one_is_told_of(coven: Scene) -> None:
    """XEP-0406 §3.3: the removed gets the retract of their own id, then nothing; messages are refused at once."""
    hag66, macbeth = coven.people("hag66", "macbeth", joined=["hag66", "macbeth"])
    macbeth.sends("<presence/>")
    coven.service.everybody_forgets()
    coven.publishes("banned", macbeth.jid)
    macbeth.receives(event("participants", retracted("macbeth")))
    hag66.receives(event("participants", retracted("macbeth")))
    hag66.receives(presence("macbeth", nick="", type="unavailable"))
    macbeth.forgets()
    macbeth.sends(says("I have done the deed"))
    macbeth.receives("<message type='error' id='m1' from='{coven}'>…</message>")
    hag66.sends(says("who was that?"))
    hag66.forgets()
    coven.is_silent()


@pytest.mark.req("MIX-LEA-15")
def test_who_runs_the_place_still_does(coven: Scene) -> None:
    """XEP-0405 §2.8: roles do not come from participation."""
    crone1 = coven.people("crone1", joined=["crone1"])
    crone1.account.sends(LEAVE)
    crone1.forgets()
    crone1.sends(configure(("Private Messages", "false")))
    crone1.receives("<iq type='result' id='c1'>…</iq>")


@pytest.mark.req("MIX-SPI-12")
def test_who_left_is_not_reached(coven: Scene) -> None:
    """XEP-0403 §3.2: encoded JIDs of those who left resolve no more."""
    hag66, hecate = coven.people("hag66", "hecate", joined=["hag66", "hecate"])
    hag66.account.sends(LEAVE)
    coven.service.everybody_forgets()
    hecate.sends("<iq type='get' id='v1' to='{hag66.id}#{coven}'><vCard xmlns='vcard-temp'/></iq>")
    hecate.receives(f"<iq type='error' id='v1' from='{{hag66.id}}#{{coven}}'>…{error('cancel', 'item-not-found')}</iq>")
    coven.is_silent()
