"""The same channels behind ejabberd, whose own mod_mix_pam joins them for its users."""

import pytest
from slixmpp import JID

from .received import NS, PARTICIPANTS, available, item_of, message, unavailable
from .stage import Stage


async def test_rooms_work(ejabberd_stage: Stage) -> None:
    stage = ejabberd_stage
    hag66, hecate = stage.hag66.phone, stage.hecate.phone
    room = await stage.room(hag66, stage.hag66, "first witch")
    hag66.say(room, "hail")
    await hag66.sees(message("hail"))
    entry = await hecate.enter(room, "second witch")
    assert entry.order == ["others", "self", "history", "subject"]
    hecate.say(room, "hail to thee")
    copies = [await device.sees(message("hail to thee", sender=f"{room}/second witch"))
              for device in (hag66, hecate)]
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
        f"channel='{channel}'><leave xmlns='{NS['mix']}'/></client-leave></iq>")
    await hag66.laptop.sees(unavailable(f"{channel}/second witch"))
    assert identifier not in await hag66.phone.items(channel, PARTICIPANTS)
