"""Rooms have an address of their own: where domains are mirrored it is not the channel's (XEP-0408 §2)."""

from __future__ import annotations

import re

import pytest

from tests.architecture.test_imports import MODULES, part_of

_CHANNELS_OWN = re.compile(r"\bchannel\.jid\b(?!\.local)")


@pytest.mark.req("MIX-MUC-03")
@pytest.mark.parametrize("name", [name for name in MODULES if part_of(name) == "muccompat"])
def test_the_rooms_face_writes_the_rooms_address(name: str) -> None:
    """`channel.room`; the channel's own is looked at only beside it, to find what is forged."""
    lines = MODULES[name].read_text().splitlines()
    wrong = [line.strip() for line in lines if _CHANNELS_OWN.search(line) and "channel.room" not in line]
    assert not wrong, f"{name} takes the channel's address for the room's: {wrong}"
