"""Saying something to one person."""

import pytest

from mix.core import commands
from mix.core.config import Contact, Whisperers
from mix.core.events import GrantChanged, ParticipantLeft, SessionClosed
from mix.core.refusals import NoPrivateMessages, NoSuchItem, NotAParticipant, Unreachable
from mix.core.rights import Grant
from mix.core.transient import Delivered, PrivateMessageBounced, PrivateMessagePosted
from tests.core.workshop import Workshop, body, jid


def whispers(workshop: Workshop, who: str, to: str, tag: str | None = None) -> PrivateMessagePosted:
    """Somebody says something to somebody, by participant id or name."""
    found = workshop.coven.participant_of(jid(to))
    *_, posted = workshop.does(
        commands.SendPrivately(
            actor=jid(who),
            to=found.id if found is not None else to,
            tag=tag,
            payload=body("psst"),
            type="chat",
            client_id="m1",
            lang="en",
        )
    )
    assert isinstance(posted, PrivateMessagePosted)
    return posted


def bounces(workshop: Workshop, who: str, to: str, *, tag: str | None = None, lost: bool = False) -> list[object]:
    """What it comes to when a message of `to` comes back from `who`."""
    found = workshop.coven.participant_of(jid(to))
    failure = body("an error")
    return list(
        workshop.does(
            commands.BouncePrivately(
                actor=jid(who),
                to=found.id if found is not None else to,
                tag=tag,
                failure=failure,
                client_id="m1",
                lost=lost,
            )
        )
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
    assert (said.sender, said.tag) == (me.id, me.sessions[jid("hag66/broom")].tag)
    assert (said.payload, said.type, said.client_id, said.lang) == (body("psst"), "chat", "m1", "en")
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
    assert whispers(witches, "hecate/moon", "hecate").sender == hecate.id


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
    """XEP-0045 §7.5: or to all there are, where the address does not say which."""
    witches.shows("hag66/broom")
    witches.shows("hag66/pda")
    witches.shows("hecate/moon")
    hag66, hecate = (witches.coven.participant(jid(name)) for name in ("hag66", "hecate"))
    (event,) = bounces(witches, "hecate", "hag66", tag=hag66.sessions[jid("hag66/pda")].tag)
    assert event == PrivateMessageBounced(
        hecate.id, None, Delivered(outside=(jid("hag66/pda"),)), body("an error"), "m1"
    )
    (event,) = bounces(witches, "hecate/moon", "hag66")
    assert isinstance(event, PrivateMessageBounced)
    assert event.tag == hecate.sessions[jid("hecate/moon")].tag
    assert set(event.to.outside) == {jid("hag66/broom"), jid("hag66/pda")}


def test_a_dead_client_is_found_out(witches: Workshop) -> None:
    """By MIX the writer is told as well; in the room the client is seen to go (MUC-PM-18)."""
    witches.shows("hag66/broom")
    witches.shows("hecate/moon")
    bounced, closed = bounces(witches, "hecate/moon", "hag66", lost=True)
    assert isinstance(bounced, PrivateMessageBounced)
    assert isinstance(closed, SessionClosed)
    (left,) = bounces(witches, "macbeth/dagger", "hag66", lost=True)
    assert isinstance(left, ParticipantLeft)


@pytest.mark.parametrize(
    ("who", "to", "tag"), [("pistol/x", "hag66", None), ("hecate", "nobody", None), ("hecate", "hag66", "gone")]
)
def test_some_errors_are_nobodys(witches: Workshop, who: str, to: str, tag: str | None) -> None:
    """Of a stranger, to a stranger, or to a client that has gone meanwhile."""
    witches.shows("hag66/broom")
    assert not bounces(witches, who, to, tag=tag)


def test_a_dead_client_is_found_out_even_when_nobody_is_told(witches: Workshop) -> None:
    """Whoever wrote to it has left."""
    witches.shows("hecate/moon")
    assert [type(event) for event in bounces(witches, "hecate/moon", "nobody", lost=True)] == [SessionClosed]
    witches.shows("hecate/moon")
    assert [type(event) for event in bounces(witches, "hecate/moon", "hag66", lost=True)] == [SessionClosed]


def test_a_copy_of_what_was_said_to_all_comes_back_to_nobody(witches: Workshop) -> None:
    """One of a thousand that failed is no news (MUC-PM-18)."""
    witches.says("hag66/broom")
    assert not bounces(witches, "hecate", "hag66")
    witches.coven.recent = None
    assert bounces(witches, "hecate", "hag66")
