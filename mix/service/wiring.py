"""Puts the parts together. The only module that knows everyone; faces are imported by the names in the settings."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import logging
import time
from typing import Any, TypeVar

from mix.core.addresses import ServiceJid
from mix.core.closing import ShutdownOrdered
from mix.core.operating import Wished
from mix.core.ports import Face, Rules
from mix.core.refusals import StorageFailed
from mix.core.registry import OfService
from mix.desk import face as desk
from mix.service.decisions import hours, rules_of
from mix.service.failures import ConfigError, Failure
from mix.service.settings import Settings
from mix.service.streams import Streams, refused
from mix.shell import clock, errands
from mix.shell.alarms import Alarms
from mix.shell.answers import Answers
from mix.shell.committer import GroupCommitter
from mix.shell.database import Database
from mix.shell.farewell import Farewell
from mix.shell.ghosts import Ghosts
from mix.shell.inlet import Inlet
from mix.shell.mailboxes import Mailboxes
from mix.shell.metrics import Metrics, Tally
from mix.shell.pace import Pace
from mix.shell.postman import Postman
from mix.shell.probes import Probes
from mix.shell.repository import SqlRepository
from mix.shell.requests import Requests
from mix.shell.retention import Retention
from mix.shell.servers import Servers
from mix.shell.turn import Turn
from pubsubnodes.addresses import RealJid

log = logging.getLogger(__name__)

T = TypeVar("T")

DRAIN = 10.0
"""Seconds the service takes to finish what it has, when told to stop."""

QUIET = 0.2
"""Seconds without a stanza after which the stream counts as drained."""


def faces_of(settings: Settings, rules: Rules) -> list[Face]:
    """The protocols spoken, in the order of the settings."""
    faces: list[Face] = []
    for name in settings.service.faces:
        try:
            module = importlib.import_module(name)
            make = module.face
        except (ImportError, AttributeError) as error:
            raise ConfigError(
                f"{name} in faces of [service] is no face that can be loaded.",
                'The faces there are: "mix.face", "muccompat".',
            ) from error
        faces.append(make(rules, faces))
    return faces


class Service:
    """The running service: every part, wired."""

    def __init__(self, settings: Settings, database: Database, tasks: asyncio.TaskGroup) -> None:
        rules = rules_of(settings)
        faces = faces_of(settings, rules)
        repository = SqlRepository(database, rules.operators)
        self._tasks = tasks
        self._committer = GroupCommitter(repository)
        self._streams = Streams(rules)
        self._postman = Postman(self._streams.main, self._streams.others)
        self._requests = Requests(self._postman)
        self._servers = Servers(self._requests, ServiceJid(rules.domain), tasks)
        self._answers = Answers(self._postman)
        self._turn = Turn(
            [desk(rules), *faces],
            rules,
            repository=repository,
            recorder=self._committer,
            sender=self._postman,
            clock=clock.now,
            dice=clock.SystemDice(),
            wait=lambda name, when: self._alarms.set(name, when),
            heed=self._heed,
        )
        self._mailboxes = Mailboxes(self._turn.work, tasks, bound=settings.limits.mailbox)
        self._alarms = Alarms(repository, self._mailboxes.put, clock.now, rules)
        tally = Tally()
        inlet = Inlet(
            frozenset(self._streams.domains),
            faces,
            put=self._mailboxes.put,
            answer=self._answers.put,
            resolve=self._requests.resolve,
            pace=_pace(settings),
            tally=tally,
            wants_echo=self._servers.wants_echo,
        )
        limits = settings.limits
        age = hours(24 * limits.archive_days)
        self._retention = Retention(repository, clock.now, self._mailboxes.reread, most=limits.archive or None, age=age)
        self._ghosts = Ghosts(repository, self._requests, self._postman, self._mailboxes.put, rules.room_of)
        self._farewell = Farewell(repository, self._mailboxes.put, clock.now, RealJid.parse(rules.domain))
        self._probes = Probes(repository, self._postman)
        self._looking: asyncio.Task[None] | None = None
        self._components = self._streams.components(settings, inlet)
        for component in self._components:
            component.on_up = self._look_for_ghosts
        self.metrics = Metrics(
            tally,
            loaded=lambda: self._mailboxes.loaded,
            waiting=lambda: self._mailboxes.waiting,
            is_up=lambda: all(component.is_up for component in self._components),
        )

    async def run(self, stop: asyncio.Event) -> None:
        """Serve until told to stop or to close, then finish what is under way. Raises `Failure` if we are refused."""
        try:
            await self._turn.load()
        except StorageFailed as error:
            raise Failure("The database cannot be read.", "The line before this one says why.") from error
        committing = self._tasks.create_task(self._committer.run(), name="committer")
        answering = self._tasks.create_task(self._answers.run(), name="answers")
        ringing = self._tasks.create_task(self._alarms.run(), name="alarms")
        trimming = self._tasks.create_task(self._retention.run(), name="retention")
        stopped = self._tasks.create_task(stop.wait(), name="stop signal")
        closed = self._tasks.create_task(self._farewell.run(), name="farewell")
        for component in self._components:
            component.connect()
        refusals = [component.refused for component in self._components]
        ends: list[asyncio.Future[Any]] = [stopped, closed, *refusals, committing]
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        log.info("stopping")
        ringing.cancel()
        if all(component.is_up for component in self._components):
            await self._drain()
        for task in (self._looking, stopped, closed, trimming, answering, committing):
            if task is not None:
                task.cancel()
        for component in self._components:
            await component.close()
        self._servers.close()
        self._mailboxes.close()
        for end in refusals:
            if end.done():
                raise refused(end.result())

    def close(self) -> None:
        """Stop for good: everybody is told, and has left when it is over (XEP-0045 §11.2)."""
        self._farewell.order(clock.now())

    def _heed(self, event: OfService) -> None:
        """Do what the service itself has to do after something has happened to it."""
        match event:
            case Wished(of, wish):
                self._tasks.create_task(errands.send(self._mailboxes.put, of.local, wish), name="errand")
            case ShutdownOrdered(at):
                self._farewell.order(at)

    async def _drain(self) -> None:
        """Let what has been received come to its end: stanzas in flight would be lost without a bounce."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(DRAIN):
                seen = -1
                while seen != self._mailboxes.taken or not self._mailboxes.is_idle:
                    seen = self._mailboxes.taken
                    await self._mailboxes.drained()
                    await asyncio.sleep(QUIET)

    def _look_for_ghosts(self) -> None:
        if self._looking is not None:
            self._looking.cancel()
        self._looking = self._tasks.create_task(self._look(), name="ghosts")

    async def _look(self) -> None:
        await self._ghosts.look()
        await self._probes.send()


def _pace(settings: Settings) -> Pace | None:
    """What one account may send; None where nobody counts."""
    limits = settings.limits
    return Pace(limits.rate, limits.burst, time.monotonic) if limits.rate else None
