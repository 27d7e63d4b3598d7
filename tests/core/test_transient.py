"""What leaves no trace: in storage nothing, in memory the requests that wait for an answer."""

import inspect

import pytest

from mix.core import transient
from mix.core.transient import (
    Delivered,
    PrivateMessageBounced,
    PrivateMessagePosted,
    RequestAnswered,
    Transient,
    Whisper,
)
from pubsubnodes.addresses import VisibleAddress
from tests.core.test_relay import asks
from tests.core.workshop import Workshop, body, is_value, jid

KINDS = [kind for _, kind in inspect.getmembers(transient, inspect.isclass) if Transient in kind.__bases__]


@pytest.mark.parametrize("kind", KINDS)
def test_they_are_frozen_facts_in_the_past_tense(kind: type[Transient]) -> None:
    """Like all events."""
    assert is_value(kind)
    assert kind.__name__.endswith("ed")
    assert kind.apply is not Transient.apply


@pytest.mark.req("MIX-PMS-04")
def test_a_channel_remembers_that_and_not_what_was_said_in_private() -> None:
    """XEP-0404 §3.2: in memory, until it has come back or can no more."""
    workshop = Workshop()
    me = workshop.joins("hag66")
    whisper = Whisper(me.id, me.id, me.jid, "m1", VisibleAddress("to@it"), written_in_room=False)
    to = Delivered(outside=(me.jid,))
    workshop.coven.apply(PrivateMessagePosted(whisper, None, to, body("hail"), "chat", None))
    assert workshop.coven.whispers == {(me.id, me.id, "m1"): whisper}
    for _ in range(2):
        workshop.coven.apply(PrivateMessageBounced(whisper, body("an error")))
        assert not workshop.coven.whispers


def test_a_request_waits_until_it_is_answered() -> None:
    """Once: what is answered twice is answered."""
    workshop = Workshop()
    workshop.joins("hag66")
    workshop.joins("hecate")
    relayed = asks(workshop, "hag66/broom", "hecate")
    assert list(workshop.coven.pending.values()) == [relayed.pending]
    assert relayed.pending.client == jid("hag66/broom")
    for _ in range(2):
        workshop.coven.apply(RequestAnswered(relayed.pending, "result", body("hail")))
        assert not workshop.coven.pending
