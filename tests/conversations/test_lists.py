"""The allowed and the banned (XEP-0406 §2.2, §2.3, §3.3), also as the room knows them (XEP-0045 §9)."""

from __future__ import annotations

import pytest

from tests.conversations.questions import NODE, NS, ask, granted, items_of, pubsub, refused, the
from tests.conversations.words import CORE, MUC, event, retracted
from tests.stage import Person, Scene

JOIN = f"<join xmlns='{CORE}'><nick>{{nick}}</nick><subscribe node='{NODE}messages'/></join>"


def on(node: str, verb: str, entry: str) -> str:
    """Publish or retract an entry."""
    return pubsub(f"<{verb} node='{NODE}{node}'><item id='{entry}'/></{verb}>")


def joins(person: Person, nick: str) -> bool:
    """Whether somebody gets in."""
    return ask(person.account, JOIN.format(nick=nick)).get("type") == "result"


def affiliates(coven: Scene, affiliation: str) -> set[str]:
    """A list of the room."""
    asked = f"<query xmlns='{MUC}#admin'><item affiliation='{affiliation}'/></query>"
    answer = granted(coven.owner.phone, asked, type="get")
    return {item.get("jid", "") for item in answer.iter(f"{{{MUC}#admin}}item")}


def affiliate(coven: Scene, jid: str, affiliation: str) -> None:
    """The owner changes an affiliation, in the room's words."""
    item = f"<item jid='{jid}' affiliation='{affiliation}'/>"
    granted(coven.owner.phone, f"<query xmlns='{MUC}#admin'>{item}</query>")


@pytest.mark.req("MIX-ACL-01", "MIX-I18-04")
@pytest.mark.parametrize(
    ("entry", "kept"),
    [
        ("macbeth@shakespeare.example", "macbeth@shakespeare.example"),
        ("MacBeth@Shakespeare.Example", "macbeth@shakespeare.example"),
        ("shakespeare.example", "shakespeare.example"),
        ("SHAKESPEARE.example", "shakespeare.example"),
    ],
)
def test_entries_are_people_or_domains(coven: Scene, entry: str, kept: str) -> None:
    """Without any payload, in the form addresses have when they are compared (RFC 7622)."""
    macbeth = coven.people("macbeth", joined=["macbeth"])
    answer = granted(coven.owner.phone, on("banned", "publish", entry))
    assert the(answer, "ps:pubsub/ps:publish/ps:item").get("id") == kept
    (item,) = items_of(coven.owner.phone, "banned")
    assert (item.get("id"), len(item)) == (kept, 0)
    assert not joins(macbeth, "thane")
    granted(coven.owner.phone, on("banned", "retract", entry))
    assert joins(macbeth, "thane")


@pytest.mark.req("MIX-ACL-09", "MIX-ACL-21")
def test_a_domain_is_banned_with_all_its_people(coven: Scene) -> None:
    """And no other domain: neither the one above it nor the one below."""
    hag66, hecate = coven.people("hag66", "hecate", joined=["hag66", "hecate"])
    ariel = coven.people("ariel", domain="isle.tempest.example", joined=["ariel"])
    caliban = coven.people("caliban", domain="isle.tempest.example", joined=["caliban"])
    coven.publishes("banned", "tempest.example", "le.tempest.example", "x.isle.tempest.example")
    coven.is_silent()
    coven.publishes("banned", "isle.tempest.example")
    hag66.receives(event("participants", retracted("ariel")), event("participants", retracted("caliban")))
    assert not joins(ariel, "spirit")
    assert {item.get("id") for item in items_of(coven.owner.phone, "participants")} == {hag66.id, hecate.id}
    assert not joins(caliban, "savage")


@pytest.mark.req("MIX-ACL-10")
def test_an_end_of_a_ban_brings_nobody_back(coven: Scene) -> None:
    """They may join again, and have to."""
    macbeth = coven.people("macbeth", joined=["macbeth"])
    coven.publishes("banned", macbeth.jid)
    granted(coven.owner.phone, on("banned", "retract", macbeth.jid))
    assert items_of(coven.owner.phone, "participants") == []
    assert joins(macbeth, "thane")


@pytest.mark.req("MIX-ACL-11")
def test_who_is_allowed_no_more_is_in_no_more(coven: Scene) -> None:
    """When the entry goes that let them in, unless another one does; when the node comes; never owners."""
    hag66, hecate = coven.people("hag66", "hecate")
    granted(coven.owner.phone, pubsub(f"<create node='{NODE}allowed'/>"))
    coven.publishes("allowed", hag66.jid, hecate.jid, "shakespeare.example")
    assert joins(hag66, "third witch")
    assert joins(hecate, "moon")
    assert joins(coven.owner, "first witch")
    granted(coven.owner.phone, on("allowed", "retract", hag66.jid))
    assert len(items_of(coven.owner.phone, "participants")) == 3
    granted(coven.owner.phone, on("allowed", "retract", "shakespeare.example"))
    assert len(items_of(coven.owner.phone, "participants")) == 2
    granted(coven.owner.phone, pubsub(f"<delete node='{NODE}allowed'/>", owner=True))
    granted(coven.owner.phone, pubsub(f"<create node='{NODE}allowed'/>"))
    (left,) = items_of(coven.owner.phone, "participants")
    assert the(left, "mix:participant/mix:nick").text == "first witch"


@pytest.mark.req("MIX-ACL-18")
@pytest.mark.parametrize("entry", ["crone1@shakespeare.example", "shakespeare.example"])
def test_administrators_do_not_ban_owners(coven: Scene, entry: str) -> None:
    """Neither by name nor with their whole domain."""
    wiccarocks = coven.people("wiccarocks")
    config = "<field var='Administrator'><value>{wiccarocks}</value></field>"
    form = f"<x xmlns='jabber:x:data' type='submit'>{config}</x>"
    granted(coven.owner.phone, pubsub(f"<publish node='{NODE}config'><item>{form}</item></publish>"))
    assert refused(wiccarocks.phone, on("banned", "publish", entry))[1] in ("not-allowed", "forbidden")
    assert items_of(wiccarocks.phone, "banned") == []
    assert joins(coven.owner, "first witch")


@pytest.mark.req("MIX-ACL-20")
def test_nobody_else_reads_the_lists(coven: Scene) -> None:
    """In no mode: they hold addresses. The eavesdropper reads all that participants get."""
    hag66, macbeth = coven.people("hag66", "macbeth", joined=["hag66"])
    coven.publishes("banned", macbeth.jid)
    for mode in ("jid-mandatory-visible", "jid-optionally-visible", "jid-hidden"):
        form = f"<x xmlns='jabber:x:data' type='submit'><field var='JID Visibility'><value>{mode}</value></field></x>"
        granted(coven.owner.phone, pubsub(f"<publish node='{NODE}config'><item>{form}</item></publish>"))
        assert refused(hag66.phone, pubsub(f"<items node='{NODE}banned'/>"), type="get") == ["auth", "forbidden"]
        subscribe = pubsub(f"<subscribe node='{NODE}banned' jid='{hag66.jid}'/>")
        assert refused(hag66.phone, subscribe) == ["auth", "forbidden"]


# -- the same lists in the room's words


@pytest.mark.req("MIX-MUC-14", "MIX-MUC-15")
def test_an_outcast_is_banned_and_the_banned_are_outcasts(coven: Scene) -> None:
    """XEP-0045 §9.1: whichever way it was said, they are out of the channel and out of the room."""
    macbeth, hag66 = coven.people("macbeth", "hag66", joined=["macbeth"], entered=["hag66"])
    affiliate(coven, macbeth.jid, "outcast")
    assert [item.get("id") for item in items_of(coven.owner.phone, "banned")] == [macbeth.jid]
    assert not joins(macbeth, "thane")
    coven.publishes("banned", hag66.jid)
    assert affiliates(coven, "outcast") == {macbeth.jid, hag66.jid}
    kicked = [one for one in hag66.phone.takes() if one.tag.endswith("presence") and one.get("type") == "unavailable"]
    assert [code.get("code") for code in kicked[-1].iter(f"{{{MUC}#user}}status")].count("301") == 1
    affiliate(coven, macbeth.jid, "none")
    assert [item.get("id") for item in items_of(coven.owner.phone, "banned")] == [hag66.jid]


@pytest.mark.req("MIX-MUC-14")
def test_owners_and_administrators_are_the_same_people(coven: Scene) -> None:
    """What the room says of them stands in the configuration, and the other way round."""
    hecate, wiccarocks = coven.people("hecate", "wiccarocks")
    affiliate(coven, hecate.jid, "owner")
    affiliate(coven, wiccarocks.jid, "admin")
    assert affiliates(coven, "owner") == {coven.owner.jid, hecate.jid}
    (config,) = items_of(hecate.phone, "config")
    fields = {
        field.get("var"): [value.text for value in field.findall("x:value", NS)]
        for field in config.iter("{jabber:x:data}field")
    }
    assert sorted(map(str, fields["Owner"])) == sorted([coven.owner.jid, hecate.jid])
    assert fields["Administrator"] == [wiccarocks.jid]
    form = "<x xmlns='jabber:x:data' type='submit'><field var='Administrator'/></x>"
    granted(hecate.phone, pubsub(f"<publish node='{NODE}config'><item>{form}</item></publish>"))
    assert affiliates(coven, "admin") == set()


@pytest.mark.req("MIX-ACL-19")
def test_a_kick_leaves_no_ban(coven: Scene) -> None:
    """XEP-0045 §8.2: out of the room, on no list, and free to come back."""
    hag66 = coven.people("hag66", entered=["hag66"])
    item = "<item nick='thirdwitch' role='none'/>"
    granted(coven.owner.phone, f"<query xmlns='{MUC}#admin'>{item}</query>")
    assert items_of(coven.owner.phone, "banned") == []
    hag66.forgets()
    coven.enters(hag66, "thirdwitch")


@pytest.mark.req("MIX-MUC-17")
@pytest.mark.parametrize("way", ["channel", "room"])
def test_the_end_of_one_is_the_end_of_both(coven: Scene, way: str) -> None:
    """XEP-0045 §10.9, XEP-0369 §7.3.4."""
    hag66, hecate = coven.people("hag66", "hecate", joined=["hag66"], entered=["hecate"])
    if way == "channel":
        granted(coven.owner.phone, f"<destroy xmlns='{CORE}' channel='coven'/>", to="{service}")
    else:
        granted(coven.owner.phone, f"<query xmlns='{MUC}#owner'><destroy/></query>")
    hecate.phone.receives(f"<presence type='unavailable'><x xmlns='{MUC}#user'><destroy>…</destroy>…</x>…</presence>")
    assert any(one.find("event:event/event:delete", NS) is not None for one in hag66.takes())
    about = "<query xmlns='http://jabber.org/protocol/disco#info'/>"
    assert refused(hag66.phone, about, type="get") == ["cancel", "item-not-found"]


@pytest.mark.req("MIX-MUC-18")
def test_a_room_that_was_entered_is_a_channel_of_who_entered(coven: Scene) -> None:
    """XEP-0045 §10.1: nobody else finds it before its owner has seen the configuration."""
    hag66, hecate = coven.people("hag66", "hecate")
    room = "heath@mix.shakespeare.example"
    about = "<query xmlns='http://jabber.org/protocol/disco#info'/>"
    hag66.phone.sends(f"<presence to='{room}/third witch'><x xmlns='{MUC}'/></presence>")
    hag66.forgets()
    assert refused(hecate.phone, about, to=room, type="get") == ["cancel", "item-not-found"]
    assert refused(hecate.account, JOIN.format(nick="moon"), to=room) == ["cancel", "item-not-found"]
    unlock = f"<query xmlns='{MUC}#owner'><x xmlns='jabber:x:data' type='submit'/></query>"
    granted(hag66.phone, unlock, to=room)
    features = {one.get("var") for one in the(granted(hecate.phone, about, to=room, type="get"), "info:query")}
    assert {CORE, MUC} <= features
    (config,) = items_of(hag66.phone, "config", to=room)
    assert hag66.jid in list(config.itertext())
    granted(hecate.account, JOIN.format(nick="moon"), to=room)


@pytest.mark.req("MIX-MUC-06")
def test_one_answer_is_for_clients_of_both_kinds(coven: Scene) -> None:
    """XEP-0369 §6.3: both identities, both sets of features."""
    hag66 = coven.people("hag66")
    answer = granted(hag66.phone, "<query xmlns='http://jabber.org/protocol/disco#info'/>", type="get")
    query = the(answer, "info:query")
    assert {one.get("type") for one in query.findall("info:identity", NS)} == {"mix", "text"}
    assert {CORE, MUC} <= {one.get("var") for one in query.findall("info:feature", NS)}


@pytest.mark.req("MIX-MUC-20")
def test_one_archive_in_two_shapes(coven: Scene) -> None:
    """The same messages under the same ids: for MIX with `<mix/>` from channel/id, for the room from room/nick."""
    hag66, hecate = coven.people("hag66", "hecate", joined=["hag66"], entered=["hecate"])
    hag66.phone.sends("<message type='groupchat' id='h1' to='{coven}'><body>hail</body></message>")
    hecate.phone.sends("<message type='groupchat' id='h2' to='{coven}'><body>hail to thee</body></message>")
    coven.service.everybody_forgets()
    pages = []
    for person in (hag66, hecate):
        granted(person.phone, "<query xmlns='urn:xmpp:mam:2' queryid='q'/>")
        pages.append([the(one, "mam:result") for one in person.phone.takes()])
    by_mix, by_room = pages
    assert [one.get("id") for one in by_mix] == [one.get("id") for one in by_room]
    senders = [the(one, "fwd:forwarded/c:message").get("from") for one in (*by_mix, *by_room)]
    resources = [str(sender).partition("/")[2] for sender in senders]
    assert resources == [hag66.id, hecate.id, "thirdwitch", "moon"]
    assert all(one.find("fwd:forwarded/c:message/mix:mix", NS) is not None for one in by_mix)
    assert all(one.find("fwd:forwarded/c:message/mix:mix", NS) is None for one in by_room)
