"""Plain pubsub on nodes."""

import pytest

from mix.core import commands, subscription
from mix.core.config import Circle
from mix.core.events import SessionOpened, Subscribed, Unsubscribed
from mix.core.nodes import OPTIONAL, Node
from mix.core.refusals import (
    Banned,
    ChannelFull,
    MembersOnly,
    NodeClosed,
    NodeReadOnly,
    NoSuchNode,
    NotSubscribed,
    Refusal,
)
from tests.core.workshop import Workshop, jid


def read(who: str, node: Node = Node.PARTICIPANTS) -> commands.ReadNode:
    """A wish for items."""
    return commands.ReadNode(actor=jid(who), node=node)


def test_who_may_read_reads() -> None:
    """XEP-0060 §6.5: a participant's client is remembered, a stranger's and a visitor's are not."""
    workshop = Workshop()
    workshop.joins("hag66")
    assert [type(e) for e in workshop.does(read("hag66/broom"))] == [SessionOpened]
    assert workshop.does(read("crone1/cave")) == []
    workshop.enters("hecate/moon")
    assert workshop.does(read("hecate/sun")) == []


def test_presence_is_never_fetched() -> None:
    """XEP-0403 §3.5."""
    workshop = Workshop()
    workshop.joins("hag66")
    with pytest.raises(NodeReadOnly) as refused:
        workshop.does(read("hag66", Node.PRESENCE))
    assert refused.value.node is Node.PRESENCE


@pytest.mark.parametrize("command", [commands.ReadNode, commands.Subscribe])
def test_who_may_not_is_told_why(command: type[commands.ReadNode]) -> None:
    """Banned, not on the list, of too low a rank, or no such node."""

    def refusal(who: str, node: Node) -> type[Refusal]:
        with pytest.raises(Refusal) as refused:
            workshop.does(command(actor=jid(who), node=node))
        return type(refused.value)

    workshop = Workshop()
    workshop.joins("hag66")
    workshop.lists(banned="macbeth")
    assert refusal("hag66", Node.ALLOWED) is NoSuchNode
    assert refusal("hag66", Node.JIDMAP) is NodeClosed
    assert refusal("ross", Node.MESSAGES) is NodeClosed
    assert refusal("macbeth", Node.MESSAGES) is Banned
    workshop.sets(nodes=OPTIONAL)
    assert refusal("ross", Node.MESSAGES) is MembersOnly
    workshop.coven.adhoc = True
    assert refusal("ross", Node.MESSAGES) is NodeClosed


@pytest.mark.req("MIX-JOI-35")
def test_open_nodes_are_for_strangers_too() -> None:
    """XEP-0369 §7.1.2: subscribing without joining, once."""
    workshop = Workshop()
    workshop.sets(messages_for=Circle.ANYONE)
    subscribe = commands.Subscribe(actor=jid("ross/x"), node=Node.MESSAGES)
    assert workshop.does(subscribe) == [Subscribed(jid("ross"), frozenset({Node.MESSAGES}))]
    assert workshop.does(subscribe) == []
    unsubscribe = commands.Unsubscribe(actor=jid("ross/y"), node=Node.MESSAGES)
    assert workshop.does(unsubscribe) == [Unsubscribed(jid("ross"), frozenset({Node.MESSAGES}))]
    with pytest.raises(NotSubscribed):
        workshop.does(unsubscribe)


def test_strangers_subscribe_so_many_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each gets a copy of everything: besides as many as are in, a number of them; who is in always may."""
    monkeypatch.setattr(subscription, "STRANGERS", 2)
    workshop = Workshop()
    workshop.sets(messages_for=Circle.ANYONE, info_for=Circle.ANYONE)
    for name in ("ann", "bob"):
        workshop.does(commands.Subscribe(actor=jid(name), node=Node.MESSAGES))
    with pytest.raises(ChannelFull):
        workshop.does(commands.Subscribe(actor=jid("cid"), node=Node.MESSAGES))
    assert workshop.does(commands.Subscribe(actor=jid("ann"), node=Node.INFO))
    workshop.joins("hag66", nodes=[])
    assert workshop.does(commands.Subscribe(actor=jid("hag66"), node=Node.MESSAGES))
