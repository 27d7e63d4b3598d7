"""The vocabulary of wishes."""

import dataclasses

import pytest

from mix.core import commands
from mix.core.commands import Command, Configure
from tests.core.workshop import is_value

KINDS = [kind for kind in vars(commands).values() if isinstance(kind, type) and issubclass(kind, Command)]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_wishes_are_frozen_and_said_by_somebody(kind: type[Command]) -> None:
    """`actor` is the authenticated sender; nobody changes a wish after it was made."""
    assert is_value(kind)
    assert "actor" in {field.name for field in dataclasses.fields(kind)}


def test_no_field_has_two_homes() -> None:
    """A name means a field of configuration, of information or a list, and never two of them."""
    from mix.core.config import Config, Info, Lists

    every = [*Config.__dataclass_fields__, *Info.__dataclass_fields__, *Lists.__dataclass_fields__]
    assert len(every) == len(set(every))
    assert Configure.fields() == frozenset(every)
