"""Presence that ends without a word, and presence that is shown anew (XEP-0403 §4, XEP-0404 §2.3)."""

from __future__ import annotations

import pytest

from mix.core.commands import GoOffline
from pubsubnodes.addresses import RealJid
from tests.conversations.words import (
    LEAVE,
    LEFT,
    STANZAS,
    configure,
    event,
    occupant,
    participant,
    prefer,
    presence,
    retracted,
)
from tests.stage import Person, Scene


def shown(coven: Scene, someone: Person, watcher: Person, nick: str) -> None:
    """Somebody shows two clients, which a watcher sees as `{phone}` and `{laptop}`."""
    someone.sends("<presence/>")
    someone.laptop.sends("<presence/>")
    watcher.receives(presence(someone.name, nick=nick, tag="phone"), presence(someone.name, nick=nick, tag="laptop"))
    coven.service.everybody_forgets()


@pytest.mark.req("MIX-PRE-01", "MIX-PRE-21")
def test_who_leaves_takes_every_client_along(coven: Scene) -> None:
    """XEP-0403 §4.4: each of them under its own address, which is what it was shown under."""
    hag66, hecate = coven.people("hag66", "hecate", joined=["hag66", "hecate"])
    shown(coven, hag66, hecate, "thirdwitch")
    assert coven.service.known["phone"] != coven.service.known["laptop"]
    hag66.account.sends(LEAVE)
    hecate.receives(event("participants", retracted("hag66")))
    hecate.receives(
        presence("hag66", nick="", tag="phone", type="unavailable"),
        presence("hag66", nick="", tag="laptop", type="unavailable"),
    )
    hag66.account.receives(LEFT)
    coven.is_silent()


@pytest.mark.req("MIX-PRE-22")
def test_a_ghost_goes_and_the_participant_stays(coven: Scene) -> None:
    """XEP-0403 §4.3: a client found to be gone is shown as gone; the other client and the participation stay."""
    hag66, hecate = coven.people("hag66", "hecate", joined=["hag66", "hecate"])
    shown(coven, hag66, hecate, "thirdwitch")
    coven.service.wishes("coven", GoOffline(actor=RealJid.parse(hag66.phone.jid), lost=True))
    hecate.receives(presence("hag66", nick="", tag="phone", type="unavailable"))
    hecate.receives_nothing()
    hecate.account.sends("<presence/>")
    hecate.account.receives(presence("hag66", nick="thirdwitch", tag="laptop"))


@pytest.mark.req("MIX-PRE-23")
@pytest.mark.parametrize("condition", ["recipient-unavailable", "item-not-found", "gone"])
def test_presence_that_bounces_ends_the_client(coven: Scene, condition: str) -> None:
    """XEP-0403 §4.3: what comes back as an error says that nobody is there."""
    hag66, hecate = coven.people("hag66", "hecate", joined=["hag66", "hecate"])
    shown(coven, hag66, hecate, "thirdwitch")
    hag66.sends(f"<presence type='error'><error type='cancel'><{condition} xmlns='{STANZAS}'/></error></presence>")
    hecate.receives(presence("hag66", nick="", tag="phone", type="unavailable"))
    hecate.receives_nothing()


@pytest.mark.req("MIX-PRE-23")
def test_a_refused_probe_ends_nothing(coven: Scene) -> None:
    """RFC 6121 §4.3: a server that does not answer probes says nothing about its users' clients."""
    hag66, hecate = coven.people("hag66", "hecate", joined=["hag66", "hecate"])
    shown(coven, hag66, hecate, "thirdwitch")
    for answer in (
        f"<presence type='error'><error type='auth'><forbidden xmlns='{STANZAS}'/></error></presence>",
        f"<presence type='error'><error type='cancel'><service-unavailable xmlns='{STANZAS}'/></error></presence>",
        "<presence type='unsubscribed'/>",
    ):
        hag66.account.sends(answer)
    coven.is_silent()


@pytest.mark.req("MIX-PRE-29")
def test_who_shows_their_address_is_shown_again(coven: Scene) -> None:
    """XEP-0404 §2.3: with it, and then without it."""
    coven.owner.sends(configure(("JID Visibility", "jid-optionally-visible")))
    hag66, hecate = coven.people("hag66", "hecate", joined=["hag66", "hecate"])
    hag66.sends("<presence/>")
    hecate.receives(presence("hag66", nick="thirdwitch", tag="phone"))
    coven.service.everybody_forgets()
    hag66.sends(prefer(("JID Visibility", "always")))
    hecate.receives(event("participants", participant("hag66", "thirdwitch", jid="{hag66}")))
    hecate.receives(presence("hag66", nick="thirdwitch", tag="phone", jid="{hag66.phone}"))
    coven.service.everybody_forgets()
    hag66.sends(prefer(("JID Visibility", "never")))
    hecate.receives(event("participants", participant("hag66", "thirdwitch")))
    hecate.receives(presence("hag66", nick="thirdwitch", tag="phone"))


@pytest.mark.req("MIX-PRE-30", "MUC-AVA-16")
def test_the_channel_and_its_nicks_are_two_addresses(coven: Scene) -> None:
    """XEP-0405 §2.9: presence to the channel is MIX, presence to a nick is the room's; each is told to both."""
    hag66, hecate = coven.people("hag66", "hecate", joined=["hag66"])
    coven.enters(hecate, "moon", by=hecate.laptop)
    avatar = "<x xmlns='vcard-temp:x:update'><photo>01b87fcd030b72895ff8e88db57ec525450f000d</photo></x>"
    hag66.sends(f"<presence><show>dnd</show>{avatar}</presence>")
    hecate.laptop.receives(occupant("hag66", "thirdwitch", "<show>dnd</show>", "…"))
    coven.service.everybody_forgets()
    hecate.laptop.sends(f"<presence to='{coven.jid}/moon'><show>away</show>{avatar}</presence>")
    hag66.receives(presence("hecate", "<show>away</show>", nick="moon"))
    hecate.laptop.receives(occupant("hecate", "moon", "<show>away</show>", avatar, codes=[110]))
