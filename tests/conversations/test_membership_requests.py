"""Membership that somebody has to approve, and registration that is switched off (XEP-0045 §7.10, §9.9)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mix.core import registration
from tests.conversations.test_registration import INFO, REGISTER, form, get, kept, registers
from tests.stage import Person, Service
from tests.stage.ranks import affiliations, asks, condition, court, item, jid
from tests.stage.room import MUC, ROOM


@pytest.fixture
def closed(services: Callable[..., Service]) -> tuple[Service, dict[str, Person]]:
    """A closed room where administrators approve who becomes a member; pistol, ross and wiccarocks are outside."""
    service = services(faces=("muccompat",), registration="approval")
    return service, court(service, "pistol", "wiccarocks", "ross", membersonly="1")


def asked(nick: str, someone: Person) -> str:
    """The form administrators get."""
    return f"""
        <message from='{ROOM}'><x xmlns='jabber:x:data' type='form'><title>*</title><instructions>*</instructions>
          <field var='FORM_TYPE' type='hidden'><value>{MUC}#register</value></field>
          <field var='muc#jid' type='jid-single' label='*'><value>{someone.jid}</value></field>
          <field var='muc#register_roomnick' type='text-single' label='*'><value>{nick}</value></field>
          <field var='muc#register_allow' type='boolean' label='*'><value>0</value></field></x></message>"""


def approves(someone: Person, applicant: Person, nick: str, allow: str = "1", type: str = "submit") -> None:
    """Send the form back, filled in."""
    fields = {"FORM_TYPE": f"{MUC}#register", "muc#jid": applicant.jid, "muc#register_roomnick": nick}
    filled = "".join(
        f"<field var='{var}'><value>{value}</value></field>"
        for var, value in {**fields, "muc#register_allow": allow}.items()
    )
    someone.sends(f"<message to='{ROOM}' id='ok'><x xmlns='jabber:x:data' type='{type}'>{filled}</x></message>")


@pytest.mark.req("MUC-REG-14", "MUC-REG-19", "MUC-REG-31", "MUC-REG-32")
def test_administrators_are_asked_and_approve(closed: tuple[Service, dict[str, Person]]) -> None:
    """All who are in the room, and nobody else; who was approved is a member from then on."""
    service, people = closed
    pistol = people["pistol"]
    assert get(pistol) == "form"
    allow = "<field var='muc#register_allow'><value>1</value></field>"
    assert registers(pistol, form("Ancient", allow)) == "ok"
    for name in ("hag66", "hecate", "crone1", "macbeth"):
        people[name].receives(asked("Ancient", pistol))
    service.is_silent()
    assert (kept(pistol), get(pistol)) == (None, "form"), "until then nothing is kept"
    assert jid("pistol") not in affiliations(people["hag66"])
    approves(people["crone1"], pistol, "Ancient")
    service.everybody_forgets()
    assert kept(pistol) == "Ancient"
    assert affiliations(people["hag66"])[jid("pistol")] == "member"
    pistol.sends(f"<presence to='{ROOM}/Ancient'><x xmlns='{MUC}'/></presence>")
    assert pistol.takes()[-1].get("type") != "error"


@pytest.mark.req("MUC-REG-20")
def test_only_administrators_approve(closed: tuple[Service, dict[str, Person]]) -> None:
    service, people = closed
    pistol, ross = people["pistol"], people["ross"]
    registers(pistol, form("Ancient"))
    service.everybody_forgets()
    for forger in (people["banquo"], ross, pistol):
        service.eavesdropper.excuses(forger, people["ariel"])
        service.eavesdropper.excuses(forger, pistol)  # they name each other in what comes back
        if forger is people["banquo"]:  # nor does anybody learn so who has a rank already
            approves(forger, people["ariel"], "x")
            assert [condition(one) for one in forger.takes()] == ["auth forbidden"]
        approves(forger, pistol, "Ancient")
        assert [condition(one) for one in forger.takes()] in (["auth forbidden"], ["cancel not-acceptable"])
    assert jid("pistol") not in affiliations(people["hag66"])


@pytest.mark.req("MUC-REG-21")
def test_what_is_denied_ignored_or_said_twice_does_nothing(closed: tuple[Service, dict[str, Person]]) -> None:
    """Nor is anybody raised or lowered who has a rank by then."""
    service, people = closed
    hag66, crone1, pistol, ross = (people[name] for name in ("hag66", "crone1", "pistol", "ross"))
    registers(pistol, form("Ancient"))
    service.everybody_forgets()
    approves(crone1, pistol, "Ancient", allow="0")
    approves(crone1, pistol, "Ancient", type="cancel")
    service.is_silent()
    assert jid("pistol") not in affiliations(hag66)
    approves(hag66, pistol, "Ancient")
    service.everybody_forgets()
    approves(crone1, pistol, "Ancient")
    approves(crone1, pistol, "Other")
    approves(hag66, people["macbeth"], "thane")
    service.is_silent()
    asks(hag66, item(jid=jid("ross"), affiliation="outcast"))
    service.everybody_forgets()
    approves(crone1, ross, "r")
    service.is_silent()
    ranks = affiliations(hag66)
    assert [ranks[jid(name)] for name in ("pistol", "macbeth", "ross")] == ["member", "admin", "outcast"]
    assert kept(pistol) == "Ancient"


def test_forms_that_approve_nothing(closed: tuple[Service, dict[str, Person]]) -> None:
    service, people = closed
    crone1 = people["crone1"]
    for inside in (
        "<field var='muc#register_allow'><value>perhaps</value></field>",
        "<field var='muc#register_allow'><value>1</value></field>",
        "<field var='muc#jid'><value>@@</value></field>",
    ):
        filled = f"<field var='FORM_TYPE'><value>{MUC}#register</value></field>{inside}"
        crone1.sends(f"<message to='{ROOM}' id='ok'><x xmlns='jabber:x:data' type='submit'>{filled}</x></message>")
        (answer,) = crone1.takes()
        assert condition(answer) == "modify bad-request"
    service.is_silent()


@pytest.mark.req("MUC-REG-04", "MUC-REG-28")
def test_who_asks_for_what_nobody_can_give(closed: tuple[Service, dict[str, Person]]) -> None:
    """Administrators are not asked all the time, and not on behalf of those who are banned."""
    service, people = closed
    pistol, ross = people["pistol"], people["ross"]
    assert registers(pistol, form("Ancient")) == "ok"
    assert registers(pistol, form("Ancient")) == "wait resource-constraint"
    assert registers(ross, form("Ancient")) == "ok"
    asks(people["hag66"], item(jid=jid("ross"), affiliation="outcast"))
    service.everybody_forgets()
    assert get(ross) == "cancel not-allowed"


@pytest.mark.req("MUC-LEAK-08")
def test_asking_tells_nothing_of_who_is_there(closed: tuple[Service, dict[str, Person]]) -> None:
    """XEP-0045 §7.2.8: neither whether a nick is taken, which the administrator hears, nor whether there is one."""
    service, people = closed
    pistol, ross, hag66 = people["pistol"], people["ross"], people["hag66"]
    assert registers(pistol, form("BAN")) == registers(ross, form("Ancient")) == "ok"
    service.everybody_forgets()
    approves(hag66, pistol, "BAN")
    (answer,) = hag66.takes()
    assert condition(answer) == "cancel conflict"
    approves(hag66, pistol, "Ancient")
    service.everybody_forgets()
    assert kept(pistol) == "Ancient"
    for name in ("hag66", "hecate", "crone1", "macbeth"):
        people[name].sends(f"<presence type='unavailable' to='{ROOM}/{name[:3]}'/>")
    service.everybody_forgets()
    service.time_passes(61)
    assert get(ross) == "form"
    assert registers(ross, form("Ancient")) == "ok"
    service.is_silent()


@pytest.mark.req("MUC-REG-11", "MUC-DISC-25")
def test_registration_can_be_switched_off(services: Callable[..., Service]) -> None:
    service = services(faces=("muccompat",), registration="off")
    people = court(service)
    ross = people["ross"]
    assert get(ross) == "cancel service-unavailable"
    assert registers(ross, form("x")) == "cancel service-unavailable"
    assert registers(ross, "<remove/>") == "cancel service-unavailable"
    ross.sends(f"<iq type='get' id='k' to='{ROOM}'><query xmlns='{INFO}' node='x-roomuser-item'/></iq>")
    (answer,) = ross.takes()
    assert condition(answer) == "cancel feature-not-implemented"
    ross.sends(f"<iq type='get' id='d' to='{ROOM}'><query xmlns='{INFO}'/></iq>")
    (answer,) = ross.takes()
    assert not {REGISTER, f"{MUC}#register"} & {one.get("var") for one in answer.iter(f"{{{INFO}}}feature")}
    service.is_silent()


def test_strangers_do_not_flood_administrators(
    closed: tuple[Service, dict[str, Person]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server may make up any number of accounts; its own people still can ask."""
    service, people = closed
    monkeypatch.setattr(registration, "APPLICANTS", 3)
    ariels = [service.person(f"ariel{number}", domain="elsewhere.example") for number in range(4)]
    answers = [registers(one, form(one.name)) for one in ariels]
    assert answers == ["ok"] * 3 + ["wait resource-constraint"]
    assert registers(people["pistol"], form("Ancient")) == "ok"
    service.everybody_forgets()
    service.time_passes(61)
    assert registers(ariels[3], form("ariel3")) == "ok"
