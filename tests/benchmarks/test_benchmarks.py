"""The benchmark's own parts: its side of a connection counts rightly, a report says where marks stand."""

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from benchmarks import report
from benchmarks.acceptor import Acceptor, Door, door
from benchmarks.crowd import Speaker, fill
from benchmarks.lab import Outcome, Reading
from benchmarks.measure import StageFailed
from benchmarks.script import DOMAIN, NEEDLE, SECRET, Muc

HEADER = f"<stream:stream xmlns='jabber:component:accept' to='{DOMAIN}'>".encode()


@asynccontextmanager
async def connection(entrance: Door, secret: str) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A component's side of the connection, up to its handshake (XEP-0114 §3)."""
    reader, writer = await asyncio.open_connection("127.0.0.1", entrance.port)
    try:
        writer.write(HEADER)
        stream_id = re.search(rb" id='([^']*)'", await reader.readuntil(b"id='bench'>"))
        assert stream_id is not None
        proof = hashlib.sha1(stream_id[1] + secret.encode()).hexdigest()
        writer.write(f"<handshake>{proof}</handshake>".encode())
        yield reader, writer
    finally:
        writer.close()
        await writer.wait_closed()


async def test_a_token_cut_in_two_by_a_read_counts_once() -> None:
    """What is counted does not depend on how the bytes arrive."""
    async with door() as entrance, connection(entrance, SECRET) as (reader, writer):
        acceptor = await entrance.acceptor()
        await reader.readuntil(b"<handshake/>")
        acceptor.watch(b"</presence>", 4)
        for part in (b"<presence></pres", b"ence><presence></presence", b"></presence>"):
            writer.write(part)
            await writer.drain()
            await acceptor.quiet(0.02)
        assert acceptor.count == 3
        writer.write(b"</presence>")
        await acceptor.arrived(10, "presences")
        assert acceptor.count == 4


async def test_a_wrong_secret_is_said() -> None:
    """A component that was configured wrongly is not waited for."""
    async with door() as entrance, connection(entrance, "guess"):
        with pytest.raises(StageFailed, match="does not fit the secret"):
            await entrance.acceptor()


async def test_what_did_not_arrive_is_said() -> None:
    """A time-out names what came and what did not."""
    async with door() as entrance, connection(entrance, SECRET) as (_, writer):
        acceptor = await entrance.acceptor()
        acceptor.watch(b"</message>", 2)
        writer.write(b"<message type='error'></message>")
        with pytest.raises(StageFailed, match=r"1 of 2 messages had arrived.*type='error'"):
            await acceptor.arrived(0.2, "messages")


async def test_a_speaker_waits_for_the_last_copy() -> None:
    """Everything said is heard by everybody before the flow is reckoned up."""
    async with door() as entrance, connection(entrance, SECRET) as (reader, writer):
        acceptor = await entrance.acceptor()
        room = asyncio.create_task(a_room_of_three(reader, writer))
        await fill(acceptor, Muc(), "coven", 3)
        flow = await Speaker(acceptor, Muc().place("coven"), 3, 4).speak(0.05)
        assert flow.messages > 0
        assert flow.deliveries == 3 * flow.messages == acceptor.count
        room.cancel()


async def a_room_of_three(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answers every stanza with what a speaker of the script looks for."""
    while True:
        stanza = await reader.readuntil(b">")
        if stanza.endswith(b"</presence>"):
            writer.write(b"<message><subject/></message>")
        elif stanza.endswith(b"</iq>"):
            writer.write(b"<iq type='result' id='asked-unlock'/>")
        elif stanza.endswith(b"</message>"):
            writer.write((b"<message><body>" + NEEDLE + b"</body></message>") * 3)


@pytest.mark.parametrize(("seconds", "standing"), [(0.9, "aim"), (2.0, "floor"), (2.6, "below")])
def test_the_report_says_where_a_mark_stands(seconds: float, standing: str) -> None:
    """The page shows the measured value between the marks, and names what was not measured."""
    reading = Reading("storm.muc.seconds", (seconds, seconds, 9.0))
    page = report.as_markdown([Outcome("Join storm", readings=(reading,))], {"Python": "3.11"})
    assert f"| {seconds:g} | 2.5 | 1 | s | {standing} |" in page
    assert "Not measured in this run: fan-out" in page


def test_acceptors_keep_what_they_are_asked_to() -> None:
    """The ceiling is measured with the very bytes the component wrote."""
    acceptor = Acceptor(handshake=False)
    acceptor.record()
    for part in (b"<message>", b"</message>"):
        acceptor.get_buffer(-1)[: len(part)] = part
        acceptor.buffer_updated(len(part))
    assert acceptor.recorded() == b"<message></message>"
    assert acceptor.recorded() == b""
