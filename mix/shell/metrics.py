"""Numbers about the running service, for Prometheus: sums alone, and nothing that tells people or channels apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, final

from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from pubsubnodes.errors import condition_of
from pubsubnodes.stanza import Inbound

HERE: Final = "127.0.0.1"
"""Nobody beyond the machine reads them."""


@final
class Tally:
    """What is counted of the stanzas that come in; names are from fixed lists, whatever a stanza says."""

    def __init__(self) -> None:
        self.stanzas: Counter[str] = Counter()
        """By kind."""
        self.bounces: Counter[str] = Counter()
        """By condition: of messages and presence that came back, such as from servers without PAM (XEP-0405 §2.2)."""

    def note(self, inbound: Inbound) -> None:
        """Count a stanza."""
        self.stanzas[inbound.kind] += 1
        if inbound.type == "error" and inbound.kind != "iq":
            self.bounces[condition_of(inbound.child("error"))] += 1


@final
class Metrics(Collector):
    """The numbers as they are when they are asked for."""

    def __init__(
        self, tally: Tally, *, loaded: Callable[[], int], waiting: Callable[[], int], is_up: Callable[[], bool]
    ) -> None:
        self._tally = tally
        self._gauges: Final = (
            ("mixd_channels_loaded", "Channels in memory", loaded),
            ("mixd_stanzas_waiting", "Stanzas that wait for their turn in a channel", waiting),
            ("mixd_stream_up", "Whether the XMPP server is connected", is_up),
        )

    def collect(self) -> Iterator[Metric]:
        """One family after the other. Called from another thread, so counters are copied at once."""
        for name, text, label, counter in (
            ("mixd_stanzas_received", "Stanzas received", "kind", self._tally.stanzas),
            ("mixd_bounces", "Messages and presence that came back", "condition", self._tally.bounces),
        ):
            family = CounterMetricFamily(name, text, labels=[label])
            for value, count in dict(counter).items():
                family.add_metric([value], count)
            yield family
        for name, text, read in self._gauges:
            yield GaugeMetricFamily(name, text, read())


@contextmanager
def published(metrics: Metrics, port: int) -> Iterator[None]:
    """Answer Prometheus on loopback, in a thread of its own; not at all on port 0. Raises `OSError`."""
    if not port:
        yield
        return
    registry = CollectorRegistry()
    registry.register(metrics)
    server, thread = start_http_server(port, HERE, registry)
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
