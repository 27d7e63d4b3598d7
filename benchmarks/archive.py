"""The archive: a page of 100 out of a million messages, and databases filled without the service."""

from pathlib import Path

from benchmarks.lab import Lab, Outcome
from benchmarks.measure import StageSkipped


async def run(lab: Lab) -> Outcome:
    """Pages at random places of a large archive (XEP-0313)."""
    raise StageSkipped("mixd has no archive tables yet")


def populate(path: Path, channels: int, members: int) -> None:
    """Write channels with members into an empty database."""
    raise StageSkipped("mixd has no tables yet")
