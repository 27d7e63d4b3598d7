"""What happened on the way in: invitations, nicks kept for people, requests for voice (XEP-0045 §7.8-7.13)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from mix.core.channel import Channel, Invitation
from mix.core.commands import Invitee
from mix.core.events import Event
from mix.core.nicknames import Nick
from mix.core.transient import Transient
from pubsubnodes.addresses import RealJid
from pubsubnodes.frozen import frozen

APPLICANTS: Final = 100
"""People remembered who have asked to become members, so that they do not ask all the time."""


@frozen
class NickReserved(Event):
    """A nick is kept for somebody, whether they are in or not, or no longer (XEP-0045 §7.10)."""

    jid: RealJid
    old: Nick | None
    new: Nick | None

    def apply(self, channel: Channel) -> None:
        channel.keep_nick(self.jid, self.new)


@frozen
class Invited(Event):
    """The channel invited somebody in a person's name (XEP-0045 §7.8.2), or because a person let them in (§9.5)."""

    invitation: Invitation
    invitee: Invitee
    in_own_name: bool = True
    """Whether the inviter wanted to be known to the invitee."""

    def apply(self, channel: Channel) -> None:
        channel.invitations[self.invitation.id] = self.invitation


@frozen
class InvitationIssued(Event):
    """There is an invitation of which the channel tells nobody: it is the inviter's to pass on (XEP-0407 §6)."""

    invitation: Invitation

    def apply(self, channel: Channel) -> None:
        channel.invitations[self.invitation.id] = self.invitation


@frozen
class InvitationDeclined(Transient):
    """Somebody does not come, and says so to whoever invited them (XEP-0045 §7.8.2)."""

    invitation: Invitation
    text: str = ""
    lang: str | None = None

    def apply(self, channel: Channel) -> None:
        """Nothing: what is declined may be declined again, to another client of the same inviter."""


@frozen
class InvitationEnded(Event):
    """An invitation is not waited for any more: it is old, or it was returned."""

    invitation: Invitation
    returned: bool = False

    def apply(self, channel: Channel) -> None:
        channel.invitations.pop(self.invitation.id, None)


AGAIN: Final = timedelta(minutes=1)
"""Between two requests for voice of one person."""


@frozen
class RegistrationAsked(Transient):
    """Somebody asks to become a member, which an administrator has to approve (XEP-0045 §9.9)."""

    jid: RealJid
    nick: Nick
    at: datetime

    def apply(self, channel: Channel) -> None:
        channel.applied.pop(self.jid, None)
        channel.applied[self.jid] = self.at
        while len(channel.applied) > APPLICANTS:
            del channel.applied[next(iter(channel.applied))]


@frozen
class VoiceRequested(Transient):
    """Somebody asks to be allowed to speak (XEP-0045 §7.13)."""

    id: str
    at: datetime

    def apply(self, channel: Channel) -> None:
        channel.pleas.pop(self.id, None)
        channel.pleas[self.id] = self.at
        while self.at - next(iter(channel.pleas.values())) > AGAIN:
            del channel.pleas[next(iter(channel.pleas))]
