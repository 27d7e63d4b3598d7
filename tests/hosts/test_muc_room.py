"""A room from its creation to the last exit, as MUC clients on a Prosody see it."""

import re

import pytest
from slixmpp import JID

from .clients import Refused
from .prosody import COMPONENT
from .received import NS, available, message, unavailable
from .stage import Stage


@pytest.mark.req("MUC-CRE-01", "MUC-CRE-06", "MUC-CRE-30", "MUC-ENT-01", "MUC-SUBJ-01")
async def test_entering_makes_a_room(stage: Stage) -> None:
    room = f"coven@{COMPONENT}"
    stage.may_see(stage.hag66, room)
    entry = await stage.hag66.phone.enter(room, "first witch")
    assert entry.order == ["self", "subject"]
    assert entry.own.sender == f"{room}/first witch"
    assert entry.own.codes >= {110, 201}
    assert (entry.own.affiliation, entry.own.role) == ("owner", "moderator")
    assert 1 <= len(entry.own.occupant_id or "") <= 128


@pytest.mark.req("MUC-CRE-08", "MUC-CRE-11", "MUC-ENT-21")
async def test_a_new_room_is_locked_until_its_owner_accepts_the_defaults(stage: Stage) -> None:
    room = f"coven@{COMPONENT}"
    stage.may_see(stage.hag66, room)
    await stage.hag66.phone.enter(room, "first witch")
    with pytest.raises(Refused, match="item-not-found") as refused:
        await stage.hecate.phone.enter(room, "second witch")
    assert refused.value.answer.has("muc:x")
    await stage.hag66.phone.unlock(room)
    assert (await stage.hecate.phone.enter(room, "second witch")).own.codes.isdisjoint({201})


@pytest.mark.req(
    "MUC-ENT-24",
    "MUC-ENT-41",
    "MUC-PRES-01",
    "MUC-PRES-02",
    "MUC-PRES-03",
    "MUC-PRES-04",
    "MUC-PRES-05",
    "MUC-PRES-06",
    "MUC-PRES-09",
    "MUC-PRES-10",
    "MUC-HIST-01",
    "MUC-HIST-02",
    "MUC-HIST-03",
    "MUC-HIST-04",
    "MUC-HIST-05",
    "MUC-HIST-07",
    "MUC-HIST-18",
    "MUC-OCC-02",
    "MUC-OCC-03",
)
async def test_a_room_is_entered_in_the_right_order(stage: Stage) -> None:
    hag66, hecate = stage.hag66.phone, stage.hecate.phone
    room = await stage.room(hag66, stage.hag66, "first witch")
    for body in ("When shall we three meet again?", "In thunder, lightning, or in rain?"):
        hag66.say(room, body)
    live = [
        await hag66.sees(message(body))
        for body in ("When shall we three meet again?", "In thunder, lightning, or in rain?")
    ]

    entry = await hecate.enter(room, "second witch")
    assert entry.order == ["others", "self", "history", "subject"]
    assert [(seen.sender, seen.xml.get("to")) for seen in entry.others] == [(f"{room}/first witch", hecate.jid)]
    assert entry.own.sender == f"{room}/second witch"
    for presence in (*entry.others, entry.own):
        assert len(presence.all("user:x")) == len(presence.all("user:x/user:item")) == 1
        assert presence.role
        assert presence.affiliation
        assert presence.occupant_id
    assert entry.others[0].attribute("user:x/user:item", "jid") is None
    assert [seen.body for seen in entry.history] == [seen.body for seen in live]
    for replayed, original in zip(entry.history, live, strict=True):
        assert replayed.sender == original.sender == f"{room}/first witch"
        assert (replayed.id, replayed.stanza_id) == (original.id, original.stanza_id)
        assert replayed.occupant_id == original.occupant_id == entry.others[0].occupant_id
        assert replayed.attribute("delay:delay", "from") == room
        assert re.fullmatch(
            r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", replayed.attribute("delay:delay", "stamp") or ""
        )

    arrival = await hag66.sees(available(f"{room}/second witch"))
    assert arrival.codes == set()
    assert arrival.attribute("user:x/user:item", "jid") == hecate.jid, "a moderator sees the full JID"


@pytest.mark.req("MUC-HIST-10", "MUC-HIST-16")
async def test_a_newcomer_limits_the_history(stage: Stage) -> None:
    hag66 = stage.hag66.phone
    room = await stage.room(hag66, stage.hag66, "first witch")
    for number in range(5):
        hag66.say(room, f"line {number}")
        await hag66.sees(message(f"line {number}"))
    some = await stage.hecate.phone.enter(room, "second witch", history="<history maxstanzas='2'/>")
    assert [seen.body for seen in some.history] == ["line 3", "line 4"]
    none = await stage.crone1.phone.enter(room, "third witch", history="<history maxstanzas='0'/>")
    assert none.order == ["others", "self", "subject"]
    old = await stage.crone1.laptop.enter(room, "third witch", history="<history seconds='0'/>")
    assert old.order == ["others", "self", "subject"]


@pytest.mark.req("MUC-MSG-01", "MUC-MSG-02", "MUC-MSG-12", "MUC-MSG-17", "MUC-MSG-24", "MUC-OCC-02", "MUC-MAM-10")
async def test_occupants_talk(stage: Stage) -> None:
    hag66, hecate = stage.hag66.phone, stage.hecate.phone
    room = await stage.room(hag66, stage.hag66, "first witch")
    entry = await hecate.enter(room, "second witch")
    for speaker, nick, body in (
        (hag66, "first witch", "Where the place?"),
        (hecate, "second witch", "Upon the heath."),
    ):
        sent = speaker.say(room, body)
        copies = [await witness.sees(message(body, sender=f"{room}/{nick}")) for witness in (hag66, hecate)]
        assert {copy.id for copy in copies} == {sent}
        assert len({copy.stanza_id for copy in copies}) == 1
        assert copies[0].stanza_id
        assert len({copy.occupant_id for copy in copies}) == 1
        assert [copy.xml.get("to") for copy in copies] == [hag66.jid, hecate.jid]
        assert (await hag66.archive(room))[-1].id == copies[0].stanza_id
    assert copies[0].occupant_id == entry.own.occupant_id


@pytest.mark.req("MUC-MSG-05")
async def test_a_stranger_cannot_speak(stage: Stage) -> None:
    room = await stage.room(stage.hag66.phone, stage.hag66, "first witch")
    sent = stage.hecate.phone.say(room, "let me in")
    refused = await stage.hecate.phone.sees(lambda seen: seen.kind == "message" and seen.type == "error")
    assert (refused.id, refused.condition) == (sent, "not-acceptable")


@pytest.mark.req(
    "MUC-ENT-10",
    "MUC-NCH-01",
    "MUC-NCH-02",
    "MUC-NCH-03",
    "MUC-NCH-04",
    "MUC-NCH-05",
    "MUC-NCH-07",
    "MUC-NCH-12",
    "MUC-NCH-18",
)
async def test_an_occupant_changes_the_nick(stage: Stage) -> None:
    hag66, hecate = stage.hag66.phone, stage.hecate.phone
    room = await stage.room(hag66, stage.hag66, "first witch")
    with pytest.raises(Refused, match="conflict"):
        await hecate.enter(room, "first witch")
    entry = await hecate.enter(room, "second witch")
    await hag66.sees(available(f"{room}/second witch"))

    mark = len(hecate.received)
    hecate.send_presence(f"{room}/third witch")
    for witness in (hag66, hecate):
        gone = await witness.sees(unavailable(f"{room}/second witch"))
        come = await witness.sees(available(f"{room}/third witch"))
        assert gone.index < come.index
        assert 303 in gone.codes
        assert gone.attribute("user:x/user:item", "nick") == "third witch"
        assert (gone.role, gone.affiliation) == (come.role, come.affiliation)
        assert gone.occupant_id == come.occupant_id == entry.own.occupant_id
        assert (110 in gone.codes, 110 in come.codes) == (witness is hecate, witness is hecate)
    assert not [seen for seen in hecate.received[mark:] if seen.kind == "message"]

    hecate.send_presence(f"{room}/first witch")
    refused = await hecate.sees(lambda seen: seen.kind == "presence" and seen.type == "error")
    assert refused.condition == "conflict"
    hecate.say(room, "still the third")
    await hag66.sees(message("still the third", sender=f"{room}/third witch"))


@pytest.mark.req("MUC-EXIT-01", "MUC-EXIT-02", "MUC-EXIT-03", "MUC-EXIT-04")
async def test_an_occupant_leaves(stage: Stage) -> None:
    hag66, hecate = stage.hag66.phone, stage.hecate.phone
    room = await stage.room(hag66, stage.hag66, "first witch")
    await hecate.enter(room, "second witch")
    hecate.send_presence(f"{room}/second witch", "<status>gone where the wild thyme blows</status>", kind="unavailable")
    for witness in (hag66, hecate):
        gone = await witness.sees(unavailable(f"{room}/second witch"))
        assert gone.role == "none"
        assert gone.affiliation == "none"
        assert (110 in gone.codes) == (witness is hecate)
        assert gone.occupant_id
        if witness is hag66:
            assert gone.words("c:status") == "gone where the wild thyme blows"
    hag66.say(room, "alone")
    await hag66.sees(message("alone"))
    hecate.say(room, "may I?")
    await hecate.sees(lambda seen: seen.type == "error" and seen.condition == "not-acceptable")
    assert not [seen for seen in hecate.received if message("alone")(seen)]


@pytest.mark.req("MUC-EXIT-01", "MUC-EXIT-03")
async def test_an_occupant_vanishes_with_the_connection(stage: Stage) -> None:
    hag66, hecate = stage.hag66.phone, stage.hecate.phone
    room = await stage.room(hag66, stage.hag66, "first witch")
    await hecate.enter(room, "second witch")
    await hecate.vanish()
    assert (await hag66.sees(unavailable(f"{room}/second witch"))).role == "none"


@pytest.mark.req("MUC-EXIT-10", "MUC-ENT-12", "MUC-PRES-30", "MUC-MSG-20")
async def test_two_devices_are_one_occupant(stage: Stage) -> None:
    hag66, hecate = stage.hag66.phone, stage.hecate
    room = await stage.room(hag66, stage.hag66, "first witch")
    phone = await hecate.phone.enter(room, "second witch")
    laptop = await hecate.laptop.enter(room, "second witch")
    assert phone.own.occupant_id == laptop.own.occupant_id
    hecate.phone.say(room, "by the pricking of my thumbs")
    for device in (hag66, hecate.phone, hecate.laptop):
        await device.sees(message("by the pricking of my thumbs", sender=f"{room}/second witch"))
    entry = await stage.crone1.phone.enter(room, "third witch")
    assert sorted(seen.sender_resource for seen in entry.others) == ["first witch", "second witch"]
    await hecate.phone.vanish()
    hag66.say(room, "something wicked")
    await hecate.laptop.sees(message("something wicked"))
    assert not [seen for seen in hag66.received if unavailable(f"{room}/second witch")(seen)]
    await hecate.laptop.vanish()
    await hag66.sees(unavailable(f"{room}/second witch"))


async def test_slixmpp_enters_with_its_own_helper(stage: Stage) -> None:
    """The plugin waits for others, itself, history and subject, in this order; so do real clients."""
    room = await stage.room(stage.hag66.phone, stage.hag66, "first witch")
    stage.hag66.phone.say(room, "hail")
    await stage.hag66.phone.sees(message("hail"))
    plugin = stage.hecate.phone.client.plugin["xep_0045"]
    own, subject, occupants, history = await plugin.join_muc_wait(JID(room), "second witch", timeout=10)
    assert str(own["from"]) == f"{room}/second witch"
    assert not subject["subject"]
    nicks = [one["from"].resource for one in occupants]
    assert nicks == ["first witch", "second witch"]
    assert [one["body"] for one in history] == ["hail"]
    answer = await stage.hecate.phone.ask(f"{room}/second witch", "<ping xmlns='urn:xmpp:ping'/>", kind="get")
    assert answer.type == "result"
    assert answer.sender == f"{room}/second witch"
    with pytest.raises(Refused, match="not-acceptable"):
        await stage.crone1.phone.ask(f"{room}/second witch", "<ping xmlns='urn:xmpp:ping'/>", kind="get")
    assert NS["muc"] in (await plugin.xmpp.plugin["xep_0030"].get_info(JID(room)))["disco_info"]["features"]
