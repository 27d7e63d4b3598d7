"""Channels coming to be and ending."""

from dataclasses import replace

import pytest

from mix.core import commands
from mix.core.config import Lists
from mix.core.events import ChannelCreated, ChannelDestroyed, Departure, ParticipantLeft
from mix.core.lifecycle import MAX_NAME
from mix.core.nodes import OPTIONAL, Node
from mix.core.refusals import ChannelExists, CreationNotAllowed, LastOwner, NameUnacceptable, NoSuchChannel, NotAllowed
from mix.core.rights import Standing, standing
from mix.core.visibility import Mode
from tests.core.workshop import Workshop, jid


def create(name: str = "coven", who: str = "crone1/cave", *, adhoc: bool = False) -> commands.CreateChannel:
    """A wish for a channel."""
    return commands.CreateChannel(actor=jid(who), name=name, adhoc=adhoc)


def test_the_creator_owns_and_is_not_in() -> None:
    """XEP-0369 §7.3.2."""
    workshop = Workshop(exists=False, default_mode=Mode.MAYBE)
    (created,) = workshop.does(create())
    assert isinstance(created, ChannelCreated)
    coven = workshop.coven
    assert coven.lists == Lists(owners=frozenset({jid("crone1")}))
    assert coven.config_by == jid("crone1")
    assert coven.config.mode is Mode.MAYBE
    assert coven.config.nodes == OPTIONAL - {Node.ALLOWED}
    assert not coven.participants
    assert not coven.locked
    with pytest.raises(ChannelExists):
        workshop.does(create())


def test_an_adhoc_channel_is_for_those_on_its_list() -> None:
    """XEP-0369 §7.3.3, MIX-DEC-068."""
    workshop = Workshop(exists=False)
    workshop.does(create("x" * 32, adhoc=True))
    assert workshop.coven.adhoc
    assert workshop.coven.config.members_only
    assert not workshop.coven.config.listed
    assert standing(workshop.coven, jid("ross")) is Standing.NONE
    assert standing(workshop.coven, jid("crone1")) is Standing.OWNER


@pytest.mark.req("MIX-SPI-05")
def test_every_channel_has_a_key_of_its_own() -> None:
    """XEP-0421 §4.1: ids of two channels have nothing in common."""
    workshop = Workshop()
    one = workshop.coven
    workshop.channel = None
    workshop.does(create("heath"))
    assert one.key != workshop.coven.key
    assert len(one.key) >= 32
    assert one.id_of(jid("hag66")) != workshop.coven.id_of(jid("hag66"))


@pytest.mark.parametrize(
    ("creators", "who", "allowed"),
    [
        ("local", "crone1", True),
        ("local", "siward@england.example", False),
        ("local", "x@not.shakespeare.example", False),
        ("anyone", "siward@england.example", True),
        ("admins", "crone1", False),
        ("admins", "bard/quill", True),
        ("local", "bard/quill", True),
    ],
)
def test_creating_follows_the_policy(creators: str, who: str, allowed: bool) -> None:
    """XEP-0369 §7.3.1: the operator's own accounts always may."""
    workshop = Workshop(exists=False, creators=creators, operators=frozenset({jid("bard")}))
    assert workshop.rules.may_create(jid(who)) is allowed
    if allowed:
        workshop.does(create(who=who))
    else:
        with pytest.raises(CreationNotAllowed):
            workshop.does(create(who=who))


@pytest.mark.req("MIX-CRE-10", "MIX-CRE-11", "MIX-CRE-12")
@pytest.mark.parametrize("name", ["", "a#b", "a@b", "a/b", "a b", "a'b", "a\\23b", "a\x00", "x" * (MAX_NAME + 1)])
def test_names_that_cannot_be(name: str) -> None:
    """XEP-0369 §4.6: a localpart in which an id and `#` still fit."""
    with pytest.raises(NameUnacceptable):
        Workshop(exists=False).does(create(name))


@pytest.mark.req("MIX-CRE-12")
def test_the_longest_name_leaves_room_for_an_id() -> None:
    """RFC 7622 §3.3: 1023 bytes."""
    workshop = Workshop(exists=False)
    workshop.does(create("x" * MAX_NAME))
    someone = workshop.joins("hag66")
    assert len(f"{someone.id}#{workshop.coven.jid.local}".encode()) <= 1023


def test_owners_and_operators_end_a_channel() -> None:
    """XEP-0369 §7.3.4: everybody leaves, then it is gone, and the event knows whom to tell."""
    workshop = Workshop(operators=frozenset({jid("bard")}))
    workshop.joins("hag66")
    workshop.enters("hecate/moon")
    workshop.lists(admins="hecate")
    destroy = commands.DestroyChannel(actor=jid("hecate/moon"), reason="doom", alternate="heath@x.example")
    with pytest.raises(NotAllowed):
        workshop.does(destroy)
    *left, destroyed = workshop.does(
        commands.DestroyChannel(actor=jid("bard/quill"), reason="doom", alternate="heath@x.example")
    )
    assert all(isinstance(one, ParticipantLeft) and one.reason is Departure.DESTROYED for one in left)
    assert isinstance(destroyed, ChannelDestroyed)
    assert (destroyed.reason, destroyed.alternate) == ("doom", "heath@x.example")
    assert len(destroyed.left) == 2
    assert [who for who, _ in destroyed.subscriptions] == [jid("hag66")]
    assert workshop.coven.destroyed
    assert not workshop.coven.participants
    assert not workshop.coven.subscriptions


def test_what_is_not_there_does_not_end() -> None:
    """XEP-0369 §7.3.4."""
    with pytest.raises(NoSuchChannel):
        Workshop(exists=False).does(commands.DestroyChannel(actor=jid("crone1")))


@pytest.mark.req("MIX-CRE-07", "MIX-CRE-18")
def test_a_channel_can_be_unusual_from_the_start() -> None:
    """XEP-0369 §7.3.3: what comes with the wish holds as if it had been configured; what may not be leaves nothing."""
    workshop = Workshop(exists=False)
    wish = replace(
        create(), config={"mode": Mode.VISIBLE}, info={"name": "Coven"}, lists={"admins": frozenset({jid("hecate")})}
    )
    with pytest.raises(LastOwner):
        workshop.does(replace(wish, lists={"owners": frozenset()}))
    assert workshop.channel is None
    workshop.does(wish)
    assert (workshop.coven.config.mode, workshop.coven.info.name) == (Mode.VISIBLE, "Coven")
    assert workshop.coven.lists == Lists(owners=frozenset({jid("crone1")}), admins=frozenset({jid("hecate")}))
