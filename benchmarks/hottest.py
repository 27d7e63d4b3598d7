"""Where the time went, out of the profiles that mixd wrote."""

import pstats
from pathlib import Path

from rich.table import Table

SHOWN = 15
BESIDE = (
    "<module>",
    "<built-in method builtins.compile>",
    "<built-in method builtins.exec>",
    "<built-in method builtins.__build_class__>",
    "<built-in method marshal.loads>",
)
"""What importing modules costs; it is left out, and so is `run` of asyncio, where waiting shows."""


def table(path: Path) -> Table:
    """The functions with the most time of their own."""
    stats = pstats.Stats(str(path))
    everything = stats.stats  # type: ignore[attr-defined]  # typeshed knows no such attribute
    rows = [row for row in everything.items() if not is_beside(*row[0])]
    rows.sort(key=lambda row: -row[1][2])
    total = sum(own for _, (_, _, own, _, _) in rows)
    shown = Table("own %", "with callees %", "calls", "function", title=path.name, title_justify="left")
    for (file, line, name), (_, calls, own, cumulative, _) in rows[:SHOWN]:
        where = name if file == "~" else f"{'/'.join(Path(file).parts[-3:])}:{line} {name}"
        shown.add_row(f"{100 * own / total:.1f}", f"{100 * cumulative / total:.1f}", f"{calls:,}", where)
    return shown


def is_beside(file: str, line: int, name: str) -> bool:
    """Whether a function is the import of modules, or the event loop waiting."""
    return name in BESIDE or "importlib" in file or file.endswith("asyncio/runners.py")
