"""One channel with MIX clients and MUC clients in it: one set of people, one conversation, no JIDs."""

import pytest

from .clients import Refused
from .received import (
    JIDMAP,
    NS,
    PARTICIPANTS,
    available,
    item_of,
    message,
    unavailable,
)
from .stage import Stage


@pytest.mark.req(
    "MUC-COEX-01", "MUC-COEX-10", "MUC-CRE-29", "MIX-MUC-02", "MIX-MUC-09", "MIX-MUC-10", "MIX-MSG-35", "MUC-OCC-02"
)
async def test_messages_cross_with_one_archive_id(stage: Stage) -> None:
    channel = await stage.channel(stage.hag66)
    mix, muc = stage.hag66.phone, stage.hecate.phone
    first = await mix.join(channel, "first witch")
    mix.share_presence(channel)
    entry = await muc.enter(channel, "second witch")
    assert 201 not in entry.own.codes
    second = entry.own.occupant_id

    mix.say(channel, "from MIX")
    by_mix = await mix.sees(message("from MIX", sender=f"{channel}/{first.id}"))
    by_muc = await muc.sees(message("from MIX", sender=f"{channel}/first witch"))
    assert by_mix.id == by_mix.stanza_id == by_muc.stanza_id
    assert by_muc.occupant_id == first.id
    assert not by_muc.has("mix:mix")

    sent = muc.say(channel, "from MUC")
    by_muc = await muc.sees(message("from MUC", sender=f"{channel}/second witch"))
    by_mix = await mix.sees(message("from MUC", sender=f"{channel}/{second}"))
    assert by_muc.id == sent
    assert by_mix.id == by_mix.stanza_id == by_muc.stanza_id
    assert by_mix.words("mix:mix/mix:nick") == "second witch"


@pytest.mark.req("MUC-COEX-04", "MUC-COEX-06", "MUC-OCC-19", "MIX-MUC-13")
async def test_phone_and_laptop_are_one_person(stage: Stage) -> None:
    channel = await stage.channel(stage.hag66)
    hecate = stage.hecate
    joined = await hecate.phone.join(channel, "second witch")
    hecate.phone.share_presence(channel)
    entry = await hecate.laptop.enter(channel, "quite another witch")
    assert entry.own.sender == f"{channel}/second witch", "one person, one nick"
    assert entry.own.codes >= {110, 210}
    assert entry.own.occupant_id == joined.id
    with pytest.raises(Refused, match="conflict"):
        await stage.crone1.phone.enter(channel, "second witch")

    hecate.phone.say(channel, "from the phone")
    by_phone = await hecate.phone.sees(message("from the phone"))
    by_laptop = await hecate.laptop.sees(message("from the phone", sender=f"{channel}/second witch"))
    assert by_phone.sender == f"{channel}/{joined.id}"
    assert by_phone.stanza_id == by_laptop.stanza_id
    hecate.laptop.say(channel, "from the laptop")
    by_laptop = await hecate.laptop.sees(message("from the laptop", sender=f"{channel}/second witch"))
    by_phone = await hecate.phone.sees(message("from the laptop", sender=f"{channel}/{joined.id}"))
    assert by_phone.stanza_id == by_laptop.stanza_id
    for device in hecate.devices:
        for body in ("from the phone", "from the laptop"):
            assert len([seen for seen in device.received if message(body)(seen)]) == 1


@pytest.mark.req("MUC-NCH-21", "MIX-NCK-07")
async def test_a_nick_changes_on_both_sides(stage: Stage) -> None:
    channel = await stage.channel(stage.hag66)
    hag66, hecate = stage.hag66, stage.hecate
    await hag66.phone.join(channel, "first witch")
    joined = await hecate.phone.join(channel, "second witch")
    hecate.phone.share_presence(channel)
    await hag66.laptop.enter(channel, "first witch")
    await hag66.phone.sees(item_of(PARTICIPANTS, joined.id))

    await hecate.phone.ask(channel, f"<setnick xmlns='{NS['mix']}'><nick>third witch</nick></setnick>")
    gone = await hag66.laptop.sees(unavailable(f"{channel}/second witch"))
    assert 303 in gone.codes
    assert (await hag66.laptop.sees(available(f"{channel}/third witch"))).occupant_id == joined.id
    assert (await hag66.phone.sees(item_of(PARTICIPANTS, joined.id))).words(".//mix:nick") == "third witch"

    await hecate.laptop.enter(channel, "third witch")
    hecate.laptop.send_presence(f"{channel}/fourth witch")
    assert 303 in (await hag66.laptop.sees(unavailable(f"{channel}/third witch"))).codes
    assert (await hag66.phone.sees(item_of(PARTICIPANTS, joined.id))).words(".//mix:nick") == "fourth witch"


@pytest.mark.req("MUC-COEX-02", "MUC-COEX-03", "MIX-MUC-08", "MUC-EXIT-27")
async def test_presence_crosses(stage: Stage) -> None:
    channel = await stage.channel(stage.hag66)
    hag66, hecate = stage.hag66.phone, stage.hecate
    await hag66.enter(channel, "first witch")
    joined = await hecate.phone.join(channel, "second witch")
    hecate.phone.share_presence(channel)
    assert (await hag66.sees(available(f"{channel}/second witch"))).occupant_id == joined.id
    await hecate.phone.vanish()
    await hag66.sees(unavailable(f"{channel}/second witch"))

    with pytest.raises(Refused, match="conflict"):
        await stage.crone1.phone.enter(channel, "second witch")
    entry = await stage.crone1.phone.enter(channel, "third witch")
    assert {seen.sender for seen in entry.others} == {f"{channel}/first witch"}
    await hecate.laptop.enter(channel, "second witch")
    await hecate.laptop.log_out()
    assert joined.id in await hag66.items(channel, PARTICIPANTS), "a MUC exit is no leaving"


@pytest.mark.req("MIX-VIS-02", "MIX-PAR-03", "MIX-PAR-06", "MUC-PRES-08", "MUC-PRES-10", "MUC-ENT-22", "MIX-MSG-06")
async def test_an_owner_lifts_the_veil_for_all(stage: Stage) -> None:
    channel = await stage.room(stage.hag66.laptop, stage.hag66, "first witch")
    hecate = stage.hecate
    joined = await hecate.phone.join(channel, "second witch")
    await stage.crone1.laptop.enter(channel, "third witch")
    stage.is_open(channel)
    await stage.hag66.laptop.ask(
        channel,
        "<query xmlns='http://jabber.org/protocol/muc#owner'><x xmlns='jabber:x:data' type='submit'>"
        "<field var='FORM_TYPE'><value>http://jabber.org/protocol/muc#roomconfig</value></field>"
        "<field var='muc#roomconfig_whois'><value>anyone</value></field></x></query>",
    )

    entry = await hecate.laptop.enter(channel, "second witch")
    assert entry.own.codes >= {100, 110}
    shown = {seen.sender_resource: seen.attribute("user:x/user:item", "jid") for seen in entry.others}
    assert shown["first witch"] == stage.hag66.laptop.jid
    assert shown["third witch"] == stage.crone1.laptop.jid
    items = await hecate.phone.items(channel, PARTICIPANTS)
    assert items[joined.id].findtext("mix:participant/mix:jid", None, NS) == hecate.jid
    hecate.phone.say(channel, "behold")
    copy = await hecate.phone.sees(message("behold"))
    assert copy.words("mix:mix/mix:jid") == hecate.jid


@pytest.mark.req(
    "MIX-MAP-03",
    "MIX-MAP-04",
    "MIX-MAP-07",
    "MIX-MAP-08",
    "MIX-MAP-09",
    "MIX-MAP-13",
    "MIX-VIS-04",
    "MIX-VIS-21",
    "MUC-LEAK-25",
    "MIX-MUC-10",
)
async def test_the_owner_alone_learns_who_is_who(stage: Stage) -> None:
    """The eavesdropper does the other half of this test."""
    channel = await stage.channel(stage.hag66)
    hag66, hecate, crone1 = stage.hag66.phone, stage.hecate.phone, stage.crone1.phone
    second = await hecate.join(channel, "second witch")
    third = await crone1.join(channel, "third witch")
    hecate.share_presence(channel)
    crone1.share_presence(channel)
    await stage.hecate.laptop.enter(channel, "second witch")
    await stage.crone1.laptop.enter(channel, "third witch")
    crone1.say(channel, "eye of newt")
    await hecate.sees(message("eye of newt"))
    await stage.hecate.laptop.sees(message("eye of newt"))
    await hecate.archive(channel)
    await stage.hecate.laptop.archive(channel)

    mapped = await hag66.items(channel, JIDMAP)  # the owner has not even joined
    assert {
        identifier: item.findtext("anon:participant/anon:jid", None, NS) for identifier, item in mapped.items()
    } == {second.id: stage.hecate.jid, third.id: stage.crone1.jid}
    with pytest.raises(Refused, match="forbidden"):
        await hecate.items(channel, JIDMAP)
    with pytest.raises(Refused, match="forbidden"):
        await hecate.ask(
            channel, f"<pubsub xmlns='{NS['ps']}'><subscribe node='{JIDMAP}' jid='{stage.hecate.jid}'/></pubsub>"
        )
    with pytest.raises(Refused):
        await stage.hecate.laptop.ask(
            channel,
            "<query xmlns='http://jabber.org/protocol/muc#admin'><item affiliation='owner'/></query>",
            kind="get",
        )
    for device in stage.hecate.devices:
        await device.vanish()
    assert (await hag66.items(channel, JIDMAP)).keys() == {second.id, third.id}
