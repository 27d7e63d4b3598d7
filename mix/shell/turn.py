"""A turn: parse, decide, apply, render, commit, send; in this order, for one channel at a time.

Memory is changed before the commit, so that many waiting wishes of a channel share one, and the next are decided while
it runs (`dispatch`); nothing is *sent* before it. When the commit fails the channel is dropped from memory: everything
in it is stored, so the next turn finds it as it was last committed, and those who asked are told that nothing has
happened.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections import Counter, deque
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from itertools import chain
from typing import Final, final
from weakref import WeakValueDictionary

from mix.core.addresses import ChannelJid
from mix.core.barring import Evict
from mix.core.census import CensusSought
from mix.core.channel import Channel, Message
from mix.core.commands import Command
from mix.core.decide import decide
from mix.core.disclosure import begun
from mix.core.due import due
from mix.core.events import ChannelCreated, Departure, Event, Exit, MessagePosted, ParticipantLeft, SessionClosed
from mix.core.ids import Dice
from mix.core.keeping import kept
from mix.core.nodes import Node
from mix.core.past import admitted
from mix.core.ports import (
    ActivitySought,
    ArchiveWindow,
    ChannelsMade,
    DirectoryWindow,
    Face,
    Found,
    Lookup,
    MessageSought,
    Moment,
    NicksKept,
    Outcome,
    Repository,
    Rules,
)
from mix.core.refusals import Refusal, StorageFailed, TooFast
from mix.core.registry import OfService, Registry
from mix.core.transient import Transient
from mix.shell.dispatch import Dispatch, Recorder, Sender
from mix.shell.flight import Mark, Taken
from mix.shell.mailboxes import Post, Slot
from pubsubnodes import errors
from pubsubnodes.addresses import RealJid
from pubsubnodes.frozen import frozen
from pubsubnodes.stanza import Delivery, Inbound, Replay, Stanza

log = logging.getLogger(__name__)

QUERIES: Final = 10
"""Queries of archives of one person that may wait for the same channel; more are told to come back later."""

SLICE: Final = 0.02
"""Seconds a channel takes turns without letting others have theirs: a thousand people may be entering it."""

NEWEST: Final = 200
"""So many messages are looked through for one that is called by its author's name for it."""

_MERELY_SAID: Final = frozenset({MessagePosted})
"""Of this nothing follows: nobody is let in by it, or shown more of others."""

AGAIN: Final = timedelta(minutes=1)
"""After this a channel that could not be stored is looked at again, whatever it waits for."""


@frozen
class Question:
    """A turn that needs something from storage before it can answer."""

    lookup: Lookup
    command: Command
    inbound: Inbound
    face: Face
    moment: Moment


@final
class Turn:
    """Runs the turns of all channels over the faces, storage and the postman it is given."""

    def __init__(
        self,
        faces: Sequence[Face],
        rules: Rules,
        *,
        repository: Repository,
        recorder: Recorder,
        sender: Sender,
        clock: Callable[[], datetime],
        dice: Dice,
        wait: Callable[[str, datetime | None], None] = lambda name, when: None,
        heed: Callable[[OfService], None] = lambda event: None,
    ) -> None:
        self._faces = faces
        self._rules = rules
        self._repository = repository
        self._dispatch = Dispatch(rules.domain, recorder, sender, heed)
        self._clock = clock
        self._dice = dice
        self._wait = wait
        self._registry = Registry()
        self._itself = RealJid.parse(rules.domain)
        self._making = WeakValueDictionary[RealJid, asyncio.Lock]()
        """Of those who are making channels, as long as they are."""

    async def load(self) -> None:
        """Have in memory what all channels ask for; to be done before the first turn. Raises `StorageFailed`."""
        nicks, watching = await self._repository.registered_nicks(), await self._repository.watching()
        self._registry = Registry(nicks, watching, await self._repository.barred(), await self._repository.buried())

    async def work(self, slot: Slot, batch: Sequence[Post]) -> None:
        """Take a batch of posts of one channel through their turns, with as few commits as can be.

        What it came to is sent by the next call, of a batch that may be empty, as long as `slot.flight` is there.
        """
        await self._work(slot, batch)
        if not slot.name:
            await self._be_right(slot)
        elif slot.is_loaded:
            self._wait(slot.name, due(slot.channel, self._rules) if slot.channel is not None else None)
        else:  # storage failed, perhaps while something was due
            self._wait(slot.name, self._clock() + AGAIN)

    async def _be_right(self, slot: Slot) -> None:
        """What was not stored has not happened to the service either; channels ask it, whoever asks the service."""
        if not slot.is_loaded:
            with contextlib.suppress(StorageFailed):
                await self._read(slot)

    async def _work(self, slot: Slot, batch: Sequence[Post]) -> None:
        taken, asked, began = Taken(), Counter[RealJid](), time.perf_counter()
        for post in batch:
            if time.perf_counter() - began > SLICE:
                await self._dispatch.launch(slot, taken)
                await asyncio.sleep(0)
                taken, began = Taken(), time.perf_counter()
            mark = taken.mark()
            try:
                if self._must_read(slot):
                    await self._dispatch.finish(slot, taken)
                    taken, mark = Taken(), Taken().mark()
                    await self._read(slot)
                self._put_out(slot, taken)
                question = self.take(slot, post, taken)
                if question is not None and self._asks_too_much(question, asked):
                    refused = question.face.refuse(question.inbound, TooFast(), slot.channel)
                    self._reply(question.inbound, [refused], taken)
                elif question is not None:
                    is_sound = await self._dispatch.finish(slot, taken)
                    taken, mark = Taken(), Taken().mark()
                    if not is_sound:
                        raise StorageFailed()  # it was asked of what has not happened
                    async with self._one_by_one(question.lookup):
                        await self._answer(slot, question)
            except Exception as error:
                await self._recover(slot, taken, mark, post, error)
                taken = Taken()
        await self._dispatch.launch(slot, taken)

    @asynccontextmanager
    async def _one_by_one(self, lookup: Lookup) -> AsyncIterator[None]:
        """Channels of one account are made one after the other: the next is counted when this one is in storage."""
        if not isinstance(lookup, ChannelsMade):
            yield
            return
        async with self._making.setdefault(lookup.maker, asyncio.Lock()):
            yield

    @staticmethod
    def _asks_too_much(question: Question, asked: Counter[RealJid]) -> bool:
        """Whether somebody has more queries waiting at once than anybody needs: each is many stanzas (MUC-MAM-53)."""
        if not isinstance(question.lookup, ArchiveWindow):
            return False
        asked[question.inbound.sender.bare] += 1
        return asked[question.inbound.sender.bare] > QUERIES

    async def _recover(self, slot: Slot, taken: Taken, mark: Mark, post: Post, error: Exception) -> None:
        """A bug costs its own post, and so does storage that cannot be read. Nothing else, and nobody unheard."""
        if not isinstance(error, StorageFailed):
            log.error("a turn failed; its channel is read again from storage", exc_info=error)
        taken.cut(mark)
        await self._dispatch.finish(slot, taken)
        await self._dispatch.give_up(slot, Taken(asked=[post] if isinstance(post, Inbound) else []))

    def _put_out(self, slot: Slot, taken: Taken) -> None:
        """Nobody is in a channel who is kept out of the service, whatever became of the wish to put them out."""
        if slot.channel is not None and slot.rid_of is not self._registry.barred:
            slot.rid_of = self._registry.barred
            self.take(slot, Evict(actor=self._itself), taken)

    def take(self, slot: Slot, post: Post, taken: Taken) -> Question | None:
        """Parse, decide, apply and render one post, adding to what was taken before; or ask storage first."""
        inbound = post if isinstance(post, Inbound) else None
        face: Face | None = None
        moment = Moment(self._clock(), self._dice, self._rules, self._registry)
        try:
            if isinstance(post, Command):
                command = post
            else:
                for face in self._faces:
                    if (parsed := face.parse(post, slot.channel)) is not None:
                        command = parsed
                        break
                else:
                    if post.is_request:
                        taken.asked.append(post)
                        self._reply(post, [errors.refusal(post, errors.SERVICE_UNAVAILABLE)], taken)
                    return None
            decision = decide(slot.channel, command, moment)
        except Refusal as refusal:
            if inbound is not None and face is not None:
                taken.asked.append(inbound)  # the refusal waits for the commit of others, and falls with it
                self._reply(inbound, [face.refuse(inbound, refusal, slot.channel)], taken)
            return None
        if isinstance(decision, Lookup):
            return Question(decision, command, inbound, face, moment) if inbound and face else None
        if inbound is not None:
            taken.asked.append(inbound)
        told = len(taken.deliveries)
        self._come_true(slot, decision, moment, inbound, taken)
        if inbound is not None and face is not None:
            outcome = Outcome(command, decision, moment=moment)
            place = told + _farewells(taken.deliveries[told:], decision) if command.answered_first else None
            self._reply(inbound, face.reply(inbound, slot.channel, outcome), taken, place)
        if slot.channel is not None and slot.channel.destroyed:
            slot.channel = None
        return None

    def _come_true(
        self, slot: Slot, events: Sequence[Event], moment: Moment, inbound: Inbound | None, taken: Taken
    ) -> None:
        follows: list[Sequence[Event]] = []
        if not _MERELY_SAID.issuperset(map(type, events)):
            follows += [make(slot.channel, events, moment) for make in (admitted, kept, begun)]
        for event in chain(events, *follows):
            self._happen(slot, event, inbound, taken)

    def _happen(self, slot: Slot, event: Event, inbound: Inbound | None, taken: Taken) -> None:
        if not isinstance(event, Transient):
            taken.events.append(event)
        if isinstance(event, OfService):
            event.enter(self._registry)
            taken.of_service.append(event)
            if slot.channel is None:
                self._tell(event, taken)
                return
        if isinstance(event, ChannelCreated):
            slot.channel = event.born()
            self._house(slot.channel)
        assert slot.channel is not None
        slot.channel.apply(event)
        for face in self._faces:
            taken.deliveries.extend(face.render(event, slot.channel, inbound))

    def _tell(self, event: OfService, taken: Taken) -> None:
        """It is no channel's: the service tells of it in its own name."""
        for face in self._faces:
            taken.deliveries.extend(face.tell(event))

    def _house(self, channel: Channel) -> None:
        """Tell a channel what it has to know of the service it is in."""
        channel.room = self._rules.room_of(channel.jid)
        channel.is_barred = lambda bare: self._registry.is_barred(bare)

    @staticmethod
    def _reply(inbound: Inbound, stanzas: Iterable[Stanza | None], taken: Taken, place: int | None = None) -> None:
        """Answer whoever asked: after everything else, or at a place among the deliveries."""
        if answer := [stanza for stanza in stanzas if stanza is not None]:
            taken.deliveries.insert(len(taken.deliveries) if place is None else place, Replay(answer, inbound.sender))

    @staticmethod
    def _must_read(slot: Slot) -> bool:
        if not slot.name:
            return not slot.is_loaded
        return not slot.is_loaded or (slot.channel is not None and (slot.channel.recent is None or slot.is_stale))

    async def _read(self, slot: Slot) -> None:
        """Have the channel and its recent messages in memory; for the service itself, what it keeps for people."""
        if not slot.name:
            await self.load()
            slot.is_loaded = True
            return
        jid = ChannelJid(slot.name, self._rules.domain)
        if not slot.is_loaded:
            slot.channel = await self._repository.load(jid)
            slot.is_loaded = True
            if slot.channel is not None:
                self._house(slot.channel)
        if slot.channel is not None and (slot.channel.recent is None or slot.is_stale):
            slot.is_stale = False  # before it is read: more may go meanwhile
            keep = min(slot.channel.config.history, self._rules.history)
            slot.channel.recent = deque(await self._repository.recent(jid, keep), maxlen=keep)

    async def _answer(self, slot: Slot, question: Question) -> None:
        taken = Taken(asked=[question.inbound])
        try:
            found, events = await self._look_up(question.lookup)
            self._come_true(slot, events, question.moment, question.inbound, taken)
            outcome = Outcome(question.command, events, found, moment=question.moment)
            self._reply(question.inbound, question.face.reply(question.inbound, slot.channel, outcome), taken)
        except StorageFailed:
            raise
        except Refusal as refusal:
            self._reply(question.inbound, [question.face.refuse(question.inbound, refusal, slot.channel)], taken)
        if isinstance(question.lookup, ChannelsMade):
            await self._dispatch.finish(slot, taken)
        else:
            await self._dispatch.launch(slot, taken)

    async def _look_up(self, lookup: Lookup) -> tuple[Found | None, Sequence[Event]]:
        """What storage has; or, for a decision that waited for it, what happens now. Raises a `Refusal`."""
        match lookup:
            case ArchiveWindow(node=Node.MESSAGES):
                return await self._repository.page(lookup), lookup.noted
            case ArchiveWindow():
                return await self._repository.items(lookup), ()
            case DirectoryWindow():
                return await self._repository.directory(lookup), ()
            case CensusSought(then):
                census = await self._repository.census()
                return census, then(census)
            case MessageSought(then=then):
                return None, then(await self._sought(lookup))
            case NicksKept(who, then):
                return None, then(await self._repository.kept(who))
            case ChannelsMade(maker, then):
                return None, then(await self._repository.made(maker))
            case ActivitySought(who, then):
                return None, then(await self._repository.news(who))

    async def _sought(self, lookup: MessageSought) -> Message | None:
        found = await self._repository.message(lookup.channel, lookup.id)
        if found is not None or lookup.author is None:
            return found
        newest = reversed(await self._repository.recent(lookup.channel, NEWEST))
        return next((one for one in newest if (one.sender, one.client_id) == (lookup.author, lookup.id)), None)


def _farewells(deliveries: Sequence[Delivery], happened: Sequence[Event]) -> int:
    """How many deliveries come before an answer that comes first: who is put out hears it before (XEP-0045 §8.2)."""
    clients: set[RealJid] = set()
    for event in happened:
        match event:
            case ParticipantLeft(sessions=sessions, reason=Departure.KICKED):
                clients = {session.jid for session in sessions}
                break
            case SessionClosed(session=session, reason=Exit.KICKED):
                clients = {session.jid}
                break
    places = [place for place, one in enumerate(deliveries) if isinstance(one, Replay) and one.to in clients]
    return places[-1] + 1 if places else 0
