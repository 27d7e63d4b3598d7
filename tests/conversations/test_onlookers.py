"""Open Presence: clients show presence in a channel they are not in (XEP-0406 §2.4)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.conversations.words import (
    LEAVE,
    USER,
    ask_items,
    configure,
    failed,
    items,
    join,
    joined,
    mapped,
    participant,
    presence,
    says,
)
from tests.stage import Scene, Service
from tests.stage.people import Person


def opened(coven: Scene, *fields: tuple[str, str]) -> None:
    """The owner lets everybody show presence."""
    coven.owner.sends(configure(("Open Presence", "true"), *fields))
    coven.service.everybody_forgets()


@pytest.mark.req("MIX-PRE-20", "MIX-CFG-27")
def test_anybody_may_show_presence_where_that_is_open(coven: Scene) -> None:
    """From an encoded JID with an invented id, under an invented nick, and with no item among the participants."""
    hag66, ross = coven.people("hag66", "ross", joined=["hag66"])
    ross.sends("<presence><show>chat</show></presence>")
    coven.is_silent()
    opened(coven)
    ross.sends("<presence><show>chat</show></presence>")
    hag66.receives(presence("ross", "<show>chat</show>", nick="{nick}", tag="tag"))
    ross.sends("<presence><show>away</show></presence>")
    hag66.receives(presence("ross", "<show>away</show>", nick="{nick}", tag="tag"))
    ross.laptop.sends("<presence/>")
    hag66.receives(presence("ross", nick="{nick}", tag="laptop"))
    assert coven.service.known["tag"] != coven.service.known["laptop"]
    hag66.sends(ask_items("participants"))
    hag66.receives(items("participants", participant("hag66", "thirdwitch")))
    ross.sends("<presence type='unavailable'/>")
    hag66.receives(presence("ross", nick="", tag="tag", type="unavailable"))
    ross.account.sends("<presence type='unavailable'/>")
    hag66.receives(presence("ross", nick="", tag="laptop", type="unavailable"))
    coven.is_silent()


@pytest.mark.req("MIX-PRE-20")
def test_the_id_is_kept_for_them(coven: Scene) -> None:
    """MIX-DEC-120: after going, and as a participant; and the made-up presence ends when they join."""
    hag66, ross = coven.people("hag66", "ross", joined=["hag66"])
    opened(coven)
    ross.sends("<presence/>")
    hag66.receives(presence("ross", nick="*", tag="tag"))
    ross.sends("<presence type='unavailable'/>")
    ross.sends("<presence/>")
    coven.service.everybody_forgets()
    ross.account.sends(join("thane", "messages"))
    ross.account.receives(joined("ross", "thane", "messages"))
    hag66.receives(presence("ross", nick="", type="unavailable"))
    ross.sends("<presence/>")
    hag66.receives(presence("ross", nick="thane"))
    ross.account.sends(LEAVE)
    coven.service.everybody_forgets()
    ross.sends("<presence/>")
    hag66.receives(presence("ross", nick="*"))


@pytest.mark.req("MIX-PRE-20")
def test_they_are_seen_and_no_more(coven: Scene) -> None:
    """They have no rights, and are not to be written to; newcomers see them."""
    hag66, hecate, ross = coven.people("hag66", "hecate", "ross", joined=["hag66"])
    opened(coven)
    ross.sends("<presence/>")
    hag66.receives(presence("ross", nick="*"))
    ross.sends(says("hail"))
    ross.receives("<message type='error' id='m1' from='{coven}'>…</message>")
    ross.sends(ask_items("participants"))
    ross.receives(failed("i1", "auth", "forbidden", echo="…"))
    hag66.sends("<message type='chat' to='{ross.id}#{coven}' id='p1'><body>hail</body></message>")
    hag66.receives("<message type='error' id='p1' from='*'>…</message>")
    hecate.account.sends(join("moon", "presence"))
    hecate.account.receives(joined("hecate", "moon", "presence"))
    hecate.receives(presence("ross", nick="*"))


@pytest.mark.req("MIX-PRE-20")
def test_they_survive_a_restart_and_a_bounce_ends_them(coven: Scene) -> None:
    """As everybody's presence."""
    hag66, ross = coven.people("hag66", "ross", joined=["hag66"])
    opened(coven)
    ross.sends("<presence/>")
    hag66.receives(presence("ross", nick="{nick}", tag="tag"))
    coven.service.restarts()
    ross.sends("<presence><show>away</show></presence>")
    hag66.receives(presence("ross", "<show>away</show>", nick="{nick}", tag="tag"))
    ross.sends(
        "<presence type='error'><error type='cancel'>"
        "<gone xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></presence>"
    )
    hag66.receives(presence("ross", nick="", tag="tag", type="unavailable"))
    assert not coven.channel.onlookers


@pytest.mark.req("MIX-PRE-20", "MIX-VIS-04")
@pytest.mark.parametrize("mode", ["jid-hidden", "jid-optionally-visible", "jid-mandatory-visible"])
def test_their_addresses_are_for_administrators(coven: Scene, mode: str) -> None:
    """Whatever the mode: they have agreed to nothing by joining. What gives them away goes as well."""
    hag66, crone1 = coven.people("hag66", "crone1", joined=["hag66", "crone1"])
    ross = coven.people("ross")
    opened(coven, ("JID Visibility", mode))
    ross.sends("<presence><c xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='x' ver='y'/></presence>")
    hag66.receives(presence("ross", nick="*"))
    crone1.receives(
        "<presence from='*'>…<mix xmlns='urn:xmpp:mix:presence:0'>…<jid>{ross.phone}</jid></mix></presence>"
    )


@pytest.mark.req("MIX-CFG-27")
@pytest.mark.parametrize("end", ["closed", "banned", "no node", "destroyed"])
def test_their_presence_ends_with_the_right_to_it(coven: Scene, end: str) -> None:
    """When presence is open no more, when they are banned, when there is no presence node, or no channel."""
    hag66, ross = coven.people("hag66", "ross", joined=["hag66"])
    opened(coven)
    ross.sends("<presence/>")
    hag66.forgets()
    match end:
        case "closed":
            coven.owner.sends(configure(("Open Presence", "false")))
        case "banned":
            coven.publishes("banned", ross.jid)
        case "no node":
            coven.owner.sends(configure(("Nodes Present", "information")))
        case _:
            coven.owner.sends(
                "<iq type='set' id='d1' to='{service}'><destroy xmlns='urn:xmpp:mix:core:1' channel='coven'/></iq>"
            )
    hag66.receives(presence("ross", nick="", type="unavailable"))
    coven.service.everybody_forgets()
    ross.sends("<presence/>")
    coven.is_silent()


def test_rooms_have_no_words_for_them(coven: Scene) -> None:
    """An occupant is somebody who may speak; one who enters is one from then on, and no onlooker."""
    hag66, ross, hecate = coven.people("hag66", "ross", "hecate", joined=["hag66"], entered=["hecate"])
    opened(coven)
    ross.sends("<presence/>")
    hecate.receives_nothing()
    coven.service.everybody_forgets()
    coven.enters(ross, "thane")
    assert not coven.channel.onlookers
    hag66.receives_nothing()


def test_there_are_no_more_of_them_than_of_others(services: Callable[..., Service]) -> None:
    """Together with the participants they are as many as the channel may have."""
    coven = Scene(services(max_participants=3), "coven")
    hag66, *others = coven.people("hag66", "ross", "macbeth", "banquo", joined=["hag66"])
    opened(coven)
    for someone in others:
        someone.sends("<presence/>")
    assert len(hag66.takes()) == 2
    others[0].sends("<presence><show>away</show></presence>")
    hag66.receives(presence("ross", "<show>away</show>", nick="*"))
    coven.is_silent()
    others[0].sends("<presence><status>" + "x" * 20_000 + "</status></presence>")
    coven.is_silent()


@pytest.mark.req("MIX-MAP-03")
def test_the_jidmap_is_of_participants(coven: Scene) -> None:
    """XEP-0404 §2.5: as many items as there are participants."""
    _hag66, ross = coven.people("hag66", "ross", joined=["hag66"])
    opened(coven)
    ross.sends("<presence/>")
    crone1: Person = coven.owner
    crone1.sends(ask_items("jidmap"))
    crone1.receives(items("jidmap", mapped("hag66")))


def test_only_clients_show_presence(coven: Scene) -> None:
    """An account asks for others' by it, and strangers are told nothing (XEP-0405 §2.9.3)."""
    _hag66, ross = coven.people("hag66", "ross", joined=["hag66"])
    opened(coven)
    ross.account.sends("<presence/>")
    ross.sends(f"<presence><x xmlns='{USER}'/></presence>")
    assert len(coven.channel.onlookers) == 1
