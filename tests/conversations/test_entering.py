"""Entering a room: who may, and in which order things come (XEP-0045 §7.1-7.2)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.conversations.words import (
    ENTRY,
    LEAVE,
    MUC,
    SUBJECT,
    USER,
    configure,
    error,
    occupant,
    occupant_id,
    said_in_room,
    says,
)
from tests.stage import Scene, Service


def enter(nick: str, inside: str = "", id: str = "e1") -> str:
    """Presence to the room with a nick."""
    return f"<presence to='{{coven}}/{nick}' id='{id}'><x xmlns='{MUC}'>{inside}</x></presence>"


def kept_out(nick: str, type: str, condition: str) -> str:
    """The error of an entry, as clients recognise it."""
    return (
        f"<presence type='error' id='e1' from='{{coven}}/{nick}'><x xmlns='{MUC}'/>"
        f"{error(type, condition, by='{coven}')}</presence>"
    )


def room_config(scene: Scene, *fields: tuple[str, str]) -> None:
    """The owner configures the room."""
    values = "".join(f"<field var='muc#roomconfig_{name}'><value>{value}</value></field>" for name, value in fields)
    scene.owner.sends(
        f"<iq type='set' id='o1'><query xmlns='{MUC}#owner'><x xmlns='jabber:x:data' type='submit'>"
        f"<field var='FORM_TYPE'><value>{MUC}#roomconfig</value></field>{values}</x></query></iq>"
    )
    scene.owner.receives("<iq type='result' id='o1'/>")
    scene.service.everybody_forgets()


@pytest.mark.req(
    "MUC-ENT-01", "MUC-ENT-41", "MUC-ENT-44", "MUC-PRES-01", "MUC-PRES-02", "MUC-PRES-03", "MUC-PRES-05", "MUC-OCC-01"
)
def test_first_the_others_then_oneself_then_what_was_said(coven: Scene) -> None:
    """XEP-0045 §7.1: presence of others, own presence, history, subject, life."""
    hag66, pistol = coven.people("hag66", "pistol", entered=["hag66"])
    hag66.sends(says("long ago"))
    hag66.forgets()
    pistol.sends(enter("ancient"))
    pistol.phone.receives(
        occupant("hag66", "thirdwitch"),
        occupant("pistol", "ancient", codes=[110]).replace("<presence", "<presence id='e1'"),
        "<message type='groupchat' from='{coven}/thirdwitch' id='m1'><body>long ago</body>"
        f"{occupant_id('hag66')}<stanza-id xmlns='urn:xmpp:sid:0' by='{{coven}}' id='*'/>"
        "<delay xmlns='urn:xmpp:delay' from='{coven}' stamp='*Z'/></message>",
        SUBJECT,
    )
    hag66.phone.receives(occupant("pistol", "ancient"))
    hag66.sends(says("hail"))
    pistol.phone.receives(said_in_room("hag66", "thirdwitch", "hail"))
    hag66.forgets()
    coven.is_silent()


@pytest.mark.req("MUC-ENT-08", "MUC-ENT-09", "MUC-ENT-36", "MUC-HIST-29", "MIX-MSG-37")
@pytest.mark.parametrize("entry", ["macbeth@shakespeare.example", "shakespeare.example"])
def test_outcasts_stay_out(coven: Scene, entry: str) -> None:
    """XEP-0045 §7.2.7: by address or domain; nobody hears of it, nothing is told."""
    siward = coven.people("siward", domain="england.example", entered=["siward"])
    macbeth = coven.people("macbeth")
    siward.sends(says("hail"))
    coven.publishes("banned", entry)
    coven.service.everybody_forgets()
    macbeth.sends(enter("thane"))
    macbeth.receives(kept_out("thane", "auth", "forbidden"))
    coven.is_silent()


@pytest.mark.req("MUC-ENT-10", "MUC-ENT-33", "MUC-ENT-34")
@pytest.mark.parametrize("nick", ["moon", "MOON", "mo\u200bon"])
def test_a_nick_is_somebodys(coven: Scene, nick: str) -> None:
    """XEP-0045 §7.2.8: also that of a MIX participant who is away; compared as RFC 8266 has it."""
    coven.people("hecate", joined=["hecate"])
    pistol = coven.people("pistol")
    pistol.sends(enter(nick))
    (answer,) = pistol.takes()
    assert answer.get("type") == "error"
    assert answer.find(f"{{{MUC}}}x") is not None
    problem = answer.find("{jabber:client}error")
    assert problem is not None
    assert problem.get("by") == coven.jid
    assert problem[0].tag.endswith("}conflict")
    coven.is_silent()


@pytest.mark.req("MUC-ENT-15")
def test_one_person_has_one_nick(coven: Scene) -> None:
    """XEP-0045 §7.2.2: a participant who asks for another enters under theirs, and is told so (210)."""
    hecate = coven.people("hecate", joined=["hecate"])
    hecate.sends(enter("queen"))
    hecate.phone.receives(occupant("hecate", "moon", codes=[110, 210]).replace("<presence", "<presence id='e1'"))


@pytest.mark.req("MUC-ENT-22", "MUC-LEAK-01")
def test_who_enters_is_warned_that_addresses_show(coven: Scene) -> None:
    """XEP-0045 §7.2.3: 100 with 110, for who enters alone."""
    hag66 = coven.people("hag66", entered=["hag66"])
    coven.owner.sends(configure(("JID Visibility", "jid-mandatory-visible")))
    coven.service.everybody_forgets()
    pistol = coven.people("pistol")
    pistol.sends(enter("ancient"))
    pistol.phone.receives(
        occupant("pistol", "ancient", codes=[100, 110], jid="{pistol.phone}").replace("<presence", "<presence id='e1'")
    )
    hag66.phone.receives(occupant("pistol", "ancient", jid="{pistol.phone}"))


@pytest.mark.req("MUC-ENT-17", "MUC-ENT-18", "MUC-ENT-19")
def test_a_full_room(coven: Scene) -> None:
    """XEP-0045 §7.2.9: full for new people, not for who is in or runs the place."""
    hag66, pistol, crone1 = coven.people("hag66", "pistol", "crone1")
    room_config(coven, ("maxusers", "1"))
    coven.enters(hag66, "thirdwitch")
    pistol.sends(enter("ancient"))
    pistol.receives(kept_out("ancient", "wait", "service-unavailable"))
    coven.enters(hag66, "thirdwitch", by=hag66.laptop)
    coven.enters(crone1, "firstwitch")


@pytest.mark.req("MUC-ENT-05", "MUC-ENT-06", "MUC-ENT-45")
def test_a_password_is_read_where_it_belongs_and_never_said(coven: Scene) -> None:
    """XEP-0045 §7.2.5: inside the muc element; two of them are no second guess."""
    pistol = coven.people("pistol")
    room_config(coven, ("passwordprotectedroom", "1"), ("roomsecret", "doubletoil"))
    secret = "<password>doubletoil</password>"
    wrong = "<password>trouble</password>"
    for stanza in (
        enter("ancient"),
        enter("ancient", wrong),
        enter("ancient", wrong + secret),
        f"<presence to='{{coven}}/ancient' id='e1'>{ENTRY}<x xmlns='{USER}'>{secret}</x></presence>",
    ):
        pistol.sends(stanza)
        pistol.receives(kept_out("ancient", "auth", "not-authorized"))
    pistol.sends(enter("ancient", secret))
    assert "doubletoil" not in "".join(one.raw for one in pistol.inbox)
    pistol.phone.receives(occupant("pistol", "ancient", codes=[110]).replace("<presence", "<presence id='e1'"))


@pytest.mark.req("MUC-ENT-46")
def test_accounts_do_not_enter_clients_do(coven: Scene) -> None:
    """XEP-0045 §7.2.1: a bare JID is no occupant."""
    pistol, _hag66 = coven.people("pistol", "hag66", entered=["hag66"])
    pistol.account.sends(enter("ancient"))
    (answer,) = pistol.takes()
    assert answer.get("type") == "error"
    coven.is_silent()


@pytest.mark.req("MUC-ENT-32")
def test_the_unauthorised_learn_nothing(coven: Scene) -> None:
    """XEP-0045 §7.2: an outcast with a taken nick and a wrong password is only an outcast."""
    macbeth, _hag66 = coven.people("macbeth", "hag66", entered=["hag66"])
    room_config(coven, ("passwordprotectedroom", "1"), ("roomsecret", "doubletoil"), ("maxusers", "1"))
    ross = coven.people("ross")
    ross.sends(enter("thirdwitch", "<password>trouble</password>"))
    ross.receives(kept_out("thirdwitch", "auth", "not-authorized"))
    coven.publishes("banned", macbeth.jid)
    macbeth.sends(enter("thirdwitch", "<password>trouble</password>"))
    macbeth.receives(kept_out("thirdwitch", "auth", "forbidden"))


@pytest.mark.req("MUC-ENT-42")
def test_between_history_and_life_nothing_is_lost(coven: Scene) -> None:
    """XEP-0045 §7.1: each message once, delayed or live."""
    hag66, pistol = coven.people("hag66", "pistol", entered=["hag66"])
    for number in range(20):
        hag66.sends(says(str(number)))
        if number == 9:
            pistol.sends(enter("ancient"))
    heard = [one.findtext("{jabber:client}body") for one in pistol.takes() if one.tag.endswith("message")]
    assert [text for text in heard if text is not None] == [str(number) for number in range(20)]


@pytest.mark.req("MUC-OCC-09", "MUC-OCC-03", "MUC-HIST-26")
def test_who_comes_back_is_who_they_were(coven: Scene) -> None:
    """XEP-0421 §4.1: another nick, another client, the same id; and the history knows who said it."""
    hag66, pistol = coven.people("hag66", "pistol", entered=["hag66"])
    hag66.sends(says("it was me"))
    hag66.sends("<presence type='unavailable' to='{coven}/thirdwitch'/>")
    coven.enters(pistol, "thirdwitch")
    hag66.laptop.sends(enter("old witch"))
    hag66.laptop.receives(
        occupant("pistol", "thirdwitch"),
        occupant("hag66", "old witch", codes=[110]).replace("<presence", "<presence id='e1'"),
        "<message type='groupchat' from='{coven}/thirdwitch'>"
        f"{occupant_id('hag66')}<body>it was me</body>…</message>",
    )
    assert hag66.id != pistol.id


@pytest.mark.req("MUC-OCC-13", "MUC-OCC-11")
def test_in_another_room_one_is_another(stage: Service) -> None:
    """XEP-0421 §4.1."""
    ids = []
    for name in ("coven", "heath"):
        scene = Scene(stage, name)
        stage.known.pop("hag66.id", None)
        hag66 = scene.people("hag66")
        scene.enters(hag66, "thirdwitch")
        ids.append(hag66.id)
    assert ids[0] != ids[1]


@pytest.mark.req("MUC-HIST-21", "MUC-HIST-17")
def test_the_room_limits_what_it_replays(coven: Scene) -> None:
    """XEP-0045 §7.2.14: whatever a client asks for; nothing is nothing."""
    hag66, pistol = coven.people("hag66", "pistol", entered=["hag66"])
    for number in range(8):
        hag66.sends(says(str(number)))
    field = "<field var='{}'><value>{}</value></field>"
    for limit, expected in ((3, ["5", "6", "7"]), (0, [])):
        coven.owner.sends(
            f"<iq type='set' id='o1'><query xmlns='{MUC}#owner'><x xmlns='jabber:x:data' type='submit'>"
            f"<field var='FORM_TYPE'><value>{MUC}#roomconfig</value></field>"
            f"{field.format('muc#maxhistoryfetch', limit)}</x></query></iq>"
        )
        coven.service.everybody_forgets()
        pistol.sends(enter("ancient", "<history since='1970-01-01T00:00:00Z'/>"))
        bodies = [one.findtext("{jabber:client}body") for one in pistol.takes() if one.tag.endswith("message")]
        assert [text for text in bodies if text] == expected
        pistol.sends("<presence type='unavailable' to='{coven}/ancient'/>")


@pytest.mark.req("MUC-HIST-11")
def test_history_can_be_limited_in_characters(coven: Scene) -> None:
    """XEP-0045 §7.2.14: whole stanzas, the newest that fit."""
    hag66, pistol = coven.people("hag66", "pistol", entered=["hag66"])
    for number in range(8):
        hag66.sends(says(f"word {number}"))
    pistol.sends(enter("ancient", "<history maxchars='1200'/>"))
    raw = [one.raw for one in pistol.unread() if "<ns1:delay" in one.raw or "urn:xmpp:delay" in one.raw]
    assert 0 < len(raw) < 8
    bodies = [
        one.findtext("{jabber:client}body") for one in pistol.takes() if one.find("{urn:xmpp:delay}delay") is not None
    ]
    assert bodies == [f"word {number}" for number in range(8 - len(bodies), 8)]


@pytest.mark.req("MUC-HIST-22")
def test_chat_states_are_no_history(coven: Scene) -> None:
    """XEP-0045 §7.2.13: what passes has passed."""
    hag66, pistol = coven.people("hag66", "pistol", entered=["hag66"])
    hag66.sends("<message type='groupchat'><composing xmlns='http://jabber.org/protocol/chatstates'/></message>")
    pistol.sends(enter("ancient"))
    assert not [one for one in pistol.takes() if one.find("{urn:xmpp:delay}delay") is not None]


@pytest.mark.req("MUC-MSG-28")
def test_who_is_lost_is_gone_and_nobody_else(coven: Scene) -> None:
    """XEP-0045 §18.1.2: one bounce, one client."""
    hag66, pistol = coven.people("hag66", "pistol", entered=["hag66", "pistol"])
    coven.enters(pistol, "ancient", by=pistol.laptop)
    pistol.laptop.sends(f"<message type='error' id='m1'>{error('cancel', 'gone')}</message>")
    hag66.sends(says("hail"))
    pistol.phone.receives(said_in_room("hag66", "thirdwitch", "hail"))
    assert not any(
        one.xml.findtext("{jabber:client}body") == "hail" for one in pistol.inbox if one.to == pistol.laptop.jid
    )


@pytest.mark.req("MUC-EXIT-09", "MUC-OCC-10")
def test_a_restart_is_not_noticed(coven: Scene) -> None:
    """XEP-0045 §7.14: everything is stored, sessions too."""
    hag66, pistol = coven.people("hag66", "pistol", entered=["hag66", "pistol"])
    coven.service.restarts()
    hag66.sends(says("still here?"))
    pistol.phone.receives(said_in_room("hag66", "thirdwitch", "still here?"))
    pistol.sends("<presence type='unavailable' to='{coven}/ancient'/>")
    hag66.phone.receives(occupant("pistol", "ancient", role="none", type="unavailable"))


@pytest.mark.req("MUC-COEX-05")
def test_visitors_are_participants_while_they_visit(services: Callable[..., Service]) -> None:
    """XEP-0408 §2: seen by MIX as long as they are there, and not for good."""
    coven = Scene(services(), "coven")
    hag66, pistol = coven.people("hag66", "pistol", joined=["hag66"], entered=["pistol"])
    pistol.account.sends(LEAVE)
    pistol.receives("<iq type='result' id='l1'>…</iq>")
    hag66.sends(says("still there?"))
    pistol.phone.receives(said_in_room("hag66", "thirdwitch", "still there?"))
    pistol.sends("<presence type='unavailable' to='{coven}/ancient'/>")
    assert len(coven.channel.participants) == 1
