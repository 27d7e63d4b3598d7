"""What a new channel is like before its owner has said anything (XEP-0369 §7.3.2-7.3.3, XEP-0045 §10.1.2)."""

from __future__ import annotations

from dataclasses import replace

from mix.core.config import Circle, Config
from mix.core.nodes import OPTIONAL, Node
from mix.core.ports import Rules
from mix.core.visibility import Mode


def of_channel(rules: Rules) -> Config:
    """A channel made by name: as the specification has it, and as the operator wants it."""
    config = Config(mode=rules.default_mode, history=rules.history)
    return _private(config) if rules.private else config


def of_adhoc(rules: Rules) -> Config:
    """A channel without a name of its own, for those who are let in; what was said before they were is theirs too."""
    return replace(of_channel(rules), nodes=OPTIONAL, listed=False, past_shown=True)  # it may be a seed (XEP-0407 §7)


def of_room(rules: Rules) -> Config:
    """A room made by entering it: one for now, unless the operator wants private ones."""
    return replace(_as_rooms_are(of_channel(rules)), persistent=rules.private)


def of_group(rules: Rules) -> Config:
    """A room that goes on from a chat of two, who know each other's addresses (XEP-0045 §7.9)."""
    return replace(_as_rooms_are(_private(of_channel(rules))), mode=Mode.VISIBLE)


def _private(config: Config) -> Config:
    """For those its owner lets in, from when they are let in; nobody else hears of it."""
    return replace(config, nodes=config.nodes | {Node.ALLOWED}, listed=False, past_shown=False)


def _as_rooms_are(config: Config) -> Config:
    """In rooms people take back what they said, and moderators what others did (XEP-0424, XEP-0425)."""
    return replace(config, user_retraction=True, retraction_by=Circle.ADMINS)
