"""What the stream hands over: queued in the right mailbox, answered on the spot, or dropped in silence."""

import pytest

from mix.shell.inlet import Inlet
from mix.shell.mailboxes import Post
from mix.shell.streaming import StreamParser
from pubsubnodes.stanza import Inbound, Stanza
from pubsubnodes.xml import CLIENT


class Hall:
    """An inlet with what came of it."""

    def __init__(self) -> None:
        self.queued: list[tuple[str, Post]] = []
        self.answered: list[Stanza] = []
        self.full = False
        self.inlet = Inlet(
            frozenset({"mix.shakespeare.example"}),
            [],
            put=self._put,
            answer=lambda inbound, stanza: self.answered.append(stanza),
            resolve=lambda inbound: inbound.id == "ours",
        )
        self._stream = StreamParser(largest=5000)
        self._stream.feed(b"<stream xmlns='jabber:component:accept'>")

    def _put(self, name: str, post: Post) -> bool:
        if not self.full:
            self.queued.append((name, post))
        return not self.full

    def takes(self, xml: str) -> None:
        self._stream.feed(xml.encode())
        for found in self._stream.stanzas():
            self.inlet.take(found.xml, found.is_too_large)

    @property
    def condition(self) -> str:
        (stanza,) = self.answered
        error = stanza.element()[-1]
        return error[0].tag.rpartition("}")[2]


@pytest.fixture
def hall() -> Hall:
    return Hall()


HAG = "from='hag66@shakespeare.example/pda'"


@pytest.mark.parametrize(
    ("to", "mailbox"),
    [
        ("coven@mix.shakespeare.example", "coven"),
        ("coven@mix.shakespeare.example/third witch", "coven"),
        ("123456#Coven@mix.shakespeare.example/x", "coven"),
        ("mix.shakespeare.example", ""),
    ],
)
def test_a_stanza_goes_to_the_mailbox_of_its_channel(hall: Hall, to: str, mailbox: str) -> None:
    hall.takes(f"<message {HAG} to='{to}' type='groupchat'><body>hi</body></message>")
    ((name, post),) = hall.queued
    assert name == mailbox
    assert isinstance(post, Inbound)
    assert post.xml[0].tag == f"{{{CLIENT}}}body", "inside the service stanzas are jabber:client"


@pytest.mark.parametrize(
    "stanza",
    [
        "<message to='coven@mix.shakespeare.example'><body/></message>",
        f"<message {HAG}><body/></message>",
        "<message from='@@' to='coven@mix.shakespeare.example'><body/></message>",
        "<message from='coven@mix.shakespeare.example/x' to='coven@mix.shakespeare.example'><body/></message>",
    ],
)
def test_what_has_no_proper_sender_is_dropped_in_silence(hall: Hall, stanza: str) -> None:
    hall.takes(stanza)
    assert not hall.queued
    assert not hall.answered


def test_what_is_for_another_domain_is_not_ours(hall: Hall) -> None:
    hall.takes(f"<iq {HAG} to='coven@elsewhere.example' type='get' id='1'><ping xmlns='urn:xmpp:ping'/></iq>")
    assert hall.condition == "jid-malformed"
    assert not hall.queued


@pytest.mark.req("MIX-ERR-06")
@pytest.mark.parametrize(
    "iq",
    [
        f"<iq {HAG} to='coven@mix.shakespeare.example' type='get'><ping xmlns='urn:xmpp:ping'/></iq>",
        f"<iq {HAG} to='coven@mix.shakespeare.example' type='get' id='1'/>",
        f"<iq {HAG} to='coven@mix.shakespeare.example' type='set' id='1'><a xmlns='x'/><b xmlns='y'/></iq>",
        f"<iq {HAG} to='coven@mix.shakespeare.example' type='gte' id='1'><a xmlns='x'/></iq>",
        f"<iq {HAG} to='coven@mix.shakespeare.example' id='1'><a xmlns='x'/></iq>",
    ],
)
def test_a_malformed_iq_is_a_bad_request(hall: Hall, iq: str) -> None:
    hall.takes(iq)
    assert hall.condition == "bad-request"
    assert not hall.queued


@pytest.mark.req("MIX-ERR-05")
def test_errors_and_results_are_never_answered(hall: Hall) -> None:
    hall.full = True
    for kind, type in (("message", "error"), ("presence", "error"), ("iq", "error"), ("iq", "result")):
        hall.takes(f"<{kind} {HAG} to='coven@mix.shakespeare.example' type='{type}' id='1'><x xmlns='y'/></{kind}>")
    hall.takes(f"<message {HAG} to='nobody@elsewhere.example' type='error'/>")
    assert not hall.answered


def test_an_answer_to_our_own_question_is_not_queued(hall: Hall) -> None:
    hall.takes(f"<iq {HAG} to='coven@mix.shakespeare.example' type='result' id='ours'/>")
    assert not hall.queued


def test_a_full_mailbox_asks_for_patience(hall: Hall) -> None:
    hall.full = True
    hall.takes(f"<message {HAG} to='coven@mix.shakespeare.example' type='groupchat' id='1'><body>x</body></message>")
    assert hall.condition == "resource-constraint"


PREFIXED = f"<a:b xmlns:a='urn:{'x' * 100}'><b/>{'<a:c/>' * 60}</a:b>"


@pytest.mark.parametrize(
    "content",
    [
        f"<body>{'x' * 6000}</body>",
        f"<body>{'&lt;' * 2000}</body>",
        f"<body>{'>' * 1500}</body>",
        f"<body id='{chr(34) * 1000}'/>",
        "<a xmlns='urn:a'>" * 101 + "</a>" * 101,
        PREFIXED.replace("<b/>", "<b xmlns='urn:b'>").replace("</a:b>", "</b></a:b>"),
    ],
    ids=["large", "large and escaped", "larger once escaped", "quoted", "deep", "larger without prefixes"],
)
def test_a_giant_is_refused(hall: Hall, content: str) -> None:
    """Or what becomes one when it is written again for those whom it is for."""
    hall.takes(f"<message {HAG} to='coven@mix.shakespeare.example' type='groupchat'>{content}</message>")
    assert hall.condition == "policy-violation"
    assert not hall.queued


@pytest.mark.parametrize("content", [f"<body>{'x' * 4500}</body>", "<a xmlns='urn:a'>" * 98 + "</a>" * 98, PREFIXED])
def test_what_is_just_not_a_giant_is_taken(hall: Hall, content: str) -> None:
    hall.takes(f"<message {HAG} to='coven@mix.shakespeare.example' type='groupchat'>{content}</message>")
    assert len(hall.queued) == 1
