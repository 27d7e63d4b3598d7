"""Fixtures of all tests without network: a service on stage, a channel in it, and the eavesdropper."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from hypothesis import settings

from tests.stage import Scene, Service

settings.register_profile("no clock", deadline=None)  # how long an example takes says how busy the machine is
settings.load_profile("no clock")


@pytest.fixture
def services() -> Iterator[Callable[..., Service]]:
    """A maker of services, all of them listened to and read after.

    The test fails when anybody read what nobody disclosed, or a room said something in a form it does not have.
    """
    made: list[Service] = []

    def make(**settings: object) -> Service:
        made.append(Service(**settings))  # type: ignore[arg-type]  # passed on as it is
        return made[-1]

    yield make
    for service in made:
        leaks = service.eavesdropper.overheard
        assert not leaks, "\n".join(f"{one.reader} read of {one.subject}:\n{one.raw}" for one in leaks)
        assert not service.misprints, "\n".join(service.misprints)


@pytest.fixture
def stage(services: Callable[..., Service]) -> Service:
    """A service without channels."""
    return services()


@pytest.fixture
def coven(stage: Service) -> Scene:
    """A channel `coven@mix.shakespeare.example` of crone1, who is not in it."""
    return Scene(stage, "coven")
