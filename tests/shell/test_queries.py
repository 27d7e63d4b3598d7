"""How many queries of one person may wait at once: each is answered by many stanzas (XEP-0313 §4.3.1)."""

from __future__ import annotations

from xml.etree.ElementTree import Element, fromstring

import pytest

from mix.shell.inlet import target_of
from mix.shell.mailboxes import Slot
from mix.shell.turn import QUERIES
from pubsubnodes.addresses import RealJid
from pubsubnodes.stanza import Inbound
from pubsubnodes.xml import CLIENT
from tests.stage import Person, Scene
from tests.stage.service import at_once


def query(who: Person, number: int, channel: str) -> Inbound:
    """A query as it lies in the mailbox."""
    target = target_of(channel)
    assert target is not None
    xml = fromstring(f"<iq xmlns='{CLIENT}' type='set' id='q{number}'><query xmlns='urn:xmpp:mam:2'/></iq>")
    return Inbound("iq", "set", f"q{number}", RealJid.parse(who.phone.jid), target, xml)


def kinds(stanzas: list[Element]) -> list[str | None]:
    """How queries ended, in order."""
    return [stanza.get("type") for stanza in stanzas]


def _work(coven: Scene, slot: Slot, *posts: Inbound) -> None:
    """Take posts through their turns as one batch."""
    at_once(coven.service._turn.work(slot, posts))
    while slot.flight is not None:
        at_once(coven.service._turn.work(slot, ()))


@pytest.mark.req("MUC-MAM-53")
def test_who_asks_too_much_at_once_comes_back_later(coven: Scene) -> None:
    """By room and by MIX alike; what others ask is none of it, and a moment later one may ask again."""
    hag66, pistol, macbeth = coven.people("hag66", "pistol", "macbeth", joined=["hag66"], entered=["pistol", "macbeth"])
    slot = coven.service.slots["coven"]
    asked = [query(who, number, coven.jid) for number in range(50) for who in (pistol, hag66)]
    _work(coven, slot, *asked, query(macbeth, 0, coven.jid))
    for who, condition in ((pistol, "resource-constraint"), (hag66, "policy-violation")):
        answers = who.takes()
        assert kinds(answers) == ["result"] * QUERIES + ["error"] * (50 - QUERIES)
        refusal = answers[-1].find(f"{{{CLIENT}}}error")
        assert refusal is not None
        assert refusal.get("type") == "wait"
        assert refusal.find(f"{{urn:ietf:params:xml:ns:xmpp-stanzas}}{condition}") is not None
    assert kinds(macbeth.takes()) == ["result"]
    _work(coven, slot, query(pistol, 99, coven.jid))
    assert kinds(pistol.takes()) == ["result"]
