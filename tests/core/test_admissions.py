"""Events on the way in make themselves so."""

from mix.core.admissions import InvitationDeclined, InvitationEnded, Invited, NickReserved, VoiceRequested
from mix.core.channel import Invitation
from mix.core.commands import Invitee
from mix.core.nicknames import prepare
from tests.core.workshop import Workshop, jid


def test_a_nick_is_kept_for_one_and_taken_from_all_others() -> None:
    """XEP-0045 §7.12."""
    coven = Workshop().coven
    moon, sun = prepare("Moon"), prepare("sun")
    coven.apply(NickReserved(jid("hecate"), None, moon))
    assert coven.is_free(prepare("moon"), jid("hecate"))
    assert not coven.is_free(prepare("moon"), jid("hag66"))
    coven.apply(NickReserved(jid("hecate"), moon, sun))
    assert coven.is_free(moon, jid("hag66"))
    assert coven.reserved == {jid("hecate"): sun}
    coven.apply(NickReserved(jid("hecate"), sun, None))
    assert coven.reserved == {}
    assert coven.is_free(sun, jid("hag66"))


def test_an_invitation_is_remembered_until_it_ends() -> None:
    """XEP-0045 §7.8.2: declining does not end it."""
    workshop = Workshop()
    coven = workshop.coven
    sent = Invitation("i1", jid("hecate"), jid("hag66/broom"), workshop.clock.now)
    coven.apply(Invited(sent, Invitee(jid=jid("hecate"))))
    coven.apply(InvitationDeclined(sent))
    assert coven.invitations == {"i1": sent}
    for _ in range(2):
        coven.apply(InvitationEnded(sent))
        assert coven.invitations == {}


def test_a_request_for_voice_is_remembered() -> None:
    """XEP-0045 §7.13."""
    workshop = Workshop()
    hag66 = workshop.joins("hag66")
    workshop.coven.apply(VoiceRequested(hag66.id, workshop.clock.now))
    assert workshop.coven.pleas == {hag66.id: workshop.clock.now}
