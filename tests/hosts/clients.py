"""People with devices: slixmpp clients, both MIX and MUC clients, that remember all they receive."""

import asyncio
import secrets
import xml.etree.ElementTree as ET
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Protocol
from xml.sax.saxutils import escape, quoteattr

from slixmpp import JID, ClientXMPP
from slixmpp.exceptions import IqError

from mix.shell.streaming import WholeTags

from .processes import PAUSE, until
from .prosody import COMPONENT, DOMAIN, PASSWORD
from .received import INFO, MESSAGES, NS, PARTICIPANTS, PRESENCE, Predicate, Received

PLUGINS = (
    "xep_0030",
    "xep_0045",
    "xep_0059",
    "xep_0060",
    "xep_0115",
    "xep_0199",
    "xep_0203",
    "xep_0297",
    "xep_0313",
    "xep_0359",
    "xep_0369",
    "xep_0403",
    "xep_0404",
    "xep_0405",
)


class Refused(Exception):
    """The service answered with an error."""

    def __init__(self, condition: str, answer: Received) -> None:
        super().__init__(condition)
        self.condition = condition
        self.answer = answer


@dataclass(frozen=True)
class Joined:
    """The answer to a MIX join."""

    id: str
    nick: str | None
    nodes: frozenset[str]
    preferences: dict[str, str]


@dataclass(frozen=True)
class Entry:
    """All that a room sent on entering, in its order."""

    stanzas: list[Received]

    @property
    def order(self) -> list[str]:
        """The kinds, repetitions folded: others, self, history, subject is right."""
        kinds: list[str] = []
        for stanza in self.stanzas:
            if stanza.kind == "presence":
                kind = "self" if 110 in stanza.codes else "others"
            else:
                kind = "history" if stanza.is_history else "subject" if stanza.is_subject else "live"
            if kinds[-1:] != [kind]:
                kinds.append(kind)
        return kinds

    @property
    def own(self) -> Received:
        return next(stanza for stanza in self.stanzas if 110 in stanza.codes)

    @property
    def others(self) -> list[Received]:
        return [stanza for stanza in self.stanzas if stanza.kind == "presence" and 110 not in stanza.codes]

    @property
    def history(self) -> list[Received]:
        return [stanza for stanza in self.stanzas if stanza.is_history]


class _Client(ClientXMPP):
    """A slixmpp client that shows each stanza to its device before anything else does."""

    def __init__(self, device: "Device") -> None:
        # No TLS on loopback: slixmpp wants to be told so twice.
        without_tls = {"feature_mechanisms": {"unencrypted_scram": True}}
        super().__init__(device.jid, PASSWORD, plugin_config=without_tls)
        self.enable_plaintext, self.enable_starttls, self.enable_direct_tls = True, False, False
        self.__device = device
        self.__whole = WholeTags()
        for plugin in PLUGINS:
            self.register_plugin(plugin)

    def data_received(self, data: bytes | str) -> None:
        # slixmpp's parser may wait for more, too, where a tag comes in parts.
        super().data_received(self.__whole.of(data.encode() if isinstance(data, str) else data))

    def incoming_filter(self, xml: ET.Element) -> ET.Element:
        self.__device.remember(xml)
        return xml


class Device:
    """One device of a person. Its resource is random, so that it can be recognised wherever it turns up."""

    def __init__(self, person: "Person", name: str, port: int) -> None:
        self.name = name
        self.resource = f"{name}-{secrets.token_hex(5)}"
        self.jid = f"{person.jid}/{self.resource}"
        self.received: list[Received] = []
        self._port = port
        self._client: _Client | None = None
        self._claimed: set[int] = set()
        self._news = asyncio.Condition()

    # --- the connection

    @property
    def client(self) -> Any:
        """slixmpp's client with its plugins, for what they can do."""
        assert self._client is not None, f"{self.name} is not logged in"
        return self._client

    async def log_in(self) -> None:
        """Connect, authenticate, and tell the server that we are there."""
        client = _Client(self)
        online = asyncio.Event()
        client.add_event_handler("session_start", lambda _: online.set())
        client.connect("127.0.0.1", self._port)
        await asyncio.wait_for(online.wait(), 15)
        self._client = client
        client.send_presence()

    async def log_out(self) -> None:
        """Say goodbye and close the stream."""
        if self._client is not None:
            client, self._client = self._client, None
            with suppress(TimeoutError):
                await asyncio.wait_for(client.disconnect(wait=2.0), 5)
            await until("the client has closed its connection", lambda: client.transport is None, within=5)

    async def vanish(self) -> None:
        """Lose the TCP connection without a word."""
        client, self._client = self.client, None
        client.abort()
        await until("the connection is lost", lambda: client.transport is None, within=5)

    def remember(self, xml: ET.Element) -> None:
        """Note a stanza, before slixmpp does anything with it."""
        copy = ET.fromstring(ET.tostring(xml))
        if copy.tag.partition("}")[2] in ("message", "presence", "iq"):
            self.received.append(Received(copy, len(self.received)))

    # --- looking

    async def sees(self, what: Predicate, *, within: float = 10.0) -> Received:
        """Wait for a stanza, or take one that has come but that no earlier look has taken."""
        found: list[Received] = []

        def is_here() -> bool:
            found.extend(self._unclaimed(what)[:1])
            return bool(found)

        try:
            await until(f"{self.name} sees it", is_here, within=within)
        except TimeoutError as missing:
            recent = "\n".join(stanza.text for stanza in self.received[-12:])
            raise AssertionError(f"{missing}. Its last stanzas:\n{recent}") from None
        self._claimed.add(found[0].index)
        return found[0]

    async def never_sees(self, what: Predicate, *, before: Predicate) -> None:
        """Nothing of the kind comes until something that must come later has come."""
        end = await self.sees(before)
        seen = [stanza.text for stanza in self._unclaimed(what) if stanza.index < end.index]
        assert not seen, f"{self.name} saw what it should not have seen:\n" + "\n".join(seen)

    def _unclaimed(self, what: Predicate) -> list[Received]:
        return [stanza for stanza in self.received if stanza.index not in self._claimed and what(stanza)]

    # --- asking

    async def ask(self, to: str, payload: str, *, kind: str = "set", within: float = 10.0) -> Received:
        """Send an IQ and return the answer; an error is raised as Refused."""
        iq: Any = self.client.make_iq(ito=JID(to), itype=kind)
        iq.append(ET.fromstring(payload))
        try:
            answer = await iq.send(timeout=within)
        except IqError as error:
            refusal = Received(error.iq.xml)
            raise Refused(refusal.condition or "undefined-condition", refusal) from None
        return Received(answer.xml)

    async def items(self, channel: str, node: str) -> dict[str, ET.Element]:
        """The items of a node, by id (XEP-0060 §6.5)."""
        answer = await self.ask(channel, f"<pubsub xmlns='{NS['ps']}'><items node='{node}'/></pubsub>", kind="get")
        return {found.get("id", ""): found for found in answer.all("ps:pubsub/ps:items/ps:item")}

    async def archive(self, channel: str, *, page: int = 50, after: str | None = None) -> list["Archived"]:
        """The archive from a point on to its end, page by page (XEP-0313 §4.3)."""
        found: list[Archived] = []
        while True:
            window = f"<after>{after}</after>" if after else ""
            some, complete = await self.archive_page(channel, page, window)
            found += some
            if complete:
                return found
            assert some, "an empty page that is not the last"
            after = some[-1].id

    async def archive_page(self, channel: str, size: int, window: str = "") -> tuple[list["Archived"], bool]:
        """One page, and whether it says that nothing is beyond it."""
        query = secrets.token_hex(4)
        mark = len(self.received)
        answer = await self.ask(
            channel,
            f"<query xmlns='{NS['mam']}' queryid='{query}'>"
            f"<set xmlns='{NS['rsm']}'><max>{size}</max>{window}</set></query>",
            within=30,
        )
        path = f"mam:result[@queryid='{query}']"
        # What comes behind the answer does not count: results MUST come first (XEP-0313 §4).
        end = next(seen.index for seen in self.received[mark:] if seen.kind == "iq" and seen.id == answer.id)
        results = [found for seen in self.received[mark:end] if (found := seen.find(path)) is not None]
        return [Archived.of(result) for result in results], answer.attribute("mam:fin", "complete") == "true"

    # --- as a MIX client

    async def create_channel(self, name: str) -> str:
        """Make a channel with slixmpp's helper, and return its JID (XEP-0369 §7.3.2)."""
        given = await self.client.plugin["xep_0369"].create_channel(JID(COMPONENT), name)
        return f"{given}@{COMPONENT}"

    async def join(
        self,
        channel: str,
        nick: str,
        *,
        visibility: str | None = None,
        nodes: tuple[str, ...] = (MESSAGES, PARTICIPANTS, PRESENCE, INFO),
    ) -> Joined:
        """Join from the full JID, as a client does whose server knows no PAM (XEP-0369 §7.1.2)."""
        form = (
            ""
            if visibility is None
            else (
                f"<x xmlns='{NS['x']}' type='submit'>"
                f"<field var='FORM_TYPE' type='hidden'><value>{NS['anon']}</value></field>"
                f"<field var='JID Visibility'><value>{visibility}</value></field></x>"
            )
        )
        subscriptions = "".join(f"<subscribe node='{node}'/>" for node in nodes)
        answer = await self.ask(
            channel, f"<join xmlns='{NS['mix']}'><nick>{escape(nick)}</nick>{subscriptions}{form}</join>"
        )
        return Joined(
            id=answer.attribute("mix:join", "id") or "",
            nick=answer.words("mix:join/mix:nick"),
            nodes=frozenset(found.get("node", "") for found in answer.all("mix:join/mix:subscribe")),
            preferences={
                found.get("var", ""): found.findtext("x:value", "", NS) for found in answer.all("mix:join/x:x/x:field")
            },
        )

    async def leave(self, channel: str) -> Received:
        """Stop being a participant (XEP-0369 §7.1.3)."""
        return await self.ask(channel, f"<leave xmlns='{NS['mix']}'/>")

    def share_presence(self, channel: str) -> None:
        """Be present in the channel as a MIX client (XEP-0403 §4)."""
        self.client.send_presence(pto=JID(channel))

    def say(self, channel: str, body: str) -> str:
        """Send a message to the channel; the same from both kinds of clients. Returns its id."""
        stanza = self.client.make_message(mto=JID(channel), mbody=body, mtype="groupchat")
        stanza["id"] = stanza["origin_id"]["id"] = f"say-{secrets.token_hex(6)}"
        stanza.send()
        return str(stanza["id"])

    # --- as a MUC client

    async def enter(self, room: str, nick: str, *, history: str = "", within: float = 10.0) -> Entry:
        """Enter a room and wait for the subject that ends it all (XEP-0045 §7.2)."""
        mark = len(self.received)
        self.send_presence(f"{room}/{nick}", f"<x xmlns='{NS['muc']}'>{history}</x>")
        while True:
            ours = [seen for seen in self.received[mark:] if seen.sender_bare == room]
            for place, seen in enumerate(ours):
                if seen.kind == "presence" and seen.type == "error":
                    raise Refused(seen.condition or "undefined-condition", seen)
                if seen.is_subject:
                    self._claimed |= {stanza.index for stanza in ours[: place + 1]}
                    return Entry(ours[: place + 1])
            within -= PAUSE
            assert within > 0, "no subject came after: " + "\n".join(seen.text for seen in ours)
            await asyncio.sleep(PAUSE)

    def send_presence(self, to: str, payload: str = "", *, kind: str | None = None) -> None:
        """Send presence to one address."""
        kind_attribute = f" type='{kind}'" if kind else ""
        self.client.send_raw(f"<presence to={quoteattr(to)}{kind_attribute}>{payload}</presence>")

    async def unlock(self, room: str) -> None:
        """Accept the default configuration of a new room (XEP-0045 §10.1.2)."""
        await self.ask(
            room, f"<query xmlns='http://jabber.org/protocol/muc#owner'><x xmlns='{NS['x']}' type='submit'/></query>"
        )


@dataclass(frozen=True)
class Archived:
    """One message of an archive."""

    id: str
    message: Received
    stamp: str

    @classmethod
    def of(cls, result: ET.Element) -> "Archived":
        forwarded = result.find("forward:forwarded", NS)
        assert forwarded is not None
        inner, delay = forwarded.find("c:message", NS), forwarded.find("delay:delay", NS)
        assert inner is not None
        assert delay is not None
        return cls(result.get("id", ""), Received(inner), delay.get("stamp", ""))


class Listener(Protocol):
    """Any client that remembers what it got."""

    resource: str
    received: list[Received]

    async def log_out(self) -> None:
        """Say goodbye and close the stream."""


@dataclass
class Person:
    """An account with two devices, and perhaps others that run another client."""

    name: str
    port: int
    phone: Device = field(init=False)
    laptop: Device = field(init=False)
    others: list[Listener] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.phone, self.laptop = (Device(self, name, self.port) for name in ("phone", "laptop"))

    @property
    def jid(self) -> str:
        return f"{self.name}@{DOMAIN}"

    @property
    def devices(self) -> tuple[Device, Device]:
        return self.phone, self.laptop

    @property
    def listeners(self) -> tuple[Listener, ...]:
        """Whatever hears what is said to this person."""
        return (*self.devices, *self.others)

    @property
    def secrets(self) -> tuple[str, ...]:
        """What nobody may learn about this person in a hidden channel."""
        return (self.jid, *(listener.resource for listener in self.listeners))

    async def log_in(self) -> None:
        for device in self.devices:
            await device.log_in()

    async def log_out(self) -> None:
        for listener in self.listeners:
            await listener.log_out()


async def every(stanzas: AsyncIterator[Any]) -> list[Any]:
    """All that one of slixmpp's iterators yields."""
    return [stanza async for stanza in stanzas]
