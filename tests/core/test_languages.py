"""Texts in several languages."""

from __future__ import annotations

import pytest

from mix.core.config import Info
from mix.core.languages import is_tag, said_in

WITCHES = (("de", "Hexenzirkel"), ("pt-BR", "Reunião"), ("en-gb", "Coven (UK)"))


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        (None, "Coven"),
        ("", "Coven"),
        ("de", "Hexenzirkel"),
        ("DE-at", "Hexenzirkel"),
        ("pt-BR", "Reunião"),
        ("pt", "Coven"),
        ("en", "Coven"),
        ("de-", "Hexenzirkel"),
    ],
)
def test_a_special_tag_finds_a_more_general_text(lang: str | None, text: str) -> None:
    """RFC 4647 §3.4, and not the other way round."""
    assert said_in(lang, "Coven", WITCHES) == text


@pytest.mark.parametrize(("text", "good"), [("de", True), ("zh-Hant-TW", True), ("", False), ("de_AT", False)])
def test_tags_have_a_form(text: str, good: bool) -> None:
    assert is_tag(text) is good
    assert not is_tag("x-" + "y" * 8 + "-abcdefgh" * 8)


def test_information_is_read_in_a_language() -> None:
    info = Info("Coven", "A place", names=WITCHES)
    assert info.read_in("de").name == "Hexenzirkel"
    assert info.read_in("de").description == "A place"
    assert info.read_in("fr") == info


def test_another_plain_text_replaces_what_it_was_translated_to() -> None:
    """What is sent back as it was changes nothing."""
    info = Info("Coven", "A place", names=WITCHES, descriptions=WITCHES)
    assert info.changed({"name": "Coven"}) == info
    assert info.changed({"contact": ()}) == info
    renamed = info.changed({"name": "Brewery"})
    assert (renamed.name, renamed.names, renamed.descriptions) == ("Brewery", (), WITCHES)
    assert info.changed({"name": "Brewery", "names": WITCHES}).names == WITCHES
