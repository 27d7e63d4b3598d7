"""Addresses are prepared as hosts prepare them, also where a character is newer than stringprep."""

import pytest

from pubsubnodes.addresses import RealJid
from pubsubnodes.preparation import MalformedAddress, prepared, prepared_resource


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("HAG66@Shakespeare.example/Pda", ("hag66", "shakespeare.example", "Pda")),
        ("hag66@shakespeare.example/\U0001f9d9 broom", ("hag66", "shakespeare.example", "\U0001f9d9 broom")),
        ('coven@mix.example/a/b & "c" \U0001f600', ("coven", "mix.example", 'a/b & "c" \U0001f600')),
        ("mix.example/\U0001f600", ("", "mix.example", "\U0001f600")),
        ("\uff48ag66@shakespeare.example/\u1e9e", ("hag66", "shakespeare.example", "\u1e9e")),
    ],
)
def test_hosts_let_people_have_any_character_in_resources(text: str, parts: tuple[str, str, str]) -> None:
    """RFC 3454 §7: what was unassigned in 2002 passes; all else is as strict as ever."""
    assert prepared(text) == parts
    assert RealJid.parse(text).unseal().partition("/")[2] == parts[2]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "@",
        "a@",
        "@b.example",
        "a@b.example/",
        "/\U0001f600",
        "a b@c.example/\U0001f600",
        "a@b.example/\U0001f600\ufffd",
        "a@b.example/" + "\U0001f600" * 256,
        "a@b.example/\U0001f600\x00",
        "a@b.example/\u05d0\U0001f600a",
    ],
)
def test_what_is_no_address_is_none(text: str) -> None:
    with pytest.raises(MalformedAddress):
        prepared(text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [("\u2764\ufe0f", "\u2764"), ("\uff21", "A"), ("\u05d0\u05d1", "\u05d0\u05d1"), ("e\u0301", "\u00e9")],
)
def test_a_resource_is_prepared(text: str, shown: str) -> None:
    assert prepared_resource(text) == shown


@pytest.mark.parametrize(
    "text", ["", "\ufe0f", "\ufffd", "\u2ff0", "\ue000", "\u05d0a", "a\u05d0", chr(0xD800), "\u202e", "a\n"]
)
def test_what_no_resource_may_have_is_refused(text: str) -> None:
    with pytest.raises(MalformedAddress):
        prepared_resource(text)
