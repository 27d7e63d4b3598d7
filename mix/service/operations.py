"""What the command line does: serve, check, and say who somebody is."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Coroutine
from typing import Any, TypeVar

import uvloop

from mix.service.answers import CheckResult, WhoisAnswer
from mix.service.decisions import rules_of
from mix.service.failures import Failure
from mix.service.scraping import readable
from mix.service.settings import Settings
from mix.service.streams import Streams, component_for, refused
from mix.service.tuning import tune
from mix.service.wiring import Service
from mix.shell.claim import claim
from mix.shell.database import Database, StorageProblem, open_database
from mix.shell.inlet import Inlet
from mix.shell.problems import NothingThere, place_of
from mix.shell.whois import whois as look_up

T = TypeVar("T")


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


async def _serve(settings: Settings) -> None:
    tune()
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
    results = [await _check_login_of(settings, domain) for domain in Streams(rules_of(settings)).domains]
    return next(
        (result for result in results if not result.ok),
        CheckResult("login", True, "; ".join(result.detail for result in results)),
    )


async def _check_login_of(settings: Settings, domain: str) -> CheckResult:
    inlet = Inlet(frozenset({domain}), [], put=lambda *_: True, answer=lambda *_: None, resolve=lambda _: False)
    trial = component_for(settings, domain, inlet)
    up = asyncio.ensure_future(trial.up())
    ends: list[asyncio.Future[Any]] = [up, trial.refused]
    trial.connect()
    await asyncio.wait(ends, timeout=5.0, return_when=asyncio.FIRST_COMPLETED)
    place = f"{domain} at {settings.component.host}:{settings.component.port}"
    try:
        if trial.refused.done():
            failure = refused(trial.refused.result())
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
