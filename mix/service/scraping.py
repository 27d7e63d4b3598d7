"""Numbers for Prometheus, as the settings want them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from mix.service.failures import Failure
from mix.shell.metrics import HERE, Metrics, published


@contextmanager
def readable(metrics: Metrics, port: int) -> Iterator[None]:
    """Let Prometheus read them. Raises `Failure` for a port that cannot be had."""
    with ExitStack() as stack:
        try:
            stack.enter_context(published(metrics, port))
        except OSError as error:
            raise Failure(
                f"Port {port} on {HERE}, for [metrics], cannot be used: {error.strerror}.",
                "Name another one, or 0 for none.",
            ) from error
        yield
