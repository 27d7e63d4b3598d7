"""People are to be invited, and decline."""

from __future__ import annotations

from collections.abc import Sequence

from mix.core.commands.command import Command
from pubsubnodes.addresses import RealJid
from pubsubnodes.frozen import frozen_by_name


@frozen_by_name
class Invitee:
    """Somebody to be invited, and what they are told."""

    jid: RealJid
    text: str = ""
    lang: str | None = None
    thread: str | None = None
    """A conversation between two that goes on here, when it is one; its thread may be empty (XEP-0045 §7.9)."""


@frozen_by_name
class Invite(Command):
    """Have the channel invite people in one's name (XEP-0045 §7.8.2)."""

    people: Sequence[Invitee]
    client_id: str | None = None


@frozen_by_name
class DeclineInvitation(Command):
    """Tell who invited one that one does not come (XEP-0045 §7.8.2)."""

    inviter: RealJid | None
    nick: str = ""
    """The inviter as others see them, when no address was given; the empty one means whoever it was."""
    text: str = ""
    lang: str | None = None


@frozen_by_name
class ReturnInvitation(Command):
    """An invitation came back: it could not be delivered (XEP-0045 §7.8.2)."""

    id: str
