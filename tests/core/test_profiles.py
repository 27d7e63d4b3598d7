"""What a new channel is like before its owner has said anything."""

from __future__ import annotations

import pytest

from mix.core import profiles
from mix.core.config import Circle, Config
from mix.core.nodes import OPTIONAL, Node
from mix.core.ports import Rules
from mix.core.visibility import Mode
from tests.core.workshop import DOMAIN

OPEN, PRIVATE = Rules(DOMAIN, history=7), Rules(DOMAIN, history=7, private=True)


def access(config: Config) -> tuple[bool, bool, bool, bool]:
    """For members only, listed, persistent, with a past for newcomers."""
    return config.members_only, config.listed, config.persistent, config.past_shown


def test_a_channel_is_open_unless_the_operator_wants_private_ones() -> None:
    """XEP-0369 §7.3.2."""
    assert profiles.of_channel(OPEN) == Config(history=7)
    assert access(profiles.of_channel(PRIVATE)) == (True, False, True, False)


@pytest.mark.parametrize("rules", [OPEN, PRIVATE])
def test_an_ad_hoc_channel_shows_what_its_creator_began_with(rules: Rules) -> None:
    """XEP-0407 §7: history to begin with is for those who are invited after it was sent."""
    config = profiles.of_adhoc(rules)
    assert access(config) == (True, False, True, True)
    assert config.nodes == OPTIONAL


def test_an_instant_room_is_for_now_and_a_private_one_for_longer() -> None:
    """XEP-0045 §10.1.2."""
    assert access(profiles.of_room(OPEN)) == (False, True, False, True)
    assert access(profiles.of_room(PRIVATE)) == (True, False, True, False)


@pytest.mark.parametrize("rules", [OPEN, PRIVATE])
def test_a_group_of_people_who_know_each_other(rules: Rules) -> None:
    """XEP-0045 §7.9: for members, addresses shown, and what rooms are expected to be able to."""
    config = profiles.of_group(rules)
    assert access(config) == (True, False, True, False)
    assert config.mode is Mode.VISIBLE
    assert Node.ALLOWED in config.nodes
    assert (config.user_retraction, config.retraction_by) == (True, Circle.ADMINS)
