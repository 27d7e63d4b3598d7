"""Addresses a channel makes up for itself and its people. All of them may be shown to anybody."""

from __future__ import annotations

from typing import final

from pubsubnodes.addresses import VisibleAddress


@final
class ChannelJid(VisibleAddress):
    """A channel's bare JID (XEP-0369 §4.3), which is also its room's unless domains are mirrored (XEP-0408 §2)."""

    __slots__ = ("domain", "local")

    def __init__(self, local: str, domain: str) -> None:
        super().__init__(f"{local}@{domain}")
        self.local = local
        self.domain = domain

    def sender(self, participant: str) -> VisibleAddress:
        """`channel@domain/id`: what messages come from (XEP-0369 §7.1.6)."""
        return VisibleAddress(f"{self.text}/{participant}")


@final
class ServiceJid(VisibleAddress):
    """The domain of the service itself."""

    __slots__ = ()


@final
class ProxyJid(VisibleAddress):
    """An encoded JID, `id#channel@domain[/tag]`: how to reach someone who hides (XEP-0403 §3.2)."""

    __slots__ = ()

    def __init__(self, participant: str, channel: ChannelJid, tag: str | None = None) -> None:
        encoded = f"{participant}#{channel.text}"
        super().__init__(f"{encoded}/{tag}" if tag else encoded)


def split_local(local: str) -> tuple[str | None, str]:
    """The participant id, if there is one, and the channel of a localpart: split at the first `#` (XEP-0403 §3.2)."""
    participant, found, channel = local.partition("#")
    return (participant, channel) if found else (None, local)
