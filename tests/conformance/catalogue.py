"""The requirements on the service, and why some of them have no test."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
STRENGTHS = ("MUST", "SHOULD", "implied", "MAY")
"""*implied*: no keyword of the text, but needed for a consistent or private service."""

REASONS = (
    "not offered: ",
    "client's rule",
    "server's rule",
    "review, not testable: ",
    "not done yet",
    "not asserted yet",
)
"""What a reason begins with."""


@dataclass(frozen=True, slots=True)
class Row:
    """One requirement."""

    id: str
    source: str
    strength: str
    text: str

    @property
    def group(self) -> str:
        """MIX-JOI of MIX-JOI-03."""
        return self.id.rpartition("-")[0]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Reasons for rows without a test: of a single row, or of all in a group that are not asserted."""

    rows: Mapping[str, str]
    groups: Mapping[str, str]

    def reason(self, row: Row) -> str | None:
        """Why no test asserts this row; the row's own reason before the group's."""
        return self.rows.get(row.id) or self.groups.get(row.group)


def rows() -> list[Row]:
    """All requirements, in their order."""
    return [Row(one["id"], one["source"], one["strength"], one["requirement"]) for one in _table("rows.tsv")]


def titles() -> dict[str, str]:
    """What each group is about."""
    return {one["group"]: one["title"] for one in _table("groups.tsv")}


def left_out() -> LeftOut:
    """What tests leave out, and why. Raises ValueError when a row has two reasons."""
    with (HERE / "left_out.toml").open("rb") as file:
        data = tomllib.load(file)
    reasons: dict[str, str] = {}
    for entry in data["rows"]:
        for row in entry["ids"]:
            if row in reasons:
                raise ValueError(f"{row} stands twice in left_out.toml")
            reasons[row] = entry["reason"]
    return LeftOut(reasons, data["groups"])


def _table(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
