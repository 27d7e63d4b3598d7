"""Clients that are gone without a word, and what that ends (XEP-0045 §7.14, §18.1.2)."""

from __future__ import annotations

import pytest

from tests.stage import Service
from tests.stage.people import Client
from tests.stage.ranks import about
from tests.stage.room import ROOM, USER, codes, configure, enter, room

STANZAS = "urn:ietf:params:xml:ns:xmpp-stanzas"
LOOK = f"<iq type='get' id='i' to='{ROOM}'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>"


def bounces(client: Client, condition: str = "remote-server-not-found", nick: str = "hag") -> None:
    """A message of the room to a client comes back."""
    client.sends(
        f"<message type='error' to='{ROOM}/{nick}'><body>hail</body>"
        f"<error type='cancel'><{condition} xmlns='{STANZAS}'/></error></message>"
    )


@pytest.mark.req("MUC-EXIT-17")
def test_who_is_lost_has_left(rooms: Service) -> None:
    """XEP-0045 §18.1.2: no role any more; the nick is free, and nothing else is kept for them."""
    hag66, hecate = room(rooms, "hag66", "hecate")
    bounces(hecate.phone, "recipient-unavailable")
    (seen,) = hag66.takes()
    assert about(seen) == ("unavailable", "none", "none")
    assert codes(seen) == [333]
    hecate.forgets()
    pistol = rooms.person("pistol")
    pistol.sends(enter("hec"))
    assert pistol.takes()[-1].get("type") != "error"


@pytest.mark.req("MUC-EXIT-17")
@pytest.mark.parametrize("persistent", ["0", "1"])
def test_a_room_may_end_with_the_last_ghost(rooms: Service, persistent: str) -> None:
    """XEP-0045 §7.14: as it may with whoever leaves in good order."""
    hag66, hecate = room(rooms, "hag66", "hecate")
    configure(hag66, persistentroom=persistent)
    hag66.sends(f"<presence type='unavailable' to='{ROOM}'/>")
    bounces(hecate.phone, "recipient-unavailable")
    rooms.everybody_forgets()
    hecate.sends(LOOK)
    (answer,) = hecate.takes()
    is_gone = answer.find(f".//{{{STANZAS}}}item-not-found") is not None
    assert is_gone is (persistent == "0")


@pytest.mark.req("MUC-EXIT-20")
def test_a_server_out_of_reach_takes_its_own_people_away(rooms: Service) -> None:
    """XEP-0045 §18.1.2: what was said comes back from each of them; everybody else stays and goes on."""
    hag66, hecate = room(rooms, "hag66", "hecate")
    siward, malcolm = (rooms.person(name, "england.example") for name in ("siward", "malcolm"))
    for someone in (siward, malcolm):
        someone.sends(enter(someone.name[:3]))
    rooms.everybody_forgets()
    hag66.sends(f"<message type='groupchat' to='{ROOM}'><body>hail</body></message>")
    rooms.everybody_forgets()
    for someone in (siward, malcolm):
        bounces(someone.phone)
    gone = hecate.takes()
    assert [(one.get("from"), one.get("type"), codes(one)) for one in gone] == [
        (f"{ROOM}/siw", "unavailable", [333]),
        (f"{ROOM}/mal", "unavailable", [333]),
    ]
    rooms.everybody_forgets()
    hecate.sends(f"<message type='groupchat' to='{ROOM}'><body>all hail</body></message>")
    assert [len(one.takes()) for one in (hag66, hecate, siward, malcolm)] == [1, 1, 0, 0]


@pytest.mark.req("MUC-EXIT-12", "MUC-EXIT-15")
@pytest.mark.parametrize(
    "condition",
    [
        "gone",
        "item-not-found",
        "recipient-unavailable",
        "redirect",
        "remote-server-not-found",
        "remote-server-timeout",
        "service-unavailable",
        "jid-malformed",
        "internal-server-error",
    ],
)
def test_what_says_that_a_client_is_gone(rooms: Service, condition: str) -> None:
    """One client: the other one of the same person stays, and so does the person for everybody else."""
    hag66, hecate = room(rooms, "hag66", "hecate")
    hecate.laptop.sends(enter("hec"))
    rooms.everybody_forgets()
    bounces(hecate.laptop, condition)
    (own,) = hecate.laptop.takes()
    assert (own.get("type"), codes(own)) == ("unavailable", [110, 333])
    assert not [one for one in hag66.takes() if one.get("type") == "unavailable"]
    bounces(hecate.phone, condition)
    assert codes(hecate.phone.takes()[-1]) == [110, 333]
    (seen,) = hag66.takes()
    assert (seen.get("type"), codes(seen)) == ("unavailable", [333])
    assert seen.find(f".//{{{USER}}}item").get("role") == "none"  # type: ignore[union-attr]
