"""The same channels behind ejabberd, whose own mod_mix_pam joins them for its users."""

import pytest
from slixmpp import JID
from slixmpp.exceptions import IqTimeout

from .clients import Device, Refused
from .received import (
    MESSAGES,
    NS,
    PARTICIPANTS,
    PRESENCE,
    Received,
    available,
    item_of,
    message,
    retraction_of,
    unavailable,
)
from .stage import Stage

PAM = "urn:xmpp:mix:pam:2"


async def test_rooms_work(ejabberd_stage: Stage) -> None:
    stage = ejabberd_stage
    hag66, hecate = stage.hag66.phone, stage.hecate.phone
    room = await stage.room(hag66, stage.hag66, "first witch")
    hag66.say(room, "hail")
    await hag66.sees(message("hail"))
    entry = await hecate.enter(room, "second witch")
    assert entry.order == ["others", "self", "history", "subject"]
    hecate.say(room, "hail to thee")
    copies = [await device.sees(message("hail to thee", sender=f"{room}/second witch")) for device in (hag66, hecate)]
    assert len({copy.stanza_id for copy in copies}) == 1
    await hecate.vanish()
    await hag66.sees(unavailable(f"{room}/second witch"))


async def test_direct_joins_work(ejabberd_stage: Stage) -> None:
    stage = ejabberd_stage
    channel = await stage.channel(stage.hag66)
    hag66, hecate = stage.hag66.phone, stage.hecate.phone
    first, second = await hag66.join(channel, "first witch"), await hecate.join(channel, "second witch")
    await hag66.sees(item_of(PARTICIPANTS, second.id))
    hag66.say(channel, "hail")
    copy = await hecate.sees(message("hail", sender=f"{channel}/{first.id}"))
    assert [one.id for one in await hecate.archive(channel)] == [copy.stanza_id]


@pytest.mark.req("MIX-JOI-32", "MIX-LEA-07")
async def test_joins_through_the_users_server_work(ejabberd_stage: Stage) -> None:
    """The join comes from the bare JID; the devices become known by their presence."""
    stage = ejabberd_stage
    channel = await stage.channel(stage.hag66)
    hag66, hecate = stage.hag66, stage.hecate
    await hag66.laptop.enter(channel, "first witch")
    await hecate.phone.client.plugin["xep_0405"].join_channel(JID(channel), "second witch", timeout=10)
    plugin = hecate.phone.client.plugin["xep_0369"]
    people = {nick: (identifier, jid) for identifier, nick, jid in await plugin.list_participants(JID(channel))}
    assert people.keys() == {"first witch", "second witch"}
    identifier, jid = people["second witch"]
    assert jid is None

    hecate.phone.client.send_presence()  # ejabberd passes broadcasts on to the channels of its users
    arrival = await hag66.laptop.sees(available(f"{channel}/second witch"))
    assert arrival.occupant_id == identifier
    hag66.laptop.say(channel, "hail")
    copy = await hecate.phone.sees(message("hail"))
    assert copy.words("mix:mix/mix:nick") == "first witch"
    hecate.phone.say(channel, "hail to thee")
    await hag66.laptop.sees(message("hail to thee", sender=f"{channel}/second witch"))

    # ejabberd never answers its client's leave; the channel forgets the participant all the same.
    hecate.phone.client.send_raw(
        f"<iq type='set' id='leave' to='{hecate.jid}'><client-leave xmlns='urn:xmpp:mix:pam:2' "
        f"channel='{channel}'><leave xmlns='{NS['mix']}'/></client-leave></iq>"
    )
    await hag66.laptop.sees(unavailable(f"{channel}/second witch"))
    assert identifier not in await hag66.phone.items(channel, PARTICIPANTS)


async def client_join(device: Device, channel: str, nick: str, *nodes: str) -> str:
    """Join as a client does whose server knows PAM; the id as it stands in the encoded JID (XEP-0405 §2.7)."""
    subscriptions = "".join(f"<subscribe node='{node}'/>" for node in nodes or (MESSAGES, PARTICIPANTS, PRESENCE))
    answer = await device.ask(
        device.jid.partition("/")[0],
        f"<client-join xmlns='{PAM}' channel='{channel}'><join xmlns='{NS['mix']}'>"
        f"<nick>{nick}</nick>{subscriptions}</join></client-join>",
    )
    jid = answer.attribute("mix:client-join/mix:join", "jid")  # its namespace is not the one of the question
    assert jid is not None
    return jid.partition("#")[0]


async def both_join(stage: Stage, channel: str) -> dict[str, str]:
    """Two people, each by the phone, through their server: no device of anybody is known then."""
    return {
        person.name: await client_join(person.phone, channel, nick)
        for person, nick in ((stage.hag66, "first witch"), (stage.hecate, "second witch"))
    }


async def everybody_hears_once(speaker: Device, channel: str, body: str, *witnesses: Device) -> Received:
    """What is said reaches all devices, and none of them twice by the time the next message has come."""
    speaker.say(channel, body)
    copies = [await witness.sees(message(body)) for witness in witnesses]
    speaker.say(channel, f"after {body}")
    for witness in witnesses:
        await witness.never_sees(message(body), before=message(f"after {body}"))
    assert len({copy.stanza_id for copy in copies}) == 1
    assert copies[0].stanza_id is not None
    return copies[0]


def is_for_servers(copy: Received) -> bool:
    """Whether it came by way of the account: then an element without namespace stands in it."""
    return any(child.tag.rpartition("}")[2] == "mix" and NS["mix"] not in child.tag for child in copy.xml)


async def test_messages_reach_devices_nobody_knows_of(ejabberd_stage: Stage) -> None:
    """Who has joined through their server is told there, on all devices, until one of them shows its presence."""
    stage = ejabberd_stage
    channel = await stage.channel(stage.hag66)
    ids = await both_join(stage, channel)
    everybody = (*stage.hag66.devices, *stage.hecate.devices)
    copy = await everybody_hears_once(stage.hag66.phone, channel, "hail", *everybody)
    assert copy.sender == f"{channel}/{ids['hag66']}"
    assert copy.words("mix:mix/mix:nick") == "first witch"
    assert is_for_servers(copy)
    assert [found.message.body for found in await stage.hecate.laptop.archive(channel)] == ["hail", "after hail"]
    assert (await stage.hecate.laptop.archive(channel))[0].id == copy.stanza_id


@pytest.mark.req("MIX-PAM-05")
async def test_presence_makes_devices_known(ejabberd_stage: Stage) -> None:
    """ejabberd passes broadcasts on to the channels of its users; then messages go to the devices themselves."""
    stage = ejabberd_stage
    channel = await stage.channel(stage.hag66)
    ids = await both_join(stage, channel)
    everybody = (*stage.hag66.devices, *stage.hecate.devices)
    for device in reversed(everybody):  # presence reaches known devices only: ejabberd drops it at the account
        device.client.send_presence(pstatus=f"on the {device.name}")
        await device.sees(lambda seen: seen.kind == "presence" and f"#{channel}/" in seen.sender)
    for _ in stage.hag66.devices:
        await stage.hecate.laptop.sees(
            lambda seen: seen.kind == "presence" and seen.sender.startswith(f"{ids['hag66']}#{channel}/")
        )
    copy = await everybody_hears_once(stage.hecate.laptop, channel, "hail", *everybody)
    assert not is_for_servers(copy)


async def test_a_restart_loses_nobody(ejabberd_stage: Stage) -> None:
    """Devices that were known are known again; who had none is told at the account as before."""
    stage = ejabberd_stage
    channel = await stage.channel(stage.hag66)
    await both_join(stage, channel)
    for device in stage.hag66.devices:
        device.client.send_presence(pstatus="here")
        await stage.hecate.phone.sees(lambda seen: seen.kind == "presence" and seen.words("c:status") == "here")
    await stage.restart()
    everybody = (*stage.hag66.devices, *stage.hecate.devices)
    await everybody_hears_once(stage.hag66.laptop, channel, "hail", *everybody)


async def test_a_room_beside_a_channel(ejabberd_stage: Stage) -> None:
    """One person by MIX on the phone and in the room with the laptop: one participant, one nick, every word once."""
    stage = ejabberd_stage
    channel = await stage.channel(stage.hag66)
    ids = await both_join(stage, channel)
    stage.hecate.phone.client.send_presence(pstatus="here")
    await stage.hag66.phone.sees(lambda seen: seen.kind == "presence" and seen.words("c:status") == "here")
    entry = await stage.hecate.laptop.enter(channel, "somebody else")
    assert entry.own.sender == f"{channel}/second witch"
    assert entry.own.occupant_id == ids["hecate"]
    stage.hag66.phone.say(channel, "hail")
    stage.hag66.phone.say(channel, "farewell")
    await stage.hecate.phone.sees(message("hail", sender=f"{channel}/{ids['hag66']}"))
    await stage.hecate.laptop.sees(message("hail", sender=f"{channel}/first witch"))
    for device in stage.hecate.devices:
        await device.never_sees(message("hail"), before=message("farewell"))


async def test_a_refused_join_is_seen_by_the_client(ejabberd_stage: Stage) -> None:
    """The refusal holds nothing but the error, since mod_mix_pam would choke on more and the client wait for ever."""
    stage = ejabberd_stage
    channel = await stage.channel(stage.hag66)
    await client_join(stage.hag66.phone, channel, "first witch")
    with pytest.raises(Refused, match="conflict"):
        await client_join(stage.hecate.phone, channel, "first witch")
    with pytest.raises(Refused, match="item-not-found"):
        await client_join(stage.hecate.phone, f"no-such-{channel}", "second witch")
    await client_join(stage.hecate.phone, channel, "second witch")


async def test_leaving_works_though_the_client_is_never_told(ejabberd_stage: Stage) -> None:
    """mod_mix_pam swallows our answer to a leave, whatever it is; the channel knows, and is silent from then on."""
    stage = ejabberd_stage
    channel = await stage.channel(stage.hag66)
    ids = await both_join(stage, channel)
    with pytest.raises(IqTimeout):
        await stage.hecate.phone.ask(
            stage.hecate.jid,
            f"<client-leave xmlns='{PAM}' channel='{channel}'><leave xmlns='{NS['mix']}'/></client-leave>",
            within=2,
        )
    await stage.hag66.phone.sees(retraction_of(PARTICIPANTS, ids["hecate"]))
    stage.hag66.phone.say(channel, "gone")
    await stage.hag66.phone.sees(message("gone"))
    assert not [seen for device in stage.hecate.devices for seen in device.received if seen.body == "gone"]
