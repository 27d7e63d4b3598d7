"""Preparing addresses (RFC 6122): as strictly as slixmpp, but for characters that are newer than its tables.

Hosts let people have resources and nicks with any character of today's Unicode, 😀 for one; the tables of stringprep
end in 2002, and slixmpp refuses what is not in them. RFC 3454 §7 lets unassigned characters pass where, as here,
nothing is stored under a name that others check.
"""

from __future__ import annotations

import stringprep
from typing import Final
from unicodedata import ucd_3_2_0

from slixmpp import JID
from slixmpp.jid import InvalidJID

LONGEST: Final = 1023
"""Bytes of a part of an address (RFC 7622 §3.4)."""

_PROHIBITED: Final = (
    stringprep.in_table_c12,
    stringprep.in_table_c21_c22,
    stringprep.in_table_c3,
    stringprep.in_table_c4,
    stringprep.in_table_c5,
    stringprep.in_table_c6,
    stringprep.in_table_c7,
    stringprep.in_table_c8,
    stringprep.in_table_c9,
)
"""What no resource has (RFC 6122 §B.5)."""


class MalformedAddress(ValueError):
    """A text that is no JID (RFC 7622)."""


def prepared(text: str) -> tuple[str, str, str]:
    """Local part, domain and resource, prepared. Raises `MalformedAddress`."""
    try:
        jid = JID(text)
        local, domain, resource = jid.local, jid.domain, jid.resource
    except InvalidJID as error:
        bare, _, written = text.partition("/")
        if written.isascii():
            raise MalformedAddress() from error
        local, domain, _ = prepared(bare)
        resource = prepared_resource(written)
    if not domain:
        raise MalformedAddress()
    return local, domain, resource


def prepared_resource(text: str) -> str:
    """A resource in its prepared form. Raises `MalformedAddress`."""
    shown = ucd_3_2_0.normalize("NFKC", "".join(c for c in text if not stringprep.in_table_b1(c)))
    if any(prohibits(c) for c in shown for prohibits in _PROHIBITED) or not 0 < len(shown.encode()) <= LONGEST:
        raise MalformedAddress()
    if any(map(stringprep.in_table_d1, shown)):  # right to left (RFC 3454 §6)
        ends = stringprep.in_table_d1(shown[0]) and stringprep.in_table_d1(shown[-1])
        if not ends or any(map(stringprep.in_table_d2, shown)):
            raise MalformedAddress()
    return shown
