"""The information form: what a channel says about itself (XEP-0369 §4.7.4)."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree.ElementTree import Element

from mix.core.channel import Channel
from mix.core.config import Info
from mix.core.refusals import ValueUnacceptable
from mix.core.visibility import Mode, Sight
from mix.face.formfields import mode_field, people, single, submitted
from mix.face.stanzas import CORE
from pubsubnodes.forms import Field, write_form

LONGEST_NAME = 250
LONGEST_DESCRIPTION = 4000
MOST_CONTACTS = 50


def write(channel: Channel) -> Element:
    """The information as it is."""
    return written(channel.info, channel.config.mode)


def written(info: Info, mode: Mode) -> Element:
    """The information, with the channel's mode, which is changed in the configuration only (MIX-DEC-059)."""
    contacts = [Sight.listed_jid(jid).text for jid in info.contact]
    fields = [
        Field("Name", "text-single", [info.name] if info.name else [], "Name"),
        Field("Description", "text-single", [info.description] if info.description else [], "Description"),
        Field("Contact", "jid-multi", contacts, "Contact"),
        mode_field(mode),
    ]
    return write_form("result", CORE, fields)


def read(form: Element | None, form_types: frozenset[str] = frozenset({CORE})) -> dict[str, object]:
    """The changes a submitted form asks for, as fields of `Info`. What is absent stays as it is."""
    fields = submitted(form, form_types).folded()
    changes: dict[str, object] = {}
    if "name" in fields:
        changes["name"] = _within(" ".join(single(fields["name"]).split()), LONGEST_NAME)
    if "description" in fields:
        changes["description"] = _within("\n".join(_lines(fields["description"])), LONGEST_DESCRIPTION)
    if "contact" in fields:
        contacts = dict.fromkeys(people(fields["contact"], bare=False))
        if len(contacts) > MOST_CONTACTS:
            raise ValueUnacceptable()
        changes["contact"] = tuple(contacts)
    return changes


def _lines(values: Sequence[str]) -> list[str]:
    return [line.strip() for value in values for line in value.splitlines()]


def _within(text: str, limit: int) -> str:
    if len(text) > limit:
        raise ValueUnacceptable()
    return text
