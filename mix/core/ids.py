"""Identifiers: who somebody is in a channel, and the dice everything unguessable comes from."""

from __future__ import annotations

import base64
import hmac
from typing import Protocol

from pubsubnodes.addresses import RealJid

ID_LENGTH = 26
"""Characters of a participant id: 130 bits of the digest."""
VERSION_LENGTH = 16


class Dice(Protocol):
    """Where randomness comes from. The shell has the real one, tests have one that repeats."""

    def channel_key(self) -> bytes:
        """32 bytes that make this channel's participant ids its own."""
        ...

    def archive_id(self) -> str:
        """A random name for an archived message. It tells neither time nor number (XEP-0359 §6)."""
        ...

    def session_tag(self) -> str:
        """A random public stand-in for a client's resource (XEP-0404 §2.4)."""
        ...

    def request_id(self) -> str:
        """A random id for a request that is passed on: only the one who is asked can answer it (XEP-0403 §4.5)."""
        ...

    def channel_name(self) -> str:
        """An unguessable name for an ad hoc channel (XEP-0369 §7.3.3)."""
        ...

    def nick(self) -> str:
        """A nick for someone who has to have one and gave none (XEP-0407 §3)."""
        ...


def participant_id(key: bytes, jid: RealJid) -> str:
    """The stable participant id (XEP-0369 §4.6), which is also the occupant-id (XEP-0421 §4.1).

    Lower-case letters and digits, since it lives in localparts; keyed by the channel, since an unkeyed hash
    lets anybody test a guess.
    """
    return _written(jid.keyed_digest(key))[:ID_LENGTH]


def list_version(key: bytes, text: str) -> str:
    """The opaque name of a version of a channel's lists (XEP-0463 §5.1); that of another channel is another one."""
    return _written(hmac.digest(key, f"lists {text}".encode(), "sha256"))[:VERSION_LENGTH]


def _written(digest: bytes) -> str:
    return base64.b32encode(digest).decode("ascii").lower()
