"""Who hears that something was said, without being there."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from mix.core import indicators
from mix.core.channel import Retraction
from mix.core.commands import GoOffline
from mix.core.events import Event, MessagePosted
from mix.core.indicators import ActivityIndicated, RoomVisited, Unwatch, Watch, WatchBegun, WatchEnded
from mix.core.ports import ActivitySought
from mix.core.refusals import TooManyRequests
from mix.core.registry import OfService, Registry
from tests.core.workshop import Workshop, jid


class Watched(Workshop):
    """A channel some people watch, and what the service keeps."""

    def __init__(self) -> None:
        super().__init__()
        self.enters("crone1/cave")
        self.configures(persistent=True)
        self.lists(allowed="hecate hag66")

    def hears(self, events: Sequence[Event]) -> list[Event]:
        """What is for those who watch; it comes true in the registry."""
        found = [event for event in events if isinstance(event, OfService)]
        for event in found:
            event.enter(self.registry)
        return list(found)


def begun(workshop: Workshop, client: str, *told: object) -> None:
    """A client watches."""
    sought = workshop.decides(Watch(actor=jid(client)))
    assert isinstance(sought, ActivitySought)
    assert sought.who == jid(client).bare
    (event,) = sought.then([workshop.coven.jid] if told else [])
    assert event == WatchBegun(jid(client), (workshop.coven.jid,) if told else ())
    event.enter(workshop.registry)


def test_nobody_watches_nothing_happens() -> None:
    """And the price is none."""
    workshop = Watched()
    assert not workshop.hears(workshop.says("crone1/cave", from_room=True))


def test_each_client_hears_once() -> None:
    """Those with a place in the lists, but for who speaks and who is there (XEP-0437 §4)."""
    workshop = Watched()
    for client in ("crone1/cave", "crone1/moor", "hecate/phone", "hecate/laptop", "pistol/phone"):
        begun(workshop, client)
    begun(workshop, "hag66/phone", "told")
    workshop.enters("hecate/laptop")
    (indicated,) = workshop.hears(workshop.says("crone1/cave", from_room=True))
    assert indicated == ActivityIndicated(workshop.coven.jid, (jid("hecate/phone"),))
    assert not workshop.hears(workshop.says("crone1/cave", from_room=True))
    (indicated,) = workshop.hears(workshop.says("hecate/laptop", from_room=True))
    assert indicated == ActivityIndicated(workshop.coven.jid, (jid("crone1/moor"),))


def test_visits_make_news() -> None:
    """Each that begins or ends, of whoever was told; other presence does not."""
    workshop = Watched()
    coven = workshop.coven.jid
    begun(workshop, "hecate/phone", "told")
    visited = [RoomVisited(coven, jid("hecate"))]
    assert workshop.hears(workshop.enters("hecate/laptop")) == visited
    assert not workshop.hears(workshop.shows("hecate/laptop", "away"))
    assert workshop.hears(workshop.says("crone1/cave", from_room=True)) == [
        ActivityIndicated(coven, (jid("hecate/phone"),))
    ]
    assert not workshop.hears(workshop.shows("hecate/laptop", "dnd"))
    assert workshop.hears(workshop.does(GoOffline(actor=jid("hecate/laptop")))) == visited
    assert not workshop.hears(workshop.enters("hecate/laptop"))
    workshop.joins("hag66")
    workshop.shows("hag66/phone")
    begun(workshop, "hag66/phone", "told")
    assert workshop.hears(workshop.enters("hag66/phone")) == [RoomVisited(coven, jid("hag66"))]
    begun(workshop, "hag66/phone", "told")
    assert workshop.hears(workshop.does(GoOffline(actor=jid("hag66/phone")))) == [RoomVisited(coven, jid("hag66"))]


def test_what_is_taken_back_is_no_news() -> None:
    """Nor what is not kept, such as that somebody is typing."""
    workshop = Watched()
    begun(workshop, "hecate/phone")
    posted = next(event for event in workshop.says("crone1/cave", from_room=True) if isinstance(event, MessagePosted))
    for message in (replace(posted.message, archived=False), replace(posted.message, retraction=Retraction("x"))):
        happening = [replace(posted, message=message)]
        assert not indicators.noted(workshop.coven, happening, workshop.moment)


def test_a_room_that_is_being_made_is_its_owners() -> None:
    """Others cannot enter it, whatever list they are on (XEP-0045 §10.1)."""
    workshop = Watched()
    workshop.coven.locked = True
    assert indicators.may_hear_of(workshop.coven, jid("crone1"))
    assert not indicators.may_hear_of(workshop.coven, jid("hecate"))


def test_there_is_an_end_to_watching(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a client, and of how many may (XEP-0437 §6)."""
    workshop = Watched()
    monkeypatch.setattr(indicators, "MOST", 2)
    monkeypatch.setattr(indicators, "MOST_CLIENTS", 2)
    for client in ("hecate/phone", "hecate/laptop", "hag66/phone", "hag66/phone"):
        begun(workshop, client)
    for client in ("hecate/watch", "pistol@france.example/phone"):
        with pytest.raises(TooManyRequests):
            workshop.decides(Watch(actor=jid(client)))
    begun(workshop, "pistol/phone")  # of the operator's own people
    workshop.hears(workshop.does(Unwatch(actor=jid("pistol/phone"))))
    assert workshop.hears(workshop.does(Unwatch(actor=jid("hag66/phone")))) == [WatchEnded(jid("hag66/phone"))]
    assert not workshop.hears(workshop.does(Unwatch(actor=jid("hag66/phone"))))
    begun(workshop, "pistol@france.example/phone")


def test_what_the_service_keeps_is_read_at_its_start() -> None:
    """Who was told what is not: they may hear again."""
    registry = Registry((), [jid("hecate/phone")])
    assert registry.watching == {jid("hecate"): {jid("hecate/phone"): set()}}
    registry.unwatch(jid("hag66/phone"))
    assert registry.is_watching(jid("hecate/phone"))
