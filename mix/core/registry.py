"""What the service keeps beyond single channels: registered nicks, who watches their rooms, who is kept out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, final

from mix.core.addresses import ChannelJid
from mix.core.events import Event
from mix.core.nicknames import Nick
from pubsubnodes.addresses import RealJid
from pubsubnodes.frozen import frozen

if TYPE_CHECKING:
    from mix.core.channel import Channel


@final
class Registry:
    """Whose nick is whose, and who watches. Decisions look at it; only events of the service change it."""

    def __init__(
        self,
        nicks: Iterable[tuple[RealJid, Nick]] = (),
        watching: Iterable[RealJid] = (),
        barred: frozenset[RealJid] = frozenset(),
        buried: Mapping[str, tuple[str, datetime]] = MappingProxyType({}),
    ) -> None:
        self.barred = barred
        """Accounts and domains kept out of all channels (XEP-0133 §4.11)."""
        self.held: dict[str, tuple[RealJid, datetime]] = {}
        """Names of channels there may be soon, for whom, and until when."""
        self.buried: dict[str, tuple[str, datetime]] = dict(buried)
        """Names of channels that have ended: where people are to go instead, and until when nobody has them."""
        self._by_jid: dict[RealJid, Nick] = {}
        self._by_key: dict[str, RealJid] = {}
        self.watching: dict[RealJid, dict[RealJid, set[ChannelJid]]] = {}
        """By account the clients that watch, and which channels each was told of; that is stored nowhere."""
        self._at: Counter[RealJid] = Counter()
        """How many at each domain."""
        for jid, nick in nicks:
            self.keep(jid, nick)
        for client in watching:
            self.watch(client, ())

    def nick_of(self, bare: RealJid) -> Nick | None:
        """The nick an account has registered."""
        return self._by_jid.get(bare)

    def is_free(self, nick: Nick, bare: RealJid) -> bool:
        """Whether nobody but this account has registered a nick; compared prepared and case-folded (RFC 8266)."""
        return self._by_key.get(nick.key, bare) == bare

    def guests(self, local: Iterable[str]) -> int:
        """How many accounts of other domains have a nick."""
        return len(self._by_jid) - sum(self._at[RealJid.parse(domain)] for domain in local)

    def keep(self, bare: RealJid, nick: Nick) -> None:
        """Have an account own a nick, instead of the one it owned before."""
        before = self._by_jid.get(bare)
        if before is not None:
            del self._by_key[before.key]
        else:
            self._at[bare.domain] += 1
        self._by_jid[bare] = nick
        self._by_key[nick.key] = bare

    def watch(self, client: RealJid, told: Iterable[ChannelJid]) -> None:
        """Have a client watch, from now on; it was told of some channels already."""
        self.watching.setdefault(client.bare, {})[client] = set(told)

    def unwatch(self, client: RealJid) -> None:
        """Have a client watch no more."""
        clients = self.watching.get(client.bare, {})
        clients.pop(client, None)
        if not clients:
            self.watching.pop(client.bare, None)

    def is_watching(self, client: RealJid) -> bool:
        """Whether a client watches."""
        return client in self.watching.get(client.bare, ())

    def is_barred(self, bare: RealJid) -> bool:
        """Whether an account is kept out of the service."""
        return bare.is_covered_by(self.barred)

    def hold(self, name: str, bare: RealJid, until: datetime) -> None:
        """Keep a name for an account."""
        self.held[name] = (bare, until)

    def held_by(self, bare: RealJid, now: datetime) -> int:
        """How many names are kept for an account; those whose time is over are forgotten."""
        self.held = {name: one for name, one in self.held.items() if one[1] > now}
        return sum(holder == bare for holder, _ in self.held.values())

    def is_held_from(self, name: str, bare: RealJid, now: datetime) -> bool:
        """Whether a name is kept for somebody else."""
        holder, until = self.held.get(name, (bare, now))
        return holder != bare and until > now


class OfService(Event):
    """Something that happens to the service as a whole, and changes nothing in a channel."""

    __slots__ = ()

    def apply(self, channel: Channel) -> None:
        """Nothing: channels ask the registry."""

    def enter(self, registry: Registry) -> None:
        """Make it so in memory; nothing, for what the service only does."""


@frozen
class NickRegistered(OfService):
    """Somebody has a nick that nobody else can take, in any channel."""

    jid: RealJid
    nick: Nick

    def enter(self, registry: Registry) -> None:
        registry.keep(self.jid, self.nick)
