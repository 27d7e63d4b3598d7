"""A port for Prometheus that cannot be had is somebody's to mend."""

from __future__ import annotations

import socket

import pytest

from mix.service.failures import Failure
from mix.service.scraping import readable
from mix.shell.metrics import HERE, Metrics, Tally


def test_a_port_somebody_else_has_is_named() -> None:
    metrics = Metrics(Tally(), loaded=lambda: 0, waiting=lambda: 0, is_up=lambda: False)
    with socket.socket() as other:
        other.bind((HERE, 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(Failure, match=f"Port {port} on {HERE}"), readable(metrics, port):
            pytest.fail("nobody else's port is read from")
    with readable(metrics, 0):
        pass
