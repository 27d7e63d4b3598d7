"""The table of refusals: complete, and true to the layers it comes from."""

from __future__ import annotations

import inspect
from dataclasses import replace
from xml.etree.ElementTree import fromstring

import pytest

from mix.core import refusals
from mix.core.refusals import NodeClosed, NoSuchNode, NothingSubscribable, Refusal
from mix.face.errors import DETAILS, ROWS, refuse, row
from pubsubnodes.addresses import RealJid
from pubsubnodes.stanza import Inbound, Target
from pubsubnodes.xml import CLIENT

REFUSALS = sorted(
    (
        found
        for _, found in inspect.getmembers(refusals, inspect.isclass)
        if issubclass(found, Refusal) and found is not Refusal
    ),
    key=lambda found: found.__name__,
)
# RFC 6120 §8.3.3, without those only servers use.
CONDITIONS = {
    "bad-request", "conflict", "feature-not-implemented", "forbidden", "gone", "internal-server-error",
    "item-not-found", "jid-malformed", "not-acceptable", "not-allowed", "not-authorized", "policy-violation",
    "recipient-unavailable", "registration-required", "remote-server-timeout", "resource-constraint",
    "service-unavailable", "unexpected-request",
}  # fmt: skip


def iq(payload: str, sender: str = "hag66@shakespeare.example/phone") -> Inbound:
    xml = fromstring(f"<iq xmlns='{CLIENT}' type='set' id='1'>{payload}</iq>")
    return Inbound("iq", "set", "1", RealJid.parse(sender), Target("coven", "mix.shakespeare.example", ""), xml)


@pytest.mark.parametrize("kind", REFUSALS)
@pytest.mark.req("MIX-ERR-02")
def test_every_refusal_has_a_row(kind: type[Refusal]) -> None:
    assert kind in ROWS
    assert ROWS[kind].condition in CONDITIONS
    assert ROWS[kind].text


def test_the_table_has_no_row_for_what_is_no_refusal() -> None:
    assert set(ROWS) == set(REFUSALS)
    assert {detail.condition for detail in DETAILS.values()} <= CONDITIONS


@pytest.mark.req("MIX-JOI-09", "MIX-JOI-10")
def test_a_failed_join_says_why_and_names_what_failed_for_the_same_reason() -> None:
    asked = iq("<join xmlns='urn:xmpp:mix:core:1'><subscribe node='a'/><subscribe node='b'/></join>")
    answer = refuse(asked, NothingSubscribable(NodeClosed(), ("a", "b")))
    assert answer is not None
    join, error = answer.element()
    assert [child.get("node") for child in join] == ["a", "b"]
    assert error.find("{urn:ietf:params:xml:ns:xmpp-stanzas}forbidden") is not None
    assert row(NothingSubscribable(NoSuchNode(), ("a",))).condition == "item-not-found"


@pytest.mark.parametrize(
    ("request_xml", "sender", "echoed"),
    [
        ("<join xmlns='urn:xmpp:mix:core:1'/>", "hag66@shakespeare.example/phone", True),
        ("<leave xmlns='urn:xmpp:mix:core:1'/>", "hag66@shakespeare.example/phone", True),
        ("<join xmlns='urn:xmpp:mix:core:1'/>", "hag66@shakespeare.example", False),
        ("<setnick xmlns='urn:xmpp:mix:core:1'/>", "hag66@shakespeare.example/phone", False),
    ],
)
def test_a_server_asking_for_its_user_gets_the_error_alone(request_xml: str, sender: str, echoed: bool) -> None:
    answer = refuse(iq(request_xml, sender), refusals.Banned())
    assert answer is not None
    assert len(answer.element()) == 1 + echoed


@pytest.mark.req("MIX-PAM-11")
def test_a_server_that_needs_its_request_back_gets_it() -> None:
    """MIX-DEC-018: one that is known to be another than ejabberd."""
    asked = replace(iq("<join xmlns='urn:xmpp:mix:core:1'/>", "hag66@shakespeare.example"), wants_echo=True)
    answer = refuse(asked, refusals.Banned())
    assert answer is not None
    assert [child.tag.rpartition("}")[2] for child in answer.element()] == ["join", "error"]


@pytest.mark.req("MIX-PUB-10", "MIX-I18-05", "MIX-ERR-07")
def test_pubsub_has_conditions_of_its_own() -> None:
    answer = refuse(iq("<pubsub xmlns='http://jabber.org/protocol/pubsub'/>"),
                    refusals.UnsupportedRequest("subscription-options"))  # fmt: skip
    assert answer is not None
    [error] = answer.element()
    unsupported = error.find("{http://jabber.org/protocol/pubsub#errors}unsupported")
    assert unsupported is not None
    assert unsupported.get("feature") == "subscription-options"
    text = error.find("{urn:ietf:params:xml:ns:xmpp-stanzas}text")
    assert text is not None
    assert text.get("{http://www.w3.org/XML/1998/namespace}lang") == "en"
