"""Reasons are words that are stored, so they stay as they are."""

from mix.core import events
from mix.core.exits import Departure, Exit


def test_the_words_of_storage() -> None:
    """`left_reason` of people who have left long ago says them."""
    assert {reason.value for reason in Departure} == {
        "left", "visit over", "banned", "cannot coexist", "not allowed", "kicked", "destroyed", "shutdown",
    }  # fmt: skip
    assert {reason.value for reason in Exit} == {"left", "lost", "kicked", "shutdown", "removed"}


def test_events_speak_of_them() -> None:
    """One place to import from, for those who match on events."""
    assert events.Departure is Departure
    assert events.Exit is Exit
