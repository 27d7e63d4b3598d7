"""The proofreader: holds every stanza that says something about a room against the form it has to have.

What is written here is taken from XEP-0045 §15.6 and §17.4 once more, and not asked of the code under test.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from xml.etree.ElementTree import Element

USER: Final = "{http://jabber.org/protocol/muc#user}"
OCCUPANT_ID: Final = "{urn:xmpp:occupant-id:0}occupant-id"
KNOWN: Final = frozenset({100, 104, 110, 170, 171, 172, 173, 201, 210, 301, 303, 307, 321, 322, 332, 333})
"""Without 101, 102 and 103: who is not in the room hears of a rank by an invitation, and is not shown to who is."""


def mistakes(stanza: Element, reader: str | None) -> Iterator[str]:
    """What is wrong with a stanza; `reader` is the occupant-id of whoever got it, if they have one."""
    said = stanza.findall(f"{USER}x")
    if not said or stanza.get("type") == "error":
        return
    if len(said) > 1:
        yield "two of them"
    names = [child.tag.removeprefix(USER) for child in said[0]]
    if "item" in names and "status" in names[: names.index("item")]:
        yield "a status before the item"
    codes = [int(one.get("code", "0")) for one in said[0].findall(f"{USER}status")]
    if codes != sorted(set(codes)):
        yield "codes not ascending, or the same twice"
    if not KNOWN.issuperset(codes):
        yield "an unknown code"
    if stanza.tag.endswith("presence"):
        if names.count("item") > 1:
            yield "two items"
        yield from _about_self(stanza, codes, reader)


def _about_self(presence: Element, codes: list[int], reader: str | None) -> Iterator[str]:
    subject = presence.find(OCCUPANT_ID)
    if subject is not None and reader is not None and (subject.get("id") == reader) is not (110 in codes):
        yield "110 is in one's own presence, and in nobody else's"
