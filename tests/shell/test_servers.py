"""Which servers get their request back with an error."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from xml.etree.ElementTree import fromstring

import pytest

from mix.core.addresses import ServiceJid
from mix.shell import servers
from mix.shell.inlet import Inlet
from mix.shell.mailboxes import Post
from mix.shell.requests import Requests
from mix.shell.servers import Servers
from pubsubnodes.addresses import RealJid
from pubsubnodes.stanza import Delivery, Inbound, Replay, Target
from pubsubnodes.xml import CLIENT

TIGASE = "<identity category='server' type='im' name='Tigase ver. 8.4.0'/>"
EJABBERD = "<identity category='pubsub' type='pep'/><identity category='server' type='im' name='ejabberd'/>"


class Host:
    """A server that says what it is, if it says anything."""

    def __init__(self, identities: str | None) -> None:
        self.identities = identities
        self.asked: list[str] = []
        self.requests = Requests(self)

    async def send(self, deliveries: Iterable[Delivery]) -> None:
        """Answer each question of discovery."""
        for delivery in deliveries:
            assert isinstance(delivery, Replay)
            self.asked.append(delivery.to.unseal())
            (question,) = delivery.stanzas
            if self.identities is not None:
                query = f"<query xmlns='http://jabber.org/protocol/disco#info'>{self.identities}</query>"
                xml = fromstring(f"<iq xmlns='{CLIENT}' type='result' id='{question.id}'>{query}</iq>")
                inbound = Inbound("iq", "result", question.id, delivery.to, Target("", "mix.example", ""), xml)
                asyncio.get_running_loop().call_soon(self.requests.resolve, inbound)


def request(sender: str = "hag66@shakespeare.example", type: str = "set") -> Inbound:
    """A server asks for its user."""
    xml = fromstring(f"<iq xmlns='{CLIENT}' type='{type}' id='1'><join xmlns='urn:xmpp:mix:core:1'/></iq>")
    return Inbound("iq", type, "1", RealJid.parse(sender), Target("coven", "mix.example", ""), xml)


@pytest.mark.req("MIX-PAM-11")
@pytest.mark.parametrize(("identities", "echoes"), [(TIGASE, True), (EJABBERD, False), ("", False), (None, False)])
async def test_a_server_is_asked_once_what_it_is(
    monkeypatch: pytest.MonkeyPatch, identities: str | None, echoes: bool
) -> None:
    """Until it has said so, and when it says nothing, no request comes back: that harms nobody."""
    monkeypatch.setattr(servers, "PATIENCE", 0.05)
    host = Host(identities)
    async with asyncio.TaskGroup() as tasks:
        known = Servers(host.requests, ServiceJid("mix.example"), tasks)
        for _ in range(3):
            assert not known.wants_echo(request())
        assert not known.wants_echo(request("ross@shakespeare.example/pda"))
        assert not known.wants_echo(request(type="result"))
    for someone in ("hag66", "ross"):
        assert known.wants_echo(request(f"{someone}@shakespeare.example")) is echoes
    assert host.asked == ["shakespeare.example"]


async def test_as_many_are_remembered_as_are_worth_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """The one that was heard of longest ago is asked again; not too many at once."""
    monkeypatch.setattr(servers, "MOST", 2)
    monkeypatch.setattr(servers, "AT_ONCE", 3)
    host = Host(TIGASE)
    async with asyncio.TaskGroup() as tasks:
        known = Servers(host.requests, ServiceJid("mix.example"), tasks)
        for number in range(5):
            known.wants_echo(request(f"hag66@server{number}.example"))
    assert host.asked == [f"server{number}.example" for number in range(3)]
    async with asyncio.TaskGroup() as tasks:
        again = Servers(host.requests, ServiceJid("mix.example"), tasks)
        again.wants_echo(request("hag66@server0.example"))
    assert again.wants_echo(request("hag66@server0.example"))


async def test_nobody_waits_for_a_server_when_the_service_stops() -> None:
    """However long it takes."""
    async with asyncio.timeout(5), asyncio.TaskGroup() as tasks:
        known = Servers(Host(None).requests, ServiceJid("mix.example"), tasks)
        known.wants_echo(request())
        await asyncio.sleep(0)
        known.close()


def test_the_mark_is_on_what_is_queued() -> None:
    """And on nothing that is not from such a server."""
    queued: list[Post] = []

    def put(name: str, post: Post) -> bool:
        queued.append(post)
        return True

    inlet = Inlet(
        frozenset({"mix.example"}),
        [],
        put=put,
        answer=lambda *_: None,
        resolve=lambda _: False,
        wants_echo=lambda inbound: inbound.sender.is_bare,
    )
    for sender in ("hag66@shakespeare.example", "hag66@shakespeare.example/pda"):
        join = "<join xmlns='urn:xmpp:mix:core:1'/>"
        inlet.take(fromstring(f"<iq xmlns='{CLIENT}' type='set' id='1' to='c@mix.example' from='{sender}'>{join}</iq>"))
    assert [post.wants_echo for post in queued if isinstance(post, Inbound)] == [True, False]
