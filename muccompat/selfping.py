"""Am I still in? The room itself answers (XEP-0410 §3.3)."""

from typing import Final

from mix.core.channel import Channel
from mix.core.commands import Look
from mix.core.refusals import NoSuchItem, UnsupportedRequest
from muccompat.occupants import occupant_called
from muccompat.questions import Question
from pubsubnodes.stanza import Inbound

PING_FEATURE: Final = "urn:xmpp:ping"
PING: Final = f"{{{PING_FEATURE}}}ping"


def parse(inbound: Inbound, channel: Channel) -> Look:
    """A ping of an occupant, to their own nick or to the room."""
    if inbound.target.resource:
        pinged = occupant_called(channel, inbound.target.resource)
        if pinged is None:
            raise NoSuchItem()
        if pinged is not channel.participant_of(inbound.sender.bare):
            raise UnsupportedRequest()
    return Look(actor=inbound.sender, subject=Question.DONE)
