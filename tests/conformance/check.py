"""What does not fit together between rows, reasons and tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tests.conformance.catalogue import REASONS, LeftOut, Row
from tests.conformance.markers import Asserted


def complaints(rows: Sequence[Row], left_out: LeftOut, tests: Mapping[str, Sequence[Asserted]]) -> list[str]:
    """One sentence for everything that is wrong; each says what to do."""
    known, groups = {row.id for row in rows}, {row.group for row in rows}
    return [
        *(f"{row}: no such row, says {tests[row][0]}; look it up in rows.tsv" for row in sorted(set(tests) - known)),
        *(
            f"{row}: left_out.toml has a reason for it, but there is no such row"
            for row in left_out.rows.keys() - known
        ),
        *(
            f"{group}: left_out.toml has a reason for it, but there is no such group"
            for group in left_out.groups.keys() - groups
        ),
        *(
            f"{row}: asserted by {tests[row][0]}, and left out as {reason!r}; take it out of left_out.toml"
            for row, reason in left_out.rows.items()
            if row in tests
        ),
        *(
            f"{row.id}: no test asserts it, and left_out.toml says nothing about it"
            for row in rows
            if row.id not in tests and left_out.reason(row) is None
        ),
        *(
            f"{what}: the reason {reason!r} begins with none of: {', '.join(REASONS)}"
            for what, reason in {**left_out.rows, **left_out.groups}.items()
            if not reason.startswith(REASONS)
        ),
    ]
