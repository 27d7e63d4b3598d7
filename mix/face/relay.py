"""Requests to participants by encoded addresses, and the answers to them (XEP-0403 §4.5-4.6)."""

from __future__ import annotations

from collections.abc import Iterable
from xml.etree.ElementTree import Element

from mix.core.addresses import ProxyJid, split_local
from mix.core.channel import Channel
from mix.core.commands import AnswerRelayed, Command, RelayRequest
from mix.core.payload import Payload
from mix.core.refusals import NoSuchChannel
from mix.core.relayable import concern_of, without_address
from mix.core.transient import RequestAnswered, RequestFailed, RequestRelayed
from mix.face.errors import row
from pubsubnodes.addresses import VisibleAddress
from pubsubnodes.errors import relayed
from pubsubnodes.stanza import Delivery, Inbound, Replay, Stanza


def parse(inbound: Inbound, request: Element, encoded: str, channel: Channel | None) -> Command:
    """Ask a participant, or one of their clients, something."""
    if channel is None:
        raise NoSuchChannel()
    return RelayRequest(
        actor=inbound.sender,
        to=encoded,
        tag=inbound.target.resource or None,
        concern=concern_of(request, inbound.type),
        type=inbound.type,
        payload=Payload([request]),
        client_id=inbound.id,
        lang=inbound.lang,
        written_to=VisibleAddress(inbound.target.text),
        from_room=False,
    )


def parse_answer(inbound: Inbound) -> Command | None:
    """The answer of somebody who was asked."""
    if split_local(inbound.target.local)[0] is None:
        return None
    return AnswerRelayed(
        actor=inbound.sender, id=inbound.id or "", type=inbound.type, payload=Payload(relayed(inbound))
    )


def render_relayed(event: RequestRelayed, channel: Channel, cause: Inbound | None) -> Iterable[Delivery]:
    """The request as it comes to whoever is asked in MIX's words, from the asker's encoded address (MIX-REL-02)."""
    if not event.to_room:
        pending = event.pending
        sender = ProxyJid(pending.asker, channel.jid, event.tag)
        asked = without_address(event.payload, channel, pending.asker, sender)
        yield Replay([Stanza("iq", sender, event.type, pending.id, [asked], event.lang)], pending.asked)


def render_answered(event: RequestAnswered, channel: Channel, cause: Inbound | None) -> Iterable[Delivery]:
    """The answer, from the address that was written to and under the id it was asked with (MIX-REL-03)."""
    pending = event.pending
    if not pending.asked_in_room:
        said = without_address(event.payload, channel, pending.target, pending.written_to)
        yield Replay([Stanza("iq", pending.written_to, event.type, pending.client_id, [said])], pending.client)


def render_failed(event: RequestFailed, channel: Channel, cause: Inbound | None) -> Iterable[Delivery]:
    """That there will be no answer."""
    pending = event.pending
    if not pending.asked_in_room:
        error = row(event.why).element()
        yield Replay([Stanza("iq", pending.written_to, "error", pending.client_id, [error])], pending.client)
