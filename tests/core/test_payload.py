"""What a user may say, and what only the service may."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mix.core.addresses import ChannelJid
from mix.core.payload import Payload
from pubsubnodes.addresses import RealJid
from pubsubnodes.xml import read_fragment, serialise

COVEN = ChannelJid("coven", "mix.shakespeare.example")
HAG66 = RealJid.parse("hag66@shakespeare.example/pda")
BODY = "<body>Harpier cries</body>"

FORGED = [
    "<x xmlns='http://jabber.org/protocol/muc'/>",
    "<x xmlns='http://jabber.org/protocol/muc#user'><status code='104'/></x>",
    "<query xmlns='http://jabber.org/protocol/muc#admin'/>",
    "<query xmlns='http://jabber.org/protocol/muc#owner'/>",
    "<addresses xmlns='http://jabber.org/protocol/address'><address type='ofrom' jid='a@b'/></addresses>",
    "<event xmlns='http://jabber.org/protocol/pubsub#event'/>",
    "<mix xmlns='urn:xmpp:mix:core:1'><nick>moon</nick></mix>",
    "<mix xmlns='urn:xmpp:mix:core:0'><nick>moon</nick></mix>",
    "<mix xmlns='urn:xmpp:mix:presence:0'/>",
    "<mix xmlns='urn:xmpp:mix:0'/>",
    "<occupant-id xmlns='urn:xmpp:occupant-id:0' id='forged'/>",
    "<result xmlns='urn:xmpp:mam:2'/>",
    "<hats xmlns='urn:xmpp:hats:0'/>",
    "<hats xmlns='xmpp:prosody.im/protocol/hats:1'/>",
    "<stanza-id xmlns='urn:xmpp:sid:0' by='coven@mix.shakespeare.example' id='1'/>",
    "<stanza-id xmlns='urn:xmpp:sid:0' by='COVEN@MIX.shakespeare.example' id='1'/>",
    "<stanza-id xmlns='urn:xmpp:sid:0' by='coven@mix.shakespeare.example/x' id='1'/>",
    "<stanza-id xmlns='urn:xmpp:sid:0' by='mix.shakespeare.example' id='1'/>",
    "<stanza-id xmlns='urn:xmpp:sid:0' by='other@shakespeare.example'/>",
    "<stanza-id xmlns='urn:xmpp:sid:0' id='1'/>",
    "<delay xmlns='urn:xmpp:delay' from='coven@mix.shakespeare.example' stamp='2002-09-10T23:08:25Z'/>",
    "<delay xmlns='urn:xmpp:delay' from='Coven@mix.shakespeare.example/moon' stamp='2002-09-10T23:08:25Z'/>",
    "<delay xmlns='urn:xmpp:delay' from='id#coven@mix.shakespeare.example' stamp='2002-09-10T23:08:25Z'/>",
    "<stanza-id xmlns='urn:xmpp:sid:0' by='\uff43oven@mix.shakespeare.example' id='1'/>",
    "<stanza-id xmlns='urn:xmpp:sid:0' by='@' id='1'/>",
    "<error type='cancel'/>",
]

TELLING = [
    "<stanza-id xmlns='urn:xmpp:sid:0' by='hag66@shakespeare.example' id='1'/>",
    "<stanza-id xmlns='urn:xmpp:sid:0' by='HAG66@shakespeare.example' id='1'/>",
    "<stanza-id xmlns='urn:xmpp:sid:0' by='shakespeare.example' id='1'/>",
    "<delay xmlns='urn:xmpp:delay' from='hag66@shakespeare.example/pda' stamp='2002-09-10T23:08:25Z'/>",
    "<delay xmlns='urn:xmpp:delay' from='shakespeare.example' stamp='2002-09-10T23:08:25Z'/>",
    "<x xmlns='jabber:x:delay' from='hag66@shakespeare.example/pda' stamp='20020910T23:08:25'/>",
]
"""What a client or its server notes on what waited, and what names the sender."""

HONEST = [
    "<subject>Cauldrons</subject>",
    "<thread>t1</thread>",
    "<origin-id xmlns='urn:xmpp:sid:0' id='o1'/>",
    "<stanza-id xmlns='urn:xmpp:sid:0' by='archive.example' id='1'/>",
    "<delay xmlns='urn:xmpp:delay' stamp='2002-09-10T23:08:25Z'/>",
    "<delay xmlns='urn:xmpp:delay' from='elsewhere.example' stamp='2002-09-10T23:08:25Z'/>",
    "<request xmlns='urn:xmpp:receipts'/>",
    "<reactions xmlns='urn:xmpp:reactions:0' id='1'><reaction>x</reaction></reactions>",
    "<encrypted xmlns='eu.siacs.conversations.axolotl'><header sid='1'/></encrypted>",
]


def from_user(xml: str) -> Payload:
    """What is left of what a user sent."""
    return Payload.from_user(read_fragment(xml), HAG66, COVEN)


@pytest.mark.req("MIX-MSG-11", "MIX-MSG-13", "MIX-MSG-32", "MUC-MSG-13", "MUC-MSG-14", "MUC-MSG-16", "MUC-MSG-18")
@pytest.mark.parametrize("forged", FORGED)
def test_what_only_the_service_may_say_is_dropped(forged: str) -> None:
    """XEP-0359 §3, XEP-0421 §4, XEP-0045 §17.3: and the rest stays."""
    assert from_user(BODY + forged) == from_user(BODY)


@pytest.mark.req("MUC-RETR-19")
@pytest.mark.parametrize("namespace", ["urn:xmpp:message-retract:1", "urn:xmpp:mix:misc:0"])
@pytest.mark.parametrize("name", ["retract", "retracted"])
def test_what_takes_back_is_a_wish_and_not_said(namespace: str, name: str) -> None:
    """XEP-0424 §5: passed on, clients would obey it."""
    assert from_user(f"{BODY}<{name} xmlns='{namespace}' id='x'/>") == from_user(BODY)


@pytest.mark.req("MIX-VIS-21")
@pytest.mark.parametrize("telling", TELLING)
def test_what_was_noted_in_the_name_of_the_sender_is_dropped(telling: str) -> None:
    """XEP-0404 §1: a message that waited at home must not say where that is."""
    assert from_user(BODY + telling) == from_user(BODY)


@pytest.mark.req("MIX-MSG-12", "MIX-MSG-22", "MUC-MSG-15")
@pytest.mark.parametrize("honest", HONEST)
def test_what_a_user_may_say_passes_untouched(honest: str) -> None:
    """XEP-0369 §7.1.6: payloads are open."""
    (element,) = read_fragment(honest)
    assert serialise(element) in from_user(BODY + honest).wire


def test_a_payload_is_the_same_as_elements_and_as_text() -> None:
    """It is stored as text and looked into as elements."""
    sent = from_user(BODY + HONEST[6])
    stored = Payload.stored(sent.wire)
    assert stored == sent
    assert [e.tag for e in stored.elements] == [e.tag for e in sent.elements]
    assert stored != "something else"
    assert "Harpier" not in repr(sent)
    assert Payload().elements == ()
    assert Payload().wire == ""


def test_children_are_found_and_left_out_by_name() -> None:
    """For faces that have to look."""
    payload = from_user(BODY + "<request xmlns='urn:xmpp:receipts'/>")
    assert payload.find("urn:xmpp:receipts", "request") is not None
    assert payload.find("urn:xmpp:receipts", "received") is None
    assert payload.without("urn:xmpp:receipts") == from_user(BODY)


@pytest.mark.parametrize(
    ("xml", "is_subject"),
    [
        ("<subject>x</subject>", True),
        ("<subject/>", True),
        ("<subject>x</subject><body>y</body>", False),
        ("<subject>x</subject><thread>t</thread>", False),
        ("<subject xmlns='urn:example'>x</subject>", False),
        ("<body>y</body>", False),
    ],
)
def test_a_lone_subject_is_a_change_of_subject(xml: str, is_subject: bool) -> None:
    """XEP-0045 §8.1."""
    assert from_user(xml).is_subject is is_subject
    assert from_user(xml).has_body is ("body" in xml)


@pytest.mark.req("MIX-MSG-26")
@pytest.mark.parametrize(
    ("xml", "kept"),
    [
        (BODY, True),
        (BODY + "<no-store xmlns='urn:xmpp:hints'/>", False),
        (BODY + "<no-permanent-store xmlns='urn:xmpp:hints'/>", False),
        (BODY + "<no-copy xmlns='urn:xmpp:hints'/>", True),
        ("<composing xmlns='http://jabber.org/protocol/chatstates'/>", False),
        ("<composing xmlns='http://jabber.org/protocol/chatstates'/><store xmlns='urn:xmpp:hints'/>", True),
        ("<composing xmlns='http://jabber.org/protocol/chatstates'/><origin-id xmlns='urn:xmpp:sid:0' id='1'/>", False),
        ("<reactions xmlns='urn:xmpp:reactions:0' id='1'/>", True),
        ("", False),
    ],
)
def test_what_is_worth_keeping(xml: str, kept: bool) -> None:
    """XEP-0334, XEP-0313 §6.1.2: not chat states alone, and nothing somebody asked not to keep."""
    assert from_user(xml).is_archivable is kept


@given(st.lists(st.sampled_from(FORGED + HONEST), max_size=12))
def test_filtering_twice_is_filtering_once(parts: list[str]) -> None:
    """Nothing appears by taking something away."""
    once = from_user("".join(parts))
    assert Payload.from_user(once.elements, HAG66, COVEN) == once
