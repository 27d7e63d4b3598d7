"""Registering, ranks, configuring and ending: one answer for each reason why not (XEP-0045 §7.10, §8-10, §17.4)."""

from __future__ import annotations

import pytest

from tests.stage import Service
from tests.stage.denials import denied
from tests.stage.ranks import affiliations, asks, court, item, jid, roles, wish
from tests.stage.room import MUC, ROOM

mark = pytest.mark
NOWHERE = "nowhere@mix.shakespeare.example"
REGISTER = "jabber:iq:register"


def register(inside: str = "", type: str = "set", to: str = ROOM) -> str:
    """A wish to register, or for the form to do so."""
    return f"<iq id='r1' type='{type}' to='{to}'><query xmlns='{REGISTER}'>{inside}</query></iq>"


def filled(nick: str | None, form_type: str = f"{MUC}#register") -> str:
    """The form, filled in."""
    wanted = f"<field var='muc#register_roomnick'><value>{nick}</value></field>" if nick is not None else ""
    return (
        f"<x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE'><value>{form_type}</value></field>{wanted}</x>"
    )


def owner(inside: str = "", type: str = "set") -> str:
    """Something only owners ask for."""
    return f"<iq id='o1' type='{type}' to='{ROOM}'><query xmlns='{MUC}#owner'>{inside}</query></iq>"


def form(**fields: str) -> str:
    """A configuration."""
    values = "".join(
        f"<field var='muc#roomconfig_{var}'><value>{value}</value></field>" for var, value in fields.items()
    )
    form_type = f"<field var='FORM_TYPE'><value>{MUC}#roomconfig</value></field>"
    return owner(f"<x xmlns='jabber:x:data' type='submit'>{form_type}{values}</x>")


GET, DESTROY = owner(type="get"), owner("<destroy/>")
CLOSED = {"membersonly": "1"}

REGISTERING = [
    pytest.param(
        {},
        "puck",
        register(type="get", to=NOWHERE),
        "cancel item-not-found",
        id="no room",
        marks=mark.req("MUC-ERR-23"),
    ),
    pytest.param(
        {},
        "puck",
        register(filled("Robin"), to=NOWHERE),
        "cancel item-not-found",
        id="in no room",
        marks=mark.req("MUC-ERR-23"),
    ),
    pytest.param(
        CLOSED, "puck", register(type="get"), "cancel not-allowed", id="no member", marks=mark.req("MUC-ERR-24")
    ),
    pytest.param({}, "macduff", register(type="get"), "cancel not-allowed", id="banned", marks=mark.req("MUC-ERR-24")),
    pytest.param(
        {}, "puck", register(filled("BAN")), "cancel conflict", id="a nick in use", marks=mark.req("MUC-ERR-25")
    ),
    pytest.param(
        {},
        "puck",
        register(type="get", to="mix.shakespeare.example"),
        "cancel service-unavailable",
        id="with the service",
        marks=mark.req("MUC-ERR-26"),
    ),
    pytest.param({}, "puck", register(filled(None)), "modify bad-request", id="no nick", marks=mark.req("MUC-ERR-27")),
    pytest.param(
        {},
        "puck",
        register(filled("Robin", "urn:x")),
        "modify bad-request",
        id="another form",
        marks=mark.req("MUC-ERR-27"),
    ),
]

RANKS = [
    pytest.param(
        "pistol", wish(item(nick="ros", role="none")), "auth forbidden", id="kicking", marks=mark.req("MUC-ERR-28")
    ),
    pytest.param(
        "pistol",
        wish(item(role="moderator"), type="get"),
        "auth forbidden",
        id="listing moderators",
        marks=mark.req("MUC-ERR-28"),
    ),
    pytest.param(
        "banquo",
        wish(item(jid=jid("ross"), affiliation="outcast")),
        "auth forbidden",
        id="banning",
        marks=mark.req("MUC-ERR-28"),
    ),
    pytest.param(
        "banquo",
        wish(item(affiliation="outcast"), type="get"),
        "auth forbidden",
        id="listing the banned",
        marks=mark.req("MUC-ERR-28", "MUC-LEAK-11"),
    ),
    pytest.param(
        "crone1",
        wish(item(jid=jid("ross"), affiliation="admin")),
        "auth forbidden",
        id="naming admins",
        marks=mark.req("MUC-ERR-28"),
    ),
    pytest.param(
        "crone1",
        wish(item(nick="hec", role="none")),
        "cancel not-allowed",
        id="kicking an owner",
        marks=mark.req("MUC-ERR-29"),
    ),
    pytest.param(
        "crone1",
        wish(item(jid=jid("macbeth"), affiliation="outcast")),
        "cancel not-allowed",
        id="banning a peer",
        marks=mark.req("MUC-ERR-29"),
    ),
    pytest.param(
        "crone1",
        wish(item(nick="mac", role="visitor")),
        "cancel not-allowed",
        id="muting a peer",
        marks=mark.req("MUC-ERR-29"),
    ),
    pytest.param(
        "crone1",
        wish(item(nick="cro", role="none")),
        "cancel conflict",
        id="kicking oneself",
        marks=mark.req("MUC-ERR-30"),
    ),
    pytest.param(
        "hag66",
        wish(item(jid=jid("hag66"), affiliation="outcast")),
        "cancel conflict",
        id="banning oneself",
        marks=mark.req("MUC-ERR-30"),
    ),
    pytest.param(
        "hag66",
        wish(item(jid=jid("hag66"), affiliation="none"), item(jid=jid("hecate"), affiliation="none")),
        "cancel conflict",
        id="no owner left",
        marks=mark.req("MUC-ERR-31"),
    ),
    pytest.param(
        "hag66", form(roomowners=""), "cancel conflict", id="no owner in the form", marks=mark.req("MUC-ERR-31")
    ),
    pytest.param(
        "hag66",
        wish(item(nick="pis", role="visitor", affiliation="member")),
        "modify bad-request",
        id="two at once",
        marks=mark.req("MUC-ERR-32"),
    ),
    pytest.param("crone1", GET, "auth forbidden", id="an admin's look", marks=mark.req("MUC-ERR-33")),
    pytest.param("crone1", form(roomname="Mine"), "auth forbidden", id="an admin's form", marks=mark.req("MUC-ERR-33")),
    pytest.param("hag66", form(maxusers="several"), "modify not-acceptable", id="a word", marks=mark.req("MUC-ERR-34")),
    pytest.param("hag66", form(whois="nobody"), "modify not-acceptable", id="no option", marks=mark.req("MUC-ERR-34")),
    pytest.param(
        "hag66", form(roomname="x" * 201), "modify not-acceptable", id="too long", marks=mark.req("MUC-ERR-34")
    ),
    pytest.param("crone1", DESTROY, "auth forbidden", id="ending it", marks=mark.req("MUC-ERR-35")),
    pytest.param("puck", DESTROY, "auth forbidden", id="a stranger ends it", marks=mark.req("MUC-ERR-35")),
]


@pytest.mark.parametrize(("fields", "who", "asked", "expected"), REGISTERING)
def test_nobody_registers_so(rooms: Service, fields: dict[str, str], who: str, asked: str, expected: str) -> None:
    """And nothing is kept for them."""
    people = court(rooms, **fields)
    assert asks(people["hag66"], item(jid=jid("macduff"), affiliation="outcast")) == "ok"
    rooms.everybody_forgets()
    before = affiliations(people["hag66"])
    assert denied(rooms.person(who), asked) == expected
    rooms.is_silent()
    assert affiliations(people["hag66"]) == before


@pytest.mark.parametrize(("who", "asked", "expected"), RANKS)
def test_nothing_is_changed_so(rooms: Service, who: str, asked: str, expected: str) -> None:
    """Everybody is and may what they were and might."""
    people = court(rooms)
    people["puck"] = rooms.person("puck")
    before = affiliations(people["hag66"]), roles(people["hag66"])
    assert denied(people[who], asked) == expected
    rooms.is_silent()
    assert (affiliations(people["hag66"]), roles(people["hag66"])) == before
