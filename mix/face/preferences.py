"""A participant's preferences on the wire (XEP-0404 §3.1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from xml.etree.ElementTree import Element

from mix.core.channel import Channel
from mix.core.commands import Command, Look, SetPreferences
from mix.core.config import Contact, Preferences, Sharing
from mix.core.events import PreferencesChanged
from mix.core.nodes import Node
from mix.core.ports import Outcome
from mix.core.refusals import MalformedRequest, ValueUnacceptable
from mix.core.visibility import Audience, Preference, is_disclosed
from mix.face import nodes, presence
from mix.face.formfields import single, submitted
from mix.face.stanzas import ANON
from pubsubnodes.errors import result
from pubsubnodes.forms import FORM, Field, fold, write_form
from pubsubnodes.frozen import frozen
from pubsubnodes.stanza import Delivery, Inbound, Stanza
from pubsubnodes.xml import element

REQUEST = f"{{{ANON}}}user-preference"
LOOK = "preferences"


@frozen
class Choice:
    """A preference: its name on the wire, and what may be chosen."""

    var: str
    field: str
    values: Sequence[StrEnum]

    def write(self, preferences: Preferences) -> Field:
        """The field as it stands, with its options."""
        options = [(value.value, value.value) for value in self.values]
        return Field(self.var, "list-single", [getattr(preferences, self.field).value], self.var, options)

    def read(self, values: Sequence[str]) -> StrEnum:
        """What somebody chose, however they spell it (MIX-DEC-080, MIX-DEC-081)."""
        wanted = fold(single(values))
        if self.field == "visibility" and wanted in _FORMER:
            return _FORMER[wanted]
        found = next((value for value in self.values if fold(value.value) == wanted), None)
        if found is None:
            raise ValueUnacceptable()
        return found


_FORMER: Mapping[str, Preference] = {
    "nopreference": Preference.DEFAULT,
    "preferhidden": Preference.PREFER_HIDDEN,
    "enforcehidden": Preference.NEVER,
    "enforcevisible": Preference.ALWAYS,
}
"""Values of earlier versions, and those of the table of XEP-0404 §2.2."""

_CHOICES = (
    Choice("JID Visibility", "visibility", tuple(Preference)),
    Choice("Private Messages", "private_messages", tuple(Contact)),
    Choice("vCard", "vcard", tuple(Contact)),
    Choice("Presence", "presence", tuple(Sharing)),
)
_READ = {fold(choice.var): choice for choice in _CHOICES}


def read(form: Element) -> dict[str, object]:
    """The preferences a form names, as fields of `Preferences`; unknown ones are ignored, wrong values refused."""
    fields = submitted(form, frozenset({ANON})).folded()
    return {_READ[name].field: _READ[name].read(values) for name, values in fields.items() if name in _READ and values}


def write(preferences: Preferences, kind: str) -> Element:
    """All preferences, defaults included."""
    return write_form(kind, ANON, [choice.write(preferences) for choice in _CHOICES])


def parse(inbound: Inbound, request: Element, channel: Channel) -> Command:
    """Ask for one's preferences, or change some of them."""
    if inbound.type == "get":
        channel.participant(inbound.sender)
        return Look(actor=inbound.sender, subject=LOOK)
    form = request.find(FORM)
    if form is None:
        raise MalformedRequest()
    return SetPreferences(actor=inbound.sender, changes=read(form))


def reply(inbound: Inbound, channel: Channel | None, outcome: Outcome) -> Iterable[Stanza]:
    """The preferences as they are now: a form to fill in for those who asked, a result for those who changed."""
    assert channel is not None
    kind = "form" if inbound.type == "get" else "result"
    preferences = channel.participant(inbound.sender).preferences
    return [result(inbound, element(ANON, "user-preference", write(preferences, kind)))]


def render(event: PreferencesChanged, channel: Channel, cause: Inbound | None) -> Iterable[Delivery]:
    """The participant's item and presence anew, when others see more or less of their address than before."""
    before, after = (
        is_disclosed(channel.config.mode, preferences.visibility, Audience.PUBLIC)
        for preferences in (event.old, event.new)
    )
    if before is not after:
        yield from nodes.announce(channel, Node.PARTICIPANTS, [event.id])
        yield from presence.shown_again(channel, channel.participants[event.id])
