"""After a reconnect those who share presence are asked for it, and nobody else; slowly enough."""

from collections.abc import Iterable
from dataclasses import replace

import pytest

from mix.core.config import Preferences, Sharing
from mix.core.refusals import StorageFailed
from mix.shell.dictionary import DictRepository
from mix.shell.probes import AT_ONCE, PAUSE, Probes
from pubsubnodes.addresses import RealJid
from pubsubnodes.stanza import Delivery, Replay
from tests.storage.people import COVEN, HAG, HECATE, OTHER, created, joined, record


class Host:
    """Who gets what, and how long is waited."""

    def __init__(self) -> None:
        self.probed: list[RealJid] = []
        self.pauses: list[float] = []

    async def send(self, deliveries: Iterable[Delivery]) -> None:
        for delivery in deliveries:
            assert isinstance(delivery, Replay)
            (probe,) = delivery.stanzas
            assert (probe.kind, probe.type, probe.sender) == ("presence", "probe", COVEN)
            self.probed.append(delivery.to)

    async def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)


@pytest.mark.req("MIX-PRE-14", "MIX-PRE-15")
async def test_who_shares_presence_is_asked_for_it() -> None:
    """XEP-0403 §5: not those who do not share, nor those who are only in the room."""
    repository, host = DictRepository(), Host()
    silent = replace(joined(OTHER), preferences=Preferences(presence=Sharing.NOT_SHARE))
    await record(repository, created(), joined(HAG), joined(HECATE, stays=False), silent)
    await Probes(repository, host, host.sleep).send()
    assert host.probed == [HAG]


async def test_hosts_are_not_flooded(monkeypatch: pytest.MonkeyPatch) -> None:
    repository, host = DictRepository(), Host()

    async def many() -> list[object]:
        return [(COVEN, HAG)] * (2 * AT_ONCE + 1)

    monkeypatch.setattr(repository, "sharers", many)
    await Probes(repository, host, host.sleep).send()
    assert len(host.probed) == 2 * AT_ONCE + 1
    assert host.pauses == [PAUSE] * 3


async def test_storage_that_is_away_does_not_end_the_service(monkeypatch: pytest.MonkeyPatch) -> None:
    repository, host = DictRepository(), Host()

    async def broken() -> list[object]:
        raise StorageFailed

    monkeypatch.setattr(repository, "sharers", broken)
    await Probes(repository, host, host.sleep).send()
    assert not host.probed
