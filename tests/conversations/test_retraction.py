"""Taking back what one has said (XEP-0407 §4, XEP-0424), by MIX and in the room."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from xml.etree.ElementTree import Element

import pytest

from tests.conversations.words import CORE, configure, error, mam, occupant_id, says
from tests.stage import Client, Person, Scene, Service

MISC = "urn:xmpp:mix:misc:0"
RETRACT = "urn:xmpp:message-retract:1"
FALLBACK = "<fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:message-retract:1'/><body>/me took it back</body>"
SID = "<stanza-id xmlns='urn:xmpp:sid:0' by='{{coven}}' id='{id}'/>"


def takes_back(name: str = "said", *, type: str = "groupchat", inside: str = "", id: str = "r1") -> str:
    """Take back a message, in MIX's own form."""
    kind = f" type='{type}'" if type else ""
    return f"<message{kind} id='{id}'><retract xmlns='{MISC}' id='{{{name}}}'/>{inside}</message>"


def takes_back_in_room(name: str = "said", inside: str = FALLBACK, id: str = "r1") -> str:
    """Take back a message, in the form of XEP-0424."""
    return f"<message type='groupchat' id='{id}'><retract xmlns='{RETRACT}' id='{{{name}}}'/>{inside}</message>"


def in_mix(who: str, nick: str, of: str = "said", submission: str | None = None, id: str = "*") -> str:
    """A retraction as MIX clients get it."""
    own = f"<submission-id>{submission}</submission-id>" if submission else ""
    return (
        f"<message type='groupchat' from='{{coven}}/{{{who}.id}}' id='{id}'><retract xmlns='{MISC}' id='{{{of}}}'/>"
        f"<mix xmlns='{CORE}'><nick>{nick}</nick>{own}</mix>{SID.format(id=id)}</message>"
    )


def in_room(who: str, nick: str, inside: str = "", of: str = "said", id: str = "r1", stanza_id: str = "*") -> str:
    """A retraction as the room reflects it."""
    return (
        f"<message type='groupchat' from='{{coven}}/{nick}' id='{id}'><retract xmlns='{RETRACT}' id='{{{of}}}'/>"
        f"{inside}{occupant_id(who)}{SID.format(id=stanza_id)}</message>"
    )


def refused(type: str, condition: str, id: str = "r1") -> str:
    """An error for a message."""
    return f"<message type='error' id='{id}' from='{{coven}}'>…{error(type, condition)}</message>"


def archive(reader: Person | Client, inside: str = "") -> list[Element]:
    """What the archive has, as somebody gets it."""
    reader.forgets()
    reader.sends(mam(inside))
    return [found for stanza in reader.takes() for found in stanza.iter("{urn:xmpp:mam:2}result")]


def inner(result: Element) -> Element:
    """The message inside a result."""
    found = result.find("{urn:xmpp:forward:0}forwarded/{jabber:client}message")
    assert found is not None
    return found


def stamp(result: Element) -> str | None:
    """When the message came."""
    found = result.find("{urn:xmpp:forward:0}forwarded/{urn:xmpp:delay}delay")
    return found.get("stamp") if found is not None else None


def said(coven: Scene, who: Person, text: str = "out, damned spot", name: str = "said") -> None:
    """Somebody says something; its archive id gets a name."""
    who.sends(says(text))
    hearer = coven.channel.recent
    assert hearer is not None
    coven.service.known[name] = hearer[-1].id
    coven.service.everybody_forgets()


@pytest.fixture
def lenient(coven: Scene) -> Scene:
    """The channel, where people may take back what they said."""
    coven.owner.sends(configure(("User Message Retraction", "true")))
    coven.service.everybody_forgets()
    return coven


@pytest.mark.req(
    "MIX-RET-01", "MIX-RET-07", "MIX-RET-08", "MIX-RET-16", "MIX-RET-17", "MIX-MUC-22", "MUC-RETR-01", "MIX-MSG-27"
)
@pytest.mark.parametrize("type", ["groupchat", ""])
def test_an_author_takes_back_a_message(lenient: Scene, type: str) -> None:
    """XEP-0407 §4: everybody is told, each in the words they know, under one archive id."""
    hag66, hecate, pistol = lenient.people("hag66", "hecate", "pistol", joined=["hag66", "hecate"], entered=["pistol"])
    said(lenient, hag66)
    hag66.sends(takes_back(type=type))
    hecate.receives(in_mix("hag66", "thirdwitch", id="{retraction}"))
    hag66.receives(in_mix("hag66", "thirdwitch", submission="r1", id="{retraction}"))
    pistol.receives(in_room("hag66", "thirdwitch", stanza_id="{retraction}"))
    lenient.is_silent()
    (_, kept) = archive(hecate)
    assert kept.get("id") == lenient.service.known["retraction"]
    retract = inner(kept).find(f"{{{MISC}}}retract")
    assert retract is not None
    assert retract.get("id") == lenient.service.known["said"]


@pytest.mark.req("MIX-RET-17", "MUC-RETR-01", "MUC-RETR-02", "MUC-MAM-07", "MUC-RETR-19")
def test_an_occupant_takes_back_a_message(lenient: Scene) -> None:
    """XEP-0424: reflected as it is, with its words for older clients; without what only the room may say in it."""
    hag66, pistol = lenient.people("hag66", "pistol", joined=["hag66"], entered=["pistol"])
    said(lenient, pistol)
    forged = "<moderated xmlns='urn:xmpp:message-moderate:1' by='{coven}/moon'/>"
    pistol.sends(takes_back_in_room(inside=FALLBACK + forged))
    pistol.receives(in_room("pistol", "ancient", FALLBACK))
    hag66.receives(in_mix("pistol", "ancient"))
    lenient.is_silent()
    (_, kept) = archive(pistol)
    assert inner(kept).findtext("{jabber:client}body") == "/me took it back"


@pytest.mark.req("MUC-RETR-19")
@pytest.mark.parametrize(
    "forged",
    [
        "<retracted xmlns='urn:xmpp:message-retract:1' id='x'/>",
        "<retracted xmlns='urn:xmpp:mix:misc:0' by='{coven}' time='2026-10-31T23:00:00Z'/>",
        "<moderated xmlns='urn:xmpp:message-moderate:1' by='{coven}/moon'/>",
        "<moderate xmlns='urn:xmpp:message-moderate:1' id='x'/>",
    ],
)
def test_nobody_forges_tombstones_and_notices(coven: Scene, forged: str) -> None:
    """XEP-0425 §5: only the room says so."""
    hag66, pistol = coven.people("hag66", "pistol", joined=["hag66"], entered=["pistol"])
    for someone in (hag66, pistol):
        someone.sends(says("hail", forged))
    for someone in (hag66, pistol):
        assert all("retract" not in child.tag and "moderate" not in child.tag for m in someone.takes() for child in m)


@pytest.mark.req("MIX-RET-09", "MIX-RET-10", "MIX-RET-11", "MIX-RET-12")
def test_a_tombstone_in_mix(lenient: Scene) -> None:
    """XEP-0407 §4: who and when, in the place of what was said; the name is one that tells no address."""
    hag66, hecate = lenient.people("hag66", "hecate", joined=["hag66", "hecate"])
    said(lenient, hag66, "first", "one")
    said(lenient, hag66)
    said(lenient, hag66, "last", "two")
    before = archive(hecate)
    hag66.sends(takes_back())
    _, found, _, retraction = after = archive(hecate)
    assert [(r.get("id"), stamp(r)) for r in after[:3]] == [(r.get("id"), stamp(r)) for r in before]
    message = inner(found)
    assert [child.tag for child in message] == [f"{{{MISC}}}retracted", f"{{{CORE}}}mix"]
    assert message.get("from") == f"{lenient.jid}/{hag66.id}"
    assert dict(message[0].items()) == {"by": f"{hag66.id}#{lenient.jid}", "time": stamp(retraction)}


@pytest.mark.req("MIX-RET-11")
@pytest.mark.parametrize("then", ["jid-mandatory-visible", "jid-hidden"])
def test_a_tombstone_names_an_address_only_where_it_is_shown(lenient: Scene, then: str) -> None:
    """Shown when it happened, and now."""
    lenient.owner.sends(configure(("JID Visibility", "jid-mandatory-visible")))
    hag66, hecate = lenient.people("hag66", "hecate", joined=["hag66", "hecate"])
    said(lenient, hag66)
    hag66.sends(takes_back())
    lenient.owner.sends(configure(("JID Visibility", then)))
    found, _ = archive(hecate)
    by = f"{hag66.id}#{lenient.jid}" if then == "jid-hidden" else hag66.jid
    assert inner(found)[0].get("by") == by


@pytest.mark.req("MUC-RETR-03", "MUC-RETR-05", "MUC-RETR-06", "MUC-RETR-07", "MUC-MAM-14", "MUC-MAM-48")
def test_a_tombstone_in_the_room(lenient: Scene) -> None:
    """XEP-0424 §4: the id and time of the message that took it back, and nothing of what was said."""
    pistol, macbeth = lenient.people("pistol", "macbeth", entered=["pistol", "macbeth"])
    said(lenient, pistol)
    (before,) = archive(macbeth)
    pistol.sends(takes_back_in_room())
    found, retraction = archive(macbeth)
    assert (found.get("id"), stamp(found)) == (before.get("id"), stamp(before))
    message = inner(found)
    assert (message.get("from"), message.get("type"), message.get("id")) == (
        f"{lenient.jid}/ancient",
        "groupchat",
        "m1",
    )
    retracted, *rest = message
    assert retracted.tag == f"{{{RETRACT}}}retracted"
    assert dict(retracted.items()) == {"id": "r1", "stamp": stamp(retraction)}
    assert [(child.tag, child.get("id")) for child in rest] == [
        ("{urn:xmpp:occupant-id:0}occupant-id", pistol.id),
        ("{urn:xmpp:sid:0}stanza-id", found.get("id")),
    ]


@pytest.mark.req("MUC-HIST-24", "MUC-RETR-03")
@pytest.mark.parametrize("restarted", [False, True])
def test_what_was_taken_back_is_not_replayed(lenient: Scene, restarted: bool) -> None:
    """XEP-0424 §5: not from memory, and not from storage."""
    pistol, macbeth = lenient.people("pistol", "macbeth", entered=["pistol"])
    said(lenient, pistol)
    said(lenient, pistol, "hail", "other")
    pistol.sends(takes_back_in_room(inside=""))
    if restarted:
        lenient.service.restarts()
    macbeth.sends("<presence to='{coven}/thane'><x xmlns='http://jabber.org/protocol/muc'/></presence>")
    history = [m for m in macbeth.takes() if m.tag == "{jabber:client}message"]
    assert [m.findtext("{jabber:client}body") for m in history] == ["hail", None, None]
    assert "damned" not in "".join(one.raw for one in macbeth.inbox)


@pytest.mark.req("MIX-RET-02", "MIX-RET-03")
@pytest.mark.parametrize(
    "malformed",
    [takes_back(inside="<body>x</body>"), f"<message type='groupchat' id='r1'><retract xmlns='{MISC}'/></message>"],
)
def test_a_retraction_has_an_id_and_no_body(lenient: Scene, malformed: str) -> None:
    """XEP-0407 §4."""
    hag66, _ = lenient.people("hag66", "hecate", joined=["hag66", "hecate"])
    said(lenient, hag66)
    hag66.sends(malformed)
    hag66.receives(refused("modify", "bad-request"))
    lenient.is_silent()


def test_a_retraction_in_the_room_has_an_id(lenient: Scene) -> None:
    """XEP-0424 §9."""
    pistol = lenient.people("pistol", entered=["pistol"])
    pistol.sends(f"<message type='groupchat' id='r1'><retract xmlns='{RETRACT}'/></message>")
    pistol.receives(
        f"<message type='error' id='r1' from='{{coven}}'>…{error('modify', 'bad-request', '{coven}')}</message>"
    )
    lenient.is_silent()


@pytest.mark.req("MIX-RET-04", "MIX-CFG-29")
def test_only_where_the_owner_lets_them(coven: Scene) -> None:
    """XEP-0406 §2.4: the option is off by default, and binds both faces."""
    hag66, pistol = coven.people("hag66", "pistol", joined=["hag66"], entered=["pistol"])
    said(coven, hag66)
    said(coven, pistol, name="other")
    hag66.sends(takes_back())
    hag66.receives(refused("cancel", "not-allowed"))
    pistol.sends(takes_back_in_room("other"))
    pistol.receives(
        f"<message type='error' id='r1' from='{{coven}}'>…{error('cancel', 'not-allowed', '{coven}')}</message>"
    )
    coven.is_silent()
    coven.owner.sends(configure(("Allow User Message Retraction", "true")))
    coven.service.everybody_forgets()
    hag66.sends(takes_back())
    pistol.receives(in_room("hag66", "thirdwitch"))


@pytest.mark.req("MIX-RET-14")
def test_only_for_so_long_where_the_operator_says_so(services: Callable[..., Service]) -> None:
    """XEP-0407 §4: an hour, say; on both faces. Who has a right over everybody's messages has no limit."""
    coven = Scene(services(retraction=timedelta(hours=1)), "coven")
    hag66, pistol = coven.people("hag66", "pistol", joined=["hag66"], entered=["pistol"])
    coven.owner.sends(configure(("User Message Retraction", "true")))
    coven.service.everybody_forgets()
    coven.joins(coven.owner, "firstwitch")
    said(coven, hag66)
    coven.service.time_passes(3_500)
    hag66.sends(takes_back())
    pistol.receives(in_room("hag66", "thirdwitch"))
    coven.service.everybody_forgets()
    said(coven, hag66)
    said(coven, pistol, name="other")
    coven.service.time_passes(3_700)
    hag66.sends(takes_back())
    hag66.receives(refused("cancel", "not-allowed"))
    pistol.sends(takes_back_in_room("other"))
    pistol.receives(
        f"<message type='error' id='r1' from='{{coven}}'>…{error('cancel', 'not-allowed', '{coven}')}</message>"
    )
    coven.is_silent()
    coven.owner.sends(takes_back())
    assert any(one.find(f"{{{MISC}}}retract") is not None for one in hag66.takes())


@pytest.mark.req("MIX-RET-05", "MIX-RET-06", "MIX-CFG-30")
@pytest.mark.parametrize("circle", ["nobody", "admins", "owners"])
def test_others_messages_are_the_business_of_a_circle(coven: Scene, circle: str) -> None:
    """XEP-0407 §4: Administrator Message Retraction Rights, where owners have what administrators have."""
    hag66, hecate, wiccarocks = coven.people("hag66", "hecate", "wiccarocks", joined=["hag66", "hecate", "wiccarocks"])
    coven.owner.sends(
        configure(
            ("Administrator Message Retraction Rights", circle),
            ("Owner", coven.owner.jid),
            ("Owner", wiccarocks.jid),
            ("Administrator", hecate.jid),
        )
    )
    coven.service.everybody_forgets()
    for number, (who, may) in enumerate(
        ((hecate, circle == "admins"), (wiccarocks, circle != "nobody")),
    ):
        said(coven, hag66, f"line {number}")
        who.sends(takes_back())
        if may:
            hag66.receives(in_mix(who.name, "moon" if who is hecate else "secondwitch"))
        else:
            who.receives(refused("auth", "forbidden"))
            coven.is_silent()
        coven.service.everybody_forgets()


@pytest.mark.req("MIX-RET-13", "MIX-RET-15")
def test_what_is_not_there_cannot_be_taken_back(lenient: Scene) -> None:
    """Nor a second time: nothing changes, nobody hears of it."""
    hag66, hecate = lenient.people("hag66", "hecate", joined=["hag66", "hecate"])
    lenient.service.known["said"] = "nonsense"
    hag66.sends(takes_back())
    hag66.receives(refused("cancel", "item-not-found"))
    said(lenient, hag66)
    hag66.sends(takes_back())
    before = [(r.get("id"), len(inner(r))) for r in archive(hecate)]
    lenient.service.everybody_forgets()
    hag66.sends(takes_back(id="r2"))
    hag66.receives(refused("cancel", "item-not-found", "r2"))
    assert [(r.get("id"), len(inner(r))) for r in archive(hecate)] == before
    lenient.is_silent()


@pytest.mark.req("MUC-RETR-08")
def test_the_room_passes_on_an_id_it_does_not_know(lenient: Scene) -> None:
    """XEP-0424 §5.1: clients may know it; the archive stays as it was."""
    pistol, macbeth = lenient.people("pistol", "macbeth", entered=["pistol", "macbeth"])
    said(lenient, pistol)
    lenient.service.known["said"] = "o1"
    pistol.sends(takes_back_in_room(inside=""))
    macbeth.receives(in_room("pistol", "ancient", of="said"))
    assert inner(archive(macbeth)[0]).findtext("{jabber:client}body") == "out, damned spot"


@pytest.mark.req("MUC-RETR-03")
def test_an_author_may_call_a_message_what_they_called_it(lenient: Scene) -> None:
    """Converse.js does. The room passes the name on, MIX is told of the archive's, and what was said is gone."""
    pistol, macbeth, hag66 = lenient.people(
        "pistol", "macbeth", "hag66", joined=["hag66"], entered=["pistol", "macbeth"]
    )
    said(lenient, pistol)
    lenient.service.known["m1"] = "m1"
    macbeth.sends(takes_back_in_room("m1", inside=""))
    lenient.service.everybody_forgets()
    assert inner(archive(hag66)[0]).findtext("{jabber:client}body") == "out, damned spot"
    pistol.sends(takes_back_in_room("m1", inside=""))
    macbeth.receives(in_room("pistol", "ancient", of="m1"))
    hag66.receives(in_mix("pistol", "ancient"))
    gone = inner(archive(macbeth)[0])
    assert gone.find("{jabber:client}body") is None
    assert gone.find(f"{{{RETRACT}}}retracted") is not None


@pytest.mark.req("MUC-RETR-04", "MUC-RETR-08")
def test_nobody_takes_back_what_others_said(lenient: Scene) -> None:
    """XEP-0424 §5: refused, even to an owner in the room: clients would not believe it, or take it for the author's."""
    pistol, macbeth, crone1 = lenient.people("pistol", "macbeth", "crone1", entered=["pistol", "macbeth", "crone1"])
    said(lenient, pistol)
    for someone in (macbeth, crone1):
        someone.sends(takes_back_in_room())
        someone.receives(
            f"<message type='error' id='r1' from='{{coven}}'>…{error('auth', 'forbidden', '{coven}')}</message>"
        )
    lenient.is_silent()
    assert inner(archive(macbeth)[0]).findtext("{jabber:client}body") == "out, damned spot"


@pytest.mark.req("MIX-RET-18")
def test_an_author_is_known_again(lenient: Scene) -> None:
    """Who left and came back may take back what they said before."""
    hag66, hecate = lenient.people("hag66", "hecate", joined=["hag66", "hecate"])
    said(lenient, hag66)
    hag66.sends(f"<iq type='set' id='l1'><leave xmlns='{CORE}'/></iq>")
    lenient.joins(hag66, "another")
    hag66.sends(takes_back())
    hecate.receives(in_mix("hag66", "another"))


@pytest.mark.req("MIX-RET-17")
def test_a_mix_client_may_use_the_room_s_words(lenient: Scene) -> None:
    """XEP-0424 with words for older clients, which are for the room only."""
    hag66, hecate, pistol = lenient.people("hag66", "hecate", "pistol", joined=["hag66", "hecate"], entered=["pistol"])
    said(lenient, hag66)
    hag66.sends(takes_back_in_room())
    hecate.receives(in_mix("hag66", "thirdwitch"))
    pistol.receives(in_room("hag66", "thirdwitch", FALLBACK))


def test_a_retraction_far_back(lenient: Scene) -> None:
    """Beyond what is in memory, and after a restart."""
    hag66, hecate = lenient.people("hag66", "hecate", joined=["hag66", "hecate"])
    said(lenient, hag66)
    for number in range(60):
        hag66.sends(says(f"line {number}"))
    lenient.service.restarts()
    lenient.service.everybody_forgets()
    hag66.sends(takes_back())
    hecate.receives(in_mix("hag66", "thirdwitch"))
    assert inner(archive(hecate)[0])[0].tag == f"{{{MISC}}}retracted"


def test_when_it_cannot_be_written_down_nothing_was_taken_back(lenient: Scene) -> None:
    """The sender is told, nobody else hears of it, and the message stays."""
    hag66, hecate = lenient.people("hag66", "hecate", joined=["hag66", "hecate"])
    said(lenient, hag66)
    lenient.service.recorder.failures = 1
    hag66.sends(takes_back())
    hag66.receives(refused("wait", "internal-server-error"))
    lenient.is_silent()
    assert inner(archive(hecate)[0]).findtext("{jabber:client}body") == "out, damned spot"


@pytest.mark.req("MUC-FEAT-18", "MUC-FEAT-19")
def test_rooms_say_that_they_can(services: Callable[..., Service], rooms: Service) -> None:
    """XEP-0424 §2, §4; and rooms made by entering them let people take back what they said."""
    from tests.stage.room import ROOM, room

    hag66, hecate = room(rooms, "hag66", "hecate")
    hag66.sends(f"<iq type='get' id='d' to='{ROOM}'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>")
    (answer,) = hag66.takes()
    found = {feature.get("var") for feature in answer.iter("{http://jabber.org/protocol/disco#info}feature")}
    assert {RETRACT, f"{RETRACT}#tombstone"} <= found
    hecate.sends(f"<message type='groupchat' id='m1' to='{ROOM}'><body>hail</body></message>")
    (heard,) = hag66.takes()
    id = heard.find("{urn:xmpp:sid:0}stanza-id").get("id")  # type: ignore[union-attr]
    hecate.forgets()
    hecate.sends(f"<message type='groupchat' id='r1' to='{ROOM}'><retract xmlns='{RETRACT}' id='{id}'/></message>")
    hag66.receives(
        f"<message type='groupchat' from='{ROOM}/hec' id='r1'><retract xmlns='{RETRACT}' id='{id}'/>…</message>"
    )


def test_a_tombstone_names_nobody_to_strangers(lenient: Scene) -> None:
    """XEP-0404 §2.2, MIX-DEC-096: who reads an open archive from outside sees no addresses there."""
    hag66, ross = lenient.people("hag66", "ross")
    lenient.owner.sends(
        configure(("JID Visibility", "jid-mandatory-visible"), ("Messages Node Subscription", "anyone"))
    )
    lenient.joins(hag66, "thirdwitch")
    said(lenient, hag66)
    hag66.sends(takes_back())
    ross.sends(mam().replace("<query", "<query node='urn:xmpp:mix:nodes:messages'"))
    found = [result for stanza in ross.takes() for result in stanza.iter("{urn:xmpp:mam:2}result")]
    assert inner(found[0])[0].get("by") == f"{hag66.id}#{lenient.jid}"
    assert inner(archive(hag66)[0])[0].get("by") == hag66.jid
