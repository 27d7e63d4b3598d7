"""Registering a nick with the service on the wire (XEP-0407 §3)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final
from xml.etree.ElementTree import Element

from mix.core.channel import Channel
from mix.core.commands import Command
from mix.core.ports import Outcome
from mix.core.registering import RegisterNick
from mix.face.stanzas import MISC
from pubsubnodes.errors import result
from pubsubnodes.stanza import Inbound, Stanza
from pubsubnodes.xml import element, text_of

SPEC: Final = "XEP-0407 v0.1.2"

REQUEST: Final = f"{{{MISC}}}register"
FEATURE: Final = f"{MISC}#nick-register"


def parse(inbound: Inbound, request: Element) -> Command:
    """Register the nick named, or whichever the service gives."""
    return RegisterNick(actor=inbound.sender, nick=text_of(request.find(f"{{{MISC}}}nick")) or None)


def reply(inbound: Inbound, channel: Channel | None, outcome: Outcome) -> Iterable[Stanza]:
    """The nick as it was registered."""
    nick = outcome.moment.registry.nick_of(inbound.sender.bare)
    assert nick is not None
    return [result(inbound, element(MISC, "register", element(MISC, "nick", text=nick.text)))]
