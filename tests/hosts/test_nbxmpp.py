"""The same rooms for a second, independent client library: nbxmpp, which is Gajim's, beside a MIX client."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from .clients import Device, Refused
from .nbxmpp_device import NbxmppDevice
from .prosody import COMPONENT
from .received import NS, PARTICIPANTS, Predicate, item_of, message
from .stage import Stage

ROOM = f"coven@{COMPONENT}"


@dataclass(frozen=True)
class Coven:
    """Two people in a room with two nbxmpp clients each, and one who has joined it by MIX."""

    stage: Stage
    first: tuple[NbxmppDevice, NbxmppDevice]
    second: tuple[NbxmppDevice, NbxmppDevice]
    mix: Device
    """Of `third witch`, on slixmpp."""
    id: str
    jid: str

    @property
    def everybody(self) -> tuple[NbxmppDevice, ...]:
        return (*self.first, *self.second)


@pytest.fixture
async def coven(nbxmpp: None, each_stage: Stage) -> AsyncIterator[Coven]:
    """`first witch` owns the room, `second witch` is a guest, `third witch` a MIX participant. Nobody complains."""
    stage = each_stage
    stage.may_see(stage.hag66, ROOM)
    pistol = await stage.latecomer()
    *owners, guest, other_guest = await asyncio.gather(
        *(stage.nbxmpp(person, name) for person in (stage.hag66, stage.hecate) for name in ("tablet", "desktop"))
    )
    guests = (guest, other_guest)
    own = await owners[0].enter(ROOM, "first witch")
    assert own.codes == [110, 201]
    assert (own.affiliation, own.role) == ("owner", "moderator")
    with pytest.raises(Refused, match="item-not-found"):
        await guests[0].enter(ROOM, "second witch")
    await owners[0].configure(ROOM, moderatedroom=False)
    joined = await pistol.phone.join(ROOM, "third witch")
    pistol.phone.share_presence(ROOM)
    await owners[0].sees(kind="presence", sender=f"{ROOM}/third witch", occupant_id=joined.id)
    assert (await owners[1].enter(ROOM, "first witch")).occupant_id == own.occupant_id
    (second,) = {(await guest.enter(ROOM, "second witch")).occupant_id for guest in guests}
    for device in owners:
        await device.sees(kind="presence", nick="second witch", occupant_id=second)
    coven = Coven(stage, (owners[0], owners[1]), guests, pistol.phone, joined.id, pistol.jid)
    yield coven
    for device in coven.everybody:
        assert not device.complaints, f"nbxmpp found fault with what {device.name} got"


async def test_everybody_talks(coven: Coven) -> None:
    first, second, mix = coven.first[0], coven.second[0], coven.mix
    for speaker, nick in ((first, "first witch"), (second, "second witch")):
        sent = speaker.say(ROOM, f"hail from the {nick}")
        copies = [
            await device.sees(kind="message", nick=nick, body=f"hail from the {nick}") for device in coven.everybody
        ]
        assert {copy.id for copy in copies} == {sent}
        by_mix = await mix.sees(message(f"hail from the {nick}"))
        assert by_mix.sender == f"{ROOM}/{copies[0].occupant_id}"
        assert {copy.stanza_id for copy in copies} == {by_mix.stanza_id}
    mix.say(ROOM, "hail from afar")
    copies = [
        await device.sees(kind="message", nick="third witch", body="hail from afar") for device in coven.everybody
    ]
    assert {copy.occupant_id for copy in copies} == {coven.id}

    whisper = second.say(f"{ROOM}/first witch", "a word in your ear", kind="chat")
    for device in coven.first:
        heard = await device.sees(is_private=True, body="a word in your ear")
        assert (heard.id, heard.sender) == (whisper, f"{ROOM}/second witch")
    second.say(f"{ROOM}/third witch", "and in yours", kind="chat")
    await mix.sees(lambda seen: seen.kind == "message" and seen.body == "and in yours")

    first.set_subject(ROOM, "Fire burn and cauldron bubble")
    for device in coven.everybody:
        changed = await device.sees(kind="message", subject="Fire burn and cauldron bubble")
        assert changed.nick == "first witch"


async def test_nicks_change_for_all(coven: Coven) -> None:
    second, mix = coven.second[0], coven.mix
    second.change_nick(ROOM, "first witch")
    refused = await second.sees(kind="presence", type="error")
    assert refused.error == "conflict"
    second.change_nick(ROOM, "fourth witch")
    for device in coven.everybody:
        gone = await device.sees(kind="presence", type="unavailable", nick="second witch")
        assert (303 in gone.codes, gone.new_nick) == (True, "fourth witch")
        come = await device.sees(kind="presence", type=None, nick="fourth witch", occupant_id=gone.occupant_id)
        assert come.is_self == gone.is_self == (device in coven.second)
    assert gone.occupant_id is not None
    participant = await mix.sees(item_of(PARTICIPANTS, gone.occupant_id))
    assert participant.words(".//mix:participant/mix:nick") in ("second witch", "fourth witch")

    await mix.ask(ROOM, f"<setnick xmlns='{NS['mix']}'><nick>fifth witch</nick></setnick>")
    for device in coven.everybody:
        gone = await device.sees(kind="presence", type="unavailable", nick="third witch")
        assert (303 in gone.codes, gone.new_nick, gone.occupant_id) == (True, "fifth witch", coven.id)
        await device.sees(kind="presence", type=None, nick="fifth witch", occupant_id=coven.id)


async def test_voice_is_taken_and_given(coven: Coven) -> None:
    """Nobody has voice in a moderated room who was not given it; who asks for it reaches the moderators."""
    first, second, mix = coven.first[0], coven.second[0], coven.mix
    await first.give_role(ROOM, "second witch", "visitor", reason="hush")
    for device in coven.everybody:
        muted = await device.sees(kind="presence", nick="second witch", role="visitor")
        assert muted.affiliation == "none"
    second.say(ROOM, "may I?")
    refused = await second.sees(kind="message", type="error")
    assert refused.error == "forbidden"
    second.ask_for_voice(ROOM)
    for device in coven.first:
        await device.sees(kind="message", sender=ROOM, type="normal")
    await first.give_role(ROOM, "second witch", "participant")
    await second.sees(kind="presence", nick="second witch", role="participant")
    second.say(ROOM, "I may")
    await mix.sees(message("I may"))

    coven.stage.may_see(coven.stage.hecate, ROOM)
    await first.give_role(ROOM, "second witch", "moderator")
    await second.sees(kind="presence", nick="second witch", role="moderator")
    await second.give_role(ROOM, "third witch", "none")
    assert 307 in (await first.sees(kind="presence", nick="third witch", type="unavailable")).codes


async def test_somebody_is_kicked_and_comes_back(coven: Coven) -> None:
    first, mix = coven.first[0], coven.mix
    with pytest.raises(Refused, match="forbidden"):
        await coven.second[0].give_role(ROOM, "third witch", "none")
    await first.give_role(ROOM, "second witch", "none", reason="toads")
    for device in coven.everybody:
        gone = await device.sees(kind="presence", type="unavailable", nick="second witch")
        assert 307 in gone.codes
        assert (gone.role, gone.reason) == ("none", "toads")
        assert gone.is_self == (device in coven.second)
    await mix.sees(unavailable_of(gone.occupant_id))
    again = await coven.second[0].enter(ROOM, "second witch")
    assert again.occupant_id == gone.occupant_id


async def test_somebody_is_banned_and_forgiven(coven: Coven) -> None:
    first, second, mix = coven.first[0], coven.second[0], coven.mix
    hecate, pistol = coven.stage.hecate.jid, coven.jid
    await first.give_rank(ROOM, hecate, "outcast", reason="toads")
    for device in coven.everybody:
        gone = await device.sees(kind="presence", type="unavailable", nick="second witch")
        assert 301 in gone.codes
        assert (gone.affiliation, gone.role, gone.reason) == ("outcast", "none", "toads")
    with pytest.raises(Refused, match="forbidden"):
        await second.enter(ROOM, "second witch")
    assert hecate in await first.ranked(ROOM, "outcast")
    await first.give_rank(ROOM, hecate, "none")
    assert await first.ranked(ROOM, "outcast") == {}
    await second.enter(ROOM, "second witch")
    await first.give_rank(ROOM, hecate, "member")
    assert (await second.sees(kind="presence", is_self=True, affiliation="member")).role == "participant"

    await first.give_rank(ROOM, pistol, "outcast")
    await first.sees(kind="presence", type="unavailable", nick="third witch", codes=[301])
    with pytest.raises(Refused, match="forbidden"):
        await mix.join(ROOM, "third witch")


async def test_messages_are_taken_back(coven: Coven) -> None:
    """By a moderator; the archive holds a tombstone in the place of what was said."""
    first, second, mix = coven.first[0], coven.second[0], coven.mix
    second.say(ROOM, "double, double toil and trouble")
    said = await first.sees(kind="message", body="double, double toil and trouble")
    await mix.sees(message("double, double toil and trouble"))
    moderate = (
        f"<moderate xmlns='urn:xmpp:message-moderate:1' id='{said.stanza_id}'>"
        "<retract xmlns='urn:xmpp:message-retract:1'/><reason>trite</reason></moderate>"
    )
    with pytest.raises(Refused, match="forbidden"):
        await second.ask(ROOM, moderate)
    assert (await first.ask(ROOM, moderate)).type == "result"
    for device in coven.everybody:
        await device.sees(kind="message", sender=ROOM, body=None, subject=None)
    await mix.sees(lambda seen: seen.kind == "message" and str(said.stanza_id) in seen.text and "retract" in seen.text)
    (kept, *_) = [one for one in await second.archive(ROOM) if one.archive_id == said.stanza_id]
    assert kept.body is None


async def test_history_is_read_page_by_page(coven: Coven) -> None:
    first, second, mix = coven.first[0], coven.second[0], coven.mix
    for number in range(5):
        speaker = (first, second)[number % 2]
        speaker.say(ROOM, f"line {number}")
        for device in coven.everybody:
            await device.sees(kind="message", body=f"line {number}")
    mix.say(ROOM, "line 5")
    live = [await second.sees(kind="message", body="line 5")]
    archived = [one for one in await second.archive(ROOM, page=2) if one.body]
    assert [one.body for one in archived] == [f"line {number}" for number in range(6)]
    assert [one.nick for one in archived] == ["first witch", "second witch"] * 2 + ["first witch", "third witch"]
    assert (archived[-1].archive_id, archived[-1].occupant_id) == (live[0].stanza_id, coven.id)
    assert [one.id for one in await mix.archive(ROOM)][-6:] == [one.archive_id for one in archived]

    second.leave(ROOM, "second witch", "in a whirl")
    coven.second[1].leave(ROOM, "second witch", "in a whirl")
    await second.sees(kind="presence", type="unavailable", is_self=True)
    await first.sees(kind="presence", type="unavailable", nick="second witch", status="in a whirl")
    mark = len(second.understood)
    await second.enter(ROOM, "second witch", history=2)
    replayed = [one for one in second.understood[mark:] if one.is_delayed and one.body]
    assert [one.body for one in replayed] == ["line 4", "line 5"]
    assert [one.stanza_id for one in replayed] == [one.archive_id for one in archived[-2:]]


async def test_people_come_and_go(coven: Coven) -> None:
    first, second, mix = coven.first[0], coven.second[0], coven.mix
    assert {"http://jabber.org/protocol/muc", NS["mix"], NS["mam"], NS["occ"]} <= set(await second.features(ROOM))
    await second.ping(f"{ROOM}/second witch")
    second.leave(ROOM, "second witch", "in thunder")
    await second.sees(kind="presence", type="unavailable", is_self=True)
    with pytest.raises(Refused, match="not-acceptable"):
        await second.ping(f"{ROOM}/second witch")
    await coven.second[1].vanish()
    gone = await first.sees(kind="presence", type="unavailable", nick="second witch")
    await mix.sees(unavailable_of(gone.occupant_id))
    await mix.leave(ROOM)
    await first.sees(kind="presence", type="unavailable", nick="third witch")


def unavailable_of(id: str | None) -> Predicate:
    """The MIX presence of somebody who has gone."""
    return lambda seen: (
        seen.kind == "presence" and seen.type == "unavailable" and seen.sender.startswith(f"{id}#{ROOM}")
    )
