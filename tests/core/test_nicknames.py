"""Nicknames: prepared, compared, and never passing for something else (RFC 8266)."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mix.core.nicknames import Nick, prepare
from mix.core.refusals import NickMalformed, NickUnacceptable

INVISIBLE = ["\u200b", "\u200d", "\u2060", "\ufeff", "\u00ad", "\u2800", "\u3164", "\u115f", "\u034f", "\u180e"]
BIDI = ["\u202a", "\u202e", "\u2066", "\u2069", "\u200e", "\u061c"]


def accepted(text: str) -> Nick | None:
    """The nick, or None where it was refused by one of the two refusals there are."""
    try:
        return prepare(text)
    except (NickMalformed, NickUnacceptable):
        return None


@pytest.mark.req("MIX-NCK-02", "MIX-NCK-04")
@pytest.mark.parametrize(
    ("written", "shown"),
    [("thirdwitch", "thirdwitch"), ("  third   witch ", "third witch"), ("Third\u3000Witch", "Third Witch")],
)
def test_a_nick_is_tidied(written: str, shown: str) -> None:
    """RFC 8266 §2.1: spaces at the ends go, spaces in between become one; case is kept."""
    assert prepare(written).text == shown


@pytest.mark.req("MIX-NCK-04")
@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ann", "ANN "),
        ("Stra\u00dfe", "STRASSE"),
        ("\u212bke", "\u00c5ke"),  # the sign of the Ångström
        ("third witch", "third\u00a0 witch"),
        ("\uff54hird", "third"),  # a wide t
        ("thi\u200brd", "third"),
        ("th\u00adird", "third"),
        ("\u202ethird", "third"),
        ("third\u3164", "third"),
    ],
)
def test_nicks_that_look_the_same_are_the_same(one: str, other: str) -> None:
    """RFC 8266 §2.4: compared case-folded, decomposed and composed again; invisible characters tell nothing apart."""
    assert prepare(one).key == prepare(other).key


@pytest.mark.req("MIX-NCK-05")
@pytest.mark.parametrize("text", ["", "   ", "\u3000", "\x00", "a\x07b", "line\nbreak", *INVISIBLE, *BIDI, "x" * 1024])
def test_what_nobody_can_read_is_no_nick(text: str) -> None:
    """RFC 8266 §2.2: empty after preparation, control characters, or beyond what a resource holds."""
    with pytest.raises(NickMalformed):
        prepare(text)


@pytest.mark.req("MIX-NCK-22")
@pytest.mark.parametrize(
    "text", ["a" * 26, "abcdefghijklmnopqrstuvwx23", "ABCDEFGHIJKLMNOPQRSTUVWX23", "a\u200b" + "b" * 25]
)
def test_a_nick_does_not_pass_for_a_participant_id(text: str) -> None:
    """XEP-0369 §8: messages come from channel/id, so a nick of that form would be somebody's signature."""
    with pytest.raises(NickUnacceptable):
        prepare(text)


def test_a_nick_is_no_longer_than_the_service_likes() -> None:
    """The operator's limit counts what is shown."""
    assert prepare("w" * 64).text == "w" * 64
    assert prepare("w" * 3 + "  ", 3).text == "www"
    with pytest.raises(NickUnacceptable):
        prepare("w" * 65)


@given(st.text(max_size=80))
def test_preparing_twice_is_preparing_once(text: str) -> None:
    """RFC 8266 §2.3: what comes out of preparation is a nick as it is, and is refused never again."""
    nick = accepted(text)
    if nick is not None:
        assert prepare(nick.text) == nick


@given(st.text(min_size=1, max_size=30))
def test_case_and_invisible_characters_make_no_other_nick(text: str) -> None:
    """Nobody is impersonated by adding what nobody sees."""
    nick = accepted(text)
    if nick is None:
        return
    for mark in (*INVISIBLE, *BIDI):
        assert prepare(nick.text + mark).key == nick.key
    assert prepare(nick.text.casefold()).key == nick.key


@given(st.text(max_size=80))
def test_a_nick_shows_something_and_nothing_unseen(text: str) -> None:
    """Whatever is accepted has a visible character and none that is invisible or turns the text around."""
    nick = accepted(text)
    if nick is not None:
        assert nick.text.strip()
        assert not any(unicodedata.category(c) in ("Cf", "Cc") for c in nick.text)
