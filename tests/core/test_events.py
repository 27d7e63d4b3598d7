"""Every event makes itself so; a channel loaded from its events is the channel."""

import pytest

from mix.core import events
from mix.core.events import ChannelUnlocked, Event, GrantChanged, SubjectChanged
from mix.core.rights import Grant
from tests.core.test_messages import SUBJECT
from tests.core.workshop import Workshop, is_value, jid

KINDS = [kind for kind in vars(events).values() if isinstance(kind, type) and Event in kind.__bases__]


def test_a_grant_lasts_until_it_changes() -> None:
    """XEP-0045 §8."""
    workshop = Workshop()
    me = workshop.joins("hag66")
    me.memo["x"] = 1
    workshop.coven.apply(GrantChanged(me.id, None, Grant.MODERATOR))
    assert me.grant is Grant.MODERATOR
    assert not me.memo


def test_a_room_is_unlocked_once() -> None:
    """XEP-0045 §10.1."""
    workshop = Workshop(exists=False)
    workshop.enters("crone1/cave")
    workshop.coven.apply(ChannelUnlocked())
    assert not workshop.coven.locked


def test_a_subject_takes_a_place_in_the_archive() -> None:
    """Its position is used up, or a restart would use it again."""
    workshop = Workshop()
    workshop.enters("crone1/cave")
    (changed,) = workshop.says("crone1/cave", SUBJECT, from_room=True)
    assert isinstance(changed, SubjectChanged)
    assert workshop.coven.next_position == changed.message.position + 1


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_events_are_frozen_facts_in_the_past_tense(kind: type[Event]) -> None:
    """Nobody rewrites what happened."""
    assert is_value(kind)
    assert kind.__name__.endswith("ed") or kind.__name__ == "ParticipantLeft"
    assert kind.apply is not Event.apply


def test_a_session_closes_and_only_that() -> None:
    """XEP-0403 §4.3."""
    from mix.core import commands

    workshop = Workshop()
    me = workshop.joins("hag66")
    workshop.shows("hag66/broom")
    workshop.shows("hag66/pda")
    workshop.does(commands.GoOffline(actor=jid("hag66/broom")))
    assert list(me.sessions) == [jid("hag66"), jid("hag66/pda")]
