"""The hosts by themselves: they start, carry stanzas between a plain component and a client, and stop."""

import asyncio
import xml.etree.ElementTree as ET
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from slixmpp import ComponentXMPP

from .clients import Person
from .ejabberd import Ejabberd
from .host import Host
from .processes import is_listening, until
from .prosody import COMPONENT, SECRET, Prosody
from .received import NS
from .stage import Stage


async def a_component_answers(host: Host) -> None:
    """A slixmpp component and a client find each other through the host."""
    component: Any = ComponentXMPP(  # type: ignore[no-untyped-call]
        COMPONENT, SECRET, "127.0.0.1", host.component_port
    )
    component.register_plugin("xep_0030")
    component.register_plugin("xep_0199")
    connected = asyncio.Event()
    component.add_event_handler("session_start", lambda _: connected.set())
    component.connect("127.0.0.1", host.component_port)
    hecate = Person("hecate", host.client_port)
    try:
        await asyncio.wait_for(connected.wait(), 15)
        await hecate.phone.log_in()
        answer = await hecate.phone.ask(COMPONENT, f"<query xmlns='{NS['info']}'/>", kind="get")
        assert answer.sender == COMPONENT
        assert answer.has("info:query/info:feature[@var='urn:xmpp:ping']")
    finally:
        await hecate.phone.log_out()
        with suppress(TimeoutError):
            await asyncio.wait_for(component.disconnect(wait=2.0), 5)
        await until("the component has gone", lambda: component.transport is None, within=5)


async def test_prosody_carries_a_component(prosody: Prosody) -> None:
    await a_component_answers(prosody)


async def test_ejabberd_carries_a_component(ejabberd: Ejabberd) -> None:
    await a_component_answers(ejabberd)


@pytest.mark.parametrize("host", ["prosody", "ejabberd"])
def test_a_host_restarts_and_leaves_nothing_behind(host: str, request: pytest.FixtureRequest) -> None:
    running: Host = request.getfixturevalue(host)
    ports = (running.client_port, running.component_port)
    running.stop()
    assert not any(is_listening(port) for port in ports)
    assert not running.program.is_running
    running.start()
    assert all(is_listening(port) for port in ports)


def test_the_eavesdropper_hears_addresses_and_resources(prosody: Prosody, tmp_path: Path) -> None:
    stage = Stage(prosody, tmp_path)
    hag66, hecate, crone1 = stage.people
    channel = f"coven@{COMPONENT}"

    def tells(text: str, sender: str = f"{channel}/someone") -> None:
        for person in stage.people:
            person.phone.remember(
                ET.fromstring(
                    f"<message xmlns='jabber:client' from='{sender}' to='{person.phone.jid}'>{text}</message>"
                )
            )

    tells("<body>harmless</body>")
    tells(f"<body>from her own server: {hecate.jid}</body>", sender="localhost")
    assert stage.leaks() == []
    tells(f"<x jid='{hecate.jid}/another'/>")
    assert [leak.partition(" ")[0] for leak in stage.leaks()] == ["hag66"], "not herself, not the admin"
    stage.may_see(hag66, channel)
    assert stage.leaks() == []
    tells(f"<x id='{crone1.laptop.resource}'/>", sender=f"123#{channel}/tag")
    assert [leak.partition(" ")[0] for leak in stage.leaks()] == ["hecate"]
    stage.is_open(channel)
    assert stage.leaks() == []
