"""Private messages between occupants (XEP-0045 §7.5)."""

from __future__ import annotations

from typing import Final

from mix.core.channel import Channel
from mix.core.commands import BouncePrivately, Command, SendPrivately
from mix.core.payload import Payload
from mix.core.refusals import MalformedRequest, NoSuchItem
from mix.core.transient import PrivateMessageBounced, PrivateMessagePosted
from muccompat.occupants import address_of, occupant_called
from muccompat.stanzas import USER, occupant_id
from pubsubnodes.addresses import Recipients, VisibleAddress
from pubsubnodes.errors import cleaned
from pubsubnodes.stanza import Delivery, Fanout, Inbound, Replay, Stanza
from pubsubnodes.xml import element

_TYPES: Final = frozenset({"", "chat", "normal"})


def parse(inbound: Inbound, channel: Channel) -> Command:
    """Say something to one occupant. The recipient would take a groupchat message for one to all (MUC-PM-05)."""
    if inbound.type not in _TYPES:
        raise MalformedRequest()
    found = occupant_called(channel, inbound.target.resource)
    if found is None:
        raise NoSuchItem()
    return SendPrivately(
        actor=inbound.sender,
        to=found.id,
        payload=Payload.from_user(inbound.xml, inbound.sender, channel.jid, channel.room),
        type=inbound.type,
        client_id=inbound.id,
        lang=inbound.lang,
        written_to=VisibleAddress(inbound.target.text),
        from_room=True,
    )


def parse_bounce(inbound: Inbound, channel: Channel) -> Command | None:
    """An error of an occupant to `room/nick`: passed on, never answered (MUC-PM-17, MUC-PM-18)."""
    found = occupant_called(channel, inbound.target.resource)
    if found is None:
        return None
    failure = Payload([cleaned(inbound.child("error"))])
    return BouncePrivately(actor=inbound.sender, to=found.id, failure=failure, client_id=inbound.id, lost=False)


def posted(event: PrivateMessagePosted, channel: Channel) -> list[Delivery]:
    """What was said, from `room/nick`, marked as coming through a room (XEP-0045 §7.5, XEP-0421 §4)."""
    if not event.to.in_room:
        return []
    whisper = event.whisper
    sender = address_of(channel, channel.participants[whisper.sender])
    marks = Payload([occupant_id(whisper.sender), element(USER, "x")])
    said = Stanza("message", sender, event.type or None, whisper.client_id, [event.payload, marks], event.lang)
    return [Fanout(said, Recipients(event.to.in_room))]


def bounced(event: PrivateMessageBounced) -> list[Delivery]:
    """That it did not arrive, from the `room/nick` it was written to."""
    whisper = event.whisper
    if not whisper.written_in_room:
        return []
    failed = Stanza("message", whisper.written_to, "error", whisper.client_id, [event.failure])
    return [Replay([failed], whisper.client)]
