"""A join storm: everybody enters at once, and everybody sees everybody enter."""

import time

from benchmarks.acceptor import Acceptor
from benchmarks.crowd import create
from benchmarks.lab import Lab, Outcome, Reading, spread
from benchmarks.measure import forget_peak
from benchmarks.script import NEEDLE, Mix, Muc, Script, groupchat

PATIENCE = 120.0


async def run(lab: Lab) -> Outcome:
    """Storms by MUC and by MIX, each run in a new process."""
    people = 200 if lab.quick else 1000
    muc_seconds: list[float] = []
    peaks: list[float] = []
    at_rest: list[float] = []
    waits: list[float] = []
    mix_seconds: list[float] = []
    for number in range(lab.runs):
        lab.say(f"join storm: {people:,} people by MUC, run {number + 1} of {lab.runs}")
        async with lab.workdir() as workdir, lab.subject(workdir, profiled_as="storm.muc") as component:
            await component.acceptor.quiet()
            before = component.memory_kib()
            forget_peak(component.pid)
            await create(component.acceptor, Muc(), "elsewhere")
            elsewhere = Elsewhere(component.acceptor)
            muc_seconds.append(await muc_storm(component.acceptor, "first", people, lab.stand_in, elsewhere))
            waits.append(1000 * elsewhere.longest)
            peaks.append((component.memory_kib("VmHWM") - before) / 1024)
            # What a second storm adds is what people cost: what the storm itself took is already there.
            settled = component.memory_kib()
            await muc_storm(component.acceptor, "second", people, lab.stand_in)
            at_rest.append(max(0, component.memory_kib() - settled) / people)
        lab.say(f"join storm: {people:,} people by MIX, run {number + 1} of {lab.runs}")
        async with lab.workdir() as workdir, lab.subject(workdir, profiled_as="storm.mix") as component:
            mix_seconds.append(await mix_storm(component.acceptor, "coven", people))
    sizes_fit = people == 1000
    return Outcome(
        f"Join storm of {people:,}",
        ("face", "seconds", "peak growth MiB", "KiB an occupant at rest", "another room's longest wait ms"),
        (
            (
                "MUC",
                spread(muc_seconds, "{:.2f}"),
                spread(peaks, "{:.1f}"),
                spread(at_rest, "{:.1f}"),
                spread(waits, "{:.0f}"),
            ),
            ("MIX", spread(mix_seconds, "{:.2f}"), "", "", ""),
        ),
        (
            Reading("storm.muc.seconds", tuple(muc_seconds)),
            Reading("storm.muc.peak", tuple(peaks)),
            Reading("storm.muc.wait", tuple(waits)),
            Reading("storm.mix.seconds", tuple(mix_seconds)),
            Reading("storm.occupant", tuple(at_rest)),
        )
        if sizes_fit
        else (),
        () if sizes_fit else (f"The marks are for 1,000 people; these were {people}.",),
    )


class Elsewhere:
    """Somebody in another room, who says something again as soon as it has come back."""

    def __init__(self, acceptor: Acceptor) -> None:
        self._acceptor = acceptor
        self._said_at = 0.0
        self.longest = 0.0

    def begin(self) -> None:
        """Say the first."""
        self._acceptor.listen(NEEDLE, self._heard)
        self._say()

    def end(self) -> None:
        """Say no more; what has not come back has waited until now."""
        self.longest = max(self.longest, time.perf_counter() - self._said_at)
        self._acceptor.listen(NEEDLE, None)

    def _say(self) -> None:
        self._said_at = time.perf_counter()
        self._acceptor.send(groupchat(0, Muc().place("elsewhere")))

    def _heard(self) -> None:
        self.longest = max(self.longest, time.perf_counter() - self._said_at)
        self._say()


async def muc_storm(
    acceptor: Acceptor, localpart: str, people: int, alone: bool, elsewhere: Elsewhere | None = None
) -> float:
    """Seconds until the last presence has arrived: people², or people when nobody is announced (`alone`)."""
    script = Muc()
    await create(acceptor, script, localpart)
    await acceptor.quiet()
    # Who enters as the k-th sees k people and is seen by k - 1: people² in all, one of them the creator's.
    expected = (people if alone else people**2) - 1
    return await storm(acceptor, script, localpart, b"</presence>", people, expected, elsewhere)


async def mix_storm(acceptor: Acceptor, localpart: str, people: int) -> float:
    """Seconds until the last join is answered."""
    script = Mix()
    await create(acceptor, script, localpart)
    await acceptor.quiet()
    return await storm(acceptor, script, localpart, script.joined, people, people)


async def storm(
    acceptor: Acceptor,
    script: Script,
    localpart: str,
    token: bytes,
    people: int,
    expected: int,
    elsewhere: Elsewhere | None = None,
) -> float:
    """Everybody joins in one write; seconds until the last of the expected signs."""
    newcomers = range(1 if script.creator_is_in else 0, people)
    joins = b"".join([script.join(localpart, number) for number in newcomers])
    acceptor.watch(token, expected)
    if elsewhere is not None:
        elsewhere.begin()
    started = time.perf_counter()
    acceptor.send(joins)
    ended = await acceptor.arrived(PATIENCE, f"stanzas of a {script.name} join storm")
    if elsewhere is not None:
        elsewhere.end()
    await acceptor.quiet()
    return ended - started
