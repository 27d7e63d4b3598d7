"""Requests between occupants, and the answers to them (XEP-0045 §17.4)."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from mix.core.channel import Channel, Participant
from mix.core.commands import AnswerRelayed, Command, RelayRequest
from mix.core.payload import Payload
from mix.core.relayable import concern_of, without_address
from mix.core.transient import RequestAnswered, RequestFailed, RequestRelayed
from muccompat.errors import ROWS
from muccompat.occupants import address_of
from pubsubnodes.addresses import VisibleAddress
from pubsubnodes.errors import relayed
from pubsubnodes.stanza import Delivery, Inbound, Replay, Stanza


def parse(inbound: Inbound, asked: Element, found: Participant) -> Command:
    """Ask an occupant something; one of their clients answers, or their server (MUC-IQ-07, MUC-AVA-14)."""
    return RelayRequest(
        actor=inbound.sender,
        to=found.id,
        concern=concern_of(asked, inbound.type),
        type=inbound.type,
        payload=Payload([asked]),
        client_id=inbound.id,
        lang=inbound.lang,
        written_to=VisibleAddress(inbound.target.text),
        from_room=True,
    )


def parse_answer(inbound: Inbound) -> Command:
    """The answer of somebody who was asked; one that nobody asked for comes to nothing (MUC-IQ-05)."""
    return AnswerRelayed(
        actor=inbound.sender, id=inbound.id or "", type=inbound.type, payload=Payload(relayed(inbound))
    )


def asked(event: RequestRelayed, channel: Channel) -> list[Delivery]:
    """The request as it comes to an occupant, from the asker's `room/nick`."""
    if not event.to_room:
        return []
    pending = event.pending
    sender = address_of(channel, channel.participants[pending.asker])
    request = without_address(event.payload, channel, pending.asker, sender)
    return [Replay([Stanza("iq", sender, event.type, pending.id, [request], event.lang)], pending.asked)]


def answered(event: RequestAnswered, channel: Channel) -> list[Delivery]:
    """The answer, to the very client that asked, under its id and from the address it wrote to (MUC-IQ-03)."""
    pending = event.pending
    if not pending.asked_in_room:
        return []
    said = without_address(event.payload, channel, pending.target, pending.written_to)
    return [Replay([Stanza("iq", pending.written_to, event.type, pending.client_id, [said])], pending.client)]


def failed(event: RequestFailed) -> list[Delivery]:
    """That there will be no answer."""
    pending = event.pending
    if not pending.asked_in_room:
        return []
    error = ROWS[type(event.why)].element()
    return [Replay([Stanza("iq", pending.written_to, "error", pending.client_id, [error])], pending.client)]
