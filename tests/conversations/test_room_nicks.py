"""Nicks in a room: what may be one, and which are the same (XEP-0045 §17.1, RFC 8266)."""

from __future__ import annotations

import pytest

from tests.stage import Person, Service
from tests.stage.room import ROOM, codes, enter, room


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


@pytest.mark.req("MUC-NICK-02", "MUC-NICK-03", "MUC-NICK-14")
@pytest.mark.parametrize("nick", ["&#x20;", "&#xA0;", "&#x200B;", "&#x2060;", "&#x3164;", "&#x202E;"])
def test_a_nick_nobody_can_see_is_none(rooms: Service, nick: str) -> None:
    _, hecate = room(rooms, "hag66", "hecate")
    assert tries(rooms.person("pistol"), nick).startswith("modify ")
    assert tries(hecate, nick, change=True).startswith("modify ")


@pytest.mark.req("MUC-NICK-05", "MUC-NICK-06", "MUC-NICK-14")
@pytest.mark.parametrize("nick", ["alice", "ALICE", " Alice ", "\uff21lice", "Alice\u200b"])
def test_a_nick_that_looks_the_same_is_the_same(rooms: Service, nick: str) -> None:
    """The holder keeps it, whoever comes with one that looks like it."""
    room(rooms, "hag66")
    alice, hecate = rooms.person("ariel"), rooms.person("hecate")
    alice.sends(enter("Alice"))
    hecate.sends(enter("moon"))
    assert tries(rooms.person("pistol"), nick) in ("cancel conflict", "modify jid-malformed", "modify not-acceptable")
    assert tries(hecate, nick, change=True) in ("cancel conflict", "modify jid-malformed", "modify not-acceptable")


@pytest.mark.req("MUC-NICK-07")
def test_a_nick_is_no_speech(rooms: Service) -> None:
    room(rooms, "hag66")
    assert tries(rooms.person("pistol"), "x" * 65) == "modify not-acceptable"
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
