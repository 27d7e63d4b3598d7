"""One channel, two ways to speak about it: what one face does, the other sees in its own words (XEP-0408)."""

from __future__ import annotations

import pytest

from tests.conversations.words import (
    LEAVE,
    LEFT,
    ask_items,
    configure,
    event,
    items,
    join,
    occupant,
    participant,
    prefer,
    presence,
    retracted,
    said,
    said_in_room,
    says,
    setnick,
)
from tests.stage import Scene


@pytest.fixture
def both(coven: Scene) -> Scene:
    """hag66 by MIX with a phone that shows presence, pistol in the room."""
    hag66, _pistol = coven.people("hag66", "pistol", joined=["hag66"], entered=["pistol"])
    hag66.sends("<presence/>")
    coven.service.everybody_forgets()
    return coven


@pytest.mark.req("MUC-COEX-02", "MUC-EXIT-27", "MIX-GEN-01")
def test_a_participant_is_an_occupant_while_present(both: Scene) -> None:
    """XEP-0408 §2: presence brings and takes the occupant; the participant stays."""
    hag66, pistol = both.people("hag66", "pistol")
    hag66.sends("<presence><show>away</show></presence>")
    pistol.receives(occupant("hag66", "thirdwitch", "<show>away</show>"))
    hag66.sends("<presence type='unavailable'/>")
    pistol.receives(occupant("hag66", "thirdwitch", role="none", type="unavailable"))
    pistol.sends(says("anybody there?"))
    hag66.account.receives(said("pistol", "ancient", "anybody there?"))


@pytest.mark.req("MIX-NCK-08", "MUC-NCH-01")
def test_a_nick_changes_on_both(both: Scene) -> None:
    """XEP-0369 §7.1.4 is XEP-0045 §7.6: an item here, 303 and a new occupant there; and the other way round."""
    hag66, pistol = both.people("hag66", "pistol")
    hag66.sends(setnick("old witch"))
    pistol.receives(
        occupant("hag66", "thirdwitch", type="unavailable", codes=[303], item=" nick='old witch'"),
        occupant("hag66", "old witch"),
    )
    hag66.forgets()
    pistol.sends("<presence to='{coven}/braggart'/>")
    hag66.receives(event("participants", participant("pistol", "braggart")))
    hag66.receives(presence("pistol", nick="braggart"))
    pistol.forgets()
    both.is_silent()


@pytest.mark.req("MIX-MSG-35", "MUC-MSG-32")
def test_who_is_away_still_speaks(both: Scene) -> None:
    """A MIX client that shows no presence is no occupant, and is heard from room/nick all the same."""
    hecate, pistol = both.people("hecate", "pistol", joined=["hecate"])
    both.service.everybody_forgets()
    hecate.sends(says("from afar"))
    pistol.receives(said_in_room("hecate", "moon", "from afar"))


@pytest.mark.req("MIX-SPI-01", "MUC-OCC-18", "MUC-OCC-19")
def test_a_phone_here_and_a_laptop_there_are_one(both: Scene) -> None:
    """One participant, one nick, one id; each client is told in the words it speaks, once."""
    hag66, pistol = both.people("hag66", "pistol")
    both.enters(hag66, "thirdwitch", by=hag66.laptop)
    pistol.sends(says("hail"))
    hag66.laptop.receives(said_in_room("pistol", "ancient", "hail"))
    hag66.phone.receives(said("pistol", "ancient", "hail"))
    pistol.forgets()
    both.is_silent()
    hag66.laptop.sends(says("well met", id="m2"))
    pistol.receives(said_in_room("hag66", "thirdwitch", "well met", id="m2"))
    hag66.laptop.receives(said_in_room("hag66", "thirdwitch", "well met", id="m2"))
    hag66.phone.receives(said("hag66", "thirdwitch", "well met"))
    both.is_silent()


@pytest.mark.req("MUC-COEX-05")
def test_leaving_for_good_leaves_the_room_alone(both: Scene) -> None:
    """XEP-0408 §2: who is in the room as well stays there; the last exit ends it."""
    hag66, hecate = both.people("hag66", "hecate", joined=["hecate"])
    both.enters(hag66, "thirdwitch", by=hag66.laptop)
    hag66.account.sends(LEAVE)
    hag66.account.receives(LEFT)
    both.service.everybody_forgets()
    hecate.sends(says("hail"))
    hag66.laptop.receives(said_in_room("hecate", "moon", "hail"))
    hag66.laptop.sends("<presence type='unavailable' to='{coven}/thirdwitch'/>")
    hag66.phone.sends("<presence type='unavailable'/>")
    hecate.forgets()
    hecate.sends(ask_items("participants", "<item id='{hag66.id}'/>"))
    hecate.receives("<iq id='i1' type='*'>…</iq>")


@pytest.mark.req("MIX-LEA-13", "MIX-LEA-14")
def test_a_ban_ends_both(both: Scene) -> None:
    """XEP-0406 §3.3, XEP-0045 §9.1: out of the room with 301, out of the channel with a retract."""
    hag66, pistol = both.people("hag66", "pistol")
    both.enters(hag66, "thirdwitch", by=hag66.laptop)
    both.publishes("banned", hag66.jid)
    pistol.receives(
        occupant("hag66", "thirdwitch", affiliation="outcast", role="none", type="unavailable", codes=[301])
    )
    hag66.laptop.receives(
        occupant("hag66", "thirdwitch", affiliation="outcast", role="none", type="unavailable", codes=[110, 301])
    )
    hag66.phone.receives(event("participants", retracted("hag66")))
    hag66.forgets()
    pistol.sends(says("gone"))
    pistol.forgets()
    both.is_silent()


@pytest.mark.req("MUC-CNOT-05", "MIX-VIS-18")
def test_a_channel_that_shows_addresses_is_a_room_that_does(both: Scene) -> None:
    """XEP-0045 §10.2.1: 172 and presence again with addresses; 173 and without them."""
    hag66, pistol = both.people("hag66", "pistol")
    both.owner.sends(configure(("JID Visibility", "jid-mandatory-visible")))
    pistol.receives(
        "<message type='groupchat' from='{coven}'><x xmlns='http://jabber.org/protocol/muc#user'>"
        "<status code='172'/>…</x>…</message>",
        occupant("hag66", "thirdwitch", jid="{hag66.phone}"),
    )
    hag66.forgets()
    pistol.forgets()
    both.owner.sends(configure(("JID Visibility", "jid-hidden")))
    pistol.receives(
        "<message type='groupchat' from='{coven}'><x xmlns='http://jabber.org/protocol/muc#user'>"
        "<status code='173'/>…</x>…</message>"
    )
    pistol.forgets()
    hag66.sends("<presence><show>away</show></presence>")
    pistol.receives(occupant("hag66", "thirdwitch", "<show>away</show>"))


@pytest.mark.req("MIX-PRE-17")
def test_who_stops_sharing_presence_leaves_the_roster_of_the_room(both: Scene) -> None:
    """XEP-0404 §3.1."""
    hag66, pistol = both.people("hag66", "pistol")
    hag66.sends(prefer(("Presence", "not share")))
    pistol.receives(occupant("hag66", "thirdwitch", role="none", type="unavailable"))


@pytest.mark.req("MIX-PAR-09")
def test_a_visitor_comes_and_goes_for_mix_as_well(both: Scene) -> None:
    """Participants, presence, messages: while the visit lasts."""
    hag66, banquo = both.people("hag66", "banquo")
    banquo.sends("<presence to='{coven}/ghost'><x xmlns='http://jabber.org/protocol/muc'/></presence>")
    hag66.receives(event("participants", participant("banquo", "ghost")))
    hag66.receives(presence("banquo", nick="ghost", tag="tag"))
    hag66.sends(ask_items("participants", "<item id='{banquo.id}'/>"))
    hag66.receives(items("participants", participant("banquo", "ghost")))
    banquo.sends("<presence type='unavailable' to='{coven}/ghost'/>")
    hag66.receives(event("participants", retracted("banquo")))
    hag66.receives(presence("banquo", nick="", tag="tag", type="unavailable"))
    hag66.receives_nothing()


@pytest.mark.req("MIX-JOI-24")
def test_a_visitor_can_stay(both: Scene) -> None:
    """XEP-0408 §2: joining by MIX keeps who one is, and the room does not flicker."""
    hag66, pistol = both.people("hag66", "pistol")
    pistol.account.sends(join("ancient", "messages"))
    pistol.account.receives(
        "<iq type='result' id='j1'><join xmlns='urn:xmpp:mix:core:1' id='{pistol.id}' jid='*'>…</join></iq>"
    )
    pistol.phone.receives_nothing()
    pistol.sends("<presence type='unavailable' to='{coven}/ancient'/>")
    hag66.forgets()
    hag66.sends(says("still ours?"))
    pistol.account.receives(said("hag66", "thirdwitch", "still ours?"))


def test_a_lone_subject_of_a_mix_client_is_no_subject_of_the_room(both: Scene) -> None:
    """XEP-0369 §8.3: in MIX it is a message like others; in the room it would change the subject (XEP-0045 §8.1)."""
    hag66, pistol = both.people("hag66", "pistol")
    hag66.sends("<message type='groupchat' id='s1'><subject>Macbeth</subject></message>")
    hag66.receives("<message type='groupchat' id='*'><subject>Macbeth</subject>…</message>")
    pistol.receives_nothing()
    both.service.restarts()
    pistol.sends("<presence to='{coven}/ancient'><x xmlns='http://jabber.org/protocol/muc'/></presence>")
    told = [one for one in pistol.takes() if one.find("{jabber:client}subject") is not None]
    assert [one.findtext("{jabber:client}subject") or "" for one in told] == [""]
