"""One's own preferences."""

from typing import Any

import pytest

from mix.core import commands
from mix.core.config import Contact, Preferences, Sharing
from mix.core.events import PreferencesChanged, SessionChanged, SessionOpened
from mix.core.refusals import CannotCoexist, NotAParticipant, ValueUnacceptable
from mix.core.visibility import Mode, Preference
from tests.core.workshop import Workshop, jid


def wish(who: str = "hag66", **changes: Any) -> commands.SetPreferences:
    """A change of preferences."""
    return commands.SetPreferences(actor=jid(who), changes=changes)


def test_the_given_ones_change_and_the_others_stay() -> None:
    """XEP-0404 §3.1."""
    workshop = Workshop()
    me = workshop.joins("hag66", preferences=Preferences(vcard=Contact.ALLOW))
    (changed,) = workshop.does(wish(visibility=Preference.NEVER))
    assert isinstance(changed, PreferencesChanged)
    assert me.preferences == Preferences(visibility=Preference.NEVER, vcard=Contact.ALLOW)
    assert workshop.does(wish()) == []
    assert [type(e) for e in workshop.does(wish("hag66/broom"))] == [SessionOpened]


@pytest.mark.parametrize(("mode", "preference"), [(Mode.VISIBLE, Preference.NEVER), (Mode.HIDDEN, Preference.ALWAYS)])
def test_what_cannot_be_is_refused(mode: Mode, preference: Preference) -> None:
    """XEP-0404 §3.1."""
    workshop = Workshop(default_mode=mode)
    workshop.joins("hag66")
    with pytest.raises(CannotCoexist):
        workshop.does(wish(visibility=preference))


def test_strangers_have_no_preferences() -> None:
    """XEP-0404 §3.1."""
    with pytest.raises(NotAParticipant):
        Workshop().does(wish())


def test_who_stops_sharing_presence_is_not_shown_any_more() -> None:
    """XEP-0404 §3.1; but a client in the room shows itself, for rooms know nothing else."""
    workshop = Workshop()
    me = workshop.joins("hag66")
    workshop.shows("hag66/broom")
    workshop.enters("hag66/pda")
    events = workshop.does(wish(presence=Sharing.NOT_SHARE))
    assert [type(e) for e in events] == [PreferencesChanged, SessionChanged]
    assert [s.is_present for s in me.sessions.values() if not s.jid.is_bare] == [False, True]
    assert workshop.shows("hag66/broom") == []


def test_a_channel_can_want_presence() -> None:
    """XEP-0406 §2.4: participation only with presence."""
    workshop = Workshop()
    workshop.joins("hag66")
    workshop.sets(presence_required=True)
    with pytest.raises(ValueUnacceptable):
        workshop.does(wish(presence=Sharing.NOT_SHARE))
