"""The information form: what a channel says about itself (XEP-0369 §4.7.4)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from xml.etree.ElementTree import Element

from mix.core.channel import Channel
from mix.core.config import Info
from mix.core.languages import is_tag
from mix.core.refusals import ValueUnacceptable
from mix.core.visibility import Mode, Sight
from mix.face.formfields import mode_field, people, single, submitted
from mix.face.stanzas import CORE
from pubsubnodes.forms import Field, write_form

LONGEST_NAME = 250
LONGEST_DESCRIPTION = 4000
MOST_CONTACTS = 50
MOST_LANGUAGES = 50

Spoken = Sequence[tuple[str | None, str]]
"""Values of a field, each with its language."""


def write(channel: Channel) -> Element:
    """The information as it is."""
    return written(channel.info, channel.config.mode)


def written(info: Info, mode: Mode) -> Element:
    """The information, with the channel's mode, which is changed in the configuration only (MIX-DEC-059)."""
    contacts = [Sight.listed_jid(jid).text for jid in info.contact]
    # The plain text first: clients that know nothing of languages read and send back that one (XEP-0369 §9).
    name, description = ([text] if text else [] for text in (info.name, info.description))
    fields = [
        Field("Name", "text-single", name, "Name", translations=info.names),
        Field("Description", "text-single", description, "Description", translations=info.descriptions),
        Field("Contact", "jid-multi", contacts, "Contact"),
        mode_field(mode),
    ]
    return write_form("result", CORE, fields)


def read(form: Element | None, form_types: frozenset[str] = frozenset({CORE})) -> dict[str, object]:
    """The changes a submitted form asks for, as fields of `Info`. What is absent stays as it is."""
    submission = submitted(form, form_types)
    fields, spoken = submission.folded(), submission.spoken()
    changes: dict[str, object] = {}
    if "name" in spoken:
        changes |= _texts("name", "names", spoken["name"], _name)
    if "description" in spoken:
        changes |= _texts("description", "descriptions", spoken["description"], _description)
    if "contact" in fields:
        contacts = dict.fromkeys(people(fields["contact"], bare=False))
        if len(contacts) > MOST_CONTACTS:
            raise ValueUnacceptable()
        changes["contact"] = tuple(contacts)
    return changes


def _texts(plain: str, others: str, spoken: Spoken, read: Callable[[Sequence[str]], str]) -> dict[str, object]:
    """A text and what it is in other languages; without a plain one, the first is plain as well (MIX-INF-08).

    Where no value says a language, nothing is said of the other languages.
    """
    by_tag: dict[str, list[str]] = {}
    for lang, value in spoken:
        by_tag.setdefault(lang or "", []).append(value)
    texts = {tag: text for tag, values in by_tag.items() if (text := read(values))}
    translations = tuple((tag, text) for tag, text in texts.items() if tag)
    if len(translations) > MOST_LANGUAGES or not all(is_tag(tag) for tag in by_tag if tag):
        raise ValueUnacceptable()
    if len({tag.lower() for tag in by_tag}) < len(by_tag):
        raise ValueUnacceptable()  # said twice in a language
    changes: dict[str, object] = {plain: texts.get("") or next(iter(texts.values()), "")}
    return changes if all(lang is None for lang, _ in spoken) else {**changes, others: translations}


def _name(values: Sequence[str]) -> str:
    return _within(" ".join(single(values).split()), LONGEST_NAME)


def _description(values: Sequence[str]) -> str:
    return _within("\n".join(_lines(values)), LONGEST_DESCRIPTION)


def _lines(values: Sequence[str]) -> list[str]:
    return [line.strip() for value in values for line in value.splitlines()]


def _within(text: str, limit: int) -> str:
    if len(text) > limit:
        raise ValueUnacceptable()
    return text
