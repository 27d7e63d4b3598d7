"""The aggregate: looking at it, and what is derived from it."""

import pytest

from mix.core.channel import LAPSED, Channel, Participant
from mix.core.nicknames import prepare
from mix.core.refusals import NotAParticipant
from mix.core.rights import Grant
from mix.core.visibility import Mode
from tests.core.workshop import Workshop, jid


def test_people_are_found_by_what_is_known_of_them() -> None:
    """By account, client, nick; never by anything of somebody who is not in."""
    workshop = Workshop()
    me = workshop.joins("hag66/broom", "thirdwitch")
    coven = workshop.coven
    assert coven.participant(jid("hag66/whatever")) is me
    assert coven.participant_of(jid("hag66")) is me
    assert coven.holder_of(prepare("ThirdWitch")) is me
    assert coven.session_of(jid("hag66/broom")) is me.sessions[jid("hag66/broom")]
    assert coven.session_of(jid("hag66/pda")) is None
    assert coven.session_of(jid("hecate/moon")) is None
    assert coven.id_of(jid("hag66/broom")) == me.id
    with pytest.raises(NotAParticipant):
        coven.participant(jid("hecate"))


def test_channel_traffic_goes_to_known_clients_or_to_the_account() -> None:
    """XEP-0405 §2.2: to the account while no MIX client is known."""
    workshop = Workshop()
    me = workshop.joins("hag66")
    assert list(me.clients()) == [jid("hag66")]
    workshop.enters("hag66/pda")
    assert list(me.clients()) == [jid("hag66")]
    workshop.shows("hag66/broom")
    assert list(me.clients()) == [jid("hag66/broom")]


def test_what_is_derived_lasts_until_people_or_settings_change() -> None:
    """Faces keep what they have rendered, and never a stale one."""
    workshop = Workshop()
    coven = workshop.coven
    workshop.joins("hag66")

    def count(channel: Channel) -> list[int]:
        return [len(channel.participants)]

    first = coven.derived("people", count)
    assert coven.derived("people", count) is first
    hecate = workshop.joins("hecate")
    assert coven.derived("people", count) == [2]
    hecate.memo["item"] = "rendered"
    workshop.shows("hag66/broom")
    assert hecate.memo == {"item": "rendered"}
    workshop.configures(mode=Mode.VISIBLE)
    assert hecate.memo == {}


def test_the_nameless_come_and_go_and_are_named() -> None:
    """A visible channel can have people without nick."""
    workshop = Workshop()
    someone = Participant("abc", jid("ross"), None, workshop.clock.now, stays=True)
    workshop.coven.admit(someone)
    workshop.coven.dismiss("abc")
    workshop.coven.admit(someone)
    workshop.coven.rename(someone, prepare("thane"))
    assert workshop.coven.holder_of(prepare("thane")) is someone
    workshop.coven.rename(someone, prepare("other"))
    assert workshop.coven.holder_of(prepare("thane")) is None


def test_lists_are_asked_by_account() -> None:
    """XEP-0406 §2.2-2.3."""
    workshop = Workshop()
    workshop.lists(allowed="banquo fife.example", banned="macbeth england.example")
    assert workshop.coven.is_listed(jid("banquo"))
    assert not workshop.coven.is_listed(jid("macduff@fife.example"))
    assert workshop.coven.is_banned(jid("macbeth"))
    assert workshop.coven.is_banned(jid("siward@england.example"))
    assert not workshop.coven.is_banned(jid("siward@new.england.example"))


def test_of_those_who_left_the_latest_are_remembered() -> None:
    """XEP-0045 §5.1: what a visitor had is theirs again soon, and not a memory without end."""
    workshop = Workshop()
    for number in range(LAPSED + 2):
        workshop.coven.remember_grant(f"id{number}", Grant.VOICE, workshop.clock.now)
    workshop.coven.remember_grant("id2", Grant.MUTED, workshop.clock.now)
    kept = list(workshop.coven.lapsed)
    assert (len(kept), kept[0], kept[-1]) == (LAPSED, "id3", "id2")
