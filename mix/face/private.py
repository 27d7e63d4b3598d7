"""Private messages by encoded addresses (XEP-0404 §3.2)."""

from __future__ import annotations

from collections.abc import Iterable

from mix.core.addresses import ProxyJid
from mix.core.channel import Channel
from mix.core.commands import BouncePrivately, Command, SendPrivately
from mix.core.payload import Payload
from mix.core.refusals import MalformedRequest, NoSuchChannel
from mix.core.transient import PrivateMessageBounced, PrivateMessagePosted
from pubsubnodes.addresses import Recipients, VisibleAddress
from pubsubnodes.errors import cleaned
from pubsubnodes.stanza import Delivery, Fanout, Inbound, Replay, Stanza

_TYPES = frozenset({"", "chat", "normal"})


def parse(inbound: Inbound, encoded: str, channel: Channel | None) -> Command:
    """Say something to a participant, or to one of their clients (MIX-DEC-093)."""
    if channel is None:
        raise NoSuchChannel()
    if inbound.type not in _TYPES:
        raise MalformedRequest()
    return SendPrivately(
        actor=inbound.sender,
        to=encoded,
        tag=inbound.target.resource or None,
        payload=Payload.from_user(inbound.xml, inbound.sender, channel.jid, channel.room),
        type=inbound.type,
        client_id=inbound.id,
        lang=inbound.lang,
        written_to=VisibleAddress(inbound.target.text),
        from_room=False,
    )


def parse_bounce(inbound: Inbound, encoded: str, *, lost: bool) -> Command:
    """A private message comes back; whoever wrote it learns that, and nothing of where it went (MIX-PMS-12)."""
    return BouncePrivately(
        actor=inbound.sender,
        to=encoded,
        failure=Payload([cleaned(inbound.child("error"))]),
        client_id=inbound.id,
        lost=lost,
    )


def render(event: PrivateMessagePosted, channel: Channel, cause: Inbound | None) -> Iterable[Delivery]:
    """What was said, from the encoded address of whoever said it: an answer to that finds the way back."""
    if event.to.outside:
        whisper = event.whisper
        sender = ProxyJid(whisper.sender, channel.jid, event.tag)
        said = Stanza("message", sender, event.type or None, whisper.client_id, [event.payload], event.lang)
        yield Fanout(said, Recipients(event.to.outside))


def render_bounced(event: PrivateMessageBounced, channel: Channel, cause: Inbound | None) -> Iterable[Delivery]:
    """That it did not arrive, from the address that it was written to."""
    whisper = event.whisper
    if not whisper.written_in_room:
        yield Replay(
            [Stanza("message", whisper.written_to, "error", whisper.client_id, [event.failure])], whisper.client
        )
