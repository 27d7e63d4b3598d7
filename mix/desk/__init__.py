"""The desk where those who look after the service are served: ad-hoc commands (XEP-0050, XEP-0133)."""

from __future__ import annotations

from mix.core.ports import Face, Rules
from mix.desk.face import Desk


def face(rules: Rules) -> Face:
    """Serve operators at the service's own address, before the other faces have a say."""
    return Desk(rules)
