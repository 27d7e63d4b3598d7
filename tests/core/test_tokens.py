"""Who may let whom in, for how long, and how often."""

import hmac
import uuid
from datetime import timedelta

import pytest

from mix.core.admissions import InvitationEnded, InvitationIssued
from mix.core.channel import Invitation
from mix.core.commands import Claim
from mix.core.invitations import KEPT
from mix.core.nodes import OPTIONAL
from mix.core.refusals import Banned, NotAllowed, TooManyRequests, ValueUnacceptable
from mix.core.tokens import LIFE, MOST, RequestInvitation, admitted
from mix.shell.clock import SystemDice
from tests.core.workshop import DOMAIN, Workshop, jid


@pytest.fixture
def closed() -> Workshop:
    """A channel only the allowed get into."""
    workshop = Workshop()
    workshop.sets(nodes=OPTIONAL)
    return workshop


def request(who: str, invitee: str) -> RequestInvitation:
    return RequestInvitation(actor=jid(who), invitee=jid(invitee))


def issued(workshop: Workshop, who: str = "crone1", invitee: str = "cat") -> Invitation:
    event = workshop.does(request(who, invitee))[-1]
    assert isinstance(event, InvitationIssued)
    return event.invitation


def claim(token: Invitation) -> Claim:
    return Claim(token.inviter, token.invitee, f"coven@{DOMAIN}", token.id)


@pytest.mark.req("MIX-SEC-06")
def test_tokens_are_not_guessed(closed: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    """122 random bits, and a guess that is nearly right is refused like any other, in the same time."""
    compared: list[tuple[bytes, bytes]] = []

    def compare_digest(one: bytes, other: bytes) -> bool:
        compared.append((one, other))
        return one == other

    monkeypatch.setattr(hmac, "compare_digest", compare_digest)
    token, other = issued(closed), issued(closed, invitee="dog")
    for guess in (token.id[:-1], token.id + "0", token.id.upper(), "é", ""):
        compared.clear()
        near = Claim(token.inviter, token.invitee, f"coven@{DOMAIN}", guess)
        assert admitted(closed.coven, jid("cat"), near, closed.moment) is None
        assert [one for one, _ in compared] == [token.id.encode(), other.id.encode()]
    ids = {SystemDice().invitation_id() for _ in range(100)}
    assert len(ids) == 100
    assert all(uuid.UUID(id).version == 4 for id in ids)


def test_a_token_is_used_up(closed: Workshop) -> None:
    token = issued(closed)
    events = admitted(closed.coven, jid("cat"), claim(token), closed.moment)
    assert events is not None
    assert events[-1] == InvitationEnded(token)
    for event in events:
        closed.coven.apply(event)
    assert jid("cat") in closed.coven.lists.allowed
    assert admitted(closed.coven, jid("cat"), claim(token), closed.moment) is None


def test_no_claim_lets_nobody_in(closed: Workshop) -> None:
    assert admitted(closed.coven, jid("cat"), None, closed.moment) is None


def test_the_old_ones_make_room(closed: Workshop) -> None:
    for number in range(MOST):
        issued(closed, invitee=f"cat{number}")
    with pytest.raises(TooManyRequests):
        issued(closed)
    closed.clock.now += LIFE - timedelta(seconds=1)
    former = closed.does(request("crone1", "cat"))
    assert sum(isinstance(event, InvitationEnded) for event in former) >= MOST - 1
    assert len(closed.coven.invitations) <= 2


def test_the_banned_neither_invite_nor_are_invited(closed: Workshop) -> None:
    closed.lists(banned="macbeth")
    with pytest.raises(Banned):
        issued(closed, "macbeth")
    with pytest.raises(NotAllowed):
        issued(closed, "crone1", "macbeth")


@pytest.mark.parametrize("invitee", ["shakespeare.example", f"cat@{DOMAIN}"])
def test_people_are_invited_by_addresses_of_their_own(closed: Workshop, invitee: str) -> None:
    with pytest.raises(ValueUnacceptable):
        issued(closed, "crone1", invitee)


def test_tokens_of_many_people_are_forgotten_as_other_invitations_are(closed: Workshop) -> None:
    """The oldest go, whoever asked for them."""
    first = issued(closed)
    for place in range(KEPT):
        other = Invitation(f"i{place}", jid("puck"), jid(f"w{place}"), closed.clock.now)
        closed.coven.invitations[other.id] = other
    issued(closed, invitee="dog")
    assert first.id not in closed.coven.invitations
    assert len(closed.coven.invitations) == KEPT
