"""Making a room and entering it (XEP-0045 §7.2, §10.1), by MUC clients alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.stage import Service
from tests.stage.room import DEFAULTS, MUC, ROOM, USER, codes, enter, kinds, room


@pytest.mark.req("MUC-CRE-01", "MUC-CRE-05", "MUC-CRE-06", "MUC-CRE-30", "MUC-SUBJ-01", "MUC-ENT-44")
def test_entering_makes_a_room(rooms: Service) -> None:
    hag66 = rooms.person("hag66")
    hag66.sends(enter("hag"))
    hag66.receives(
        f"""<presence from='{ROOM}/hag' id='enter'>
          <occupant-id xmlns='urn:xmpp:occupant-id:0' id='{{hag66.id}}'/>
          <x xmlns='{USER}'>
            <item affiliation='owner' role='moderator' jid='{{hag66.phone}}'/><status code='110'/><status code='201'/>
          </x></presence>""",
        f"<message type='groupchat' from='{ROOM}'><subject/></message>",
    )
    rooms.is_silent()


@pytest.mark.req("MUC-CRE-08", "MUC-CRE-11", "MUC-ENT-21", "MUC-ENT-33", "MUC-ENT-34", "MUC-CRE-20")
def test_a_new_room_is_locked_until_its_owner_accepts_it(rooms: Service) -> None:
    hag66, hecate = rooms.person("hag66"), rooms.person("hecate")
    hag66.sends(enter("hag"))
    hag66.forgets()
    hecate.sends(enter("hec"))
    hecate.receives(
        f"""<presence type='error' from='{ROOM}/hec' id='enter'><x xmlns='{MUC}'/>
          <error type='cancel' by='{ROOM}'>
            <item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>…</error></presence>"""
    )
    hecate.sends(f"<iq type='get' id='form' to='{ROOM}'><query xmlns='{MUC}#owner'/></iq>")
    hecate.receives(
        f"""<iq type='error' from='{ROOM}' id='form'><query xmlns='{MUC}#owner'/>
          <error type='cancel' by='{ROOM}'>
            <item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>…</error></iq>"""
    )
    hag66.sends(DEFAULTS)
    hag66.receives(f"<iq type='result' from='{ROOM}' id='unlock'/>")
    hecate.sends(enter("hec"))
    assert kinds(hecate.takes()) == ["other", "self", "subject"]


@pytest.mark.req("MUC-CRE-14", "MUC-DEST-15", "MUC-DEST-08", "MUC-DEST-09")
def test_a_room_whose_making_is_cancelled_is_gone(rooms: Service) -> None:
    hag66 = rooms.person("hag66")
    hag66.sends(enter("hag"))
    hag66.forgets()
    hag66.sends(DEFAULTS.replace("submit", "cancel"))
    hag66.receives(
        f"""<presence type='unavailable' from='{ROOM}/hag'>
          <occupant-id xmlns='urn:xmpp:occupant-id:0' id='*'/>
          <x xmlns='{USER}'><item affiliation='none' role='none'/><status code='110'/><destroy/></x></presence>""",
        f"<iq type='result' from='{ROOM}' id='unlock'/>",
    )
    hag66.sends(f"<iq type='get' id='look' to='{ROOM}'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>")
    hag66.receives(
        f"""<iq type='error' from='{ROOM}' id='look'><error type='cancel' by='{ROOM}'>
          <item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>…</error></iq>"""
    )


@pytest.mark.req("MUC-CRE-15")
def test_an_unfinished_room_goes_with_its_owner(rooms: Service) -> None:
    hag66 = rooms.person("hag66")
    hag66.sends(enter("hag"))
    hag66.forgets()
    hag66.sends(f"<presence type='unavailable' to='{ROOM}/hag'/>")
    (gone,) = hag66.takes()
    assert gone.find(f"{{{USER}}}x/{{{USER}}}destroy") is not None
    assert codes(gone) == [110]


@pytest.mark.req("MUC-PRES-01", "MUC-PRES-02", "MUC-PRES-03", "MUC-PRES-06", "MUC-PRES-09", "MUC-ENT-24", "MUC-HIST-18")
def test_a_newcomer_is_told_all_in_order_and_the_others_once(rooms: Service) -> None:
    hag66, hecate = room(rooms, "hag66", "hecate")
    for words in ("When shall we three meet again?", "In thunder, lightning, or in rain?"):
        hag66.sends(f"<message type='groupchat' to='{ROOM}'><body>{words}</body></message>")
    rooms.everybody_forgets()

    crone1 = rooms.person("crone1")
    crone1.sends(enter("cro"))
    told = crone1.takes()
    assert kinds(told) == ["other", "other", "self", "said", "said", "subject"]
    assert [one.findtext("{jabber:client}body") for one in told[3:5]] == [
        "When shall we three meet again?",
        "In thunder, lightning, or in rain?",
    ]
    arrival = (
        f"<presence from='{ROOM}/cro'><occupant-id xmlns='urn:xmpp:occupant-id:0' id='{{crone1.id}}'/>{{x}}</presence>"
    )
    x = f"<x xmlns='{USER}'><item affiliation='none' role='participant'{{jid}}/></x>"
    hag66.receives(arrival.replace("{x}", x.replace("{jid}", " jid='{crone1.phone}'")))
    hecate.receives(arrival.replace("{x}", x.replace("{jid}", "")))
    rooms.is_silent()


@pytest.mark.req("MUC-ENT-25", "MUC-ENT-26", "MUC-ENT-27", "MUC-HIST-20")
def test_entering_again_tells_all_again_to_oneself_alone(rooms: Service) -> None:
    hag66, hecate = room(rooms, "hag66", "hecate")
    hag66.sends(f"<message type='groupchat' to='{ROOM}'><body>hail</body></message>")
    rooms.everybody_forgets()
    hecate.sends(enter("hec"))
    assert kinds(hecate.takes()) == ["other", "self", "said", "subject"]
    rooms.is_silent()
    hecate.sends(enter("hec", "<history maxchars='0'/>").replace("<x ", "<show>away</show><x "))
    assert kinds(hecate.takes()) == ["other", "self", "subject"]
    (update,) = hag66.takes()
    assert update.findtext("{jabber:client}show") == "away"


@pytest.mark.req("MUC-ENT-28")
def test_entering_again_under_another_nick_is_a_change(rooms: Service) -> None:
    hag66, hecate = room(rooms, "hag66", "hecate")
    hecate.sends(enter("moon"))
    told = hecate.takes()
    assert codes(told[0]) == [110, 303]
    assert kinds(told[1:]) == ["other", "self", "subject"]
    gone, come = hag66.takes()
    assert (gone.get("from"), come.get("from")) == (f"{ROOM}/hec", f"{ROOM}/moon")


@pytest.mark.req("MUC-ENT-12", "MUC-NICK-16", "MUC-PRES-30", "MUC-PRES-31", "MUC-EXIT-10", "MUC-EXIT-11")
def test_two_devices_are_one_occupant(rooms: Service) -> None:
    hag66, hecate = room(rooms, "hag66", "hecate")
    hecate.laptop.sends(enter("moon"))
    told = hecate.laptop.takes()
    assert kinds(told) == ["other", "self", "subject"]
    assert (told[1].get("from"), codes(told[1])) == (f"{ROOM}/hec", [110, 210])
    assert all(codes(one) == [110] for one in hecate.phone.takes())
    rooms.everybody_forgets()
    hecate.phone.sends(f"<presence type='unavailable' to='{ROOM}/hec'/>")
    (gone,) = hecate.phone.takes()
    assert (gone.get("type"), codes(gone)) == ("unavailable", [110])
    rooms.is_silent()
    hecate.laptop.sends(f"<presence type='unavailable' to='{ROOM}'/>")
    (seen,) = hag66.takes()
    assert (seen.get("type"), seen.get("from")) == ("unavailable", f"{ROOM}/hec")


@pytest.mark.req("MUC-ENT-03", "MUC-ENT-02", "MUC-ENT-29", "MUC-ENT-30", "MUC-ENT-31", "MUC-CRE-22", "MUC-CRE-32")
def test_what_is_no_wish_to_enter(rooms: Service) -> None:
    room(rooms, "hag66")
    hecate = rooms.person("hecate")
    for there in (ROOM, "nowhere@mix.shakespeare.example"):
        hecate.sends(f"<presence id='p' to='{there}/hec'/>")
        (answer,) = hecate.takes()
        assert (answer.get("type"), answer.get("from"), codes(answer)) == (
            "unavailable",
            f"{there}/hec",
            [110, 307, 333],
        )
        hecate.sends(f"<presence id='p' to='{there}'><x xmlns='{MUC}'/></presence>")
        (answer,) = hecate.takes()
        assert (answer.get("type"), answer.get("from")) == ("error", there)
        assert answer.find(".//{urn:ietf:params:xml:ns:xmpp-stanzas}jid-malformed") is not None
        for kind in ("unavailable", "probe", "error", "subscribed", "nonsense"):
            hecate.sends(f"<presence type='{kind}' to='{there}/hec'><x xmlns='{MUC}'/></presence>")
            hecate.sends(f"<presence type='{kind}' to='{there}'/>")
    assert rooms.channel("nowhere") is None
    rooms.is_silent()


@pytest.mark.req(
    "MUC-HIST-10", "MUC-HIST-12", "MUC-HIST-13", "MUC-HIST-14", "MUC-HIST-15", "MUC-HIST-16", "MUC-HIST-19"
)
@pytest.mark.parametrize(
    ("wish", "expected"),
    [
        ("", 4),
        ("maxstanzas='2'", 2),
        ("maxstanzas='0'", 0),
        ("maxchars='0'", 0),
        ("seconds='0'", 0),
        ("seconds='90'", 2),
        ("since='2026-10-31T23:01:15Z'", 2),
        ("maxstanzas='1' seconds='90'", 1),
        ("maxstanzas='ten' since='yesterday' seconds='-1' maxchars='1e3'", 4),
        ("maxstanzas='99999999999999999999'", 4),
    ],
)
def test_a_newcomer_limits_the_history(rooms: Service, wish: str, expected: int) -> None:
    (hag66,) = room(rooms, "hag66")
    for number in range(4):
        hag66.sends(f"<message type='groupchat' to='{ROOM}'><body>line {number}</body></message>")
        rooms.clock.advance(40)
    hecate = rooms.person("hecate")
    hecate.sends(enter("hec", f"<history {wish}/>"))
    said = [text for one in hecate.takes() if (text := one.findtext("{jabber:client}body"))]
    assert said == [f"line {number}" for number in range(4 - expected, 4)]


@pytest.mark.req("MUC-HIST-23")
def test_whispers_are_no_history(rooms: Service) -> None:
    """XEP-0045 §7.5: whoever comes later reads what was said to all, also who was whispered to."""
    hag66, hecate = room(rooms, "hag66", "hecate")
    for words, to, type in (("hail", "", "groupchat"), ("psst", "/hec", "chat"), ("pssst", "/hec", "normal")):
        hag66.sends(f"<message type='{type}' to='{ROOM}{to}'><body>{words}</body></message>")
    assert [one.findtext("{jabber:client}body") for one in hecate.takes()] == ["hail", "psst", "pssst"]
    for someone in (hecate, rooms.person("crone1")):
        someone.forgets()
        someone.sends(enter(someone.name[:3]))
        told = [text for one in someone.takes() if (text := one.findtext("{jabber:client}body"))]
        assert told == ["hail"]


@pytest.mark.req("MUC-ENT-43")
def test_entering_reads_nothing_from_storage(rooms: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """XEP-0045 §14.3: who comes to a room that is in use is told what is in memory; it costs what is sent."""
    hag66, _ = room(rooms, "hag66", "hecate")
    for number in range(3):
        hag66.sends(f"<message type='groupchat' to='{ROOM}'><body>line {number}</body></message>")
    rooms.everybody_forgets()
    for name in ("load", "page", "items", "message", "recent", "directory", "made"):
        monkeypatch.setattr(rooms.storage, name, None)
    people = [rooms.person(f"p{number}") for number in range(40)]
    for number, someone in enumerate(people):
        someone.sends(enter(f"nick {number}"))
        assert kinds(someone.takes()) == ["other"] * (2 + number) + ["self", "said", "said", "said", "subject"]


@pytest.mark.req("MUC-PRES-29")
@pytest.mark.parametrize("faces", [("muccompat",), ("mix.face", "muccompat")], ids=["rooms", "both"])
def test_nobody_subscribes_to_a_room(services: Callable[..., Service], faces: tuple[str, ...]) -> None:
    """XEP-0045 §18.2.2: the answer is the same whether or not there is one, and whoever asks."""
    stage = services(faces=faces)
    _, hecate = room(stage, "hag66", "hecate")
    for someone in (hecate, stage.person("pistol")):
        for there in (ROOM, "nowhere@mix.shakespeare.example"):
            someone.sends(f"<presence type='subscribe' id='s' to='{there}'/>")
            someone.receives(f"<presence type='unsubscribed' id='s' from='{there}'/>")
    stage.is_silent()
