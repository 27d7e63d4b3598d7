"""Channels on one domain and their rooms on another, over two component streams of one Prosody (XEP-0408 §2)."""

import pytest

from .prosody import COMPONENT, ROOMS
from .received import available, message
from .stage import Stage


@pytest.mark.req("MIX-MUC-01", "MIX-MUC-03", "MIX-MUC-04", "MIX-MUC-09")
async def test_two_domains_are_one_company(mirrored_stage: Stage) -> None:
    stage = mirrored_stage
    channel, room = await stage.channel(stage.hag66), f"coven@{ROOMS}"
    hag66, hecate = stage.hag66.phone, stage.hecate.phone
    first = await hag66.join(channel, "first witch")
    entry = await hecate.enter(room, "second witch")
    hag66.share_presence(channel)  # on another stream: no order between the two
    await hecate.sees(available(f"{room}/first witch"))

    hag66.say(channel, "from MIX")
    by_mix = await hag66.sees(message("from MIX", sender=f"{channel}/{first.id}"))
    by_muc = await hecate.sees(message("from MIX", sender=f"{room}/first witch"))
    assert by_mix.stanza_id == by_muc.stanza_id
    assert by_muc.occupant_id == first.id

    hecate.say(room, "from MUC")
    by_muc = await hecate.sees(message("from MUC", sender=f"{room}/second witch"))
    by_mix = await hag66.sees(message("from MUC", sender=f"{channel}/{entry.own.occupant_id}"))
    assert by_mix.stanza_id == by_muc.stanza_id

    for domain, other in ((COMPONENT, ROOMS), (ROOMS, COMPONENT)):
        about = await hag66.ask(domain, "<query xmlns='http://jabber.org/protocol/disco#info'/>", kind="get")
        assert [other] == [found.text for found in about.all(".//x:field/x:value") if found.text in (COMPONENT, ROOMS)]


@pytest.mark.req("MIX-MUC-03")
async def test_both_streams_come_back(mirrored_stage: Stage) -> None:
    stage = mirrored_stage
    channel, room = await stage.channel(stage.hag66), f"coven@{ROOMS}"
    await stage.hecate.phone.enter(room, "second witch")
    await stage.restart()
    await stage.hag66.phone.join(channel, "first witch")
    stage.hag66.phone.share_presence(channel)
    await stage.hecate.phone.sees(available(f"{room}/first witch"))
