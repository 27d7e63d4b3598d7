"""Time that stands still until a test moves it, and dice that always fall the same way."""

from __future__ import annotations

import random
import uuid
from datetime import UTC, datetime, timedelta

from mix.core.ids import SALT_LENGTH


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = datetime(2026, 10, 31, 23, 0, 0, tzinfo=UTC)

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.now += timedelta(seconds=seconds)


class LoadedDice:
    """Dice that repeat: the same test sees the same ids every time."""

    def __init__(self, seed: int = 13) -> None:
        self._random = random.Random(seed)  # not for secrets: for tests

    def _uuid(self) -> str:
        return str(uuid.UUID(int=self._random.getrandbits(128), version=4))

    def channel_key(self) -> bytes:
        """32 bytes."""
        return self._random.randbytes(32)

    def salt(self) -> bytes:
        """What makes the name of a message."""
        return self._random.randbytes(SALT_LENGTH)

    def invitation_id(self) -> str:
        """A name for an invitation."""
        return self._uuid()

    def session_tag(self) -> str:
        """A name for a client."""
        return self._uuid()

    def request_id(self) -> str:
        """A name for a request."""
        return self._uuid()

    def channel_name(self) -> str:
        """A name for an ad hoc channel."""
        return self._uuid()

    def nick(self) -> str:
        """A nick for who has none."""
        return self._uuid()
