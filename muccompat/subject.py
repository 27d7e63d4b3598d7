"""The room's subject: the last thing a newcomer hears (XEP-0045 §7.2.15, §8.1)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final
from xml.etree.ElementTree import Element

from mix.core.channel import Channel
from muccompat.stanzas import delay, occupant_id, occupant_jid, with_language
from pubsubnodes.mam import stamp
from pubsubnodes.stanza import Inbound, Stanza
from pubsubnodes.xml import CLIENT, element

_SUBJECT: Final = f"{{{CLIENT}}}subject"


def parse(inbound: Inbound) -> Iterable[Element]:
    """What a message says, in which a subject knows its language: it will be said again without the message."""
    if inbound.lang is None:
        return inbound.xml
    return [with_language(child, _SUBJECT, inbound.lang) for child in inbound.xml]


def current(channel: Channel) -> Stanza:
    """The subject in all its languages, from who set it; an empty one from the room when nobody ever did."""
    subject = channel.subject
    if subject is None:
        return Stanza("message", channel.room, "groupchat", children=[element(CLIENT, "subject")])
    return Stanza(
        "message",
        occupant_jid(channel.room, subject.nick, subject.sender),
        "groupchat",
        children=[
            *(child for child in subject.payload.elements if child.tag == _SUBJECT),
            occupant_id(subject.sender),
            delay(channel.room, stamp(subject.at)),
        ],
    )


def text(channel: Channel) -> str:
    """The subject as one text, for those who only look at the room."""
    found = channel.subject.payload.find(CLIENT, "subject") if channel.subject is not None else None
    return (found.text or "") if found is not None else ""
