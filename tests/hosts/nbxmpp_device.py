"""A device with a second, independent client on it: nbxmpp, the library of Gajim, in a process of its own."""

import asyncio
import itertools
import json
import secrets
import xml.etree.ElementTree as ET
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final, TypeAlias

from .clients import Person, Refused
from .processes import until
from .prosody import PASSWORD
from .received import Received

PYTHON: Final = "/usr/bin/python3"
"""Debian's: python3-nbxmpp and GLib are for it."""

DRIVER: Final = Path(__file__).parent / "nbxmpp_driver.py"


@dataclass(frozen=True)
class Understood:
    """What nbxmpp made of a message or a presence."""

    index: int
    kind: str
    type: str
    sender: str
    id: str | None
    nick: str | None
    body: str | None
    subject: str | None
    status: str | None
    codes: list[int]
    occupant_id: str | None
    stanza_ids: dict[str, str]
    role: str | None
    affiliation: str | None
    jid: str | None
    new_nick: str | None
    reason: str | None
    is_self: bool
    is_private: bool
    is_delayed: bool
    archive_id: str | None
    query: str | None
    moderated: str | None
    error: str | None

    @property
    def room(self) -> str:
        return self.sender.partition("/")[0]

    @property
    def stanza_id(self) -> str | None:
        """The id in the room's archive."""
        return self.stanza_ids.get(self.room)


Wanted: TypeAlias = Callable[[Understood], bool]


class NbxmppDevice:
    """One device of a person. It remembers what it heard and what it understood of that."""

    def __init__(self, person: Person, name: str) -> None:
        self.name = name
        self.resource = f"{name}-{secrets.token_hex(5)}"
        self.jid = f"{person.jid}/{self.resource}"
        self.received: list[Received] = []
        self.understood: list[Understood] = []
        self.complaints: list[str] = []
        self._port = person.port
        self._orders = itertools.count(1)
        self._answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._claimed: set[int] = set()
        self._process: Process | None = None
        self._listening: asyncio.Task[None] | None = None
        self._online = False

    # --- the process and its connection

    async def log_in(self) -> None:
        """Start the client, connect, and tell the server that we are there."""
        self._process = await asyncio.create_subprocess_exec(
            PYTHON, "-I", str(DRIVER), self.jid, PASSWORD, str(self._port), stdin=PIPE, stdout=PIPE, limit=2**22
        )
        self._listening = asyncio.create_task(self._listen(self._process), name=f"listen to {self.name}")
        await until(f"{self.name} is online", lambda: self._online, within=20)

    async def log_out(self) -> None:
        """Say goodbye and end the client."""
        if self._process is not None and self._process.returncode is None:
            self._tell("log_out")
            with suppress(TimeoutError):
                await until(f"{self.name} has logged out", lambda: not self._online, within=5)
        await self.vanish()

    async def vanish(self) -> None:
        """End the client without a word; its connection goes with it."""
        process, self._process = self._process, None
        if process is None or self._listening is None:
            return
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        await self._listening

    async def _listen(self, process: Process) -> None:
        assert process.stdout is not None
        async for line in process.stdout:
            match json.loads(line):
                case {"heard": str() as xml}:
                    self.received.append(Received(ET.fromstring(xml), len(self.received)))
                case {"understood": dict() as words}:
                    self.understood.append(Understood(index=len(self.understood), **words))
                case {"complaint": str() as words}:
                    self.complaints.append(words)
                case {"answer": int() as order} as answer:
                    self._answers.pop(order).set_result(answer)
                case {"online": _}:
                    self._online = True
                case {"offline": _}:
                    self._online = False
                case other:
                    raise AssertionError(f"the driver of nbxmpp said {other}")

    def _tell(self, what: str, **words: Any) -> int:
        assert self._process is not None, f"{self.name} is not logged in"
        assert self._process.stdin is not None
        order = next(self._orders)
        self._process.stdin.write(json.dumps({"id": order, "do": what, "with": words}).encode() + b"\n")
        return order

    async def _ask(self, what: str, **words: Any) -> Any:
        order = self._tell(what, **words)
        future = self._answers[order] = asyncio.get_running_loop().create_future()
        answer = await asyncio.wait_for(future, 20)
        if (problem := answer.get("problem")) is not None:
            raise Refused(problem, self.received[-1])
        return answer.get("result")

    # --- looking

    async def sees(self, *wanted: Wanted, within: float = 10.0, **values: object) -> Understood:
        """Wait for what all of these hold for, or take one that has come but that no earlier look has taken."""
        assert values.keys() <= {known.name for known in fields(Understood)} | {"room", "stanza_id"}

        def fits(one: Understood) -> bool:
            return all(getattr(one, name) == value for name, value in values.items()) and all(w(one) for w in wanted)

        found: list[Understood] = []

        def is_here() -> bool:
            found.extend([one for one in self.understood if one.index not in self._claimed and fits(one)][:1])
            return bool(found)

        try:
            await until(f"{self.name} understands it", is_here, within=within)
        except TimeoutError as missing:
            recent = "\n".join(map(str, self.understood[-8:]))
            raise AssertionError(f"{missing}: {values}. The last it understood:\n{recent}") from None
        self._claimed.add(found[0].index)
        return found[0]

    # --- in a room

    async def enter(self, room: str, nick: str, *, history: int | None = None) -> Understood:
        """Enter, and wait for the subject that ends it all; what we are in there then (XEP-0045 §7.2)."""
        words = {} if history is None else {"history": history}
        mark = len(self.understood)
        self._tell("enter", room=room, nick=nick, **words)

        def is_new(one: Understood) -> bool:
            return one.index >= mark and one.room == room

        own = await self.sees(is_new, lambda one: one.is_self or one.type == "error", kind="presence")
        if own.error is not None:
            raise Refused(own.error, self.received[-1])
        await self.sees(is_new, lambda one: one.subject is not None, kind="message")
        return own

    def change_nick(self, room: str, nick: str) -> None:
        self._tell("enter", room=room, nick=nick, muc=False)

    def leave(self, room: str, nick: str, status: str) -> None:
        self._tell("leave", room=room, nick=nick, status=status)

    def say(self, to: str, body: str, *, kind: str = "groupchat") -> str:
        """Say something to a room or, as `chat`, to one occupant. Returns the id of the message."""
        id = f"say-{secrets.token_hex(6)}"
        self._tell("say", to=to, body=body, type=kind, message_id=id)
        return id

    def set_subject(self, room: str, text: str) -> None:
        self._tell("subject", room=room, text=text)

    def ask_for_voice(self, room: str) -> None:
        self._tell("ask_for_voice", room=room)

    async def configure(self, room: str, **values: str | bool) -> None:
        """Fetch the form, fill in some of it, send it back; with nothing to fill in, a new room is unlocked."""
        await self._ask(
            "configure", room=room, fields={f"muc#roomconfig_{name}": value for name, value in values.items()}
        )

    async def give_role(self, room: str, nick: str, role: str, *, reason: str = "") -> None:
        await self._ask("role", room=room, nick=nick, role=role, reason=reason)

    async def give_rank(self, room: str, jid: str, affiliation: str, *, reason: str | None = None) -> None:
        await self._ask("rank", room=room, jid=jid, affiliation=affiliation, reason=reason)

    async def ranked(self, room: str, affiliation: str) -> dict[str, dict[str, str]]:
        """Who has an affiliation, by address."""
        users: dict[str, dict[str, str]] = (await self._ask("ranked", room=room, affiliation=affiliation))["users"]
        return users

    async def archive(self, room: str, *, page: int = 50) -> list[Understood]:
        """All of the room's archive, page by page."""
        found: list[Understood] = []
        while True:
            query = secrets.token_hex(4)
            after = {"after": found[-1].archive_id} if found else {}
            answer = await self._ask("archive", room=room, query=query, page=page, **after)
            found += [one for one in self.understood if one.query == query]
            if answer["complete"]:
                return found

    async def features(self, room: str) -> list[str]:
        features: list[str] = (await self._ask("info", room=room))["features"]
        return features

    async def ping(self, to: str) -> None:
        await self._ask("ping", to=to)

    async def ask(self, to: str, payload: str, *, kind: str = "set") -> Received:
        """An IQ in raw XML, for what this version of nbxmpp has no words for."""
        return Received(ET.fromstring(await self._ask("ask", to=to, payload=payload, type=kind)))
