"""What Prometheus reads, and what it never does."""

from __future__ import annotations

import socket
import urllib.error
import urllib.request

import pytest

from mix.shell.inlet import Inlet
from mix.shell.mailboxes import Post
from mix.shell.metrics import HERE, Metrics, Tally, published
from pubsubnodes.xml import CLIENT, element

ERROR = element(
    CLIENT,
    "error",
    element("urn:ietf:params:xml:ns:xmpp-stanzas", "service-unavailable"),
    element("urn:ietf:params:xml:ns:xmpp-stanzas", "text", text="hag66@shakespeare.example is away"),
    type="cancel",
)


@pytest.fixture
def port() -> int:
    """A port nobody has."""
    with socket.socket() as probe:
        probe.bind((HERE, 0))
        number: int = probe.getsockname()[1]
    return number


def some(tally: Tally) -> Metrics:
    return Metrics(tally, loaded=lambda: 3, waiting=lambda: 5, is_up=lambda: True)


def read(port: int) -> str:
    with urllib.request.urlopen(f"http://{HERE}:{port}/metrics", timeout=10) as answer:
        text: str = answer.read().decode()
    return text


@pytest.mark.req("MIX-PAM-15", "MIX-MSG-30")
def test_numbers_name_nobody(port: int) -> None:
    """Bounces are counted by their condition, of those there are; what a stanza says stays out of it."""
    tally, queued = Tally(), list[Post]()

    def put(name: str, post: Post) -> bool:
        queued.append(post)
        return True

    inlet = Inlet(frozenset({"mix.example"}), [], put=put, answer=lambda *_: None, resolve=lambda _: False, tally=tally)
    sender, to = "hag66@shakespeare.example/pda", "coven@mix.example/third witch"
    for number in range(3):
        bounce = element(CLIENT, "message", ERROR, id=f"b{number}", type="error")
        bounce.attrib |= {"from": sender, "to": to}
        inlet.take(bounce)
    invented = element(CLIENT, "presence", element(CLIENT, "error", element("urn:x", "hag66")), type="error")
    invented.attrib |= {"from": sender, "to": to}
    inlet.take(invented)
    with published(some(tally), port):
        lines = {line for line in read(port).splitlines() if not line.startswith("#")}
    assert lines == {
        'mixd_stanzas_received_total{kind="message"} 3.0',
        'mixd_stanzas_received_total{kind="presence"} 1.0',
        'mixd_bounces_total{condition="service-unavailable"} 3.0',
        'mixd_bounces_total{condition="undefined-condition"} 1.0',
        "mixd_channels_loaded 3.0",
        "mixd_stanzas_waiting 5.0",
        "mixd_stream_up 1.0",
    }
    assert len(queued) == 4


def test_they_end_with_the_service_and_are_off_by_default(port: int) -> None:
    with published(some(Tally()), 0), pytest.raises(urllib.error.URLError):
        read(port)
    for _ in range(2):  # the port is free again at once
        with published(some(Tally()), port):
            assert "mixd_stream_up 1.0" in read(port)
    with pytest.raises(urllib.error.URLError):
        read(port)
