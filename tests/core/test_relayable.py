"""What people may ask of each other, and what is taken out of it."""

import pytest

from mix.core.payload import Payload
from mix.core.refusals import NotAllowed
from mix.core.relayable import Concern, concern_of, without_address
from mix.core.visibility import Mode
from pubsubnodes.addresses import VisibleAddress
from pubsubnodes.xml import element, read_fragment
from tests.core.workshop import Workshop


@pytest.mark.parametrize(
    ("namespace", "concern"),
    [
        ("vcard-temp", Concern.PERSON),
        ("urn:ietf:params:xml:ns:vcard-4.0", Concern.PERSON),
        ("http://jabber.org/protocol/pubsub", Concern.PERSON),
        ("urn:xmpp:ping", Concern.ACCOUNT),
        ("http://jabber.org/protocol/disco#info", Concern.ACCOUNT),
        ("urn:xmpp:jingle:1", Concern.CLIENT),
        ("", Concern.CLIENT),
    ],
)
def test_what_a_request_is_about(namespace: str, concern: Concern) -> None:
    """XEP-0403 §4.6."""
    assert concern_of(element(namespace, "query"), "get") is concern


@pytest.mark.req("MIX-REL-14")
@pytest.mark.parametrize("type", ["get", "set"])
@pytest.mark.parametrize(
    "namespace",
    ["jabber:iq:roster", "jabber:iq:privacy", "urn:xmpp:mix:pam:2", "urn:xmpp:privilege:2", "urn:xmpp:mam:2"],
)
def test_what_goes_nowhere(namespace: str, type: str) -> None:
    """Not even if the server at the other end would let this service (XEP-0356)."""
    with pytest.raises(NotAllowed):
        concern_of(element(namespace, "query"), type)


def test_nobody_changes_what_others_say_of_themselves() -> None:
    """XEP-0403 §4.6 is about asking."""
    with pytest.raises(NotAllowed):
        concern_of(element("vcard-temp", "vCard"), "set")


SHOWN = VisibleAddress("her@encoded.address")
VCARD4 = "urn:ietf:params:xml:ns:vcard-4.0"
HERS = "hecate@shakespeare.example"


@pytest.mark.req("MIX-REL-07")
@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            f"<vCard xmlns='vcard-temp'><FN>Queen</FN><JABBERID>{HERS}</JABBERID><DESC>not {HERS}</DESC></vCard>",
            f"<vCard xmlns='vcard-temp'><FN>Queen</FN><DESC>not {HERS}</DESC></vCard>",
        ),
        (
            f"<vcard xmlns='{VCARD4}'><impp><uri>xmpp:{HERS}?message</uri></impp><x><uri>xmpp:x@y</uri></x></vcard>",
            f"<vcard xmlns='{VCARD4}'><x><uri>xmpp:x@y</uri></x></vcard>",
        ),
        (
            f"<vCard xmlns='vcard-temp'><EMAIL><USERID>{HERS}</USERID></EMAIL><URL>xmpp:{HERS}</URL><FN>Q</FN></vCard>",
            "<vCard xmlns='vcard-temp'><FN>Q</FN></vCard>",
        ),
        (
            f"<i xmlns='urn:p'><j by='{HERS}'><vcard xmlns='{VCARD4}'><impp><uri>xmpp:{HERS}</uri></impp>"
            f"<email><text>{HERS}</text></email><fn><text>Q</text></fn></vcard></j></i>",
            f"<i xmlns='urn:p'><j by='her@encoded.address'><vcard xmlns='{VCARD4}'><fn><text>Q</text></fn>"
            "</vcard></j></i>",
        ),
        (
            f"<a xmlns='urn:a' uri='xmpp:{HERS}?message'>mailto:{HERS}</a>",
            "<a xmlns='urn:a' uri='xmpp:her@encoded.address'>xmpp:her@encoded.address</a>",
        ),
        (
            f"<a xmlns='urn:a' who='{HERS}/moon'><b who='x@y'> {HERS} </b><c>@</c><d>a@@b</d></a>",
            "<a xmlns='urn:a' who='her@encoded.address'><b who='x@y'>her@encoded.address</b><c>@</c><d>a@@b</d></a>",
        ),
    ],
)
def test_who_hides_stands_nowhere(before: str, after: str) -> None:
    """Where addresses are shown, nothing is touched; and what came in is touched nowhere."""
    workshop = Workshop()
    hecate = workshop.joins("hecate")
    payload = Payload(read_fragment(before))
    assert without_address(payload, workshop.coven, hecate.id, SHOWN) == Payload(read_fragment(after))
    assert payload == Payload(read_fragment(before))
    assert without_address(payload, workshop.coven, "nobody", SHOWN) is payload
    workshop.sets(mode=Mode.VISIBLE)
    assert without_address(payload, workshop.coven, hecate.id, SHOWN) is payload
