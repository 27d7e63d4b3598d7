"""MIX on the wire: XEP-0369 with presence (0403), anonymity (0404) and administration (0406)."""

from __future__ import annotations

from collections.abc import Sequence

from mix.core.ports import Face, Rules
from mix.face.router import MixFace


def face(rules: Rules, siblings: Sequence[Face]) -> Face:
    """Speak MIX about the channels of a service, together with the other faces there are."""
    return MixFace(rules, siblings)
