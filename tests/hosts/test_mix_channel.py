"""A MIX channel from its creation to the last leaving, by clients on a Prosody that knows nothing of MIX."""

import pytest
from slixmpp import JID

from .clients import Refused, every
from .prosody import COMPONENT, DOMAIN
from .received import (
    INFO,
    MESSAGES,
    NS,
    PARTICIPANTS,
    PRESENCE,
    available,
    item_of,
    message,
    retraction_of,
    unavailable,
)
from .stage import Stage


@pytest.mark.req("MIX-SVC-01", "MIX-SVC-02", "MIX-SVC-03", "MIX-SVC-07", "MIX-SVC-08", "MIX-SVC-11", "MIX-SVC-15")
async def test_a_client_finds_the_service(stage: Stage) -> None:
    phone = stage.hag66.phone
    listed = await phone.ask(DOMAIN, f"<query xmlns='{NS['items']}'/>", kind="get")
    assert listed.has(f"items:query/items:item[@jid='{COMPONENT}']")

    described = await phone.ask(COMPONENT, f"<query xmlns='{NS['info']}'/>", kind="get")
    assert described.has("info:query/info:identity[@category='conference'][@type='mix']")
    features = {found.get("var", "") for found in described.all("info:query/info:feature")}
    assert {NS["mix"], f"{NS['mix']}#create-channel", NS["muc"], NS["info"], NS["items"]} <= features
    assert not {feature for feature in features if feature.startswith(("urn:xmpp:mam:", NS["ps"]))}
    assert not described.has("info:query/info:identity[@category='pubsub']")


@pytest.mark.req("MIX-CRE-01", "MIX-CRE-02", "MIX-CRE-09", "MIX-CRE-17", "MIX-CHI-01", "MIX-CHI-02", "MIX-CHI-03")
async def test_a_client_makes_a_channel(stage: Stage) -> None:
    channel = await stage.channel(stage.hag66, "coven")
    assert channel == f"coven@{COMPONENT}"

    described = await stage.hecate.phone.ask(channel, f"<query xmlns='{NS['info']}'/>", kind="get")
    assert described.has("info:query/info:identity[@category='conference'][@type='mix']")
    assert described.has(f"info:query/info:feature[@var='{NS['mix']}']")
    assert described.has(f"info:query/info:feature[@var='{NS['mam']}']")
    plugin = stage.hag66.phone.client.plugin["xep_0369"]
    assert {INFO, MESSAGES, PARTICIPANTS} <= await plugin.list_mix_nodes(JID(channel))
    assert "modified" in await plugin.get_channel_info(JID(channel))
    assert await stage.hag66.phone.items(channel, PARTICIPANTS) == {}

    with pytest.raises(Refused, match="conflict"):
        await stage.hecate.phone.ask(COMPONENT, f"<create xmlns='{NS['mix']}' channel='coven'/>")


@pytest.mark.req(
    "MIX-JOI-01",
    "MIX-JOI-03",
    "MIX-JOI-06",
    "MIX-JOI-08",
    "MIX-JOI-07",
    "MIX-JOI-11",
    "MIX-JOI-12",
    "MIX-JOI-16",
    "MIX-JOI-18",
    "MIX-JOI-26",
    "MIX-JOI-27",
    "MIX-PAR-01",
    "MIX-PAR-02",
    "MIX-PAR-04",
    "MIX-PAR-15",
)
async def test_joining_shows_a_nick_and_no_address(stage: Stage) -> None:
    channel = await stage.channel(stage.hag66)
    hag66, hecate = stage.hag66.phone, stage.hecate.phone
    first = await hag66.join(channel, "first witch")

    nodes = (MESSAGES, PARTICIPANTS, PRESENCE, INFO, "urn:xmpp:mix:nodes:nonsense")
    second = await hecate.join(channel, "second witch", visibility="never", nodes=nodes)
    assert second.nick == "second witch"
    assert second.nodes == {MESSAGES, PARTICIPANTS, PRESENCE, INFO}
    assert second.preferences["JID Visibility"] == "never"
    assert {"Private Messages", "vCard", "Presence"} <= second.preferences.keys()

    for witness in (hag66, hecate):
        event = await witness.sees(item_of(PARTICIPANTS, second.id))
        assert event.words(".//mix:participant/mix:nick") == "second witch"
        assert not event.has(".//mix:participant/mix:jid")
    for reader in (hag66, hecate):
        items = await reader.items(channel, PARTICIPANTS)
        assert items.keys() == {first.id, second.id}
        assert items[second.id].findtext("mix:participant/mix:nick", None, NS) == "second witch"
        assert items[second.id].find("mix:participant/mix:jid", NS) is None


@pytest.mark.req("MIX-JOI-02", "MIX-JOI-24", "MIX-JOI-37")
async def test_slixmpp_joins_and_leaves_with_its_own_helpers(stage: Stage) -> None:
    """slixmpp nests <subscribe/> in <subscribe/>; that must not hurt."""
    channel = await stage.channel(stage.hag66)
    plugin = stage.hecate.phone.client.plugin["xep_0369"]
    await plugin.join_channel(JID(channel), "hecate")
    [(identifier, nick, jid)] = await plugin.list_participants(JID(channel))
    assert (nick, jid) == ("hecate", None)
    mapped = await stage.hag66.phone.items(channel, "urn:xmpp:mix:nodes:jidmap")
    assert mapped[identifier].findtext("anon:participant/anon:jid", None, NS) == stage.hecate.jid

    again = await stage.hecate.laptop.join(channel, "hecate")
    assert again.id == identifier
    assert len(await plugin.list_participants(JID(channel))) == 1
    await plugin.leave_channel(JID(channel))
    assert await stage.hag66.phone.items(channel, PARTICIPANTS) == {}


@pytest.mark.req(
    "MIX-MSG-01",
    "MIX-MSG-03",
    "MIX-MSG-04",
    "MIX-MSG-05",
    "MIX-MSG-07",
    "MIX-MSG-08",
    "MIX-MSG-09",
    "MIX-MSG-10",
    "MIX-SPI-08",
)
async def test_messages_go_both_ways(stage: Stage) -> None:
    channel = await stage.channel(stage.hag66)
    hag66, hecate = stage.hag66.phone, stage.hecate.phone
    first, second = await hag66.join(channel, "first witch"), await hecate.join(channel, "second witch")

    for speaker, joined, nick in ((hag66, first, "first witch"), (hecate, second, "second witch")):
        body = f"Harpier cries: 'tis time, 'tis time, says {nick}"
        sent = speaker.say(channel, body)
        copies = [await witness.sees(message(body, sender=f"{channel}/{joined.id}")) for witness in (hag66, hecate)]
        assert len({copy.id for copy in copies}) == 1
        for copy in copies:
            assert copy.stanza_id == copy.id != sent
            assert copy.words("mix:mix/mix:nick") == nick
            assert copy.attribute("sid:origin-id", "id") == sent
        assert not copies[1].has("mix:mix/mix:jid"), "hecate is not the owner"


@pytest.mark.req("MIX-MSG-19", "MIX-MSG-20")
async def test_a_stranger_cannot_speak(stage: Stage) -> None:
    channel = await stage.channel(stage.hag66)
    await stage.hag66.phone.join(channel, "first witch")
    sent = stage.hecate.phone.say(channel, "let me in")
    refused = await stage.hecate.phone.sees(lambda seen: seen.kind == "message" and seen.type == "error")
    assert refused.id == sent
    assert refused.condition in ("not-acceptable", "forbidden")
    assert await stage.hag66.phone.archive(channel) == []


@pytest.mark.req("MIX-NCK-01", "MIX-NCK-02", "MIX-NCK-03", "MIX-NCK-07", "MIX-NCK-08", "MIX-NCK-10")
async def test_a_nick_changes(stage: Stage) -> None:
    channel = await stage.channel(stage.hag66)
    hag66, hecate = stage.hag66.phone, stage.hecate.phone
    await hag66.join(channel, "first witch")
    second = await hecate.join(channel, "second witch")
    await hag66.sees(item_of(PARTICIPANTS, second.id))
    hecate.say(channel, "before")
    await hag66.sees(message("before"))

    plugin = hecate.client.plugin["xep_0369"]
    assert await plugin.set_nick(JID(channel), "third witch") == "third witch"
    event = await hag66.sees(item_of(PARTICIPANTS, second.id))
    assert event.words(".//mix:participant/mix:nick") == "third witch"
    hecate.say(channel, "after")
    copy = await hag66.sees(message("after", sender=f"{channel}/{second.id}"))
    assert copy.words("mix:mix/mix:nick") == "third witch"
    assert not [seen for seen in hag66.received if retraction_of(PARTICIPANTS, second.id)(seen)]
    nicks = [one.message.words("mix:mix/mix:nick") for one in await hag66.archive(channel)]
    assert nicks == ["second witch", "third witch"]

    with pytest.raises(Refused, match="conflict"):
        await hecate.ask(channel, f"<setnick xmlns='{NS['mix']}'><nick>First Witch</nick></setnick>")


@pytest.mark.req(
    "MIX-MAM-01",
    "MIX-MAM-02",
    "MIX-MAM-08",
    "MIX-MAM-10",
    "MIX-MAM-13",
    "MIX-MAM-16",
    "MIX-MAM-23",
    "MIX-MSG-15",
    "MIX-MSG-16",
)
async def test_the_archive_is_read_from_any_point(stage: Stage) -> None:
    channel = await stage.channel(stage.hag66)
    hag66, hecate = stage.hag66.phone, stage.hecate.phone
    first = await hag66.join(channel, "first witch")
    bodies = [f"line {number}" for number in range(25)]
    for body in bodies:
        hag66.say(channel, body)
    ids = [(await hag66.sees(message(body))).stanza_id for body in bodies]
    await hecate.join(channel, "second witch")

    everything = await hecate.archive(channel, page=10)
    assert [one.message.body for one in everything] == bodies
    assert [one.id for one in everything] == ids
    for one in everything:
        assert one.message.sender == f"{channel}/{first.id}"
        assert one.message.xml.get("to") is None
        assert one.message.words("mix:mix/mix:nick") == "first witch"
        assert not one.message.has("mix:mix/mix:jid")
    assert [one.message.body for one in await hecate.archive(channel, after=ids[20])] == bodies[21:]
    last, complete = await hecate.archive_page(channel, 5, "<before/>")
    assert [one.message.body for one in last] == bodies[20:]
    assert not complete
    plugin = hecate.client.plugin["xep_0313"]
    assert len(await every(plugin.iterate(JID(channel), rsm={"max": 7}))) == 25
    with pytest.raises(Refused, match="item-not-found"):
        await hecate.archive_page(channel, 5, "<after>nonsense</after>")


@pytest.mark.req("MIX-LEA-01", "MIX-LEA-02", "MIX-LEA-03", "MIX-LEA-05", "MIX-LEA-08", "MIX-LEA-11")
async def test_leaving_is_for_good(stage: Stage) -> None:
    channel = await stage.channel(stage.hag66)
    hag66, hecate = stage.hag66.phone, stage.hecate.phone
    first, second = await hag66.join(channel, "first witch"), await hecate.join(channel, "second witch")
    jidmap = "urn:xmpp:mix:nodes:jidmap"
    await hag66.ask(
        channel, f"<pubsub xmlns='{NS['ps']}'><subscribe node='{jidmap}' jid='{stage.hag66.jid}'/></pubsub>"
    )
    assert (await hecate.leave(channel)).has("mix:leave")
    await hag66.sees(retraction_of(PARTICIPANTS, second.id))
    await hag66.sees(retraction_of(jidmap, second.id))
    assert (await hag66.items(channel, PARTICIPANTS)).keys() == {first.id}

    mark = len(hecate.received)
    hag66.say(channel, "gone she is")
    await hag66.sees(message("gone she is"))
    await hag66.ask(channel, f"<setnick xmlns='{NS['mix']}'><nick>only witch</nick></setnick>")
    assert (await hecate.leave(channel)).has("mix:leave"), "leaving twice is all right"
    assert [seen.kind for seen in hecate.received[mark:] if channel in seen.sender] == ["iq"]
    assert (await stage.crone1.phone.join(channel, "second witch")).nick == "second witch"


@pytest.mark.req("MIX-LEA-09", "MIX-SPI-01")
async def test_a_participant_stays_while_offline_and_over_a_restart(stage: Stage) -> None:
    channel = await stage.channel(stage.hag66)
    hag66, hecate = stage.hag66.phone, stage.hecate.phone
    first, second = await hag66.join(channel, "first witch"), await hecate.join(channel, "second witch")
    hag66.say(channel, "heard")
    heard = (await hecate.sees(message("heard"))).stanza_id
    await hecate.log_out()
    hag66.say(channel, "missed")
    await hag66.sees(message("missed"))
    await stage.restart()

    assert (await hag66.items(channel, PARTICIPANTS)).keys() == {first.id, second.id}
    await hecate.log_in()
    hecate.share_presence(channel)
    assert [one.message.body for one in await hecate.archive(channel, after=heard)] == ["missed"]
    hag66.say(channel, "live again")
    assert (await hecate.sees(message("live again"))).sender == f"{channel}/{first.id}"
    hecate.say(channel, "so am I")
    assert (await hag66.sees(message("so am I"))).sender == f"{channel}/{second.id}"


@pytest.mark.req("MIX-SPI-06", "MIX-RES-01")
async def test_presence_comes_from_an_encoded_address(stage: Stage) -> None:
    channel = await stage.channel(stage.hag66)
    hag66, hecate = stage.hag66.phone, stage.hecate.phone
    await hag66.join(channel, "first witch")
    second = await hecate.join(channel, "second witch")
    hag66.share_presence(channel)
    hecate.share_presence(channel)
    encoded = f"{second.id}#{channel}"
    seen = await hag66.sees(lambda seen: seen.kind == "presence" and seen.sender_bare == encoded)
    assert seen.words("mixpresence:mix/mixpresence:nick") == "second witch"
    assert seen.sender_resource not in ("", hecate.resource)
    assert available(seen.sender)(seen)
    await hecate.vanish()
    await hag66.sees(unavailable(seen.sender))
