"""Status codes: when they come, to whom, and in which form (XEP-0045 §15.6)."""

from __future__ import annotations

from xml.etree.ElementTree import Element, fromstring

import pytest

from tests.stage import Service
from tests.stage.people import Person
from tests.stage.proofreader import USER, mistakes
from tests.stage.ranks import asks, configures, court, item, jid
from tests.stage.room import ROOM, codes, enter, room

OCCUPANT_ID = "<occupant-id xmlns='urn:xmpp:occupant-id:0' id='me'/>"


def presence(inside: str, more: str = OCCUPANT_ID) -> Element:
    """A presence as a room may not send it."""
    return fromstring(f"<presence xmlns='jabber:client'>{more}<x xmlns='{USER[1:-1]}'>{inside}</x></presence>")


@pytest.mark.req("MUC-CODE-03", "MUC-CODE-04", "MUC-CODE-06", "MUC-CODE-20", "MUC-CNOT-15")
@pytest.mark.parametrize(
    "bad",
    [
        presence("<status code='110'/><item affiliation='none' role='none'/>"),
        presence("<item/><item/><status code='110'/>"),
        presence("<item/><status code='210'/><status code='110'/>"),
        presence("<item/><status code='110'/><status code='110'/>"),
        presence("<item/>"),
        presence("<item/><status code='110'/>", OCCUPANT_ID.replace("me", "other")),
        presence("<item/><status code='110'/>", f"{OCCUPANT_ID}<x xmlns='{USER[1:-1]}'/>"),
        presence("<item/><status code='102'/><status code='110'/>"),
        presence("<item/><status code='103'/><status code='110'/>"),
    ],
)
def test_whatever_a_room_says_is_read_after(bad: Element) -> None:
    """In all conversations of all tests: each code once and in order, 110 to oneself alone, no code without a sense."""
    assert list(mistakes(bad, "me"))
    assert not list(mistakes(presence("<item/><status code='110'/><status code='210'/>"), "me"))


def told(someone: Person, kind: str = "presence") -> list[tuple[str, list[int]]]:
    """From whom what came with which codes: the part of the address after the room, or nothing for the room itself."""
    return [
        ((one.get("from") or "").partition("/")[2], codes(one)) for one in someone.takes() if one.tag.endswith(kind)
    ]


@pytest.mark.req("MUC-CODE-11", "MUC-CODE-06")
def test_who_makes_a_room_is_told_so_once(rooms: Service) -> None:
    """XEP-0045 §10.1.1: 201, to nobody who enters what is there."""
    hag66, hecate = rooms.person("hag66"), rooms.person("hecate")
    hag66.sends(enter("hag"))
    assert told(hag66) == [("hag", [110, 201])]
    hag66.sends(enter("hag"))
    assert told(hag66) == [("hag", [110])]
    configures(hag66)
    hecate.sends(enter("hec"))
    assert told(hecate) == [("hag", []), ("hec", [110])]
    assert told(hag66) == [("hec", [])]


@pytest.mark.req("MUC-CODE-14", "MUC-CODE-06")
def test_a_change_of_nick_says_which_is_the_new_one(rooms: Service) -> None:
    """XEP-0045 §7.6: 303 under the old nick, then somebody under the new."""
    hag66, hecate = room(rooms, "hag66", "hecate")
    hecate.sends(f"<presence to='{ROOM}/moon'/>")
    for someone, own in ((hecate, [110]), (hag66, [])):
        gone, here = someone.takes()
        assert (gone.get("type"), gone.get("from"), codes(gone)) == ("unavailable", f"{ROOM}/hec", [*own, 303])
        (changed,) = gone.iter(f"{USER}item")
        assert changed.get("nick") == "moon"
        assert (here.get("type"), here.get("from"), codes(here)) == (None, f"{ROOM}/moon", own)


@pytest.mark.req("MUC-CODE-09", "MUC-CODE-10", "MUC-CODE-01")
def test_everybody_is_told_when_addresses_are_shown_and_hidden(rooms: Service) -> None:
    """XEP-0045 §10.2.1: 172 and 173 before anything else; 100 to whoever enters in between."""
    hag66, hecate = room(rooms, "hag66", "hecate")
    for whois, code, entry in (("anyone", 172, [100, 110]), ("moderators", 173, [110])):
        configures(hag66, whois=whois)
        assert told(hecate, "message")[0] == ("", [code])
        rooms.everybody_forgets()
        hecate.sends(f"<presence type='unavailable' to='{ROOM}/hec'/>")
        hecate.forgets()
        hecate.sends(enter("hec"))
        assert told(hecate)[-1] == ("hec", entry)
        rooms.everybody_forgets()


@pytest.mark.req("MUC-CODE-19", "MUC-CODE-06")
def test_who_is_lost_was_not_kicked(rooms: Service) -> None:
    """XEP-0045 §11.1, §18.1.2: 333 for a client that bounces, and not 307."""
    hag66, hecate = room(rooms, "hag66", "hecate")
    bounce = "<error type='cancel'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>"
    hecate.sends(f"<message type='error' id='m' to='{ROOM}'>{bounce}</message>")
    assert told(hecate) == [("hec", [110, 333])]
    assert told(hag66) == [("hec", [333])]


def test_who_is_away_is_told_of_a_rank_by_nothing_but_an_invitation(rooms: Service) -> None:
    """XEP-0045 §18.1 lets rooms tell by 101; this one tells only whom it lets in, and as §9.5 has it."""
    people = court(rooms, membersonly="1")
    puck = rooms.person("puck")
    rooms.eavesdropper.excuses(puck, people["hag66"])
    for affiliation in ("member", "admin", "none"):
        assert asks(people["hag66"], item(jid=jid("puck"), affiliation=affiliation)) == "ok"
    (invitation,) = puck.takes()
    assert invitation.find(f"{USER}x/{USER}invite") is not None
    assert codes(invitation) == []
