"""Inviting, declining, and invitations that come back."""

import pytest

from mix.core.admissions import InvitationDeclined, InvitationEnded, Invited
from mix.core.channel import Invitation
from mix.core.commands import DeclineInvitation, Invite, Invitee, NewStanding, ReturnInvitation, SetRanks
from mix.core.events import Event, ListsChanged
from mix.core.invitations import KEPT, KEPT_OF_ONE, LONGEST, MOST, PACE
from mix.core.nodes import OPTIONAL
from mix.core.refusals import (
    Banned,
    MalformedRequest,
    NoSuchChannel,
    NoSuchItem,
    NotAllowed,
    NotAParticipant,
    Refusal,
    TooFast,
    TooLarge,
)
from mix.core.rights import Standing
from tests.core.workshop import DOMAIN, Workshop, jid


def invites(workshop: Workshop, *names: str, by: str = "crone1/cave", text: str = "") -> list[Event]:
    """Somebody invites people."""
    people = [Invitee(jid=jid(name), text=text) for name in names]
    return list(workshop.does(Invite(actor=jid(by), people=people)))


@pytest.mark.parametrize(
    ("by", "names", "text", "why"),
    [
        ("ross/x", ["puck"], "", NotAParticipant),
        ("macduff/x", ["puck"], "", Banned),
        ("crone1/x", [], "", MalformedRequest),
        ("crone1/x", ["puck"] * (MOST + 1), "", TooLarge),
        ("crone1/x", ["puck"], "x" * (LONGEST + 1), TooLarge),
        ("crone1/x", ["fife.example"], "", MalformedRequest),
        ("crone1/x", [f"coven@{DOMAIN}/nick"], "", NoSuchItem),
        ("crone1/x", ["puck", "macduff"], "", NotAllowed),
    ],
)
def test_what_nobody_is_invited_by(by: str, names: list[str], text: str, why: type[Refusal]) -> None:
    """XEP-0045 §7.8.2."""
    workshop = Workshop()
    workshop.lists(banned="macduff")
    with pytest.raises(why):
        invites(workshop, *names, by=by, text=text)


def test_who_is_in_or_belongs_there_invites() -> None:
    """XEP-0045 §7.8.2; into a closed channel only who may let people in, or everybody if the owner says so."""
    workshop = Workshop()
    workshop.lists(allowed="banquo")
    workshop.enters("hag66/broom")
    for by in ("banquo/x", "hag66/broom", "crone1/x"):
        (event,) = invites(workshop, "puck", by=by)
        assert isinstance(event, Invited)
    workshop.configures(nodes=OPTIONAL)
    with pytest.raises(NotAllowed):
        invites(workshop, "puck", by="banquo/x")
    workshop.sets(invitation_by_participants=True)
    listed, invited = invites(workshop, "puck", by="banquo/x")
    assert isinstance(listed, ListsChanged)
    assert isinstance(invited, Invited)
    assert [type(event) for event in invites(workshop, "puck", by="banquo/x")] == [Invited]
    with pytest.raises(NotAParticipant):
        invites(workshop, "robin", by="hag66/broom")
    workshop.coven.locked = True
    with pytest.raises(NoSuchChannel):
        invites(workshop, "puck")


def test_a_pace_and_a_memory() -> None:
    """XEP-0045 §14.6: so many a minute; the oldest are forgotten, and those of a month ago."""
    workshop = Workshop()
    for place in range(PACE // MOST):
        invites(workshop, *(f"w{place}-{n}" for n in range(MOST)))
    with pytest.raises(TooFast):
        invites(workshop, "puck")
    workshop.clock.advance(60)
    for place in range(KEPT_OF_ONE // MOST):
        workshop.clock.advance(60)
        invites(workshop, *(f"v{place}-{n}" for n in range(MOST)))
    assert len(workshop.coven.invitations) == KEPT_OF_ONE
    workshop.clock.advance(40 * 86_400)
    events = invites(workshop, "puck")
    assert sum(isinstance(event, InvitationEnded) for event in events) == KEPT_OF_ONE
    assert len(workshop.coven.invitations) == 1


def test_nobody_has_the_invitations_of_others_forgotten() -> None:
    """XEP-0045 §14.6: one's own go first; the oldest of all only when there are too many of everybody's."""
    workshop = Workshop()
    workshop.enters("hag66/broom")
    invites(workshop, "puck", by="hag66/broom")
    (first,) = workshop.coven.invitations.values()
    for place in range(KEPT_OF_ONE // MOST + 2):
        workshop.clock.advance(60)
        invites(workshop, *(f"v{place}-{n}" for n in range(MOST)))
    assert first.id in workshop.coven.invitations
    now = workshop.clock.now
    for place in range(KEPT):
        other = Invitation(f"i{place}", jid("puck"), jid(f"w{place}"), now)
        workshop.coven.invitations[other.id] = other
    invites(workshop, "robin")
    assert len(workshop.coven.invitations) == KEPT
    assert first.id not in workshop.coven.invitations


def test_whoever_lets_a_thousand_people_in_invites_as_many_as_others() -> None:
    """XEP-0045 §9.5, §14.6: the list may be long; what is sent to people who asked for nothing is not."""
    workshop = Workshop()
    workshop.sets(nodes=OPTIONAL)
    for wave in range(3):
        changes = [NewStanding(standing=Standing.ALLOWED, jid=jid(f"v{wave}-{n}")) for n in range(500)]
        events = workshop.does(SetRanks(actor=jid("crone1"), changes=changes))
        assert sum(isinstance(event, Invited) for event in events) == (0 if wave == 1 else PACE)
        if wave == 1:
            workshop.clock.advance(61)
    assert len(workshop.coven.lists.allowed) == 1500
    assert len(workshop.coven.invitations) == 2 * PACE


def test_only_the_invited_decline_and_only_to_who_invited() -> None:
    """XEP-0045 §7.8.2: by address or by nick."""
    workshop = Workshop()
    workshop.enters("hag66/broom")
    invites(workshop, "puck", by="hag66/broom")

    def declined(by: str, to: str | None = None, nick: str = "", text: str = "") -> int:
        inviter = jid(to) if to is not None else None
        events = workshop.does(DeclineInvitation(actor=jid(by), inviter=inviter, nick=nick, text=text))
        assert all(isinstance(event, InvitationDeclined) for event in events)
        return len(events)

    assert declined("puck/x", "hag66") == declined("puck/x", "hag66/broom") == 1
    assert declined("puck/x", nick="nick of hag66") == 1
    assert declined("puck/x", nick="nobody") == declined("puck/x", nick="\u0000") == 0
    assert declined("puck/x", "crone1") == declined("robin/x", "hag66") == 0
    with pytest.raises(TooLarge):
        declined("puck/x", "hag66", text="x" * (LONGEST + 1))
    workshop.lists(banned="puck")
    assert declined("puck/x", "hag66") == 0


def test_an_invitation_comes_back_once_and_from_the_invitee() -> None:
    """XEP-0045 §7.8.2."""
    workshop = Workshop()
    (event,) = invites(workshop, "puck/x")
    assert isinstance(event, Invited)
    id = event.invitation.id
    assert workshop.does(ReturnInvitation(actor=jid("robin"), id=id)) == []
    assert workshop.does(ReturnInvitation(actor=jid("puck"), id=id)) == [InvitationEnded(event.invitation, True)]
    assert workshop.does(ReturnInvitation(actor=jid("puck"), id=id)) == []
