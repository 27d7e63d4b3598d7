"""Databases filled without the service, since it would take hours to say a million things to it."""

from pathlib import Path

from benchmarks.measure import StageSkipped


def fill(path: Path, channel: str, rows: int) -> list[str]:
    """Write messages into a channel's archive; ids of some of them, each with a full page before it."""
    raise StageSkipped("mixd has no archive tables yet")


def populate(path: Path, channels: int, members: int) -> None:
    """Write channels with members into a migrated database."""
    raise StageSkipped("mixd has no tables yet")
