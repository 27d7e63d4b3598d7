"""What happens in a room: talk, presence, nicks, exits, settings (XEP-0045 §7-10), by MUC clients alone."""

from __future__ import annotations

import pytest

from tests.conversations.words import refused
from tests.stage import Person, Service
from tests.stage.room import MUC, ROOM, USER, codes, enter, kinds, room

ERRORS = "urn:ietf:params:xml:ns:xmpp-stanzas"


def say(someone: Person, inside: str, to: str = ROOM) -> None:
    """A groupchat message."""
    someone.sends(f"<message type='groupchat' id='m1' to='{to}'>{inside}</message>")


def configure(owner: Person, **fields: str) -> None:
    """A form with some fields."""
    filled = "".join(
        f"<field var='muc#roomconfig_{name}'><value>{value}</value></field>" for name, value in fields.items()
    )
    owner.sends(
        f"<iq type='set' id='c1' to='{ROOM}'><query xmlns='{MUC}#owner'><x xmlns='jabber:x:data' type='submit'>"
        f"<field var='FORM_TYPE'><value>{MUC}#roomconfig</value></field>{filled}</x></query></iq>"
    )


@pytest.mark.req(
    "MUC-MSG-01",
    "MUC-MSG-02",
    "MUC-MSG-09",
    "MUC-MSG-12",
    "MUC-MSG-13",
    "MUC-MSG-14",
    "MUC-MSG-15",
    "MUC-MSG-18",
    "MUC-MSG-20",
    "MUC-MSG-31",
    "MUC-OCC-02",
    "MUC-OCC-07",
    "MUC-OCC-08",
    "MUC-HIST-28",
)
def test_what_is_said_reaches_everybody_without_what_was_forged(rooms: Service) -> None:
    hag66, hecate = room(rooms, "hag66", "hecate")
    say(
        hecate,
        "<body>Round about the couldron go</body><thread>t</thread><origin-id xmlns='urn:xmpp:sid:0' id='o'/>"
        "<occupant-id xmlns='urn:xmpp:occupant-id:0' id='forged'/>"
        "<occupant-id xmlns='urn:xmpp:occupant-id:0' id='again'/>"
        f"<stanza-id xmlns='urn:xmpp:sid:0' by='{ROOM.upper()}' id='forged'/>"
        f"<delay xmlns='urn:xmpp:delay' from='{ROOM}' stamp='2002-10-13T23:58:37Z'/>"
        f"<x xmlns='{USER}'><status code='104'/></x><poison xmlns='urn:example:poison'><entrails/></poison>",
    )
    for someone in (hag66, hecate):
        someone.receives(
            f"""<message type='groupchat' from='{ROOM}/hec' id='m1'>
              <body>Round about the couldron go</body><thread>t</thread><origin-id xmlns='urn:xmpp:sid:0' id='o'/>
              <poison xmlns='urn:example:poison'><entrails/></poison>
              <occupant-id xmlns='urn:xmpp:occupant-id:0' id='{{hecate.id}}'/>
              <stanza-id xmlns='urn:xmpp:sid:0' by='{ROOM}' id='{{said}}'/></message>"""
        )
    rooms.is_silent()


@pytest.mark.req("MUC-MSG-05", "MUC-MSG-07", "MUC-MSG-08", "MUC-MSG-19", "MUC-ERR-13", "MUC-ERR-15", "MUC-ERR-19")
def test_what_is_not_said_to_everybody(rooms: Service) -> None:
    _, hecate = room(rooms, "hag66", "hecate")
    crone1 = rooms.person("crone1")
    say(crone1, "<body>let me in</body>")
    assert refused(crone1) == "cancel not-acceptable"
    say(crone1, "<body>hag?</body>", f"{ROOM}/hag")
    assert refused(crone1) == "cancel not-acceptable"
    say(crone1, "<body>nobody?</body>", f"{ROOM}/nobody")
    assert refused(crone1) == "cancel not-acceptable"
    say(crone1, "<body>nowhere</body>", "nowhere@mix.shakespeare.example")
    assert refused(crone1) == "cancel item-not-found"
    say(hecate, "<body>psst</body>", f"{ROOM}/hag")
    assert refused(hecate) == "modify bad-request"
    hecate.sends(f"<message type='chat' to='{ROOM}'><body>psst</body></message>")
    assert refused(hecate) == "modify bad-request"
    for kind in ("error", "headline"):
        for sender in (hecate, crone1):
            sender.sends(f"<message type='{kind}' to='{ROOM}'><body>psst</body></message>")
    rooms.is_silent()


@pytest.mark.req(
    "MUC-SUBJ-07",
    "MUC-SUBJ-08",
    "MUC-SUBJ-09",
    "MUC-SUBJ-10",
    "MUC-SUBJ-12",
    "MUC-SUBJ-13",
    "MUC-SUBJ-04",
    "MUC-SUBJ-05",
    "MUC-SUBJ-16",
    "MUC-SUBJ-19",
    "MUC-OCC-06",
    "MUC-SUBJ-02",
    "MUC-HIST-08",
)
def test_the_subject(rooms: Service) -> None:
    hag66, hecate = room(rooms, "hag66", "hecate")
    hecate.sends(f"<message type='groupchat' id='s1' to='{ROOM}'><subject>moon</subject></message>")
    hecate.receives(
        f"""<message type='error' from='{ROOM}' id='s1'><subject>moon</subject><error type='auth' by='{ROOM}'>
          <forbidden xmlns='{ERRORS}'/>…</error></message>"""
    )
    hag66.sends(
        f"<message type='groupchat' id='s2' to='{ROOM}'>"
        "<subject>fire</subject><subject xml:lang='de'>Feuer</subject></message>"
    )
    for someone in (hag66, hecate):
        (changed,) = someone.takes()
        assert (changed.get("from"), changed.get("id")) == (f"{ROOM}/hag", "s2")
        assert changed.find("{urn:xmpp:delay}delay") is None
    say(hag66, "<subject>no</subject><body>subject</body>")
    rooms.everybody_forgets()
    crone1 = rooms.person("crone1")
    crone1.sends(enter("cro", "<history maxstanzas='0'/>"))
    crone1.receives(
        f"""<message type='groupchat' from='{ROOM}/hag'><subject>fire</subject><subject xml:lang='de'>Feuer</subject>
          <occupant-id xmlns='urn:xmpp:occupant-id:0' id='*'/>
          <delay xmlns='urn:xmpp:delay' from='{ROOM}' stamp='*Z'/></message>"""
    )


@pytest.mark.req(
    "MUC-AVL-01",
    "MUC-AVL-02",
    "MUC-AVL-03",
    "MUC-AVL-04",
    "MUC-AVL-07",
    "MUC-PRES-18",
    "MUC-PRES-20",
    "MUC-PRES-35",
    "MUC-AVL-09",
)
def test_showing_something_else(rooms: Service) -> None:
    hag66, hecate = room(rooms, "hag66", "hecate")
    for to in (f"{ROOM}/hec", ROOM):
        hecate.sends(
            f"<presence to='{to}' xml:lang='en'><show>away</show><status>{to[-3:]}</status><priority>5</priority>"
            f"<c xmlns='http://jabber.org/protocol/caps' node='n' ver='v'/>"
            f"<x xmlns='{USER}'><item affiliation='owner' role='moderator' jid='a@b/c'/></x></presence>"
        )
        shown = (
            f"<show>away</show><status xml:lang='en'>{to[-3:]}</status><priority>5</priority>"
            "<c xmlns='http://jabber.org/protocol/caps' node='n' ver='v'/>"
            "<occupant-id xmlns='urn:xmpp:occupant-id:0' id='{hecate.id}'/>"
        )
        hag66.receives(
            f"<presence from='{ROOM}/hec'>{shown}<x xmlns='{USER}'>"
            "<item affiliation='none' role='participant' jid='{hecate.phone}'/></x></presence>"
        )
        hecate.receives(
            f"<presence from='{ROOM}/hec'>{shown}<x xmlns='{USER}'>"
            "<item affiliation='none' role='participant'/><status code='110'/></x></presence>"
        )
    rooms.is_silent()


@pytest.mark.req(
    "MUC-NCH-01",
    "MUC-NCH-02",
    "MUC-NCH-03",
    "MUC-NCH-04",
    "MUC-NCH-05",
    "MUC-NCH-07",
    "MUC-NCH-08",
    "MUC-NCH-12",
    "MUC-NCH-17",
    "MUC-NCH-15",
)
def test_changing_the_nick(rooms: Service) -> None:
    hag66, hecate = room(rooms, "hag66", "hecate")
    hecate.laptop.sends(enter("hec"))
    rooms.everybody_forgets()
    hecate.sends(f"<presence id='n1' to='{ROOM}/hag'/>")
    hecate.receives(
        f"""<presence type='error' id='n1' from='{ROOM}/hag'><x xmlns='{MUC}'/>
          <error type='cancel' by='{ROOM}'><conflict xmlns='{ERRORS}'/>…</error></presence>"""
    )
    hecate.sends(f"<presence to='{ROOM}/HEC'><show>dnd</show></presence>")
    for reader, jid, own in (
        (hag66, " jid='{hecate.laptop}'", ""),
        (hecate.phone, "", "<status code='110'/>"),
        (hecate.laptop, "", "<status code='110'/>"),
    ):
        gone, come = (
            f"<item affiliation='none' role='participant'{jid} nick='HEC'/>{own}<status code='303'/>",
            f"<item affiliation='none' role='participant'{jid}/>{own}",
        )
        reader.receives(
            f"<presence type='unavailable' from='{ROOM}/hec'><x xmlns='{USER}'>{gone}</x>…</presence>",
            f"<presence from='{ROOM}/HEC'><x xmlns='{USER}'>{come}</x>…</presence>",
        )
    rooms.is_silent()


@pytest.mark.req("MUC-NCH-11", "MUC-NCH-12", "MUC-NCH-18")
def test_a_new_nick_comes_with_what_is_shown(rooms: Service) -> None:
    hag66, hecate = room(rooms, "hag66", "hecate")
    hecate.sends(f"<presence to='{ROOM}/moon'><show>dnd</show></presence>")
    for reader in (hag66, hecate):
        gone, come = reader.takes()
        assert (gone.get("type"), come.get("from")) == ("unavailable", f"{ROOM}/moon")
        assert come.findtext("{jabber:client}show") == "dnd"
        tag = "{urn:xmpp:occupant-id:0}occupant-id"
        assert gone.find(tag).get("id") == come.find(tag).get("id")  # type: ignore[union-attr]


@pytest.mark.req(
    "MUC-EXIT-01", "MUC-EXIT-02", "MUC-EXIT-03", "MUC-EXIT-04", "MUC-EXIT-30", "MUC-EXIT-05", "MUC-EXIT-06"
)
def test_leaving_with_a_word(rooms: Service) -> None:
    hag66, hecate = room(rooms, "hag66", "hecate")
    rooms.person("crone1").sends(f"<presence type='unavailable' to='{ROOM}/hec'/>")
    hecate.sends(f"<presence type='unavailable' to='{ROOM}/whatever'><show>away</show><status>bye</status></presence>")
    gone = (
        f"<presence type='unavailable' from='{ROOM}/hec'><status>bye</status>"
        "<occupant-id xmlns='urn:xmpp:occupant-id:0' id='{hecate.id}'/>"
    )
    hecate.receives(
        f"{gone}<x xmlns='{USER}'><item affiliation='none' role='none'/><status code='110'/></x></presence>"
    )
    hag66.receives(
        f"{gone}<x xmlns='{USER}'><item affiliation='none' role='none' jid='{{hecate.phone}}'/></x></presence>"
    )
    rooms.is_silent()


@pytest.mark.req(
    "MUC-SVC-04",
    "MUC-EXIT-12",
    "MUC-EXIT-14",
    "MUC-EXIT-15",
    "MUC-EXIT-16",
    "MUC-EXIT-18",
    "MUC-EXIT-28",
    "MUC-EXIT-29",
    "MUC-EXIT-13",
)
def test_a_bounce_ends_a_visit(rooms: Service) -> None:
    hag66, hecate = room(rooms, "hag66", "hecate")
    crone1 = rooms.person("crone1")
    bounce = (
        "<{kind} type='error' id='x' to='{to}'><error type='cancel'><{condition} xmlns='"
        + ERRORS
        + "'/></error></{kind}>"
    )
    crone1.sends(bounce.format(kind="message", to=f"{ROOM}/hec", condition="gone"))
    hecate.sends(bounce.format(kind="message", to=ROOM, condition="policy-violation"))
    hecate.sends(bounce.format(kind="iq", to=f"{ROOM}/hag", condition="gone"))
    hecate.sends(f"<message type='error' to='{ROOM}'/>")
    rooms.is_silent()
    hecate.sends(bounce.format(kind="message", to=f"{ROOM}/hag", condition="service-unavailable"))
    (own,), (seen,) = hecate.takes(), hag66.takes()
    assert (codes(own), codes(seen)) == ([110, 333], [333])
    hecate.sends(enter("hec"))
    rooms.everybody_forgets()
    hecate.sends(bounce.format(kind="presence", to=f"{ROOM}/hag", condition="recipient-unavailable"))
    (own,), (seen,) = hecate.takes(), hag66.takes()
    assert (codes(own), codes(seen)) == ([110, 333], [333])


@pytest.mark.req(
    "MUC-CNOT-01",
    "MUC-CNOT-04",
    "MUC-CNOT-05",
    "MUC-CNOT-10",
    "MUC-CNOT-14",
    "MUC-CODE-01",
    "MUC-PRES-08",
    "MUC-PRES-10",
    "MUC-CONF-18",
    "MUC-CNOT-08",
)
def test_showing_everybodys_address_and_hiding_it(rooms: Service) -> None:
    hag66, hecate = room(rooms, "hag66", "hecate")
    configure(hag66, whois="anyone")
    hecate.receives(
        f"<message type='groupchat' from='{ROOM}'><x xmlns='{USER}'><status code='172'/></x></message>",
        f"""<presence from='{ROOM}/hag'><x xmlns='{USER}'>
          <item affiliation='owner' role='moderator' jid='{{hag66.phone}}'/></x>…</presence>""",
        f"""<presence from='{ROOM}/hec'><x xmlns='{USER}'>
          <item affiliation='none' role='participant' jid='{{hecate.phone}}'/><status code='110'/></x>…</presence>""",
    )
    hecate.receives_nothing()
    crone1 = rooms.person("crone1")
    crone1.sends(enter("cro"))
    told = crone1.takes()
    assert codes(told[2]) == [100, 110]
    assert all(one.find(f".//{{{USER}}}item").get("jid", "").count("/") == 1 for one in told[:3])  # type: ignore[union-attr]
    rooms.everybody_forgets()
    configure(hag66, whois="anyone")
    hag66.receives(f"<iq type='result' id='c1' from='{ROOM}'/>")
    rooms.is_silent()
    configure(hag66, whois="moderators")
    told = hecate.takes()
    assert (codes(told[0]), kinds(told[1:])) == ([173], ["other", "self", "other"])
    assert all(one.find(f".//{{{USER}}}item").get("jid") is None for one in told[1:])  # type: ignore[union-attr]


@pytest.mark.req("MUC-CONF-40", "MUC-CODE-17", "MUC-CONF-41", "MUC-ENT-07")
def test_a_room_that_closes_shows_strangers_out(rooms: Service) -> None:
    hag66, hecate, crone1 = room(rooms, "hag66", "hecate", "crone1")
    configure(hag66, membersonly="1", roomadmins=crone1.jid)
    own = hecate.takes()[0]
    assert (own.get("type"), codes(own)) == ("unavailable", [110, 322])
    gone = next(one for one in crone1.takes() if one.get("type") == "unavailable")
    assert codes(gone) == [322]
    hag66.receives(
        f"""<presence from='{ROOM}/cro'><x xmlns='{USER}'>
          <item affiliation='admin' role='moderator' jid='{{crone1.phone}}'/>…</x>…</presence>""",
        f"<message type='groupchat' from='{ROOM}'><x xmlns='{USER}'><status code='104'/></x></message>",
    )
    hecate.sends(enter("hec"))
    assert refused(hecate) == "auth registration-required"


@pytest.mark.req("MUC-PRES-26", "MUC-PRES-24", "MUC-PRES-25", "MUC-CONF-20", "MUC-PRES-23", "MUC-PRES-27")
def test_who_becomes_a_moderator_sees_more(rooms: Service) -> None:
    hag66, hecate, crone1 = room(rooms, "hag66", "hecate", "crone1")
    configure(hag66, roomadmins=hecate.jid)
    told = hecate.takes()
    jids = {one.get("from"): one.find(f".//{{{USER}}}item").get("jid") for one in told}  # type: ignore[union-attr]
    assert jids == {f"{ROOM}/hec": hecate.phone.jid, f"{ROOM}/hag": hag66.phone.jid, f"{ROOM}/cro": crone1.phone.jid}
    (seen,) = crone1.takes()
    item = seen.find(f".//{{{USER}}}item")
    assert item is not None
    assert (item.get("affiliation"), item.get("role"), item.get("jid")) == ("admin", "moderator", None)
    configure(hag66, roomadmins="")
    rooms.everybody_forgets()
    crone1.sends(f"<presence to='{ROOM}/cro'><show>away</show></presence>")
    (seen,) = hecate.takes()
    assert seen.find(f".//{{{USER}}}item").get("jid") is None  # type: ignore[union-attr]


@pytest.mark.req(
    "MUC-CONF-01",
    "MUC-CONF-16",
    "MUC-CONF-19",
    "MUC-CONF-21",
    "MUC-CONF-33",
    "MUC-CONF-37",
    "MUC-CONF-38",
    "MUC-CONF-36",
    "MUC-ENT-04",
    "MUC-ENT-06",
)
def test_forms_with_bad_values_change_nothing(rooms: Service) -> None:
    hag66, hecate = room(rooms, "hag66", "hecate")
    for fields, condition in (
        ({"whois": "none"}, "modify not-acceptable"),
        ({"passwordprotectedroom": "1", "roomsecret": ""}, "modify not-acceptable"),
        ({"maxusers": "-1"}, "modify not-acceptable"),
        ({"membersonly": "perhaps"}, "modify not-acceptable"),
        ({"roomowners": ""}, "cancel conflict"),
        ({"roomadmins": "@"}, "modify jid-malformed"),
        ({"roomname": "x" * 300}, "modify not-acceptable"),
    ):
        configure(hag66, roomdesc="spoilt", **fields)
        assert refused(hag66) == condition, fields
    for child in ("<foo/>", "<x xmlns='jabber:x:data' type='form'/>", "<x xmlns='jabber:x:data'/>", ""):
        hag66.sends(f"<iq type='set' id='c' to='{ROOM}'><query xmlns='{MUC}#owner'>{child}</query></iq>")
        assert refused(hag66) == "modify bad-request"
    configure(hecate, roomname="mine")
    assert refused(hecate) == "auth forbidden"
    channel = rooms.channel("heath")
    assert channel is not None
    assert (channel.info.description, channel.info.name, channel.config.password) == ("", "", "")
    configure(hag66, roomsecret="cauldron")
    rooms.everybody_forgets()
    crone1 = rooms.person("crone1")
    crone1.sends(enter("cro", "<password>kettle</password>"))
    assert "kettle" not in rooms.people[crone1.jid].inbox[-1].raw
    assert refused(crone1) == "auth not-authorized"
    crone1.sends(enter("cro", "<password>cauldron</password>"))
    assert kinds(crone1.takes())[-2:] == ["self", "subject"]


@pytest.mark.req("MUC-CONF-14", "MUC-ENT-37", "MUC-MSG-04", "MUC-PRIV-08", "MUC-PRIV-09", "MUC-ERR-14")
def test_a_moderated_room(rooms: Service) -> None:
    (hag66,) = room(rooms, "hag66")
    configure(hag66, moderatedroom="1")
    hecate = rooms.person("hecate")
    hecate.sends(enter("hec"))
    own = next(one for one in hecate.takes() if 110 in codes(one))
    assert own.find(f".//{{{USER}}}item").get("role") == "visitor"  # type: ignore[union-attr]
    say(hecate, "<body>hm</body>")
    hecate.receives(
        f"""<message type='error' from='{ROOM}' id='m1'><body>hm</body>
          <error type='auth' by='{ROOM}'><forbidden xmlns='{ERRORS}'/>…</error></message>"""
    )


@pytest.mark.req(
    "MUC-DEST-01",
    "MUC-DEST-02",
    "MUC-DEST-03",
    "MUC-DEST-04",
    "MUC-DEST-05",
    "MUC-DEST-06",
    "MUC-DEST-08",
    "MUC-DEST-09",
    "MUC-DEST-13",
    "MUC-DEST-14",
    "MUC-DEST-17",
)
def test_an_owner_destroys_the_room(rooms: Service) -> None:
    hag66, hecate = room(rooms, "hag66", "hecate")
    destroy = f"<iq type='set' id='d' to='{ROOM}'><query xmlns='{MUC}#owner'>{{wish}}</query></iq>"
    wish = "<destroy jid='dark@chat.example'><reason>Macbeth doth come.</reason><password>x</password></destroy>"
    hecate.sends(destroy.format(wish=wish))
    assert refused(hecate) == "auth forbidden"
    hag66.sends(destroy.format(wish="<destroy jid='@'/>"))
    assert refused(hag66) == "modify jid-malformed"
    hag66.sends(destroy.format(wish=f"<destroy jid='{ROOM}'/>"))
    assert refused(hag66) == "modify not-acceptable"
    hag66.sends(destroy.format(wish=wish))
    for someone, nick in ((hag66, "hag"), (hecate, "hec")):
        someone.receives(
            f"""<presence type='unavailable' from='{ROOM}/{nick}'><occupant-id xmlns='urn:xmpp:occupant-id:0' id='*'/>
              <x xmlns='{USER}'><item affiliation='none' role='none'/><status code='110'/>
              <destroy jid='dark@chat.example'><reason>Macbeth doth come.</reason><password>x</password></destroy></x>
              </presence>"""
        )
    hag66.receives(f"<iq type='result' id='d' from='{ROOM}'/>")
    rooms.is_silent()
    say(hecate, "<body>still here?</body>")
    assert refused(hecate) == "cancel item-not-found"


@pytest.mark.req(
    "MUC-EXIT-21",
    "MUC-EXIT-22",
    "MUC-EXIT-23",
    "MUC-EXIT-25",
    "MUC-DISC-21",
    "MUC-IQ-06",
    "MUC-IQ-16",
    "MUC-IQ-18",
    "MUC-LEAK-07",
    "MUC-ERR-36",
    "MUC-ERR-37",
)
def test_requests_to_somebody(rooms: Service) -> None:
    _, hecate = room(rooms, "hag66", "hecate")
    crone1 = rooms.person("crone1")
    ask = "<iq type='get' id='q' to='{to}'>{inside}</iq>"
    ping = "<ping xmlns='urn:xmpp:ping'/>"
    hecate.sends(ask.format(to=f"{ROOM}/hec", inside=ping))
    hecate.receives(f"<iq type='result' id='q' from='{ROOM}/hec'/>")
    hecate.sends(ask.format(to=f"{ROOM}/nobody", inside=ping))
    assert refused(hecate) == "cancel item-not-found"
    for client in (crone1.phone, hecate.laptop):
        for to in (f"{ROOM}/hec", f"{ROOM}/nobody", "nowhere@mix.shakespeare.example/hec"):
            client.sends(ask.format(to=to, inside=ping))
            (answer,) = client.takes()
            assert answer.find(f".//{{{ERRORS}}}not-acceptable") is not None
            client.sends(ask.format(to=to, inside="<query xmlns='http://jabber.org/protocol/disco#info'/>"))
            (answer,) = client.takes()
            assert answer.find(f".//{{{ERRORS}}}bad-request") is not None
    for inside in ("", f"{ping}{ping}", f"<query xmlns='{MUC}#admin'/>"):
        hecate.sends(ask.format(to=f"{ROOM}/hag", inside=inside))
        assert refused(hecate) == "modify bad-request"
    rooms.is_silent()


@pytest.mark.req(
    "MUC-DISC-12",
    "MUC-DISC-13",
    "MUC-DISC-14",
    "MUC-DISC-15",
    "MUC-DISC-18",
    "MUC-DISC-19",
    "MUC-DISC-29",
    "MUC-DISC-30",
    "MUC-DISC-35",
    "MUC-FEAT-01",
    "MUC-FEAT-05",
    "MUC-FEAT-13",
    "MUC-FEAT-16",
    "MUC-LEAK-05",
    "MUC-LEAK-06",
)
def test_looking_at_a_room(rooms: Service) -> None:
    hag66, hecate = room(rooms, "hag66", "hecate")
    hag66.sends(f"<message type='groupchat' to='{ROOM}'><subject>fire</subject></message>")
    configure(hag66, roomname="A Dark Cave")
    rooms.everybody_forgets()
    crone1 = rooms.person("crone1")
    info = f"<iq type='get' id='i' to='{ROOM}'><query xmlns='http://jabber.org/protocol/disco#info'{{node}}/></iq>"
    features, fields = _looks(crone1, info.format(node=""))
    assert len(features) == len(set(features))
    assert {"muc_public", "muc_temporary", "muc_open", "muc_unmoderated", "muc_semianonymous", "muc_unsecured"} <= set(
        features
    )
    assert {"urn:xmpp:occupant-id:0", "urn:xmpp:mam:2", "urn:xmpp:mam:2#extended", "urn:xmpp:sid:0", MUC} <= set(
        features
    )
    assert (fields["muc#roominfo_occupants"], fields["muc#roominfo_subject"]) == ("2", "fire")
    configure(hag66, publicroom="0")
    rooms.everybody_forgets()
    features, fields = _looks(crone1, info.format(node=""))
    assert "muc_hidden" in features
    assert not {"muc#roominfo_occupants", "muc#roominfo_subject"} & fields.keys()
    assert _looks(hecate, info.format(node=""))[1]["muc#roominfo_subject"] == "fire"
    crone1.sends(info.format(node=" node='bogus'"))
    assert refused(crone1) == "cancel item-not-found"
    crone1.sends(info.format(node=f" node='{MUC}#traffic'"))
    assert refused(crone1) == "cancel service-unavailable"
    items = info.format(node="").replace("#info", "#items")
    crone1.sends(items)
    crone1.receives(
        f"<iq type='result' id='i' from='{ROOM}'><query xmlns='http://jabber.org/protocol/disco#items'/></iq>"
    )
    hecate.sends(items)
    hecate.receives(
        f"<iq type='result' id='i' from='{ROOM}'><query xmlns='http://jabber.org/protocol/disco#items'>"
        f"<item jid='{ROOM}/hag'/><item jid='{ROOM}/hec'/></query></iq>"
    )


def _looks(someone: Person, ask: str) -> tuple[list[str], dict[str, str]]:
    someone.sends(ask)
    (answer,) = someone.takes()
    features = [one.get("var", "") for one in answer.iter("{http://jabber.org/protocol/disco#info}feature")]
    data = "{jabber:x:data}"
    fields = {one.get("var", ""): one.findtext(f"{data}value", "") for one in answer.iter(f"{data}field")}
    return features, fields


@pytest.mark.req(
    "MUC-MAM-03",
    "MUC-MAM-10",
    "MUC-MAM-18",
    "MUC-MAM-20",
    "MUC-MAM-21",
    "MUC-MAM-28",
    "MUC-MAM-30",
    "MUC-MAM-33",
    "MUC-MAM-34",
    "MUC-MAM-35",
    "MUC-MAM-36",
    "MUC-MAM-39",
    "MUC-MAM-49",
    "MUC-OCC-04",
)
def test_the_archive(rooms: Service) -> None:
    hag66, hecate = room(rooms, "hag66", "hecate")
    say(hag66, "<body>eye of newt</body>")
    (live,) = hecate.takes()
    hag66.forgets()
    query = "<iq type='set' id='a' to='" + ROOM + "'><query xmlns='urn:xmpp:mam:2' queryid='q1'>{form}</query></iq>"
    hecate.sends(query.format(form=""))
    stored = live.find("{urn:xmpp:sid:0}stanza-id").get("id")  # type: ignore[union-attr]
    hecate.receives(
        f"""<message from='{ROOM}'><result xmlns='urn:xmpp:mam:2' queryid='q1' id='{stored}'>
          <forwarded xmlns='urn:xmpp:forward:0'><delay xmlns='urn:xmpp:delay' stamp='*Z'/>
            <message xmlns='jabber:client' type='groupchat' from='{ROOM}/hag' id='m1'><body>eye of newt</body>
              <occupant-id xmlns='urn:xmpp:occupant-id:0' id='*'/>
              <stanza-id xmlns='urn:xmpp:sid:0' by='{ROOM}' id='{stored}'/></message></forwarded></result></message>""",
        f"<iq type='result' from='{ROOM}' id='a'><fin xmlns='urn:xmpp:mam:2' complete='true'>…</fin></iq>",
    )
    form = (
        "<x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE'><value>{type}</value></field>"
        "<field var='{var}'><value>{value}</value></field></x>"
    )
    for type, var, value, condition in (
        ("urn:xmpp:mam:2", "start", "yesterday", "modify bad-request"),
        ("urn:xmpp:mam:2", "include-groupchat", "1", "cancel feature-not-implemented"),
        ("urn:xmpp:mam:1", "start", "2026-10-31T23:02:00Z", "modify bad-request"),
        ("urn:xmpp:mam:2", "after-id", "nothing", "cancel item-not-found"),
    ):
        hecate.sends(query.format(form=form.format(type=type, var=var, value=value)))
        assert refused(hecate) == condition
    crone1 = rooms.person("crone1")
    crone1.sends(query.format(form=""))
    assert refused(crone1) == "auth forbidden"
    rooms.is_silent()


@pytest.mark.req("MUC-CONF-42", "MUC-CONF-14")
def test_moderation_silences_nobody_who_is_there(rooms: Service) -> None:
    hag66, hecate = room(rooms, "hag66", "hecate")
    configure(hag66, moderatedroom="1")
    hecate.receives(f"<message type='groupchat' from='{ROOM}'><x xmlns='{USER}'><status code='104'/></x></message>")
    hecate.receives_nothing()
    say(hecate, "<body>still here</body>")
    rooms.everybody_forgets()
    crone1 = rooms.person("crone1")
    crone1.sends(enter("cro"))
    crone1.forgets()
    say(crone1, "<body>hm</body>")
    assert refused(crone1) == "auth forbidden"
    rooms.everybody_forgets()
    configure(hag66, moderatedroom="0")
    (_, seen) = hecate.takes()
    assert seen.find(f".//{{{USER}}}item").get("role") == "participant"  # type: ignore[union-attr]
    say(crone1, "<body>ha</body>")
    assert hecate.takes()[0].findtext("{jabber:client}body") == "ha"


@pytest.mark.req("MUC-CONF-43", "MUC-CONF-26", "MUC-CONF-13", "MUC-EXIT-08", "MUC-EXIT-09", "MUC-CRE-07")
def test_a_room_that_need_not_stay_goes_when_nobody_is_there(rooms: Service) -> None:
    (hag66,) = room(rooms, "hag66")
    configure(hag66, persistentroom="1")
    hag66.sends(f"<presence type='unavailable' to='{ROOM}'/>")
    rooms.everybody_forgets()
    hag66.sends(enter("hag"))
    assert codes(hag66.takes()[0]) == [110]
    hag66.sends(f"<presence type='unavailable' to='{ROOM}'/>")
    hag66.forgets()
    configure(hag66, persistentroom="0")
    hag66.receives(f"<iq type='result' id='c1' from='{ROOM}'/>")
    assert rooms.channel("heath") is None
    hag66.sends(enter("hag"))
    assert codes(hag66.takes()[0]) == [110, 201]


@pytest.mark.req("MUC-SUBJ-17", "MUC-HIST-25", "MUC-OCC-10")
def test_a_restart_goes_unnoticed(rooms: Service) -> None:
    hag66, hecate = room(rooms, "hag66", "hecate")
    hag66.sends(f"<message type='groupchat' to='{ROOM}'><subject>fire</subject></message>")
    say(hecate, "<body>burn</body>")
    before = hag66.takes()[-1]
    rooms.everybody_forgets()
    rooms.restarts()
    say(hecate, "<body>and bubble</body>")
    (after,) = hag66.takes()
    hecate.forgets()
    tag = "{urn:xmpp:occupant-id:0}occupant-id"
    assert after.find(tag).get("id") == before.find(tag).get("id")  # type: ignore[union-attr]
    hecate.sends(enter("hec"))
    told = hecate.takes()
    assert kinds(told) == ["other", "self", "said", "said", "subject"]
    assert (told[-1].findtext("{jabber:client}subject"), told[-1].get("from")) == ("fire", f"{ROOM}/hag")
