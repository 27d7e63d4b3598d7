"""What the service does with everything that is nobody's wish (XEP-0045 §17)."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from xml.etree.ElementTree import Element

import pytest

from tests.conversations.words import INFO
from tests.stage import Person, Service
from tests.stage.room import ROOM, codes, configure, enter, room

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


@pytest.mark.req("MUC-SVC-11")
def test_messages_to_the_service_are_read_by_nobody(either: Service) -> None:
    """Which is said to whoever wrote them; errors are never answered (RFC 6121 §8.5)."""
    hag66 = either.person("hag66")
    for kind in ("", " type='chat'", " type='normal'", " type='groupchat'"):
        got = answers(hag66, f"<message{kind} id='m' to='{SERVICE}'><body>hail</body></message>")
        assert conditions(got) == ["cancel service-unavailable"]
    for kind in ("error", "headline"):
        assert answers(hag66, f"<message type='{kind}' id='m' to='{SERVICE}'><body>hail</body></message>") == []


@pytest.mark.req("MUC-SVC-13")
def test_stanzas_that_lack_something_break_nothing(either: Service) -> None:
    """Whatever a host hands over, the next question is answered."""
    hag66, hecate = room(either, "hag66", "hecate")
    hag66.forgets()
    for to in ("", "@", f"@{SERVICE}", f"heath@{SERVICE}/", "heath@elsewhere.example", f"a b@{SERVICE}"):
        for kind in ("message", "presence", "iq"):
            for type in ("", " type=''", " type='get'", " type='groupchat'", " type='nonsense'"):
                hag66.sends(f"<{kind}{type} to='{to}'/>")
                hag66.sends(f"<{kind}{type} id='' to='{to}'><query/></{kind}>")
    for sender in ("", "@", "@@", f"heath@{SERVICE}/hag"):
        either.take(sender, f"<message type='groupchat' to='{ROOM}'><body>hail</body></message>", to=ROOM)
    hecate.receives_nothing()
    (pong,) = answers(hag66, f"<iq type='get' id='p' to='{SERVICE}'><ping xmlns='urn:xmpp:ping'/></iq>")
    assert pong.get("type") == "result"


@pytest.mark.req("MUC-SVC-17")
def test_after_a_restart_clients_find_out_where_they_are(either: Service) -> None:
    """XEP-0410 §3: who is still in hears so, and who is not as well."""
    hag66, hecate = room(either, "hag66", "hecate")
    hecate.sends(f"<presence type='unavailable' to='{ROOM}/hec'/>")
    either.everybody_forgets()
    either.restarts()
    ping = "<iq type='get' id='p' to='{to}'><ping xmlns='urn:xmpp:ping'/></iq>"
    (pong,) = answers(hag66, ping.format(to=f"{ROOM}/hag"))
    assert pong.get("type") == "result"
    assert conditions(answers(hecate, ping.format(to=f"{ROOM}/hec"))) == ["cancel not-acceptable"]


@pytest.mark.req("MUC-SVC-05")
def test_what_one_person_or_room_may_cost(services: Callable[..., Service]) -> None:
    """Rooms somebody owns, people in a room, a nick, a stanza, the history, and how much of it at once."""
    stage = services(faces=("muccompat",), max_made=1, max_participants=2, max_nick=5, history=1, pace=(1.0, 10.0))
    hag66, hecate = room(stage, "hag66", "hecate")
    stage.time_passes(60)
    pistol = stage.person("pistol")
    assert conditions(answers(hag66, enter("hag").replace("heath@", "other@"))) == ["wait resource-constraint"]
    assert conditions(answers(pistol, enter("pis"))) == ["wait service-unavailable"]
    assert conditions(answers(hecate, f"<presence to='{ROOM}/hecate'/>")) == ["modify not-acceptable"]
    huge = f"<message type='groupchat' id='h' to='{ROOM}'><body>{'x' * 300_000}</body></message>"
    assert conditions(answers(hecate, huge)) == ["modify policy-violation"]
    said = [answers(hecate, f"<message type='groupchat' to='{ROOM}'><body>{one}</body></message>") for one in range(20)]
    assert "wait resource-constraint" in [one for got in said for one in conditions(got)]
    stage.time_passes(60)
    hecate.sends(f"<presence type='unavailable' to='{ROOM}/hec'/>")
    told = answers(pistol, enter("pis"))
    assert len([one for one in told if one.find("{jabber:client}body") is not None]) == 1


@pytest.mark.req("MUC-SVC-20")
def test_kinds_of_rooms_combine_freely(rooms: Service) -> None:
    (hag66,) = room(rooms, "hag66")
    fields = ("publicroom", "persistentroom", "membersonly", "moderatedroom", "passwordprotectedroom")
    kinds = (
        ("muc_hidden", "muc_public"),
        ("muc_temporary", "muc_persistent"),
        ("muc_open", "muc_membersonly"),
        ("muc_unmoderated", "muc_moderated"),
        ("muc_unsecured", "muc_passwordprotected"),
    )
    for choice in product("01", repeat=len(fields)):
        secret = {"roomsecret": "x"} if choice[-1] == "1" else {}
        configure(hag66, **dict(zip(fields, choice, strict=True)), **secret)
        query = "<query xmlns='http://jabber.org/protocol/disco#info'/>"
        (about,) = answers(hag66, f"<iq type='get' id='d' to='{ROOM}'>{query}</iq>")
        told = {one.get("var") for one in about.iter("{http://jabber.org/protocol/disco#info}feature")}
        assert {pair[int(one)] for pair, one in zip(kinds, choice, strict=True)} <= told


@pytest.mark.req("MUC-DISC-34")
def test_in_which_rooms_somebody_is_only_they_say(either: Service) -> None:
    """XEP-0045 §6.7: the question goes to them; the service knows of no such node."""
    hag66, hecate = room(either, "hag66", "hecate")
    query = "<query xmlns='http://jabber.org/protocol/disco#items' node='http://jabber.org/protocol/muc#rooms'/>"
    for to in (SERVICE, ROOM):
        assert conditions(answers(hag66, f"<iq type='get' id='r' to='{to}'>{query}</iq>")) == ["cancel item-not-found"]
    assert answers(hag66, f"<iq type='get' id='r' to='{ROOM}/hec'>{query}</iq>") == []
    (asked,) = hecate.takes()
    assert asked.get("from") == f"{ROOM}/hag"
    assert asked[0].get("node") == "http://jabber.org/protocol/muc#rooms"


@pytest.mark.req("MUC-INV-26")
def test_who_was_invited_directly_finds_the_room_and_gets_in(either: Service) -> None:
    """XEP-0249 §2: with the address and the password an invitation names, which the room has not seen."""
    hag66, _ = room(either, "hag66", "hecate")
    configure(hag66, passwordprotectedroom="1", roomsecret="cauldron")
    guest = either.person("ariel")
    (about,) = answers(guest, f"<iq type='get' id='d' to='{ROOM}'><query xmlns='{INFO}'/></iq>")
    assert "muc_passwordprotected" in {one.get("var") for one in about.iter(f"{{{INFO}}}feature")}
    assert conditions(answers(guest, enter("ari"))) == ["auth not-authorized"]
    told = answers(guest, enter("ari", "<password>cauldron</password>"))
    assert [codes(one) for one in told if one.get("from") == f"{ROOM}/ari"] == [[110]]
