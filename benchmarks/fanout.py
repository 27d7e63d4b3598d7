"""Fan-out alone: a message to N recipients, against a raw write and a naive component in the same run."""

import statistics
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import service
from benchmarks.crowd import IN_FLIGHT, Flow, Speaker, fill
from benchmarks.lab import Lab, Outcome, Reading, spread
from benchmarks.measure import StageFailed, at_most
from benchmarks.script import NEEDLE, SCRIPTS, Script

SIZES = (10, 100, 1000)
LOCALPART = "coven"


@dataclass(slots=True)
class Samples:
    """What the runs of one size gave."""

    ours: list[float] = field(default_factory=list)
    raw: list[float] = field(default_factory=list)
    naive: list[float] = field(default_factory=list)
    of_raw: list[float] = field(default_factory=list)
    times_naive: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    copy_bytes: int = 0


async def run(lab: Lab) -> Outcome:
    """Measure each face and size; the ratios inside a run are the result."""
    rows: list[tuple[str, ...]] = []
    found: dict[tuple[str, int], Samples] = {}
    for script in SCRIPTS:
        for size in SIZES:
            lab.say(f"fan-out: {script.name}, {size} recipients")
            async with lab.workdir() as workdir:
                samples = found[script.name, size] = await measure(lab, workdir, script, size)
            rows.append(row(script, size, samples))
    return Outcome(
        f"Fan-out alone, durable commits on, {IN_FLIGHT} messages in flight",
        (
            "face",
            "N",
            "k deliveries/s",
            "raw k/s",
            "naive k/s",
            "% of raw",
            "× naive",
            "CPU µs",
            "bytes a copy",
        ),
        tuple(rows),
        tuple(readings(found)),
        ("A delivery is one recipient's copy. The readings are those of the slower face.",),
    )


async def measure(lab: Lab, workdir: Path, script: Script, size: int) -> Samples:
    """Runs of the three side by side."""
    samples = Samples()
    async with AsyncExitStack() as stack:
        (workdir / "naive").mkdir()
        subject = lab.subject(workdir, profiled_as=f"fanout.{script.name}.{size}".lower())
        ours = await stack.enter_async_context(subject)
        theirs = await stack.enter_async_context(service.naive(workdir / "naive"))
        for component in (ours, theirs):
            await fill(component.acceptor, script, LOCALPART, size)
        speaker = Speaker(ours.acceptor, script.place(LOCALPART), size)
        # It has no bound of its own: what is in flight waits in its queue, as a thousand objects a message.
        naive_speaker = Speaker(theirs.acceptor, script.place(LOCALPART), size, max(2, min(32, 10_000 // size // 8)))
        copies = await speaker.once()
        samples.copy_bytes = len(copies) // size
        await speaker.speak(0.3)
        for _ in range(lab.runs):
            cpu = ours.cpu_seconds()
            flow = await speaker.speak(lab.seconds)
            cpu = ours.cpu_seconds() - cpu
            raw = await raw_flow(workdir, lab.seconds / 2, copies, size)
            naive = await naive_speaker.speak(lab.seconds / 2)
            samples.ours.append(flow.deliveries_a_second)
            samples.raw.append(raw.deliveries_a_second)
            samples.naive.append(naive.deliveries_a_second)
            samples.of_raw.append(100 * flow.deliveries_a_second / raw.deliveries_a_second)
            samples.times_naive.append(flow.deliveries_a_second / naive.deliveries_a_second)
            samples.cpu.append(1e6 * cpu / flow.deliveries)
    return samples


async def raw_flow(workdir: Path, seconds: float, copies: bytes, size: int) -> Flow:
    """The same bytes by a process that does nothing else, read by the same reader."""
    async with service.raw_writer(workdir, seconds, copies) as reader:
        reader.watch(NEEDLE, 1 << 62)
        started = time.perf_counter()
        reader.send(b"go")
        async with at_most(seconds + 30, lambda: "the raw writer was still writing."):
            await reader.closed.wait()
        ended = time.perf_counter()
    if not reader.count:
        raise StageFailed("The raw writer wrote nothing")
    return Flow(reader.count // size, reader.count, ended - started)


def row(script: Script, size: int, samples: Samples) -> tuple[str, ...]:
    """One line of the table."""
    return (
        script.name,
        f"{size:,}",
        spread([rate / 1000 for rate in samples.ours], "{:,.0f}"),
        f"{statistics.median(samples.raw) / 1000:,.0f}",
        f"{statistics.median(samples.naive) / 1000:,.0f}",
        spread(samples.of_raw, "{:.1f}"),
        spread(samples.times_naive, "{:.1f}"),
        spread(samples.cpu, "{:.2f}"),
        str(samples.copy_bytes),
    )


def readings(found: dict[tuple[str, int], Samples]) -> list[Reading]:
    """A mark is reached when both faces reach it."""
    result = []
    for size in SIZES:
        both = [found[script.name, size] for script in SCRIPTS]
        slower = min(both, key=lambda samples: statistics.median(samples.ours))
        if size > 10:
            result.append(Reading(f"fanout.raw.{size}", tuple(slower.of_raw)))
        result.append(Reading(f"fanout.naive.{size}", tuple(slower.times_naive)))
        if size == 100:
            result.append(Reading(f"fanout.cpu.{size}", tuple(slower.cpu)))
    return result
