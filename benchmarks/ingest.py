"""Durable ingest: every message is on disk before it is reflected; one recipient, messages in flight."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from benchmarks import postgres
from benchmarks.crowd import IN_FLIGHT, Speaker, fill
from benchmarks.lab import Lab, Outcome, Reading, spread
from benchmarks.measure import StageSkipped
from benchmarks.script import Muc


async def run(lab: Lab) -> Outcome:
    """SQLite as mixd sets it up (WAL, synchronous=FULL), and PostgreSQL where there is one."""
    rows: list[tuple[str, ...]] = []
    found: list[Reading] = []
    notes: list[str] = []
    for title, storage in (("SQLite", sqlite), ("PostgreSQL", postgres.server)):
        lab.say(f"durable ingest: {title}")
        try:
            async with lab.workdir() as workdir, storage(workdir) as url:
                rates, cpu = await measure(lab, workdir, url, title.lower())
        except StageSkipped as reason:
            notes.append(f"{title} was left out: {reason}.")
            continue
        rows.append((title, spread(rates, "{:,.0f}"), spread(cpu, "{:.0f}")))
        found.append(Reading(f"ingest.{title.lower()}", tuple(rates)))
    return Outcome(
        f"Durable ingest, {IN_FLIGHT} messages in flight, one recipient",
        ("database", "messages/s", "CPU µs a message"),
        tuple(rows),
        tuple(found),
        tuple(notes),
    )


@asynccontextmanager
async def sqlite(workdir: Path) -> AsyncIterator[str]:
    """The default database, beside the configuration."""
    yield ""


async def measure(lab: Lab, workdir: Path, url: str, title: str) -> tuple[list[float], list[float]]:
    """Messages a second and processor time a message, run by run."""
    rates: list[float] = []
    cpu: list[float] = []
    script = Muc()
    async with lab.subject(workdir, url, profiled_as=f"ingest.{title}") as component:
        await fill(component.acceptor, script, "coven", 1)
        speaker = Speaker(component.acceptor, script.place("coven"), 1)
        await speaker.speak(0.3)
        for _ in range(lab.runs):
            before = component.cpu_seconds()
            flow = await speaker.speak(lab.seconds)
            rates.append(flow.messages_a_second)
            cpu.append(1e6 * (component.cpu_seconds() - before) / flow.messages)
    return rates, cpu
