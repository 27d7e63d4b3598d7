"""Ad-hoc commands on the wire (XEP-0050): a call is read, a form or a result is written, sessions are few and short."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, Literal, final
from xml.etree.ElementTree import Element

from pubsubnodes.addresses import RealJid
from pubsubnodes.forms import FORM, MalformedForm, Submission, read_form
from pubsubnodes.frozen import frozen
from pubsubnodes.xml import element

SPEC: Final = "XEP-0050 v1.3.0"

COMMANDS: Final = "http://jabber.org/protocol/commands"
COMMAND: Final = f"{{{COMMANDS}}}command"

ACTIONS: Final = frozenset({"execute", "cancel", "prev", "next", "complete"})
"""All there are (XEP-0050 §4.1)."""

MOST: Final = 100
"""Sessions kept; the oldest makes room for a new one."""

PATIENCE: Final = timedelta(minutes=15)
"""How long a form may lie about when others are handed out."""

Status = Literal["executing", "completed", "canceled"]


class MalformedCall(ValueError):
    """That calls no command."""


@frozen
class Call:
    """Somebody wants a command done, or goes on with one."""

    node: str
    action: str
    session: str | None
    form: Submission | None


def read_call(command: Element) -> Call:
    """Read `<command/>`. Raises `MalformedCall`."""
    node, action = command.get("node"), command.get("action") or "execute"
    if not node or action not in ACTIONS:
        raise MalformedCall()
    form = command.find(FORM)
    try:
        submission = read_form(form) if form is not None else None
    except MalformedForm as error:
        raise MalformedCall() from error
    return Call(node, action, command.get("sessionid"), submission)


def write_command(node: str, session: str, status: Status, *payload: Element) -> Element:
    """How a command stands. While it is executing there is one thing left to do: to complete it (XEP-0050 §3.4)."""
    actions = element(COMMANDS, "actions", element(COMMANDS, "complete"), execute="complete")
    head = [actions] if status == "executing" else []
    return element(COMMANDS, "command", *head, *payload, node=node, sessionid=session, status=status)


def write_note(text: str) -> Element:
    """A word for people about what was done (XEP-0050 §4.3)."""
    return element(COMMANDS, "note", text=text, type="info")


def write_table(form_type: str, columns: Sequence[tuple[str, str]], rows: Sequence[Sequence[str]]) -> Element:
    """A result of many rows (XEP-0004 §3.4): `columns` are names and labels."""
    data = "jabber:x:data"
    reported = [element(data, "field", var=var, label=label, type="text-single") for var, label in columns]
    hidden = element(data, "field", element(data, "value", text=form_type), var="FORM_TYPE", type="hidden")

    def cell(var: str, text: str) -> Element:
        return element(data, "field", element(data, "value", text=text), var=var)

    items = [
        element(data, "item", *(cell(var, text) for (var, _), text in zip(columns, row, strict=True))) for row in rows
    ]
    return element(data, "x", hidden, element(data, "reported", *reported), *items, type="result")


@final
class Sessions:
    """Commands begun and not yet ended: one client's, for one command, for a while (XEP-0050 §3.3)."""

    def __init__(self) -> None:
        self._open: dict[str, tuple[RealJid, str, datetime]] = {}

    def open(self, id: str, client: RealJid, node: str, now: datetime) -> None:
        """Remember that a client has been given a form."""
        stale = [other for other, (_, _, since) in self._open.items() if now - since > PATIENCE]
        for other in [*stale, *list(self._open)[: max(0, len(self._open) + 1 - MOST)]]:
            self._open.pop(other, None)
        self._open[id] = (client, node, now)

    def has(self, id: str, client: RealJid, node: str) -> bool:
        """Whether it is this client's, and for this command."""
        return self._open.get(id, ())[:2] == (client, node)

    def close(self, id: str) -> None:
        """Forget it: its id is not used again."""
        self._open.pop(id, None)
