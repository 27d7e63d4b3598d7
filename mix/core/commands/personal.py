"""What people wish for themselves: nicks, preferences, a kept nick, a voice."""

from __future__ import annotations

from collections.abc import Mapping

from mix.core.commands.command import Command
from mix.core.payload import Payload
from pubsubnodes.frozen import frozen_by_name


@frozen_by_name
class SetNick(Command):
    """Take another nick; None asks for one to be given (XEP-0369 §7.1.4, XEP-0045 §7.6)."""

    nick: str | None
    presence: Payload | None = None
    """What the client shows with it, when the wish came as presence."""
    priority: int = 0


@frozen_by_name
class SetPreferences(Command):
    """Change the named preferences and keep the others (XEP-0404 §3.1)."""

    changes: Mapping[str, object]
    """Field of `Preferences` to its new value."""


@frozen_by_name
class Register(Command):
    """Become a member by one's own wish, with a nick kept for oneself (XEP-0045 §7.10)."""

    nick: str


@frozen_by_name
class Unregister(Command):
    """Give up membership and the nick that was kept (XEP-0077 §3.2)."""


@frozen_by_name
class AskForVoice(Command):
    """Ask those who keep order for the right to speak (XEP-0045 §7.13)."""
