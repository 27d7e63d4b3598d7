"""Values: what never changes once it is made, and is equal to whatever says the same.

Nothing may assign to a field of one, and mypy sees to that. That nobody *could* would be checked at run time as well,
for each field of each value that is made: more than half of the time that making one takes, a dozen times a message.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def frozen(cls: type[T]) -> type[T]:
    """Make a class one of values."""
    return dataclass(slots=True, unsafe_hash=True)(cls)


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(field,))
def frozen_by_name(cls: type[T]) -> type[T]:
    """Make a class one of values whose parts are given by name."""
    return dataclass(slots=True, unsafe_hash=True, kw_only=True)(cls)
