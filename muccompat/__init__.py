"""MIX channels as MUC rooms (XEP-0045): a second, complete way to speak about the same channels (XEP-0408)."""

from __future__ import annotations

from collections.abc import Sequence

from mix.core.ports import Face, Rules
from muccompat.face import Room

__all__ = ["face"]


def face(rules: Rules, siblings: Sequence[Face]) -> Face:
    """The face the wiring asks for; `siblings` will hold all faces, for discovery to tell of them together."""
    return Room(rules, siblings)
