"""Refusals are neutral and say nothing of whom they refused."""

import pytest

from mix.core.nodes import Node
from mix.core.refusals import ChangeRefused, NickTaken, NodeReadOnly, NothingSubscribable, Refusal


def every(kind: type[Refusal] = Refusal) -> list[type[Refusal]]:
    """All refusals there are."""
    return [found for sub in kind.__subclasses__() for found in (sub, *every(sub))]


@pytest.mark.req("MIX-VIS-27")
@pytest.mark.parametrize("kind", every(), ids=lambda kind: kind.__name__)
def test_a_refusal_carries_no_text(kind: type[Refusal]) -> None:
    """The words are the faces', and constant: nothing foreign travels in an error."""
    first = {NothingSubscribable: (NickTaken(), ("urn:x",)), ChangeRefused: (NickTaken(), 1)}.get(kind, ())
    made = kind(*first)
    assert made.args == ()
    assert str(made) == ""


def test_some_remember_what_was_asked_for() -> None:
    """XEP-0369 §7.1.2: a failed join names the nodes."""
    refused = NothingSubscribable(NickTaken(), ("urn:x",))
    assert isinstance(refused.first, NickTaken)
    assert refused.nodes == ("urn:x",)
    assert NodeReadOnly(Node.PRESENCE).node is Node.PRESENCE
