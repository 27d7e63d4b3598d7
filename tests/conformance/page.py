"""docs/conformance.md as text: the same for the same rows, reasons and tests."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from tests.conformance.catalogue import STRENGTHS, LeftOut, Row
from tests.conformance.markers import Asserted

HEAD = """\
# Conformance

Written by `make docs`; not by hand.

What the XEPs ask of a channel service, row by row, with the tests that assert it or the reason why none does.
A test says by its marker, `@pytest.mark.req("MIX-JOI-03")`, which rows it asserts. Files are below `tests/`.
MUST, SHOULD and MAY are the source's words; *implied* is no keyword of it, but a service would not be consistent or
private without it.

Rows with a test, of all rows:
"""


def render(
    rows: Sequence[Row], titles: Mapping[str, str], left_out: LeftOut, tests: Mapping[str, Sequence[Asserted]]
) -> str:
    """The whole page."""
    groups = [(group, list(members)) for group, members in groupby(rows, key=lambda row: row.group)]
    lines = [HEAD, *_table(("Group", "About", *STRENGTHS))]
    lines += [_line((f"[{group}](#{group.lower()})", titles[group], *_counts(few, tests))) for group, few in groups]
    lines.append(_line(("**all**", "", *_counts(rows, tests))))
    for group, few in groups:
        lines += [
            "",
            f"## {group}",
            "",
            f"{titles[group]}.",
            "",
            *_table(("Row", "Source", "Strength", "Requirement", "Asserted by")),
        ]
        lines += [_line((row.id, row.source, row.strength, row.text, _assertion(row, left_out, tests))) for row in few]
    return "\n".join(lines) + "\n"


def _counts(rows: Iterable[Row], tests: Mapping[str, Sequence[Asserted]]) -> Iterator[str]:
    rows = list(rows)
    for strength in STRENGTHS:
        ids = [row.id for row in rows if row.strength == strength]
        yield f"{sum(one in tests for one in ids)}/{len(ids)}" if ids else ""


def _assertion(row: Row, left_out: LeftOut, tests: Mapping[str, Sequence[Asserted]]) -> str:
    if row.id in tests:
        return "<br>".join(f"`{one}`" for one in tests[row.id])
    return f"*{left_out.reason(row) or 'no test, and no reason given'}*"


def _table(names: Sequence[str]) -> list[str]:
    return [_line(names), _line(["---"] * len(names))]


def _line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
