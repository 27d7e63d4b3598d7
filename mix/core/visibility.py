"""THE place that decides who may see whose real JID in a channel (XEP-0404 §2.2-2.5, XEP-0045 §7.2.3-7.2.4)."""

from __future__ import annotations

from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, final

from pubsubnodes.addresses import RealJid, VisibleAddress

if TYPE_CHECKING:
    from mix.core.channel import Participant


class Mode(StrEnum):
    """A channel's rule about real JIDs (XEP-0404 §2.2)."""

    VISIBLE = "visible"
    MAYBE = "maybe"
    HIDDEN = "hidden"


class Preference(StrEnum):
    """A person's own wish about their JID (XEP-0404 §2.2 and §3.1)."""

    DEFAULT = "default"
    NEVER = "never"
    ALWAYS = "always"
    PREFER_HIDDEN = "prefer not"
    PREFER_VISIBLE = "prefer visible"


class Audience(StrEnum):
    """For whom something is rendered. `PUBLIC` is the default; the others are asked for by name."""

    PUBLIC = "public"
    """The channel's participants and the room's occupants."""
    INSIDERS = "insiders"
    """Those who may know: owners, administrators, moderators of the room."""
    SELF = "self"
    """The person it is about."""
    OUTSIDERS = "outsiders"
    """Readers of an open node who are no participants: JIDs are shown to participants only (XEP-0404 §2.2)."""


@final
class DisclosedJid(VisibleAddress):
    """A real JID that `Sight` released for one audience. Nothing else makes one."""

    __slots__ = ()


@cache
def is_disclosed(mode: Mode, preference: Preference, audience: Audience) -> bool:
    """Whether an audience may see a person's real JID: the truth table of XEP-0404 §2.2 and §3.1."""
    match audience, mode, preference:
        case ((Audience.SELF | Audience.INSIDERS), _, _):
            return True
        case Audience.OUTSIDERS, _, _:
            return False
        case _, _, Preference.NEVER:
            return False
        case _, Mode.VISIBLE, _:
            return True
        case _, Mode.MAYBE, (Preference.ALWAYS | Preference.PREFER_VISIBLE):
            return True
        case _:
            return False


def can_coexist(mode: Mode, preference: Preference) -> bool:
    """Whether a channel of this mode can have someone with this preference at all (XEP-0404 §3.1)."""
    return (mode, preference) not in {(Mode.VISIBLE, Preference.NEVER), (Mode.HIDDEN, Preference.ALWAYS)}


@final
class Sight:
    """Who may see whose real JID in a channel, now. The only maker of `DisclosedJid`s."""

    __slots__ = ("mode",)

    def __init__(self, mode: Mode) -> None:
        self.mode = mode

    @staticmethod
    @cache
    def of(mode: Mode) -> Sight:
        """How a channel of a mode sees."""
        return Sight(mode)

    def shows(self, of: Participant, audience: Audience = Audience.PUBLIC) -> bool:
        """Whether an audience sees this person's JID."""
        return is_disclosed(self.mode, of.preferences.visibility, audience)

    def real_jid(
        self, of: Participant, *, audience: Audience = Audience.PUBLIC, client: RealJid | None = None
    ) -> DisclosedJid | None:
        """A participant's bare JID, or the full JID of one of their clients, if the audience may see it."""
        if not self.shows(of, audience):
            return None
        return DisclosedJid((client if client is not None else of.jid).unseal())

    def archived_jid(
        self, sender: Participant | None, *, disclosed_then: bool, audience: Audience
    ) -> DisclosedJid | None:
        """The JID on an archived message: only in a visible channel, if it was shown then and is to this reader now.

        Someone who has left since shows none (XEP-0404 §2.3): hiding a channel hides its past too.
        """
        if sender is None or not disclosed_then or self.mode is not Mode.VISIBLE:
            return None
        return self.real_jid(sender, audience=audience)

    def mapped_jid(self, of: Participant) -> DisclosedJid:
        """A row of the jidmap. Ask only for those who may read that node (XEP-0404 §2.5)."""
        return DisclosedJid(of.jid.unseal())

    @staticmethod
    def listed_jid(entry: RealJid) -> DisclosedJid:
        """An entry of a list of people (owners, administrators, allowed, banned), for those who may read that list."""
        return DisclosedJid(entry.unseal())

    @staticmethod
    def own_jid(of: RealJid) -> DisclosedJid:
        """Somebody's own address, told to themselves, or to whom they chose to tell it by an invitation."""
        return DisclosedJid(of.unseal())
