"""What is measured with: time-outs that say what is missing, processor time and memory from /proc."""

import asyncio
import os
import statistics
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


class StageFailed(Exception):
    """A stage could not be measured; the text says what did not happen."""


class StageSkipped(Exception):
    """A stage does not apply here; the text says why."""


@asynccontextmanager
async def at_most(seconds: float, what_is_missing: Callable[[], str]) -> AsyncIterator[None]:
    """Give up after some seconds with a sentence instead of a traceback."""
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError:
        raise StageFailed(f"After {seconds:.0f} s {what_is_missing()}") from None


def cpu_seconds(pid: int) -> float:
    """Processor time a process has used so far, all threads, user and system."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def memory_kib(pid: int, field: str = "VmRSS") -> int:
    """Resident memory of a process: `VmRSS` is now, `VmHWM` the peak."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(field + ":"):
            return int(line.split()[1])
    raise StageFailed(f"/proc/{pid}/status has no {field}")


def forget_peak(pid: int) -> None:
    """Let the peak start again from what is resident now."""
    Path(f"/proc/{pid}/clear_refs").write_text("5")


def percentile(samples: Sequence[float], percent: int) -> float:
    """The value that `percent` of the samples stay under."""
    return statistics.quantiles(samples, n=100, method="inclusive")[percent - 1]
