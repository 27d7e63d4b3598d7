"""The stream to a server that behaves, misbehaves, and goes away."""

import asyncio
import contextlib
import hashlib
from collections.abc import AsyncIterator

import pytest

from mix.shell.component import Component
from mix.shell.inlet import Inlet
from mix.shell.mailboxes import Post
from pubsubnodes.stanza import Inbound

SECRET = "fair is foul"


class Host:
    """The other end of XEP-0114: accepts the right secret, says what it is told to, keeps what it hears."""

    def __init__(self) -> None:
        self.heard = bytearray()
        self.connections = 0
        self.reads = asyncio.Event()
        self.reads.set()
        self.writer: asyncio.StreamWriter | None = None

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        head = await reader.readuntil(b">")
        while b"<stream:stream" not in head:
            head += await reader.readuntil(b">")
        writer.write(
            b"<?xml version='1.0'?><stream:stream xmlns='jabber:component:accept' "
            b"xmlns:stream='http://etherx.jabber.org/streams' id='cauldron' from='mix.example'>"
        )
        handshake = await reader.readuntil(b"</handshake>")
        right = hashlib.sha1(b"cauldron" + SECRET.encode()).hexdigest().encode()
        if right not in handshake:
            writer.write(
                b"<stream:error><not-authorized xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>"
                b"</stream:stream>"
            )
            writer.close()
            return
        writer.write(b"<handshake/>")
        self.writer = writer
        with contextlib.suppress(ConnectionError):
            while True:
                await self.reads.wait()
                data = await reader.read(65536)
                if not data:
                    break
                self.heard += data
        writer.close()


@pytest.fixture
async def host() -> Host:
    return Host()


@contextlib.asynccontextmanager
async def serving(host: Host, port: int = 0) -> AsyncIterator[int]:
    server = await asyncio.start_server(host, "127.0.0.1", port)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        if host.writer is not None:
            host.writer.close()
        await asyncio.sleep(0)


@contextlib.asynccontextmanager
async def component(port: int, queued: list[Post], secret: str = SECRET) -> AsyncIterator[Component]:
    def put(name: str, post: Post) -> bool:
        queued.append(post)
        return True

    inlet = Inlet(frozenset({"mix.example"}), [], put=put, answer=lambda *_: None, resolve=lambda _: False)
    made = Component("mix.example", secret, "127.0.0.1", port, inlet)
    made.connect()
    try:
        yield made
    finally:
        await made.close()
        await asyncio.sleep(0.05)  # slixmpp's own tasks see that they are cancelled


async def until(condition: object, within: float = 10.0) -> None:
    async with asyncio.timeout(within):
        while not condition():  # type: ignore[operator]
            await asyncio.sleep(0.01)


async def test_stanzas_come_in_order(host: Host) -> None:
    """After the handshake, which slixmpp hears of through a private method of its own: should that go, this fails."""
    queued: list[Post] = []
    async with serving(host) as port, component(port, queued) as made:
        await made.up()
        assert host.writer is not None
        for number in range(100):
            host.writer.write(
                b"<message from='hag66@example/pda' to='coven@mix.example' type='groupchat' id='%d'>"
                b"<body>x</body></message>" % number
            )
        await until(lambda: len(queued) == 100)
    assert [post.id for post in queued if isinstance(post, Inbound)] == [str(number) for number in range(100)]


async def test_a_wrong_secret_is_final(host: Host) -> None:
    async with serving(host) as port, component(port, [], secret="foul is fair") as made:
        async with asyncio.timeout(10):
            refused = await asyncio.shield(made.refused)
        assert "secret" in str(refused)
        assert not made.is_up


async def test_a_host_that_does_not_read_stops_the_writer_and_nothing_is_lost(host: Host) -> None:
    async with serving(host) as port, component(port, []) as made:
        await made.up()
        host.reads.clear()
        written = 0
        piece = b"<message to='a@example'>" + b"x" * 100_000 + b"</message>"

        async def writes() -> None:
            nonlocal written
            for _ in range(400):
                await made.write(piece)
                written += 1

        writing = asyncio.create_task(writes())
        last = -1
        while written != last:
            last = written
            await asyncio.sleep(0.2)
        assert written < 400, "the writer waits for the host"
        host.reads.set()
        async with asyncio.timeout(20):
            await writing
        await until(lambda: host.heard.count(b"</message>") == 400)


async def test_a_lost_stream_comes_back_and_what_waited_is_sent(host: Host) -> None:
    async with contextlib.AsyncExitStack() as stack:
        first = serving(host)
        port = await first.__aenter__()
        made = await stack.enter_async_context(component(port, []))
        await made.up()
        await first.__aexit__(None, None, None)
        await until(lambda: not made.is_up)
        waiting = asyncio.create_task(made.write(b"<message id='late'/>"))
        await asyncio.sleep(0.1)
        assert not waiting.done()
        await stack.enter_async_context(serving(host, port))
        async with asyncio.timeout(30):
            await waiting
        await until(lambda: b"late" in host.heard)
    assert host.connections >= 2


async def test_no_stanza_ends_the_stream(host: Host, caplog: pytest.LogCaptureFixture) -> None:
    """Names without a usable namespace are well-formed XML, so hosts pass them on; a parser that minds them must not
    be in the way of everybody else."""
    queued: list[Post] = []
    async with serving(host) as port, component(port, queued) as made:
        await made.up()
        assert host.writer is not None
        for number, poison in enumerate((b"<x xmlns='urn:a}b'/>", b"<xml:x/>", b"<x xmlns='urn:x' a:b='c'/>", b"")):
            host.writer.write(
                b"<message from='hag66@example/pda' to='coven@mix.example' type='groupchat' id='%d'>"
                b"<body>x</body>%s</message>" % (number, poison)
            )
        await until(lambda: len(queued) == 4)
    assert host.connections == 1
    assert not [record for record in caplog.records if record.levelname in ("WARNING", "ERROR")]


async def test_what_cannot_be_read_is_not_written_to_the_log(host: Host, caplog: pytest.LogCaptureFixture) -> None:
    """slixmpp would write it all down: who somebody is, and what they said."""
    queued: list[Post] = []
    async with serving(host) as port, component(port, queued) as made:
        await made.up()
        assert host.writer is not None
        host.writer.write(
            b"<message from='hag66@example/pda' to='coven@mix.example'><body>x</body></message>"
            b"<message from='hecate@example/pda'><body>secret</b></message>"
        )
        await until(lambda: host.connections == 2)
        await made.up()
    assert len(queued) == 1, "what came before it is taken in"
    assert any("no XML" in record.getMessage() for record in caplog.records)
    assert "hecate" not in caplog.text
    assert "secret" not in caplog.text
