"""Names nobody gets for a while."""

from datetime import timedelta
from typing import Any

import pytest

from mix.core.commands import CreateChannel, DestroyChannel, Enter
from mix.core.operating import Wished
from mix.core.refusals import ChannelExists, Gone, NoSuchChannel
from mix.core.tombstones import BuryName, NameBuried
from tests.core.workshop import Workshop, jid, show

DAY = timedelta(days=1)
BURY = BuryName(actor=jid("crone1"), name="coven", alternate="heath@chat.example")


def ended(alternate: str = "", **rules: Any) -> Workshop:
    """A service whose channel has been destroyed, and its name buried."""
    workshop = Workshop(tombstones=DAY, **rules)
    *_, wished = workshop.does(DestroyChannel(actor=jid("crone1"), alternate=alternate))
    assert isinstance(wished, Wished)
    assert not wished.of.local, "it is the service that remembers"
    workshop.channel = None
    workshop.does(wished.wish)
    return workshop


@pytest.mark.req("MUC-DEST-10")
def test_a_name_is_nobodys_until_its_time_is_over() -> None:
    workshop = ended()
    enter = Enter(actor=jid("hag66/broom"), name="coven", nick="x", presence=show())
    create = CreateChannel(actor=jid("hag66"), name="coven")
    with pytest.raises(NoSuchChannel):
        workshop.decides(enter)
    with pytest.raises(ChannelExists):
        workshop.decides(create)
    workshop.clock.advance(DAY.total_seconds() + 1)
    workshop.decides(enter)
    workshop.decides(create)


@pytest.mark.req("MUC-DEST-10")
def test_people_are_sent_to_the_other_place() -> None:
    workshop = ended("heath@chat.example")
    with pytest.raises(Gone) as refused:
        workshop.decides(Enter(actor=jid("hag66/broom"), name="coven", nick="x", presence=show()))
    assert refused.value.alternate == "heath@chat.example"


def test_operators_have_any_name() -> None:
    workshop = ended(operators=frozenset({jid("bard")}))
    workshop.decides(CreateChannel(actor=jid("bard/globe"), name="coven"))


def test_names_are_free_at_once_where_nothing_else_is_said() -> None:
    workshop = Workshop()
    assert not any(isinstance(event, Wished) for event in workshop.does(DestroyChannel(actor=jid("crone1"))))


def test_what_is_over_is_forgotten() -> None:
    workshop = Workshop(exists=False, tombstones=DAY)
    workshop.does(BURY)
    workshop.clock.advance(DAY.total_seconds() + 1)
    (buried,) = workshop.does(BuryName(actor=jid("crone1"), name="heath", alternate=""))
    assert isinstance(buried, NameBuried)
    assert buried.over == ("coven",)
    assert list(workshop.registry.buried) == ["heath"]
