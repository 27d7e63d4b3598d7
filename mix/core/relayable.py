"""What people may ask of each other through a channel, and what is taken out of that (XEP-0403 §4.5-4.6).

Requests reach a person's server from an address of this service, which may trust the service with more than it trusts
strangers (XEP-0355, XEP-0356): what goes to an account is therefore a short list, and some namespaces go nowhere.
"""

from __future__ import annotations

from copy import deepcopy
from enum import StrEnum
from typing import TYPE_CHECKING, Final
from xml.etree.ElementTree import Element

from mix.core.payload import Payload
from mix.core.refusals import NotAllowed
from pubsubnodes.addresses import MalformedAddress, RealJid, VisibleAddress
from pubsubnodes.xml import name_of, namespace_of

if TYPE_CHECKING:
    from mix.core.channel import Channel

_VCARD: Final = "vcard-temp"
_VCARD4: Final = "urn:ietf:params:xml:ns:vcard-4.0"
_PUBSUB: Final = "http://jabber.org/protocol/pubsub"
_PERSONAL: Final = frozenset({_VCARD, _VCARD4, _PUBSUB})

_OF_ACCOUNTS: Final = frozenset(
    {
        "http://jabber.org/protocol/disco#info",
        "http://jabber.org/protocol/disco#items",
        "jabber:iq:last",
        "jabber:iq:version",
        "urn:xmpp:ping",
        "urn:xmpp:time",
    }
)
"""What an account's server answers to anybody who may ask."""

_INTERNAL: Final = (
    "http://jabber.org/protocol/muc#",
    "http://jabber.org/protocol/pubsub#owner",
    "jabber:iq:auth",
    "jabber:iq:gateway",
    "jabber:iq:privacy",
    "jabber:iq:private",
    "jabber:iq:register",
    "jabber:iq:roster",
    "msgoffline",
    "urn:ietf:params:xml:ns:xmpp-",
    "urn:xmpp:blocking",
    "urn:xmpp:carbons",
    "urn:xmpp:delegation:",
    "urn:xmpp:mam:",
    "urn:xmpp:mix:",
    "urn:xmpp:privilege:",
    "urn:xmpp:push:",
)
"""Beginnings of namespaces that are between a client and its own server, or between a server and us (MIX-REL-14)."""


class Concern(StrEnum):
    """What a request is about, which decides where it goes."""

    PERSON = "person"
    """vCard or PEP: the account's server answers, if the person lets it (XEP-0404 §3.1)."""
    ACCOUNT = "account"
    """Something that both an account's server and a client can answer."""
    CLIENT = "client"
    """Anything else, for a client to understand."""


def concern_of(request: Element, type: str) -> Concern:
    """What a request is about. Raises `NotAllowed` for what is never passed on."""
    namespace = namespace_of(request)
    if namespace in _PERSONAL and type == "get":
        return Concern.PERSON
    if namespace in _PERSONAL or namespace.startswith(_INTERNAL):
        raise NotAllowed()
    return Concern.ACCOUNT if namespace in _OF_ACCOUNTS else Concern.CLIENT


def without_address(payload: Payload, channel: Channel, whose: str, shown: VisibleAddress) -> Payload:
    """A question or answer in which somebody who hides goes by another address wherever their own stands.

    Nobody looks into a vCard but to take the address out (MIX-REL-07); elsewhere servers and clients write it where
    the protocol wants it, such as in the items of discovery and on published items.
    """
    someone = channel.participants.get(whose)
    if someone is None or channel.sight.shows(someone):
        return payload
    copies = [deepcopy(child) for child in payload.elements]
    for copy in copies:
        _hide(copy, someone.jid, shown.text)
    return Payload(copies)


def _hide(node: Element, hidden: RealJid, shown: str) -> None:
    """Write another address wherever somebody's own stands; a vCard, published as an item perhaps, only loses it."""
    if namespace_of(node) in (_VCARD, _VCARD4):
        _strip_card(node, hidden)
        return
    for name, value in node.items():
        node.set(name, _masked(value, hidden, shown))
    if node.text is not None:
        node.text = _masked(node.text, hidden, shown)
    for child in node:
        _hide(child, hidden, shown)


def _masked(text: str, hidden: RealJid, shown: str) -> str:
    if _is(text, hidden):
        return shown
    return f"xmpp:{shown}" if _is_uri(text, hidden) else text


def _strip_card(node: Element, hidden: RealJid) -> None:
    """Take out what says the address: as a JID, as a URI, or as an e-mail address, which often is the same."""
    for child in list(node):
        had = len(child)
        _strip_card(child, hidden)
        if name_of(child) == "JABBERID" or _is_uri(child.text or "", hidden) or (had and not len(child)):
            node.remove(child)


def _is_uri(text: str, hidden: RealJid) -> bool:
    return _is(text.strip().removeprefix("xmpp:").removeprefix("mailto:").partition("?")[0], hidden)


def _is(text: str, hidden: RealJid) -> bool:
    """Whether a text is somebody's address, with or without a resource."""
    text = text.strip()
    if "@" not in text or len(text) > 3071:
        return False
    try:
        return RealJid.parse(text).bare == hidden.bare
    except MalformedAddress:
        return False
