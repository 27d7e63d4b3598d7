"""MIX as a face: from a stanza to a wish, from an event to what is told, by the tables of `routes`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import final
from xml.etree.ElementTree import Element

from mix.core.addresses import split_local
from mix.core.channel import Channel
from mix.core.commands import Command, Ignore, Look
from mix.core.events import Event
from mix.core.ports import Face, Moment, Outcome, Rules
from mix.core.refusals import MalformedRequest, NoSuchChannel, NoSuchItem, Refusal, UnsupportedRequest
from mix.core.registry import OfService
from mix.core.rights import is_secret_from
from mix.face import (
    bounces,
    disco,
    errors,
    history,
    lifecycle,
    membership,
    messages,
    presence,
    registering,
    relay,
    routes,
)
from mix.face.stanzas import LEAVES, PING, VERSION
from pubsubnodes.addresses import RealJid
from pubsubnodes.disco import About
from pubsubnodes.stanza import Delivery, Inbound, Stanza
from pubsubnodes.xml import name_of


@final
class MixFace:
    """MIX (XEP-0369, 0403, 0404, 0406) spoken about the channels of a service."""

    def __init__(self, rules: Rules, siblings: Sequence[Face]) -> None:
        self._rules = rules
        self._siblings = siblings
        self._lifecycle = lifecycle.Lifecycle(rules.domain)

    @cached_property
    def _is_alone(self) -> bool:
        """Whether MIX is all there is at its domain, so that nobody else will answer what MIX has no word for."""
        return self._rules.room_domain is not None or all(face is self for face in self._siblings)

    def names_channel(self, inbound: Inbound) -> str | None:
        """The channel to be created or destroyed by a request to the service."""
        if not inbound.target.is_service or self._is_elsewhere(inbound):
            return None
        return self._lifecycle.names_channel(inbound)

    # -- parsing

    def parse(self, inbound: Inbound, channel: Channel | None) -> Command | None:
        """The wish in a stanza, if it is one for MIX."""
        if self._is_elsewhere(inbound):
            return None
        if inbound.target.is_service:
            return self._parse_to_service(inbound, channel)
        if channel is not None and is_secret_from(channel, inbound.sender):
            channel = None
        if inbound.kind == "iq":
            return self._parse_iq(inbound, channel) if inbound.is_request else relay.parse_answer(inbound)
        if inbound.type == "error":
            if channel is not None and inbound.id in channel.invitations and not inbound.target.resource:
                return None  # the room's, which sent the invitation that comes back
            return bounces.parse(inbound, alone=self._is_alone)
        if inbound.kind == "message":
            return messages.parse(inbound, channel, alone=self._is_alone)
        encoded, _ = split_local(inbound.target.local)
        if encoded is not None:
            return self._nothing(inbound)
        if inbound.target.resource:
            return Ignore(actor=inbound.sender) if self._is_alone else None
        return presence.parse(inbound, channel, alone=self._is_alone)

    def _parse_to_service(self, inbound: Inbound, channel: Channel | None) -> Command | None:
        if inbound.kind != "iq":
            return Ignore(actor=inbound.sender) if self._is_alone else None
        if not inbound.is_request:
            return None
        request = _payload_of(inbound)
        match request.tag, inbound.type:
            case (tag, "set") if tag in lifecycle.CREATES:
                return self._lifecycle.parse_create(inbound, request, channel)
            case (tag, "set") if tag in lifecycle.DESTROYS:
                return self._lifecycle.parse_destroy(inbound, request, channel)
            case (tag, _) if tag in lifecycle.CREATES | lifecycle.DESTROYS:
                raise MalformedRequest()
            case (registering.REQUEST, "set"):
                return registering.parse(inbound, request)
            case (disco.INFO_QUERY | disco.ITEMS_QUERY, _) if request.get("node"):
                raise NoSuchItem()
            case (disco.INFO_QUERY, "get"):
                return Look(actor=inbound.sender, subject=disco.LOOK_INFO)
            case (disco.ITEMS_QUERY, "get"):
                return disco.parse_service_items(inbound, request, self._rules)
            case (tag, "get") if tag == f"{{{PING}}}ping":
                return Look(actor=inbound.sender, subject=routes.LOOK_PING)
            case (tag, "get") if tag == f"{{{VERSION}}}query":
                return Look(actor=inbound.sender, subject=routes.LOOK_VERSION)
            case (tag, _) if tag in routes.REQUESTS or tag in LEAVES or tag in routes.PUBSUBS:
                raise NoSuchChannel()  # asked of a channel, but none is addressed (MIX-DEC-004)
        return self._others(UnsupportedRequest())

    def _parse_iq(self, inbound: Inbound, channel: Channel | None) -> Command | None:
        encoded, _ = split_local(inbound.target.local)
        if encoded is not None:
            return relay.parse(inbound, _payload_of(inbound), encoded, channel)
        if inbound.target.resource:
            return self._others(NoSuchItem())
        request = _payload_of(inbound)
        if request.tag in LEAVES and inbound.type == "set":
            return membership.parse_leave(inbound, request, channel)
        if request.tag in history.TAGS and channel is not None:
            if not self._is_alone and not history.is_for_mix(inbound, request, channel):
                return None
            return history.parse(inbound, request, channel, self._rules)
        route = routes.REQUESTS.get(request.tag)
        if route is None and request.tag in routes.PUBSUBS:
            return self._parse_pubsub(inbound, request, channel)
        if route is None:
            return self._others(NoSuchChannel() if channel is None else UnsupportedRequest())
        if channel is None:
            raise NoSuchChannel()
        if inbound.type not in route.types:
            raise MalformedRequest()
        return route.parse(inbound, request, channel) or self._others(_unanswered(request))

    def _parse_pubsub(self, inbound: Inbound, request: Element, channel: Channel | None) -> Command | None:
        if channel is None:
            raise NoSuchChannel()
        namespace = routes.PUBSUBS[request.tag]
        for verb in request:
            name = name_of(verb)
            if verb.tag != f"{{{namespace}}}{name}":
                continue
            route = routes.VERBS[namespace].get(name)
            if route is not None and inbound.type in route.types:
                return route.parse(inbound, verb, channel)
            if name in routes.NOT_OFFERED[namespace]:
                raise UnsupportedRequest(routes.NOT_OFFERED[namespace][name])
        raise MalformedRequest()

    def _nothing(self, inbound: Inbound) -> Command | None:
        """Let go what means nothing here; a wish to enter a room is for whoever has rooms to refuse."""
        return None if not self._is_alone and presence.is_for_room(inbound) else Ignore(actor=inbound.sender)

    def _others(self, refusal: Refusal) -> Command | None:
        """Leave a stanza to the other faces; where there are none, refuse it."""
        if self._is_alone:
            raise refusal
        return None

    # -- telling

    def render(self, event: Event, channel: Channel, cause: Inbound | None) -> Iterable[Delivery]:
        """What MIX clients are told of an event."""
        renderer = routes.RENDERERS.get(type(event))
        return renderer(event, channel, cause) if renderer is not None else ()

    def tell(self, event: OfService) -> Iterable[Delivery]:
        """Nothing: what happens to the service is not MIX's to tell."""
        return ()

    def reply(self, inbound: Inbound, channel: Channel | None, outcome: Outcome) -> Iterable[Stanza]:
        """The answer to whoever asked."""
        return [stanza for stanza in self._answers(inbound, channel, outcome) if stanza is not None]

    def _answers(self, inbound: Inbound, channel: Channel | None, outcome: Outcome) -> Iterable[Stanza | None]:
        command = outcome.command
        if not isinstance(command, Look):
            reply = routes.REPLIES.get(type(command))
            return reply(inbound, channel, outcome) if reply is not None else ()
        if command.subject == disco.LOOK_INFO:
            return disco.reply_info(inbound, channel, outcome, self._faces())
        return routes.LOOKS[command.subject](inbound, channel, outcome)

    def refuse(self, inbound: Inbound, refusal: Refusal, channel: Channel | None) -> Stanza | None:
        """The refusal in MIX's conditions."""
        return errors.refuse(inbound, refusal)

    def describe(self, channel: Channel | None, viewer: RealJid, lang: str | None, moment: Moment) -> About:
        """MIX's part of discovery."""
        return disco.describe(channel, viewer, lang, moment.rules)

    def _is_elsewhere(self, inbound: Inbound) -> bool:
        """Whether a stanza is for the domain where the channels are rooms and nothing else (XEP-0408 §2)."""
        return inbound.target.domain == self._rules.room_domain

    def _faces(self) -> Iterator[Face]:
        """The faces that describe a channel together: those at the same domain."""
        yield self
        if self._rules.room_domain is None:
            yield from (face for face in self._siblings if face is not self)


def _payload_of(inbound: Inbound) -> Element:
    """The one child every request has (RFC 6120 §8.2.3)."""
    request = inbound.payload
    if request is None:
        raise MalformedRequest()
    return request


def _unanswered(request: Element) -> Refusal:
    """What a channel that is no room says to discovery it has no word for (MIX-DEC-111)."""
    return NoSuchItem() if request.get("node") else MalformedRequest()
