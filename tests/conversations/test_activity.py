"""How busy a room is (XEP-0502)."""

from __future__ import annotations

import pytest

from pubsubnodes.forms import FORM, read_form
from tests.stage import Person, Scene, Service
from tests.stage.room import MUC, ROOM, configure, room

INFO = "http://jabber.org/protocol/disco#info"
FIELD = "{urn:xmpp:muc-activity}message-activity"


def activity(someone: Person, to: str = ROOM) -> float | None:
    """What the room says of itself; None when it says nothing."""
    someone.forgets()
    someone.sends(f"<iq type='get' id='d' to='{to}'><query xmlns='{INFO}'/></iq>")
    (answer,) = someone.takes()
    forms = [read_form(x) for x in answer.iter(FORM)]
    (told,) = [form for form in forms if form.form_type == f"{MUC}#roominfo"]
    return float(told.fields[FIELD][0]) if FIELD in told.fields else None


def says(someone: Person, inside: str) -> None:
    """A groupchat message."""
    someone.sends(f"<message type='groupchat' to='{ROOM}'>{inside}</message>")


@pytest.fixture
def people(stage: Service) -> list[Person]:
    """A public room that stays, and a while has passed since it was made."""
    found = room(stage, "hag66", "hecate")
    configure(found[0], persistentroom="1", publicroom="1")
    stage.time_passes(10 * 3600)
    return found


@pytest.mark.req("MUC-ACT-02", "MUC-ACT-03", "MUC-ACT-04", "MUC-ACT-01")
def test_what_people_say_counts_and_nothing_else(people: list[Person]) -> None:
    hag66, hecate = people
    assert activity(hecate) is None
    for _ in range(20):
        says(hag66, "<body>Double, double</body>")
    assert activity(hecate) == pytest.approx(2.0, abs=0.02)
    for _ in range(5):
        says(hag66, "<composing xmlns='http://jabber.org/protocol/chatstates'/>")
        says(hag66, "<subject>Toil</subject>")
        says(hag66, "<body>toil</body><replace xmlns='urn:xmpp:message-correct:0' id='m'/>")
        hag66.sends(f"<message type='chat' to='{ROOM}/hec'><body>psst</body></message>")
    assert activity(hecate) == pytest.approx(2.0, abs=0.02)


@pytest.mark.req("MUC-ACT-08")
def test_the_number_is_written_alike_in_every_language(people: list[Person]) -> None:
    """XEP-0502 §7: with a point, whatever somebody reads the label in."""
    hag66, hecate = people
    for _ in range(25):
        says(hag66, "<body>Double, double</body>")
    hecate.forgets()
    for lang in ("en", "de", "fr-CA"):
        hecate.sends(f"<iq type='get' id='q' to='{ROOM}' xml:lang='{lang}'><query xmlns='{INFO}'/></iq>")
        (answer,) = hecate.takes()
        (field,) = (one for one in answer.iter("{jabber:x:data}field") if one.get("var") == FIELD)
        assert [value.text for value in field] == ["2.50"]
        assert field.get("label")


@pytest.mark.req("MUC-ACT-05", "MUC-ACT-06")
def test_it_fades(stage: Service, people: list[Person]) -> None:
    hag66, hecate = people
    for _ in range(20):
        says(hag66, "<body>Double, double</body>")
    before = activity(hecate)
    stage.time_passes(3600)
    now = activity(hecate)
    assert before is not None
    assert now is not None
    assert now < before
    stage.time_passes(72 * 3600)
    assert activity(hecate) is None


def test_more_than_is_remembered_counts_for_the_time_it_took(stage: Service, people: list[Person]) -> None:
    """A room that has been busy for long is as busy as its newest messages show."""
    hag66, hecate = people
    for _ in range(120):
        says(hag66, "<body>Double, double</body>")
        stage.time_passes(360)
    assert activity(hecate) == pytest.approx(10.0, abs=0.3)
    stage.restarts()
    assert activity(hecate) == pytest.approx(10.0, abs=0.3)


@pytest.mark.req("MUC-ACT-01", "MUC-ACT-07", "MUC-FEAT-38", "MUC-LEAK-18")
@pytest.mark.parametrize(
    "closed", [{"persistentroom": "0"}, {"publicroom": "0"}, {"membersonly": "1"}, {"roomsecret": "cauldron"}]
)
def test_a_closed_room_says_nothing(people: list[Person], closed: dict[str, str]) -> None:
    hag66, _ = people
    says(hag66, "<body>Double, double</body>")
    assert activity(hag66)
    configure(hag66, **closed)
    assert activity(hag66) is None


def test_a_channel_is_as_busy_as_its_room(stage: Service) -> None:
    """Also what MIX clients say counts."""
    coven = Scene(stage, "coven")
    hag66 = coven.people("hag66", joined=["hag66"])
    hag66.phone.sends("<message type='groupchat'><body>hail</body></message>")
    assert activity(hag66, "{coven}")
