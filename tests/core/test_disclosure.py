"""What goes into the audit."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from mix.core.commands import Command, Enter, GoOffline, NewGrant, SetRanks, UpdateSubscription
from mix.core.disclosure import THE_ROOM, LookedUp, ReadPeople, begun
from mix.core.nodes import Node
from mix.core.rights import Grant
from mix.core.visibility import Mode
from tests.core.workshop import Workshop, jid, show


def noted(workshop: Workshop, command: Command) -> list[tuple[str, str]]:
    """What a wish leaves in the audit besides what it comes to; who, and how."""
    decision = workshop.decides(command)
    assert isinstance(decision, Sequence)
    found = begun(workshop.channel, decision, workshop.moment)
    workshop.does(command)
    return [(one.by.unseal().partition("@")[0], one.how) for one in found]


def grants(nick: str, grant: Grant | None) -> SetRanks:
    return SetRanks(actor=jid("crone1/cave"), changes=[NewGrant(nick=nick, grant=grant)])


def test_lists_of_the_room_tell_addresses_where_not_everybody_sees_them() -> None:
    workshop = Workshop()
    (event,) = workshop.does(ReadPeople(actor=jid("crone1/cave"), which="member"))
    assert event == LookedUp(jid("crone1"), (), workshop.clock.now, "list of the room: member")
    workshop.sets(mode=Mode.VISIBLE)
    assert workshop.does(ReadPeople(actor=jid("crone1/cave"), which="member")) == []


def test_who_is_no_moderator_is_shown_nothing() -> None:
    workshop = Workshop()
    assert begun(None, [], workshop.moment) == []
    workshop.enters("crone1/cave")
    workshop.enters("hag66/broom")
    assert noted(workshop, grants("nick of hag66", Grant.VOICE)) == []
    assert noted(workshop, grants("nick of hag66", Grant.MODERATOR)) == [("hag66", THE_ROOM)]
    assert noted(workshop, grants("nick of hag66", Grant.VOICE)) == []


def entry(client: str) -> Enter:
    return Enter(actor=jid(client), name="coven", nick=f"nick of {client.partition('/')[0]}", presence=show())


def test_a_visit_is_noted_once() -> None:
    """However many clients there are in it, and again when it begins again; likewise with subscriptions."""
    workshop = Workshop()
    assert noted(workshop, entry("crone1/cave")) == [("crone1", THE_ROOM)]
    assert noted(workshop, entry("crone1/desk")) == []
    workshop.does(GoOffline(actor=jid("crone1")))
    assert noted(workshop, entry("crone1/desk")) == [("crone1", THE_ROOM)]
    workshop.joins("hag66")
    workshop.lists(admins="hag66")
    for nodes, found in (([Node.JIDMAP], [("hag66", Node.JIDMAP.value)]), ([Node.JIDMAP], []), ([], [])):
        wish = UpdateSubscription(actor=jid("hag66/broom"), subscribe=nodes, unsubscribe=[])
        assert noted(workshop, wish) == found


@pytest.mark.parametrize("mode", [Mode.HIDDEN, Mode.MAYBE])
def test_when_everybody_has_seen_everybody_those_who_go_on_are_noted(mode: Mode) -> None:
    workshop = Workshop()
    workshop.sets(mode=Mode.VISIBLE)
    workshop.enters("crone1/cave")
    workshop.enters("hag66/broom")
    workshop.does(grants("nick of hag66", Grant.MODERATOR))
    events = workshop.configures(mode=mode)
    assert events
    before = Workshop()
    before.sets(mode=Mode.VISIBLE)
    before.enters("crone1/cave")
    before.enters("hag66/broom")
    before.does(grants("nick of hag66", Grant.MODERATOR))
    found = begun(before.coven, events, before.moment)
    assert {(one.by, one.how) for one in found} == {(jid("crone1"), THE_ROOM), (jid("hag66"), THE_ROOM)}
