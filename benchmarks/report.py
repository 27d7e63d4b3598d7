"""What was measured: for the screen, for machines, and as a page of the documentation."""

import json
import os
import platform
import sqlite3
import subprocess
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.lab import Lab, Outcome, Reading
from benchmarks.marks import MARKS
from benchmarks.service import ROOT

PACKAGES = ("mixd", "slixmpp", "uvloop", "SQLAlchemy", "asyncpg")
COLOURS = {"aim": "green", "floor": "yellow", "below": "red"}
MARK_COLUMNS = ("mark", "measured", "floor", "aim", "unit", "stands")


def machine(lab: Lab) -> dict[str, str]:
    """Where and with what it was measured."""
    facts = {
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "machine": f"{os.cpu_count()} × {processor()}, {platform.system()} {platform.release()}",
        "files on": file_system(lab.base),
        "Python": platform.python_version(),
        "SQLite": sqlite3.sqlite_version,
        "commit": commit(),
        "runs": f"{lab.runs} of {lab.seconds:g} s{', quick' if lab.quick else ''}",
    }
    for package in PACKAGES:
        try:
            facts[package] = version(package)
        except PackageNotFoundError:
            continue
    if lab.stand_in:
        facts["measured"] = "the naive stand-in, not mixd"
    return facts


def processor() -> str:
    """The processor's name, as Linux has it."""
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def file_system(path: Path) -> str:
    """The type of file system a path is on: what a commit costs depends on it."""
    shown = subprocess.run(["stat", "-f", "-c", "%T", str(path)], capture_output=True, text=True, check=False)
    return shown.stdout.strip() or "unknown"


def commit() -> str:
    """The commit that was measured, and whether the tree differs from it."""
    shown = subprocess.run(
        ["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return shown.stdout.strip() or "unknown"


def number(value: float) -> str:
    """Digits enough to compare."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def all_readings(outcomes: list[Outcome]) -> list[Reading]:
    """What was measured, in the order of the marks."""
    order = list(MARKS)
    found = [reading for outcome in outcomes for reading in outcome.readings]
    return sorted(found, key=lambda reading: order.index(reading.mark))


def mark_row(reading: Reading) -> tuple[str, ...]:
    """A line of the table of marks."""
    mark = MARKS[reading.mark]
    values = (number(value) for value in (reading.median, mark.floor, mark.aim))
    return mark.title, *values, mark.unit, reading.standing


def show(outcomes: list[Outcome], console: Console) -> None:
    """Tables on the screen."""
    for outcome in outcomes:
        table = Table(*outcome.columns, title=outcome.title, title_justify="left")
        for row in outcome.rows:
            table.add_row(*row)
        if outcome.rows:
            console.print(table)
        elif outcome.title:
            console.print(f"[italic]{outcome.title}[/]")
        for note in outcome.notes:
            console.print(note, style="red" if outcome.failed else "dim", markup=False)
    if readings := all_readings(outcomes):
        table = Table(*MARK_COLUMNS, title="Marks", title_justify="left")
        for reading in readings:
            *cells, standing = mark_row(reading)
            table.add_row(*cells, f"[{COLOURS[standing]}]{standing}[/]")
        console.print(table)


def as_json(outcomes: list[Outcome], facts: dict[str, str]) -> str:
    """Everything, for machines."""
    return json.dumps(
        {
            "machine": facts,
            "marks": {
                reading.mark: {
                    "median": reading.median,
                    "samples": reading.samples,
                    "stands": reading.standing,
                }
                for reading in all_readings(outcomes)
            },
            "stages": [
                {
                    "title": outcome.title,
                    "rows": [dict(zip(outcome.columns, row, strict=True)) for row in outcome.rows],
                    "notes": outcome.notes,
                    "failed": outcome.failed,
                }
                for outcome in outcomes
            ],
        },
        indent=2,
        ensure_ascii=False,
    )


def markdown_table(columns: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """A table, numbers to the right."""
    lines = [columns, ("---", *("---:" for _ in columns[1:])), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def as_markdown(outcomes: list[Outcome], facts: dict[str, str]) -> str:
    """A page that says where each mark stands."""
    readings = all_readings(outcomes)
    measured = {reading.mark for reading in readings}
    missing = [mark.title for key, mark in MARKS.items() if key not in measured]
    parts = [
        "# Performance",
        "Written by `python -m benchmarks --markdown docs/performance.md`; do not edit. "
        "Ratios within one run are the result; absolute rates drift with the machine. "
        "*Floor* is what must hold, *aim* where it should get to.",
        "\n".join(f"- {name}: {value}" for name, value in facts.items()),
        "## Marks",
        markdown_table(MARK_COLUMNS, [mark_row(reading) for reading in readings]),
    ]
    if missing:
        parts.append("Not measured in this run: " + "; ".join(missing) + ".")
    for outcome in outcomes:
        parts.append(f"## {outcome.title}")
        if outcome.rows:
            parts.append(markdown_table(outcome.columns, list(outcome.rows)))
        parts += outcome.notes
    return "\n\n".join(parts) + "\n"
