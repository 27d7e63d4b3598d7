"""One's own preferences: asked for, changed one by one, the same on every client (XEP-0404 §3.1)."""

from __future__ import annotations

from xml.etree.ElementTree import Element

import pytest

from tests.conversations.words import ANON, ask_items, prefer
from tests.stage import Person, Scene

DATA = "{jabber:x:data}"
ASK = f"<iq type='get' id='p0'><user-preference xmlns='{ANON}'/></iq>"
DEFAULTS = {"JID Visibility": "default", "Private Messages": "allow", "vCard": "block", "Presence": "share"}


def told(someone: Person) -> tuple[str, dict[str, str], dict[str, list[str]]]:
    """The form somebody got: its type, the values and the options of its fields."""
    (answer,) = [one for one in someone.takes() if one.tag.endswith("iq")]
    assert answer.get("type") == "result", answer
    form = answer.find(f".//{DATA}x")
    assert form is not None
    fields = {field.get("var", ""): field for field in form.findall(f"{DATA}field")}
    hidden = fields.pop("FORM_TYPE")
    assert (hidden.get("type"), hidden.findtext(f"{DATA}value")) == ("hidden", ANON)
    values = {name: field.findtext(f"{DATA}value") or "" for name, field in fields.items()}
    return form.get("type", ""), values, {name: _options(field) for name, field in fields.items()}


def _options(field: Element) -> list[str]:
    return [value.text or "" for value in field.findall(f"{DATA}option/{DATA}value")]


@pytest.mark.req("MIX-PRF-01", "MIX-PRF-02", "MIX-PRF-03", "MIX-PRF-06", "MIX-PRF-07", "MIX-PRF-08", "MIX-PRF-09")
def test_the_template_has_every_preference_with_its_options(coven: Scene) -> None:
    hag66 = coven.people("hag66", joined=["hag66"])
    hag66.sends(ASK)
    kind, values, options = told(hag66)
    assert (kind, values) == ("form", DEFAULTS)
    assert {"default", "never", "always", "prefer not"} <= set(options["JID Visibility"])
    assert options["Private Messages"] == ["allow", "block"]
    assert set(options["vCard"]) == {"allow", "block"}
    assert set(options["Presence"]) == {"share", "not share"}


@pytest.mark.req("MIX-PRF-04", "MIX-PRF-05", "MIX-PRF-12", "MIX-PRF-16")
def test_a_change_changes_what_it_names_for_all_clients_and_for_good(coven: Scene) -> None:
    hag66 = coven.people("hag66", joined=["hag66"])
    hag66.sends(prefer(("jid_visibility", "Never")))
    assert told(hag66)[:2] == ("result", {**DEFAULTS, "JID Visibility": "never"})
    coven.service.restarts()
    hag66.laptop.sends(prefer(("vCard", "allow")))
    assert told(hag66)[:2] == ("result", {**DEFAULTS, "JID Visibility": "never", "vCard": "allow"})


@pytest.mark.req("MIX-PRF-11", "MIX-PRF-17")
def test_one_bad_value_changes_nothing_nor_does_an_empty_form(coven: Scene) -> None:
    hag66 = coven.people("hag66", joined=["hag66"])
    hag66.sends(prefer(("vCard", "allow"), ("Presence", "perhaps")))
    (refused,) = [one for one in hag66.takes() if one.tag.endswith("iq")]
    assert refused.find("{jabber:client}error/{urn:ietf:params:xml:ns:xmpp-stanzas}not-acceptable") is not None
    hag66.sends(prefer())
    assert told(hag66)[:2] == ("result", DEFAULTS)


@pytest.mark.req("MIX-PRF-14")
def test_everybody_has_their_own_alone(coven: Scene) -> None:
    """Owners neither read nor set anybody else's: not at their address, and a form that names them is one's own."""
    hag66, crone1 = coven.people("hag66", "crone1", joined=["hag66", "crone1"])
    coven.comes_online(hag66.phone, "<presence><show>away</show></presence>")
    wish = f"<user-preference xmlns='{ANON}'/>"
    crone1.sends(ask_items("participants"))
    crone1.forgets()
    for to in ("{hag66.id}#{coven}", "{hag66.id}#{coven}/x"):
        crone1.sends(f"<iq type='get' id='p1' to='{to}'>{wish}</iq>")
        crone1.receives(f"<iq type='error' id='p1' from='{to}'>…</iq>")
    crone1.sends(prefer(("jid", "{hag66}"), ("id", "{hag66.id}"), ("vCard", "allow")))
    assert told(crone1)[:2] == ("result", {**DEFAULTS, "vCard": "allow"})
    hag66.receives_nothing()
    hag66.sends(ASK)
    assert told(hag66)[:2] == ("form", DEFAULTS)


@pytest.mark.req("MIX-PRF-18")
def test_a_change_is_between_the_channel_and_the_client(coven: Scene) -> None:
    """XEP-0405 §2.9: the server of who changes Presence hears nothing of it; the roster is the client's business."""
    hag66 = coven.people("hag66")
    coven.joins(hag66, "third witch", ["messages"])
    coven.comes_online(hag66.phone)
    for value in ("not share", "share"):
        hag66.phone.sends(prefer(("Presence", value)))
        hag66.phone.receives("<iq type='result' id='p1' from='{coven}'>…</iq>")
        coven.is_silent()


@pytest.mark.req("MIX-PRF-13")
def test_strangers_have_none(coven: Scene) -> None:
    stranger = coven.people("puck")
    for wish in (ASK, prefer(("vCard", "allow"))):
        stranger.sends(wish)
        (refused,) = stranger.takes()
        assert refused.get("type") == "error"
