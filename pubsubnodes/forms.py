"""Data forms (XEP-0004): read liberally and within bounds, written with a type on every field."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from typing import Final
from xml.etree.ElementTree import Element

from pubsubnodes.frozen import frozen
from pubsubnodes.xml import LANG, element, text_of

DATA = "jabber:x:data"
FORM = f"{{{DATA}}}x"

MAX_FIELDS = 200
MAX_VALUES = 2000


class MalformedForm(ValueError):
    """That is no form, or a larger one than anybody needs."""


@frozen
class Field:
    """A field to write: its values, and for people the label and the options."""

    var: str
    type: str
    values: Sequence[str] = ()
    label: str | None = None
    options: Sequence[tuple[str, str]] = ()
    """Value and label."""
    translations: Sequence[tuple[str, str]] = ()
    """Language tag and value: the same said otherwise, after the plain values."""
    is_required: bool = False


@frozen
class Submission:
    """A form as somebody filled it in."""

    type: str
    form_type: str | None
    fields: Mapping[str, Sequence[str]]
    """Name as written to values; FORM_TYPE is not among them."""
    languages: Mapping[str, Sequence[str | None]] = field(default_factory=dict)
    """Name as written to the language each of the values says it is in, or its field for all of them."""

    def spoken(self) -> dict[str, Sequence[tuple[str | None, str]]]:
        """The fields by folded name, each value with its language."""
        return {fold(name): [*zip(self.languages[name], values, strict=True)] for name, values in self.fields.items()}

    def folded(self) -> dict[str, Sequence[str]]:
        """The fields by folded name: case, spaces, underscores and hyphens do not matter (MIX-DEC-058)."""
        return {fold(name): values for name, values in self.fields.items()}


def fold(name: str) -> str:
    """A name without what implementations differ in: case, spaces, underscores, hyphens."""
    return re.sub(r"[\s_-]+", "", name).casefold()


def read_form(form: Element) -> Submission:
    """Read a form. Raises `MalformedForm`."""
    found: dict[str, list[str]] = {}
    languages: dict[str, list[str | None]] = {}
    count = 0
    for one in form.findall(f"{{{DATA}}}field"):
        values = one.findall(f"{{{DATA}}}value")
        count += len(values)
        if len(found) >= MAX_FIELDS or count > MAX_VALUES:
            raise MalformedForm()
        if var := one.get("var"):
            lang = one.get(LANG)
            if lang is None:
                found[var], languages[var] = [], []  # said again, a field is as it was said last
            found.setdefault(var, []).extend(map(text_of, values))
            languages.setdefault(var, []).extend(value.get(LANG, lang) for value in values)
    form_type = found.pop("FORM_TYPE", None)
    return Submission(form.get("type", ""), form_type[0].strip() if form_type else None, found, languages)


def write_form(
    type: str, form_type: str, fields: Iterable[Field], *, title: str | None = None, instructions: str | None = None
) -> Element:
    """A form with a hidden FORM_TYPE (XEP-0068) and a type on every field."""
    made = element(DATA, "x", type=type)
    for name, text in (("title", title), ("instructions", instructions)):
        if text is not None:
            made.append(element(DATA, name, text=text))
    for one in (Field("FORM_TYPE", "hidden", [form_type]), *fields):
        made.append(
            element(
                DATA,
                "field",
                *(element(DATA, "value", text=value) for value in one.values),
                *(element(DATA, "value", text=value, **{LANG: lang}) for lang, value in one.translations),
                *(
                    element(DATA, "option", element(DATA, "value", text=value), label=label)
                    for value, label in one.options
                ),
                element(DATA, "required") if one.is_required else None,
                var=one.var,
                type=one.type,
                label=one.label,
            )
        )
    return made


MOST_DAYS: Final = 36_500


def read_days(values: Sequence[str]) -> int | None:
    """A number of days, from one to a hundred years; None when there is nothing. Raises `ValueError`."""
    text = "".join(values).strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 5 and 0 < int(text) <= MOST_DAYS):
        raise ValueError("not a number of days")
    return int(text)


def read_boolean(values: Sequence[str]) -> bool:
    """A boolean field, however it is spelled (XEP-0004 §3.3). Raises `ValueError`."""
    match [value.strip().lower() for value in values]:
        case ["1" | "true"]:
            return True
        case ["0" | "false"]:
            return False
        case _:
            raise ValueError("not a boolean")
