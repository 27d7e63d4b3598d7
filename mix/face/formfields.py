"""Values of form fields, read liberally and refused politely: what configuration and information share (XEP-0004)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import TypeVar
from xml.etree.ElementTree import Element

from mix.core.refusals import MalformedRequest, ValueUnacceptable
from mix.core.visibility import Mode
from pubsubnodes.addresses import MalformedAddress, RealJid
from pubsubnodes.forms import FORM, Field, MalformedForm, Submission, fold, read_form

T = TypeVar("T", bound=StrEnum)

MODES: Mapping[Mode, str] = {
    Mode.HIDDEN: "jid-hidden",
    Mode.MAYBE: "jid-optionally-visible",
    Mode.VISIBLE: "jid-mandatory-visible",
}
_MODES_READ = {fold(text): mode for mode, text in MODES.items()} | {
    "jidmaybevisible": Mode.MAYBE,
    "jidvisible": Mode.VISIBLE,
    "jidmandatoryhidden": Mode.HIDDEN,
}
_MODE_LABELS = {
    Mode.HIDDEN: "Only administrators see addresses",
    Mode.MAYBE: "Everybody decides about their own address",
    Mode.VISIBLE: "All participants see all addresses",
}


def submitted(form: Element | None, form_types: frozenset[str]) -> Submission:
    """The form of a publish: filled in, of an acceptable FORM_TYPE or of none (MIX-DEC-056, MIX-DEC-057)."""
    if form is None or form.tag != FORM:
        raise MalformedRequest("invalid-payload")
    try:
        submission = read_form(form)
    except MalformedForm as error:
        raise ValueUnacceptable() from error
    if submission.type == "cancel" or (submission.form_type or "") not in form_types | {""}:
        raise MalformedRequest("invalid-payload")
    return submission


def single(values: Sequence[str]) -> str:
    """The one value of a field; none at all is the empty one."""
    if len(values) > 1:
        raise ValueUnacceptable()
    return values[0].strip() if values else ""


def people(values: Sequence[str], *, bare: bool = True) -> list[RealJid]:
    """The addresses in a field; empty lines mean nothing."""
    try:
        found = [RealJid.parse(text.strip()) for text in values if text.strip()]
    except MalformedAddress as error:
        raise ValueUnacceptable() from error
    return [jid.bare for jid in found] if bare else found


def mode(values: Sequence[str]) -> Mode:
    """A channel's JID Visibility in any of its spellings (MIX-DEC-060)."""
    found = _MODES_READ.get(fold(single(values)))
    if found is None:
        raise ValueUnacceptable()
    return found


def mode_field(value: Mode) -> Field:
    """JID Visibility, to be read or edited."""
    options = [(MODES[each], _MODE_LABELS[each]) for each in MODES]
    return Field("JID Visibility", "list-single", [MODES[value]], "Who sees the addresses of participants", options)
