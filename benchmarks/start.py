"""Start: from the process's first moment to the handshake, and what is resident then."""

from pathlib import Path

from benchmarks import seeding
from benchmarks.crowd import fill
from benchmarks.lab import Lab, Outcome, Reading, spread
from benchmarks.measure import StageSkipped
from benchmarks.script import Mix

CHANNELS, MEMBERS = 10_000, 20


async def run(lab: Lab) -> Outcome:
    """With an empty database, and with many channels in it."""
    rows: list[tuple[str, ...]] = []
    found: list[Reading] = []
    notes: list[str] = []
    async with lab.workdir() as workdir:
        lab.say("start: empty database")
        seconds, memory = await measure(lab, workdir)
        rows.append(("empty database", spread(seconds, "{:.2f}"), spread(memory, "{:.0f}")))
        try:
            if lab.stand_in:
                raise StageSkipped("the stand-in stores nothing")
            lab.say(f"start: writing {CHANNELS:,} channels with {MEMBERS} members")
            async with lab.subject(workdir) as component:
                await fill(component.acceptor, Mix(), "coven", MEMBERS)
            seeding.populate(workdir / "mixd.db", "coven", CHANNELS)
            lab.say(f"start: {CHANNELS:,} channels with {MEMBERS} members")
            seconds, memory = await measure(lab, workdir)
        except StageSkipped as reason:
            notes.append(f"The start with many channels was left out: {reason}.")
        else:
            rows.append(
                (
                    f"{CHANNELS:,} channels × {MEMBERS} members",
                    spread(seconds, "{:.2f}"),
                    spread(memory, "{:.0f}"),
                )
            )
            found += [Reading("start.seconds", tuple(seconds)), Reading("start.memory", tuple(memory))]
    return Outcome("Start, to the handshake", ("database", "seconds", "MiB"), tuple(rows), tuple(found), tuple(notes))


async def measure(lab: Lab, workdir: Path) -> tuple[list[float], list[float]]:
    """Seconds and MiB, run by run; a first start, not counted, makes the database and warms caches."""
    seconds: list[float] = []
    memory: list[float] = []
    for number in range(lab.runs + 1):
        async with lab.subject(workdir) as component:
            if number:
                seconds.append(component.to_handshake)
                memory.append(component.memory_kib() / 1024)
    return seconds, memory
