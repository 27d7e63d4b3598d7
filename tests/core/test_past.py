"""Since when who may know what was said: by the lists, by opening, by taking the past away."""

from __future__ import annotations

from datetime import datetime

import pytest

from mix.core import commands, past
from mix.core.channel import Admissions
from mix.core.events import MessagePosted
from mix.core.nodes import OPTIONAL, Node
from mix.core.past import admitted
from mix.core.ports import Lookup
from tests.core.workshop import Workshop, jid

CLOSED, OPEN = OPTIONAL | {Node.ALLOWED}, OPTIONAL - {Node.ALLOWED}


@pytest.fixture
def workshop() -> Workshop:
    """A channel for those who are let in; hag66 was before its owner took the past away from newcomers."""
    workshop = Workshop()
    workshop.lists(allowed="hag66")
    workshop.configures(nodes=CLOSED)
    workshop.joins("hag66")
    says(workshop)
    workshop.configures(past_shown=False)
    return workshop


def says(workshop: Workshop) -> datetime:
    """Something is said; when."""
    posted = workshop.says("hag66/broom")[-1]
    assert isinstance(posted, MessagePosted)
    return posted.message.at


def knows(workshop: Workshop, who: str, at: datetime) -> bool:
    """Whether somebody may know what was said at a time."""
    begin = past.since(workshop.coven, jid(who))
    return begin is None or at >= begin


def test_everybody_may_know_everything_unless_the_owner_says_otherwise() -> None:
    """MIX-MAM-08."""
    workshop = Workshop()
    workshop.lists(allowed="hag66")
    assert workshop.coven.admissions == Admissions()
    assert past.since(workshop.coven, jid("ross")) is None


def test_who_was_in_keeps_what_they_had(workshop: Workshop) -> None:
    """Owners as well, and the clients of all of them."""
    for who in ("hag66", "hag66/broom", "crone1"):
        assert past.since(workshop.coven, jid(who)) == workshop.coven.created


def test_who_is_listed_later_knows_what_is_said_from_then_on(workshop: Workshop) -> None:
    """To the message: though all of it happens in one instant, or the clock runs backwards."""
    before = says(workshop)
    workshop.clock.advance(-60)
    workshop.lists(allowed="hag66 hecate")
    after = says(workshop)
    assert [knows(workshop, "hecate", at) for at in (before, after)] == [False, True]
    assert knows(workshop, "hag66", before)


def test_a_new_rank_is_no_new_admission(workshop: Workshop) -> None:
    """XEP-0045 §9: members become administrators."""
    workshop.lists(allowed="", admins="hag66")
    assert past.since(workshop.coven, jid("hag66")) == workshop.coven.created


def test_who_is_let_in_again_was_not_there_meanwhile(workshop: Workshop) -> None:
    """And nothing is kept of who is not in."""
    workshop.lists(allowed="hag66 hecate")
    first = says(workshop)
    workshop.lists(allowed="hag66")
    assert jid("hecate") not in workshop.coven.admissions.people
    workshop.lists(allowed="hag66 hecate")
    assert not knows(workshop, "hecate", first)


def test_a_domain_is_let_in_with_all_its_people(workshop: Workshop) -> None:
    """XEP-0406 §2.2; whoever is then listed by name was in before."""
    workshop.lists(allowed="hag66 elsewhere.example")
    at = says(workshop)
    workshop.lists(allowed="hag66 elsewhere.example ross@elsewhere.example")
    assert knows(workshop, "ross@elsewhere.example", at)
    assert knows(workshop, "angus@elsewhere.example", at)


@pytest.mark.req("MUC-CONV-25")
def test_opening_the_door_opens_no_past(workshop: Workshop) -> None:
    """Strangers know what is said from then on, and so does a stranger who becomes a member later."""
    before = says(workshop)
    workshop.configures(nodes=OPEN)
    after = says(workshop)
    workshop.lists(allowed="hag66 hecate")
    for who in ("ross", "hecate"):
        assert [knows(workshop, who, at) for at in (before, after)] == [False, True]
    workshop.configures(history=3)
    assert knows(workshop, "ross", after)


def test_who_is_banned_comes_back_as_a_stranger(workshop: Workshop) -> None:
    """Whatever they were before."""
    workshop.configures(nodes=OPEN)
    workshop.joins("banquo")
    says(workshop)
    workshop.configures(past_shown=True)
    workshop.configures(past_shown=False)
    assert past.since(workshop.coven, jid("banquo")) == workshop.coven.created
    workshop.lists(allowed="hag66", banned="banquo")
    assert past.since(workshop.coven, jid("banquo")) == workshop.coven.admissions.others


def test_the_owner_may_show_the_past_after_all(workshop: Workshop) -> None:
    """An explicit choice; nothing is left of the times."""
    workshop.configures(past_shown=True)
    assert workshop.coven.admissions == Admissions()
    assert past.since(workshop.coven, jid("ross")) is None


def test_nothing_is_said_of_channels_that_end_or_are_none(workshop: Workshop) -> None:
    """What ended has no lists; and what is no channel's lets nobody in."""
    ended = workshop.decides(commands.DestroyChannel(actor=jid("crone1")))
    assert not isinstance(ended, Lookup)
    assert admitted(workshop.coven, ended, workshop.moment) == []
    assert admitted(None, [], workshop.moment) == []


def test_members_of_the_first_hour_are_in_from_the_start() -> None:
    """A channel that is made private: nothing was said before them."""
    workshop = Workshop(exists=False, private=True)
    workshop.does(
        commands.CreateChannel(actor=jid("crone1/cave"), name="coven", lists={"allowed": frozenset({jid("hag66")})})
    )
    assert set(workshop.coven.admissions.people) == {jid("crone1"), jid("hag66")}
    workshop.joins("hag66")
    at = says(workshop)
    assert knows(workshop, "hag66", at)
    assert knows(workshop, "crone1", at)
