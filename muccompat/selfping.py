"""Am I still in? The room itself answers (XEP-0410 §3.3)."""

from typing import Final

from mix.core.commands import Look
from muccompat.questions import Question
from pubsubnodes.stanza import Inbound

PING_FEATURE: Final = "urn:xmpp:ping"
PING: Final = f"{{{PING_FEATURE}}}ping"


def parse(inbound: Inbound) -> Look:
    """A ping of an occupant, to their own nick or to the room."""
    return Look(actor=inbound.sender, subject=Question.DONE)
