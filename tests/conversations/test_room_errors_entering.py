"""Who does not get in, and what they are told: one answer for each reason (XEP-0045 §7.2, §7.6)."""

from __future__ import annotations

import pytest

from tests.stage import Service
from tests.stage.denials import denial, denied, echo
from tests.stage.people import Person
from tests.stage.ranks import asks, configures, court, item, jid
from tests.stage.room import MUC, ROOM, codes, enter

mark = pytest.mark
OTHER = "other@mix.shakespeare.example"


def entering(to: str, inside: str = "") -> str:
    """A wish to enter."""
    return f"<presence id='e1' to='{to}'><x xmlns='{MUC}'>{inside}</x></presence>"


def renaming(nick: str) -> str:
    """A wish for another nick."""
    return f"<presence id='e1' to='{ROOM}/{nick}'/>"


def outcast(people: dict[str, Person]) -> None:
    """macduff is banned."""
    assert asks(people["hag66"], item(jid=jid("macduff"), affiliation="outcast")) == "ok"


CASES = [
    pytest.param({}, entering(ROOM), "modify jid-malformed", id="no nick", marks=mark.req("MUC-ERR-01")),
    pytest.param({}, entering(f"{ROOM}/  "), "modify jid-malformed", id="spaces", marks=mark.req("MUC-ERR-02")),
    pytest.param(
        {}, entering(f"{ROOM}/\u2800"), "modify jid-malformed", id="nothing seen", marks=mark.req("MUC-ERR-02")
    ),
    pytest.param(
        {}, entering(f"{ROOM}/{'x' * 65}"), "modify not-acceptable", id="a long nick", marks=mark.req("MUC-ERR-03")
    ),
    pytest.param(
        {"roomsecret": "cauldron"},
        entering(f"{ROOM}/duff"),
        "auth not-authorized",
        id="no password",
        marks=mark.req("MUC-ERR-04"),
    ),
    pytest.param(
        {"roomsecret": "cauldron"},
        entering(f"{ROOM}/duff", "<password>kettle</password>"),
        "auth not-authorized",
        id="another password",
        marks=mark.req("MUC-ERR-04", "MUC-LEAK-20"),
    ),
    pytest.param(
        {"membersonly": "1"},
        entering(f"{ROOM}/duff"),
        "auth registration-required",
        id="no member",
        marks=mark.req("MUC-ERR-05"),
    ),
    pytest.param({}, entering(f"{ROOM}/BAN"), "cancel conflict", id="a nick in use", marks=mark.req("MUC-ERR-07")),
    pytest.param(
        {"maxusers": "5"}, entering(f"{ROOM}/duff"), "wait service-unavailable", id="full", marks=mark.req("MUC-ERR-08")
    ),
    pytest.param({}, entering(f"{OTHER}/duff"), "cancel item-not-found", id="locked", marks=mark.req("MUC-ERR-09")),
]


@pytest.mark.req("MUC-ENT-33", "MUC-ENT-34", "MUC-ENT-36")
@pytest.mark.parametrize(("fields", "asked", "expected"), CASES)
def test_a_stranger_is_not_let_in(rooms: Service, fields: dict[str, str], asked: str, expected: str) -> None:
    """The error says of which room it is and is known for one about entering; nobody else hears of it."""
    people = court(rooms, **fields)
    people["hecate"].sends(entering(f"{OTHER}/hec"))
    rooms.everybody_forgets()
    macduff = rooms.person("macduff")
    answer = denial(macduff, asked)
    error = answer.find("{jabber:client}error")
    assert error is not None
    assert error.get("by") == (answer.get("from") or "").partition("/")[0]
    assert f"{error.get('type')} {error[0].tag.rpartition('}')[2]}" == expected
    assert echo(answer) == ["x"]
    assert not [text for text in answer.itertext() if "kettle" in text or "cauldron" in text]
    rooms.is_silent()


@pytest.mark.req("MUC-ERR-06")
def test_who_is_banned_is_told_so(rooms: Service) -> None:
    """XEP-0045 §7.2.7: whatever else there is against them."""
    people = court(rooms, membersonly="1", roomsecret="cauldron")
    outcast(people)
    rooms.everybody_forgets()
    for nick in ("duff", "ban"):
        assert denied(rooms.person("macduff"), entering(f"{ROOM}/{nick}")) == "auth forbidden"


@pytest.mark.req("MUC-ERR-07")
def test_a_nick_somebody_else_has_is_no_nick_to_change_to(rooms: Service) -> None:
    """XEP-0045 §7.2.8, §7.6: neither one in use nor one kept for somebody who is not there."""
    people = court(rooms)
    assert asks(people["hag66"], item(jid=jid("macduff"), affiliation="member", nick="Duff")) == "ok"
    rooms.everybody_forgets()
    for nick in ("ban", "Duff"):
        assert denied(people["pistol"], renaming(nick)) == "cancel conflict"
        assert denied(rooms.person("puck"), entering(f"{ROOM}/{nick}")) == "cancel conflict"
    assert denied(people["pistol"], renaming("x" * 65)) == "modify not-acceptable"
    rooms.is_silent()


@pytest.mark.req("MUC-ERR-10")
def test_who_may_not_make_rooms_is_told_so(rooms: Service) -> None:
    """XEP-0045 §10.1.1."""
    stranger = rooms.person("stranger", "elsewhere.example")
    assert denied(stranger, entering(f"{OTHER}/s")) == "cancel not-allowed"
    assert rooms.channel("other") is None


@pytest.mark.req("MUC-ERR-12")
def test_who_only_thinks_to_be_in_is_put_out(rooms: Service) -> None:
    """XEP-0045 §7.2.18: presence without a wish to enter is no error, and is answered like a kick."""
    court(rooms)
    macduff = rooms.person("macduff")
    macduff.sends(f"<presence id='e1' to='{ROOM}/duff'/>")
    (answer,) = macduff.takes()
    assert (answer.get("type"), answer.get("from"), codes(answer)) == ("unavailable", f"{ROOM}/duff", [110, 307, 333])
    rooms.is_silent()


def test_all_of_them_get_in_when_nothing_is_against_it(rooms: Service) -> None:
    """The same people and the same words, in a room that is open."""
    people = court(rooms, "banquo")
    configures(people["hag66"], maxusers="none")
    macduff = rooms.person("macduff")
    macduff.sends(enter("BAN"))
    assert 110 in codes(macduff.takes()[-2])
