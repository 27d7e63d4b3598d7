"""The real clock and the real dice."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from typing import final
from uuid import uuid4

from mix.core.ids import SALT_LENGTH


@final
class SystemDice:
    """Randomness of the operating system."""

    def channel_key(self) -> bytes:
        """32 random bytes."""
        return secrets.token_bytes(32)

    def salt(self) -> bytes:
        """Random bytes."""
        return secrets.token_bytes(SALT_LENGTH)

    def invitation_id(self) -> str:
        """A UUIDv4."""
        return str(uuid4())

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
        return str(uuid4())


def now() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)
