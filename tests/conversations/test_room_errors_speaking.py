"""What is not said in a room, to nobody in it and not through it: one answer for each reason (XEP-0045 §7.4-7.8)."""

from __future__ import annotations

import pytest

from tests.stage import Service
from tests.stage.denials import denial, denied, echo
from tests.stage.ranks import asks, condition, court, item, jid
from tests.stage.room import MUC, ROOM, USER

mark = pytest.mark
OTHER, NOWHERE = "other@mix.shakespeare.example", "nowhere@mix.shakespeare.example"


def message(to: str = ROOM, type: str = "groupchat", inside: str = "<body>hail</body>") -> str:
    """Something to say."""
    kind = f" type='{type}'" if type else ""
    return f"<message id='m1'{kind} to='{to}'>{inside}</message>"


def invite(name: str) -> str:
    """An invitation."""
    return message(type="", inside=f"<x xmlns='{USER}'><invite to='{jid(name)}'><reason>Come</reason></invite></x>")


IQ = f"<iq id='q1' type='get' to='{ROOM}/nobody'><query xmlns='jabber:iq:version'/></iq>"
SUBJECT = "<subject>moon</subject>"

CASES = [
    pytest.param({}, "puck", message(), "cancel not-acceptable", id="not in", marks=mark.req("MUC-ERR-13")),
    pytest.param(
        {},
        "puck",
        message(f"{ROOM}/ban", "chat"),
        "cancel not-acceptable",
        id="not in, to somebody",
        marks=mark.req("MUC-ERR-13"),
    ),
    pytest.param(
        {"moderatedroom": "1"}, "pistol", message(), "auth forbidden", id="no voice", marks=mark.req("MUC-ERR-14")
    ),
    pytest.param(
        {},
        "pistol",
        message(f"{ROOM}/ban"),
        "modify bad-request",
        id="everybody is somebody",
        marks=mark.req("MUC-ERR-15"),
    ),
    pytest.param(
        {},
        "pistol",
        message(f"{ROOM}/nobody", "chat"),
        "cancel item-not-found",
        id="to nobody",
        marks=mark.req("MUC-ERR-16"),
    ),
    pytest.param({}, "pistol", IQ, "cancel item-not-found", id="asking nobody", marks=mark.req("MUC-ERR-16")),
    pytest.param(
        {"allowpm": "none"},
        "pistol",
        message(f"{ROOM}/ban", "chat"),
        "auth forbidden",
        id="not in private",
        marks=mark.req("MUC-ERR-17"),
    ),
    pytest.param({}, "pistol", message(NOWHERE), "cancel item-not-found", id="no room", marks=mark.req("MUC-ERR-18")),
    pytest.param(
        {}, "pistol", message(OTHER), "cancel item-not-found", id="a locked room", marks=mark.req("MUC-ERR-18")
    ),
    pytest.param({}, "pistol", message(type=""), "modify bad-request", id="no type", marks=mark.req("MUC-ERR-19")),
    pytest.param({}, "pistol", message(type="chat"), "modify bad-request", id="a chat", marks=mark.req("MUC-ERR-19")),
    pytest.param({}, "pistol", message(inside=SUBJECT), "auth forbidden", id="subject", marks=mark.req("MUC-ERR-20")),
    pytest.param(
        {"membersonly": "1"}, "banquo", invite("puck"), "auth forbidden", id="inviting", marks=mark.req("MUC-ERR-21")
    ),
]


@pytest.mark.parametrize(("fields", "who", "asked", "expected"), CASES)
def test_something_is_not_said(rooms: Service, fields: dict[str, str], who: str, asked: str, expected: str) -> None:
    """Whoever tried gets back what they wanted to say, and nobody else hears of it."""
    people = court(rooms, **fields)
    people["hecate"].sends(f"<presence to='{OTHER}/hec'><x xmlns='{MUC}'/></presence>")
    people["puck"] = puck = rooms.person("puck")
    rooms.eavesdropper.excuses(people[who], puck)  # they have named puck themselves
    rooms.everybody_forgets()
    answer = denial(people[who], asked)
    assert condition(answer) == expected
    if "<message" in asked:
        said = [name for name in ("body", "subject", "x") if f"<{name}" in asked]
        assert echo(answer) == said
    rooms.is_silent()


@pytest.mark.req("MUC-ERR-22")
def test_an_invitee_nobody_knows(rooms: Service) -> None:
    """XEP-0045 §7.8.2: that their server knows no such account is passed on to the inviter."""
    people = court(rooms)
    pistol, puck = people["pistol"], rooms.person("puck")
    for one, other in ((pistol, puck), (puck, pistol)):
        rooms.eavesdropper.excuses(one, other)
    pistol.sends(invite("puck"))
    (invitation,) = puck.takes()
    puck.account.sends(
        f"<message type='error' id='{invitation.get('id')}' to='{ROOM}'><x xmlns='{USER}'>"
        f"<invite from='{jid('pistol')}'/></x><error type='cancel'>"
        "<item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>"
    )
    (answer,) = pistol.takes()
    assert (answer.get("type"), answer.get("from")) == ("error", ROOM)
    assert condition(answer) == "cancel item-not-found"
    rooms.is_silent()


def test_all_of_it_is_said_where_nothing_is_against_it(rooms: Service) -> None:
    """The same words by somebody who may."""
    people = court(rooms, changesubject="1")
    for asked in (message(), message(inside=SUBJECT), message(f"{ROOM}/ban", "chat")):
        rooms.everybody_forgets()
        people["pistol"].sends(asked)
        assert [one.tag for one in people["banquo"].takes()] == ["{jabber:client}message"]
    assert asks(people["hag66"], item(nick="pis", role="visitor")) == "ok"
    assert denied(people["pistol"], message()) == "auth forbidden"
