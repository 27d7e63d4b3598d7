"""A channel is to be configured, and people ranked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mix.core.commands.command import Command
from mix.core.config import Config, Info, Lists
from mix.core.rights import Grant, Standing
from pubsubnodes.addresses import RealJid
from pubsubnodes.frozen import frozen_by_name


@frozen_by_name
class Configure(Command):
    """Change the given fields of configuration, information and lists, all or nothing (XEP-0406 §3, XEP-0045 §10.2)."""

    config: Mapping[str, object]
    """Field of `Config` to its new value."""
    info: Mapping[str, object]
    """Field of `Info` to its new value."""
    lists: Mapping[str, frozenset[RealJid]]
    """Field of `Lists` to its new value."""
    as_owner: bool = True
    """Configuration is the owners' (XEP-0406 §2.4); information has its own circle."""

    @staticmethod
    def fields() -> frozenset[str]:
        """All names there are, for those who parse forms."""
        return frozenset((*Config.__dataclass_fields__, *Info.__dataclass_fields__, *Lists.__dataclass_fields__))


@frozen_by_name
class NewStanding:
    """Somebody is to have another place in the lists (XEP-0045 §9-10)."""

    standing: Standing
    jid: RealJid | None = None
    nick: str | None = None
    """With a JID the nick to keep for them, the empty one to keep none; without, whoever is present under it."""
    text: str = ""


@frozen_by_name
class NewGrant:
    """Somebody present is to have another footing for this visit, or to be put out (XEP-0045 §8, §9.6-9.7)."""

    nick: str
    grant: Grant | None
    """None puts them out."""
    jid: RealJid | None = None
    """Whom the nick is taken for, when that was said too."""
    text: str = ""


@frozen_by_name
class SetRanks(Command):
    """Change standings and grants, all or nothing (XEP-0045 §9.2)."""

    answered_first = True
    changes: Sequence[NewStanding | NewGrant]
