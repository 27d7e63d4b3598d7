"""Channels that end by themselves: at the end of their life, or because nobody configured the room."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.conversations.words import EVENT, LEAVE, LEFT, USER, configure, error, info, occupant_id
from tests.stage import Scene, Service
from tests.stage.scene import node

IDLE = 600.0


def ends_in(coven: Scene, seconds: float) -> str:
    """A point in time as forms have it (XEP-0082)."""
    return (coven.service.clock.now + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


def set_end(coven: Scene, value: str) -> None:
    """The owner sets the End of Life."""
    coven.owner.sends(configure(("End of Life", value)))
    coven.owner.receives("<iq type='result' id='c1' from='{coven}'>…</iq>")


def exists(coven: Scene) -> bool:
    """Whether a stranger finds the channel."""
    ariel = coven.people("ariel", domain="elsewhere.example")
    ariel.sends(info())
    (answer,) = ariel.takes()
    return bool(answer.get("type") == "result")


@pytest.mark.req("MIX-DES-07", "MIX-CFG-15", "MIX-DES-09", "MIX-DES-15")
@pytest.mark.parametrize("restart", [False, True], ids=["running", "restarted"])
def test_a_channel_goes_at_the_end_of_its_life(coven: Scene, *, restart: bool) -> None:
    """XEP-0369 §7.3.5: whoever is there is told in their own words; a restart in between changes nothing."""
    hag66, hecate = coven.people("hag66", "hecate", joined=["hag66"], entered=["hecate"])
    set_end(coven, ends_in(coven, 60))
    if restart:
        coven.service.restarts()
    coven.service.time_passes(30)
    assert exists(coven)
    coven.service.everybody_forgets()
    coven.service.time_passes(31)
    hecate.receives(
        f"<presence from='{{coven}}/moon' type='unavailable'>{occupant_id('hecate')}<x xmlns='{USER}'>"
        "<item affiliation='none' role='none'/><status code='110'/><destroy/></x></presence>"
    )
    for name in ("info", "messages", "participants", "presence"):
        hag66.receives(
            f"<message type='headline' from='{{coven}}' id='*'><event xmlns='{EVENT}'>"
            f"<delete node='{node(name)}'/></event></message>"
        )
    assert not exists(coven)


@pytest.mark.req("MIX-DES-08")
@pytest.mark.parametrize("restart", [False, True], ids=["running", "restarted"])
@pytest.mark.parametrize("days", [None, 7])
def test_a_channel_without_anybody_goes_where_the_operator_wants_it(
    services: Callable[..., Service], days: int | None, *, restart: bool
) -> None:
    """XEP-0369 §7.3.5: a week after the last participant has left; who is offline is one. Without a policy it stays."""
    coven = Scene(services(empty=timedelta(days=days) if days else None), "coven")
    hag66, hecate = coven.people("hag66", "hecate", joined=["hag66"], entered=["hecate"])
    hecate.sends("<presence type='unavailable'/>")
    coven.service.time_passes(30 * 86_400)
    assert exists(coven)
    hag66.account.sends(LEAVE)
    hag66.account.receives(LEFT)
    if restart:
        coven.service.restarts()
    coven.service.time_passes(6.9 * 86_400)
    assert exists(coven)
    coven.service.time_passes(0.2 * 86_400)
    assert exists(coven) is (days is None)


@pytest.mark.req("MIX-CFG-15")
def test_an_end_taken_back_does_not_come(coven: Scene) -> None:
    """XEP-0406 §2.4: empty means permanent."""
    set_end(coven, ends_in(coven, 60))
    set_end(coven, "")
    coven.service.time_passes(IDLE)
    assert exists(coven)


@pytest.mark.req("MIX-CFG-15")
def test_an_end_in_the_past_is_refused(coven: Scene) -> None:
    """XEP-0406 §2.4: nobody destroys by a slip of the form."""
    coven.owner.sends(configure(("End of Life", ends_in(coven, -60))))
    coven.owner.receives(f"<iq type='error' id='c1' from='{{coven}}'>…{error('modify', 'not-acceptable')}</iq>")
    coven.service.time_passes(IDLE)
    assert exists(coven)


@pytest.mark.req("MUC-CRE-16")
@pytest.mark.parametrize("restart", [False, True], ids=["running", "restarted"])
def test_a_room_nobody_configures_goes(rooms: Service, *, restart: bool) -> None:
    """XEP-0045 §10.1.1: as if its making had been cancelled."""
    hag66 = rooms.person("hag66")
    room = f"heath@{rooms.domain}"
    hag66.sends(f"<presence to='{room}/hag'><x xmlns='http://jabber.org/protocol/muc'/></presence>")
    hag66.forgets()
    if restart:
        rooms.restarts()
    rooms.time_passes(200)
    hag66.receives_nothing()
    rooms.time_passes(101)
    hag66.receives(
        f"""<presence type='unavailable' from='{room}/hag'>
          <occupant-id xmlns='urn:xmpp:occupant-id:0' id='*'/>
          <x xmlns='{USER}'><item affiliation='none' role='none'/><status code='110'/><destroy/></x></presence>"""
    )
    hag66.sends(f"<iq type='get' id='d1' to='{room}'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>")
    hag66.receives(f"<iq type='error' id='d1' from='{room}'>…</iq>")


def test_a_room_configured_in_time_stays(rooms: Service) -> None:
    """XEP-0045 §10.1.2: also when it is asked for only after its time had been set."""
    hag66 = rooms.person("hag66")
    room = f"heath@{rooms.domain}"
    hag66.sends(f"<presence to='{room}/hag'><x xmlns='http://jabber.org/protocol/muc'/></presence>")
    hag66.sends(
        f"<iq type='set' id='s' to='{room}'><query xmlns='http://jabber.org/protocol/muc#owner'>"
        "<x xmlns='jabber:x:data' type='submit'/></query></iq>"
    )
    hag66.forgets()
    rooms.time_passes(IDLE)
    hag66.receives_nothing()
