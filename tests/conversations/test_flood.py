"""Nobody drowns out a channel: what is too much at once is refused, and everything else goes on (XEP-0045 §14.6)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.conversations.words import ENTRY, error, says
from tests.stage import Scene, Service


@pytest.fixture
def coven(services: Callable[..., Service]) -> Scene:
    """A channel of a service that takes ten of a kind at once, and one more each second."""
    return Scene(services(pace=(1.0, 10.0)), "coven")


@pytest.mark.req("MUC-DOS-04", "MUC-DOS-18", "MUC-MSG-26")
def test_too_many_messages_are_refused_with_wait(coven: Scene) -> None:
    """The sender is told to wait; the others get no more than the measure, and go on talking."""
    hag66, hecate = coven.people("hag66", "hecate", entered=["hag66", "hecate"])
    for number in range(500):
        hag66.sends(says(str(number), id=f"m{number}"))
    mine = [stanza.get("type") for stanza in hag66.takes()]
    assert mine.count("groupchat") == len(hecate.takes()) <= 12
    assert mine.count("error") == 500 - mine.count("groupchat")
    hag66.sends(says("again", id="last"))
    hag66.receives(f"<message type='error' id='last' from='{{coven}}'>{error('wait', 'resource-constraint')}</message>")
    hecate.sends(says("hail"))
    hag66.receives("<message type='groupchat' from='{coven}/moon' id='m1'><body>hail</body>…</message>")
    coven.service.time_passes(5)
    hag66.sends(says("at last", id="m"))
    hecate.receives("<message type='groupchat' from='{coven}/thirdwitch' id='m'><body>at last</body>…</message>")


@pytest.mark.req("MUC-DOS-04")
def test_too_much_presence_is_refused_but_nobody_is_kept_in(coven: Scene) -> None:
    """Leaving is always possible."""
    hag66, hecate = coven.people("hag66", "hecate", entered=["hag66", "hecate"])
    for number in range(500):
        hag66.sends(f"<presence to='{{coven}}/thirdwitch'><status>{number}</status></presence>")
    assert len(hecate.takes()) <= 12
    hag66.forgets()
    hag66.sends("<presence type='unavailable' to='{coven}/thirdwitch'/>")
    hecate.receives("<presence type='unavailable' from='{coven}/thirdwitch'>…</presence>")


@pytest.mark.req("MUC-DOS-02", "MUC-DOS-17", "MUC-DOS-18")
def test_entering_again_and_again_is_refused(coven: Scene) -> None:
    """Each entry costs a roster and a history."""
    hag66 = coven.people("hag66")
    for _ in range(100):
        hag66.sends(f"<presence id='e' to='{{coven}}/thirdwitch'>{ENTRY}</presence>")
    answers = hag66.takes()
    refused = [one for one in answers if one.get("type") == "error"]
    assert len(refused) >= 88
    hag66.sends(f"<presence id='e' to='{{coven}}/thirdwitch'>{ENTRY}</presence>")
    hag66.receives(
        f"<presence type='error' id='e' from='{{coven}}/thirdwitch'>{error('wait', 'resource-constraint')}</presence>"
    )


@pytest.mark.req("MUC-DOS-14", "MUC-DOS-18")
def test_requests_are_counted_too(coven: Scene) -> None:
    """Fifty queries at once: the measure is answered, the rest may wait."""
    hecate = coven.people("hecate")
    for number in range(50):
        hecate.sends(f"<iq type='get' id='q{number}'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>")
    types = [stanza.get("type") for stanza in hecate.takes()]
    assert len(types) == 50
    assert types.count("result") <= 11
    assert types.count("error") == 50 - types.count("result")


def test_typing_is_no_talking(coven: Scene) -> None:
    """Chat states use nothing up, and who sends too many hears nothing of it."""
    hag66, hecate = coven.people("hag66", "hecate", entered=["hag66", "hecate"])
    for _ in range(100):
        hag66.sends("<message type='groupchat'><composing xmlns='http://jabber.org/protocol/chatstates'/></message>")
    assert {stanza.get("type") for stanza in hag66.takes()} == {"groupchat"}
    assert 0 < len(hecate.takes()) <= 12
    hag66.sends(says("hail"))
    hecate.receives("<message type='groupchat' from='{coven}/thirdwitch' id='m1'>…</message>")


@pytest.mark.req("MUC-DOS-01")
def test_strangers_cannot_block_a_room(stage: Service) -> None:
    """XEP-0045 §7.2.9: owners and administrators enter a full one."""
    coven = Scene(stage, "coven")
    coven.people("hag66", "hecate", entered=["hag66"])
    coven.owner.sends(
        "<iq type='set' id='c' to='{coven}'><query xmlns='http://jabber.org/protocol/muc#owner'>"
        "<x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE'>"
        "<value>http://jabber.org/protocol/muc#roomconfig</value></field>"
        "<field var='muc#roomconfig_maxusers'><value>1</value></field></x></query></iq>"
    )
    stage.everybody_forgets()
    hecate = stage.person("hecate")
    hecate.sends(f"<presence id='e' to='{{coven}}/moon'>{ENTRY}</presence>")
    hecate.receives("<presence type='error' id='e' from='{coven}/moon'>…</presence>")
    coven.enters(coven.owner, "firstwitch")


@pytest.mark.req("MUC-DOS-05")
def test_a_status_is_no_place_for_a_novel(coven: Scene) -> None:
    """100 kB are refused, and nobody else reads them."""
    hag66, _ = coven.people("hag66", "hecate", entered=["hag66", "hecate"])
    hag66.sends(f"<presence id='p' to='{{coven}}/thirdwitch'><status>{'x' * 100_000}</status></presence>")
    hag66.receives("<presence type='error' id='p' from='{coven}/thirdwitch'>…</presence>")
    coven.is_silent()
