"""The eavesdropper: re-reads everything each person got, for other people's addresses nobody disclosed to them.

What may be seen is written down here once more, from XEP-0404 §2.2 and §3.1, and not asked of the code under test.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mix.core.channel import Channel
from mix.core.rights import Grant
from pubsubnodes.addresses import RealJid

if TYPE_CHECKING:
    from mix.shell.mailboxes import Slot
    from tests.stage.people import Person
    from tests.stage.service import Service

_SHOWN = {
    ("visible", "default"),
    ("visible", "prefer not"),
    ("visible", "prefer visible"),
    ("visible", "always"),
    ("maybe", "prefer visible"),
    ("maybe", "always"),
}
"""Mode and preference under which participants see a JID; `never` in a visible channel cannot be."""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """Who was what in a channel at one moment."""

    mode: str
    insiders: frozenset[RealJid]
    preferences: dict[RealJid, str]
    """Of all participants."""

    @classmethod
    def of(cls, channel: Channel | None) -> Circumstances | None:
        """How things stand in a channel."""
        if channel is None:
            return None
        return cls(
            channel.config.mode.value,
            channel.lists.owners
            | channel.lists.admins
            | channel.operators
            | {one.jid for one in channel.participants.values() if one.grant is Grant.MODERATOR},
            {one.jid: one.preferences.visibility.value for one in channel.participants.values()},
        )


@dataclass(frozen=True, slots=True)
class Overheard:
    """Somebody read somebody else's address."""

    reader: str
    subject: str
    raw: str


class Eavesdropper:
    """Listens to a service, and collects what should not have been heard."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._heard: list[tuple[Person, str]] = []
        self._excused: set[tuple[str, str]] = set()
        self.overheard: list[Overheard] = []
        self.stanzas = 0
        """How many it has read."""

    def excuses(self, reader: Person, subject: Person) -> None:
        """Somebody knows somebody anyway: they told each other in this test."""
        self._excused.add((reader.jid, subject.jid))

    @contextmanager
    def listening(self, slot: Slot) -> Iterator[None]:
        """Listen to a turn: how things were before it, what people got, how things are after it."""
        before, was = Circumstances.of(slot.channel), slot.channel
        self._heard.clear()
        yield
        # A channel that was destroyed in this turn is not in its slot any more, but it is as the turn left it.
        after = Circumstances.of(slot.channel or was)
        for reader, raw in self._heard:
            self._check(reader, raw, before, after)

    def hears(self, reader: Person, raw: str) -> None:
        """Take note of a stanza."""
        self._heard.append((reader, raw))

    def _check(self, reader: Person, raw: str, before: Circumstances | None, after: Circumstances | None) -> None:
        self.stanzas += 1
        # Parsed and serialised again, an address is the same text however it was escaped.
        words = set(re.findall(r"[a-z0-9]+", raw.casefold()))
        for subject in self._service.people.values():
            if subject is reader or (reader.jid, subject.jid) in self._excused:
                continue
            if words.isdisjoint(subject.secrets) or may_know(reader.real, subject.real, before, after):
                continue
            if before is after is None and reader.real in self._service.rules.operators:
                continue  # at the service's own desk, who looks after it may look up who is who (XEP-0404 §2.5)
            self.overheard.append(Overheard(reader.jid, subject.jid, raw))


def may_know(reader: RealJid, subject: RealJid, before: Circumstances | None, after: Circumstances | None) -> bool:
    """Whether a stanza of this turn may tell one person the address of another.

    The mode is the one after the turn: a channel that hides from now on hides in the stanzas that say so. Who
    the two are is taken from after the turn as well, and from before it only when they are not there any more.
    """
    now = after or before
    if now is None:
        return False
    if reader in now.insiders:
        return True
    was = before or now
    if reader not in now.preferences and reader not in was.preferences:
        return False
    preference = now.preferences.get(subject, was.preferences.get(subject))
    return preference is not None and (now.mode, preference) in _SHOWN
