"""Which changes the archives of nodes keep (XEP-0442 §3)."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from mix.core import commands
from mix.core.config import Preferences
from mix.core.events import ChannelCreated, ChannelUnlocked, Event
from mix.core.items import ConfigFact, Fact, InfoFact, Item, ItemsArchived, PersonFact
from mix.core.keeping import kept
from mix.core.nicknames import prepare
from mix.core.nodes import Node
from mix.core.visibility import Mode, Preference
from tests.core.workshop import Workshop, jid


def facts(workshop: Workshop, command: commands.Command) -> list[tuple[Node, Fact]]:
    """What is kept of a wish, which comes true."""
    workshop.clock.advance(1)
    decision = workshop.decides(command)
    assert isinstance(decision, Sequence)
    return [(item.node, item.fact) for item in _kept(workshop, decision)]


def _kept(workshop: Workshop, events: Sequence[Event]) -> list[Item]:
    found = kept(workshop.channel, events, workshop.moment)
    for event in [*events, *found]:
        if isinstance(event, ChannelCreated):
            workshop.channel = event.born()
        workshop.coven.apply(event)
    items = [item for event in found if isinstance(event, ItemsArchived) for item in event.items]
    assert [item.position for item in items] == list(
        range(workshop.coven.next_item - len(items), workshop.coven.next_item)
    )
    return items


def join(who: str, nick: str, visibility: Preference = Preference.DEFAULT) -> commands.Join:
    """A wish to join."""
    return commands.Join(
        actor=jid(who), nick=nick, nodes=["urn:xmpp:mix:nodes:messages"], preferences=Preferences(visibility)
    )


@pytest.fixture
def workshop() -> Workshop:
    """A channel with one participant, who likes to be seen."""
    workshop = Workshop()
    workshop.sets(mode=Mode.MAYBE)
    workshop.joins("hag66", "Hag", preferences=Preferences(Preference.PREFER_VISIBLE))
    return workshop


def test_a_new_channel_keeps_how_it_began() -> None:
    workshop = Workshop(exists=False)
    create = commands.CreateChannel(
        actor=jid("crone1"), name="coven", config={"password": "double"}, info={"name": "Coven"}
    )
    (config_node, config), (info_node, info) = facts(workshop, create)
    assert (config_node, info_node) == (Node.CONFIG, Node.INFO)
    assert isinstance(config, ConfigFact)
    assert (config.config.password, config.owners, config.by) == ("", frozenset({jid("crone1")}), jid("crone1"))
    assert isinstance(info, InfoFact)
    assert (info.info.name, info.mode) == ("Coven", Mode.HIDDEN)


def test_people_come_and_go(workshop: Workshop) -> None:
    id = workshop.coven.id_of(jid("hecate"))
    assert facts(workshop, join("hecate", "Moon")) == [
        (Node.PARTICIPANTS, PersonFact(id, prepare("Moon"), disclosed=False))
    ]
    assert facts(workshop, commands.SetNick(actor=jid("hecate"), nick="Luna")) == [
        (Node.PARTICIPANTS, PersonFact(id, prepare("Luna"), disclosed=False))
    ]
    assert facts(workshop, commands.Leave(actor=jid("hecate"))) == [(Node.PARTICIPANTS, PersonFact(id, gone=True))]


def test_whether_people_are_shown(workshop: Workshop) -> None:
    """What makes no difference to others is not kept."""
    id = workshop.coven.id_of(jid("hag66"))
    hide = commands.SetPreferences(actor=jid("hag66"), changes={"visibility": Preference.NEVER})
    assert facts(workshop, hide) == [(Node.PARTICIPANTS, PersonFact(id, prepare("Hag"), disclosed=False))]
    again = commands.SetPreferences(actor=jid("hag66"), changes={"visibility": Preference.PREFER_HIDDEN})
    assert facts(workshop, again) == []
    workshop.joins("hecate", "Moon", preferences=Preferences(Preference.NEVER))
    change = commands.Configure(actor=jid("crone1"), config={"mode": Mode.HIDDEN}, info={}, lists={})
    assert [node for node, _ in facts(workshop, change)] == [Node.CONFIG, Node.INFO]
    workshop.does(commands.Leave(actor=jid("hecate")))
    change = commands.Configure(actor=jid("crone1"), config={"mode": Mode.VISIBLE}, info={}, lists={})
    (person, config, info) = facts(workshop, change)
    assert person == (Node.PARTICIPANTS, PersonFact(id, prepare("Hag"), disclosed=True))
    assert [config[0], info[0]] == [Node.CONFIG, Node.INFO]
    change = commands.Configure(actor=jid("crone1"), config={"moderated": True}, info={}, lists={})
    assert [node for node, _ in facts(workshop, change)] == [Node.CONFIG]


def test_who_is_in_charge_stands_in_the_configuration(workshop: Workshop) -> None:
    """And who is allowed or banned does not (XEP-0406 §2.4)."""
    admins = commands.Configure(actor=jid("crone1"), config={}, info={}, lists={"admins": frozenset({jid("hecate")})})
    ((node, config),) = facts(workshop, admins)
    assert node is Node.CONFIG
    assert isinstance(config, ConfigFact)
    assert config.admins == {jid("hecate")}
    banned = commands.Configure(actor=jid("crone1"), config={}, info={}, lists={"banned": frozenset({jid("macbeth")})})
    assert facts(workshop, banned) == []


def test_what_a_channel_says_about_itself(workshop: Workshop) -> None:
    info = commands.Configure(actor=jid("crone1"), config={}, info={"name": "Coven"}, lists={})
    ((node, fact),) = facts(workshop, info)
    assert node is Node.INFO
    assert isinstance(fact, InfoFact)
    assert fact.info.name == "Coven"
    workshop.sets(nodes=workshop.coven.config.nodes - {Node.INFO})
    info = commands.Configure(actor=jid("crone1"), config={}, info={"name": "Heath"}, lists={})
    assert facts(workshop, info) == []


def test_nothing_is_kept_of_a_channel_that_ends(workshop: Workshop) -> None:
    assert facts(workshop, commands.DestroyChannel(actor=jid("crone1"))) == []


def test_nothing_is_kept_of_nothing(workshop: Workshop) -> None:
    assert kept(workshop.channel, [], workshop.moment) == []


def test_nothing_is_kept_of_what_is_no_channel_s(workshop: Workshop) -> None:
    """Such as a nick registered with the service."""
    assert kept(None, [ChannelUnlocked()], workshop.moment) == []
