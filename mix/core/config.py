"""A channel's configuration and information: what owners and administrators set (XEP-0406 §2.4, XEP-0045 §10)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from mix.core.languages import Translations, said_in
from mix.core.nodes import OPTIONAL, Node
from mix.core.visibility import Mode, Preference
from pubsubnodes.addresses import RealJid
from pubsubnodes.frozen import frozen


class Circle(StrEnum):
    """A group of people a right is given to; the narrower ones have every right of the wider (XEP-0406 §2.1)."""

    ANYONE = "anyone"
    ALLOWED = "allowed"
    PARTICIPANTS = "participants"
    ADMINS = "admins"
    OWNERS = "owners"
    NOBODY = "nobody"


class Whisperers(StrEnum):
    """Who may send private messages, where there are any (XEP-0045 §10.1.3)."""

    ANYONE = "anyone"
    SPEAKERS = "speakers"
    """Who has a voice."""
    MODERATORS = "moderators"


class Footing(StrEnum):
    """What somebody may do in a room during a visit, for settings that tell people apart by it (XEP-0045 §5.1)."""

    MODERATOR = "moderator"
    SPEAKER = "speaker"
    LISTENER = "listener"


EVERYBODY = frozenset(Footing)


@frozen
class Config:
    """Everything an owner sets. Frozen: a change is a new value (`dataclasses.replace`) in a `ConfigChanged`."""

    mode: Mode = Mode.HIDDEN
    nodes: frozenset[Node] = OPTIONAL - {Node.ALLOWED}
    """The optional nodes that exist; without `ALLOWED` everybody who is not banned is allowed."""
    messages_for: Circle = Circle.PARTICIPANTS
    presence_for: Circle = Circle.PARTICIPANTS
    participants_for: Circle = Circle.PARTICIPANTS
    info_for: Circle = Circle.PARTICIPANTS
    allowed_for: Circle = Circle.ADMINS
    banned_for: Circle = Circle.ADMINS
    config_for: Circle = Circle.OWNERS
    info_by: Circle = Circle.ADMINS
    avatar_by: Circle = Circle.ADMINS
    retraction_by: Circle = Circle.OWNERS
    end_of_life: datetime | None = None
    open_presence: bool = False
    presence_required: bool = False
    user_retraction: bool = False
    invitation_by_participants: bool = False
    private_messages: bool = True
    private_messages_by: Whisperers = Whisperers.ANYONE
    mandatory_nicks: bool = True
    # What only rooms have words for (XEP-0045 §10.1.3).
    listed: bool = True
    persistent: bool = True
    moderated: bool = False
    changing_subject: bool = False
    password: str = field(default="", repr=False)
    max_occupants: int | None = None
    history: int = 50
    past_shown: bool = True
    """Who is let in later may know what was said before (XEP-0313 §6.1.2)."""
    kept_days: int | None = None
    """How long what is said is kept; None: as long as the service keeps it."""
    lang: str = ""
    """The language people speak here (BCP 47)."""
    logged: bool = False
    """What is said is published elsewhere, so people are warned (XEP-0045 §14.3)."""
    presence_of: frozenset[Footing] = EVERYBODY
    """Whose presence the room shows to others."""
    members_listed_for: frozenset[Footing] | None = None
    """Who may list the members; None: everybody where JIDs are shown, else moderators."""
    nicks_locked: bool = False
    """Who has a nick kept goes by it, and by no other (XEP-0045 §7.10)."""
    ranks_protected: bool = False
    """Nobody takes back what somebody of a higher rank said."""
    pubsub: str = ""
    """An XMPP URI of a node that belongs to the room."""

    @property
    def members_shown_to(self) -> frozenset[Footing]:
        """Who may list the members of the room (XEP-0045 §9.5, §13.3)."""
        if self.members_listed_for is not None:
            return self.members_listed_for
        return EVERYBODY if self.mode is Mode.VISIBLE else frozenset({Footing.MODERATOR})

    @property
    def members_only(self) -> bool:
        """Whether only those on the allowed list get in: the allowed node exists (XEP-0406 §2.2)."""
        return Node.ALLOWED in self.nodes

    @property
    def is_open(self) -> bool:
        """Whether everybody gets in who is not banned, with nothing to know and nobody to ask."""
        return not (self.members_only or self.password)


@frozen
class Info:
    """What a channel says about itself (XEP-0369 §4.7.4)."""

    name: str = ""
    description: str = ""
    contact: tuple[RealJid, ...] = ()
    names: Translations = ()
    """The name in other languages; the plain one is for everybody else."""
    descriptions: Translations = ()

    def read_in(self, lang: str | None) -> Info:
        """The same in one language, as far as there is anything in it."""
        return replace(
            self,
            name=said_in(lang, self.name, self.names),
            description=said_in(lang, self.description, self.descriptions),
        )

    def changed(self, changes: Mapping[str, object]) -> Info:
        """The same with some fields changed. Another plain text alone replaces what it was translated to.

        Clients that know nothing of languages send back the plain text they have read: then the others stay.
        """
        fields: dict[str, Any] = dict(changes)
        for plain, translations in (("name", "names"), ("description", "descriptions")):
            if fields.get(plain, getattr(self, plain)) != getattr(self, plain):
                fields.setdefault(translations, ())
        return replace(self, **fields)


@frozen
class Lists:
    """The people with a rank of their own, by bare JID; allowed and banned may name domains (XEP-0406 §2.1-2.3)."""

    owners: frozenset[RealJid] = frozenset()
    admins: frozenset[RealJid] = frozenset()
    allowed: frozenset[RealJid] = frozenset()
    banned: frozenset[RealJid] = frozenset()


class Sharing(StrEnum):
    """Whether a person lets the channel show their presence (XEP-0404 §3.1)."""

    SHARE = "share"
    NOT_SHARE = "not share"


class Contact(StrEnum):
    """Whether a person lets others reach them through the channel (XEP-0404 §3.1)."""

    ALLOW = "allow"
    BLOCK = "block"


@frozen
class Preferences:
    """A participant's own wishes; the defaults are the specification's (XEP-0404 §3.1)."""

    visibility: Preference = Preference.DEFAULT
    private_messages: Contact = Contact.ALLOW
    vcard: Contact = Contact.BLOCK
    presence: Sharing = Sharing.SHARE
