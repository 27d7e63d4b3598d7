"""How much one account may send in a while."""

from __future__ import annotations

from xml.etree.ElementTree import fromstring

import pytest

from mix.shell.pace import REMEMBERED, Pace, Verdict
from pubsubnodes.addresses import RealJid
from pubsubnodes.stanza import Inbound, Target
from pubsubnodes.xml import CLIENT, name_of

HAG66, HECATE = "hag66@shakespeare.example/pda", "hecate@shakespeare.example/broom"
SAID = "<message type='groupchat'><body>hail</body></message>"
TYPING = "<message type='groupchat'><composing xmlns='http://jabber.org/protocol/chatstates'/></message>"


class Watch:
    """A clock, and who is judged by it."""

    def __init__(self, rate: float = 2, burst: float = 3) -> None:
        self.now = 100.0
        self.pace = Pace(rate, burst, lambda: self.now)

    def judges(self, xml: str, sender: str = HAG66) -> str:
        element = fromstring(f"<stream xmlns='{CLIENT}'>{xml}</stream>")[0]
        kind = name_of(element)
        assert kind in ("message", "presence", "iq")
        target = Target("coven", "mix.shakespeare.example", "")
        return self.pace.judge(
            Inbound(kind, element.get("type", ""), None, RealJid.parse(sender), target, element)  # type: ignore[arg-type]
        ).value


def test_a_burst_is_taken_and_then_as_much_as_comes_in_time() -> None:
    watch = Watch()
    assert [watch.judges(SAID) for _ in range(5)] == ["taken"] * 3 + ["refused"] * 2
    watch.now += 1
    assert [watch.judges(SAID) for _ in range(3)] == ["taken"] * 2 + ["refused"]
    watch.now += 3600
    assert [watch.judges(SAID) for _ in range(4)] == ["taken"] * 3 + ["refused"]


def test_a_clock_that_goes_back_gives_nothing() -> None:
    watch = Watch()
    for _ in range(3):
        watch.judges(SAID)
    watch.now -= 50
    assert watch.judges(SAID) == "refused"


def test_each_account_has_its_own_and_all_its_clients_share_it() -> None:
    watch = Watch()
    for _ in range(3):
        watch.judges(SAID)
    assert watch.judges(SAID, "hag66@shakespeare.example/laptop") == "refused"
    assert watch.judges(SAID, HECATE) == "taken"
    assert watch.judges("<presence/>") == "taken"
    assert watch.judges("<iq type='get'/>") == "taken"


def test_a_server_speaks_for_all_its_people() -> None:
    watch = Watch(rate=0.001, burst=1)
    assert {watch.judges("<iq type='set'/>", "shakespeare.example") for _ in range(20)} == {"taken"}


@pytest.mark.parametrize(
    "xml",
    [
        "<message type='error'><body>hail</body></message>",
        "<presence type='unavailable'/>",
        "<presence type='error'/>",
        "<iq type='result'/>",
        "<iq type='error'/>",
    ],
)
def test_what_would_leave_things_wrong_is_never_refused(xml: str) -> None:
    watch = Watch(rate=0.001, burst=1)
    assert {watch.judges(xml) for _ in range(20)} == {"taken"}


def test_chat_states_use_nothing_up_and_are_dropped_in_silence() -> None:
    watch = Watch()
    assert [watch.judges(TYPING) for _ in range(5)] == ["taken"] * 3 + ["dropped"] * 2
    assert watch.judges(SAID) == "taken"
    assert watch.judges("<message type='groupchat'/>") == "taken"


def test_strangers_do_not_fill_the_memory() -> None:
    watch = Watch()
    for number in range(REMEMBERED + 10):
        assert watch.judges(SAID, f"u{number}@elsewhere.example/x") == Verdict.TAKEN
    assert len(watch.pace._buckets) == REMEMBERED


@pytest.mark.parametrize("type", ["probe", "subscribe"])
def test_asking_for_presence_costs_as_much_as_showing_it(type: str) -> None:
    """A probe is answered with the presence of everybody: one may not ask as often as one likes."""
    watch = Watch()
    probe = f"<presence type='{type}'/>"
    assert [watch.judges(probe) for _ in range(4)] == ["taken"] * 3 + ["refused"]
    assert watch.judges("<presence type='unavailable'/>") == "taken"
