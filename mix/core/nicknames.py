"""Nicknames: prepared for showing, compared case-folded, and kept from passing for something else (RFC 8266)."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import field
from functools import lru_cache

from precis_i18n import get_profile

from mix.core.ids import ID_LENGTH
from mix.core.refusals import NickMalformed, NickUnacceptable
from pubsubnodes.frozen import frozen
from pubsubnodes.preparation import MalformedAddress, prepared_resource

_SHOWN = get_profile("NicknameCasePreserved")
_COMPARED = get_profile("NicknameCaseMapped:CaseFold")
_LIKE_AN_ID = re.compile(rf"[a-z2-7]{{{ID_LENGTH}}}")
_INVISIBLE = frozenset("\u115f\u1160\u3164\uffa0\u2800\u00ad\u034f\u061c\u17b4\u17b5\u180e\ufeff")
PROTOCOL_LIMIT = 1023
"""Bytes a resource may have (RFC 7622 §3.4)."""


@frozen
class Nick:
    """A nick as it is shown, and the form in which two nicks are the same."""

    text: str
    key: str = field(repr=False)


@lru_cache(maxsize=16384)
def prepare(text: str, limit: int = 64) -> Nick:
    """Prepare a nick (RFC 8266 §2.3).

    Raises `NickMalformed` for what can be no nick at all (empty, invisible, control characters, beyond the
    protocol's limit) and `NickUnacceptable` for what this service does not want (longer than `limit`, or
    looking like a participant id).
    """
    if len(text.encode()) > PROTOCOL_LIMIT:
        raise NickMalformed()
    visible = "".join(c for c in text if c not in _INVISIBLE and unicodedata.category(c) != "Cf")
    try:
        visible = prepared_resource(visible)  # the room's people know each other by `room/nick`
        shown, compared = _SHOWN.enforce(visible), _COMPARED.enforce(visible)
    except (MalformedAddress, UnicodeError) as error:
        raise NickMalformed() from error
    if len(shown) > limit or _LIKE_AN_ID.fullmatch(compared):
        raise NickUnacceptable()
    return Nick(shown, compared)
