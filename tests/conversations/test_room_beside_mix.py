"""One channel, seen by MIX clients and by MUC clients: one set of people, each in its own words (XEP-0408)."""

from __future__ import annotations

import pytest

from tests.conversations.words import configure
from tests.stage import Scene
from tests.stage.room import MUC, USER, codes, kinds

ID = "<occupant-id xmlns='urn:xmpp:occupant-id:0' id='{{{name}.id}}'/>"


@pytest.mark.req("MUC-COEX-01", "MUC-COEX-02", "MUC-COEX-10", "MUC-MSG-32", "MUC-OCC-19")
def test_what_a_mix_participant_says_and_shows_is_an_occupants(coven: Scene) -> None:
    hag66, hecate = coven.people("hag66", "hecate", joined=["hag66"])
    coven.enters(hecate, "moon")
    caps = "<c xmlns='http://jabber.org/protocol/caps' node='n' ver='v' hash='sha-1'/>"
    hag66.sends(f"<presence><show>dnd</show>{caps}</presence>")
    hecate.receives(
        f"<presence from='{{coven}}/thirdwitch'><show>dnd</show>{ID.format(name='hag66')}"
        f"<x xmlns='{USER}'><item affiliation='none' role='participant'/></x></presence>"
    )
    hag66.sends("<message type='groupchat' id='m'><body>hail</body></message>")
    hecate.receives(
        f"<message type='groupchat' from='{{coven}}/thirdwitch' id='m'><body>hail</body>{ID.format(name='hag66')}"
        "<stanza-id xmlns='urn:xmpp:sid:0' by='{coven}' id='{said}'/></message>"
    )
    hag66.receives(
        "<message type='groupchat' from='{coven}/{hag66.id}' id='{said}'><body>hail</body>"
        "<stanza-id xmlns='urn:xmpp:sid:0' by='{coven}' id='{said}'/>…</message>"
    )


@pytest.mark.req("MUC-COEX-03", "MUC-NICK-17", "MUC-EXIT-27")
def test_who_is_not_online_is_no_occupant_and_keeps_the_nick(coven: Scene) -> None:
    hag66, hecate = coven.people("hag66", "hecate", joined=["hag66"])
    coven.enters(hecate, "moon")
    coven.comes_online(hag66.phone)
    hag66.sends("<presence type='unavailable'/>")
    hecate.receives(
        f"<presence type='unavailable' from='{{coven}}/thirdwitch'>{ID.format(name='hag66')}"
        f"<x xmlns='{USER}'><item affiliation='none' role='none'/></x></presence>"
    )
    crone1 = coven.people("wiccarocks")
    crone1.sends(f"<presence to='{coven.jid}/ThirdWitch'><x xmlns='{MUC}'/></presence>")
    (answer,) = crone1.takes()
    assert answer.find(".//{urn:ietf:params:xml:ns:xmpp-stanzas}conflict") is not None


@pytest.mark.req("MUC-COEX-04", "MUC-NICK-16", "MIX-MUC-16", "MUC-PRES-30")
def test_one_person_on_both_sides_is_one_occupant(coven: Scene) -> None:
    hag66, hecate = coven.people("hag66", "hecate", joined=["hag66"])
    coven.enters(hecate, "moon")
    coven.comes_online(hag66.phone)
    hag66.laptop.sends(f"<presence to='{coven.jid}/else'><x xmlns='{MUC}'/></presence>")
    told = hag66.laptop.takes()
    assert kinds(told) == ["other", "self", "subject"]
    assert (told[1].get("from"), codes(told[1])) == (f"{coven.jid}/thirdwitch", [110, 210])
    assert {one.get("from") for one in hecate.takes()} <= {f"{coven.jid}/thirdwitch"}
    hag66.laptop.sends(f"<presence type='unavailable' to='{coven.jid}/thirdwitch'/>")
    assert not [one for one in hecate.takes() if one.get("type") == "unavailable"]
    hag66.phone.sends("<presence type='unavailable'/>")
    assert [one.get("type") for one in hecate.takes()] == ["unavailable"]
    assert hag66.id in coven.channel.participants


@pytest.mark.req("MUC-NCH-21")
def test_a_nick_set_by_mix_changes_in_the_room(coven: Scene) -> None:
    hag66, hecate = coven.people("hag66", "hecate", joined=["hag66"])
    coven.enters(hecate, "moon")
    coven.comes_online(hag66.phone)
    hag66.sends("<iq type='set' id='n'><setnick xmlns='urn:xmpp:mix:core:1'><nick>hag</nick></setnick></iq>")
    gone, come = hecate.takes()
    assert (gone.get("type"), gone.get("from"), codes(gone)) == ("unavailable", f"{coven.jid}/thirdwitch", [303])
    assert (come.get("type"), come.get("from"), codes(come)) == (None, f"{coven.jid}/hag", [])


@pytest.mark.req("MIX-MUC-10", "MUC-LEAK-03", "MUC-PRES-08")
@pytest.mark.parametrize("mode", ["hidden", "maybe", "visible"])
@pytest.mark.parametrize("wish", ["default", "prefer visible"])
def test_addresses_show_in_the_room_as_the_channel_says(coven: Scene, mode: str, wish: str) -> None:
    coven.owner.sends(configure(("JID Visibility", f"jid-{'optionally-visible' if mode == 'maybe' else mode}")))
    assert coven.channel.config.mode.value == mode
    hag66, hecate = coven.people("hag66", "hecate")
    shown = mode == "visible" or (mode, wish) == ("maybe", "prefer visible")
    coven.joins(hag66, "third witch", preferences={"JID Visibility": wish})
    coven.enters(hecate, "moon")
    hag66.sends("<presence/>")
    (seen,) = hecate.takes()
    item = seen.find(f".//{{{USER}}}item")
    assert item is not None
    assert item.get("jid") == (hag66.phone.jid if shown else None)


@pytest.mark.req("MUC-DISC-32", "MUC-DISC-33", "MUC-DISC-35", "MIX-MUC-05")
def test_discovery_tells_of_both(coven: Scene) -> None:
    hecate = coven.people("hecate", joined=["hecate"])
    info = "http://jabber.org/protocol/disco#info"
    for to in (coven.jid, coven.service.domain):
        hecate.sends(f"<iq type='get' id='i' to='{to}'><query xmlns='{info}'/></iq>")
        (answer,) = hecate.takes()
        features = [one.get("var") for one in answer.iter(f"{{{info}}}feature")]
        assert {MUC, "urn:xmpp:mix:core:1"} <= set(features)
        assert len(features) == len(set(features))
        assert {one.get("type") for one in answer.iter(f"{{{info}}}identity")} == {"mix", "text"}
    items = "http://jabber.org/protocol/disco#items"
    hecate.sends(f"<iq type='get' id='i' to='{coven.jid}'><query xmlns='{items}'/></iq>")
    hecate.receives(f"<iq type='result' id='i' from='{{coven}}'><query xmlns='{items}'/></iq>")
    hecate.sends(f"<iq type='get' id='i' to='{coven.jid}'><query xmlns='{items}' node='mix'/></iq>")
    (answer,) = hecate.takes()
    assert [one for one in answer.iter(f"{{{items}}}item") if one.get("node") == "urn:xmpp:mix:nodes:messages"]
