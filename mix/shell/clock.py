"""The real clock and the real dice."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from typing import Final, final


@final
class SystemDice:
    """Randomness of the operating system."""

    def channel_key(self) -> bytes:
        """32 random bytes."""
        return secrets.token_bytes(32)

    def archive_id(self) -> str:
        """A UUIDv4: not v7, since a stanza-id must tell neither time nor order (XEP-0359 §6)."""
        return _uuid4()

    def session_tag(self) -> str:
        """A random tag, long enough that two never meet."""
        return secrets.token_hex(8)

    def request_id(self) -> str:
        """A random id, long enough that nobody guesses it."""
        return secrets.token_hex(12)

    def channel_name(self) -> str:
        """A name nobody guesses."""
        return secrets.token_hex(16)

    def nick(self) -> str:
        """A UUID, as XEP-0407 §3 has it for nicks the service gives."""
        return _uuid4()


def _uuid4() -> str:
    """The text of a UUIDv4 (RFC 9562 §5.4), straight from random bytes: a message waits for it."""
    text = secrets.token_hex(16)
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-{_VARIANT[text[16]]}{text[17:20]}-{text[20:]}"


_VARIANT: Final = {digit: "89ab"[int(digit, 16) % 4] for digit in "0123456789abcdef"}


def now() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)
