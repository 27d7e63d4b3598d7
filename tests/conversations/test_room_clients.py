"""Several clients of one person in a room, and what the room keeps and adds to all it sends (XEP-0045 §7, §17)."""

from __future__ import annotations

from itertools import pairwise

import pytest

from tests.stage import Service
from tests.stage.room import MUC, ROOM, USER, codes, configure, enter, room

OCCUPANT_ID = "{urn:xmpp:occupant-id:0}occupant-id"


@pytest.mark.req("MUC-MSG-21", "MUC-MSG-22", "MUC-MSG-23", "MUC-MSG-29", "MUC-MSG-03", "MUC-PRES-30")
def test_every_client_of_a_person_speaks_and_hears(rooms: Service) -> None:
    hag66, hecate = room(rooms, "hag66", "hecate")
    hecate.laptop.sends(enter("hec"))
    rooms.everybody_forgets()
    hecate.laptop.sends(
        f"<message type='groupchat' to='{ROOM}' xml:lang='en'><thread>t1</thread>"
        "<body>Wherefore stand you still?</body></message>"
    )
    heard = [*hag66.takes(), *hecate.takes()]
    assert len(heard) == 3, "one copy for each of the three clients"
    assert len({one.get("to") for one in heard}) == 3
    for one in heard:
        assert one.get("from") == f"{ROOM}/hec"
        assert one.get("type") == "groupchat"
        assert one.get("{http://www.w3.org/XML/1998/namespace}lang") == "en"
        assert one.findtext("{jabber:client}thread") == "t1"
    assert len({one.get("id") for one in heard}) == 1
    assert all(one.get("id") for one in heard), "a message without an id gets one, the same on all copies"


@pytest.mark.req("MUC-MSG-30", "MUC-HIST-22")
def test_what_has_no_body_is_heard_and_not_remembered(rooms: Service) -> None:
    hag66, hecate = room(rooms, "hag66", "hecate")
    hecate.sends(
        f"<message type='groupchat' to='{ROOM}' id='c1'><composing xmlns='http://jabber.org/protocol/chatstates'/></message>"
    )
    for someone in (hag66, hecate):
        someone.receives(
            f"""<message type='groupchat' from='{ROOM}/hec' id='c1'>
              <composing xmlns='http://jabber.org/protocol/chatstates'/>
              <occupant-id xmlns='urn:xmpp:occupant-id:0' id='*'/></message>"""
        )
    crone1 = rooms.person("crone1")
    crone1.sends(enter("crone"))
    assert not [
        one for one in crone1.takes() if one.find("{http://jabber.org/protocol/chatstates}composing") is not None
    ]


@pytest.mark.req("MUC-EXIT-07")
@pytest.mark.parametrize("kind", ["probe", "subscribe", "subscribed", "unsubscribe", "unsubscribed"])
def test_only_unavailable_is_an_exit(rooms: Service, kind: str) -> None:
    hag66, hecate = room(rooms, "hag66", "hecate")
    hecate.sends(f"<presence to='{ROOM}/hec' type='{kind}'/>")
    hag66.receives_nothing()
    hecate.forgets()
    hag66.sends(f"<message type='groupchat' to='{ROOM}' id='m1'><body>still there?</body></message>")
    hecate.receives(f"<message type='groupchat' from='{ROOM}/hag' id='m1'><body>still there?</body>…</message>")


@pytest.mark.req("MUC-PRES-28")
def test_a_probe_of_an_occupant_is_answered_and_a_strangers_is_not(rooms: Service) -> None:
    hag66, hecate = room(rooms, "hag66", "hecate")
    hecate.sends(f"<presence to='{ROOM}/hag' type='probe'/>")
    hecate.receives(f"<presence from='{ROOM}/hag'>…</presence>")
    hecate.sends(f"<presence to='{ROOM}/hec' type='probe'/>")
    assert [codes(one) for one in hecate.takes()] == [[110]]
    configure(hag66, presencebroadcast="visitor")
    rooms.everybody_forgets()
    hecate.sends(f"<presence to='{ROOM}/hag' type='probe'/>")
    crone1 = rooms.person("crone1")
    for nick in ("hag", "nobody"):
        crone1.sends(f"<presence to='{ROOM}/{nick}' type='probe'/>")
    rooms.is_silent()


@pytest.mark.req(
    "MUC-PRES-07", "MUC-PRES-11", "MUC-PRES-12", "MUC-PRES-32", "MUC-PRES-34", "MUC-OCC-01", "MUC-OCC-22", "MUC-OCC-07"
)
def test_every_presence_says_who_and_what_they_are(rooms: Service) -> None:
    """Over a whole visit: one item with role and affiliation, one occupant-id, 110 for oneself and nobody else."""
    hag66, hecate = room(rooms, "hag66", "hecate")
    hecate.sends(f"<presence to='{ROOM}/hec'><show>dnd</show></presence>")
    hecate.sends(f"<presence to='{ROOM}/owl'/>")
    hecate.sends(enter("owl"))
    hecate.sends(f"<presence to='{ROOM}/owl' type='unavailable'/>")
    ids: dict[str, str] = {}
    for someone, own in ((hag66, "hag"), (hecate, "hec owl")):
        seen = [one for one in someone.takes() if one.tag.endswith("presence")]
        assert seen
        for one in seen:
            sender, to = one.get("from", ""), one.get("to", "")
            assert "/" in to, "rooms write to clients, never to accounts"
            (x,) = one.findall(f"{{{USER}}}x")
            (item,) = x.findall(f"{{{USER}}}item")
            assert item.get("role")
            assert item.get("affiliation")
            if one.get("type") == "unavailable" and 303 not in codes(one):
                assert item.get("role") == "none"
            (occupant,) = one.findall(OCCUPANT_ID)
            nick = sender.partition("/")[2]
            assert (110 in codes(one)) == (nick in own.split())
            person = "hecate" if nick in ("hec", "owl") else nick
            assert ids.setdefault(person, occupant.get("id", "")) == occupant.get("id")
        updates = [one.get("id") for one in seen if one.get("id") and 110 not in codes(one)]
        assert len(updates) == len(set(updates))
    assert len(set(ids.values())) == len(ids)


@pytest.mark.req("MUC-PRES-19", "MUC-PRES-22", "MUC-PRES-36", "MUC-PRES-35")
def test_a_newcomer_sees_the_last_presence_whole_and_nothing_forged(rooms: Service) -> None:
    _, hecate = room(rooms, "hag66", "hecate")
    hecate.sends(
        f"<presence to='{ROOM}/hec' xml:lang='en'><show>away</show><status>gathering roots</status>"
        f"<priority>3</priority><x xmlns='{MUC}'><password>secret</password></x>"
        f"<delay xmlns='urn:xmpp:delay' from='{ROOM}' stamp='2002-10-13T23:58:37Z'/>"
        "<delay xmlns='urn:xmpp:delay' from='weather.example' stamp='2002-10-13T23:58:38Z'/>"
        "<c xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='n' ver='v'/></presence>"
    )
    rooms.everybody_forgets()
    crone1 = rooms.person("crone1")
    crone1.sends(enter("crone"))
    crone1.receives(
        f"""<presence from='{ROOM}/hec'><show>away</show><status xml:lang='en'>gathering roots</status>
          <priority>3</priority>
          <delay xmlns='urn:xmpp:delay' from='weather.example' stamp='2002-10-13T23:58:38Z'/>
          <c xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='n' ver='v'/>
          <x xmlns='{USER}'><item affiliation='none' role='participant'/></x>
          <occupant-id xmlns='urn:xmpp:occupant-id:0' id='*'/></presence>"""
    )


@pytest.mark.req("MUC-ENT-39")
def test_nobody_is_somebody_without_being_listed(rooms: Service) -> None:
    """XEP-0045 §5.2: after a visit nothing is left of someone without affiliation."""
    hag66, hecate = room(rooms, "hag66", "hecate")
    hecate.sends(f"<presence to='{ROOM}/hec' type='unavailable'/>")
    rooms.restarts()
    rooms.everybody_forgets()
    hecate.sends(enter("hec"))
    (mine,) = [one for one in hecate.takes() if 110 in codes(one)]
    item = next(mine.iter(f"{{{USER}}}item"))
    assert (item.get("affiliation"), item.get("role")) == ("none", "participant")
    hag66.forgets()


@pytest.mark.req("MUC-HIST-27", "MUC-HIST-04", "MUC-HIST-05")
def test_times_an_owner_pastes_in_are_left_alone(rooms: Service) -> None:
    hag66, _ = room(rooms, "hag66", "hecate")
    hag66.sends(
        f"<message type='groupchat' to='{ROOM}' id='old'><body>when shall we three meet again</body>"
        "<delay xmlns='urn:xmpp:delay' from='macbeth@scotland.example' stamp='1606-01-01T00:00:00Z'/></message>"
    )
    hag66.receives(
        f"""<message type='groupchat' from='{ROOM}/hag' id='old'><body>when shall we three meet again</body>
          <delay xmlns='urn:xmpp:delay' from='*' stamp='1606-01-01T00:00:00Z'/>…</message>"""
    )
    rooms.everybody_forgets()
    crone1 = rooms.person("crone1")
    crone1.sends(enter("crone"))
    (told,) = [one for one in crone1.takes() if one.get("id") == "old"]
    delays = told.findall("{urn:xmpp:delay}delay")
    assert [one.get("from") for one in delays if one.get("stamp") != "1606-01-01T00:00:00Z"] == [ROOM]
    assert len(delays) == 2


@pytest.mark.req("MUC-PRES-33", "MUC-MSG-27")
def test_two_observers_see_everything_in_one_order(rooms: Service) -> None:
    hag66, hecate, crone1 = room(rooms, "hag66", "hecate", "crone1")
    for turn in range(5):
        hecate.sends(f"<message type='groupchat' to='{ROOM}' id='h{turn}'><body>{turn}</body></message>")
        crone1.sends(f"<presence to='{ROOM}/cro'><status>{turn}</status></presence>")
    orders = [
        [one.get("id") or one.findtext("{jabber:client}status") for one in someone.takes()]
        for someone in (hag66, hecate)
    ]
    assert orders[0] == orders[1]
    assert all(a != b for a, b in pairwise(orders[0]))
