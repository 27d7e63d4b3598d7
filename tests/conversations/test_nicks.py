"""Nicks (XEP-0369 §7.1.4)."""

from __future__ import annotations

import re

import pytest

from tests.conversations.words import (
    CORE,
    ask_items,
    configure,
    event,
    failed,
    items,
    mam,
    nick_set,
    participant,
    presence,
    said,
    says,
    setnick,
)
from tests.stage import Scene


@pytest.mark.req("MIX-NCK-01", "MIX-NCK-02", "MIX-NCK-07", "MIX-NCK-08", "MIX-PAR-09", "MIX-GEN-14")
def test_a_nick_changes_and_the_person_does_not(coven: Scene) -> None:
    """XEP-0369 §7.1.4, XEP-0403 §2: the same item with another nick, presence again from the same address."""
    hag66, hecate = coven.people("hag66", "hecate", joined=["hag66", "hecate"])
    hag66.sends("<presence><show>dnd</show></presence>")
    hecate.receives(presence("hag66", "<show>dnd</show>", nick="thirdwitch", tag="broom"))
    hag66.forgets()
    hag66.sends(setnick("  Old \u00a0 Witch "))
    changed = event("participants", participant("hag66", "Old Witch"))
    again = presence("hag66", "<show>dnd</show>", nick="Old Witch", tag="broom")
    hecate.receives(changed, again)
    hag66.receives(changed, nick_set("Old Witch"))
    hag66.receives(again)
    coven.is_silent()


@pytest.mark.req("MIX-NCK-03", "MIX-NCK-04")
@pytest.mark.parametrize("nick", ["moon", "MOON", " Moon ", "mo\u200bon", "\uff4doon"])
def test_no_two_have_one_nick(coven: Scene, nick: str) -> None:
    """XEP-0369 §4.7.3: compared as RFC 8266 has it, and without what nobody sees."""
    hag66, _hecate = coven.people("hag66", "hecate", joined=["hag66", "hecate"])
    hag66.sends(setnick(nick))
    hag66.receives(failed("n1", "cancel", "conflict", echo="…"))
    coven.is_silent()


@pytest.mark.req("MIX-NCK-05", "MIX-NCK-22")
@pytest.mark.parametrize("nick", ["\u2800", "x" * 2000, "a\u202e" + "b" * 25, "line&#10;break"])
def test_some_nicks_cannot_be(coven: Scene, nick: str) -> None:
    """RFC 8266 §2.2; nor may one pass for somebody's participant id."""
    hag66 = coven.people("hag66", joined=["hag66"])
    hag66.sends(setnick(nick))
    hag66.receives(failed("n1", "modify", "not-acceptable", echo="…"))


@pytest.mark.req("MIX-SEC-07")
@pytest.mark.parametrize("nick", ["MOON", " moon ", "ｍｏｏｎ", "mo\u200bon", "mo\u00adon", "m\u2060oon", "moo\ufeffn"])
def test_a_nick_does_not_look_like_anothers(coven: Scene, nick: str) -> None:
    """XEP-0369 §4.6: case, width, spaces and what nobody sees make no other nick of one."""
    hag66, _hecate = coven.people("hag66", "hecate", joined=["hag66", "hecate"])
    hag66.sends(setnick(nick))
    hag66.receives(failed("n1", "cancel", "conflict", echo="…"))
    coven.is_silent()


@pytest.mark.req("MIX-NCK-22", "MIX-SEC-07")
def test_a_nick_is_nobodys_id(coven: Scene) -> None:
    """XEP-0369 §8."""
    hag66, hecate = coven.people("hag66", "hecate", joined=["hag66", "hecate"])
    hag66.sends(setnick("{hecate.id}"))
    hag66.receives(failed("n1", "modify", "not-acceptable", echo="…"))
    hag66.sends(setnick(hecate.id.upper()))
    hag66.receives(failed("n1", "modify", "not-acceptable", echo="…"))
    coven.is_silent()


@pytest.mark.req("MIX-NCK-06")
@pytest.mark.parametrize("wish", [None, ""])
def test_the_channel_gives_one(coven: Scene, wish: str | None) -> None:
    """XEP-0369 §7.1.4: a blank nick asks for one."""
    hag66, hecate = coven.people("hag66", "hecate", joined=["hag66", "hecate"])
    hag66.sends(setnick(wish))
    hag66.receives(nick_set("{given}"))
    hecate.receives(event("participants", participant("hag66", "{given}")))
    assert re.fullmatch(r"[0-9a-f-]{36}", coven.service.known["given"])


@pytest.mark.req("MIX-NCK-09")
def test_strangers_have_none(coven: Scene) -> None:
    """XEP-0369 §7.1.4."""
    hag66 = coven.people("hag66")
    hag66.sends(setnick("x"))
    hag66.receives(failed("n1", "auth", "forbidden", echo="…"))


@pytest.mark.req("MIX-NCK-10")
def test_what_was_said_was_said_by_who_one_was(coven: Scene) -> None:
    """Live messages carry the nick of now, archived ones that of then."""
    hag66, hecate = coven.people("hag66", "hecate", joined=["hag66", "hecate"])
    hag66.sends(says("before"))
    hag66.sends(setnick("old witch"))
    hag66.sends(says("after"))
    hecate.receives(said("hag66", "thirdwitch", "before"), said("hag66", "old witch", "after"))
    hecate.forgets()
    hecate.sends(mam())
    nicks = [
        (message.findtext("{jabber:client}body"), message.findtext(f"{{{CORE}}}mix/{{{CORE}}}nick"))
        for stanza in hecate.takes()
        for message in stanza.iter("{jabber:client}message")
        if message is not stanza
    ]
    assert nicks == [("before", "thirdwitch"), ("after", "old witch")]


@pytest.mark.req("MIX-NCK-20")
def test_the_nick_one_has_is_no_news(coven: Scene) -> None:
    """A result, and no event."""
    hag66, _hecate = coven.people("hag66", "hecate", joined=["hag66", "hecate"])
    hag66.sends(setnick("thirdwitch"))
    hag66.receives(nick_set("thirdwitch"))
    coven.is_silent()


@pytest.mark.req("MIX-NCK-21")
def test_where_nicks_become_mandatory_everybody_gets_one(coven: Scene) -> None:
    """XEP-0369 §7.1.2: the service assigns them."""
    hag66 = coven.people("hag66")
    coven.owner.sends(configure(("Mandatory Nicks", "false"), ("JID Visibility", "jid-mandatory-visible")))
    hag66.account.sends(f"<iq type='set' id='j1'><join xmlns='{CORE}'/></iq>")
    hag66.receives(f"<iq type='result' id='j1'><join xmlns='{CORE}' id='{{hag66.id}}' jid='*'/></iq>")
    coven.owner.sends(configure(("Mandatory Nicks", "true")))
    coven.owner.forgets()
    hag66.account.sends(ask_items("participants"))
    hag66.receives(items("participants", participant("hag66", "{given}", jid="{hag66}")))
