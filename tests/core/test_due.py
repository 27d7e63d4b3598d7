"""What a channel waits for, and what happens then."""

from datetime import timedelta

import pytest

from mix.core import commands
from mix.core.due import UNCONFIGURED, due
from mix.core.events import ChannelDestroyed, Departure, ParticipantLeft
from tests.core.workshop import DOMAIN, Workshop, jid

TICK = commands.Tick(actor=jid(DOMAIN))


def test_most_channels_wait_for_nothing() -> None:
    workshop = Workshop()
    assert due(workshop.coven, workshop.rules) is None
    assert not workshop.does(TICK)


def test_a_channel_that_is_gone_waits_for_nothing() -> None:
    assert not Workshop(exists=False).decides(TICK)


def test_a_channel_goes_at_the_end_of_its_life() -> None:
    workshop = Workshop()
    workshop.joins("hag66")
    end = workshop.clock.now + timedelta(minutes=1)
    workshop.sets(end_of_life=end)
    assert due(workshop.coven, workshop.rules) == end
    workshop.clock.now = end - timedelta(seconds=2)
    assert not workshop.does(TICK)
    left, gone = workshop.does(TICK)
    assert isinstance(left, ParticipantLeft)
    assert left.reason is Departure.DESTROYED
    assert isinstance(gone, ChannelDestroyed)
    assert gone.left == (left,)


def test_a_room_nobody_configures_goes() -> None:
    workshop = Workshop(exists=False)
    workshop.enters("crone1/cave")
    assert due(workshop.coven, workshop.rules) == workshop.clock.now + UNCONFIGURED
    workshop.clock.now += UNCONFIGURED
    assert isinstance(workshop.does(TICK)[-1], ChannelDestroyed)


@pytest.mark.req("MIX-DES-08")
def test_a_channel_nobody_is_in_goes_where_the_operator_wants_it() -> None:
    """Who is offline is in; who shows presence only is somebody as well."""
    workshop = Workshop(empty=timedelta(days=7))
    made = workshop.clock.now
    assert due(workshop.coven, workshop.rules) == made + timedelta(days=7)
    workshop.joins("hag66")
    assert due(workshop.coven, workshop.rules) is None
    workshop.does(commands.Leave(actor=jid("hag66")))
    left = workshop.clock.now
    assert due(workshop.coven, workshop.rules) == left + timedelta(days=7)
    workshop.configures(open_presence=True)
    workshop.shows("ross/pda")
    assert due(workshop.coven, workshop.rules) is None
    workshop.does(commands.GoOffline(actor=jid("ross/pda")))
    workshop.clock.now = left + timedelta(days=7)
    assert isinstance(workshop.does(TICK)[-1], ChannelDestroyed)
    assert due(Workshop().coven, Workshop().rules) is None


def test_what_comes_first_counts() -> None:
    workshop = Workshop(exists=False)
    workshop.enters("crone1/cave")
    end = workshop.clock.now + timedelta(minutes=1)
    workshop.sets(end_of_life=end)
    assert due(workshop.coven, workshop.rules) == end
    workshop.sets(end_of_life=workshop.clock.now + timedelta(days=1))
    assert due(workshop.coven, workshop.rules) == workshop.clock.now + UNCONFIGURED
