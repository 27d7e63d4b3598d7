"""Refusals at the desk, in the conditions of XEP-0050 §4.4 and XEP-0133 §6."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from mix.core import refusals
from mix.core.refusals import Refusal
from pubsubnodes.addresses import VisibleAddress
from pubsubnodes.adhoc import COMMANDS
from pubsubnodes.errors import BAD_REQUEST, INTERNAL, StanzaError, refusal
from pubsubnodes.stanza import Inbound, Stanza
from pubsubnodes.xml import element

ROWS: Final[Mapping[type[Refusal], StanzaError]] = {
    refusals.NotAllowed: StanzaError("auth", "forbidden", "That is for those who look after this service."),
    refusals.NoSuchItem: StanzaError("cancel", "item-not-found", "There is no such command."),
    refusals.NoSuchChannel: StanzaError("cancel", "item-not-found", "There is no such channel; nothing was done."),
    refusals.MalformedRequest: BAD_REQUEST,
    refusals.ValueUnacceptable: StanzaError("modify", "not-acceptable", "A field has a value it cannot have."),
    refusals.TooLarge: StanzaError("modify", "not-acceptable", "That is more than can be said at once. Say less."),
    refusals.Protected: StanzaError(
        "cancel", "not-allowed", "That would keep out somebody who looks after this service."
    ),
    refusals.StorageFailed: INTERNAL,
}
"""All that can happen here; whatever else does is a mistake of ours."""


def refuse(inbound: Inbound, why: Refusal) -> Stanza | None:
    """The error; the argument of a refusal is the name XEP-0050 has for what is wrong."""
    if not why.args:
        return refusal(inbound, ROWS.get(type(why), INTERNAL))
    error = BAD_REQUEST.element()
    error.append(element(COMMANDS, str(why.args[0])))
    return Stanza("iq", VisibleAddress(inbound.target.text), "error", inbound.id, [error])
