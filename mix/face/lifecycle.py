"""Creating and destroying channels at the service's own address (XEP-0369 §7.3)."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from weakref import WeakKeyDictionary
from xml.etree.ElementTree import Element

from slixmpp import JID
from slixmpp.jid import InvalidJID

from mix.core.channel import Channel
from mix.core.commands import Command, CreateChannel, DestroyChannel
from mix.core.ports import Outcome
from mix.core.refusals import MalformedAddressee, MalformedRequest, NameUnacceptable, NoSuchChannel, Refusal
from mix.core.rights import is_secret_from
from mix.face import configform, infoform
from mix.face.stanzas import ADMIN, CORE, CORES
from pubsubnodes.addresses import RealJid
from pubsubnodes.errors import result
from pubsubnodes.forms import FORM
from pubsubnodes.stanza import Inbound, Stanza
from pubsubnodes.xml import element, namespace_of

CREATES = frozenset(f"{{{namespace}}}create" for namespace in CORES)
DESTROYS = frozenset(f"{{{namespace}}}destroy" for namespace in CORES)


class Lifecycle:
    """Parses requests that name a channel, or that want the service to invent a name for one."""

    def __init__(self, domain: str) -> None:
        self._domain = domain
        self._invented: WeakKeyDictionary[Element, str] = WeakKeyDictionary()
        """The names of ad hoc channels, from when a mailbox is chosen for a request until it is parsed."""

    def names_channel(self, inbound: Inbound) -> str | None:
        """The channel a request to the service is about. For an ad hoc channel that is a name made up just now."""
        request = inbound.payload
        if request is None or inbound.type != "set" or request.tag not in CREATES | DESTROYS:
            return None
        try:
            return self._name(request)
        except Refusal:
            return None  # to be said in `parse`

    def parse_create(self, inbound: Inbound, request: Element, channel: Channel | None) -> Command:
        """Create a channel by name, or an ad hoc one without; forms say what is to be unusual (XEP-0369 §7.3.3)."""
        if not inbound.target.is_service:
            raise MalformedRequest()
        config: dict[str, object] = {}
        info: dict[str, object] = {}
        lists: dict[str, frozenset[RealJid]] = {}
        for form in request.findall(FORM):
            some, people = configform.read(form)
            config |= some
            lists |= people
            info |= infoform.read(form, frozenset({ADMIN, CORE}))
        return CreateChannel(
            actor=inbound.sender,
            name=self._name(request),
            adhoc=not request.get("channel"),
            config=config,
            info=info,
            lists=lists,
        )

    def parse_destroy(self, inbound: Inbound, request: Element, channel: Channel | None) -> Command:
        """Destroy a channel by name (XEP-0369 §7.3.4)."""
        if not inbound.target.is_service:
            raise MalformedRequest()
        self._name(request)
        if channel is None or is_secret_from(channel, inbound.sender):
            raise NoSuchChannel()
        return DestroyChannel(actor=inbound.sender)

    def _name(self, request: Element) -> str:
        asked = request.get("channel")
        if asked:
            return self._prepared(asked)
        if request.tag in DESTROYS:
            raise MalformedRequest()
        return self._invented.setdefault(request, secrets.token_hex(16))

    def _prepared(self, name: str) -> str:
        """A localpart in its prepared form, which the creator is told and everybody uses (MIX-DEC-119)."""
        try:
            jid = JID(f"{name}@{self._domain}")
        except InvalidJID as error:
            raise MalformedAddressee() from error
        if jid.resource or jid.domain != self._domain or not jid.user:
            raise MalformedAddressee()
        if "#" in name or "#" in jid.user or "\\23" in name:
            raise NameUnacceptable()  # it would pass for an encoded participant (XEP-0369 §4.6)
        return str(jid.user)


def reply_created(inbound: Inbound, channel: Channel | None, outcome: Outcome) -> Iterable[Stanza]:
    """The name the channel has now, in the namespace of the request."""
    command, request = outcome.command, inbound.payload
    assert isinstance(command, CreateChannel)
    assert request is not None
    return [result(inbound, element(namespace_of(request), "create", channel=command.name))]


def reply_destroyed(inbound: Inbound, channel: Channel | None, outcome: Outcome) -> Iterable[Stanza]:
    """An empty result (MIX-DEC-076)."""
    return [result(inbound)]
