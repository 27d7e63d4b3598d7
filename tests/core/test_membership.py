"""Joining and leaving for good, and choosing nodes."""

from collections.abc import Sequence

import pytest

from mix.core import commands
from mix.core.config import Preferences, Sharing
from mix.core.events import (
    Departure,
    NickChanged,
    ParticipantJoined,
    ParticipantLeft,
    PreferencesChanged,
    SessionOpened,
    StayChanged,
    Subscribed,
    Unsubscribed,
)
from mix.core.membership import granted
from mix.core.nodes import OPTIONAL, Node
from mix.core.refusals import (
    Banned,
    CannotCoexist,
    ChannelFull,
    MalformedRequest,
    MembersOnly,
    NickMissing,
    NickTaken,
    NodeClosed,
    NoSuchNode,
    NotAParticipant,
    NothingSubscribable,
    Refusal,
    ValueUnacceptable,
)
from mix.core.visibility import Mode, Preference
from tests.core.workshop import Workshop, jid


def kinds(events: Sequence[object]) -> list[type]:
    """What kinds of things happened."""
    return [type(event) for event in events]


def test_a_join_makes_a_participant_with_subscriptions() -> None:
    """XEP-0369 §7.1.2: first the participant, then the subscriptions."""
    workshop = Workshop()
    join = commands.Join(actor=jid("hag66"), nick="thirdwitch", nodes=[Node.MESSAGES, "urn:example:unknown"])
    assert kinds(workshop.does(join)) == [ParticipantJoined, SessionOpened, Subscribed]
    assert workshop.coven.subscriptions[jid("hag66")] == {Node.MESSAGES}
    assert workshop.coven.participant(jid("hag66")).stays


def test_a_client_that_joins_is_remembered() -> None:
    """It speaks MIX, so channel traffic may go to it (XEP-0405 §2.2)."""
    workshop = Workshop()
    workshop.joins("hag66/broom")
    assert list(workshop.coven.participant(jid("hag66")).clients()) == [jid("hag66/broom")]


def test_a_server_that_joined_for_its_user_is_remembered() -> None:
    """XEP-0405 §2.2: it hands on to all clients, so a chance word of one does not cut off the others."""
    workshop = Workshop()
    me = workshop.joins("hag66")
    workshop.says("hag66/broom")
    assert list(me.clients()) == [jid("hag66")]
    workshop.shows("hag66/pda")
    assert list(me.clients()) == [jid("hag66/broom"), jid("hag66/pda")]
    workshop.does(commands.GoOffline(actor=jid("hag66")))
    assert list(me.clients()) == [jid("hag66")]


def test_a_join_without_nodes_subscribes_to_nothing() -> None:
    """XEP-0369 §7.1.2."""
    workshop = Workshop()
    workshop.joins("hag66", nodes=[])
    assert jid("hag66") not in workshop.coven.subscriptions


@pytest.mark.parametrize("listed", ["macbeth", "shakespeare.example"])
def test_the_banned_do_not_join(listed: str) -> None:
    """XEP-0406 §2.3."""
    workshop = Workshop()
    workshop.lists(banned=listed)
    with pytest.raises(Banned):
        workshop.joins("macbeth")


def test_with_an_allowed_list_others_do_not_join() -> None:
    """XEP-0406 §2.2."""
    workshop = Workshop()
    workshop.sets(nodes=OPTIONAL)
    with pytest.raises(MembersOnly):
        workshop.joins("macbeth")
    workshop.lists(allowed="banquo")
    workshop.joins("banquo")


@pytest.mark.parametrize(("mode", "wish"), [(Mode.VISIBLE, Preference.NEVER), (Mode.HIDDEN, Preference.ALWAYS)])
def test_what_cannot_coexist_does_not_join(mode: Mode, wish: Preference) -> None:
    """XEP-0404 §3.1."""
    workshop = Workshop(default_mode=mode)
    with pytest.raises(CannotCoexist):
        workshop.joins("hag66", preferences=Preferences(visibility=wish))


@pytest.mark.parametrize("sharing", Sharing)
def test_a_channel_can_want_presence(sharing: Sharing) -> None:
    """XEP-0406 §2.4: who does not show presence does not join."""
    workshop = Workshop()
    workshop.sets(presence_required=True)
    if sharing is Sharing.SHARE:
        workshop.joins("hag66", preferences=Preferences(presence=sharing))
    else:
        with pytest.raises(ValueUnacceptable):
            workshop.joins("hag66", preferences=Preferences(presence=sharing))


def test_a_channel_can_be_full() -> None:
    """The operator's limit."""
    workshop = Workshop(max_participants=1)
    workshop.joins("hag66")
    with pytest.raises(ChannelFull):
        workshop.joins("hecate")
    workshop.joins("hag66", "another nick")


@pytest.mark.parametrize(
    ("nodes", "first", "named"),
    [
        ([Node.CONFIG, Node.JIDMAP, "urn:x"], NodeClosed, (Node.CONFIG, Node.JIDMAP)),
        (["urn:x", Node.CONFIG, "urn:y"], NoSuchNode, ("urn:x", "urn:y")),
        ([Node.ALLOWED], NoSuchNode, (Node.ALLOWED,)),
    ],
)
def test_when_no_node_can_be_had_the_join_fails(nodes: list[str], first: type[Refusal], named: tuple[str, ...]) -> None:
    """XEP-0369 §7.1.2: with the first reason, and the others that failed for it."""
    workshop = Workshop()
    with pytest.raises(NothingSubscribable) as refused:
        workshop.joins("hag66", nodes=nodes)
    assert type(refused.value.first) is first
    assert refused.value.nodes == named
    assert not workshop.coven.participants


def test_joining_again_adds_to_what_one_has() -> None:
    """XEP-0369 §7.1.2, MIX-DEC-016: same id, more nodes, other nick and preferences when given."""
    workshop = Workshop()
    before = workshop.joins("hag66", "thirdwitch", [Node.MESSAGES])
    again = commands.Join(
        actor=jid("hag66"), nick="first", nodes=[Node.INFO], preferences=Preferences(visibility=Preference.NEVER)
    )
    assert kinds(workshop.does(again)) == [PreferencesChanged, NickChanged, Subscribed]
    assert workshop.joins("hag66", "", []) is before
    assert before.nick is not None
    assert before.nick.text == "first"
    assert before.preferences.visibility is Preference.NEVER
    assert workshop.coven.subscriptions[jid("hag66")] == {Node.MESSAGES, Node.INFO}
    assert workshop.does(commands.Join(actor=jid("hag66"), nick=None, nodes=[])) == []


def test_a_visitor_can_join_for_good() -> None:
    """XEP-0408 §2: the same person, the same id, the nick they have."""
    workshop = Workshop()
    workshop.enters("hag66/broom", "thirdwitch")
    id = workshop.coven.participant(jid("hag66")).id
    joined = commands.Join(actor=jid("hag66"), nick=None, nodes=[Node.MESSAGES])
    assert kinds(workshop.does(joined)) == [StayChanged, SessionOpened, Subscribed]
    assert workshop.coven.participant(jid("hag66")).id == id


def test_a_taken_nick_is_refused() -> None:
    """XEP-0369 §4.7.3: compared prepared and folded."""
    workshop = Workshop()
    workshop.joins("hag66", "thirdwitch")
    with pytest.raises(NickTaken):
        workshop.joins("hecate", "  THIRDWITCH ")


def test_a_nick_is_missing_given_or_not_needed() -> None:
    """XEP-0369 §7.1.2: mandatory; otherwise needed only where no JID is shown (MIX-DEC-024)."""
    workshop = Workshop()
    with pytest.raises(NickMissing):
        workshop.joins("hag66", "")
    workshop.sets(mandatory_nicks=False)
    given = workshop.joins("hag66", "").nick
    assert given is not None
    assert given.text.count("-") == 4
    workshop.sets(mode=Mode.VISIBLE)
    nameless = workshop.joins("hecate", "")
    assert nameless.nick is None
    workshop.does(commands.Leave(actor=jid("hecate")))
    assert workshop.coven.participant_of(jid("hecate")) is None


def test_leaving_ends_everything_and_twice_is_once() -> None:
    """XEP-0369 §7.1.3, MIX-DEC-020."""
    workshop = Workshop()
    workshop.joins("hag66")
    (left,) = workshop.does(commands.Leave(actor=jid("hag66/broom")))
    assert isinstance(left, ParticipantLeft)
    assert left.reason is Departure.LEFT
    assert jid("hag66") not in workshop.coven.subscriptions
    assert workshop.does(commands.Leave(actor=jid("hag66"))) == []
    assert Workshop(exists=False).decides(commands.Leave(actor=jid("hag66"))) == []


@pytest.mark.parametrize("nodes", [[Node.MESSAGES], []])
def test_leaving_evicts_no_occupant(nodes: list[Node]) -> None:
    """XEP-0408 §2: who is in the room as well stays there as a visitor."""
    workshop = Workshop()
    workshop.joins("hag66", "thirdwitch", nodes, preferences=Preferences(visibility=Preference.NEVER))
    workshop.enters("hag66/broom", "thirdwitch")
    assert kinds(workshop.does(commands.Leave(actor=jid("hag66")))) == [Unsubscribed] * len(nodes) + [StayChanged]
    me = workshop.coven.participant(jid("hag66"))
    assert not me.stays
    assert me.preferences == Preferences()
    assert workshop.does(commands.Leave(actor=jid("hag66"))) == []


def update(subscribe: Sequence[str] = (), unsubscribe: Sequence[str] = (), who: str = "hag66") -> commands.Command:
    """A change of subscriptions."""
    return commands.UpdateSubscription(actor=jid(who), subscribe=subscribe, unsubscribe=unsubscribe)


def test_subscriptions_change_by_name() -> None:
    """XEP-0369 §7.1.2: the named ones and no others."""
    workshop = Workshop()
    workshop.joins("hag66", nodes=[Node.MESSAGES, Node.INFO])
    assert kinds(workshop.does(update([Node.PRESENCE, "urn:x"], [Node.INFO, "urn:y"]))) == [Subscribed, Unsubscribed]
    assert workshop.coven.subscriptions[jid("hag66")] == {Node.MESSAGES, Node.PRESENCE}
    assert workshop.does(update([Node.PRESENCE], [Node.INFO])) == []
    assert kinds(workshop.does(update(["urn:x"], [Node.MESSAGES, Node.PRESENCE]))) == [Unsubscribed]
    assert jid("hag66") not in workshop.coven.subscriptions
    assert kinds(workshop.does(update([Node.INFO], who="hag66/broom"))) == [SessionOpened, Subscribed]


def test_impossible_changes_of_subscriptions_are_refused() -> None:
    """Both at once, nothing possible, or by a stranger."""
    workshop = Workshop()
    workshop.joins("hag66")
    with pytest.raises(MalformedRequest):
        workshop.does(update([Node.INFO], [Node.INFO]))
    with pytest.raises(NoSuchNode):
        workshop.does(update(["urn:x"]))
    with pytest.raises(NodeClosed):
        workshop.does(update([Node.JIDMAP]))
    with pytest.raises(NotAParticipant):
        workshop.does(update([Node.INFO], who="hecate"))


def test_what_was_granted_is_told_in_the_order_asked() -> None:
    """For the answer: each node once, former names as today's."""
    workshop = Workshop()
    had = frozenset({Node.INFO, Node.MESSAGES, Node.PRESENCE})
    names = ["urn:xmpp:mix:nodes:information", "urn:x", Node.MESSAGES, Node.INFO, Node.JIDMAP]
    assert granted(workshop.coven, names, had) == [Node.INFO, Node.MESSAGES]
