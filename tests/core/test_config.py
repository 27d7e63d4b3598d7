"""Defaults: on the restrictive side."""

import pytest

from mix.core.config import EVERYBODY, Circle, Config, Contact, Footing, Preferences, Sharing
from mix.core.nodes import OPTIONAL, Node
from mix.core.visibility import Mode, Preference


@pytest.mark.req("MIX-CRE-15")
def test_a_new_channel_is_careful() -> None:
    """XEP-0369 §7.3.2: hidden, for its participants, run by those who run it; open to join (MIX-DEC-068)."""
    config = Config()
    assert config.mode is Mode.HIDDEN
    assert config.nodes == OPTIONAL - {Node.ALLOWED}
    assert not config.members_only
    assert Config(nodes=OPTIONAL).members_only
    assert config.config_for is Circle.OWNERS
    assert config.info_by is Circle.ADMINS
    assert config.messages_for is config.participants_for is config.presence_for is Circle.PARTICIPANTS


@pytest.mark.req("MIX-PRF-06", "MIX-PRF-07", "MIX-PRF-08", "MIX-PRF-09")
def test_preferences_begin_as_the_specification_has_them() -> None:
    """XEP-0404 §3.1."""
    assert Preferences() == Preferences(Preference.DEFAULT, Contact.ALLOW, Contact.BLOCK, Sharing.SHARE)


@pytest.mark.req("MUC-CONF-11")
def test_members_are_listed_for_whom_addresses_are_shown() -> None:
    """XEP-0045 §9.5: unless the owner says otherwise."""
    assert Config().members_shown_to == {Footing.MODERATOR}
    assert Config(mode=Mode.VISIBLE).members_shown_to == EVERYBODY
    assert Config(mode=Mode.VISIBLE, members_listed_for=frozenset()).members_shown_to == frozenset()


def test_a_password_does_not_show_in_logs() -> None:
    """Nor in tracebacks."""
    assert "toil" not in repr(Config(password="toil"))
