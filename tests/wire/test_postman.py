"""Spliced bytes are what slixmpp would have written: they parse back to the same stanza, for every recipient."""

from xml.etree.ElementTree import Element, fromstring

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mix.core.payload import Payload
from mix.shell import postman
from mix.shell.postman import Postman, pieces_of
from pubsubnodes.addresses import RealJid, Recipients, VisibleAddress
from pubsubnodes.stanza import Fanout, Replay, Stanza
from pubsubnodes.xml import CLIENT, LANG, element

FROM = VisibleAddress("coven@mix.shakespeare.example/'third\" <&> witch")
HAG = RealJid.parse("hag66@shakespeare.example/pda")
HECATE = RealJid.parse("hecate@shakespeare.example/it's \"&<broom>")


def stanzas_in(data: bytes) -> list[Element]:
    return list(fromstring(b'<stream xmlns="jabber:client">' + data + b"</stream>"))


def alike(one: Element, other: Element) -> bool:
    return (
        one.tag == other.tag
        and dict(one.attrib) == dict(other.attrib)
        and (one.text or "") == (other.text or "")
        and len(one) == len(other)
        and all(map(alike, one, other))
    )


def message(text: str, **attributes: str) -> Stanza:
    body = element(CLIENT, "body", text=text)
    foreign = element("urn:example:x", "deep", element("urn:example:y", "er", text="]]> & <b>"), name="a'b\"c\n")
    return Stanza("message", FROM, "groupchat", attributes.get("id", "m1"), [body, foreign], lang="de")


def test_a_fanout_is_the_same_stanza_to_everybody() -> None:
    stanza = message("Harpier cries: 'tis time")
    people = Recipients([HAG, HECATE])
    sent = stanzas_in(b"".join(pieces_of(Fanout(stanza, people))))
    assert [node.get("to") for node in sent] == [HAG.unseal(), HECATE.unseal()]
    for node in sent:
        assert alike(node, stanza.element(node.get("to")))


def test_a_replay_keeps_the_order_of_all_kinds() -> None:
    stanzas = [
        Stanza("presence", FROM, id="p1"),
        Stanza("presence", FROM, "unavailable", "p2"),
        message("now"),
        Stanza("iq", FROM, "result", "i1"),
    ]
    sent = stanzas_in(b"".join(pieces_of(Replay(stanzas, HECATE))))
    assert [node.get("id") for node in sent] == ["p1", "p2", "m1", "i1"]
    assert {node.get("to") for node in sent} == {HECATE.unseal()}


@given(
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=40),
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=40),
)
def test_whatever_people_write_arrives_as_written(text: str, attribute: str) -> None:
    child = element("urn:example:x", "y", text=text, value=attribute)
    stanza = Stanza("message", FROM, "groupchat", attribute, [Payload([element(CLIENT, "body", text=text), child])])
    (node,) = stanzas_in(b"".join(pieces_of(Fanout(stanza, Recipients([HAG])))))
    assert alike(node, stanza.element(HAG.unseal()))


def test_a_payload_read_back_from_the_archive_is_sent_as_it_was() -> None:
    fresh = Payload(message("by the pricking of my thumbs").children)  # type: ignore[arg-type]
    stored = Payload.stored(fresh.wire)
    assert all(map(alike, fresh.elements, stored.elements))
    assert Payload(stored.elements).wire == fresh.wire


def test_forwarded_messages_name_their_namespace() -> None:
    """A `<message/>` inside `<forwarded/>` is a `jabber:client` one wherever it is carried (XEP-0297 §3)."""
    inner = Element(f"{{{CLIENT}}}message", {LANG: "en"})
    stanza = Stanza("message", FROM, children=[element("urn:xmpp:forward:0", "forwarded", inner)])
    assert b"<forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client'" in b"".join(
        pieces_of(Fanout(stanza, Recipients([HAG])))
    )


def test_a_stanza_no_host_would_carry_is_dropped_and_the_rest_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    giant, small = message("x" * postman.LARGEST), message("small")
    sent = stanzas_in(b"".join(pieces_of(Replay([giant, small], HAG))))
    assert [node[0].text for node in sent] == ["small"]
    assert "too large" in caplog.text


def test_an_answer_no_host_would_carry_is_refused_rather_than_lost() -> None:
    giant = Stanza("iq", FROM, "result", "i1", [element("urn:example:x", "y", text="x" * postman.LARGEST)])
    (told,) = stanzas_in(b"".join(pieces_of(Replay([giant], HAG))))
    assert (told.get("type"), told.get("id")) == ("error", "i1")
    assert told[0].get("type") == "modify"


class Paper:
    def __init__(self) -> None:
        self.written: list[bytes] = []

    async def write(self, data: bytes) -> None:
        self.written.append(data)


async def test_a_thousand_copies_are_few_writes_and_all_arrive() -> None:
    people = Recipients(RealJid.parse(f"witch{n}@shakespeare.example/broom") for n in range(1000))
    paper, stanza = Paper(), message("double, double toil and trouble" * 20)
    await Postman(paper).send([Fanout(stanza, people)])
    sent = stanzas_in(b"".join(paper.written))
    assert [node.get("to") for node in sent] == [person.unseal() for person in people]
    assert len(paper.written) < 20
    assert max(map(len, paper.written)) < 3 * postman.CHUNK


async def test_nothing_is_written_when_nobody_is_there() -> None:
    paper = Paper()
    await Postman(paper).send([Fanout(message("alone"), Recipients([])), Replay([], HAG)])
    assert not [data for data in paper.written if data]


def test_a_stanza_that_cannot_be_written_is_dropped_and_the_rest_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    deep = Element("{urn:a}a")
    for _ in range(2000):
        deep, inner = Element("{urn:a}a"), deep
        deep.append(inner)
    stanza = Stanza("message", VisibleAddress("coven@mix.example"), children=[deep])
    sent = b"".join(pieces_of(Replay([stanza, message("x")], RealJid.parse("hag66@example"))))
    (left,) = stanzas_in(sent)
    assert left.findtext("{jabber:client}body") == "x"
    assert "could not be written" in caplog.text
