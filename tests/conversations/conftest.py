"""Fixtures of conversations."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.stage import Service


@pytest.fixture
def rooms(services: Callable[..., Service]) -> Service:
    """A service that speaks of rooms alone."""
    return services(faces=("muccompat",))
