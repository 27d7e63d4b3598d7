"""The subject of a room (XEP-0045 §7.2.15, §8.1): who sets it, and how newcomers and the archive have it."""

from __future__ import annotations

from xml.etree.ElementTree import Element

import pytest

from mix.core.messages import LONGEST_SUBJECT
from tests.conversations.words import INFO, MAM
from tests.stage import Person, Service
from tests.stage.ranks import condition
from tests.stage.room import MUC, ROOM, configure, enter, room

SUBJECT = "{jabber:client}subject"
DELAY = "{urn:xmpp:delay}delay"
URGENT = "<urgent xmlns='urn:example:x'/>"


def sets(someone: Person, text: str, more: str = "") -> None:
    """Set the subject."""
    someone.sends(f"<message type='groupchat' id='s' to='{ROOM}'><subject>{text}</subject>{more}</message>")


def newcomer(stage: Service, name: str) -> Element:
    """The subject as somebody gets it who has just entered: the last thing they hear."""
    someone = stage.person(name)
    someone.sends(enter(name[:3]))
    told = someone.takes()
    (found,) = [one for one in told if one.find(SUBJECT) is not None and one.find("{jabber:client}body") is None]
    assert found is told[-1]
    return found


@pytest.mark.req("MUC-SUBJ-03", "MUC-SUBJ-06")
def test_it_comes_from_whoever_set_it(rooms: Service) -> None:
    """From the room while nobody ever did; cleared, from whoever cleared it, and when."""
    (hag66,) = room(rooms, "hag66")
    never = newcomer(rooms, "hecate")
    assert (never.get("from"), never.findtext(SUBJECT), never.find(DELAY)) == (ROOM, "", None)
    sets(hag66, "fire")
    rooms.everybody_forgets()
    assert newcomer(rooms, "crone1").get("from") == f"{ROOM}/hag"
    sets(hag66, "")
    rooms.everybody_forgets()
    cleared = newcomer(rooms, "banquo")
    assert (cleared.get("from"), cleared.findtext(SUBJECT)) == (f"{ROOM}/hag", "")
    assert cleared.find(DELAY) is not None


@pytest.mark.req("MUC-SUBJ-11", "MUC-SUBJ-14")
def test_participants_set_it_where_they_may(rooms: Service) -> None:
    """Nobody who has no voice, and nobody from outside."""
    hag66, hecate, pistol = room(rooms, "hag66", "hecate", "pistol")
    configure(hag66, changesubject="1", moderatedroom="1")
    hag66.sends(
        f"<iq type='set' id='v' to='{ROOM}'><query xmlns='{MUC}#admin'><item nick='pis' role='visitor'/></query></iq>"
    )
    rooms.everybody_forgets()
    sets(hecate, "moon")
    assert hag66.takes()[-1].get("from") == f"{ROOM}/hec"
    rooms.everybody_forgets()
    sets(pistol, "ancient")
    assert [condition(one) for one in pistol.takes()] == ["auth forbidden"]
    stranger = rooms.person("ariel")
    sets(stranger, "spirit")
    assert [condition(one) for one in stranger.takes()] == ["cancel not-acceptable"]
    rooms.is_silent()


@pytest.mark.req("MUC-SUBJ-15", "MUC-SUBJ-22")
def test_it_is_reflected_whole_and_also_when_it_is_the_same(rooms: Service) -> None:
    hag66, hecate = room(rooms, "hag66", "hecate")
    hag66.sends(
        f"<iq type='set' id='o' to='{ROOM}'><query xmlns='{MUC}#admin'>"
        f"<item jid='{hecate.jid}' affiliation='admin'/></query></iq>"
    )
    sets(hag66, "fire", URGENT)
    assert hag66.takes()[-1].find("{urn:example:x}urgent") is not None
    first = newcomer(rooms, "crone1").find(DELAY)
    rooms.everybody_forgets()
    rooms.time_passes(60)
    sets(hecate, "fire")
    for someone in (hag66, hecate):
        (told,) = someone.takes()
        assert (told.get("from"), told.findtext(SUBJECT)) == (f"{ROOM}/hec", "fire")
    again = newcomer(rooms, "banquo")
    assert again.get("from") == f"{ROOM}/hec"
    second = again.find(DELAY)
    assert first is not None
    assert second is not None
    assert (first.get("stamp") or "") < (second.get("stamp") or "")


@pytest.mark.req("MUC-SUBJ-18")
def test_it_is_archived(rooms: Service) -> None:
    (hag66,) = room(rooms, "hag66")
    sets(hag66, "fire")
    live = hag66.takes()[-1].find("{urn:xmpp:sid:0}stanza-id")
    hag66.sends(f"<iq type='set' id='m' to='{ROOM}'><query xmlns='{MAM}'/></iq>")
    (found,) = [one.find(f"{{{MAM}}}result") for one in hag66.takes() if one.tag.endswith("message")]
    assert found is not None
    assert live is not None
    assert found.get("id") == live.get("id")
    assert found.findtext(f".//{SUBJECT}") == "fire"


@pytest.mark.req("MUC-SUBJ-20")
def test_it_is_not_longer_than_a_newcomer_wants(rooms: Service) -> None:
    (hag66,) = room(rooms, "hag66")
    sets(hag66, "x" * LONGEST_SUBJECT)
    assert [condition(one) for one in hag66.takes()] == ["modify not-acceptable"]
    assert newcomer(rooms, "hecate").findtext(SUBJECT) == ""


@pytest.mark.req("MUC-SUBJ-21")
def test_it_is_told_to_those_who_could_hear_it(rooms: Service) -> None:
    """In a hidden room to its people alone (XEP-0045 §6.4)."""
    (hag66,) = room(rooms, "hag66")
    sets(hag66, "fire")
    stranger = rooms.person("ariel")
    rooms.everybody_forgets()

    def told(someone: Person) -> list[str | None]:
        someone.sends(f"<iq type='get' id='d' to='{ROOM}'><query xmlns='{INFO}'/></iq>")
        (answer,) = someone.takes()
        fields = [one for one in answer.iter("{jabber:x:data}field") if one.get("var") == "muc#roominfo_subject"]
        return [one.findtext("{jabber:x:data}value") for one in fields]

    assert told(stranger) == ["fire"]
    configure(hag66, publicroom="0")
    rooms.everybody_forgets()
    assert (told(stranger), told(hag66)) == ([], ["fire"])
