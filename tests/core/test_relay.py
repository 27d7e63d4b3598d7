"""Requests between people."""

from typing import Any

import pytest

from mix.core import commands, relay
from mix.core.config import Contact
from mix.core.due import due
from mix.core.events import GrantChanged
from mix.core.refusals import NoAnswer, NoSuchItem, NotAllowed, NotAParticipant, TooManyRequests, Unreachable
from mix.core.relayable import Concern
from mix.core.rights import Grant
from mix.core.transient import RequestAnswered, RequestFailed, RequestRelayed
from pubsubnodes.addresses import VisibleAddress
from tests.core.workshop import Workshop, body, jid


def asks(workshop: Workshop, who: str, to: str, concern: Concern = Concern.ACCOUNT, **more: Any) -> RequestRelayed:
    """Somebody asks somebody something."""
    found = workshop.coven.participant_of(jid(to))
    wish = {"type": "get", "client_id": "i1", "from_room": False, "lang": None, **more}
    *_, relayed = workshop.does(
        commands.RelayRequest(
            actor=jid(who),
            to=found.id if found is not None else to,
            concern=concern,
            payload=body("what?"),
            written_to=VisibleAddress("where@it.was/written"),
            **wish,
        )
    )
    assert isinstance(relayed, RequestRelayed)
    return relayed


def tag_of(workshop: Workshop, client: str) -> str:
    """What stands for a client."""
    session = workshop.coven.session_of(jid(client))
    assert session is not None
    return session.tag


@pytest.fixture
def witches() -> Workshop:
    """hag66 and hecate, by MIX; macbeth, in the room."""
    workshop = Workshop()
    workshop.joins("hag66")
    workshop.joins("hecate")
    workshop.shows("hecate/moon")
    workshop.enters("macbeth/dagger", "thane")
    return workshop


def test_whom_it_reaches(witches: Workshop) -> None:
    """XEP-0403 §4.5-4.6: the account, or the client that is meant; and in which words."""

    def asked(*args: Any, **more: Any) -> tuple[object, bool]:
        relayed = asks(witches, *args, **more)
        return relayed.pending.asked, relayed.to_room

    assert asked("hag66/broom", "hecate") == (jid("hecate"), False)
    assert asked("hag66/broom", "hecate", tag=tag_of(witches, "hecate/moon")) == (jid("hecate/moon"), False)
    assert asked("hag66/broom", "macbeth", tag=tag_of(witches, "macbeth/dagger")) == (jid("macbeth/dagger"), True)
    assert asked("hag66/broom", "macbeth") == (jid("macbeth"), True)
    assert asked("macbeth/dagger", "hecate", Concern.CLIENT, from_room=True) == (jid("hecate/moon"), False)
    assert asked("macbeth/dagger", "macbeth", Concern.CLIENT, from_room=True) == (jid("macbeth/dagger"), True)
    assert asked("hag66/broom", "macbeth", Concern.PERSON) == (jid("macbeth"), True)
    assert asked("hecate/moon", "hecate", Concern.PERSON) == (jid("hecate"), False)


def test_whom_it_does_not_reach(witches: Workshop) -> None:
    """Strangers are told first that they are."""
    with pytest.raises(NotAParticipant):
        asks(witches, "pistol/x", "nobody")
    for to, tag in (("nobody", None), ("hecate", "gone")):
        with pytest.raises(NoSuchItem):
            asks(witches, "hag66/broom", to, tag=tag)
    with pytest.raises(NoSuchItem):
        asks(witches, "macbeth/dagger", "hag66", from_room=True)  # shows nothing
    for concern, type in ((Concern.CLIENT, "get"), (Concern.ACCOUNT, "set")):
        with pytest.raises(Unreachable):
            asks(witches, "hag66/broom", "hecate", concern, type=type)


def test_a_vcard_is_its_owners(witches: Workshop) -> None:
    """XEP-0404 §3.1."""
    with pytest.raises(Unreachable):
        asks(witches, "hag66/broom", "hecate", Concern.PERSON)
    witches.does(commands.SetPreferences(actor=jid("hecate"), changes={"vcard": Contact.ALLOW}))
    assert asks(witches, "hag66/broom", "hecate", Concern.PERSON).pending.asked == jid("hecate")


def test_only_who_was_asked_answers(witches: Workshop) -> None:
    """MUC-IQ-05."""
    relayed = asks(witches, "hag66/broom", "hecate", tag=tag_of(witches, "hecate/moon"))

    def answers(who: str, id: str) -> list[object]:
        answer = commands.AnswerRelayed(actor=jid(who), id=id, type="result", payload=body("that"))
        return list(witches.does(answer))

    assert not answers("hecate/moon", "guessed")
    for other in ("hecate", "hecate/pda", "hag66/broom"):
        assert not answers(other, relayed.pending.id)
    assert answers("hecate/moon", relayed.pending.id) == [RequestAnswered(relayed.pending, "result", body("that"))]
    assert not answers("hecate/moon", relayed.pending.id)


@pytest.mark.req("MIX-REL-12")
def test_time_is_up_for_the_oldest_first(witches: Workshop) -> None:
    """MIX-DEC-121."""
    assert due(witches.coven, witches.rules) is None
    old = asks(witches, "hag66/broom", "hecate").pending
    witches.clock.advance(30)
    young = asks(witches, "hag66/broom", "hecate").pending
    assert due(witches.coven, witches.rules) == old.until < young.until
    assert not relay.expire(witches.coven, witches.moment)
    witches.clock.advance(40)
    (failed,) = witches.does(commands.Tick(actor=jid("mix.shakespeare.example")))
    assert isinstance(failed, RequestFailed)
    assert failed.pending is old
    assert isinstance(failed.why, NoAnswer)
    assert due(witches.coven, witches.rules) == young.until


@pytest.mark.req("MIX-SEC-09")
def test_there_is_an_end_to_what_is_under_way(witches: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of one person, and of all."""
    monkeypatch.setattr(relay, "MOST_OF_ONE", 2)
    monkeypatch.setattr(relay, "MOST", 3)
    for client in ("hag66/broom", "hag66/pda"):
        asks(witches, client, "hecate")
    with pytest.raises(TooManyRequests):
        asks(witches, "hag66/broom", "hecate")
    asks(witches, "hecate/moon", "hag66")
    with pytest.raises(TooManyRequests):
        asks(witches, "macbeth/dagger", "hag66")


@pytest.mark.req("MIX-REL-05", "MUC-IQ-17")
@pytest.mark.parametrize(("policy", "may"), [("everybody", True), ("speakers", False), ("nobody", False)])
def test_the_operator_says_who_may_ask(policy: str, may: bool) -> None:
    """XEP-0403 §4.6, XEP-0045 §17.4; oneself may always be asked."""
    workshop = Workshop(relay=policy)
    workshop.sets(moderated=True)
    workshop.enters("hag66/broom")
    workshop.enters("hecate/moon")
    asks(workshop, "hag66/broom", "hag66", from_room=True)
    if may:
        asks(workshop, "hag66/broom", "hecate", from_room=True)
        return
    with pytest.raises(NotAllowed):
        asks(workshop, "hag66/broom", "hecate", from_room=True)
    workshop.coven.apply(GrantChanged(workshop.coven.participant(jid("hag66")).id, None, Grant.VOICE))
    if policy == "speakers":
        asks(workshop, "hag66/broom", "hecate", from_room=True)
    else:
        with pytest.raises(NotAllowed):
            asks(workshop, "hag66/broom", "hecate", from_room=True)


@pytest.mark.req("MUC-IQ-08")
@pytest.mark.parametrize(
    ("wish", "fails"),
    [
        (commands.GoOffline(actor=jid("hecate/moon")), {"client"}),
        (commands.GoOffline(actor=jid("hecate/pda")), set()),
        (commands.SetNick(actor=jid("hecate"), nick="sun"), {"room"}),
        (commands.SetNick(actor=jid("hag66"), nick="hag"), set()),
        (commands.Leave(actor=jid("hecate")), {"client", "account", "room"}),
        (commands.Leave(actor=jid("hag66")), {"client", "account"}),
        (commands.GoOffline(actor=jid("macbeth/dagger")), {"room"}),
    ],
    ids=lambda value: type(value).__name__,
)
def test_nobody_waits_for_who_is_gone(witches: Workshop, wish: commands.Command, fails: set[str]) -> None:
    """Nor gets an answer under a name that is somebody else's by then."""
    witches.shows("hecate/pda", priority=5)
    pending = {
        "client": asks(witches, "hag66/broom", "hecate", tag=tag_of(witches, "hecate/moon")).pending,
        "account": asks(witches, "hag66/broom", "hecate").pending,
        "room": asks(witches, "macbeth/dagger", "hecate", Concern.CLIENT, from_room=True).pending,
    }
    if wish == commands.GoOffline(actor=jid("hecate/pda")):
        fails = {"room"}  # that one was asked, for its priority
    failed = [event for event in witches.does(wish) if isinstance(event, RequestFailed)]
    assert {name for name, one in pending.items() if one in [event.pending for event in failed]} == fails
    assert len(failed) == len(fails)
    assert all(isinstance(event.why, NoSuchItem) for event in failed)
    assert len(witches.coven.pending) == len(pending) - len(fails)
