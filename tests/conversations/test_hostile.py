"""What nobody should send and somebody will: every request gets one answer, and nothing breaks."""

from __future__ import annotations

import logging
from xml.etree.ElementTree import Element

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conversations.words import (
    ADMIN,
    ANON,
    CORE,
    ENTRY,
    MAM,
    MUC,
    PUBSUB,
    ask_items,
    error,
    form,
    items,
    participant,
    says,
)
from tests.stage import Scene, Service
from tests.stage.scene import node

BROKEN = [
    f"<join xmlns='{CORE}'/>",
    f"<join xmlns='{CORE}'><subscribe/><subscribe node=''/><nick/></join>",
    f"<join xmlns='{CORE}'><nick><b/></nick><nick>two</nick></join>",
    "<join xmlns='urn:xmpp:mix:0'><nick>x</nick></join>",
    "<join xmlns='urn:xmpp:mix:pam:2'/>",
    f"<leave xmlns='{CORE}'><x/></leave>",
    f"<setnick xmlns='{CORE}'><nick>&#9;</nick></setnick>",
    f"<setnick xmlns='{CORE}'><nick>{'x' * 5000}</nick></setnick>",
    f"<update-subscription xmlns='{CORE}'/>",
    f"<update-subscription xmlns='{CORE}'><subscribe/><unsubscribe node='urn:x'/></update-subscription>",
    f"<user-preference xmlns='{ANON}'><x xmlns='jabber:x:data'/></user-preference>",
    f"<user-preference xmlns='{ANON}'>{form(('JID Visibility', 'x'), form_type='urn:wrong')}</user-preference>",
    f"<user-preference xmlns='{ANON}'>{form(('JID Visibility', 'never'), ('JID Visibility', 'always'), form_type=ANON)}"
    "</user-preference>",
    f"<create xmlns='{CORE}' channel='x'/>",
    f"<destroy xmlns='{CORE}'/>",
    f"<pubsub xmlns='{PUBSUB}'/>",
    f"<pubsub xmlns='{PUBSUB}'><items/></pubsub>",
    f"<pubsub xmlns='{PUBSUB}'><items node='{node('participants')}' max_items='-1'/></pubsub>",
    f"<pubsub xmlns='{PUBSUB}'><items node='{node('participants')}'><item/></items></pubsub>",
    f"<pubsub xmlns='{PUBSUB}'><publish node='{node('config')}'/></pubsub>",
    f"<pubsub xmlns='{PUBSUB}'><publish node='{node('config')}'><item/></publish></pubsub>",
    f"<pubsub xmlns='{PUBSUB}'><publish node='{node('config')}'><item><x xmlns='urn:x'/></item></publish></pubsub>",
    f"<pubsub xmlns='{PUBSUB}'><publish node='{node('banned')}'><item id='@'/></publish></pubsub>",
    f"<pubsub xmlns='{PUBSUB}'><publish node='{node('banned')}'><item/></publish></pubsub>",
    f"<pubsub xmlns='{PUBSUB}'><subscribe node='{node('messages')}' jid='somebody@else.example'/></pubsub>",
    f"<pubsub xmlns='{PUBSUB}'><subscribe node='{node('messages')}'/></pubsub>",
    f"<pubsub xmlns='{PUBSUB}'><frobnicate node='{node('messages')}'/></pubsub>",
    f"<pubsub xmlns='{PUBSUB}#owner'><configure/></pubsub>",
    f"<pubsub xmlns='{PUBSUB}#owner'><affiliations node='{node('messages')}'/></pubsub>",
    f"<query xmlns='{MUC}#owner'/>",
    f"<query xmlns='{MUC}#owner'><x xmlns='jabber:x:data' type='submit'/></query>",
    f"<query xmlns='{MUC}#owner'><destroy jid='@'/><destroy/></query>",
    f"<query xmlns='{MUC}#admin'/>",
    f"<query xmlns='{MUC}#admin'><item affiliation='emperor' jid='x@y.example'/></query>",
    f"<query xmlns='{MUC}#admin'><item role='none'/></query>",
    f"<query xmlns='{MAM}'><x xmlns='jabber:x:data'/></query>",
    f"<query xmlns='{MAM}'><set xmlns='http://jabber.org/protocol/rsm'><max>-1</max><index>x</index></set></query>",
    "<query xmlns='http://jabber.org/protocol/disco#info' node='\U0001f480'/>",
    "<query xmlns='http://jabber.org/protocol/disco#items' node='mix'><set xmlns='http://jabber.org/protocol/rsm'/></query>",
    "<frobnicate xmlns='urn:example'/>",
    "<query xmlns='jabber:iq:private'/>",
    "<ping xmlns='urn:xmpp:ping'/>",
    "<query xmlns=''/>",
]
ADDRESSES = [
    "{coven}",
    "{coven}/moon",
    "{service}",
    "{hag66.id}#{coven}",
    "{hag66.id}#{coven}/x",
    "bogus#{coven}",
    "a#b#{coven}",
    "nosuch@{service}",
]


@pytest.fixture
def crowd(coven: Scene, caplog: pytest.LogCaptureFixture) -> Scene:
    """Somebody by MIX, somebody in the room, and a log that must not speak of our own mistakes."""
    caplog.set_level(logging.ERROR)
    coven.people("hag66", "hecate", joined=["hag66", "hecate"])
    coven.people("pistol", entered=["pistol"])
    return coven


def answers(scene: Scene, name: str, stanza: str) -> list[Element]:
    """What somebody gets for a stanza."""
    someone = scene.people(name)
    someone.forgets()
    someone.sends(stanza)
    scene.service.time_passes(61)  # nobody here answers what is passed on to them
    return [one for one in someone.takes() if one.tag == "{jabber:client}iq" and one.get("type") not in ("get", "set")]


@pytest.mark.req("MIX-ERR-01", "MIX-ERR-02", "MIX-ERR-08")
@pytest.mark.parametrize("who", ["hag66", "pistol", "ross", "crone1"])
@pytest.mark.parametrize("type", ["get", "set"])
@pytest.mark.parametrize("request_of", BROKEN)
def test_every_request_has_one_answer(
    crowd: Scene, caplog: pytest.LogCaptureFixture, who: str, type: str, request_of: str
) -> None:
    """RFC 6120 §8.2.3: a result or an error, from where it was sent, under its id; and nothing failed inside."""
    for to in ADDRESSES:
        if crowd.service.channel("coven") is None:
            return  # its owner just asked for its end, correctly
        target = to
        (answer,) = answers(crowd, who, f"<iq type='{type}' id='x' to='{target}'>{request_of}</iq>")
        assert answer.get("type") in ("result", "error")
        assert answer.get("id") == "x"
        for name, value in crowd.service.known.items():
            target = target.replace(f"{{{name}}}", value)
        assert answer.get("from") == target
        if answer.get("type") == "error":
            problem = answer.find("{jabber:client}error")
            assert problem is not None
            assert problem[0].tag.startswith("{urn:ietf:params:xml:ns:xmpp-stanzas}")
            assert problem[0].tag.rpartition("}")[2] != "internal-server-error"
    assert not caplog.records


@pytest.mark.req("MIX-ERR-06")
@pytest.mark.parametrize(
    "stanza",
    [
        "<iq type='get'><ping xmlns='urn:xmpp:ping'/></iq>",
        "<iq type='get' id='x'/>",
        "<iq type='set' id='x'><a xmlns='urn:a'/><b xmlns='urn:b'/></iq>",
        "<iq id='x'><ping xmlns='urn:xmpp:ping'/></iq>",
        "<iq type='want' id='x'><ping xmlns='urn:xmpp:ping'/></iq>",
    ],
)
def test_requests_without_form_are_bad(crowd: Scene, stanza: str) -> None:
    """RFC 6120 §8.2.3: id, type, and one child."""
    (answer,) = answers(crowd, "hag66", stanza)
    problem = answer.find("{jabber:client}error")
    assert problem is not None
    assert problem[0].tag.rpartition("}")[2] == "bad-request"


@pytest.mark.req("MIX-ERR-05", "MUC-EXIT-18")
@pytest.mark.parametrize("who", ["hag66", "pistol", "ross"])
@pytest.mark.parametrize("to", ADDRESSES)
def test_errors_about_errors_do_not_exist(crowd: Scene, who: str, to: str) -> None:
    """RFC 6120 §8.3.1: errors and results are never answered, wherever they go."""
    crowd.service.everybody_forgets()
    someone = crowd.people(who)
    for kind in ("message", "iq", "presence"):
        someone.laptop.sends(f"<{kind} type='error' id='x' to='{to}'>{error('cancel', 'conflict')}</{kind}>")
    someone.laptop.sends(f"<iq type='result' id='x' to='{to}'/>")
    crowd.is_silent()


@pytest.mark.parametrize(
    "type", ["", "unavailable", "subscribe", "subscribed", "unsubscribe", "unsubscribed", "probe", "nonsense"]
)
@pytest.mark.parametrize("to", ADDRESSES)
def test_presence_of_strangers_moves_nobody(crowd: Scene, type: str, to: str) -> None:
    """Nobody in the channel or room hears of it, whatever it is."""
    crowd.service.everybody_forgets()
    ross = crowd.people("ross")
    kind = f" type='{type}'" if type else ""
    for client in (ross.phone, ross.account):
        client.sends(f"<presence to='{to}'{kind}><show>dnd</show></presence>")
    ross.forgets()
    crowd.is_silent()


@pytest.mark.req("MIX-SEC-16")
def test_forms_have_bounds(crowd: Scene) -> None:
    """XEP-0004: more fields or values than anybody needs."""
    for fields in ([(f"f{number}", "x") for number in range(5000)], [("Contact", "a@b")] * 5000):
        request = form(*fields, form_type=ADMIN)
        stanza = f"<pubsub xmlns='{PUBSUB}'><publish node='{node('config')}'><item>{request}</item></publish></pubsub>"
        (answer,) = answers(crowd, "crone1", f"<iq type='set' id='x'>{stanza}</iq>")
        assert answer.get("type") == "error"


@pytest.mark.req("MIX-MSG-38", "MUC-MSG-25")
@pytest.mark.parametrize("who", ["hag66", "pistol"])
def test_stanzas_have_bounds(crowd: Scene, who: str) -> None:
    """A message is carried whole or not at all."""
    crowd.service.everybody_forgets()
    someone = crowd.people(who)
    someone.sends(says("x" * 300_000))
    someone.receives(f"<message type='error' id='m1' from='{{coven}}'>…{error('modify', 'policy-violation')}</message>")
    crowd.is_silent()


@pytest.mark.req("MIX-SEC-17", "MIX-SPI-11")
@pytest.mark.parametrize(
    "to", ["\\\\23coven@{service}", "hag66\\\\23coven@{service}", "#{coven}", "{coven}#", "x#nosuch@{service}"]
)
def test_crafted_addresses_are_nobody(crowd: Scene, to: str) -> None:
    """XEP-0106: an escaped `#` is not one."""
    crowd.service.everybody_forgets()
    someone = crowd.people("hag66")
    someone.sends(f"<iq type='get' id='x' to='{to}'><vCard xmlns='vcard-temp'/></iq>")
    someone.sends(f"<message type='groupchat' id='y' to='{to}'><body>hail</body></message>")
    assert {answer.get("type") for answer in someone.takes()} == {"error"}
    crowd.is_silent()


@pytest.mark.req("MIX-SEC-08")
def test_nobody_speaks_from_our_own_domain(crowd: Scene) -> None:
    """A stanza that pretends to come from the service itself is dropped."""
    crowd.service.everybody_forgets()
    for sender in (crowd.jid, f"{crowd.jid}/moon", crowd.service.domain):
        crowd.service.take(sender, says("I am the channel"), to=crowd.jid)
        crowd.service.take(sender, f"<presence to='{{coven}}/x'>{ENTRY}</presence>", to=crowd.jid)
    crowd.is_silent()


@pytest.mark.req("MIX-ERR-09")
def test_what_failed_changed_nothing(crowd: Scene) -> None:
    """A half-right request is a wrong one: the good half is not done."""
    bad = form(("JID Visibility", "jid-mandatory-visible"), ("Private Messages", "perhaps"), form_type=ADMIN)
    (answer,) = answers(
        crowd,
        "crone1",
        f"<iq type='set' id='x'><pubsub xmlns='{PUBSUB}'><publish node='{node('config')}'><item>{bad}</item></publish>"
        "</pubsub></iq>",
    )
    assert answer.get("type") == "error"
    hag66 = crowd.people("hag66")
    hag66.sends(ask_items("participants", "<item id='{hecate.id}'/>"))
    hag66.receives(items("participants", participant("hecate", "moon")))


TAGS = st.sampled_from(
    ["join", "nick", "subscribe", "x", "field", "value", "item", "items", "publish", "body", "subject", "mix"]
)
SPACES = st.sampled_from(
    [CORE, ANON, ADMIN, PUBSUB, MUC, f"{MUC}#user", MAM, "jabber:x:data", "urn:example", "jabber:component:accept"]
)
WORDS = st.sampled_from(
    ["", "x", node("messages"), node("config"), "FORM_TYPE", "submit", "siward@england.example", "\U0001f480"]
)


def elements() -> st.SearchStrategy[Element]:
    """Any XML of the words that mean something here."""

    def make(tag: str, space: str, attributes: dict[str, str], text: str, children: list[Element]) -> Element:
        made = Element(f"{{{space}}}{tag}", attributes)
        made.text = text
        made.extend(children)
        return made

    names = st.dictionaries(st.sampled_from(["node", "id", "type", "var", "jid", "by", "from"]), WORDS, max_size=3)
    leaf = st.builds(make, TAGS, SPACES, names, WORDS, st.just([]))
    return st.recursive(
        leaf, lambda inner: st.builds(make, TAGS, SPACES, names, WORDS, st.lists(inner, max_size=3)), max_leaves=6
    )


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    kind=st.sampled_from(["message", "presence", "iq"]),
    type=st.sampled_from(["", "get", "set", "chat", "normal", "groupchat", "headline", "unavailable", "probe"]),
    to=st.sampled_from(ADDRESSES),
    children=st.lists(elements(), max_size=3),
    who=st.sampled_from(["hag66", "pistol", "ross", "crone1"]),
)
def test_any_xml_is_survived(kind: str, type: str, to: str, children: list[Element], who: str) -> None:
    """No stanza makes a turn fail, and an IQ gets exactly one answer."""
    from xml.etree.ElementTree import tostring

    coven = _crowd()
    coven.service.everybody_forgets()
    someone = coven.people(who)
    inside = "".join(tostring(child, encoding="unicode") for child in children)
    typed = f" type='{type}'" if type else ""
    someone.sends(f"<{kind} id='x' to='{to}'{typed}>{inside}</{kind}>")
    coven.service.time_passes(120)  # whoever was asked through the channel does not answer
    received = someone.takes()
    if kind == "iq":
        assert len([one for one in received if one.get("id") == "x" and one.tag.endswith("}iq")]) == 1
    assert not [
        one for one in received if one.find(".//{urn:ietf:params:xml:ns:xmpp-stanzas}internal-server-error") is not None
    ]
    assert not coven.service.strays
    assert not coven.service.eavesdropper.overheard


def _crowd() -> Scene:
    coven = Scene(Service(), "coven")
    coven.people("hag66", joined=["hag66"])
    coven.people("pistol", entered=["pistol"])
    return coven
