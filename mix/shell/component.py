"""The stream to the XMPP server (XEP-0114): stanzas in, synchronously, to the inlet; bytes out, with back-pressure."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any, Final, final

from slixmpp import ComponentXMPP

from mix.shell.inlet import Inlet
from mix.shell.streaming import LARGEST, Found, MalformedStream, StreamParser
from pubsubnodes.xml import CLIENT, STREAM, name_of

log = logging.getLogger(__name__)

LONGEST_WAIT: Final = 7
"""slixmpp doubles its waiting time from here and adds one: 15 seconds between attempts at the most."""

HIGH_WATER: Final = 1024 * 1024
"""Bytes that may wait for the host: enough for a message to a thousand people not to stop at every piece."""

_STANZAS: Final = frozenset(f"{{{CLIENT}}}{kind}" for kind in ("message", "presence", "iq"))
_STREAM_ERROR: Final = "{http://etherx.jabber.org/streams}error"
_HOPELESS: Final = {
    "not-authorized": (
        "The XMPP server refused the secret of the component {domain}.",
        "Compare secret in [component] with the XMPP server's configuration.",
    ),
    "host-unknown": (
        "The XMPP server knows no component {domain}.",
        "Compare jid in [component], and domain in [muc], with the XMPP server's configuration.",
    ),
    "conflict": (
        "Another process is connected to the XMPP server as {domain}.",
        "Is a second mixd running, perhaps on another machine? Stop one of them.",
    ),
}


class LoginRefused(Exception):
    """The XMPP server will not have us, and trying again will not change that: a sentence for people, and a hint."""

    def __init__(self, sentence: str, hint: str) -> None:
        super().__init__(sentence)
        self.hint = hint


@final
class Component(ComponentXMPP):
    """slixmpp's component with its own way in and out: no stanza objects, no send queue, a parser nothing stops.

    What is no stanza goes to `_spawn_event`, which is slixmpp's own; the version range in pyproject.toml is pinned for
    it.
    """

    def __init__(self, jid: str, secret: str, host: str, port: int, inlet: Inlet, largest: int = LARGEST) -> None:
        """`largest` is how many bytes a stanza may have that is taken in."""
        super().__init__(jid, secret, host, port)  # type: ignore[no-untyped-call]
        self._inlet = inlet
        self._largest = largest
        self._ready = asyncio.Event()
        self._writable = asyncio.Event()
        self._writable.set()
        self._stopping = False
        self._was_up = False
        self._stream = StreamParser(largest)
        self.refused: asyncio.Future[LoginRefused] = asyncio.get_running_loop().create_future()
        """Done when the server refused us for good."""
        self.on_up: Callable[[], None] = lambda: None
        """Called each time the stream is up."""
        self.add_event_handler("session_start", self._went_up)
        self.add_event_handler("disconnected", self._went_down)
        self.add_event_handler("connection_failed", self._could_not_connect)

    # -- in

    def init_parser(self) -> None:
        """Read a new stream."""
        super().init_parser()
        self._stream = StreamParser(self._largest)

    def data_received(self, data: bytes | str) -> None:
        """Read what came. slixmpp would write it all to the log if it could not be read."""
        stream, is_xml = self._stream, True
        try:
            stream.feed(data.encode() if isinstance(data, str) else data)
        except MalformedStream as error:
            log.error("the XMPP server sent what is no XML (%s)", error.__cause__)
            is_xml = False
        head = stream.head()
        if head is not None:
            self.start_stream_handler(head)  # type: ignore[no-untyped-call]
        for found in stream.stanzas():
            self._take(found)
        if stream.has_ended or not is_xml:
            self.abort()

    def _take(self, found: Found) -> None:
        """Hand a stanza to the inlet without making an object of it; leave the rest of the stream to slixmpp."""
        xml = found.xml
        if xml.tag in _STANZAS:
            try:
                self._inlet.take(xml, found.is_too_large)
            except Exception:  # anything that gets out of here ends the stream
                log.exception("a stanza could not be taken in")
        elif xml.tag == _STREAM_ERROR:
            self._stream_error(name_of(xml[0]) if len(xml) else "undefined-condition")
        else:
            xml.tag = xml.tag.replace(CLIENT, STREAM)
            self._spawn_event(xml)

    # -- out

    async def write(self, data: bytes) -> None:
        """Write to the host, once the stream is up and it has room: a slow or absent host slows the channels down."""
        while (transport := self._open_transport()) is None or not self._writable.is_set():
            await self._ready.wait()
            await self._writable.wait()
            if transport is None and self._open_transport() is None:
                await asyncio.sleep(0.01)  # it is just going down, and nobody has said so yet
        transport.write(data)

    def _open_transport(self) -> asyncio.Transport | None:
        """What to write to, while the stream is up."""
        transport = self.transport if self._ready.is_set() else None
        return None if transport is None or transport.is_closing() else transport

    def pause_writing(self) -> None:
        """asyncio's word that the buffer is full."""
        self._writable.clear()

    def resume_writing(self) -> None:
        """asyncio's word that there is room again."""
        self._writable.set()

    # -- up and down

    @property
    def is_up(self) -> bool:
        """Whether the server has accepted us and the stream is open."""
        return self._ready.is_set()

    async def up(self) -> None:
        """Wait until the stream is up."""
        await self._ready.wait()

    async def close(self) -> None:
        """Close the stream and do not come back."""
        self._stopping = True
        self._ready.clear()
        self.cancel_connection_attempt()
        if self.is_connected():
            await self.disconnect(wait=1.0)
        if self._run_out_filters is not None:
            self._run_out_filters.cancel()

    def reschedule_connection_attempt(self) -> asyncio.Future[Any] | None:
        """Try again with growing pauses, but never after more than a quarter of a minute."""
        if self._stopping:
            return None
        self._connect_loop_wait = min(self._connect_loop_wait, LONGEST_WAIT)
        again: asyncio.Future[Any] | None = super().reschedule_connection_attempt()
        return again

    def _went_up(self, _: object) -> None:
        log.info("connected to %s:%s as %s", self.server_host, self.server_port, self.boundjid.bare)
        self._was_up = True
        if self.transport is not None:
            self.transport.set_write_buffer_limits(high=HIGH_WATER)
        self._ready.set()
        self.on_up()

    def _went_down(self, reason: object) -> None:
        was_ready = self._ready.is_set()
        self._ready.clear()
        self._writable.set()
        if self._stopping or self.refused.done():
            return
        if was_ready:
            log.warning("the stream to the XMPP server is down; connecting again")
        asyncio.get_running_loop().call_later(1.0, self._connect_again)

    def _connect_again(self) -> None:
        if not self._stopping and not self.is_connected() and not self.is_connecting():
            self.connect()

    def _could_not_connect(self, reason: object) -> None:
        log.warning("no XMPP server at %s:%s; trying again", self.server_host, self.server_port)

    def _stream_error(self, condition: str) -> None:
        log.error("the XMPP server closed the stream: %s", condition)
        final = condition == "conflict" or (condition in _HOPELESS and not self._was_up)
        if final and not self.refused.done():
            sentence, hint = _HOPELESS[condition]
            self.refused.set_result(LoginRefused(sentence.format(domain=self.boundjid.bare), hint))
