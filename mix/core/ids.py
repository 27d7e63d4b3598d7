"""Identifiers: who somebody is in a channel, and the dice everything unguessable comes from."""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Protocol

from pubsubnodes.addresses import RealJid

ID_LENGTH = 26
"""Characters of a participant id: 130 bits of the digest."""
VERSION_LENGTH = 16
SALT_LENGTH = 8
"""Bytes of an archive id that are random; the rest is a place behind a mask made of them and the channel's key."""

_PLACE_LENGTH = 8
_FARTHEST = 1 << 40
"""No archive comes to hold as many: what says it is beyond has another origin."""


class Dice(Protocol):
    """Where randomness comes from. The shell has the real one, tests have one that repeats."""

    def channel_key(self) -> bytes:
        """32 bytes that make this channel's participant ids its own."""
        ...

    def salt(self) -> bytes:
        """`SALT_LENGTH` random bytes, which make each archive id another one."""
        ...

    def invitation_id(self) -> str:
        """A random name that only those know whom it is told (XEP-0407 §2)."""
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


def archive_id(key: bytes, position: int, salt: bytes) -> str:
    """The name of an archived message or item. To everybody else it is random: neither time nor number (XEP-0359 §6).

    The channel finds its place in it (`position_in`), and so needs no index of random names: that would be a page of
    the disk for each message.
    """
    return (salt + _masked(key, salt, position.to_bytes(_PLACE_LENGTH))).hex()


def position_in(key: bytes, id: str) -> int | None:
    """Where an id says that it is; None when it is none of this channel.

    Only the archive knows whether it is there: the mask hides places, and proves nothing.
    """
    try:
        found = bytes.fromhex(id)
    except ValueError:
        return None
    salt, masked = found[:SALT_LENGTH], found[SALT_LENGTH:]
    if len(masked) != _PLACE_LENGTH:
        return None
    position = int.from_bytes(_masked(key, salt, masked))
    return position if position < _FARTHEST else None


def _masked(key: bytes, salt: bytes, place: bytes) -> bytes:
    mask = hashlib.blake2b(salt, key=key, digest_size=_PLACE_LENGTH, person=b"mixd archive id").digest()
    return (int.from_bytes(mask) ^ int.from_bytes(place)).to_bytes(_PLACE_LENGTH)


def list_version(key: bytes, text: str) -> str:
    """The opaque name of a version of a channel's lists (XEP-0463 §5.1); that of another channel is another one."""
    return _written(hmac.digest(key, f"lists {text}".encode(), "sha256"))[:VERSION_LENGTH]


def _written(digest: bytes) -> str:
    return base64.b32encode(digest).decode("ascii").lower()
