"""The stage: a host, the service behind it, the people of the XEPs, and an eavesdropper in the last row."""

import asyncio
import itertools
from pathlib import Path

from .clients import Device, Person, Refused
from .host import Host
from .nbxmpp_device import NbxmppDevice
from .prosody import COMPONENT, ROOMS
from .received import NS, Received
from .service import Service

PEOPLE = ("hag66", "hecate", "crone1")
LATECOMER = "pistol"


class Stage:
    """Everything one test plays with; `crone1` administers the service."""

    def __init__(self, host: Host, folder: Path, *, rooms: str | None = None) -> None:
        self.host = host
        self.service = Service(folder, port=host.component_port, rooms=rooms)
        self.people: tuple[Person, ...] = tuple(Person(name, host.client_port) for name in PEOPLE)
        self.hag66, self.hecate, self.crone1 = self.people
        self._may_see: set[tuple[str, str]] = set()
        self._open: set[str] = set()
        self._names = itertools.count(1)

    async def begin(self) -> None:
        """Log everybody in, start the service and wait until it answers."""
        if not self.host.program.is_running:  # the last test took it down and did not come to the end
            self.host.start()
        self.host.forget_rosters()
        self.service.start()
        await self.log_in()
        await self.up()

    async def log_in(self) -> None:
        """Everybody comes online with both devices."""
        await asyncio.gather(*(person.log_in() for person in self.people))

    async def go_home(self) -> None:
        """Everybody logs out; who cannot any more, just goes."""
        await asyncio.gather(*(person.log_out() for person in self.people), return_exceptions=True)

    async def up(self, *, within: float = 30.0) -> None:
        """Wait until the service answers through the host."""
        async with asyncio.timeout(within):
            while not await self._answers():
                assert self.service.program.is_running, f"mixd ended:\n{self.service.program.said()[-4000:]}"
                await asyncio.sleep(0.1)

    async def _answers(self) -> bool:
        try:
            await self.crone1.phone.ask(COMPONENT, f"<query xmlns='{NS['info']}'/>", kind="get")
        except Refused as refused:
            if refused.condition != self.host.says_away:
                raise
            return False
        return True

    async def restart(self) -> None:
        """Stop the service in order, start it again, and wait until it answers."""
        assert await self.service.shut_down() == 0
        self.service.start()
        await self.up()

    async def end(self) -> None:
        """Everybody goes home; whatever happened, the service is gone afterwards."""
        try:
            await self.go_home()
        finally:
            self.service.program.stop()

    async def nbxmpp(self, person: Person, name: str) -> NbxmppDevice:
        """One more device of somebody, online, with Gajim's library on it."""
        device = NbxmppDevice(person, name)
        person.others.append(device)
        await device.log_in()
        return device

    async def latecomer(self) -> Person:
        """A fourth person, whom most plays do without."""
        person = Person(LATECOMER, self.host.client_port)
        self.people = (*self.people, person)
        await person.log_in()
        return person

    # --- channels and who may see what

    async def channel(self, owner: Person, name: str = "coven") -> str:
        """A new hidden channel, made by MIX."""
        self.may_see(owner, f"{name}@{COMPONENT}")
        return await owner.phone.create_channel(name)

    async def room(self, owner: Device, person: Person, nick: str, name: str = "coven") -> str:
        """A new room, made by entering, unlocked with its defaults, with its owner inside."""
        room = f"{name}@{COMPONENT}"
        self.may_see(person, room)
        await owner.enter(room, nick)
        await owner.unlock(room)
        return room

    def may_see(self, person: Person, channel: str) -> None:
        """This person owns or administers the channel and may know who is who."""
        self._may_see.add((person.name, channel))

    def is_open(self, channel: str) -> None:
        """The channel shows JIDs to everybody."""
        self._open.add(channel)

    def leaks(self) -> list[str]:
        """Every stanza that told somebody a JID or a resource which was none of their business."""
        return [
            f"{reader.name} learned {secret!r}:\n{stanza.text}"
            for reader in self.people
            if reader is not self.crone1
            for listener in reader.listeners
            for stanza in listener.received
            if self._is_hidden(stanza, reader)
            for other in self.people
            if other is not reader
            for secret in other.secrets
            if secret in stanza.text
        ]

    def _is_hidden(self, stanza: Received, reader: Person) -> bool:
        local, at, domain = stanza.sender_bare.rpartition("@")
        if domain not in (COMPONENT, ROOMS):
            return False  # the host speaks, or another person directly
        channel = f"{local.rpartition('#')[2]}@{COMPONENT}" if at else domain
        return channel not in self._open and (reader.name, channel) not in self._may_see
