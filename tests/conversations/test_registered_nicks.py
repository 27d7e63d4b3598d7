"""Nicks registered with the service: one's own in every channel, and nobody else's (XEP-0407 §3)."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from muccompat.configform import LOCK
from tests.conversations.words import (
    ENTRY,
    LEAVE,
    LEFT,
    configure,
    error,
    event,
    failed,
    features,
    info,
    join,
    joined,
    nick_set,
    participant,
    setnick,
)
from tests.stage import Person, Scene, Service

MISC = "urn:xmpp:mix:misc:0"


def register(nick: str | None) -> str:
    """A wish for a nick in all channels."""
    wish = f"<nick>{nick}</nick>" if nick is not None else ""
    return f"<iq type='set' id='r1' to='{{service}}'><register xmlns='{MISC}'>{wish}</register></iq>"


def registered(nick: str) -> str:
    """It is one's own."""
    return f"<iq type='result' id='r1' from='{{service}}'><register xmlns='{MISC}'><nick>{nick}</nick></register></iq>"


def registers(someone: Person, nick: str) -> None:
    """Somebody registers a nick and gets it."""
    someone.sends(register(nick))
    someone.receives(registered(nick))


@pytest.mark.req("MIX-NCK-11", "MIX-NCK-18")
@pytest.mark.parametrize("by", ["account", "phone"])
def test_a_nick_is_registered_for_an_account(coven: Scene, by: str) -> None:
    """XEP-0407 §3: prepared as nicks are; asking again for what one has is fine."""
    hag66 = coven.people("hag66")
    getattr(hag66, by).sends(register("  third   witch "))
    getattr(hag66, by).receives(registered("third witch"))
    registers(hag66, "third witch")
    coven.is_silent()


@pytest.mark.req("MIX-NCK-12")
@pytest.mark.parametrize("nick", ["third witch", "Third Witch"])
def test_a_nick_belongs_to_one_account(coven: Scene, nick: str) -> None:
    """XEP-0407 §3: compared as nicks are."""
    hag66, hecate = coven.people("hag66", "hecate")
    registers(hag66, "third witch")
    hecate.sends(register(nick))
    hecate.receives(f"<iq type='error' id='r1' from='{{service}}'>{error('cancel', 'conflict')}</iq>")


@pytest.mark.req("MIX-NCK-12")
def test_another_nick_frees_the_first(coven: Scene) -> None:
    """An account has one."""
    hag66, hecate = coven.people("hag66", "hecate")
    registers(hag66, "third witch")
    registers(hag66, "hag")
    registers(hecate, "third witch")


@pytest.mark.req("MIX-NCK-13", "MIX-NCK-14")
def test_without_a_wish_the_service_gives_one(coven: Scene) -> None:
    """XEP-0407 §3: a UUID; and the same one when asked again."""
    hag66 = coven.people("hag66")
    hag66.sends(register(None))
    (answer,) = hag66.takes()
    nick = answer.findtext(f"{{{MISC}}}register/{{{MISC}}}nick", "")
    assert re.fullmatch(r"[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}", nick)
    hag66.sends(register(None))
    hag66.receives(registered(nick))


@pytest.mark.req("MIX-NCK-12")
@pytest.mark.parametrize("nick", ["x" * 65, "\u200e"])
def test_what_is_no_nick_is_not_registered(coven: Scene, nick: str) -> None:
    """RFC 8266."""
    hag66 = coven.people("hag66")
    hag66.sends(register(nick))
    hag66.receives(f"<iq type='error' id='r1' from='{{service}}'>{error('modify', 'not-acceptable')}</iq>")


@pytest.mark.req("MIX-NCK-15")
def test_nobody_else_takes_it_in_any_channel(coven: Scene) -> None:
    """XEP-0407 §3: neither by joining, by setnick, nor in the room."""
    hag66, hecate, banquo = coven.people("hag66", "hecate", "banquo", joined=["hecate"])
    registers(hag66, "thane")
    banquo.account.sends(join("Thane"))
    banquo.account.receives(failed("j1", "cancel", "conflict", "…"))
    hecate.account.sends(setnick("thane"))
    hecate.account.receives(failed("n1", "cancel", "conflict", "…"))
    banquo.sends(f"<presence to='{coven.jid}/thane'>{ENTRY}</presence>")
    banquo.receives(f"<presence type='error' from='{{coven}}/thane'>{ENTRY}…</presence>")
    heath = Scene(coven.service, "heath")
    heath.people("banquo")
    banquo.account.sends(join("thane"))
    banquo.account.receives(f"<iq type='error' id='j1' from='{{heath}}'>…{error('cancel', 'conflict')}</iq>")
    coven.people("hag66")
    hag66.account.sends(join("thane"))
    hag66.account.receives(joined("hag66", "thane"))


@pytest.mark.req("MIX-NCK-15")
def test_nor_by_making_a_room(coven: Scene) -> None:
    """XEP-0407 §3: also where there is no channel yet."""
    hag66, banquo = coven.people("hag66", "banquo")
    registers(hag66, "thane")
    banquo.sends(f"<presence to='heath@{coven.service.domain}/thane'>{ENTRY}</presence>")
    (answer,) = banquo.takes()
    assert answer.get("type") == "error"
    assert coven.service.channel("heath") is None


@pytest.mark.req("MIX-NCK-17")
def test_a_channel_may_want_the_registered_nick(coven: Scene) -> None:
    """XEP-0407 §3: where its owner has locked nicks down, whoever has registered one goes by it and by no other."""
    hag66, hecate, pistol = coven.people("hag66", "hecate", "pistol", joined=["hag66"])
    registers(hag66, "third witch")
    registers(hecate, "old moon")
    coven.is_silent()
    locked = f"<field var='{LOCK}'><value>1</value></field>"
    typed = "<field var='FORM_TYPE'><value>http://jabber.org/protocol/muc#roomconfig</value></field>"
    coven.owner.sends(
        "<iq type='set' id='o1'><query xmlns='http://jabber.org/protocol/muc#owner'>"
        f"<x xmlns='jabber:x:data' type='submit'>{typed}{locked}</x></query></iq>"
    )
    coven.owner.receives("<iq type='result' id='o1' from='{coven}'/>")
    hag66.receives(event("participants", participant("hag66", "third witch")))
    hag66.sends(setnick("fourth witch"))
    hag66.receives(failed("n1", "cancel", "not-acceptable", "…"))
    hag66.sends(setnick(None))
    hag66.receives(nick_set("third witch"))
    hecate.account.sends(join("moon", "messages"))
    hecate.account.receives(joined("hecate", "old moon", "messages"))
    hag66.receives(event("participants", participant("hecate", "old moon")))
    pistol.account.sends(join("ancient", "messages"))
    pistol.account.receives(joined("pistol", "ancient", "messages"))


@pytest.mark.req("MIX-JOI-36", "MIX-JOI-13")
def test_a_join_without_nick_uses_the_registered_one(coven: Scene) -> None:
    """XEP-0369 §7.1.2: and without either it fails."""
    hag66, hecate = coven.people("hag66", "hecate")
    registers(hag66, "third witch")
    hag66.account.sends(join(None))
    hag66.account.receives(joined("hag66", "third witch"))
    hecate.account.sends(join(None))
    hecate.account.receives(failed("j1", "modify", "not-acceptable", "…"))


@pytest.mark.req("MIX-NCK-16")
def test_a_nick_that_comes_later_is_told(coven: Scene) -> None:
    """XEP-0407 §3: who joined without any has it in the channel when they join again."""
    coven.owner.sends(configure(("JID Visibility", "jid-mandatory-visible"), ("Mandatory Nicks", "false")))
    hag66, hecate = coven.people("hag66", "hecate", joined=["hecate"])
    hag66.account.sends(join(None))
    hag66.account.receives(joined("hag66", None))
    registers(hag66, "third witch")
    hecate.forgets()
    hag66.account.sends(join(None))
    hecate.receives(event("participants", participant("hag66", "third witch", jid="{hag66}")))
    hag66.account.receives(joined("hag66", "third witch"))


def test_who_had_it_before_keeps_it(coven: Scene) -> None:
    """A registration takes nothing from anybody; its owner chooses another nick there."""
    hag66, hecate = coven.people("hag66", "hecate")
    coven.joins(hecate, "thane")
    registers(hag66, "thane")
    hag66.account.sends(join(None))
    hag66.account.receives(failed("j1", "modify", "not-acceptable", "…"))
    hecate.account.sends(setnick("thane"))
    hecate.account.receives("<iq type='result' id='n1' from='{coven}'>…</iq>")


@pytest.mark.req("MIX-LEA-12")
def test_it_stays_ones_own_after_leaving(coven: Scene) -> None:
    """XEP-0407 §3: also after a restart."""
    hag66, hecate = coven.people("hag66", "hecate")
    registers(hag66, "third witch")
    coven.joins(hag66, "third witch")
    hag66.account.sends(LEAVE)
    hag66.account.receives(LEFT)
    coven.service.restarts()
    hecate.account.sends(join("third witch"))
    hecate.account.receives(failed("j1", "cancel", "conflict", "…"))


@pytest.mark.req("MIX-NCK-12")
def test_what_was_not_written_down_is_not_so(coven: Scene) -> None:
    """A registration that storage lost belongs to nobody."""
    hag66, hecate = coven.people("hag66", "hecate")
    coven.service.recorder.failures = 1
    hag66.sends(register("third witch"))
    hag66.receives(f"<iq type='error' id='r1' from='{{service}}'>{error('wait', 'internal-server-error')}</iq>")
    registers(hecate, "third witch")


@pytest.mark.req("MIX-NCK-19")
@pytest.mark.parametrize("faces", [("mix.face",), ("mix.face", "muccompat")])
def test_a_service_may_do_without(services: Callable[..., Service], faces: tuple[str, ...]) -> None:
    """XEP-0407 §3: then it does not offer it either."""
    service = services(registered_nicks=False, faces=faces)
    hag66 = service.person("hag66")
    hag66.sends(register("third witch"))
    (answer,) = hag66.takes()
    assert answer.get("type") == "error"
    conditions = {child.tag.rpartition("}")[2] for child in answer.iter()}
    assert conditions & {"service-unavailable", "feature-not-implemented"}
    hag66.sends(info().replace("<iq", "<iq to='{service}'"))
    assert f"{MISC}#nick-register" not in features(hag66.takes()[0])


@pytest.mark.req("MIX-NCK-11")
def test_it_is_offered(coven: Scene) -> None:
    """XEP-0407 §3: in the service's features."""
    hag66 = coven.people("hag66")
    hag66.sends(info().replace("<iq", "<iq to='{service}'"))
    assert f"{MISC}#nick-register" in features(hag66.takes()[0])
