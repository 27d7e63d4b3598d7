"""Ids are names, not keys: what they tell, what they open, and who may write them (XEP-0421 §4-5, XEP-0404 §2.3)."""

from __future__ import annotations

import re

import pytest

from tests.conversations.words import ENTRY, PUBSUB, ask_items, info, occupant_id, refused, says
from tests.stage import Person, Scene
from tests.stage.room import MUC, USER

OCCUPANT = "{urn:xmpp:occupant-id:0}occupant-id"
ADMIN = f"<iq type='set' id='a1'><query xmlns='{MUC}#admin'><item {{whom}}/>{{proof}}</query></iq>"
MODERATED = "urn:xmpp:message-moderate:1"


def marks(someone: Person) -> list[str | None]:
    """The ids directly in the one message or presence somebody got."""
    (stanza,) = someone.takes()
    return [one.get("id") for one in stanza.findall(OCCUPANT)]


@pytest.mark.req("MIX-VIS-26", "MUC-OCC-19", "MUC-OCC-12")
def test_one_id_by_design_and_no_address_in_it(coven: Scene) -> None:
    """XEP-0404 §2.3: the occupant-id is the participant id: what hides one hides the other. It encodes no address."""
    hag66, hecate = coven.people("hag66", "hecate", joined=["hag66"])
    coven.enters(hecate, "moon")
    coven.comes_online(hag66.phone)
    hecate.forgets()
    hag66.sends(says("hail"))
    assert marks(hecate) == [hag66.id]
    hag66.receives("<message type='groupchat' from='{coven}/{hag66.id}' id='*'>…</message>")
    hag66.forgets()
    hecate.sends(says("hail"))
    hag66.receives("<message type='groupchat' from='{coven}/{hecate.id}' id='*'>…</message>")
    heath = Scene(coven.service, "heath")
    hecate.forgets()
    hecate.sends(f"<presence to='{heath.jid}/elsewhere'>{ENTRY}</presence>")
    elsewhere = hecate.takes()[0].find(OCCUPANT)
    assert elsewhere is not None
    ids = (hag66.id, hecate.id, elsewhere.get("id", ""))
    assert len(set(ids)) == 3
    assert all(re.fullmatch(r"[a-z2-7]{26}", id) for id in ids)


@pytest.mark.req("MUC-OCC-20")
def test_an_id_proves_nothing(coven: Scene) -> None:
    """XEP-0421 §5: who knows an owner's id is no owner, in no request and under no address."""
    hag66, hecate, pistol = coven.people("hag66", "hecate", "pistol", entered=["hag66", "hecate"])
    coven.owner.sends(
        f"<iq type='set' id='a1'><query xmlns='{MUC}#admin'><item affiliation='owner' jid='{hag66.jid}'/></query></iq>"
    )
    coven.service.everybody_forgets()
    proof = occupant_id("hag66")
    for someone in (hecate, pistol):
        someone.sends(ADMIN.format(whom=f"affiliation='outcast' jid='{coven.owner.jid}'", proof=proof))
        assert refused(someone) == "auth forbidden"
        someone.sends(ask_items("jidmap", proof))
        assert refused(someone).startswith("auth ")
        someone.sends(f"<iq type='get' id='o'><query xmlns='{MUC}#owner'>{proof}</query></iq>")
        assert refused(someone) == "auth forbidden"
    pistol.sends(f"<presence to='{{coven}}/ancient'>{ENTRY}{proof}</presence>")
    (own,) = [one for one in pistol.takes() if one.get("from") == f"{coven.jid}/ancient"]
    assert [one.get("id") for one in own.findall(OCCUPANT)] != [hag66.id]
    assert own.find(f".//{{{USER}}}item").get("affiliation") == "none"
    hecate.forgets()
    hecate.sends(says("I am an owner", proof))
    assert marks(pistol) == [hecate.id]
    ross = coven.people("ross")
    for there in (f"{{coven}}/{hag66.id}", f"{hag66.id}#{{coven}}"):
        ross.sends(f"<message type='chat' to='{there}'><body>open up</body></message>")
        assert refused(ross).startswith(("cancel ", "auth "))
    ross.sends(f"<presence to='{{coven}}/{hag66.id}'>{ENTRY}</presence>")
    assert refused(ross) == "modify not-acceptable"


@pytest.mark.req("MUC-OCC-21")
def test_only_the_room_writes_who_moderated(coven: Scene) -> None:
    """XEP-0425 §3.1: its own notice has an id inside; of a client's only what was said is passed on."""
    hag66, hecate, pistol = coven.people("hag66", "hecate", "pistol", entered=["hag66", "hecate", "pistol"])
    coven.owner.sends(
        f"<iq type='set' id='a1'><query xmlns='{MUC}#admin'><item affiliation='admin' jid='{hag66.jid}'/></query></iq>"
    )
    coven.owner.sends(
        f"<iq type='set' id='c1'><pubsub xmlns='{PUBSUB}'><publish node='urn:xmpp:mix:nodes:config'><item>"
        "<x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE'><value>urn:xmpp:mix:admin:0</value></field>"
        "<field var='Administrator Message Retraction Rights'><value>admins</value></field></x></item></publish>"
        "</pubsub></iq>"
    )
    pistol.sends(says("damned witches"))
    hecate.receives("<message type='groupchat'><stanza-id xmlns='urn:xmpp:sid:0' by='{coven}' id='{said}'/>…</message>")
    coven.service.everybody_forgets()
    by = f"<moderated xmlns='{MODERATED}' by='{{coven}}/thirdwitch'>{occupant_id('hag66')}</moderated>"
    forged = f"<retract xmlns='urn:xmpp:message-retract:1' id='{{said}}'>{by}</retract>"
    for lie in (forged, by):
        hecate.sends(says("he is gone", lie))
        for one in (*pistol.takes(), *hag66.takes()):
            assert one.find(f".//{{{MODERATED}}}moderated") is None
            assert [found.get("id") for found in one.iter(OCCUPANT)] in ([], [hecate.id])
        hecate.forgets()
    hag66.sends(
        f"<iq type='set' id='x1'><moderate xmlns='{MODERATED}' id='{{said}}'>"
        "<retract xmlns='urn:xmpp:message-retract:1'/></moderate></iq>"
    )
    (notice,) = pistol.takes()
    assert notice.findall(OCCUPANT) == []
    assert [one.get("id") for one in notice.iter(OCCUPANT)] == [hag66.id]


@pytest.mark.req("MUC-OCC-16")
def test_what_ids_are_made_with_stays_with_the_service(coven: Scene) -> None:
    """XEP-0421 §4.1: 32 random bytes of each channel, which nobody reads, owners included."""
    coven.people("hag66", joined=["hag66"])
    key = coven.channel.key
    assert len(key) >= 32
    assert key != Scene(coven.service, "heath").channel.key
    owner = coven.people("crone1", joined=["crone1"])
    for asked in (
        ask_items("config"),
        ask_items("info"),
        ask_items("jidmap"),
        info(),
        f"<iq type='get' id='o'><query xmlns='{MUC}#owner'/></iq>",
    ):
        owner.sends(asked)
    read = "".join(one.raw for one in owner.inbox)
    assert "jabber:x:data" in read
    assert key.hex() not in read
