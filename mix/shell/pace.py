"""How much one account may ask of the service in a while: token buckets against floods (XEP-0045 §14.6).

What a bucket measures are stanzas that cost others something. Errors, answers and good-byes are always taken, for
refusing them would leave things wrong; chat states and markers have a bucket of their own, and are dropped without a
word when it is empty, since no client waits for an answer to one.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from enum import StrEnum
from typing import Final, final

from pubsubnodes.addresses import RealJid
from pubsubnodes.frozen import frozen
from pubsubnodes.stanza import Inbound
from pubsubnodes.xml import namespace_of

REMEMBERED: Final = 20_000
"""Accounts whose buckets are kept; who has been quiet the longest is forgotten, with a bucket that is full again."""

_SIGNALS: Final = frozenset(
    {
        "http://jabber.org/protocol/chatstates",
        "urn:xmpp:chat-markers:0",
        "urn:xmpp:receipts",
        "urn:xmpp:hints",
        "urn:xmpp:sid:0",
    }
)


_ASKING: Final = frozenset({"", "probe", "subscribe"})
"""Types of presence that ask for something: a probe is answered with the presence of everybody there is."""


class Verdict(StrEnum):
    """What becomes of a stanza."""

    TAKEN = "taken"
    REFUSED = "refused"
    DROPPED = "dropped"


class Kind(StrEnum):
    """What a stanza costs: one kind does not use up another's measure."""

    MESSAGE = "message"
    PRESENCE = "presence"
    REQUEST = "request"
    SIGNAL = "signal"


@frozen
class Bucket:
    """What an account has left, as of a moment."""

    tokens: float
    at: float

    def less_one(self, now: float, rate: float, burst: float) -> Bucket | None:
        """The bucket as it has filled up since, with one stanza taken out; None when there is not enough for one."""
        tokens = min(burst, self.tokens + max(0.0, now - self.at) * rate)
        return Bucket(tokens - 1.0, now) if tokens >= 1.0 else None


@final
class Pace:
    """The buckets of all accounts. `rate` is stanzas a second in the long run, `burst` how many may come at once."""

    def __init__(self, rate: float, burst: float, clock: Callable[[], float]) -> None:
        self._rate = rate
        self._burst = burst
        self._clock = clock
        self._buckets: OrderedDict[tuple[RealJid, Kind], Bucket] = OrderedDict()

    def judge(self, inbound: Inbound) -> Verdict:
        """Whether a stanza is still within what its account may send."""
        kind = _kind(inbound)
        if kind is None:
            return Verdict.TAKEN
        key, now = (inbound.sender.bare, kind), self._clock()
        bucket = (self._buckets.get(key) or Bucket(self._burst, now)).less_one(now, self._rate, self._burst)
        if bucket is None:
            return Verdict.DROPPED if kind is Kind.SIGNAL else Verdict.REFUSED
        self._buckets[key] = bucket
        self._buckets.move_to_end(key)
        if len(self._buckets) > REMEMBERED:
            self._buckets.popitem(last=False)
        return Verdict.TAKEN


def _kind(inbound: Inbound) -> Kind | None:
    """What a stanza counts as; None for what is never refused."""
    if inbound.type == "error" or inbound.sender.is_domain:
        return None  # a server speaks for all its people
    match inbound.kind:
        case "iq":
            return Kind.REQUEST if inbound.is_request else None
        case "presence":
            return Kind.PRESENCE if inbound.type in _ASKING else None
        case _ if len(inbound.xml) and all(namespace_of(child) in _SIGNALS for child in inbound.xml):
            return Kind.SIGNAL
        case _:
            return Kind.MESSAGE
