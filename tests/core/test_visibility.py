"""Who may see whose JID: the whole truth table, written down by hand."""

import itertools

import pytest

from mix.core.config import Preferences
from mix.core.visibility import Audience, DisclosedJid, Mode, Preference, Sight, can_coexist, is_disclosed
from tests.core.workshop import Workshop, jid

SHOWN_TO_PARTICIPANTS = {
    (Mode.VISIBLE, Preference.DEFAULT),
    (Mode.VISIBLE, Preference.PREFER_HIDDEN),
    (Mode.VISIBLE, Preference.PREFER_VISIBLE),
    (Mode.VISIBLE, Preference.ALWAYS),
    (Mode.MAYBE, Preference.PREFER_VISIBLE),
    (Mode.MAYBE, Preference.ALWAYS),
}
"""XEP-0404 §2.2 and §3.1, and nothing else. ALWAYS in a hidden and NEVER in a visible channel hide nobody twice."""

EVERYTHING = list(itertools.product(Mode, Preference))


@pytest.mark.req("MIX-VIS-02", "MIX-VIS-03", "MIX-VIS-04", "MIX-VIS-05", "MIX-VIS-08", "MIX-VIS-09")
@pytest.mark.parametrize(("mode", "preference"), EVERYTHING)
def test_participants_see_what_mode_and_preference_agree_on(mode: Mode, preference: Preference) -> None:
    """XEP-0404 §2.2: the table, cell by cell."""
    assert is_disclosed(mode, preference, Audience.PUBLIC) is ((mode, preference) in SHOWN_TO_PARTICIPANTS)


@pytest.mark.parametrize(("mode", "preference"), EVERYTHING)
def test_insiders_and_oneself_see_everything(mode: Mode, preference: Preference) -> None:
    """XEP-0404 §2.2: administrators and owners can see JIDs; nobody hides from themselves."""
    assert is_disclosed(mode, preference, Audience.INSIDERS)
    assert is_disclosed(mode, preference, Audience.SELF)


@pytest.mark.parametrize(("mode", "preference"), EVERYTHING)
def test_outsiders_see_nobody(mode: Mode, preference: Preference) -> None:
    """XEP-0404 §2.2 shows JIDs to participants, and an open node has other readers too."""
    assert not is_disclosed(mode, preference, Audience.OUTSIDERS)


@pytest.mark.parametrize(("mode", "preference"), EVERYTHING)
def test_two_combinations_cannot_be(mode: Mode, preference: Preference) -> None:
    """XEP-0404 §3.1: never in a visible channel, always in a hidden one."""
    impossible = {(Mode.VISIBLE, Preference.NEVER), (Mode.HIDDEN, Preference.ALWAYS)}
    assert can_coexist(mode, preference) is ((mode, preference) not in impossible)


def somebody(preference: Preference):  # type: ignore[no-untyped-def]
    workshop = Workshop()
    return workshop.joins("hag66", preferences=Preferences(visibility=preference))


def test_a_disclosed_jid_is_the_bare_one_unless_a_client_is_meant() -> None:
    """XEP-0404 §2.3: nodes show bare JIDs; XEP-0045 §7.2.3: rooms show full ones."""
    hag66 = somebody(Preference.DEFAULT)
    assert Sight(Mode.VISIBLE).real_jid(hag66) == DisclosedJid("hag66@shakespeare.example")
    full = Sight(Mode.VISIBLE).real_jid(hag66, client=jid("hag66/broom"))
    assert full is not None
    assert full.text == "hag66@shakespeare.example/broom"


def test_a_hidden_jid_is_none() -> None:
    """XEP-0404 §2.3: a channel that hides shows nothing in its place."""
    assert Sight(Mode.HIDDEN).real_jid(somebody(Preference.DEFAULT)) is None
    assert Sight(Mode.HIDDEN).real_jid(somebody(Preference.DEFAULT), audience=Audience.INSIDERS) is not None


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("then", [True, False])
@pytest.mark.parametrize("still_there", [True, False])
def test_the_past_shows_a_jid_only_where_it_was_and_is_shown(mode: Mode, then: bool, still_there: bool) -> None:
    """XEP-0404 §2.3 and MIX-DEC-084: only visible channels keep JIDs, and only for who is still there."""
    sender = somebody(Preference.DEFAULT) if still_there else None
    shown = Sight(mode).archived_jid(sender, disclosed_then=then, audience=Audience.PUBLIC)
    assert (shown is not None) is (mode is Mode.VISIBLE and then and still_there)
    assert Sight(mode).archived_jid(sender, disclosed_then=then, audience=Audience.OUTSIDERS) is None


def test_lists_the_map_and_oneself_show_addresses_in_every_mode() -> None:
    """XEP-0404 §2.5, XEP-0406 §2: who may read such a list reads addresses in it."""
    hag66 = somebody(Preference.DEFAULT)
    assert Sight(Mode.HIDDEN).mapped_jid(hag66).text == "hag66@shakespeare.example"
    assert Sight.listed_jid(jid("hecate")).text == "hecate@shakespeare.example"
    assert Sight.own_jid(jid("hecate/x")).text == "hecate@shakespeare.example/x"
