"""Puts the parts together. The only module that knows everyone; faces are imported by the names in the settings."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import importlib
import logging
import signal
import sys
import time
from collections.abc import Coroutine, Mapping
from typing import Any, TypeVar, final

import uvloop

from mix.core.addresses import ServiceJid
from mix.core.closing import ShutdownOrdered
from mix.core.operating import Wished
from mix.core.ports import Face, Rules
from mix.core.refusals import StorageFailed
from mix.core.registry import OfService
from mix.desk import face as desk
from mix.service.answers import CheckResult, WhoisAnswer
from mix.service.decisions import hours, rules_of
from mix.service.failures import ConfigError, Failure
from mix.service.scraping import readable
from mix.service.settings import Settings
from mix.shell import clock, errands
from mix.shell.alarms import Alarms
from mix.shell.answers import Answers
from mix.shell.claim import claim
from mix.shell.committer import GroupCommitter
from mix.shell.component import Component, LoginRefused
from mix.shell.database import Database, StorageProblem, open_database
from mix.shell.farewell import Farewell
from mix.shell.ghosts import Ghosts
from mix.shell.inlet import Inlet
from mix.shell.mailboxes import Mailboxes
from mix.shell.metrics import Metrics, Tally
from mix.shell.pace import Pace
from mix.shell.postman import Postman
from mix.shell.probes import Probes
from mix.shell.problems import NothingThere, place_of
from mix.shell.repository import SqlRepository
from mix.shell.requests import Requests
from mix.shell.retention import Retention
from mix.shell.servers import Servers
from mix.shell.turn import Turn
from mix.shell.whois import whois as look_up
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


def serve(settings: Settings) -> None:
    """Run the service until SIGINT or SIGTERM. Raises `Failure` for what an operator has to mend."""
    _run(_serve(settings))


def check(settings: Settings) -> list[CheckResult]:
    """Look whether the database and the login at the XMPP server are in order."""
    return _run(_check(settings))


def whois(settings: Settings, channel: str, who: str, asked_by: str) -> list[WhoisAnswer]:
    """Who is behind an id, a nick or a JID in a channel; every answer is written to the audit table first."""
    return _run(_whois(settings, channel, who, asked_by))


def _run(main: Coroutine[Any, Any, T]) -> T:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(main)


async def _open(settings: Settings, *, migrate: bool = False) -> Database:
    try:
        return await open_database(settings.database.driven_url, migrate=migrate)
    except StorageProblem as problem:
        raise Failure(problem.sentence, problem.hint) from problem


def _tune_the_interpreter() -> None:
    """Channels hold many small objects that live long: looked at seldom, they cost loading and turns little.

    Loading 10,000 participants takes half the time; cycles are still found, in larger rounds. And the thread that
    writes gives the interpreter away at each row: for as long as it waits to get it back, commits last longer.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    sys.setswitchinterval(0.0005)


async def _serve(settings: Settings) -> None:
    _tune_the_interpreter()
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    database = await _open(settings, migrate=True)
    try:
        async with claim(database) as claimed:
            if not claimed:
                raise Failure(
                    "Another mixd is running on this database.",
                    "One process serves a database. Stop the other one, or give this one a database of its own.",
                )
            async with asyncio.TaskGroup() as tasks:
                service = Service(settings, database, tasks)
                asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, service.close)
                with readable(service.metrics, settings.metrics.port):
                    await service.run(stop)
    finally:
        await database.close()


class Service:
    """The running service: every part, wired."""

    def __init__(self, settings: Settings, database: Database, tasks: asyncio.TaskGroup) -> None:
        rules = rules_of(settings)
        faces = faces_of(settings, rules)
        repository = SqlRepository(database, rules.operators)
        self._tasks = tasks
        self._posts = 0
        self._committer = GroupCommitter(repository)
        self._streams = _Streams(rules)
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
            largest=settings.limits.max_stanza_bytes,
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
        for refused in refusals:
            if refused.done():
                raise _refused(refused.result())

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


@final
class _Streams:
    """The component's stream, or one for each of two mirrored domains: a host takes from each what its domain says."""

    def __init__(self, rules: Rules) -> None:
        self.domains = [rules.domain, *([rules.room_domain] if rules.room_domain is not None else [])]
        self._by_domain: dict[str, Component] = {}
        self.main = _Stream(self._by_domain, rules.domain)
        self.others = {domain: _Stream(self._by_domain, domain) for domain in self.domains[1:]}

    def components(self, settings: Settings, inlet: Inlet) -> list[Component]:
        """The components, once there is somewhere for their stanzas to go."""
        self._by_domain.update((domain, _component(settings, domain, inlet)) for domain in self.domains)
        return list(self._by_domain.values())


@final
class _Stream:
    """The postman's wire to one domain's component, which comes to be after the postman."""

    def __init__(self, components: Mapping[str, Component], domain: str) -> None:
        self._components = components
        self._domain = domain

    async def write(self, data: bytes) -> None:
        """Write, once the stream is up and the host has room for more."""
        await self._components[self._domain].write(data)


def _pace(settings: Settings) -> Pace | None:
    """What one account may send; None where nobody counts."""
    limits = settings.limits
    return Pace(limits.rate, limits.burst, time.monotonic) if limits.rate else None


def _component(settings: Settings, domain: str, inlet: Inlet) -> Component:
    how = settings.component
    return Component(domain, how.secret.get_secret_value(), how.host, how.port, inlet)


def _refused(refused: LoginRefused) -> Failure:
    return Failure(str(refused), refused.hint)


async def _check(settings: Settings) -> list[CheckResult]:
    url = settings.database.driven_url
    try:
        database = await open_database(url, migrate=False)
    except NothingThere as new:
        return [CheckResult("database", True, f"{new.sentence} {new.hint}"), await _check_login(settings)]
    except StorageProblem as problem:
        # A service may be running on it all the same, and a second login would throw it out.
        login = CheckResult("login", False, "not tried, because of the database")
        return [CheckResult("database", False, problem.sentence, problem.hint), login]
    try:
        async with claim(database) as claimed:
            # Hosts let the newest in and throw the older out.
            login = (
                await _check_login(settings) if claimed else CheckResult("login", True, "by the mixd that is running")
            )
            return [CheckResult("database", True, place_of(url)), login]
    finally:
        await database.close()


async def _check_login(settings: Settings) -> CheckResult:
    results = [await _check_login_of(settings, domain) for domain in _Streams(rules_of(settings)).domains]
    return next(
        (result for result in results if not result.ok),
        CheckResult("login", True, "; ".join(result.detail for result in results)),
    )


async def _check_login_of(settings: Settings, domain: str) -> CheckResult:
    inlet = Inlet(frozenset({domain}), [], put=lambda *_: True, answer=lambda *_: None, resolve=lambda _: False)
    trial = _component(settings, domain, inlet)
    up = asyncio.ensure_future(trial.up())
    ends: list[asyncio.Future[Any]] = [up, trial.refused]
    trial.connect()
    await asyncio.wait(ends, timeout=5.0, return_when=asyncio.FIRST_COMPLETED)
    place = f"{domain} at {settings.component.host}:{settings.component.port}"
    try:
        if trial.refused.done():
            failure = _refused(trial.refused.result())
            return CheckResult("login", False, failure.sentence, failure.hint)
        if not up.done():
            return CheckResult(
                "login", False, f"No XMPP server answers as {place}.", "Is it running, and is its component port open?"
            )
        return CheckResult("login", True, place)
    finally:
        up.cancel()
        await trial.close()


async def _whois(settings: Settings, channel: str, who: str, asked_by: str) -> list[WhoisAnswer]:
    database = await _open(settings)
    try:
        found = await look_up(database, channel, who, asked_by=asked_by)
    except StorageProblem as problem:
        raise Failure(problem.sentence, problem.hint) from problem
    finally:
        await database.close()
    return [WhoisAnswer(one.id, one.nick, one.jid.text, one.state, one.joined, one.left) for one in found]
