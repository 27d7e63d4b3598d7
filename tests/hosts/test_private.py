"""What one person says to another, or asks of them, by a channel: across both faces, through real hosts."""

import asyncio

import pytest

from .clients import Device, Refused
from .prosody import ROOMS
from .received import NS, Predicate
from .stage import Stage

VCARD = "<vCard xmlns='vcard-temp'><FN>Queen of the Night</FN></vCard>"
ASK_VCARD = "<vCard xmlns='vcard-temp'/>"


def private(body: str, *, sender: str) -> Predicate:
    """A chat message with this body from exactly this address."""
    return lambda seen: seen.kind == "message" and seen.type == "chat" and seen.body == body and seen.sender == sender


def presence_of(encoded: str) -> Predicate:
    """Presence of any client behind an encoded address."""
    return lambda seen: seen.kind == "presence" and seen.sender_bare == encoded


def whisper(device: Device, to: str, body: str, *, id: str = "w1") -> None:
    """Say something to one address."""
    device.client.send_raw(f"<message to='{to}' type='chat' id='{id}'><body>{body}</body></message>")


async def allow_vcard(device: Device, channel: str) -> None:
    """Let people in the channel see one's vCard (XEP-0404 §3.1)."""
    await device.ask(
        channel,
        f"<user-preference xmlns='{NS['anon']}'><x xmlns='jabber:x:data' type='submit'>"
        f"<field var='FORM_TYPE'><value>{NS['anon']}</value></field>"
        "<field var='vCard'><value>allow</value></field></x></user-preference>",
    )


async def play(stage: Stage) -> None:
    """hecate by MIX, hag66 in the room: they talk, ask for versions and vCards, and one goes out like a light."""
    channel = await stage.channel(stage.crone1)
    hecate, hag66 = stage.hecate, stage.hag66
    await hecate.phone.ask(hecate.jid, VCARD)
    her = await hecate.phone.join(channel, "moon")
    hecate.phone.share_presence(channel)
    await hecate.phone.sees(presence_of(f"{her.id}#{channel}"))  # so that the room shows her, too
    his = (await hag66.phone.enter(channel, "first witch")).own.occupant_id
    tag = (await hecate.phone.sees(presence_of(f"{his}#{channel}"))).sender

    whisper(hag66.phone, f"{channel}/moon", "psst")
    heard = await hecate.phone.sees(private("psst", sender=tag))
    assert heard.id == "w1"
    whisper(hecate.phone, heard.sender, "what?")
    heard = await hag66.phone.sees(private("what?", sender=f"{channel}/moon"))
    assert heard.occupant_id == her.id
    assert heard.has("user:x")
    assert not [one for one in await hag66.phone.archive(channel) if one.message.body in ("psst", "what?")]

    with pytest.raises(Refused, match="service-unavailable"):
        await hag66.phone.ask(f"{channel}/moon", ASK_VCARD, kind="get")
    await allow_vcard(hecate.phone, channel)
    for who, whom in ((hag66.phone, f"{channel}/moon"), (stage.crone1.phone, f"{her.id}#{channel}")):
        if who is stage.crone1.phone:
            await who.join(channel, "third witch")
        card = await who.ask(whom, ASK_VCARD, kind="get")
        assert card.sender == whom
        assert "Queen of the Night" in card.text

    info = f"<query xmlns='{NS['info']}'/>"
    for who, whom in ((hag66.phone, f"{channel}/moon"), (hecate.phone, tag)):
        answer = await who.ask(whom, info, kind="get")
        assert answer.sender == whom
        assert answer.all("info:query/info:feature")

    with pytest.raises(Refused):  # whatever the client thinks of it, there is an answer, and not a late one
        await asyncio.wait_for(hag66.phone.ask(f"{channel}/moon", "<q xmlns='urn:nobody:knows'/>", kind="get"), 10)


@pytest.mark.req("MIX-PMS-17", "MIX-MUC-21", "MUC-PM-01", "MUC-PM-15", "MUC-IQ-01", "MUC-AVA-14", "MIX-REL-04")
async def test_people_reach_each_other(stage: Stage) -> None:
    await play(stage)


@pytest.mark.req("MIX-PMS-17", "MIX-MUC-21")
async def test_people_reach_each_other_on_ejabberd(ejabberd_stage: Stage) -> None:
    await play(ejabberd_stage)


async def test_people_reach_each_other_between_two_domains(mirrored_stage: Stage) -> None:
    """A room of its own domain, the same people (XEP-0408 §2)."""
    stage = mirrored_stage
    channel = await stage.channel(stage.crone1)
    room = f"{channel.partition('@')[0]}@{ROOMS}"
    her = await stage.hecate.phone.join(channel, "moon")
    stage.hecate.phone.share_presence(channel)
    await stage.hecate.phone.sees(presence_of(f"{her.id}#{channel}"))
    await stage.hag66.phone.enter(room, "first witch")
    whisper(stage.hag66.phone, f"{room}/moon", "psst")
    heard = await stage.hecate.phone.sees(lambda seen: seen.kind == "message" and seen.body == "psst")
    whisper(stage.hecate.phone, heard.sender, "what?")
    assert (await stage.hag66.phone.sees(private("what?", sender=f"{room}/moon"))).occupant_id == her.id
