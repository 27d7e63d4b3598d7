"""The stage itself: it says what came, and its eavesdropper hears what nobody should."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mix.core.refusals import StorageFailed
from mix.shell.mailboxes import Slot
from pubsubnodes.addresses import RealJid
from tests.stage import patterns
from tests.stage.eavesdropper import Circumstances, may_know
from tests.stage.service import Service
from tests.stage.world import LoadedDice

HAG66, HECATE = RealJid.parse("hag66@shakespeare.example"), RealJid.parse("hecate@shakespeare.example")


def match(expected: str, got: str, **known: str) -> patterns.Bindings | None:
    """Match two texts."""
    return patterns.matches(patterns.parse(expected), patterns.parse(got), known)


@pytest.mark.parametrize(
    ("expected", "got"),
    [
        ("<message/>", "<message to='x' id='y'/>"),
        ("<message from='a@b/*'><body>*</body></message>", "<message from='a@b/c'><body>hail</body></message>"),
        ("<message>…</message>", "<message><body>hail</body><x xmlns='urn:x'/></message>"),
        ("<message><body>hail</body>…</message>", "<message><x xmlns='urn:x'/><body>hail</body></message>"),
        ("<iq type='result'><a><b/><c/></a></iq>", "<iq type='result'><a><c/><b/></a></iq>"),
        ("<iq><a><b n='*'/><b n='1'/></a></iq>", "<iq><a><b n='1'/><b n='2'/></a></iq>"),
    ],
)
def test_what_is_as_expected_matches(expected: str, got: str) -> None:
    """Wildcards, further children, and an order that XML gives no meaning."""
    assert match(expected, got) is not None


@pytest.mark.parametrize(
    ("expected", "got"),
    [
        ("<message/>", "<presence/>"),
        ("<message/>", "<message type='error'/>"),
        ("<message type='groupchat'/>", "<message/>"),
        ("<message/>", "<message><body>hail</body></message>"),
        ("<message><body/></message>", "<message/>"),
        ("<message><body>hail</body></message>", "<message><body>hale</body></message>"),
        ("<message><body/></message>", "<message><body xmlns='urn:x'/></message>"),
        ("<message><body/></message>", "<message><body/><body/></message>"),
        ("<message><body/>…</message>", "<message><x/></message>"),
    ],
)
def test_what_is_not_as_expected_does_not(expected: str, got: str) -> None:
    """Nothing but `to`, `id` and language of a stanza goes unsaid."""
    assert match(expected, got) is None


def test_names_are_bound_once_and_hold() -> None:
    """`{hag66.id}` is whatever it is at first sight, and the same ever after."""
    bound = match(
        "<message from='a@b/{hag66.id}'><x><y id='{hag66.id}'/></x></message>",
        "<message from='a@b/c'><x><y id='c'/></x></message>",
    )
    assert bound == {"hag66.id": "c"}
    assert match("<message from='a@b/{id}'/>", "<message from='a@b/c'/>", id="d") is None
    assert (
        match("<message from='{id}'><x><y id='{id}'/></x></message>", "<message from='c'><x><y id='d'/></x></message>")
        is None
    )
    assert patterns.fill("<a b='{id}'/>", {"id": "it's"}) == "<a b='it&apos;s'/>"
    with pytest.raises(AssertionError, match="nobody has seen"):
        patterns.fill("{id}", {})


def test_a_difference_is_shown_line_by_line() -> None:
    """With the nearest of what came, and the rest."""
    got = [patterns.parse("<message type='groupchat'><body>hale</body></message>"), patterns.parse("<presence/>")]
    told = patterns.difference(patterns.parse("<message type='groupchat'><body>hail</body>…</message>"), got, {})
    assert "-  <body>hail</body>" in told
    assert "+  <body>hale</body>" in told
    assert "also unread:\n<presence/>" in told
    assert "nothing came" in patterns.difference(patterns.parse("<presence/>"), [], {})


def test_dice_repeat() -> None:
    """The same test sees the same ids."""
    assert [LoadedDice().nick(), LoadedDice().session_tag()] == [LoadedDice().nick()] * 2


def circumstances(mode: str, insiders: set[RealJid] = frozenset(), **preferences: str) -> Circumstances:  # type: ignore[assignment]
    """A channel with people of some preferences."""
    people = {RealJid.parse(f"{name}@shakespeare.example"): text for name, text in preferences.items()}
    return Circumstances(mode, frozenset(insiders), people)


@pytest.mark.parametrize(
    ("mode", "preference", "known"),
    [
        ("hidden", "default", False),
        ("hidden", "always", False),
        ("maybe", "default", False),
        ("maybe", "prefer not", False),
        ("maybe", "prefer visible", True),
        ("maybe", "always", True),
        ("visible", "default", True),
        ("visible", "never", False),
    ],
)
def test_the_eavesdropper_knows_the_table_by_heart(mode: str, preference: str, known: bool) -> None:
    """XEP-0404 §2.2, written down once more."""
    now = circumstances(mode, hag66=preference, hecate="default")
    assert may_know(HECATE, HAG66, now, now) is known
    insider = circumstances(mode, {HECATE}, hag66=preference)
    assert may_know(HECATE, HAG66, insider, insider)
    outsider = circumstances(mode, hag66=preference)
    assert not may_know(HECATE, HAG66, outsider, outsider)
    assert not may_know(HECATE, HAG66, None, None)


def test_the_eavesdropper_judges_by_how_things_are_after_a_turn() -> None:
    """A channel that hides from now on hides in the stanzas that say so; who left is judged as they were."""
    visible, hidden = (circumstances(mode, hag66="default", hecate="default") for mode in ("visible", "hidden"))
    assert not may_know(HECATE, HAG66, visible, hidden)
    assert may_know(HECATE, HAG66, hidden, visible)
    gone = circumstances("visible", hecate="default")
    assert not may_know(HECATE, HAG66, circumstances("maybe", hag66="never", hecate="default"), gone)
    assert may_know(HECATE, HAG66, visible, gone)


@pytest.fixture
def nobody_listens() -> Service:
    """A service whose eavesdropper a test asks itself."""
    return Service(faces=[])


@pytest.mark.parametrize(
    "leak",
    [
        "<message to='{hecate}' from='{hag66}/x'/>",
        "<message to='{hecate.phone}'><body>hag66@shakespeare.example</body></message>",
        "<message to='{hecate}' id='phone-of-66gah'/>",
        "<presence to='{hecate}'><x xmlns='urn:x'><y>xmpp:HAG66%40shakespeare.example</y></x></presence>",
        "<iq to='{hecate}' type='error'><error type='cancel'><text>no hag66 here</text></error></iq>",
    ],
)
def test_the_eavesdropper_hears_a_leak(nobody_listens: Service, leak: str) -> None:
    """In an attribute, a text, a resource, an escape: wherever the word stands."""
    service = nobody_listens
    service.person("hag66")
    service.person("hecate")
    with service.eavesdropper.listening(Slot("")):
        service.deliver(patterns.fill(leak, service.known))
    assert [(one.reader, one.subject) for one in service.eavesdropper.overheard] == [
        ("hecate@shakespeare.example", "hag66@shakespeare.example")
    ]
    assert service.eavesdropper.stanzas == 1


def test_the_eavesdropper_does_not_cry_wolf(nobody_listens: Service) -> None:
    """One's own address, a part of a word, and what people told each other anyway are no leaks."""
    service = nobody_listens
    hag66, hecate = service.person("hag66"), service.person("hecate")
    service.eavesdropper.excuses(hag66, hecate)
    with service.eavesdropper.listening(Slot("")):
        service.deliver(patterns.fill("<message to='{hecate}' from='{hecate.phone}'/>", service.known))
        service.deliver(patterns.fill("<message to='{hag66}' from='{hecate.phone}'/>", service.known))
        service.deliver(patterns.fill("<message to='{hecate}' id='xhag66x'/>", service.known))
    assert not service.eavesdropper.overheard


def test_stanzas_to_nobody_are_noticed(nobody_listens: Service) -> None:
    """A stanza to somebody who is not there is a mistake of the service."""
    service = nobody_listens
    service.person("hecate")
    service.deliver("<message to='ross@shakespeare.example'/>")
    with pytest.raises(AssertionError, match="strangers"):
        service.is_silent()


def test_expectations_that_fail_say_so(nobody_listens: Service) -> None:
    """Nothing came, something else came, something more came, it came too early."""
    service = nobody_listens
    hecate = service.person("hecate")
    with pytest.raises(AssertionError, match="nothing came"):
        hecate.receives("<message/>")
    service.deliver("<message xmlns='jabber:client' to='hecate@shakespeare.example'/>")
    service.deliver("<presence xmlns='jabber:client' to='hecate@shakespeare.example/phone-of-etaceh'/>")
    with pytest.raises(AssertionError, match="too early"):
        hecate.receives("<presence/>", "<message>…</message>")
    with pytest.raises(AssertionError, match="nothing more"):
        service.is_silent()
    with pytest.raises(AssertionError, match="nobody should get"):
        hecate.never_receives("<message>…</message>")
    hecate.account.receives("<message/>")
    hecate.phone.receives_nothing()
    service.is_silent()


async def test_storage_fails_when_it_is_told_to() -> None:
    """Once for each failure wished for."""
    service = Service(faces=[])
    service.recorder.failures = 1
    with pytest.raises(StorageFailed):
        await service.recorder.commit(None)  # type: ignore[arg-type]


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20))
def test_any_text_matches_itself(text: str) -> None:
    """Whatever a test writes literally is meant literally."""
    if "*" in text or "{" in text or patterns.REST in text:
        return
    from xml.sax.saxutils import escape

    xml = f"<message><body>{escape(text)}</body></message>"
    assert match(xml, xml) is not None
