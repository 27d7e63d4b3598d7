"""What the service does with everything that is nobody's wish (XEP-0045 §17)."""

from __future__ import annotations

from collections.abc import Callable
from xml.etree.ElementTree import Element

import pytest

from tests.stage import Person, Service
from tests.stage.room import ROOM, room

SERVICE = "mix.shakespeare.example"


@pytest.fixture(params=[("mix.face", "muccompat"), ("muccompat",)], ids=["both faces", "rooms alone"])
def either(request: pytest.FixtureRequest, services: Callable[..., Service]) -> Service:
    """A service with rooms, beside MIX or alone."""
    return services(faces=request.param)


def answers(someone: Person, xml: str) -> list[Element]:
    """What somebody gets for a stanza."""
    someone.forgets()
    someone.sends(xml)
    return someone.takes()


def conditions(stanzas: list[Element]) -> list[str]:
    """Type and condition of errors."""
    found = [stanza.find("{jabber:client}error") for stanza in stanzas]
    return [f"{one.get('type')} {one[0].tag.partition('}')[2]}" for one in found if one is not None]


@pytest.mark.req("MUC-SVC-06", "MUC-SVC-07")
def test_unknown_requests_are_refused_and_reach_nobody(either: Service) -> None:
    hag66, hecate = room(either, "hag66", "hecate")
    for to in (ROOM, SERVICE):
        for kind in ("get", "set"):
            got = answers(hag66, f"<iq type='{kind}' id='u' to='{to}'><query xmlns='jabber:iq:foo'/></iq>")
            assert conditions(got) == ["cancel service-unavailable"]
    hecate.receives_nothing()


@pytest.mark.req("MUC-SVC-08", "MUC-DOS-11")
def test_answers_nobody_waits_for_are_dropped(either: Service) -> None:
    """Errors are never answered by errors (RFC 6120 §8.3.1)."""
    hag66, hecate = room(either, "hag66", "hecate")
    failed = "<error type='cancel'><feature-not-implemented xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>"
    for to in (ROOM, SERVICE, f"{ROOM}/hec", f"{ROOM}/nobody"):
        assert answers(hag66, f"<iq type='result' id='r' to='{to}'/>") == []
        assert answers(hag66, f"<iq type='error' id='r' to='{to}'>{failed}</iq>") == []
    for to in (ROOM, SERVICE):
        assert answers(hag66, f"<message type='error' id='r' to='{to}'>{failed}</message>") == []
    assert answers(hag66, f"<presence type='error' id='r' to='{SERVICE}'>{failed}</presence>") == []
    hecate.receives_nothing()


@pytest.mark.req("MUC-SVC-09")
def test_the_service_is_alive_and_says_what_it_is(either: Service) -> None:
    hag66 = either.person("hag66")
    (pong,) = answers(hag66, f"<iq type='get' id='p' to='{SERVICE}'><ping xmlns='urn:xmpp:ping'/></iq>")
    assert (pong.get("type"), len(pong)) == ("result", 0)
    (version,) = answers(hag66, f"<iq type='get' id='v' to='{SERVICE}'><query xmlns='jabber:iq:version'/></iq>")
    assert version.get("type") == "result"
    assert "mixd" in "".join(version.itertext())


@pytest.mark.req("MUC-SVC-10")
def test_presence_to_the_service_is_no_join(either: Service) -> None:
    hag66, hecate = room(either, "hag66", "hecate")
    for kind in ("", " type='unavailable'", " type='probe'", " type='subscribed'"):
        assert answers(hag66, f"<presence{kind} to='{SERVICE}'/>") == []
    hecate.receives_nothing()


@pytest.mark.req("MUC-SVC-12")
def test_nobody_speaks_as_the_service_itself(either: Service) -> None:
    hag66, _ = room(either, "hag66", "hecate")
    hag66.forgets()
    either.take(f"other@{SERVICE}/x", f"<message type='groupchat' to='{ROOM}'><body>loop</body></message>", to=ROOM)
    either.is_silent()


@pytest.mark.req("MUC-SVC-15")
def test_every_error_is_one(either: Service) -> None:
    """XEP-0045 §17, RFC 6120 §8.3: the id, the addresses, a type, one condition, and for people a text."""
    hag66, _ = room(either, "hag66", "hecate")
    stranger = either.person("pistol")
    wishes = [
        f"<iq type='get' id='x1' to='{ROOM}'><query xmlns='jabber:iq:foo'/></iq>",
        f"<iq type='get' id='x1' to='{ROOM}/hec'><query xmlns='jabber:iq:last'/></iq>",
        f"<message type='groupchat' id='x1' to='{ROOM}'><body>hail</body></message>",
        f"<message type='chat' id='x1' to='{ROOM}/hag'><body>hail</body></message>",
        f"<presence id='x1' to='{ROOM}/hag'><x xmlns='http://jabber.org/protocol/muc'/></presence>",
        f"<presence id='x1' to='{ROOM}'><x xmlns='http://jabber.org/protocol/muc'/></presence>",
    ]
    for wish in wishes:
        (answer,) = answers(stranger, wish)
        assert (answer.get("type"), answer.get("id")) == ("error", "x1")
        assert answer.get("to") == stranger.phone.jid
        assert (answer.get("from") or "") in wish
        failed = answer.find("{jabber:client}error")
        assert failed is not None
        assert failed.get("type") in ("auth", "cancel", "modify", "wait")
        stanzas = "{urn:ietf:params:xml:ns:xmpp-stanzas}"
        assert len([child for child in failed if child.tag.startswith(stanzas) and child.tag != f"{stanzas}text"]) == 1
        assert answer.tag.endswith("iq") or failed.get("by") == ROOM
    hag66.receives_nothing()
