"""Whatever XML a host passes on, stanzas come out of it, and they can be written again."""

from __future__ import annotations

from xml.etree.ElementTree import Element, fromstring, tostring

import pytest

from mix.shell.streaming import DEEPEST, MalformedStream, StreamParser
from pubsubnodes.xml import serialise

HEAD = b"<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' id='cauldron'>"


def read(*pieces: str) -> list[Element]:
    """The stanzas in a stream that comes in pieces."""
    stream = StreamParser()
    stream.feed(HEAD)
    xmls = []
    for piece in pieces:
        stream.feed(piece.encode())
        xmls += [found.xml for found in stream.stanzas()]
    return xmls


def read_by_the_library(text: str) -> list[Element]:
    """The same by ElementTree."""
    return list(fromstring(HEAD + text.encode() + b"</stream:stream>"))


@pytest.mark.parametrize(
    "stanza",
    [
        "<message from='a@b/c' to='d@e' id='&lt;&apos;&#10;'><body>x &amp; y</body></message>",
        "<message xml:lang='de'><body xml:lang='en'>one<b/>two<b>three</b>four</body>five</message>",
        "<iq><p:query xmlns:p='urn:p' p:a='1' a='2'><p:b/><c xmlns=''><d/></c></p:query></iq>",
        "<a xmlns='urn:a'><b xmlns='urn:b'><c/></b><c/></a>",
        "<message><body>&#x1F480; \u00fc \u2028</body></message>",
        "<message><![CDATA[<b/>]]></message>",
    ],
)
def test_it_reads_as_the_library_does(stanza: str) -> None:
    (ours,), (theirs,) = read(stanza), read_by_the_library(stanza)
    assert tostring(ours) == tostring(theirs)


@pytest.mark.parametrize(
    ("poison", "left"),
    [
        ("<x xmlns='urn:a}b'/>", ""),
        ("<a:x xmlns:a='urn:a}b'><body>no</body></a:x>", ""),
        ("<x xmlns='urn:x' xmlns:a='urn:a}b' a:c='d'/>", "<x xmlns='urn:x'/>"),
        ("<xml:x><body>no</body></xml:x>", ""),
        ("<x xmlns='http://www.w3.org/XML/1998/namespace'/>", ""),
        ("<x xmlns='http://www.w3.org/2000/xmlns/'/>", ""),
        ("<nobody:x/>", ""),
        ("<x xmlns='urn:x' nobody:y='z'/>", "<x xmlns='urn:x'/>"),
        ("<a:b:c xmlns:a='urn:a'/>", ""),
        ("<a: xmlns:a='urn:a'/>", ""),
        ("<x xmlns='urn:x'><xml:y/>text</x>", "<x xmlns='urn:x'>text</x>"),
    ],
)
@pytest.mark.parametrize("after", ["", "<body>after</body>"])
def test_what_has_no_usable_name_is_left_out(poison: str, left: str, after: str) -> None:
    """One such element in a message would end the stream, ours or the host's, for everybody."""
    (message, other) = read(f"<message><body>x</body>{poison}{after}</message>", "<presence/>")
    wire = serialise(message)
    assert wire == f"<message><body>x</body>{left}{after}</message>"
    fromstring(wire)
    assert other.tag == "{jabber:client}presence"


def test_a_stanza_may_come_byte_by_byte() -> None:
    (message,) = read(*"<message id='1'><body>fair is foul</body></message>")
    assert serialise(message) == "<message id='1'><body>fair is foul</body></message>"


@pytest.mark.parametrize("cut", range(1, 60))
def test_a_stanza_in_two_pieces_is_there_with_the_second(cut: int) -> None:
    """And not with the next one: some parsers wait for more where a tag came in parts."""
    wire = "<message id='a > b'><body>fair &gt; is foul</body><x y='z'/></message>"
    stream = StreamParser()
    stream.feed(HEAD)
    stream.feed(wire[:cut].encode())
    stream.feed(wire[cut:].encode())
    ((message, *_),) = stream.stanzas()
    assert serialise(message) == "<message id='a &gt; b'><body>fair &gt; is foul</body><x y='z'/></message>"


def test_the_head_is_told_once_and_the_end_is_noticed() -> None:
    stream = StreamParser()
    stream.feed(HEAD)
    head = stream.head()
    assert head is not None
    assert head.get("id") == "cauldron"
    assert stream.head() is None
    assert not stream.has_ended
    stream.feed(b"<presence/></stream:stream>")
    assert len(stream.stanzas()) == 1
    assert stream.has_ended


@pytest.mark.parametrize("text", ["<a></b>", "<a b='&#1;'/>", "<a>&#xFFFE;</a>", "<a>&unknown;</a>", "<a>\x00</a>"])
def test_what_is_no_xml_is_said_so(text: str) -> None:
    """Characters XML has no place for cannot come in, so they cannot go out."""
    with pytest.raises(MalformedStream):
        read(text)


LONG = "urn:" + "x" * 8000


@pytest.mark.parametrize(
    "content",
    [
        "<a>" * 99 + "<a/><a>" * 2000 + "</a>" * 2000 + "</a>" * 99,
        f"<a xmlns:p='{LONG}'>{'<p:x/>' * 3000}</a>",
        f"<a xmlns:p='{LONG}'>{'<b p:c=`y`/>' * 3000}</a>".replace("`", '"'),
        f"<a xmlns:p='{LONG}' {' '.join(f'p:a{n}=`y`' for n in range(3000))}/>".replace("`", '"'),
        f"<a {' '.join(f'xmlns:p{n}=`urn:{n}`' for n in range(200))}>{'<b/>' * 100}</a>".replace("`", '"'),
        "<a>x</a>" * 5000,
    ],
    ids=["deep", "prefixed elements", "prefixed attributes", "attributes", "prefixes", "wide"],
)
def test_of_what_is_too_large_only_so_much_is_built(content: str) -> None:
    """A few bytes may stand for many: whoever sends them gets no more memory or time than others."""
    stream = StreamParser(largest=20_000)
    stream.feed(HEAD + f"<message>{content}</message><presence/>".encode())
    large, after = stream.stanzas()
    assert (large.is_too_large(), after.is_too_large()) == (True, False)
    assert sum(len(node.tag) + sum(map(len, node.keys())) for node in large.xml.iter()) < 200_000
    depth, level = 0, [large.xml]
    while level:
        depth, level = depth + 1, [child for node in level for child in node]
    assert depth <= DEEPEST
    assert after.xml.tag == "{jabber:client}presence"
