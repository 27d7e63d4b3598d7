"""Restarts: of the service, of the host. People in channels should hardly notice."""

import pytest

from .received import PARTICIPANTS, item_of, message, unavailable
from .stage import Stage

PATIENCE = 40.0  # for what the service finds out by asking around after a restart


async def people_in(stage: Stage) -> str:
    """A channel with two MIX participants, on their phones, and two MUC occupants, on their laptops."""
    channel = await stage.channel(stage.hag66)
    for person, nick in ((stage.hag66, "first witch"), (stage.hecate, "second witch")):
        await person.phone.join(channel, nick)
        person.phone.share_presence(channel)
    await stage.hag66.laptop.enter(channel, "first witch")
    await stage.crone1.laptop.enter(channel, "third witch")
    return channel


async def everybody_hears_everybody(stage: Stage, channel: str, when: str) -> None:
    devices = (stage.hag66.phone, stage.hecate.phone, stage.hag66.laptop, stage.crone1.laptop)
    for number, speaker in enumerate(devices):
        body = f"device {number}, {when}"
        speaker.say(channel, body)
        ids = {(await witness.sees(message(body))).stanza_id for witness in devices}
        assert len(ids) == 1


@pytest.mark.req("MIX-SPI-01", "MUC-SVC-03", "MUC-OCC-10")
async def test_an_orderly_restart_goes_nearly_unnoticed(stage: Stage) -> None:
    channel = await people_in(stage)
    await everybody_hears_everybody(stage, channel, "before")
    marks = {device: len(device.received) for device in (stage.hag66.laptop, stage.crone1.laptop)}
    before = await stage.hag66.phone.items(channel, PARTICIPANTS)
    await stage.restart()
    assert (await stage.hag66.phone.items(channel, PARTICIPANTS)).keys() == before.keys()
    await everybody_hears_everybody(stage, channel, "after")
    for device, mark in marks.items():
        assert not [seen for seen in device.received[mark:] if seen.type == "unavailable" and 110 in seen.codes]
    assert len(await stage.hecate.phone.archive(channel)) == 8


@pytest.mark.req("MUC-SVC-01", "MUC-CODE-18")
async def test_a_service_that_stops_for_good_says_so(stage: Stage) -> None:
    """XEP-0045 §11.2: before the stream closes, each client hears that it is out, and why."""
    channel = await people_in(stage)
    assert await stage.service.shut_down(for_good=True) == 0
    for device, nick in ((stage.hag66.laptop, "first witch"), (stage.crone1.laptop, "third witch")):
        told = await device.sees(unavailable(f"{channel}/{nick}"))
        assert sorted(told.codes) == [110, 332]
    stage.service.start()
    await stage.up()
    await stage.crone1.laptop.enter(channel, "third witch")


async def test_who_vanished_meanwhile_is_found_out(stage: Stage) -> None:
    channel = await people_in(stage)
    assert await stage.service.shut_down() == 0
    await stage.crone1.laptop.vanish()
    stage.service.start()
    await stage.up()
    gone = await stage.hag66.laptop.sees(unavailable(f"{channel}/third witch"), within=PATIENCE)
    assert gone.role == "none"
    stage.hecate.phone.say(channel, "one less")
    for device in (stage.hag66.phone, stage.hag66.laptop, stage.hecate.phone):
        await device.sees(message("one less"))


async def test_the_service_comes_back_after_the_host_was_away(stage: Stage) -> None:
    channel = await people_in(stage)
    stage.hag66.phone.say(channel, "before")
    await stage.hecate.phone.sees(message("before"))
    stage.host.stop()
    await stage.go_home()
    stage.host.start()
    await stage.log_in()
    await stage.up(within=PATIENCE)
    assert stage.service.program.is_running

    for person in (stage.hag66, stage.hecate):
        person.phone.share_presence(channel)
    await stage.crone1.laptop.enter(channel, "third witch")
    stage.hag66.phone.say(channel, "after")
    for device in (stage.hag66.phone, stage.hecate.phone, stage.crone1.laptop):
        await device.sees(message("after"))
    bodies = [one.message.body for one in await stage.hecate.phone.archive(channel)]
    assert bodies == ["before", "after"]


@pytest.mark.req("MIX-JOI-16")
async def test_subscriptions_survive_a_restart(stage: Stage) -> None:
    channel = await people_in(stage)
    await stage.restart()
    joined = await stage.crone1.phone.join(channel, "third witch")
    for witness in (stage.hag66.phone, stage.hecate.phone):
        await witness.sees(item_of(PARTICIPANTS, joined.id))
