"""Something is to be said to one person, or asked."""

from __future__ import annotations

from mix.core.commands.command import Command
from mix.core.payload import Payload
from mix.core.relayable import Concern
from pubsubnodes.addresses import VisibleAddress
from pubsubnodes.frozen import frozen_by_name


@frozen_by_name
class SendPrivately(Command):
    """Say something to one person (XEP-0404 §3.2, XEP-0045 §7.5)."""

    to: str
    """Participant id."""
    tag: str | None = None
    """What stands for one of their clients."""
    payload: Payload
    type: str
    """`chat`, `normal` or nothing, as it came."""
    client_id: str | None
    lang: str | None
    written_to: VisibleAddress
    """The address as it was written, from which an error has to come."""
    from_room: bool
    """Whether that was an address of the room."""


@frozen_by_name
class BouncePrivately(Command):
    """Say that a private message did not arrive. `actor` is whoever it was for, or their server."""

    to: str
    """Participant id of whoever wrote it."""
    failure: Payload
    """The error's type and condition."""
    client_id: str | None
    lost: bool
    """The error says that the client is gone."""


@frozen_by_name
class RelayRequest(Command):
    """Ask somebody something through the channel (XEP-0403 §4.5, XEP-0045 §17.4)."""

    to: str
    """Participant id."""
    tag: str | None = None
    """What stands for one of their clients."""
    concern: Concern
    type: str
    """`get` or `set`."""
    payload: Payload
    client_id: str | None
    lang: str | None
    written_to: VisibleAddress
    """The address as it was written, from which the answer has to come."""
    from_room: bool
    """Whether that was an address of the room."""


@frozen_by_name
class AnswerRelayed(Command):
    """Answer what somebody has asked through the channel."""

    id: str
    type: str
    """`result` or `error`."""
    payload: Payload
    """Of an error, its type and condition alone."""
