"""Nicks in a room: what may be one, and which are the same (XEP-0045 §17.1, RFC 8266)."""

from __future__ import annotations

import pytest

from tests.conversations.test_registration import form, registers
from tests.conversations.words import refused
from tests.stage import Person, Service
from tests.stage.ranks import asks, item, jid
from tests.stage.room import ROOM, codes, configure, enter, room


def tries(someone: Person, nick: str, *, change: bool = False) -> str:
    """Try to enter, or to be called, by a nick: the condition of the refusal, or nothing."""
    someone.forgets()
    presence = enter(nick) if not change else f"<presence id='n' to='{ROOM}/{nick}'/>"
    someone.sends(presence)
    for stanza in someone.takes():
        if stanza.get("type") == "error":
            found = stanza.find("{jabber:client}error")
            assert found is not None
            return f"{found.get('type')} {found[0].tag.partition('}')[2]}"
    return ""


def everywhere(rooms: Service, owner: Person, occupant: Person, nick: str) -> set[str]:
    """Whatever is said of a nick by entering, changing and registering, and by keeping it for somebody."""
    said = {tries(rooms.person("pistol"), nick), tries(occupant, nick, change=True), registers(occupant, form(nick))}
    return said | {asks(owner, item(jid=jid("macbeth"), affiliation="member", nick=nick))}


@pytest.mark.req("MUC-NICK-02", "MUC-NICK-03", "MUC-NICK-14")
@pytest.mark.parametrize("nick", ["&#x20;", "&#xA0;", "&#x200B;", "&#x2060;", "&#x3164;", "&#x202E;"])
def test_a_nick_nobody_can_see_is_none(rooms: Service, nick: str) -> None:
    hag66, hecate = room(rooms, "hag66", "hecate")
    assert everywhere(rooms, hag66, hecate, nick) == {"modify jid-malformed"}


@pytest.mark.req("MUC-NICK-05", "MUC-NICK-06", "MUC-NICK-14")
@pytest.mark.parametrize("nick", ["alice", "ALICE", " Alice ", "\uff21lice", "Alice\u200b"])
def test_a_nick_that_looks_the_same_is_the_same(rooms: Service, nick: str) -> None:
    """The holder keeps it, whoever comes with one that looks like it."""
    (hag66,) = room(rooms, "hag66")
    alice, hecate = rooms.person("ariel"), rooms.person("hecate")
    alice.sends(enter("Alice"))
    hecate.sends(enter("moon"))
    hag66.forgets()
    assert everywhere(rooms, hag66, hecate, nick) == {"cancel conflict"}


@pytest.mark.req("MUC-NICK-07", "MUC-NICK-14")
def test_a_nick_is_no_speech(rooms: Service) -> None:
    hag66, hecate = room(rooms, "hag66", "hecate")
    assert everywhere(rooms, hag66, hecate, "x" * 65) == {"modify not-acceptable"}
    assert everywhere(rooms, hag66, hecate, "x" * 1023) == {"modify not-acceptable"}
    assert registers(hecate, form("x" * 1024)) == "modify jid-malformed"
    assert tries(rooms.person("pistol"), "x" * 64) == ""


@pytest.mark.req("MUC-NICK-15")
def test_a_nick_is_compared_prepared(rooms: Service) -> None:
    """Composed or decomposed, it is the same person."""
    _, hecate = room(rooms, "hag66", "hecate")
    ariel = rooms.person("ariel")
    ariel.sends(enter("Zo\u00e9"))
    ariel.forgets()
    assert tries(hecate, "Zoe\u0301", change=True) == "cancel conflict"
    assert tries(ariel, "Zoe\u0301", change=True) == ""


@pytest.mark.req("MUC-NICK-16", "MUC-CODE-12")
def test_one_person_has_one_nick(rooms: Service) -> None:
    hag66, hecate = room(rooms, "hag66", "hecate")
    hecate.laptop.sends(enter("luna"))
    (own,) = [one for one in hecate.laptop.takes() if 110 in codes(one)]
    assert own.get("from") == f"{ROOM}/hec"
    assert codes(own) == [110, 210]
    assert [one.get("from") for one in hag66.takes()] in ([], [f"{ROOM}/hec"])


@pytest.mark.req("MUC-NICK-01", "MUC-NCH-14", "MUC-NICK-02")
def test_a_nick_has_no_control_characters(rooms: Service) -> None:
    """RFC 8265 §4.2: refused as a malformed address, whichever way it comes; who had a nick before keeps it."""
    hag66, hecate = room(rooms, "hag66", "hecate")
    for nick in ("moon&#x7F;", "mo&#x9;on", "mo&#x85;on"):
        assert tries(rooms.person("pistol"), nick) == "modify jid-malformed"
        assert tries(hecate, nick, change=True) == "modify jid-malformed"
    assert tries(hecate, "", change=True) == "modify jid-malformed"
    hag66.forgets()
    hecate.sends(f"<message type='groupchat' to='{ROOM}'><body>hail</body></message>")
    assert [one.get("from") for one in hag66.takes()] == [f"{ROOM}/hec"]


@pytest.mark.req("MUC-NICK-04")
def test_a_nick_does_not_pass_for_an_id(rooms: Service) -> None:
    """RFC 8266 and more: what is a resource need not be a nick."""
    _, hecate = room(rooms, "hag66", "hecate")
    like_an_id = "j5bbkiaszzwkgqeqhaan3uar6i"
    assert tries(rooms.person("pistol"), like_an_id) == "modify not-acceptable"
    assert tries(hecate, like_an_id.upper(), change=True) == "modify not-acceptable"


@pytest.mark.req("MUC-NICK-09", "MUC-NCH-06", "MUC-CODE-12")
def test_a_nick_is_tidied_up_and_its_owner_told(rooms: Service) -> None:
    """RFC 8266 §2.1: one space between words is enough. 210 is for the one whose nick it is."""
    hag66, hecate = room(rooms, "hag66", "hecate")
    pistol = rooms.person("pistol")
    pistol.sends(enter("Mine&#x3000; Ancient"))
    (own,) = [one for one in pistol.takes() if 110 in codes(one)]
    assert (own.get("from"), codes(own)) == (f"{ROOM}/Mine Ancient", [110, 210])
    rooms.everybody_forgets()
    hecate.sends(f"<presence to='{ROOM}/Full  Moon'/>")
    gone, come = hecate.takes()
    assert (gone.get("from"), codes(gone)) == (f"{ROOM}/hec", [110, 303])
    assert (come.get("from"), codes(come)) == (f"{ROOM}/Full Moon", [110, 210])
    assert [codes(one) for one in hag66.takes()] == [[303], []]


@pytest.mark.req("MUC-NCH-20", "MUC-NICK-08")
def test_nicks_are_no_way_to_speak(rooms: Service) -> None:
    """XEP-0045 §14.6: fifty changes in a moment, by a visitor without voice."""
    hag66, hecate = room(rooms, "hag66", "hecate")
    configure(hag66, moderatedroom="1")
    pistol = rooms.person("pistol")
    pistol.sends(enter("pis"))
    rooms.everybody_forgets()
    outcomes = [tries(pistol, f"{number} bottles", change=True) for number in range(50)]
    assert outcomes.count("") == 10
    assert set(outcomes[10:]) == {"wait resource-constraint"}
    assert len(hecate.takes()) == 20
    rooms.time_passes(60)
    assert tries(pistol, "pis", change=True) == ""


@pytest.mark.req("MUC-NCH-16")
def test_only_who_is_in_changes_nicks(rooms: Service) -> None:
    """XEP-0045 §7.2.18: whoever has left is told so, and nobody else hears of it."""
    _, hecate = room(rooms, "hag66", "hecate")
    hecate.sends(f"<presence type='unavailable' to='{ROOM}'/>")
    rooms.everybody_forgets()
    hecate.sends(f"<presence to='{ROOM}/moon'/>")
    (answer,) = hecate.takes()
    assert (answer.get("type"), answer.get("from"), codes(answer)) == ("unavailable", f"{ROOM}/moon", [110, 307, 333])
    hecate.laptop.sends(enter("hec"))  # where one client is, another is not
    rooms.everybody_forgets()
    hecate.phone.sends(f"<presence to='{ROOM}/moon'/>")
    assert codes(hecate.phone.takes()[0]) == [110, 307, 333]
    rooms.is_silent()


@pytest.mark.req("MUC-NCH-19")
def test_nobody_goes_by_a_former_nick(rooms: Service) -> None:
    """Whispers and requests that come too late come back."""
    hag66, hecate = room(rooms, "hag66", "hecate")
    hecate.sends(f"<presence to='{ROOM}/moon'/>")
    rooms.everybody_forgets()
    for late in (
        f"<message type='chat' id='m' to='{ROOM}/hec'><body>psst</body></message>",
        f"<iq type='get' id='q' to='{ROOM}/hec'><query xmlns='jabber:iq:version'/></iq>",
    ):
        hag66.sends(late)
        assert refused(hag66) == "cancel item-not-found"
    rooms.is_silent()


@pytest.mark.req("MUC-NICK-13")
def test_a_ban_frees_the_nick(rooms: Service) -> None:
    """XEP-0045 §9.1."""
    hag66, _ = room(rooms, "hag66", "hecate")
    pistol = rooms.person("pistol")
    ariel = jid("ariel")
    assert asks(hag66, item(jid=ariel, affiliation="member", nick="spirit")) == "ok"
    assert tries(pistol, "spirit") == "cancel conflict"
    assert asks(hag66, item(jid=ariel, affiliation="outcast")) == "ok"
    assert tries(pistol, "spirit") == ""
