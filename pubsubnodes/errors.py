"""Stanza errors (RFC 6120 §8.3): constants of a face's table, and the answer that carries one."""

from __future__ import annotations

from typing import Literal, get_args
from xml.etree.ElementTree import Element

from pubsubnodes.addresses import VisibleAddress
from pubsubnodes.frozen import frozen
from pubsubnodes.stanza import Inbound, Stanza
from pubsubnodes.xml import CLIENT, LANG, element, name_of, namespace_of

STANZAS = "urn:ietf:params:xml:ns:xmpp-stanzas"
PUBSUB_ERRORS = "http://jabber.org/protocol/pubsub#errors"

ErrorType = Literal["auth", "cancel", "continue", "modify", "wait"]
TYPES = frozenset(get_args(ErrorType))
CONDITIONS = frozenset(
    {
        "bad-request",
        "conflict",
        "feature-not-implemented",
        "forbidden",
        "gone",
        "internal-server-error",
        "item-not-found",
        "jid-malformed",
        "not-acceptable",
        "not-allowed",
        "not-authorized",
        "policy-violation",
        "recipient-unavailable",
        "redirect",
        "registration-required",
        "remote-server-not-found",
        "remote-server-timeout",
        "resource-constraint",
        "service-unavailable",
        "subscription-required",
        "undefined-condition",
        "unexpected-request",
    }
)
"""All there are (RFC 6120 §8.3.3)."""


@frozen
class StanzaError:
    """A row of a face's table of refusals. `text` is a constant in English: nothing foreign ever travels in it."""

    type: ErrorType
    condition: str
    text: str
    pubsub: str | None = None
    """A pubsub condition beside it (XEP-0060 §12), e.g. `closed-node` or `unsupported publish`."""

    def element(self, by: VisibleAddress | None = None) -> Element:
        """The `<error/>` element."""
        described = element(STANZAS, "text", text=self.text)
        described.set(LANG, "en")
        detail = None
        if self.pubsub is not None:
            name, _, feature = self.pubsub.partition(" ")
            detail = element(PUBSUB_ERRORS, name, feature=feature or None)
        return element(
            CLIENT,
            "error",
            element(STANZAS, self.condition),
            described,
            detail,
            type=self.type,
            by=by.text if by is not None else None,
        )


def condition_of(error: Element | None) -> str:
    """The condition of somebody else's error, of those there are (RFC 6120 §8.3.3)."""
    conditions = [name_of(child) for child in error if namespace_of(child) == STANZAS] if error is not None else []
    return next((name for name in conditions if name in CONDITIONS), "undefined-condition")


def cleaned(error: Element | None) -> Element:
    """Somebody else's error down to its type and condition: texts, addresses and echoes stay where they came from."""
    kind = error.get("type") if error is not None else None
    return element(CLIENT, "error", element(STANZAS, condition_of(error)), type=kind if kind in TYPES else "cancel")


def relayed(answer: Inbound) -> list[Element]:
    """What of somebody's answer to a request may be passed on: of an error nothing but the error."""
    if answer.type == "error":
        return [cleaned(answer.child("error"))]
    return list(answer.xml)


def refusal(inbound: Inbound, error: StanzaError, *echo: Element, by: VisibleAddress | None = None) -> Stanza | None:
    """The error answer to a stanza, from the address that was addressed (RFC 6120 §8.3.1).

    None for what must never be answered: errors and results. `echo` stands before `<error/>`.
    """
    if inbound.type == "error" or (inbound.kind == "iq" and not inbound.is_request):
        return None
    return Stanza(
        kind=inbound.kind,
        sender=VisibleAddress(inbound.target.text),
        type="error",
        id=inbound.id,
        children=(*echo, error.element(by)),
    )


def result(inbound: Inbound, *children: Element) -> Stanza:
    """The result of an IQ, from the address that was addressed (RFC 6120 §8.2.3)."""
    return Stanza(
        kind="iq", sender=VisibleAddress(inbound.target.text), type="result", id=inbound.id, children=children
    )


BAD_REQUEST = StanzaError("modify", "bad-request", "The request does not have the form the protocol gives it.")
SERVICE_UNAVAILABLE = StanzaError("cancel", "service-unavailable", "This service does not do that.")
INTERNAL = StanzaError("wait", "internal-server-error", "Something went wrong here; nothing has happened. Try again.")
TOO_MUCH_TO_ANSWER = StanzaError(
    "modify", "policy-violation", "The answer is larger than a stanza may be; ask for a page of it (XEP-0059)."
)
OVERLOADED = StanzaError("wait", "resource-constraint", "Too much at once. Try again in a moment.")
"""What the shell answers itself, before any face has a say."""
