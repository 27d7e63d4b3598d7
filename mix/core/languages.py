"""Texts in several languages, told apart by their tags (XEP-0369 §9, RFC 5646)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

Translations = tuple[tuple[str, str], ...]
"""Texts by language tag, in the order they were given."""

_TAG: Final = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")


def is_tag(text: str) -> bool:
    """Whether something has the form of a language tag (RFC 5646 §2.1)."""
    return len(text) <= 64 and _TAG.fullmatch(text) is not None


def said_in(lang: str | None, plain: str, translations: Translations) -> str:
    """What somebody reads who has asked in a language: the text in it, or in a broader one, else the plain one.

    A more special tag finds a more general one, `de-AT` finds `de`, and not the other way round (RFC 4647 §3.4).
    """
    by_tag = {tag.lower(): text for tag, text in translations}
    return next((by_tag[tag] for tag in _broader(lang or "") if tag in by_tag), plain)


def _broader(tag: str) -> Iterator[str]:
    tag = tag.lower()
    while tag:
        yield tag
        tag = tag.rpartition("-")[0]
