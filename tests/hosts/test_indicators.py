"""Hearing of rooms without being in them, on a Prosody that says good-bye for its clients."""

import pytest

from .clients import Device
from .prosody import COMPONENT
from .received import Predicate, message, unavailable
from .stage import Stage

RAI = "urn:xmpp:rai:0"
ADMIN = "http://jabber.org/protocol/muc#admin"


def news(room: str) -> Predicate:
    """A message of the service that tells of one room."""
    return lambda seen: seen.sender == COMPONENT and [one.text for one in seen.xml.iter(f"{{{RAI}}}activity")] == [room]


@pytest.mark.req("MUC-RAI-01", "MUC-RAI-02", "MUC-RAI-06")
async def test_clients_hear_of_news_until_they_are_gone(stage: Stage) -> None:
    """Also over a restart of the service; a client that comes back has to ask again."""
    hag66, hecate = stage.hag66.phone, stage.hecate.phone
    room = await stage.room(hag66, stage.hag66, "first witch")
    await hag66.ask(room, f"<query xmlns='{ADMIN}'><item affiliation='member' jid='{stage.hecate.jid}'/></query>")
    hecate.send_presence(COMPONENT, f"<rai xmlns='{RAI}'/>")
    await answered(hecate)
    hag66.say(room, "When shall we three meet again?")
    await hecate.sees(news(room))

    await hecate.log_out()
    await hecate.log_in()
    await visit(stage.hecate.laptop, room)
    hag66.say(room, "In thunder, lightning, or in rain?")
    await hag66.sees(message("In thunder, lightning, or in rain?"))
    pong = await answered(hecate)
    await hecate.never_sees(news(room), before=lambda seen: seen.id == pong)

    hecate.send_presence(COMPONENT, f"<rai xmlns='{RAI}'/>")
    await hecate.sees(news(room))
    await visit(stage.hecate.laptop, room)
    await stage.restart()
    hag66.say(room, "When the hurlyburly's done")
    await hecate.sees(news(room))


async def visit(device: Device, room: str) -> None:
    """Enter a room, and leave it."""
    await device.enter(room, "second witch")
    device.send_presence(f"{room}/second witch", kind="unavailable")
    await device.sees(unavailable(f"{room}/second witch"))


async def answered(device: Device) -> str:
    """Wait until the service has done what it was asked before; the id of its answer."""
    return (await device.ask(COMPONENT, "<ping xmlns='urn:xmpp:ping'/>", kind="get")).id
