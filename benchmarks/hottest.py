"""Where the time went, out of the profiles that mixd wrote."""

import pstats
from pathlib import Path

from rich.table import Table

SHOWN = 15


def table(path: Path) -> Table:
    """The functions with the most time of their own."""
    stats = pstats.Stats(str(path))
    total = stats.total_tt  # type: ignore[attr-defined]  # typeshed knows no total_tt
    shown = Table("own %", "with callees %", "calls", "function", title=path.name, title_justify="left")
    rows = sorted(stats.stats.items(), key=lambda row: -row[1][2])  # type: ignore[attr-defined]  # nor stats
    for (file, line, name), (_, calls, own, cumulative, _) in rows[:SHOWN]:
        where = name if file == "~" else f"{'/'.join(Path(file).parts[-3:])}:{line} {name}"
        shown.add_row(f"{100 * own / total:.1f}", f"{100 * cumulative / total:.1f}", f"{calls:,}", where)
    return shown
