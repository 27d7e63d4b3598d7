"""Changes of standing and grant: judged by how things were, all or nothing."""

import pytest

from mix.core import commands
from mix.core.admissions import Invited, NickReserved
from mix.core.commands import NewGrant, NewStanding, SetRanks
from mix.core.events import (
    ChannelDestroyed,
    Event,
    GrantChanged,
    ListsChanged,
    ParticipantLeft,
    SessionClosed,
    SessionOpened,
)
from mix.core.nicknames import prepare
from mix.core.nodes import OPTIONAL
from mix.core.ranks import MOST, placed
from mix.core.refusals import (
    ChangeRefused,
    LastOwner,
    MalformedRequest,
    NickTaken,
    NoSuchItem,
    NotAllowed,
    Oneself,
    Protected,
    Refusal,
    TooLarge,
    ValueUnacceptable,
)
from mix.core.rights import Grant, Standing
from mix.core.visibility import Mode
from tests.core.workshop import DOMAIN, Workshop, jid


def stands(name: str, where: Standing, nick: str | None = None, text: str = "") -> NewStanding:
    """Somebody's new place."""
    return NewStanding(standing=where, jid=jid(name), nick=nick, text=text)


def granted(name: str, grant: Grant | None, **more: object) -> NewGrant:
    """Somebody's new footing."""
    return NewGrant(nick=f"nick of {name}", grant=grant, **more)  # type: ignore[arg-type]  # a test's own business


def ranked(workshop: Workshop, *changes: NewStanding | NewGrant, by: str = "crone1") -> list[Event]:
    """What changes come to, done."""
    return list(workshop.does(SetRanks(actor=jid(by), changes=changes)))


def refused(workshop: Workshop, *changes: NewStanding | NewGrant, by: str = "crone1") -> tuple[type[Refusal], int]:
    """Why changes are refused, and which of them is."""
    with pytest.raises(ChangeRefused) as raised:
        workshop.decides(SetRanks(actor=jid(by), changes=changes))
    return type(raised.value.first), raised.value.place


def heath() -> Workshop:
    """A room with an administrator and some people."""
    workshop = Workshop()
    workshop.lists(admins="hecate", allowed="banquo")
    for name in ("hecate", "banquo", "hag66", "macbeth"):
        workshop.enters(f"{name}/x")
    return workshop


def test_one_list_each() -> None:
    """XEP-0045 §5.2: an account has one affiliation."""
    lists = Workshop().coven.lists
    for where, name in (
        (Standing.OWNER, "owners"),
        (Standing.ADMIN, "admins"),
        (Standing.ALLOWED, "allowed"),
        (Standing.BANNED, "banned"),
        (Standing.NONE, None),
    ):
        lists = placed(lists, jid("hag66"), where)
        found = [one for one in ("owners", "admins", "allowed", "banned") if jid("hag66") in getattr(lists, one)]
        assert found == ([name] if name else [])


def test_requests_have_a_size() -> None:
    """XEP-0045 §14.6."""
    workshop = Workshop()
    with pytest.raises(MalformedRequest):
        ranked(workshop)
    with pytest.raises(TooLarge):
        ranked(workshop, *(stands(f"w{n}", Standing.ALLOWED) for n in range(MOST + 1)))


def test_the_first_that_is_refused_is_named() -> None:
    """XEP-0045 §8.5: and nothing happens."""
    workshop = heath()
    assert refused(workshop, stands("puck", Standing.ALLOWED), stands("crone1", Standing.BANNED), by="hecate") == (
        Protected,
        1,
    )
    assert refused(workshop, stands("puck", Standing.ALLOWED), by="hag66") == (NotAllowed, 0)
    assert refused(workshop, granted("hag66", Grant.MUTED), by="banquo") == (NotAllowed, 0)
    assert refused(workshop, stands("hecate", Standing.BANNED), by="hecate") == (Oneself, 0)
    assert refused(workshop, granted("hecate", None), by="hecate") == (Oneself, 0)
    assert refused(workshop, granted("nobody", None)) == (NoSuchItem, 0)
    assert refused(workshop, NewGrant(nick="\u0000", grant=None)) == (NoSuchItem, 0)
    assert refused(workshop, granted("hag66", Grant.MUTED, jid=jid("macbeth"))) == (NoSuchItem, 0)
    assert refused(workshop, NewStanding(standing=Standing.BANNED)) == (NoSuchItem, 0)
    for place in (f"x@{DOMAIN}", DOMAIN):
        assert refused(workshop, stands(place, Standing.BANNED)) == (ValueUnacceptable, 0)
    assert refused(workshop, stands("fife.example", Standing.ALLOWED)) == (ValueUnacceptable, 0)
    assert refused(workshop, stands("hag66", Standing.ALLOWED), granted("hag66", Grant.MUTED)) == (MalformedRequest, 1)


def test_a_moderator_has_to_be_there() -> None:
    """XEP-0045 §8: others' right is the occupant's."""
    workshop = heath()
    ranked(workshop, granted("hag66", Grant.MODERATOR))
    assert ranked(workshop, granted("macbeth", Grant.MUTED), by="hag66/else")
    ranked(workshop, granted("banquo", Grant.MODERATOR))
    assert refused(workshop, granted("banquo", None), by="hag66") == (Protected, 0)
    workshop.joins("hag66", "nick of hag66")
    workshop.does(commands.GoOffline(actor=jid("hag66/x")))
    workshop.does(commands.GoOffline(actor=jid("hag66")))
    workshop.coven.participant(jid("hag66")).grant = Grant.MODERATOR
    assert refused(workshop, granted("macbeth", Grant.VOICE), by="hag66") == (NotAllowed, 0)


def test_the_last_owner_stays() -> None:
    """XEP-0045 §10.4: counted at the end."""
    workshop = heath()
    with pytest.raises(LastOwner):
        ranked(workshop, stands("crone1", Standing.ADMIN))
    ranked(workshop, stands("crone1", Standing.NONE), stands("hag66", Standing.OWNER))


def test_a_grant_is_no_more_than_it_has_to_be() -> None:
    """XEP-0045 §5.1.2: what the rank gives anyway needs none."""
    workshop = heath()
    someone = workshop.coven.participant(jid("hag66"))
    for moderated, grant, kept in (
        (False, Grant.MUTED, Grant.MUTED),
        (False, Grant.VOICE, None),
        (False, Grant.MODERATOR, Grant.MODERATOR),
        (True, Grant.VOICE, Grant.VOICE),
        (True, Grant.MUTED, None),
    ):
        workshop.sets(moderated=moderated)
        (event,) = ranked(workshop, granted("hag66", grant, text="So be it"))
        assert isinstance(event, GrantChanged)
        assert (event.new, event.by, event.text, someone.grant) == (kept, jid("crone1"), "So be it", kept)
        assert ranked(workshop, granted("hag66", grant)) == []


def test_nicks_are_kept_with_a_place() -> None:
    """XEP-0045 §9.3, §9.5."""
    workshop = heath()
    listed, kept = ranked(workshop, stands("puck", Standing.ALLOWED, "Robin"))
    assert isinstance(listed, ListsChanged)
    assert kept == NickReserved(jid("puck"), None, prepare("Robin"))
    assert ranked(workshop, stands("puck", Standing.ALLOWED, "Robin")) == []
    assert refused(workshop, stands("titania", Standing.ALLOWED, "robin")) == (NickTaken, 0)
    twice = (stands("titania", Standing.ALLOWED, "queen"), stands("mab", Standing.ALLOWED, "Queen"))
    assert refused(workshop, *twice) == (NickTaken, 1)
    assert ranked(workshop, stands("puck", Standing.ALLOWED, "")) == [NickReserved(jid("puck"), prepare("Robin"), None)]
    (banned,) = ranked(workshop, stands("puck", Standing.BANNED, "Robin"))
    assert isinstance(banned, ListsChanged)


def test_new_members_of_a_closed_channel_are_invited_once() -> None:
    """XEP-0045 §9.5: not those who are in, or had a rank."""
    workshop = heath()
    ranked(workshop, stands("hag66", Standing.ALLOWED), stands("macbeth", Standing.ALLOWED))
    workshop.sets(nodes=OPTIONAL)
    events = ranked(workshop, stands("hecate", Standing.ALLOWED), stands("ross", Standing.ALLOWED, text="Come!"))
    (invited,) = [event for event in events if isinstance(event, Invited)]
    assert (invited.invitee.jid, invited.invitee.text) == (jid("ross"), "Come!")
    workshop.coven.locked = True
    assert not [event for event in ranked(workshop, stands("puck", Standing.ALLOWED)) if isinstance(event, Invited)]


def test_kicks_and_bans_of_one_wish_end_a_temporary_room_once() -> None:
    """XEP-0045 §8.2: who is put out does not leave again because of a ban of the domain."""
    workshop = Workshop()
    workshop.sets(persistent=False)
    workshop.enters("hag66/x")
    events = ranked(workshop, granted("hag66", None), stands("shakespeare.example", Standing.BANNED))
    assert [type(event) for event in events] == [ParticipantLeft, ListsChanged, ChannelDestroyed]
    workshop = Workshop()
    workshop.sets(persistent=False)
    workshop.enters("hag66/x")
    events = ranked(workshop, granted("hag66", None))
    assert [type(event) for event in events] == [ParticipantLeft, ChannelDestroyed]


def test_who_has_no_nick_goes_by_their_id() -> None:
    """XEP-0045 §4.1."""
    workshop = Workshop()
    workshop.sets(mandatory_nicks=False)
    workshop.sets(mode=Mode.VISIBLE)
    someone = workshop.joins("hag66/x", nick="")
    assert someone.nick is None
    workshop.shows("hag66/x")
    (event,) = ranked(workshop, NewGrant(nick=someone.id, grant=Grant.MUTED))
    assert isinstance(event, GrantChanged)


def test_to_say_the_same_twice_is_to_say_it_once() -> None:
    """XEP-0045 §9: and somebody who joined for good is only hidden."""
    workshop = Workshop()
    workshop.joins("hag66/x", "nick of hag66")
    workshop.shows("hag66/x")
    twice = stands("banquo", Standing.ALLOWED), stands("banquo", Standing.ALLOWED)
    assert [type(event) for event in ranked(workshop, *twice)] == [ListsChanged]
    events = ranked(workshop, granted("hag66", None), granted("hag66", None))
    assert [type(event) for event in events] == [SessionClosed, SessionOpened]
    assert jid("hag66") in {someone.jid for someone in workshop.coven.participants.values()}
