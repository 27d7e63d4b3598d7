"""The nicks people have registered with the service, for all channels (XEP-0407 §3)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, final

from mix.core.events import Event
from mix.core.nicknames import Nick
from pubsubnodes.addresses import RealJid

if TYPE_CHECKING:
    from mix.core.channel import Channel


@final
class Registry:
    """Whose nick is whose. Decisions look at it; only `NickRegistered` changes it."""

    def __init__(self, nicks: Iterable[tuple[RealJid, Nick]] = ()) -> None:
        self._by_jid: dict[RealJid, Nick] = {}
        self._by_key: dict[str, RealJid] = {}
        for jid, nick in nicks:
            self.keep(jid, nick)

    def nick_of(self, bare: RealJid) -> Nick | None:
        """The nick an account has registered."""
        return self._by_jid.get(bare)

    def is_free(self, nick: Nick, bare: RealJid) -> bool:
        """Whether nobody but this account has registered a nick; compared prepared and case-folded (RFC 8266)."""
        return self._by_key.get(nick.key, bare) == bare

    def keep(self, bare: RealJid, nick: Nick) -> None:
        """Have an account own a nick, instead of the one it owned before."""
        before = self._by_jid.get(bare)
        if before is not None:
            del self._by_key[before.key]
        self._by_jid[bare] = nick
        self._by_key[nick.key] = bare


@dataclass(frozen=True, slots=True)
class NickRegistered(Event):
    """Somebody has a nick that nobody else can take, in any channel. It happens to the service, not to a channel."""

    jid: RealJid
    nick: Nick

    def apply(self, channel: Channel) -> None:
        """Nothing: channels ask the registry."""

    def enter(self, registry: Registry) -> None:
        """Make it so in memory."""
        registry.keep(self.jid, self.nick)
