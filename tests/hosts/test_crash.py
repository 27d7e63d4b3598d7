"""kill -9 under load: what anybody saw reflected is in the archive, once, in the order in which it was seen."""

import asyncio
import random
from collections import Counter

import pytest

from .clients import Device
from .stage import Stage

ROUNDS = 5
BETWEEN_MESSAGES = 0.02  # seconds


async def talk(device: Device, channel: str, name: str, spoken: Counter[str]) -> None:
    """Send message after message, whether or not anybody is there."""
    while True:
        spoken[name] += 1
        device.say(channel, f"{name} {spoken[name]}")
        await asyncio.sleep(BETWEEN_MESSAGES)


def heard(device: Device, channel: str) -> list[tuple[str, str]]:
    """The archive ids and bodies of all messages that this device got from the channel, in their order."""
    seen = [
        one
        for one in device.received
        if one.kind == "message"
        and one.type == "groupchat"
        and one.body
        and one.sender_bare == channel
        and not one.has("delay:delay")
    ]
    assert all(one.stanza_id for one in seen)
    return [(one.stanza_id or "", one.body or "") for one in seen]


@pytest.mark.req("MUC-SVC-16", "MIX-MSG-25", "MUC-MSG-27", "MUC-MAM-12")
async def test_what_was_reflected_is_on_disk(stage: Stage) -> None:
    channel = await stage.channel(stage.hag66)
    devices = {
        "mix 1": stage.hag66.phone,
        "mix 2": stage.hecate.phone,
        "muc 1": stage.hag66.laptop,
        "muc 2": stage.crone1.laptop,
    }
    for nick, device in (("first witch", devices["mix 1"]), ("second witch", devices["mix 2"])):
        await device.join(channel, nick)
        device.share_presence(channel)
    await devices["muc 1"].enter(channel, "first witch")
    await devices["muc 2"].enter(channel, "third witch")

    spoken: Counter[str] = Counter()
    for _ in range(ROUNDS):
        before = {name: len(heard(device, channel)) for name, device in devices.items()}
        talking = [asyncio.create_task(talk(device, channel, name, spoken)) for name, device in devices.items()]
        await asyncio.sleep(random.uniform(0.5, 1.5))
        stage.service.program.kill()
        for task in talking:
            task.cancel()
        await asyncio.gather(*talking, return_exceptions=True)
        for name, device in devices.items():
            assert len(heard(device, channel)) > before[name], f"{name} heard nothing in this round"
        stage.service.start()
        await stage.up()

    archive = [(one.id, one.message.body or "") for one in await stage.hag66.phone.archive(channel)]
    assert max(Counter(identifier for identifier, _ in archive).values()) == 1
    assert max(Counter(body for _, body in archive).values()) == 1
    place = {one: number for number, one in enumerate(archive)}
    for name, device in devices.items():
        seen = heard(device, channel)
        lost = [one for one in seen if one not in place]
        assert not lost, f"{name} saw what is not in the archive: {lost[:5]}"
        assert len(set(seen)) == len(seen), f"{name} saw a message twice"
        places = [place[one] for one in seen]
        assert places == sorted(places), f"{name} saw another order than the archive's"
