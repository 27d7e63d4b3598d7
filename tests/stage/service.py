"""The service on stage: real faces, core, turns and postman over a dictionary, with a clock that stands still."""

from __future__ import annotations

import importlib
from collections.abc import Awaitable, Coroutine, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar
from xml.etree.ElementTree import Element, fromstring, tostring

from mix.core.channel import Channel
from mix.core.closing import ShutdownOrdered
from mix.core.commands import Command
from mix.core.operating import Wished
from mix.core.ports import Change, Face, Rules
from mix.core.refusals import StorageFailed
from mix.core.registry import OfService
from mix.desk import face as desk
from mix.shell.alarms import Alarms
from mix.shell.dictionary import DictRepository
from mix.shell.farewell import Farewell
from mix.shell.inlet import Inlet
from mix.shell.mailboxes import Post, Slot
from mix.shell.metrics import Tally
from mix.shell.pace import Pace
from mix.shell.postman import Postman
from mix.shell.retention import Retention
from mix.shell.streaming import StreamParser
from mix.shell.turn import Turn
from pubsubnodes.addresses import RealJid
from pubsubnodes.stanza import Inbound, Replay, Stanza
from pubsubnodes.xml import CLIENT, STREAM
from tests.stage import patterns
from tests.stage.eavesdropper import Eavesdropper
from tests.stage.people import Person, Received
from tests.stage.proofreader import mistakes
from tests.stage.world import Clock, LoadedDice

T = TypeVar("T")
DOMAIN = "mix.shakespeare.example"
LOCAL = "shakespeare.example"
BOTH = ("mix.face", "muccompat")


def at_once(coroutine: Coroutine[None, None, T]) -> T:
    """Run a coroutine that waits for nothing, without an event loop; it may let others have their turn."""
    try:
        while coroutine.send(None) is None:
            pass
    except StopIteration as done:
        value: T = done.value
        return value
    coroutine.close()
    raise AssertionError("on stage nothing may wait")


@dataclass(slots=True, eq=False)
class Wire:
    """The component's stream, up to the host: splits what is written and delivers it."""

    service: Service
    domain: str

    async def write(self, data: bytes) -> None:
        """Deliver stanzas to the people they are for; a host closes the stream on another domain's (XEP-0114 §3)."""
        for stanza in fromstring(f'<stream xmlns="{CLIENT}">{data.decode()}</stream>'):
            speaks = stanza.get("from", "").partition("/")[0].rpartition("@")[2]
            assert speaks == self.domain, f"{speaks} spoke on the stream of {self.domain}"
            self.service.deliver(tostring(stanza, encoding="unicode"))


class Recorder:
    """Writes changes down at once; fails when a test wants it to."""

    def __init__(self, repository: DictRepository) -> None:
        self._repository = repository
        self.failures = 0

    async def submit(self, change: Change) -> Awaitable[None]:
        """Have a change recorded when the outcome is asked for."""
        return self.commit(change)

    async def commit(self, change: Change) -> None:
        """Record, or fail as a full disk does."""
        if self.failures:
            self.failures -= 1
            raise StorageFailed()
        await self._repository.commit([change])


class Service:
    """A service with people around it. `{service}`, `{hecate}` and `{hecate.phone}` are known in all XML."""

    def __init__(
        self,
        *,
        faces: Sequence[str] = BOTH,
        domain: str = DOMAIN,
        pace: tuple[float, float] | None = None,
        **rules: object,
    ) -> None:
        self.domain = domain
        self.clock = Clock()
        self.dice = LoadedDice()
        self.known: patterns.Bindings = {"service": domain}
        self.people: dict[str, Person] = {}
        local = {"local_domains": frozenset({LOCAL}), **rules}
        self.rules = Rules(domain=domain, **local)  # type: ignore[arg-type]  # a test's own business
        self.storage = DictRepository(self.rules.operators)
        self.recorder = Recorder(self.storage)
        self.faces = faces
        self.pace = Pace(*pace, lambda: self.clock.now.timestamp()) if pace is not None else None
        self.tally = Tally()
        self.slots: dict[str, Slot] = {}
        self.eavesdropper = Eavesdropper(self)
        self.strays: list[str] = []
        """Stanzas to nobody we know."""
        self._later: list[OfService] = []
        self.closes_at: datetime | None = None
        """When the service stops for good, once that has been said."""
        self.misprints: list[str] = []
        """What the proofreader found wrong."""
        self.restarts()

    # -- people

    def person(self, name: str, domain: str = LOCAL) -> Person:
        """Somebody with an account, the same one each time."""
        jid = f"{name}@{domain}"
        if jid not in self.people:
            someone = self.people[jid] = Person(self, name, domain)
            self.known |= {name: jid, f"{name}.phone": someone.phone.jid, f"{name}.laptop": someone.laptop.jid}
        return self.people[jid]

    def is_silent(self) -> None:
        """Assert that nobody has anything left to read."""
        __tracebackhide__ = True
        for someone in self.people.values():
            someone.receives_nothing()
        assert not self.strays, "stanzas to strangers:\n" + "\n".join(self.strays)

    def everybody_forgets(self) -> None:
        """Look away from all inboxes."""
        for someone in self.people.values():
            someone.forgets()

    # -- the service

    def restarts(self) -> None:
        """Stop and start: memory is gone, storage is not."""
        faces: list[Face] = []
        for name in self.faces:
            faces.append(importlib.import_module(name).face(self.rules, faces))
        self.slots.clear()
        domains = [self.domain, *([self.rules.room_domain] if self.rules.room_domain else [])]
        self._postman = Postman(Wire(self, domains[0]), {domain: Wire(self, domain) for domain in domains[1:]})
        self._inlet = Inlet(
            frozenset(domains),
            faces,
            put=self._put,
            answer=self._answer,
            resolve=lambda inbound: False,
            pace=self.pace,
            tally=self.tally,
        )
        self._stream = StreamParser()
        self._stream.feed(f"<stream xmlns='{STREAM}'>".encode())
        self._turn = Turn(
            [desk(self.rules), *faces],
            self.rules,
            repository=self.storage,
            recorder=self.recorder,
            sender=self._postman,
            clock=lambda: self.clock.now,
            dice=self.dice,
            wait=lambda name, when: self._alarms.set(name, when),
            heed=self._later.append,
        )
        at_once(self._turn.load())
        self._alarms = Alarms(self.storage, self._put, lambda: self.clock.now, self.rules)
        at_once(self._alarms.load())

    def channel(self, name: str) -> Channel | None:
        """A channel as it is in memory, for invariants and for the eavesdropper; tests read stanzas."""
        slot = self.slots.get(name)
        return slot.channel if slot is not None else None

    def _id_of(self, someone: Person, about: Element) -> str | None:
        """Somebody's occupant-id in the room a stanza is from."""
        channel = self.channel(about.get("from", "").partition("@")[0])
        return channel.id_of(someone.real) if channel is not None else None

    def take(self, sender: str, xml: str, *, to: str) -> None:
        """Hand a stanza to the service as a host does: `from` stamped, `to` set."""
        self._stream.feed(patterns.stamped(patterns.fill(xml, self.known), sender, to).encode())
        for found in self._stream.stanzas():
            self._inlet.take(found.xml, found.is_too_large)

    def time_passes(self, seconds: float) -> None:
        """Let time pass, and what is due happen."""
        self.clock.advance(seconds)
        self._alarms.ring()
        if self.closes_at is not None and self.closes_at <= self.clock.now:
            self.closes_at = None
            self.ends_for_good()

    def ends_for_good(self) -> None:
        """End all visits, as a service does that will not come back."""
        at_once(Farewell(self.storage, self._put, lambda: self.clock.now, RealJid.parse(self.domain)).say())

    def keeps(self, most: int | None = None, age: timedelta | None = None) -> None:
        """Trim the archives, as happens now and then."""
        at_once(Retention(self.storage, lambda: self.clock.now, self._reread, most=most, age=age).look())

    def _reread(self, name: str) -> None:
        if name in self.slots:
            self.slots[name].is_stale = True

    def wishes(self, name: str, command: Command) -> None:
        """Let the service itself want something of a channel, as its timers do."""
        self._put(name, command)

    def _put(self, name: str, post: Post) -> bool:
        self.clock.advance(0.001)
        slot = self.slots.setdefault(name, Slot(name))
        with self.eavesdropper.listening(slot):
            at_once(self._turn.work(slot, [post]))
            while slot.flight is not None:
                at_once(self._turn.work(slot, ()))
        while self._later:
            self._heeds(self._later.pop(0))
        return True

    def _heeds(self, event: OfService) -> None:
        """Do what the service has to do itself."""
        match event:
            case Wished(of, wish):
                self._put(of.local, wish)
            case ShutdownOrdered(at):
                self.closes_at = at

    def _answer(self, inbound: Inbound, stanza: Stanza) -> None:
        with self.eavesdropper.listening(Slot("")):
            at_once(self._postman.send([Replay([stanza], inbound.sender)]))

    def deliver(self, raw: str) -> None:
        """Put a stanza into the inbox of whoever it is for."""
        xml = fromstring(raw)
        to = xml.get("to", "")
        someone = self.people.get(to.partition("/")[0])
        if someone is None or to not in (someone.jid, someone.phone.jid, someone.laptop.jid):
            self.strays.append(raw)
            return
        if xml.get("type") == "groupchat" and xml.find("{urn:xmpp:mix:core:1}mix") is not None:
            is_marked = xml.find(patterns.FOR_SERVERS) is not None
            assert is_marked is (to == someone.jid), f"a copy that servers or clients take amiss:\n{raw}"
        self.misprints += [f"{wrong}:\n{raw}" for wrong in mistakes(xml, self._id_of(someone, xml))]
        someone.inbox.append(Received(to, raw, xml))
        self.eavesdropper.hears(someone, raw)
