"""Channels are to begin and end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from mix.core.commands.command import Command
from mix.core.config import Config
from pubsubnodes.addresses import RealJid
from pubsubnodes.frozen import frozen_by_name


@frozen_by_name
class CreateChannel(Command):
    """Create a channel of the addressed name; an ad hoc one when `adhoc` (XEP-0369 §7.3.2-7.3.3)."""

    name: str
    adhoc: bool = False
    profile: Config | None = None
    """What it is like to begin with, where that is not what other channels are like."""
    config: Mapping[str, object] = field(default_factory=dict)
    """What is to be other than the defaults, as in `Configure`."""
    info: Mapping[str, object] = field(default_factory=dict)
    lists: Mapping[str, frozenset[RealJid]] = field(default_factory=dict)


@frozen_by_name
class DestroyChannel(Command):
    """End a channel (XEP-0369 §7.3.4, XEP-0045 §10.9)."""

    reason: str = ""
    alternate: str = ""
