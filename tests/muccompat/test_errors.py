"""The table of refusals is complete, and says nothing twice over."""

from collections.abc import Iterator

import pytest

from mix.core.refusals import Refusal
from muccompat.errors import ROWS


def every(kind: type[Refusal]) -> Iterator[type[Refusal]]:
    """All kinds of refusals there are."""
    for one in kind.__subclasses__():
        yield one
        yield from every(one)


@pytest.mark.parametrize("kind", sorted(every(Refusal), key=str))
def test_a_room_has_words_for_every_refusal(kind: type[Refusal]) -> None:
    row = ROWS[kind]
    assert row.type in ("auth", "cancel", "modify", "wait")
    assert row.text.endswith(".")
