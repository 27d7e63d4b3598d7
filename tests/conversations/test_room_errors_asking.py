"""Asking a room for what it does not have or tell: one answer for each reason (XEP-0030, XEP-0313, XEP-0425)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.stage import Service
from tests.stage.denials import denied
from tests.stage.ranks import asks, court, item, jid
from tests.stage.room import MUC, ROOM, enter

mark = pytest.mark
NOWHERE = "nowhere@mix.shakespeare.example"
DISCO = "http://jabber.org/protocol/disco"
RSM = "http://jabber.org/protocol/rsm"


def ask(inside: str, type: str = "get", to: str = ROOM) -> str:
    """A request."""
    return f"<iq id='q1' type='{type}' to='{to}'>{inside}</iq>"


def archive(inside: str = "") -> str:
    """A query of the archive."""
    return ask(f"<query xmlns='urn:xmpp:mam:2'>{inside}</query>", "set")


def wanted(var: str, value: str) -> str:
    """A filter of it."""
    return (
        "<x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE'><value>urn:xmpp:mam:2</value></field>"
        f"<field var='{var}'><value>{value}</value></field></x>"
    )


def page(inside: str) -> str:
    """A page of it."""
    return f"<set xmlns='{RSM}'>{inside}</set>"


PING = "<ping xmlns='urn:xmpp:ping'/>"
INFO = f"<query xmlns='{DISCO}#info'/>"
RETRACT = "<retract xmlns='urn:xmpp:message-retract:1'/>"
MODERATE = f"<moderate xmlns='urn:xmpp:message-moderate:1' id='x'>{RETRACT}</moderate>"
VCARD = "<vCard xmlns='vcard-temp'><PHOTO><TYPE>image/png</TYPE><BINVAL>aGFn</BINVAL></PHOTO></vCard>"
COMMAND = "<command xmlns='http://jabber.org/protocol/commands' node='http://jabber.org/protocol/admin#announce'/>"

CASES = [
    pytest.param(
        "puck", ask(INFO, to=f"{ROOM}/ban"), "modify bad-request", id="about somebody", marks=mark.req("MUC-ERR-36")
    ),
    pytest.param(
        "puck", ask(PING, to=f"{ROOM}/ban"), "cancel not-acceptable", id="a ping", marks=mark.req("MUC-ERR-37")
    ),
    pytest.param(
        "puck",
        ask(f"<query xmlns='{DISCO}#info' node='bogus'/>"),
        "cancel item-not-found",
        id="a node",
        marks=mark.req("MUC-ERR-38"),
    ),
    pytest.param(
        "puck",
        ask(f"<query xmlns='{DISCO}#items' node='bogus'/>"),
        "cancel item-not-found",
        id="items of a node",
        marks=mark.req("MUC-ERR-38"),
    ),
    pytest.param(
        "puck",
        ask(f"<query xmlns='{DISCO}#info' node='{MUC}#traffic'/>"),
        "cancel service-unavailable",
        id="nothing is filtered",
    ),
    pytest.param("puck", ask(INFO, to=NOWHERE), "cancel item-not-found", id="no room", marks=mark.req("MUC-ERR-39")),
    pytest.param(
        "puck",
        ask(f"<query xmlns='{DISCO}#items'/>", to=NOWHERE),
        "cancel item-not-found",
        id="items of no room",
        marks=mark.req("MUC-ERR-39"),
    ),
    pytest.param(
        "puck",
        ask(f"<query xmlns='{MUC}#admin'>{item(affiliation='member')}</query>", to=NOWHERE),
        "cancel item-not-found",
        id="members of no room",
        marks=mark.req("MUC-ERR-39"),
    ),
    pytest.param(
        "puck",
        ask(f"<query xmlns='{MUC}#owner'/>", to=NOWHERE),
        "cancel item-not-found",
        id="its form",
        marks=mark.req("MUC-ERR-39"),
    ),
    pytest.param(
        "pistol",
        ask("<query xmlns='urn:example:unknown'/>"),
        "cancel service-unavailable",
        id="unknown",
        marks=mark.req("MUC-ERR-40"),
    ),
    pytest.param(
        "puck",
        ask("<query xmlns='urn:example:unknown'/>", "set"),
        "cancel service-unavailable",
        id="unknown, from outside",
        marks=mark.req("MUC-ERR-40"),
    ),
    pytest.param("puck", archive(), "auth forbidden", id="archive, from outside", marks=mark.req("MUC-ERR-42")),
    pytest.param("macduff", archive(), "auth forbidden", id="archive, banned", marks=mark.req("MUC-ERR-42")),
    *(
        pytest.param(
            "pistol", archive(inside), "cancel item-not-found", id=f"archive, {name}", marks=mark.req("MUC-ERR-43")
        )
        for name, inside in {
            "after": page("<after>bogus</after>"),
            "before": page("<before>bogus</before>"),
            "after-id": wanted("after-id", "bogus"),
            "before-id": wanted("before-id", "bogus"),
            "ids": wanted("ids", "bogus"),
        }.items()
    ),
    pytest.param(
        "pistol",
        archive(wanted("{urn:example}what", "x")),
        "cancel feature-not-implemented",
        id="archive, a field",
        marks=mark.req("MUC-ERR-44"),
    ),
    pytest.param("pistol", ask(MODERATE, "set"), "auth forbidden", id="moderating", marks=mark.req("MUC-ERR-45")),
    pytest.param("crone1", ask(VCARD, "set"), "auth forbidden", id="a picture", marks=mark.req("MUC-ERR-46")),
    pytest.param(
        "pistol",
        ask(COMMAND, "set", "mix.shakespeare.example"),
        "auth forbidden",
        id="command",
        marks=mark.req("MUC-ERR-47"),
    ),
]


@pytest.mark.parametrize(("who", "asked", "expected"), CASES)
def test_that_is_not_told(rooms: Service, who: str, asked: str, expected: str) -> None:
    """Nor does anybody else hear that it was asked."""
    people = court(rooms)
    assert asks(people["hag66"], item(jid=jid("macduff"), affiliation="outcast")) == "ok"
    rooms.everybody_forgets()
    assert denied(people.get(who) or rooms.person(who), asked) == expected
    rooms.is_silent()


@pytest.mark.req("MUC-ERR-41")
@pytest.mark.parametrize(
    "asked",
    [
        pytest.param(f"<message id='m1' type='groupchat' to='{ROOM}'><body>hail</body></message>", id="messages"),
        pytest.param(f"<message id='m1' type='chat' to='{ROOM}/hag'><body>psst</body></message>", id="in private"),
        pytest.param(enter("pis"), id="entering"),
        pytest.param(f"<presence id='p1' to='{ROOM}/pis'><show>away</show></presence>", id="presence"),
        pytest.param(ask(INFO), id="requests"),
    ],
)
def test_too_much_at_once_is_too_much(services: Callable[..., Service], asked: str) -> None:
    """XEP-0045 §14.6: later it will do."""
    rooms = services(faces=("muccompat",), pace=(1.0, 10.0))
    people = court(rooms, "hecate", "banquo")
    for _ in range(10):
        people["pistol"].sends(asked)
    assert denied(people["pistol"], asked) == "wait resource-constraint"
    rooms.time_passes(5)
    rooms.everybody_forgets()
    people["pistol"].sends(asked)
    assert "error" not in {one.get("type") for one in people["pistol"].takes()}
