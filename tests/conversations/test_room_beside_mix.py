"""One channel, seen by MIX clients and by MUC clients: one set of people, each in its own words (XEP-0408)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from pubsubnodes.forms import read_form
from tests.conversations.test_invitation_tokens import closes, invitation, issues
from tests.conversations.words import LEAVE, ask_items, configure, info, items, join, nick_set, refused, setnick
from tests.stage import Person, Scene
from tests.stage.room import MUC, USER, codes, kinds
from tests.stage.room import configure as configure_room

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


def form(owner: Person) -> Mapping[str, Sequence[str]]:
    """The room's configuration form: fields and their values."""
    owner.sends(f"<iq type='get' id='f'><query xmlns='{MUC}#owner'/></iq>")
    (answer,) = owner.takes()
    data = answer.find(".//{jabber:x:data}x")
    assert data is not None
    return {name.removeprefix("muc#roomconfig_"): values for name, values in read_form(data).fields.items()}


def config_item(owner: Person) -> Mapping[str, Sequence[str]]:
    """The channel's configuration node: fields, folded, and their values."""
    owner.sends(ask_items("config"))
    (answer,) = owner.takes()
    data = answer.find(".//{jabber:x:data}x")
    assert data is not None
    return read_form(data).folded()


@pytest.mark.req("MUC-COEX-08", "MIX-MUC-11")
def test_what_one_form_sets_the_other_shows(coven: Scene) -> None:
    """XEP-0408 §2: `whois` is JID Visibility, a room for members is a channel with an allowed node."""
    owner = coven.owner
    configure_room(owner, to=coven.jid, whois="anyone")
    assert config_item(owner)["jidvisibility"] == ["jid-mandatory-visible"]
    owner.sends(configure(("JID Visibility", "jid-optionally-visible")))
    owner.forgets()
    assert form(owner)["whois"] == ["moderators"]
    configure_room(owner, to=coven.jid, whois="moderators")  # said of two modes; the one there is stays
    assert config_item(owner)["jidvisibility"] == ["jid-optionally-visible"]
    assert "allowed" not in config_item(owner)["nodespresent"]
    configure_room(owner, to=coven.jid, membersonly="1")
    assert "allowed" in config_item(owner)["nodespresent"]
    owner.sends(ask_items("allowed"))
    owner.receives(items("allowed"))
    owner.sends(configure(("Nodes Present", "presence"), ("Nodes Present", "information")))
    owner.forgets()
    assert form(owner)["membersonly"] == ["0"]
    owner.sends(ask_items("allowed"))
    assert refused(owner) == "cancel item-not-found"


@pytest.mark.req("MUC-COEX-08", "MIX-MUC-19")
@pytest.mark.parametrize("stays", [False, True], ids=["visitors", "a participant"])
def test_a_room_that_need_not_stay_stays_for_participants(coven: Scene, *, stays: bool) -> None:
    """XEP-0408 §2: a temporary room is a channel that ends with the last person in it, on either face."""
    assert form(coven.owner)["persistentroom"] == ["1"]  # what MIX makes is to stay
    hag66, hecate = coven.people("hag66", "hecate", joined=["hecate"] if stays else [], entered=["hag66"])
    configure_room(coven.owner, to=coven.jid, persistentroom="0")
    hag66.sends("<presence type='unavailable' to='{coven}/thirdwitch'/>")
    coven.service.everybody_forgets()
    hecate.sends(info())
    assert (hecate.takes()[0].get("type") == "result") is stays
    if stays:
        hecate.account.sends(LEAVE)
        coven.service.everybody_forgets()
        hecate.sends(info())
        assert refused(hecate) == "cancel item-not-found"


@pytest.mark.req("MUC-COEX-09")
def test_one_address_and_one_client_speak_both(coven: Scene) -> None:
    """XEP-0408 §2: requests are told apart by what is in them, presence by `<x/>` and by who is what."""
    owner = coven.people("crone1", joined=["crone1"])
    hecate = coven.people("hecate", entered=["hecate"])
    phone = owner.phone
    phone.sends("<presence/>")  # of a participant: MIX presence, and an occupant for the room
    (seen,) = hecate.takes()
    assert (seen.get("from"), codes(seen)) == (f"{coven.jid}/firstwitch", [])
    phone.receives("<presence from='{crone1.id}#{coven}/*'>…</presence>")
    phone.forgets()
    phone.sends(f"<presence to='{coven.jid}/firstwitch'><x xmlns='{MUC}'/></presence>")  # the same client enters
    assert kinds([one for one in phone.takes() if one.find(f"{{{USER}}}x") is not None]) == ["other", "self"]
    hecate.forgets()
    phone.sends(f"<iq type='get' id='a'><query xmlns='{MUC}#admin'><item affiliation='owner'/></query></iq>")
    phone.receives(f"<iq type='result' id='a' from='{{coven}}'><query xmlns='{MUC}#admin'>…</query></iq>")
    phone.sends(ask_items("config"))
    phone.receives(
        "<iq type='result' id='i1' from='{coven}'><pubsub xmlns='http://jabber.org/protocol/pubsub'>…</pubsub></iq>"
    )
    phone.sends(setnick("crone"))
    assert [codes(one) for one in hecate.takes()] == [[303], []]
    phone.receives(nick_set("crone"))
    phone.forgets()
    stranger = coven.people("pistol")
    stranger.sends("<presence/>")  # neither in the channel nor in the room
    stranger.receives_nothing()
    stranger.sends("<presence to='{coven}/ancient'/>")
    assert codes(stranger.takes()[0]) == [110, 307, 333]


@pytest.mark.req("MIX-MUC-07", "MUC-INV-01", "MIX-INV-16")
@pytest.mark.parametrize("by_mix", [False, True], ids=["room", "token"])
@pytest.mark.parametrize("in_by_mix", [False, True], ids=["enters", "joins"])
def test_either_invitation_lets_people_in_by_either_protocol(coven: Scene, *, by_mix: bool, in_by_mix: bool) -> None:
    """XEP-0408 §2.1: clients choose which to send; a closed channel knows both."""
    closes(coven)
    owner, hecate = coven.people("crone1", "hecate")
    coven.enters(owner, "firstwitch")
    claim = ""
    if by_mix:
        issues(coven, owner, hecate)
        claim = invitation("{crone1}", "{hecate}", "{token}")
    else:
        coven.service.eavesdropper.excuses(hecate, owner)
        owner.sends(f"<message><x xmlns='{USER}'><invite to='{hecate.jid}'/></x></message>")
        hecate.receives(f"<message from='{{coven}}'><x xmlns='{USER}'><invite from='{{crone1}}'/></x>…</message>")
    coven.service.everybody_forgets()
    if in_by_mix:
        hecate.sends(join("moon", "messages", extra=claim))
        hecate.receives("<iq type='result' id='j1' from='{coven}'>…</iq>")
    elif by_mix:  # a token is shown by joining; then the room is open as well
        hecate.sends(join("moon", "messages", extra=claim))
        hecate.forgets()
        coven.enters(hecate, "moon")
    else:
        coven.enters(hecate, "moon")
