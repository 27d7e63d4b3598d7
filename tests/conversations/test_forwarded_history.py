"""Turning a conversation of two into a channel: what was said before is forwarded (XEP-0407 §7)."""

from __future__ import annotations

import pytest

from tests.conversations.words import CORE, PUBSUB, join, mam
from tests.stage import Person, Scene

FORWARDED = (
    "<forwarded xmlns='urn:xmpp:forward:0'><delay xmlns='urn:xmpp:delay' stamp='2010-07-10T23:08:25Z'/>"
    "<message xmlns='jabber:client' from='hag67@shakespeare.example/pda' id='0202197' type='chat' "
    "to='stranger@shakespeare.example/desk'><body>Harpier cries: ’tis time, ’tis time.</body></message></forwarded>"
)
ADMIT = (
    f"<iq type='set' id='a1'><pubsub xmlns='{PUBSUB}'><publish node='urn:xmpp:mix:nodes:allowed'>"
    "<item id='hecate@shakespeare.example'/></publish></pubsub></iq>"
)


def forwards(inside: str = "") -> str:
    """Share what was said elsewhere."""
    return f"<message type='groupchat' id='f1'>{inside}{FORWARDED}</message>"


def forwarded(who: str, nick: str, inside: str = "") -> str:
    """What was shared, as its sender gets it back: in the name of whoever shared it."""
    return (
        f"<message type='groupchat' from='{{secretly}}/{{{who}.id}}' id='{{shared}}'>{inside}{FORWARDED}"
        f"<mix xmlns='{CORE}'><nick>{nick}</nick><jid>{{{who}}}</jid><submission-id>f1</submission-id></mix>"
        "<stanza-id xmlns='urn:xmpp:sid:0' by='{secretly}' id='{shared}'/></message>"
    )


@pytest.fixture
def hag66(coven: Scene) -> Person:
    """Somebody who has just made an ad hoc channel, and is in it: `{secretly}` is its address."""
    someone: Person = coven.people("hag66")
    someone.sends(f"<iq type='set' id='c1' to='{{service}}'><create xmlns='{CORE}'/></iq>")
    someone.receives(f"<iq type='result' id='c1' from='{{service}}'><create xmlns='{CORE}' channel='{{secret}}'/></iq>")
    someone.habit = coven.service.known["secretly"] = f"{coven.service.known['secret']}@{coven.service.domain}"
    enters(someone, "third witch")
    return someone


def enters(someone: Person, nick: str) -> None:
    """Join the ad hoc channel."""
    someone.sends(join(nick, "messages"))
    someone.receives(
        f"<iq type='result' id='j1' from='{{secretly}}'><join xmlns='{CORE}' id='{{{someone.name}.id}}' jid='*'>"
        "…</join></iq>"
    )


@pytest.mark.req("MIX-CNV-01", "MIX-CNV-04", "MIX-CNV-05", "MIX-SEC-11")
def test_what_was_said_before_seeds_the_history(coven: Scene, hag66: Person) -> None:
    """XEP-0407 §7: archived as it was forwarded, in the forwarder's name, for whoever comes later."""
    hag66.sends(forwards())
    hag66.receives(forwarded("hag66", "third witch"))
    hecate = coven.people("hecate")
    hecate.habit = hag66.habit
    hag66.sends(ADMIT)
    enters(hecate, "moon")
    coven.service.everybody_forgets()
    hecate.sends(mam())
    (found, _) = hecate.takes()
    shared = found.find(".//{urn:xmpp:mam:2}result/{urn:xmpp:forward:0}forwarded/{jabber:client}message")
    assert shared is not None
    assert shared.findtext(f"{{{CORE}}}mix/{{{CORE}}}nick") == "third witch"
    inner = shared.find("{urn:xmpp:forward:0}forwarded/{jabber:client}message")
    assert inner is not None
    assert inner.get("from") == "hag67@shakespeare.example/pda"
    assert inner.findtext("{jabber:client}body") == "Harpier cries: ’tis time, ’tis time."


@pytest.mark.req("MIX-CNV-02", "MIX-CNV-03")
def test_later_it_is_a_message_like_others(coven: Scene, hag66: Person) -> None:
    """XEP-0407 §7: with a body or without, and however many are there."""
    hecate = coven.people("hecate")
    hecate.habit = hag66.habit
    hag66.sends(ADMIT)
    enters(hecate, "moon")
    coven.service.everybody_forgets()
    hag66.sends(forwards("<body>Look!</body>"))
    hag66.receives(forwarded("hag66", "third witch", "<body>Look!</body>"))
    (told,) = hecate.takes()
    assert told.findtext("{jabber:client}body") == "Look!"
    assert told.find("{urn:xmpp:forward:0}forwarded") is not None
