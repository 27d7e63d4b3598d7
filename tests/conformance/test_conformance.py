"""The table of requirements: every row has a test or a reason, and never both."""

from __future__ import annotations

from pathlib import Path

from tests.conformance.catalogue import LeftOut, Row, left_out, rows, titles
from tests.conformance.check import complaints
from tests.conformance.markers import Asserted, asserted
from tests.conformance.page import render

ROWS = [
    Row("MIX-JOI-01", "XEP-0369 §7.1.2", "MUST", "A join says `a|b`."),
    Row("MIX-JOI-02", "XEP-0369 §7.1.2", "MAY", "Another."),
]
TESTS = {"MIX-JOI-01": [Asserted("MIX-JOI-01", "test_x.py", "test_join"), Asserted("MIX-JOI-01", "test_y.py", "")]}
NOTHING = LeftOut(rows={}, groups={})


def test_every_requirement_has_a_test_or_a_reason() -> None:
    """And no test claims a row that does not exist, or that is left out."""
    wrong = complaints(rows(), left_out(), asserted())
    assert not wrong, "\n".join(wrong)


def test_the_catalogue_is_sound() -> None:
    """Each row once, in groups that have a title."""
    all_rows = rows()
    assert len({row.id for row in all_rows}) == len(all_rows) == 704 + 1062
    assert {row.group for row in all_rows} == set(titles())
    assert all(row.source and row.text for row in all_rows)
    assert {row.strength for row in all_rows} == {"MUST", "SHOULD", "implied", "MAY"}


def test_markers_are_found_wherever_they_stand(tmp_path: Path) -> None:
    """On functions, classes, parameters, whole files and made-up test cases; each claim once."""
    (tmp_path / "test_all.py").write_text(
        """
import pytest
from pytest import mark, param
pytestmark = pytest.mark.req("R-1")

@pytest.mark.req("R-2", *("R-3",))
def test_one(): pass

@pytest.mark.parametrize("n", [param(1, marks=pytest.mark.req("R-4")), param(2, marks=[pytest.mark.req("R-4")])])
async def test_two(n): pass

class TestMany:
    @mark.req("R-5")
    def test_three(self): pass

test_four = pytest.mark.req("R-6")(Machine.TestCase)
"""
    )
    found = {row: [str(one) for one in claims] for row, claims in asserted(tmp_path).items()}
    assert found == {
        "R-1": ["test_all.py"],
        "R-2": ["test_all.py::test_one"],
        "R-3": ["test_all.py::test_one"],
        "R-4": ["test_all.py::test_two"],
        "R-5": ["test_all.py::TestMany.test_three"],
        "R-6": ["test_all.py::test_four"],
    }


def test_what_does_not_fit_is_said() -> None:
    """With the row, and what to do."""
    reasons = LeftOut(
        rows={"MIX-JOI-01": "client's rule", "MIX-JOI-09": "client's rule"}, groups={"MIX-XXX": "because"}
    )
    tests = {**TESTS, "MIX-JOI-77": [Asserted("MIX-JOI-77", "test_x.py", "test_leave")]}
    said = complaints(ROWS, reasons, tests)
    for beginning in (
        "MIX-JOI-77: no such row, says test_x.py::test_leave",
        "MIX-JOI-09: left_out.toml has a reason for it, but there is no such row",
        "MIX-XXX: left_out.toml has a reason for it, but there is no such group",
        "MIX-JOI-01: asserted by test_x.py::test_join, and left out as",
        "MIX-JOI-02: no test asserts it",
        "MIX-XXX: the reason 'because' begins with none of",
    ):
        assert any(one.startswith(beginning) for one in said), (beginning, said)
    assert len(said) == 6


def test_a_reason_of_a_row_goes_before_that_of_its_group() -> None:
    """The group's is for the rest."""
    reasons = LeftOut(rows={"MIX-JOI-02": "client's rule"}, groups={"MIX-JOI": "not asserted yet"})
    assert [reasons.reason(row) for row in ROWS] == ["not asserted yet", "client's rule"]
    assert NOTHING.reason(ROWS[0]) is None


def test_the_page_shows_tests_and_reasons() -> None:
    """Counts by strength, then each row; a bar in a text is no end of a cell."""
    page = render(ROWS, {"MIX-JOI": "Joining"}, LeftOut({}, {"MIX-JOI": "not asserted yet"}), TESTS)
    assert "| [MIX-JOI](#mix-joi) | Joining | 1/1 |  |  | 0/1 |" in page
    assert (
        "| MIX-JOI-01 | XEP-0369 §7.1.2 | MUST | A join says `a\\|b`. | `test_x.py::test_join`<br>`test_y.py` |" in page
    )
    assert "| MIX-JOI-02 | XEP-0369 §7.1.2 | MAY | Another. | *not asserted yet* |" in page
