"""What every stage works with, and what it hands back."""

import statistics
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import service
from benchmarks.marks import MARKS


@dataclass(frozen=True, slots=True)
class Reading:
    """What was measured for one mark, run by run."""

    mark: str
    samples: tuple[float, ...]

    @property
    def median(self) -> float:
        """The value that counts."""
        return statistics.median(self.samples)

    @property
    def standing(self) -> str:
        """Where it stands."""
        return MARKS[self.mark].standing(self.median)


@dataclass(frozen=True, slots=True)
class Outcome:
    """One stage: a table for people, readings for the marks, and what has to be said beside them."""

    title: str
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    readings: tuple[Reading, ...] = ()
    notes: tuple[str, ...] = ()
    failed: bool = False


@dataclass(frozen=True, slots=True)
class Lab:
    """How much to measure, where, and of whom."""

    base: Path
    runs: int
    seconds: float
    quick: bool
    stand_in: bool
    profile: Path | None
    say: Callable[[str], None] = field(repr=False)

    @asynccontextmanager
    async def subject(
        self, workdir: Path, database_url: str = "", profiled_as: str = ""
    ) -> AsyncIterator[service.Component]:
        """The component that is measured: mixd, or the stand-in."""
        running: AbstractAsyncContextManager[service.Component]
        if self.stand_in:
            running = service.naive(workdir)
        else:
            profile = None
            if self.profile and profiled_as:
                profile = self.profile.with_suffix(f".{profiled_as}.prof")
            running = service.mixd(workdir, database_url, profile)
        async with running as component:
            yield component

    @asynccontextmanager
    async def workdir(self) -> AsyncIterator[Path]:
        """A directory that is gone afterwards."""
        with tempfile.TemporaryDirectory(prefix="mixd-bench-", dir=self.base, ignore_cleanup_errors=True) as name:
            yield Path(name)


def spread(samples: list[float] | tuple[float, ...], pattern: str) -> str:
    """A median for a table, with the extremes behind it when there are several."""
    middle = pattern.format(statistics.median(samples))
    if len(samples) < 2:
        return middle
    return f"{middle} ({pattern.format(min(samples))}–{pattern.format(max(samples))})"
