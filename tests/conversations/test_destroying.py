"""Destroying a channel (XEP-0369 §7.3.4): who may, who is told, and what is left of it."""

from __future__ import annotations

import pytest

from tests.conversations.words import (
    CORE,
    EVENT,
    LEAVE,
    LEFT,
    ask_items,
    configure,
    error,
    info,
    items,
    join,
    joined,
    mam,
    presence,
)
from tests.stage import Scene
from tests.stage.scene import node


def destroy(name: str | None = "coven") -> str:
    """A wish for the end of a channel."""
    channel = f" channel='{name}'" if name is not None else ""
    return f"<iq type='set' id='x1' to='{{service}}'><destroy xmlns='{CORE}'{channel}/></iq>"


DONE = "<iq type='result' id='x1' from='{service}'/>"


def refused(type: str, condition: str) -> str:
    """It stays."""
    return f"<iq type='error' id='x1' from='{{service}}'>…{error(type, condition)}</iq>"


def exists(coven: Scene) -> bool:
    """Whether a stranger finds it."""
    ariel = coven.people("ariel")
    ariel.sends(info())
    (answer,) = ariel.takes()
    return bool(answer.get("type") == "result")


@pytest.mark.req("MIX-DES-01", "MIX-DES-04", "MIX-DES-14")
def test_an_owner_who_is_not_in_it_destroys_it(coven: Scene) -> None:
    """XEP-0369 §7.3.4: an empty result; afterwards there is no such channel."""
    assert exists(coven)
    coven.owner.sends(destroy())
    coven.owner.receives(DONE)
    assert not exists(coven)
    coven.is_silent()


@pytest.mark.req("MIX-DES-02", "MIX-DES-05")
def test_a_channel_has_to_be_named(coven: Scene) -> None:
    """XEP-0369 §7.3.4: and to be there."""
    coven.owner.sends(destroy(None))
    coven.owner.receives(refused("modify", "bad-request"))
    coven.owner.sends(destroy("heath"))
    coven.owner.receives(refused("cancel", "item-not-found"))
    assert exists(coven)


@pytest.mark.req("MIX-DES-03")
def test_nobody_else_destroys_it(coven: Scene) -> None:
    """XEP-0369 §7.3.4: neither administrators nor participants nor strangers."""
    hag66, hecate, ariel = coven.people("hag66", "hecate", "ariel", joined=["hag66", "hecate"])
    coven.owner.sends(configure(("Administrator", "{hecate}")))
    coven.service.everybody_forgets()
    for someone in (hag66, hecate, ariel):
        someone.sends(destroy())
        someone.receives(refused("auth", "forbidden"))
    assert exists(coven)


@pytest.mark.req("MIX-DES-06")
def test_a_channel_outlasts_its_people(coven: Scene) -> None:
    """XEP-0369 §7.3.4: the last to leave does not end it."""
    hag66 = coven.people("hag66", joined=["hag66"])
    hag66.account.sends(LEAVE)
    hag66.account.receives(LEFT)
    coven.service.time_passes(1_000_000)
    assert exists(coven)


@pytest.mark.req("MIX-DES-09", "MIX-DES-10")
def test_everybody_subscribed_is_told(coven: Scene) -> None:
    """XEP-0060 §8.4, XEP-0403 §4.4: a delete event for each node, unavailable presence for each client."""
    hag66, hecate = coven.people("hag66", "hecate", joined=["hag66", "hecate"])
    hag66.sends("<presence/>")
    hag66.laptop.sends("<presence/>")
    hecate.receives(
        presence("hag66", nick="thirdwitch", tag="phone"), presence("hag66", nick="thirdwitch", tag="laptop")
    )
    coven.service.everybody_forgets()
    coven.owner.sends(destroy())
    hecate.receives(presence("hag66", nick="", tag="phone", type="unavailable"))
    hecate.receives(presence("hag66", nick="", tag="laptop", type="unavailable"))
    for name in ("info", "messages", "participants", "presence"):
        hecate.receives(
            f"<message type='headline' from='{{coven}}' id='*'><event xmlns='{EVENT}'>"
            f"<delete node='{node(name)}'/></event></message>"
        )
    coven.owner.receives(DONE)


@pytest.mark.req("MIX-DES-11", "MIX-DES-12", "MIX-DES-13")
def test_a_channel_of_the_same_name_knows_nothing_of_the_old_one(coven: Scene) -> None:
    """XEP-0404 §2.5, XEP-0369 §4.6: neither people nor preferences nor messages; all ids are new."""
    crone1, hag66 = coven.people("crone1", "hag66")
    coven.joins(hag66, "third witch", preferences={"Private Messages": "block"})
    before = coven.service.known["hag66.id"]
    hag66.sends("<message type='groupchat' id='m1'><body>When shall we three meet again?</body></message>")
    (said,) = hag66.takes()
    crone1.sends(destroy())
    crone1.sends(f"<iq type='set' id='c1' to='{{service}}'><create xmlns='{CORE}' channel='coven'/></iq>")
    coven.service.everybody_forgets()
    crone1.sends(ask_items("jidmap"))
    crone1.receives(items("jidmap"))
    del coven.service.known["hag66.id"]
    hag66.sends(join("third witch", "messages"))
    hag66.receives(joined("hag66", "third witch", "messages"))
    assert coven.service.known["hag66.id"] != before
    hag66.sends("<iq type='get' id='p1'><user-preference xmlns='urn:xmpp:mix:anon:0'/></iq>")
    (preferences,) = hag66.takes()
    assert "block" not in [
        value.text
        for field in preferences.iter("{jabber:x:data}field")
        if field.get("var") == "Private Messages"
        for value in field.findall("{jabber:x:data}value")
    ]
    hag66.sends(mam())
    assert not [answer for answer in hag66.takes() if said.get("id") in "".join(answer.itertext())]
    hag66.sends("<message type='groupchat' id='m1'><body>When shall we three meet again?</body></message>")
    assert hag66.takes()[0].get("id") != said.get("id")


@pytest.mark.req("MIX-DES-11")
def test_a_destroyed_channels_invitations_open_no_new_one(coven: Scene) -> None:
    """XEP-0407 §6: a token is one channel's, and its name alone is not the channel."""
    crone1, cat = coven.people("crone1", "cat")
    coven.service.eavesdropper.excuses(crone1, cat)
    crone1.sends("<iq type='get' id='v1'><invite xmlns='urn:xmpp:mix:misc:0'><invitee>{cat}</invitee></invite></iq>")
    (answer,) = crone1.takes()
    token = answer.findtext(".//{urn:xmpp:mix:misc:0}token")
    crone1.sends(destroy())
    crone1.sends(f"<iq type='set' id='c1' to='{{service}}'><create xmlns='{CORE}' channel='coven'/></iq>")
    crone1.sends(configure(("Nodes Present", "allowed")))
    coven.service.everybody_forgets()
    cat.account.sends(
        join(
            "grimalkin",
            extra="<invitation xmlns='urn:xmpp:mix:misc:0'><inviter>{crone1}</inviter><invitee>{cat}</invitee>"
            f"<channel>{{coven}}</channel><token>{token}</token></invitation>",
        )
    )
    cat.account.receives(f"<iq type='error' id='j1' from='{{coven}}'>…{error('auth', 'forbidden')}</iq>")
