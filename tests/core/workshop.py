"""A channel without any face around it: wishes go in, events come out and are applied."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import is_dataclass, replace
from typing import Any

from mix.core import commands
from mix.core.census import Census, CensusSought, Overview
from mix.core.channel import Channel, Participant
from mix.core.commands import Command
from mix.core.decide import decide
from mix.core.events import ChannelCreated, Event
from mix.core.nodes import Node
from mix.core.past import admitted
from mix.core.payload import Payload
from mix.core.ports import Decision, Lookup, Moment, Rules
from mix.core.registry import OfService, Registry
from pubsubnodes.addresses import RealJid
from pubsubnodes.xml import CLIENT, element
from tests.stage.world import Clock, LoadedDice

DOMAIN = "mix.shakespeare.example"
CORE_NODES = (Node.MESSAGES, Node.PARTICIPANTS, Node.PRESENCE, Node.INFO)


def jid(text: str) -> RealJid:
    """Somebody at shakespeare.example, by name, or a whole address."""
    name, slash, resource = text.partition("/")
    return RealJid.parse(text if "@" in text or "." in text else f"{name}@shakespeare.example{slash}{resource}")


def body(text: str) -> Payload:
    """A message's payload."""
    return Payload([element(CLIENT, "body", text=text)])


def show(text: str = "") -> Payload:
    """A presence's payload."""
    return Payload([element(CLIENT, "show", text=text)] if text else [])


class Workshop:
    """A service's core: one channel, a clock, loaded dice."""

    def __init__(self, *, exists: bool = True, **rules: Any) -> None:
        self.clock = Clock()
        self.dice = LoadedDice()
        self.rules = Rules(domain=DOMAIN, **{"local_domains": frozenset({"shakespeare.example"}), **rules})
        self.registry = Registry()
        self.channel: Channel | None = None
        if exists:
            self.does(commands.CreateChannel(actor=jid("crone1/cave"), name="coven"))

    @property
    def moment(self) -> Moment:
        """Now."""
        return Moment(self.clock.now, self.dice, self.rules, self.registry)

    @property
    def coven(self) -> Channel:
        """The channel, which is there."""
        assert self.channel is not None
        return self.channel

    @property
    def census(self) -> Census:
        """All there is: one channel, or none."""
        found = [self.channel] if self.channel is not None else []
        people = [(one.jid, someone) for one in found for someone in one.participants.values()]
        return Census(
            [Overview(one.jid, one.info.name, one.created, len(one.participants)) for one in found],
            [(jid, someone.jid) for jid, someone in people],
            [(jid, someone.id, session) for jid, someone in people for session in someone.sessions.values()],
        )

    def decides(self, command: Command) -> Decision:
        """What a wish comes to, without doing it."""
        return decide(self.channel, command, self.moment)

    def does(self, command: Command) -> Sequence[Event]:
        """Let a wish come true."""
        self.clock.advance(1)
        decision = self.decides(command)
        if isinstance(decision, CensusSought):
            decision = decision.then(self.census)
        assert not isinstance(decision, Lookup)
        for event in [*decision, *admitted(self.channel, decision, self.moment)]:
            if isinstance(event, OfService):
                event.enter(self.registry)
                continue
            if isinstance(event, ChannelCreated):
                self.channel = event.born()
                self.channel.is_barred = self.registry.is_barred
            self.coven.apply(event)
        return decision

    # -- the usual wishes

    def joins(self, who: str, nick: str | None = None, nodes: Sequence[str] = CORE_NODES, **more: Any) -> Participant:
        """Somebody joins for good, under a nick of their own."""
        self.does(
            commands.Join(actor=jid(who), nick=nick if nick is not None else f"nick of {who}", nodes=nodes, **more)
        )
        return self.coven.participant(jid(who))

    def enters(self, who: str, nick: str | None = None, **more: Any) -> Sequence[Event]:
        """A client enters the room."""
        name = who.partition("/")[0]
        return self.does(
            commands.Enter(
                actor=jid(who),
                name="coven",
                nick=nick or f"nick of {name}",
                presence=more.pop("presence", show()),
                **more,
            )
        )

    def shows(self, who: str, text: str = "", priority: int = 0) -> Sequence[Event]:
        """A client shows presence."""
        return self.does(commands.ShowPresence(actor=jid(who), presence=show(text), priority=priority))

    def says(self, who: str, payload: Payload | None = None, *, from_room: bool = False) -> Sequence[Event]:
        """A client says something."""
        return self.does(
            commands.PostMessage(
                actor=jid(who), payload=payload or body("hail"), client_id="m1", lang=None, from_room=from_room
            )
        )

    def configures(self, who: str = "crone1", *, as_owner: bool = True, **changes: Any) -> Sequence[Event]:
        """Somebody changes fields of configuration, information or lists, by name."""
        fields = {
            kind: {name: value for name, value in changes.items() if name in type(now).__dataclass_fields__}
            for kind, now in (("config", self.coven.config), ("info", self.coven.info), ("lists", self.coven.lists))
        }
        return self.does(commands.Configure(actor=jid(who), as_owner=as_owner, **fields))

    def lists(self, **people: str) -> Sequence[Event]:
        """The owner sets lists from names."""
        sets: dict[str, Any] = {name: frozenset(map(jid, text.split())) for name, text in people.items()}
        return self.configures("crone1", **sets)

    def sets(self, **fields: Any) -> None:
        """Configuration as it is in a test, however it came about."""
        self.coven.config = replace(self.coven.config, **fields)
        self.coven.forget_everything()


def is_value(cls: type) -> bool:
    """Whether nothing may assign to what a class makes, as mypy sees to, and equal ones are equal."""
    return is_dataclass(cls) and cls.__dataclass_params__.unsafe_hash  # type: ignore[attr-defined]
