"""Private messages, by MIX and by MUC and from one to the other (XEP-0404 §3.2, XEP-0045 §7.5)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.conversations.words import CORE, LEAVE, MUC, USER, configure, error, form, mam, occupant_id, prefer, refused
from tests.stage import Scene, Service
from tests.stage.room import ROOM, enter
from tests.stage.room import room as room_of

BODY = "<body>Private meeting about Macbeth???</body>"
REQUEST = "<request xmlns='urn:xmpp:receipts'/>"
X = f"<x xmlns='{USER}'/>"


def to(who: str, *inside: str, tag: str | None = None, type: str = " type='chat'", id: str = "92vax143g") -> str:
    """A private message by an encoded address."""
    resource = f"/{tag}" if tag else ""
    said = "".join(inside) or BODY
    return f"<message{type} id='{id}' to='{{{who}.id}}#{{coven}}{resource}'>{said}</message>"


def to_nick(nick: str, *inside: str, type: str = " type='chat'", id: str = "hgn27af1") -> str:
    """A private message by `room/nick`."""
    return f"<message{type} id='{id}' to='{{coven}}/{nick}'>{''.join(inside) or BODY}</message>"


def whispered(who: str, *inside: str, tag: str = "*", type: str = " type='chat'", id: str = "92vax143g") -> str:
    """The message as a MIX client gets it."""
    said = "".join(inside) or BODY
    return f"<message{type} id='{id}' from='{{{who}.id}}#{{coven}}/{tag}'>{said}</message>"


def whispered_in_room(who: str, nick: str, *inside: str, type: str = " type='chat'", id: str = "hgn27af1") -> str:
    """The message as a client in the room gets it."""
    said = "".join(inside) or BODY
    return f"<message{type} id='{id}' from='{{coven}}/{nick}'>{said}{occupant_id(who)}{X}</message>"


# -- MIX to MIX


@pytest.mark.req(
    "MIX-PMS-01", "MIX-PMS-03", "MIX-PMS-09", "MIX-PMS-13", "MIX-PMS-16", "MIX-SPI-10", "MIX-RES-07", "MIX-MSG-17"
)
@pytest.mark.parametrize("type", ["", " type='chat'", " type='normal'"])
def test_a_private_message_goes_to_the_account_from_an_encoded_address(coven: Scene, type: str) -> None:
    """XEP-0404 §3.2, also from a client that never showed presence: it gets a tag by speaking."""
    hag66, hecate, _ = coven.people("hag66", "hecate", "wiccarocks", joined=["hag66", "hecate", "wiccarocks"])
    inside = (
        BODY,
        "<thread>t</thread>",
        REQUEST,
        "<private xmlns='urn:xmpp:carbons:2'/>",
        "<no-copy xmlns='urn:xmpp:hints'/>",
    )
    hag66.sends(to("hecate", *inside, type=type))
    hecate.account.receives(whispered("hag66", *inside, type=type, tag="{tag}"))
    assert hag66.phone.jid.rpartition("/")[2] not in coven.service.known["tag"]
    coven.is_silent()


@pytest.mark.req("MIX-PMS-02", "MIX-PMS-11", "MIX-RES-07")
def test_an_answer_finds_the_way_back(coven: Scene) -> None:
    hag66, hecate = coven.people("hag66", "hecate", joined=["hag66", "hecate"])
    coven.comes_online(hag66.laptop)
    hag66.sends(to("hecate"))
    hecate.account.receives(whispered("hag66", tag="{tag}"))
    hecate.sends(to("hag66", "<received xmlns='urn:xmpp:receipts' id='92vax143g'/>", tag="{tag}", id="r"))
    hag66.phone.receives(whispered("hecate", "<received xmlns='urn:xmpp:receipts' id='92vax143g'/>", id="r"))
    coven.is_silent()


@pytest.mark.req("MIX-RES-09")
def test_a_tag_of_nobody_is_no_reason_not_to_deliver(coven: Scene) -> None:
    hag66, hecate = coven.people("hag66", "hecate", joined=["hag66", "hecate"])
    coven.comes_online(hecate.phone)
    hag66.sends(to("hecate", tag="of-a-client-that-was"))
    hecate.account.receives(whispered("hag66"))
    coven.is_silent()


@pytest.mark.req("MIX-PMS-04", "MUC-PM-16", "MIX-MAM-30")
def test_private_messages_are_kept_nowhere(coven: Scene) -> None:
    hag66, hecate = coven.people("hag66", "hecate", joined=["hag66", "hecate"])
    coven.enters(hecate, "moon")
    hag66.sends(to("hecate"))
    hecate.sends(to_nick("moon"))
    coven.service.everybody_forgets()
    hag66.sends(mam())
    (fin,) = hag66.takes()
    assert fin.get("type") == "result"
    hecate.sends(mam())
    (fin,) = hecate.takes()
    assert fin.get("type") == "result"
    assert "Macbeth" not in repr(coven.service.storage.__dict__)


@pytest.mark.req("MIX-PMS-05", "MIX-CFG-32")
def test_a_channel_can_do_without(coven: Scene) -> None:
    hag66, hecate = coven.people("hag66", "hecate", joined=["hag66", "hecate"])
    coven.owner.sends(configure(("Private Messages", "false")))
    coven.service.everybody_forgets()
    hag66.sends(to("hecate"))
    assert refused(hag66.phone) == "cancel not-allowed"
    hecate.receives_nothing()


@pytest.mark.req("MIX-PMS-06", "MIX-PRF-15")
def test_a_person_can_do_without(coven: Scene) -> None:
    hag66, hecate = coven.people("hag66", "hecate", joined=["hag66", "hecate"])
    hecate.sends(prefer(("Private Messages", "block")))
    coven.service.everybody_forgets()
    hag66.sends(to("hecate"))
    assert refused(hag66.phone) == "cancel service-unavailable"
    hecate.receives_nothing()
    hecate.sends(to("hag66"))
    hag66.account.receives(whispered("hecate"))
    hecate.sends(prefer(("Private Messages", "allow")))
    coven.service.everybody_forgets()
    hag66.sends(to("hecate"))
    hecate.account.receives(whispered("hag66"))


@pytest.mark.req("MIX-PMS-07")
def test_it_is_the_same_where_addresses_are_shown(coven: Scene) -> None:
    coven.owner.sends(configure(("JID Visibility", "jid-visible")))
    hag66, hecate = coven.people("hag66", "hecate", joined=["hag66", "hecate"])
    hag66.sends(to("hecate"))
    hecate.account.receives(whispered("hag66"))


@pytest.mark.req("MIX-PMS-08", "MIX-PMS-14", "MIX-SPI-11", "MIX-SPI-12")
def test_who_may_write_and_who_can_be_written_to(coven: Scene) -> None:
    """A stranger learns nothing from trying; owners are strangers until they join."""
    hag66, hecate, pistol = coven.people("hag66", "hecate", "pistol", joined=["hag66", "hecate"])
    for stranger in (pistol, coven.owner):
        for whom in (to("hecate"), to("hecate").replace("{hecate.id}", "nobody")):
            stranger.sends(whom)
            assert refused(stranger.phone) == "auth forbidden"
    hag66.sends(to("hecate").replace("{hecate.id}", "nobody"))
    assert refused(hag66.phone) == "cancel item-not-found"
    hag66.sends(f"<message to='{{hecate.id}}#nowhere@{{service}}'>{BODY}</message>")
    assert refused(hag66.phone) == "cancel item-not-found"
    hecate.sends(LEAVE)
    coven.service.everybody_forgets()
    hag66.sends(to("hecate"))
    assert refused(hag66.phone) == "cancel item-not-found"
    hecate.sends(to("hag66"))
    assert refused(hecate.phone) == "auth forbidden"
    coven.is_silent()


@pytest.mark.req("MIX-PMS-09")
@pytest.mark.parametrize("type", ["groupchat", "headline"])
def test_only_what_is_said_to_one_is_said_to_one(coven: Scene, type: str) -> None:
    hag66, hecate = coven.people("hag66", "hecate", joined=["hag66", "hecate"])
    hag66.sends(to("hecate", type=f" type='{type}'"))
    assert refused(hag66.phone) == "modify bad-request"
    hecate.receives_nothing()


@pytest.mark.req("MIX-PMS-10", "MUC-PM-04", "MUC-PM-14")
@pytest.mark.parametrize("in_room", [False, True])
def test_nobody_speaks_for_the_service(coven: Scene, in_room: bool) -> None:
    hag66, hecate = coven.people("hag66", "hecate", joined=[] if in_room else ["hag66", "hecate"])
    if in_room:
        coven.enters(hag66, "hag")
        coven.enters(hecate, "moon")
    forged = (
        f"<mix xmlns='{CORE}'><nick>moon</nick><jid>a@b</jid></mix>",
        "<stanza-id xmlns='urn:xmpp:sid:0' by='{coven}' id='x'/>",
        "<occupant-id xmlns='urn:xmpp:occupant-id:0' id='{hecate.id}'/>",
        f"<x xmlns='{USER}'><invite from='a@b'/><item jid='a@b'/></x>",
        "<addresses xmlns='http://jabber.org/protocol/address'><address type='ofrom' jid='a@b'/></addresses>",
        "<privilege xmlns='urn:xmpp:privilege:2'><forwarded xmlns='urn:xmpp:forward:0'/></privilege>",
    )
    hag66.sends(to_nick("moon", BODY, *forged) if in_room else to("hecate", BODY, *forged))
    expected = whispered_in_room("hag66", "hag") if in_room else whispered("hag66")
    (hecate.phone if in_room else hecate.account).receives(expected)
    coven.is_silent()


@pytest.mark.req("MIX-PMS-12", "MUC-LEAK-04")
@pytest.mark.parametrize("tagged", [False, True])
def test_what_bounces_comes_back_without_an_address(coven: Scene, tagged: bool) -> None:
    hag66, hecate = coven.people("hag66", "hecate", joined=["hag66", "hecate"])
    hecate.phone.sends("<presence/>")
    hag66.receives("<presence from='{hecate.id}#{coven}/{hers}'>…</presence>")
    coven.service.everybody_forgets()
    hag66.sends(to("hecate", tag="{hers}" if tagged else None))
    recipient = hecate.phone if tagged else hecate.account
    recipient.receives(whispered("hag66", tag="{tag}"))
    recipient.sends(
        "<message type='error' id='92vax143g' to='{hag66.id}#{coven}/{tag}'>"
        + BODY
        + "<error type='cancel' by='{hecate}'>"
        "<service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>"
        "<text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>{hecate} is asleep</text>"
        "<gone-to xmlns='urn:some:application'>{hecate}</gone-to></error></message>"
    )
    resource = "/{hers}" if tagged else ""
    bounced = (
        f"<message type='error' id='92vax143g' from='{{hecate.id}}#{{coven}}{resource}'><error type='cancel'>"
        "<service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>"
    )
    hag66.phone.receives(bounced)
    if tagged:  # and the client that is gone is seen to be gone, by those who are there
        hag66.receives("<presence type='unavailable' from='{hecate.id}#{coven}/{hers}'/>")
        hecate.forgets()
    coven.is_silent()


@pytest.mark.req("MIX-PMS-15", "MUC-PM-11")
def test_one_may_write_to_oneself(coven: Scene) -> None:
    """Also where others may not be written to (MUC-PM-09)."""
    hag66, hecate = coven.people("hag66", "hecate", joined=["hag66"])
    coven.enters(hecate, "moon")
    coven.owner.sends(configure(("Private Messages", "false")))
    coven.service.everybody_forgets()
    hag66.sends(to("hag66"))
    hag66.account.receives(whispered("hag66"))
    hecate.sends(to_nick("moon"))
    hecate.phone.receives(whispered_in_room("hecate", "moon"))
    coven.is_silent()


# -- in the room


@pytest.fixture
def room(coven: Scene) -> Scene:
    """hag66 and hecate in the room, and nobody else."""
    coven.people("hag66", "hecate", entered=["hag66", "hecate"])
    return coven


@pytest.mark.req("MUC-PM-01", "MUC-PM-02", "MUC-PM-03", "MUC-PM-11", "MUC-PM-12", "MUC-PM-13", "MUC-PM-15", "MUC-PM-21")
@pytest.mark.req("MUC-OCC-05")
@pytest.mark.parametrize("type", ["", " type='chat'", " type='normal'"])
@pytest.mark.parametrize("x", ["", X])
def test_an_occupant_whispers(room: Scene, type: str, x: str) -> None:
    hag66, hecate = room.people("hag66", "hecate")
    inside = (
        BODY,
        "<thread>t</thread>",
        "<x xmlns='jabber:x:conference' jid='cave@mix.shakespeare.example'/>",
        REQUEST,
    )
    hag66.sends(to_nick("moon", *inside, x, type=type))
    hecate.phone.receives(whispered_in_room("hag66", "thirdwitch", *inside, type=type))
    room.is_silent()


@pytest.mark.req("MUC-PM-10")
def test_all_clients_of_an_occupant_hear_it(room: Scene) -> None:
    hag66, hecate = room.people("hag66", "hecate")
    room.enters(hecate, "moon", by=hecate.laptop)
    hag66.sends(to_nick("moon"))
    for client in (hecate.phone, hecate.laptop):
        client.receives(whispered_in_room("hag66", "thirdwitch"))
    room.is_silent()


@pytest.mark.req("MUC-PM-05", "MUC-PM-06", "MUC-PM-07", "MUC-PM-08", "MUC-ERR-17")
def test_who_may_whisper_to_whom(room: Scene) -> None:
    hag66, pistol = room.people("hag66", "pistol")
    hag66.sends(to_nick("moon", type=" type='groupchat'"))
    assert refused(hag66.phone) == "modify bad-request"
    hag66.sends(to_nick("nobody"))
    (answer,) = hag66.takes()
    assert (answer.get("id"), answer.find(".//{urn:ietf:params:xml:ns:xmpp-stanzas}item-not-found") is None) == (
        "hgn27af1",
        False,
    )
    for nick in ("moon", "nobody"):
        pistol.sends(to_nick(nick))
        assert refused(pistol.phone) == "cancel not-acceptable"
    room.owner.sends(configure(("Private Messages", "false")))
    room.service.everybody_forgets()
    hag66.sends(to_nick("moon"))
    assert refused(hag66.phone) == "auth forbidden"
    room.is_silent()


@pytest.mark.req("MUC-PM-09", "MUC-PM-20", "MUC-ERR-17")
@pytest.mark.parametrize(
    ("allowpm", "may"),
    [("anyone", "pis hag hec"), ("participants", "hag hec"), ("moderators", "hag"), ("none", "")],
)
def test_the_owner_says_who_may_whisper(rooms: Service, allowpm: str, may: str) -> None:
    hag66, _, pistol = people = room_of(rooms, "hag66", "hecate", "pistol")
    fields = (("muc#roomconfig_moderatedroom", "1"), ("muc#roomconfig_allowpm", allowpm))
    submitted = form(*fields, form_type=f"{MUC}#roomconfig")
    pistol.sends(f"<presence type='unavailable' to='{ROOM}/pis'/>")  # those who are there keep their voice
    hag66.sends(f"<iq type='set' id='c' to='{ROOM}'><query xmlns='{MUC}#owner'>{submitted}</query></iq>")
    pistol.sends(enter("pis"))
    rooms.everybody_forgets()
    for someone in people:
        for to in {"hag", "pis"} - {someone.name[:3]}:
            someone.sends(f"<message type='chat' to='{ROOM}/{to}' id='w'><body>psst</body></message>")
            if someone.name[:3] in may:
                someone.receives_nothing()
                rooms.everybody_forgets()
            else:
                assert refused(someone.phone) == "auth forbidden"


@pytest.mark.req("MUC-PM-17", "MUC-PM-18", "MUC-LEAK-04")
def test_an_error_of_a_client_is_passed_on_and_one_of_a_dead_client_ends_it(room: Scene) -> None:
    hag66, hecate = room.people("hag66", "hecate")
    bounce = (
        "<message type='error' id='hgn27af1' to='{{coven}}/thirdwitch'><error type='modify' by='{{hecate}}'>"
        "<{0} xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/><text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>"
        "{{hecate}}: no</text></error></message>"
    )
    hag66.sends(to_nick("moon"))
    hecate.phone.receives(whispered_in_room("hag66", "thirdwitch"))
    hecate.sends(bounce.format("policy-violation"))
    hag66.phone.receives(
        "<message type='error' id='hgn27af1' from='{coven}/moon'><error type='modify'>"
        "<policy-violation xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>"
    )
    room.is_silent()
    hecate.sends(bounce.format("recipient-unavailable"))
    (gone,) = hag66.takes()
    assert (gone.get("type"), gone.get("from")) == ("unavailable", f"{room.jid}/moon")
    assert [one.get("code") for one in gone.iter(f"{{{USER}}}status")] == ["333"]


@pytest.mark.req("MUC-PM-18")
def test_one_bounced_copy_of_what_was_said_to_all_is_no_news(room: Scene) -> None:
    hag66, hecate = room.people("hag66", "hecate")
    hag66.sends("<message type='groupchat' id='said'><body>hail</body></message>")
    room.service.everybody_forgets()
    hecate.sends(
        "<message type='error' id='said' to='{coven}/thirdwitch'>" + error("wait", "policy-violation") + "</message>"
    )
    room.is_silent()


@pytest.mark.req("MUC-PM-19")
def test_nobody_whispers_without_end(services: Callable[..., Service]) -> None:
    coven = Scene(services(pace=(1.0, 10.0)), "coven")
    hag66, hecate = coven.people("hag66", "hecate", entered=["hag66", "hecate"])
    for _ in range(30):
        hag66.sends(to_nick("moon"))
    assert len(hecate.takes()) <= 11
    hag66.forgets()
    hag66.sends(to_nick("moon"))
    assert refused(hag66) == "wait resource-constraint"


def test_an_error_about_nothing_is_nobodys(room: Scene) -> None:
    """Or it would be a way to people who do not want to hear, and as fast as one likes."""
    hag66, hecate = room.people("hag66", "hecate")
    for whom in ("{coven}/nobody", "{coven}/moon", "{hecate.id}#{coven}", "nobody#{coven}"):
        hag66.sends(f"<message type='error' id='x' to='{whom}'>{error('wait', 'policy-violation')}</message>")
    hecate.sends(to_nick("thirdwitch", id="x"))
    hag66.forgets()
    for _ in range(3):
        hag66.sends(f"<message type='error' id='x' to='{{coven}}/moon'>{error('wait', 'policy-violation')}</message>")
    assert refused(hecate) == "wait policy-violation"
    room.is_silent()


# -- from one to the other


@pytest.mark.req("MIX-PMS-17", "MIX-MUC-21", "MIX-MUC-10", "MUC-PM-13")
def test_they_whisper_across(coven: Scene) -> None:
    hag66, hecate = coven.people("hag66", "hecate", joined=["hag66"])
    coven.enters(hecate, "moon")
    coven.comes_online(hag66.phone)
    hecate.sends(to_nick("thirdwitch", id="m1"))
    hag66.account.receives(whispered("hecate", tag="{hers}", id="m1"))
    hag66.sends(to("hecate", "<body>at once</body>", tag="{hers}", id="m2"))
    hecate.phone.receives(whispered_in_room("hag66", "thirdwitch", "<body>at once</body>", id="m2"))
    hag66.sends(to("hecate", "<body>or soon</body>", id="m3"))
    hecate.phone.receives(whispered_in_room("hag66", "thirdwitch", "<body>or soon</body>", id="m3"))
    hecate.sends(
        f"<message type='error' id='m3' to='{{coven}}/thirdwitch'>{error('wait', 'policy-violation')}</message>"
    )
    hag66.phone.receives(
        "<message type='error' id='m3' from='{hecate.id}#{coven}'><error type='wait'>"
        "<policy-violation xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>"
    )
    hag66.account.sends(
        f"<message type='error' id='m1' to='{{hecate.id}}#{{coven}}/{{hers}}'>{error('wait', 'conflict')}</message>"
    )
    hecate.phone.receives(
        "<message type='error' id='m1' from='{coven}/thirdwitch'><error type='wait'>"
        "<conflict xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>"
    )
    coven.is_silent()


@pytest.mark.req("MIX-PMS-17")
def test_who_is_in_on_both_sides_hears_it_once_with_each_client(coven: Scene) -> None:
    hag66, hecate = coven.people("hag66", "hecate", joined=["hag66", "hecate"])
    coven.comes_online(hecate.phone)
    coven.enters(hecate, "moon", by=hecate.laptop)
    hag66.sends(to("hecate", id="hgn27af1"))
    hecate.phone.receives(whispered("hag66", id="hgn27af1"))
    hecate.laptop.receives(whispered_in_room("hag66", "thirdwitch"))
    coven.is_silent()


@pytest.mark.req("MIX-PMS-17")
def test_a_preference_holds_for_those_in_the_room_too(coven: Scene) -> None:
    hag66, hecate = coven.people("hag66", "hecate", joined=["hag66"])
    coven.enters(hecate, "moon")
    hag66.sends(prefer(("Private Messages", "block")))
    coven.comes_online(hag66.phone)
    hecate.sends(to_nick("thirdwitch"))
    assert refused(hecate.phone) == "cancel service-unavailable"
    coven.is_silent()


def test_a_visitors_other_clients_are_not_in_the_room(room: Scene) -> None:
    hag66 = room.people("hag66")
    hag66.laptop.sends(to("hecate"))
    assert refused(hag66.laptop) == "auth forbidden"
    hag66.sends(to("hecate", id="hgn27af1"))
    room.people("hecate").phone.receives(whispered_in_room("hag66", "thirdwitch"))
