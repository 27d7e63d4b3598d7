"""Saying something to one person."""

import pytest

from mix.core import commands, transient
from mix.core.config import Contact, Whisperers
from mix.core.events import GrantChanged, ParticipantLeft, SessionClosed
from mix.core.refusals import NoPrivateMessages, NoSuchItem, NotAParticipant, Unreachable
from mix.core.rights import Grant
from mix.core.transient import Delivered, PrivateMessageBounced, PrivateMessagePosted, Whisper
from pubsubnodes.addresses import VisibleAddress
from tests.core.workshop import Workshop, body, jid

WRITTEN_TO = VisibleAddress("where@it.was/written")


def whispers(
    workshop: Workshop, who: str, to: str, tag: str | None = None, client_id: str | None = "m1"
) -> PrivateMessagePosted:
    """Somebody says something to somebody, by participant id or name."""
    found = workshop.coven.participant_of(jid(to))
    *_, posted = workshop.does(
        commands.SendPrivately(
            actor=jid(who),
            to=found.id if found is not None else to,
            tag=tag,
            payload=body("psst"),
            type="chat",
            client_id=client_id,
            lang="en",
            written_to=WRITTEN_TO,
            from_room=False,
        )
    )
    assert isinstance(posted, PrivateMessagePosted)
    return posted


def bounces(workshop: Workshop, who: str, to: str, *, lost: bool = False) -> list[object]:
    """What it comes to when a message of `to` comes back from `who`."""
    found = workshop.coven.participant_of(jid(to))
    id = found.id if found is not None else to
    failure = body("an error")
    return list(
        workshop.does(commands.BouncePrivately(actor=jid(who), to=id, failure=failure, client_id="m1", lost=lost))
    )


@pytest.fixture
def witches() -> Workshop:
    """hag66 and hecate, by MIX; macbeth, in the room."""
    workshop = Workshop()
    workshop.joins("hag66")
    workshop.joins("hecate")
    workshop.enters("macbeth/dagger", "thane")
    return workshop


def test_it_is_as_it_was_said(witches: Workshop) -> None:
    """XEP-0404 §3.2."""
    said = whispers(witches, "hag66/broom", "hecate")
    me = witches.coven.participant(jid("hag66"))
    hecate = witches.coven.participant(jid("hecate"))
    assert said.whisper == Whisper(me.id, hecate.id, jid("hag66/broom"), "m1", WRITTEN_TO, written_in_room=False)
    assert said.tag == me.sessions[jid("hag66/broom")].tag
    assert (said.payload, said.type, said.lang) == (body("psst"), "chat", "en")
    assert said.to == Delivered(outside=(jid("hecate"),))


def test_where_it_goes(witches: Workshop) -> None:
    """To the account, to the clients in the room, or to the one client that is meant (MIX-RES-09)."""
    witches.shows("hecate/moon")
    tag = witches.coven.participant(jid("hecate")).sessions[jid("hecate/moon")].tag
    assert whispers(witches, "hag66/broom", "hecate").to == Delivered(outside=(jid("hecate"),))
    assert whispers(witches, "hag66/broom", "hecate", tag).to == Delivered(outside=(jid("hecate/moon"),))
    assert whispers(witches, "hag66/broom", "hecate", "gone").to == Delivered(outside=(jid("hecate"),))
    assert whispers(witches, "hag66/broom", "macbeth").to == Delivered(in_room=(jid("macbeth/dagger"),))
    witches.enters("hecate/crescent", "nick of hecate")
    both = Delivered(in_room=(jid("hecate/crescent"),), outside=(jid("hecate/moon"),))
    assert whispers(witches, "macbeth/dagger", "hecate").to == both


def test_who_may_not(witches: Workshop) -> None:
    """Strangers first of all, so that they learn nothing (MIX-PMS-08)."""
    with pytest.raises(NotAParticipant):
        whispers(witches, "pistol/x", "nobody")
    with pytest.raises(NoSuchItem):
        whispers(witches, "hag66/broom", "nobody")
    hecate = witches.coven.participant(jid("hecate"))
    witches.does(commands.SetPreferences(actor=jid("hecate"), changes={"private_messages": Contact.BLOCK}))
    with pytest.raises(Unreachable):
        whispers(witches, "hag66/broom", "hecate")
    assert whispers(witches, "hecate/moon", "hecate").whisper.recipient == hecate.id


@pytest.mark.req("MUC-PM-09", "MUC-PM-20")
@pytest.mark.parametrize(
    ("allowed", "may"),
    [
        (Whisperers.ANYONE, {"visitor", "speaker", "moderator", "owner"}),
        (Whisperers.SPEAKERS, {"speaker", "moderator", "owner"}),
        (Whisperers.MODERATORS, {"moderator", "owner"}),
        (None, set()),
    ],
)
def test_the_room_says_who_may(allowed: Whisperers | None, may: set[str]) -> None:
    """XEP-0045 §10.1.3; everybody may talk to themselves."""
    workshop = Workshop()
    workshop.sets(
        moderated=True, private_messages=allowed is not None, private_messages_by=allowed or Whisperers.ANYONE
    )
    grants = {"visitor": None, "speaker": Grant.VOICE, "moderator": Grant.MODERATOR, "owner": None}
    for name, grant in grants.items():
        workshop.enters(f"{name}/x")
        someone = workshop.coven.participant(jid(name))
        workshop.coven.apply(GrantChanged(someone.id, None, grant))
    workshop.lists(owners="crone1 owner")
    workshop.enters("hecate/moon")
    for name in grants:
        assert whispers(workshop, f"{name}/x", name).to.in_room == (jid(f"{name}/x"),)
        if name in may:
            assert whispers(workshop, f"{name}/x", "hecate").to.in_room == (jid("hecate/moon"),)
        else:
            with pytest.raises(NoPrivateMessages):
                whispers(workshop, f"{name}/x", "hecate")


def test_what_comes_back_goes_to_the_client_that_wrote(witches: Workshop) -> None:
    """XEP-0045 §7.5: once, and from wherever it comes back."""
    said = whispers(witches, "hag66/pda", "hecate")
    assert bounces(witches, "hecate/moon", "hag66") == [PrivateMessageBounced(said.whisper, body("an error"))]
    assert not bounces(witches, "hecate", "hag66")


def test_a_dead_client_is_found_out(witches: Workshop) -> None:
    """By MIX the writer is told as well; in the room the client is seen to go (MUC-PM-18)."""
    whispers(witches, "hag66/broom", "hecate")
    whispers(witches, "hag66/broom", "macbeth")
    witches.shows("hecate/moon")
    bounced, closed = bounces(witches, "hecate/moon", "hag66", lost=True)
    assert isinstance(bounced, PrivateMessageBounced)
    assert isinstance(closed, SessionClosed)
    (left,) = bounces(witches, "macbeth/dagger", "hag66", lost=True)
    assert isinstance(left, ParticipantLeft)


def test_an_error_about_nothing_is_nobodys(witches: Workshop) -> None:
    """Of a stranger, of a third person, to a stranger, to somebody who has left, or about what was said to all."""
    witches.says("hag66/broom")
    for who, to in (("pistol/x", "hag66"), ("hecate", "hag66"), ("hecate", "nobody")):
        assert not bounces(witches, who, to)
    whispers(witches, "hag66/broom", "hecate")
    assert not bounces(witches, "macbeth/dagger", "hag66")
    hag66 = witches.coven.participant(jid("hag66"))
    witches.does(commands.Leave(actor=jid("hag66")))
    assert not bounces(witches, "hecate", hag66.id)


def test_a_dead_client_is_found_out_even_when_nobody_is_told(witches: Workshop) -> None:
    """Whoever wrote to it has left."""
    witches.shows("hecate/moon")
    assert [type(event) for event in bounces(witches, "hecate/moon", "nobody", lost=True)] == [SessionClosed]


def test_what_may_come_back_is_forgotten_in_time(witches: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    """The oldest first; what is said again under the same id is new."""
    monkeypatch.setattr(transient, "WHISPERS", 2)
    for client_id in ("m1", "m2", "m1", "m3"):
        whispers(witches, "hag66/broom", "hecate", client_id=client_id)
    assert [client_id for _, _, client_id in witches.coven.whispers] == ["m1", "m3"]
    assert bounces(witches, "hecate", "hag66")
