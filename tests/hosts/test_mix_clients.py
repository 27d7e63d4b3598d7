"""What MIX clients send, behind either host: through mod_mix_pam on ejabberd, directly on a Prosody without MIX.

Two people with two devices each. QXmpp takes an answer only from exactly where it asked, and waits for it for ever;
Martin fetches everything by pubsub after a join; Halcyon settles its roster by presence subscriptions.
"""

import xml.etree.ElementTree as ET
from xml.sax.saxutils import quoteattr

import pytest
from slixmpp.exceptions import IqTimeout

from .clients import Device, Refused
from .prosody import COMPONENT
from .received import CONFIG, INFO, JIDMAP, MESSAGES, NS, PARTICIPANTS, PRESENCE, Received, message, retraction_of
from .stage import Stage

PAM = "urn:xmpp:mix:pam:2"
MISC = "urn:xmpp:mix:misc:0"
AVATAR = "urn:xmpp:avatar:metadata"
ALLOWED, BANNED = (f"urn:xmpp:mix:nodes:{name}" for name in ("allowed", "banned"))
KAIDAN = (ALLOWED, BANNED, CONFIG, INFO, JIDMAP, MESSAGES, PARTICIPANTS, PRESENCE, "urn:xmpp:avatar:data", AVATAR)
MARTIN = (MESSAGES, PARTICIPANTS, INFO, AVATAR)
HALCYON = (MESSAGES, PRESENCE, PARTICIPANTS, INFO, AVATAR)


async def asks(device: Device, to: str, payload: str, *, kind: str = "set", within: float = 10.0) -> Received:
    """Ask as QXmpp does: the answer comes from the address that was asked."""
    answer = await device.ask(to, payload, kind=kind, within=within)
    assert answer.sender == to
    return answer


def account(device: Device) -> str:
    """The bare JID of whoever has the device."""
    return device.jid.partition("/")[0]


async def has_pam(device: Device) -> bool:
    """Whether the server joins for its users, as clients find out."""
    about = await device.ask(account(device), f"<query xmlns='{NS['info']}'/>", kind="get")
    return about.has(f"info:query/info:feature[@var='{PAM}']")


async def joins(device: Device, channel: str, nick: str, nodes: tuple[str, ...]) -> tuple[str, set[str]]:
    """Join through the server where it can, else directly; the id, and the nodes that were granted."""
    subscriptions = "".join(f"<subscribe node='{node}'/>" for node in nodes)
    wish = f"<join xmlns='{NS['mix']}'>{subscriptions}<nick>{nick}</nick></join>"
    if await has_pam(device):
        answer = await device.ask(
            account(device), f"<client-join xmlns='{PAM}' channel='{channel}'>{wish}</client-join>"
        )
        joined = answer.find("mix:client-join/mix:join")  # COMPAT: in the core's namespace, not PAM's
    else:
        joined = (await asks(device, channel, wish)).find("mix:join")
    assert joined is not None
    jid = joined.get("jid", "")
    assert jid.endswith(f"#{channel}")
    return jid.partition("#")[0], {found.get("node", "") for found in joined.findall("mix:subscribe", NS)}


async def leaves(device: Device, channel: str) -> None:
    """Leave by the same way; ejabberd's PAM never tells its client that it has."""
    wish = f"<leave xmlns='{NS['mix']}'/>"
    if await has_pam(device):
        request = f"<client-leave xmlns='{PAM}' channel='{channel}'>{wish}</client-leave>"
        with pytest.raises(IqTimeout):
            await device.ask(account(device), request, within=1)
    else:
        assert (await asks(device, channel, wish)).has("mix:leave")


async def come_online(stage: Stage, channel: str) -> None:
    """Every device shows its presence, to all or to the channel, as its server wants it; and has been seen."""
    for person in (stage.hag66, stage.hecate):
        for device in person.devices:
            device.client.send_presence(pstatus="here")  # ejabberd passes it on to the channels of its users
            device.share_presence(channel)
            await device.items(channel, PARTICIPANTS)


async def everybody_hears_once(stage: Stage, speaker: Device, channel: str, body: str) -> None:
    """Both devices of both people, and none of them twice."""
    speaker.say(channel, body)
    devices = (*stage.hag66.devices, *stage.hecate.devices)
    for device in devices:
        copy = await device.sees(message(body))
        assert copy.words("mix:mix/mix:nick")
        assert copy.stanza_id == copy.id
    speaker.say(channel, f"after {body}")
    for device in devices:
        await device.never_sees(message(body), before=message(f"after {body}"))


def pubsub(inside: str, *, owner: bool = False) -> str:
    """A request of XEP-0060."""
    return f"<pubsub xmlns='{NS['ps']}{'#owner' if owner else ''}'>{inside}</pubsub>"


def fields_of(item: ET.Element) -> dict[str, list[str]]:
    """A form: the values of its fields."""
    return {
        field.get("var", ""): [value.text or "" for value in field.findall("x:value", NS)]
        for field in item.findall("x:x/x:field", NS)
    }


def published(node: str, fields: dict[str, list[str]], id: str = "") -> str:
    """A form as QXmpp sends it back: everything it has read, under the old id, emptied lists left out."""
    inside = "".join(
        f"<field var={quoteattr(name)}>{''.join(f'<value>{value}</value>' for value in values)}</field>"
        for name, values in fields.items()
        if values
    )
    named = f" id={quoteattr(id)}" if id else ""
    form = f"<x xmlns='{NS['x']}' type='submit'>{inside}</x>"
    return pubsub(f"<publish node='{node}'><item{named}>{form}</item></publish>")


async def only_item(device: Device, channel: str, node: str) -> tuple[str, dict[str, list[str]]]:
    """The one item QXmpp relies on, with its id."""
    (found,) = (await device.items(channel, node)).items()
    return found[0], fields_of(found[1])


async def affiliations(device: Device, channel: str) -> dict[str, str]:
    """What one may do with which node."""
    answer = await asks(device, channel, pubsub("<affiliations/>"), kind="get")
    found = answer.all("ps:pubsub/ps:affiliations/ps:affiliation")
    return {one.get("node", ""): one.get("affiliation", "") for one in found}


async def last_hundred(device: Device, channel: str) -> list[str]:
    """What Siskin, Beagle and Halcyon read of an archive after joining."""
    window = f"<set xmlns='{NS['rsm']}'><max>100</max><before/></set>"
    mark = len(device.received)
    answer = await asks(device, channel, f"<query xmlns='{NS['mam']}' node='{MESSAGES}' queryid='m1'>{window}</query>")
    assert answer.attribute("mam:fin", "complete") == "true"
    results = [one.find("mam:result/forward:forwarded/c:message/c:body") for one in device.received[mark:]]
    return [one.text or "" for one in results if one is not None]


async def test_kaidan(each_stage: Stage) -> None:
    """Discovery, a channel, a join with all ten nodes, renaming, banning, destroying and leaving."""
    stage = each_stage
    hag66, hecate = stage.hag66.phone, stage.hecate.phone
    about = await asks(hag66, COMPONENT, f"<query xmlns='{NS['info']}'/>", kind="get")
    assert about.has("info:query/info:identity[@category='conference'][@type='mix']")
    made = await asks(hag66, COMPONENT, f"<create xmlns='{NS['mix']}'/>")
    adhoc = f"{made.attribute('mix:create', 'channel')}@{COMPONENT}"
    stage.may_see(stage.hag66, adhoc)
    channel = await stage.channel(stage.hag66)
    listed = await asks(hecate, COMPONENT, f"<query xmlns='{NS['items']}'/>", kind="get")
    assert [item.get("jid") for item in listed.all("items:query/items:item")] == [channel]

    _, owners = await joins(hag66, channel, "first witch", KAIDAN)
    second, plain = await joins(hecate, channel, "second witch", KAIDAN)
    assert owners == set(KAIDAN) - {ALLOWED}
    assert plain == {INFO, MESSAGES, PARTICIPANTS, PRESENCE, "urn:xmpp:avatar:data", AVATAR}
    nodes = await asks(hecate, channel, f"<query xmlns='{NS['items']}' node='mix'/>", kind="get")
    assert {item.get("node") for item in nodes.all("items:query/items:item")} == plain
    await come_online(stage, channel)
    assert second in await hecate.items(channel, PARTICIPANTS)
    await everybody_hears_once(stage, hecate, channel, "hail")

    old, fields = await only_item(hag66, channel, INFO)
    await asks(hag66, channel, published(INFO, {**fields, "Name": ["Coven"]}, old))
    new, fields = await only_item(hecate, channel, INFO)
    assert new > old
    assert fields["Name"] == ["Coven"]

    old, fields = await only_item(hag66, channel, CONFIG)
    present = [value for value in fields["Nodes Present"] if value != "banned"]
    await asks(hag66, channel, published(CONFIG, {**fields, "Nodes Present": present}, old))
    old, fields = await only_item(hag66, channel, CONFIG)
    await asks(hag66, channel, published(CONFIG, {**fields, "Nodes Present": [*present, "banned"]}, old))
    change = f"<update-subscription xmlns='{NS['mix']}'><subscribe node='{BANNED}'/></update-subscription>"
    assert (await asks(hag66, channel, change)).has(f"mix:update-subscription/mix:subscribe[@node='{BANNED}']")
    await asks(hag66, channel, pubsub(f"<publish node='{BANNED}'><item id='{stage.hecate.jid}'/></publish>"))
    for device in stage.hecate.devices:
        await device.sees(retraction_of(PARTICIPANTS, second))
    with pytest.raises(Refused, match="forbidden"):
        await joins(hecate, channel, "second witch", KAIDAN)
    await asks(hag66, channel, pubsub(f"<purge node='{BANNED}'/>", owner=True))
    await joins(hecate, channel, "second witch", KAIDAN)

    await asks(hag66, COMPONENT, f"<destroy xmlns='{NS['mix']}' channel='coven'/>")
    await hecate.sees(lambda seen: seen.has(f"event:event/event:delete[@node='{PARTICIPANTS}']"))
    await leaves(hag66, channel)
    await leaves(hecate, channel)


async def test_martin(each_stage: Stage) -> None:
    """Siskin and Beagle: a join, then archive, roster, participants, info, affiliations, avatar; and all that again."""
    stage = each_stage
    hag66, hecate = stage.hag66.phone, stage.hecate.phone
    channel = await stage.channel(stage.hag66)
    first, _ = await joins(hag66, channel, "first witch", MARTIN)
    hag66.say(channel, "hail")
    await hag66.sees(message("hail"))
    second, granted = await joins(hecate, channel, "second witch", MARTIN)
    assert granted == set(MARTIN)

    async def everything_else() -> None:
        assert "hail" in await last_hundred(hecate, channel)
        for kind in ("subscribed", "subscribe"):
            hecate.send_presence(channel, kind=kind)
        people = await hecate.items(channel, PARTICIPANTS)
        assert {found.findtext("mix:participant/mix:nick", "", NS) for found in people.values()} == {
            "first witch",
            "second witch",
        }
        assert people.keys() == {first, second}
        await only_item(hecate, channel, INFO)
        mine = await affiliations(hecate, channel)
        assert (mine[MESSAGES], mine[INFO], CONFIG in mine) == ("publisher", "member", False)
        assert await hecate.items(channel, AVATAR) == {}

    await everything_else()
    await come_online(stage, channel)
    await everybody_hears_once(stage, hecate, channel, "hail to thee")
    await hecate.log_out()
    await hecate.log_in()
    if await has_pam(hecate):
        roster = await hecate.ask(
            account(hecate),
            "<query xmlns='jabber:iq:roster'><annotate xmlns='urn:xmpp:mix:roster:0'/></query>",
            kind="get",
        )
        found = [item for item in roster.xml.iter("{jabber:iq:roster}item") if item.get("jid") == channel]
        assert [item[0].get("participant-id") for item in found if len(item)] == [second]
    await everything_else()

    with pytest.raises(Refused, match="item-not-found"):
        await asks(hag66, channel, pubsub(f"<publish node='{ALLOWED}'><item id='{stage.hag66.jid}'/></publish>"))
    await asks(hag66, channel, pubsub(f"<create node='{ALLOWED}'/>"))
    await asks(hag66, channel, pubsub(f"<publish node='{ALLOWED}'><item id='{stage.hag66.jid}'/></publish>"))
    await hecate.sees(retraction_of(PARTICIPANTS, second))
    with pytest.raises(Refused, match="not-allowed"):
        await joins(hecate, channel, "second witch", MARTIN)
    await asks(hag66, channel, pubsub(f"<delete node='{ALLOWED}'/>", owner=True))
    again, _ = await joins(hecate, channel, "second witch", MARTIN)
    assert again == second


async def test_halcyon(each_stage: Stage) -> None:
    """Presence comes with the join, the roster settles, and the archive is read from the messages node."""
    stage = each_stage
    hag66, hecate = stage.hag66.phone, stage.hecate.phone
    channel = await stage.channel(stage.hag66)
    first, _ = await joins(hag66, channel, "first witch", HALCYON)
    hag66.client.send_presence(pstatus="here")
    hag66.share_presence(channel)
    await hag66.sees(lambda seen: seen.kind == "presence" and seen.sender.startswith(f"{first}#{channel}/"))
    await joins(hecate, channel, "second witch", HALCYON)
    for kind in ("subscribed", "subscribe"):
        hecate.send_presence(channel, kind=kind)
    hecate.client.send_presence(pstatus="here")
    hecate.share_presence(channel)
    await hag66.sees(lambda seen: seen.words("mixpresence:mix/mixpresence:nick") == "second witch")
    assert set((await affiliations(hecate, channel)).values()) == {"publisher", "member"}
    await come_online(stage, channel)
    await everybody_hears_once(stage, hag66, channel, "hail")
    assert await last_hundred(hecate, channel) == ["hail", "after hail"]
    roster = await hecate.ask(account(hecate), "<query xmlns='jabber:iq:roster'/>", kind="get")
    item = next(item for item in roster.xml.iter("{jabber:iq:roster}item") if item.get("jid") == channel)
    assert item.get("subscription") in ("to", "both")
    assert item.get("ask") is None
