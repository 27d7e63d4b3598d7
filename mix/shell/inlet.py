"""The way in: a stanza from the stream becomes an `Inbound`, in the right mailbox, at once and in order."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Final, cast, final
from xml.etree.ElementTree import Element

from mix.core.addresses import split_local
from mix.core.ports import Face
from mix.shell.mailboxes import Post
from mix.shell.metrics import Tally
from mix.shell.pace import Pace, Verdict
from pubsubnodes import errors
from pubsubnodes.addresses import COMMON, RealJid
from pubsubnodes.preparation import MalformedAddress, prepared
from pubsubnodes.stanza import Inbound, Kind, Stanza, Target
from pubsubnodes.xml import name_of

log = logging.getLogger(__name__)

_NOT_HERE: Final = errors.StanzaError("modify", "jid-malformed", "That is not an address of this service.")
_TOO_LARGE: Final = errors.StanzaError("modify", "policy-violation", "That is larger than this service carries.")


def target_of(text: str) -> Target | None:
    """The prepared parts of an address of ours; None when it is no address. Of rooms not every nick is remembered."""
    return _remembered(text) if len(text) <= COMMON and "/" not in text else _target_of(text)


def _target_of(text: str) -> Target | None:
    try:
        return Target(*prepared(text))
    except MalformedAddress:
        return None


_remembered = lru_cache(maxsize=16384)(_target_of)


@final
class Inlet:
    """Looks at the envelope of each stanza and queues it. Nothing here waits."""

    def __init__(
        self,
        domains: frozenset[str],
        faces: Sequence[Face],
        *,
        put: Callable[[str, Post], bool],
        answer: Callable[[Inbound, Stanza], None],
        resolve: Callable[[Inbound], bool],
        pace: Pace | None = None,
        tally: Tally | None = None,
        wants_echo: Callable[[Inbound], bool] = lambda inbound: False,
    ) -> None:
        self._domains = domains
        self._faces = faces
        self._put = put
        self._answer = answer
        self._resolve = resolve
        self._pace = pace
        self._wants_echo = wants_echo
        self._tally = tally if tally is not None else Tally()

    def take(self, xml: Element, is_too_large: Callable[[], bool] = lambda: False) -> None:
        """Queue one stanza, or answer it on the spot when it cannot be queued."""
        inbound = self._read(xml)
        if inbound is None:
            return
        self._tally.note(inbound)
        if inbound.kind == "iq" and not inbound.is_request and self._resolve(inbound):
            return
        verdict = self._pace.judge(inbound) if self._pace is not None else Verdict.TAKEN
        if verdict is Verdict.DROPPED:
            return
        if verdict is Verdict.REFUSED:
            self._refuse(inbound, errors.OVERLOADED)
        elif inbound.is_request and (inbound.id is None or inbound.payload is None):
            self._refuse(inbound, errors.BAD_REQUEST)  # RFC 6120 §8.2.3
        elif is_too_large():
            self._refuse(inbound, _TOO_LARGE)
        elif not self._put(self._mailbox(inbound), self._marked(inbound)):
            self._refuse(inbound, errors.OVERLOADED)

    def _marked(self, inbound: Inbound) -> Inbound:
        return replace(inbound, wants_echo=True) if self._wants_echo(inbound) else inbound

    def _read(self, xml: Element) -> Inbound | None:
        sender, to = xml.get("from"), xml.get("to")
        if not sender or not to:
            log.warning("a stanza without sender or recipient was dropped")
            return None
        try:
            real = RealJid.parse(sender)
        except MalformedAddress:
            log.warning("a stanza from a malformed address was dropped")
            return None
        kind = cast(Kind, name_of(xml))
        target, kind_type = target_of(to), xml.get("type", "")
        if target is None or target.domain not in self._domains:
            stray = Inbound(kind, kind_type, xml.get("id"), real, Target("", min(self._domains), ""), xml)
            self._refuse(stray, _NOT_HERE)
            return None
        if any(map(real.is_at, self._domains)):
            log.warning("a stanza from our own domain was dropped")
            return None
        if kind == "iq" and kind_type not in ("get", "set", "result", "error"):
            self._refuse(Inbound(kind, "set", xml.get("id"), real, target, xml), errors.BAD_REQUEST)
            return None
        return Inbound(kind, kind_type, xml.get("id"), real, target, xml)

    def _mailbox(self, inbound: Inbound) -> str:
        if inbound.target.local:
            return split_local(inbound.target.local)[1]
        return next(filter(None, (face.names_channel(inbound) for face in self._faces)), "")

    def _refuse(self, inbound: Inbound, error: errors.StanzaError) -> None:
        answer = errors.refusal(inbound, error)
        if answer is not None and not (inbound.kind == "presence" and inbound.type):
            self._answer(inbound, answer)
