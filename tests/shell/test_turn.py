"""The order of a turn, and what is left of it when something fails."""

import asyncio
from collections.abc import Awaitable, Iterable
from datetime import UTC, datetime
from xml.etree.ElementTree import fromstring

import pytest

from mix.core.addresses import ChannelJid
from mix.core.channel import Channel
from mix.core.commands import Command, CreateChannel, Join, PostMessage, ReadArchive
from mix.core.events import Event, MessagePosted
from mix.core.nodes import Node
from mix.core.payload import Payload
from mix.core.ports import Change, Face, Moment, Outcome, Rules
from mix.core.refusals import MalformedRequest, Refusal, StorageFailed
from mix.core.registry import OfService
from mix.shell.clock import SystemDice
from mix.shell.dictionary import DictRepository
from mix.shell.inlet import target_of
from mix.shell.mailboxes import Slot
from mix.shell.turn import Turn
from pubsubnodes import errors
from pubsubnodes.addresses import RealJid, Recipients
from pubsubnodes.archive import ArchiveQuery
from pubsubnodes.disco import About
from pubsubnodes.stanza import Delivery, Fanout, Inbound, Stanza
from pubsubnodes.xml import CLIENT, text_of

HAG = RealJid.parse("hag66@shakespeare.example/pda")
COVEN = ChannelJid("coven", "mix.example")


def says(text: str) -> Inbound:
    xml = fromstring(f'<message xmlns="{CLIENT}" type="groupchat" id="m-{text}"><body>{text}</body></message>')
    target = target_of(COVEN.text)
    assert target is not None
    return Inbound("message", "groupchat", f"m-{text}", HAG, target, xml)


class PlainFace:
    """The smallest face: every message is a message, and everybody in the channel hears it."""

    def names_channel(self, inbound: Inbound) -> str | None:
        return None

    def parse(self, inbound: Inbound, channel: Channel | None) -> Command | None:
        if text_of(inbound.xml[0]) == "bug":
            raise ZeroDivisionError
        return PostMessage(
            actor=inbound.sender,
            payload=Payload.from_user(inbound.xml, inbound.sender, COVEN),
            client_id=inbound.id,
            lang=None,
            from_room=False,
        )

    def render(self, event: Event, channel: Channel, cause: Inbound | None) -> Iterable[Delivery]:
        if isinstance(event, MessagePosted):
            stanza = Stanza("message", channel.jid, "groupchat", event.message.id, [event.message.payload])
            yield Fanout(stanza, Recipients([HAG]))

    def tell(self, event: OfService) -> Iterable[Delivery]:
        return []

    def reply(self, inbound: Inbound, channel: Channel | None, outcome: Outcome) -> Iterable[Stanza]:
        return []

    def refuse(self, inbound: Inbound, refusal: Refusal, channel: Channel | None) -> Stanza | None:
        return errors.refusal(inbound, errors.StanzaError("auth", "forbidden", type(refusal).__name__))

    def describe(self, channel: Channel | None, viewer: RealJid, lang: str | None, moment: Moment) -> About:
        return About()


class Desk:
    """Storage and postman in one, writing down in which order they are used."""

    def __init__(self) -> None:
        self.repository = DictRepository()
        self.log: list[str] = []
        self.broken = 0
        self.speak(PlainFace())

    def speak(self, face: Face, *, max_made: int = 0) -> None:
        """Have turns run over one face."""
        self.turn = Turn(
            [face],
            Rules("mix.example", creators="anyone", max_made=max_made),
            repository=self.repository,
            recorder=self,
            sender=self,
            clock=lambda: datetime.now(UTC),
            dice=SystemDice(),
        )

    async def submit(self, change: Change) -> Awaitable[None]:
        return self.commit(change)

    async def commit(self, change: Change) -> None:
        await asyncio.sleep(0)  # others may have their turn meanwhile
        if self.broken:
            self.broken -= 1
            raise StorageFailed
        await self.repository.commit([change])
        texts = [_body(e.message.payload) for e in change.events if isinstance(e, MessagePosted)]
        self.log.append(f"commit {' '.join(texts)}".strip())

    async def send(self, deliveries: Iterable[Delivery]) -> None:
        for delivery in deliveries:
            stanzas = [delivery.stanza] if isinstance(delivery, Fanout) else delivery.stanzas
            for stanza in stanzas:
                element = stanza.element()
                error = element.find(f"{{{CLIENT}}}error")
                said = f"{error[0].tag.rpartition('}')[2]} for {stanza.id}" if error is not None else None
                self.log.append(f"send {said or text_of(element[0])}")

    async def works(self, slot: Slot, *posts: Inbound | Command) -> None:
        await self.turn.work(slot, posts)
        while slot.flight is not None:
            await self.turn.work(slot, ())


def _body(payload: Payload) -> str:
    return text_of(payload.find(CLIENT, "body"))


@pytest.fixture
async def desk() -> Desk:
    made = Desk()
    await made.works(
        Slot("coven"),
        CreateChannel(actor=HAG, name="coven"),
        Join(actor=HAG, nick="third witch", nodes=[Node.MESSAGES]),
    )
    made.log.clear()
    return made


async def test_waiting_messages_of_a_channel_share_one_commit_and_are_sent_after_it(desk: Desk) -> None:
    await desk.works(Slot("coven"), says("a"), says("b"), says("c"))
    assert desk.log == ["commit a b c", "send a", "send b", "send c"]


async def test_a_failed_commit_sends_nothing_and_tells_everybody_who_asked(desk: Desk) -> None:
    slot = Slot("coven")
    desk.broken = 1
    await desk.works(slot, says("a"), says("b"))
    assert desk.log == ["send internal-server-error for m-a", "send internal-server-error for m-b"]
    await desk.works(slot, says("c"))
    assert desk.log[-2:] == ["commit c", "send c"]
    channel = await desk.repository.load(COVEN)
    assert channel is not None
    assert [_body(m.payload) for m in await desk.repository.recent(COVEN, 10)] == ["c"]


async def test_a_bug_costs_its_own_stanza_and_no_other(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    await desk.works(Slot("coven"), says("a"), says("bug"), says("b"))
    assert desk.log == ["commit a", "send a", "send internal-server-error for m-bug", "commit b", "send b"]
    assert "a turn failed" in caplog.text


async def test_a_bug_while_answering_costs_its_own_request(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    class Broken(PlainFace):
        def parse(self, inbound: Inbound, channel: Channel | None) -> Command | None:
            if inbound.kind == "iq":
                return ReadArchive(actor=inbound.sender, node=Node.MESSAGES, query=ArchiveQuery())
            return super().parse(inbound, channel)

        def reply(self, inbound: Inbound, channel: Channel | None, outcome: Outcome) -> Iterable[Stanza]:
            if outcome.found is not None:
                raise ZeroDivisionError
            return []

    desk.speak(Broken())
    xml = fromstring(f'<iq xmlns="{CLIENT}" type="set" id="q"><query xmlns="urn:xmpp:mam:2"/></iq>')
    target = target_of(COVEN.text)
    assert target is not None
    await desk.works(Slot("coven"), says("a"), Inbound("iq", "set", "q", HAG, target, xml), says("b"))
    assert desk.log == ["commit a", "send a", "send internal-server-error for q", "commit b", "send b"]
    assert "a turn failed" in caplog.text


async def test_memory_after_a_failed_commit_is_what_was_committed_last(desk: Desk) -> None:
    slot = Slot("coven")
    await desk.works(slot, says("a"))
    desk.broken = 1
    stranger = RealJid.parse("banquo@shakespeare.example/horse")
    await desk.works(slot, Join(actor=stranger, nick="banquo", nodes=[Node.MESSAGES]))
    await desk.works(slot, says("b"))
    assert slot.channel is not None
    assert [someone.nick.text for someone in slot.channel.participants.values() if someone.nick] == ["third witch"]


async def test_nobody_claims_a_request_and_it_is_answered_all_the_same(desk: Desk) -> None:
    class Deaf(PlainFace):
        def parse(self, inbound: Inbound, channel: Channel | None) -> Command | None:
            return None

    desk.speak(Deaf())
    xml = fromstring(f'<iq xmlns="{CLIENT}" type="get" id="q"><query xmlns="x"/></iq>')
    target = target_of(COVEN.text)
    assert target is not None
    await desk.works(Slot("coven"), Inbound("iq", "get", "q", HAG, target, xml), says("unheard"))
    assert desk.log == ["send service-unavailable for q"]


async def test_a_bug_while_sending_neither_repeats_nor_undoes_what_is_stored(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    sent = desk.send

    async def fails_once(deliveries: Iterable[Delivery]) -> None:
        desk.send = sent  # type: ignore[method-assign]
        raise ZeroDivisionError

    slot = Slot("coven")
    await desk.works(slot, says("a"))
    desk.log.clear()
    desk.send = fails_once  # type: ignore[method-assign]
    slot.forget()
    await desk.works(slot, says("b"))
    await desk.works(slot, says("c"))
    assert desk.log == ["commit b", "commit c", "send c"]
    assert [_body(m.payload) for m in await desk.repository.recent(COVEN, 10)] == ["a", "b", "c"]
    assert "sending failed" in caplog.text


async def test_whoever_was_refused_is_told_something_when_the_commit_of_others_fails(desk: Desk) -> None:
    """A request is owed an answer, and the refusal waited for the commit together with everything else."""

    class Strict(PlainFace):
        def parse(self, inbound: Inbound, channel: Channel | None) -> Command | None:
            if text_of(inbound.xml[0]) == "no":
                raise MalformedRequest
            return super().parse(inbound, channel)

    desk.speak(Strict())
    desk.broken = 1
    await desk.works(Slot("coven"), says("a"), says("no"))
    assert desk.log == ["send internal-server-error for m-a", "send internal-server-error for m-no"]


async def test_channels_made_at_the_same_time_are_counted_all_the_same(desk: Desk) -> None:
    """MUC-DOS-08: the limit is one account's, in however many channels its wishes wait."""

    class Maker(PlainFace):
        def parse(self, inbound: Inbound, channel: Channel | None) -> Command | None:
            return CreateChannel(actor=inbound.sender, name=text_of(inbound.xml[0]))

    desk.speak(Maker(), max_made=3)
    names = [f"cave{number}" for number in range(6)]
    async with asyncio.TaskGroup() as tasks:
        for name in names:
            tasks.create_task(desk.works(Slot(name), says(name)))
    assert await desk.repository.made(HAG.bare) == 3, "the coven was there before"
    assert (desk.log.count("commit"), len(desk.log)) == (2, 6)
