"""Addresses: the sealed ones people really have, and the ones that may be written on the wire."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Container, Iterable, Iterator
from functools import lru_cache
from typing import Final, NoReturn, final

from pubsubnodes.preparation import MalformedAddress as MalformedAddress
from pubsubnodes.preparation import prepared


class SealedAddress(RuntimeError):
    """Somebody tried to turn a real JID into text without going through one of the doors."""


@final
class RealJid:
    """A person's own address. It compares and hashes, but has no text by accident.

    Only three places call `unseal`: the module that decides who may see whose JID, the postman who writes
    `to=`, and the repositories that fill columns. A test looks for a fourth.
    """

    __slots__ = ("__bare", "__hash", "__resource")

    def __init__(self, bare: str, resource: str = "") -> None:
        """Of prepared parts; `parse` prepares them."""
        self.__bare = bare
        self.__resource = resource
        self.__hash = hash((self.__bare, self.__resource))

    @staticmethod
    def parse(text: str) -> RealJid:
        """Prepare and seal an address (RFC 7622). Raises `MalformedAddress`."""
        return _remembered(text) if len(text) <= COMMON else _parsed(text)

    @property
    def bare(self) -> RealJid:
        """The account behind a client."""
        return RealJid.parse(self.__bare) if self.__resource else self

    @property
    def domain(self) -> RealJid:
        """The domain an account is at, as entries of lists may name it (XEP-0406 Â§2.2)."""
        return RealJid.parse(self.__bare.rpartition("@")[2])

    @property
    def server(self) -> RealJid:
        """The domain an account is at."""
        return RealJid.parse(self.__bare.rpartition("@")[2])

    @property
    def is_bare(self) -> bool:
        """Whether this names an account (or a domain), not one of its clients."""
        return not self.__resource

    @property
    def is_domain(self) -> bool:
        """Whether this names a whole domain, as entries of the allowed and banned nodes may (XEP-0406 §2.2)."""
        return "@" not in self.__bare and not self.__resource

    def is_at(self, domain: str) -> bool:
        """Whether the address belongs to a domain, compared whole: `a.example` is not at `example`."""
        return self.__bare.rpartition("@")[2] == domain

    def matches(self, entry: RealJid) -> bool:
        """Whether an entry of a list covers this person: the bare JID itself, or the domain (XEP-0406 §2.2)."""
        return self.is_at(entry.__bare) if entry.is_domain else self.__bare == entry.__bare

    def is_covered_by(self, entries: Container[RealJid]) -> bool:
        """Whether any entry of a list covers this person, however long the list is."""
        return self.bare in entries or self.domain in entries

    def keyed_digest(self, key: bytes) -> bytes:
        """HMAC-SHA-256 of the bare JID under a key. Without the key nobody can test a guess."""
        return hmac.digest(key, self.__bare.encode(), "sha256")

    def unseal(self) -> str:
        """The text. Call it only at one of the three doors."""
        return f"{self.__bare}/{self.__resource}" if self.__resource else self.__bare

    def __eq__(self, other: object) -> bool:
        return self is other or (
            isinstance(other, RealJid) and self.__bare == other.__bare and self.__resource == other.__resource
        )

    def __hash__(self) -> int:
        return self.__hash

    def __str__(self) -> NoReturn:
        raise SealedAddress("a real JID has no text outside the three doors")

    def __format__(self, spec: str) -> NoReturn:
        raise SealedAddress("a real JID has no text outside the three doors")

    def __reduce__(self) -> NoReturn:
        raise SealedAddress("a real JID is not pickled")

    def __repr__(self) -> str:
        return f"<RealJid {log_digest(self)}>"


COMMON: Final = 256
"""Characters of addresses worth remembering: longer ones are rare, and would let strangers fill the memory."""


def _parsed(text: str) -> RealJid:
    local, domain, resource = prepared(text)
    return RealJid(f"{local}@{domain}" if local else domain, resource)


_remembered = lru_cache(maxsize=65536)(_parsed)


def log_digest(jid: RealJid) -> str:
    """A short name for a person in logs: stable while the process runs, useless to anybody else."""
    return jid.keyed_digest(_LOG_KEY).hex()[:8]


_LOG_KEY = secrets.token_bytes(16)


class VisibleAddress:
    """An address that may stand in a stanza for anybody to read. Renderers write nothing else."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text

    def __str__(self) -> str:
        return self.text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, VisibleAddress) and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.text)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.text}>"


@final
class Recipients:
    """The people one rendering goes to, in order. Built once per audience and kept until the audience changes.

    `wire` is the postman's: the addresses as he writes them, so that a second delivery costs nothing per person.
    """

    __slots__ = ("_places", "left_out", "wire", "within")

    def __init__(self, people: Iterable[RealJid]) -> None:
        self.within: tuple[RealJid, ...] = tuple(people)
        """The people, and perhaps one more."""
        self.left_out: int | None = None
        """The place of the one who is not meant."""
        self.wire: list[bytes] = []
        self._places: dict[RealJid, int] = {}

    def without(self, person: RealJid) -> Recipients:
        """The same people but for one, who gets another rendering; themselves when that one is not among them.

        Nobody is copied for it, as every message has one who gets another.
        """
        place = self._place_of(person)
        if place is None:
            return self
        if self.left_out is not None:
            return Recipients(one for one in self if one != person)
        others = Recipients(())
        others.within, others.left_out, others.wire, others._places = self.within, place, self.wire, self._places
        return others

    @property
    def people(self) -> tuple[RealJid, ...]:
        """Whom it goes to."""
        place = self.left_out
        return self.within if place is None else self.within[:place] + self.within[place + 1 :]

    def __contains__(self, person: RealJid) -> bool:
        return self._place_of(person) is not None

    def __iter__(self) -> Iterator[RealJid]:
        return iter(self.people)

    def _place_of(self, person: RealJid) -> int | None:
        if not self._places:
            self._places.update((someone, place) for place, someone in enumerate(self.within))
        place = self._places.get(person)
        return place if place != self.left_out else None

    def __len__(self) -> int:
        return len(self.within) - (self.left_out is not None)

    def __repr__(self) -> str:
        return f"<Recipients {len(self)}>"
