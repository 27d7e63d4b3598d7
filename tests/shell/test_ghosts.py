"""After a reconnect: who is gone is found out, who is silent or merely simple stays."""

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime
from xml.etree.ElementTree import fromstring

import pytest

from mix.core.addresses import ChannelJid
from mix.core.channel import Session
from mix.core.commands import GoOffline
from mix.core.refusals import StorageFailed
from mix.shell import ghosts
from mix.shell.dictionary import DictRepository
from mix.shell.ghosts import Ghosts
from mix.shell.inlet import target_of
from mix.shell.mailboxes import Post
from mix.shell.requests import Requests
from pubsubnodes.addresses import RealJid
from pubsubnodes.stanza import Delivery, Inbound, Replay, Stanza
from pubsubnodes.xml import CLIENT

COVEN = ChannelJid("coven", "mix.shakespeare.example")
LIVELY, SIMPLE, GONE, ASLEEP, FORGER = (
    RealJid.parse(f"{name}@shakespeare.example/pda") for name in ("hag66", "hecate", "banquo", "duncan", "iago")
)

ANSWERS = {
    LIVELY: "<iq type='result' id='{id}'/>",
    SIMPLE: "<iq type='error' id='{id}'><error type='cancel'><service-unavailable xmlns='x'/></error></iq>",
    GONE: "<iq type='error' id='{id}'><error type='cancel'><recipient-unavailable xmlns='x'/></error></iq>",
}


async def everybody() -> list[tuple[ChannelJid, str, Session]]:
    return [(COVEN, "id", Session(jid, "tag", datetime.now(UTC), in_room=True)) for jid in (*ANSWERS, ASLEEP)]


class Clients:
    """Everybody at the other end."""

    def __init__(self) -> None:
        self.requests = Requests(self)
        self.probed: list[RealJid] = []

    async def send(self, deliveries: Iterable[Delivery]) -> None:
        for delivery in deliveries:
            assert isinstance(delivery, Replay)
            for stanza in delivery.stanzas:
                self._receive(stanza, delivery.to)

    def _receive(self, stanza: Stanza, to: RealJid) -> None:
        if stanza.kind == "message":
            assert stanza.type == "groupchat"
            self.probed.append(to)
        elif to in ANSWERS:
            xml = fromstring(ANSWERS[to].format(id=stanza.id).replace("<iq", f"<iq xmlns='{CLIENT}'", 1))
            target = target_of(COVEN.text)
            assert target is not None
            forged = Inbound("iq", "error", stanza.id, FORGER, target, xml)
            assert not self.requests.resolve(forged), "an answer counts only from the one who was asked"
            assert self.requests.resolve(Inbound("iq", xml.get("type", ""), stanza.id, to, target, xml))


async def test_only_the_gone_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ghosts, "PATIENCE", 0.05)
    clients, wishes, repository = Clients(), list[tuple[str, Post]](), DictRepository()
    monkeypatch.setattr(repository, "sessions", everybody)

    def put(name: str, post: Post) -> bool:
        wishes.append((name, post))
        return True

    async with asyncio.timeout(10):
        await Ghosts(repository, clients.requests, clients, put).look()
    assert wishes == [("coven", GoOffline(actor=GONE, lost=True))]
    assert clients.probed == [SIMPLE], "whether a client without ping is there, only its host knows"


async def test_storage_that_is_away_when_the_stream_comes_back_ends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both often go down together; this runs in the task group of the whole service."""
    clients, repository = Clients(), DictRepository()

    async def fails() -> None:
        raise StorageFailed

    monkeypatch.setattr(repository, "sessions", fails)
    await Ghosts(repository, clients.requests, clients, lambda name, post: True).look()
    assert not clients.probed
