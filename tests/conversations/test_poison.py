"""One stanza that is meant to hurt everybody: it hurts nobody."""

from __future__ import annotations

import logging
from xml.etree.ElementTree import tostring

import pytest

from tests.conversations.words import ADMIN, CORE, ENTRY, PUBSUB, failed, form
from tests.stage import Scene
from tests.stage.scene import node


@pytest.fixture
def crowd(coven: Scene, caplog: pytest.LogCaptureFixture) -> Scene:
    """Somebody by MIX, somebody in the room, and a log that must not speak of our own mistakes."""
    caplog.set_level(logging.ERROR)
    coven.people("hag66", "hecate", joined=["hag66", "hecate"])
    coven.people("pistol", entered=["pistol"])
    coven.service.everybody_forgets()
    return coven


def nested(depth: int) -> str:
    """Elements in each other."""
    return "<a xmlns='urn:a'>" + "<a>" * depth + "</a>" * depth + "</a>"


@pytest.mark.parametrize("depth", [110, 990, 1100, 20_000])
@pytest.mark.parametrize("who", ["hag66", "pistol"])
def test_nobody_falls_into_a_deep_message(crowd: Scene, caplog: pytest.LogCaptureFixture, who: str, depth: int) -> None:
    """Beyond a thousand levels a recursive writer fails: in the archive, or after it."""
    sender = crowd.people(who)
    sender.sends(f"<message type='groupchat' to='{{coven}}' id='1'><body>x</body>{nested(depth)}</message>")
    (refused,) = sender.takes()
    assert refused.get("type") == "error"
    sender.sends("<message type='groupchat' to='{coven}'><body>again</body></message>")
    assert [stanza.findtext("{jabber:client}body") for stanza in crowd.people("hecate").takes()] == ["again"]
    assert not caplog.records


def test_what_people_really_nest_goes_through(crowd: Scene) -> None:
    """XHTML, forwarded messages and the like are far from the limit."""
    crowd.people("hag66").sends(f"<message type='groupchat' to='{{coven}}'><body>x</body>{nested(90)}</message>")
    (copy,) = crowd.people("hecate").takes()
    assert sum(1 for _ in copy.iter("{urn:a}a")) == 91


@pytest.mark.parametrize("end", ["9999-12-31T23:59:59-01:00", "0001-01-01T00:00:00+01:00"])
def test_no_end_of_life_lies_outside_time(coven: Scene, end: str) -> None:
    """Stored, it would keep the service from starting: what channels wait for is read before anything else."""
    crone1 = coven.people("crone1")
    publish = f"<publish node='{node('config')}'><item>{form(('End of Life', end), form_type=ADMIN)}</item></publish>"
    crone1.sends(f"<iq type='set' id='1' to='{{coven}}'><pubsub xmlns='{PUBSUB}'>{publish}</pubsub></iq>")
    crone1.receives(failed("1", "modify", "not-acceptable"))


@pytest.mark.req("MIX-NCK-05")
@pytest.mark.parametrize("nick", ["\ufffd", "\u2ff0x", "\u05d0a"])
def test_no_nick_is_unfit_for_an_address(crowd: Scene, nick: str) -> None:
    """As a text it would do; but the room says `room/nick`, and hosts and clients refuse what is no address."""
    hag66 = crowd.people("hag66")
    hag66.sends(f"<iq type='set' id='1' to='{{coven}}'><setnick xmlns='{CORE}'><nick>{nick}</nick></setnick></iq>")
    hag66.receives(failed("1", "modify", "not-acceptable"))
    crowd.service.is_silent()


@pytest.mark.req("MUC-I18N-12")
def test_a_nick_of_today_is_fit_for_an_address(crowd: Scene) -> None:
    """Tables of 2002 know no emoji; people have them, and hosts let them."""
    nick = 'a/b &amp; "c" \U0001f600'
    crowd.people("ross").sends(f"<presence to='{{coven}}/{nick}'>{ENTRY}</presence>")
    crowd.people("pistol").receives(f"<presence from='{{coven}}/{nick}'>…</presence>")
    crowd.people("ross").sends("<message type='groupchat' to='{coven}'><body>x</body></message>")
    crowd.people("pistol").receives(f"<message from='{{coven}}/{nick}' type='groupchat' id='*'>…</message>")


@pytest.mark.parametrize("by", ["list", "right"])
def test_who_may_not_read_a_node_any_more_does_not_read_the_change_that_says_so(coven: Scene, by: str) -> None:
    """New owners and administrators stand in the same configuration: addresses that are their business no more."""
    crone1, hecate = coven.people("crone1", "hecate", joined=["hecate"])
    subscribe = f"<pubsub xmlns='{PUBSUB}'><subscribe node='{node('config')}' jid='{{hecate}}'/></pubsub>"

    def configures(*fields: tuple[str, str]) -> None:
        publish = f"<publish node='{node('config')}'><item>{form(*fields, form_type=ADMIN)}</item></publish>"
        crone1.sends(f"<iq type='set' id='1' to='{{coven}}'><pubsub xmlns='{PUBSUB}'>{publish}</pubsub></iq>")

    configures(("Configuration Node Access", "admins"), ("Administrator", "hecate@shakespeare.example"))
    if by == "right":
        configures(("Configuration Node Access", "participants"), ("Administrator", ""))
    hecate.sends(f"<iq type='set' id='2' to='{{coven}}'>{subscribe}</iq>")
    coven.service.everybody_forgets()
    configures(("Configuration Node Access", "admins"), ("Administrator", "iago@venice.example"))
    assert not [stanza for stanza in hecate.takes() if "iago" in tostring(stanza, encoding="unicode")]


def test_nobody_makes_newcomers_read_long_presence(crowd: Scene) -> None:
    """It would be kept, and repeated to everybody who comes."""
    crowd.people("hag66").sends(f"<presence><status>{'x' * 20_000}</status></presence>")
    crowd.service.is_silent()
    crowd.people("hag66").sends("<presence><status>double double</status></presence>")
    assert len(crowd.people("pistol").takes()) == 1


@pytest.mark.parametrize("by", ["mix", "room"])
def test_nobody_has_copies_made_without_end(crowd: Scene, by: str) -> None:
    """Somebody with a server of their own has as many resources as they like."""
    for number in range(150):
        client = f"hag66@shakespeare.example/{number}"
        if by == "mix":
            crowd.service.take(client, "<message type='groupchat'><body>x</body></message>", to=crowd.jid)
        else:
            crowd.service.take(client, f"<presence>{ENTRY}</presence>", to=f"{crowd.jid}/hag66")
    channel = crowd.service.channel("coven")
    assert channel is not None
    hag66 = next(one for one in channel.participants.values() if one.nick and one.nick.text == "thirdwitch")
    assert len(hag66.sessions) == 100
    crowd.service.strays.clear()
