"""Ad-hoc commands of the service: what is asked at the desk, and how it is answered (XEP-0050, XEP-0133)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, final

from mix.core.announcing import Announced
from mix.core.channel import Channel
from mix.core.commands import Command, Look
from mix.core.events import Event
from mix.core.ports import Moment, Outcome, Rules
from mix.core.refusals import MalformedRequest, NoSuchItem, NotAllowed, Refusal
from mix.core.registry import OfService
from mix.desk import errors
from mix.desk.commands import ADMIN
from mix.desk.commands import COMMANDS as TABLE
from pubsubnodes.addresses import RealJid, Recipients, VisibleAddress
from pubsubnodes.adhoc import COMMAND, COMMANDS, Call, MalformedCall, Sessions, read_call, write_command
from pubsubnodes.disco import INFO, ITEMS, About, write_info, write_items
from pubsubnodes.errors import result
from pubsubnodes.forms import DATA, write_form
from pubsubnodes.stanza import Delivery, Fanout, Inbound, Stanza
from pubsubnodes.xml import CLIENT, element

_INFO: Final = f"{{{INFO}}}query"
_ITEMS: Final = f"{{{ITEMS}}}query"
_LIST, _LEAF, _FORM, _CANCEL = "command list", "command node", "form", "cancel"


@final
class Desk:
    """Serves the operators named in the settings, and nobody else. It remembers the forms it has handed out."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._sessions = Sessions()

    def names_channel(self, inbound: Inbound) -> str | None:
        """None: the desk is the service's, whatever the command is about."""
        return None

    def parse(self, inbound: Inbound, channel: Channel | None) -> Command | None:
        """Commands, and discovery of commands; everything else is for other faces."""
        if not inbound.target.is_service or not inbound.is_request or (asked := inbound.payload) is None:
            return None
        match asked.tag:
            case tag if tag == COMMAND:
                return self._command(inbound)
            case tag if tag in (_INFO, _ITEMS) and inbound.type == "get":
                return self._discovery(inbound, asked.get("node") or "", is_info=tag == _INFO)
            case _:
                return None

    def _discovery(self, inbound: Inbound, node: str, *, is_info: bool) -> Command | None:
        """The list is empty for others; a command is forbidden to them, and so is what it is (XEP-0050 §2.2)."""
        if node == COMMANDS:
            return Look(actor=inbound.sender, subject=_LIST)
        if node not in TABLE or not is_info:
            return None
        self._must_operate(inbound)
        return Look(actor=inbound.sender, subject=_LEAF)

    def _command(self, inbound: Inbound) -> Command:
        self._must_operate(inbound)
        if inbound.type != "set":
            raise MalformedRequest()
        call = _call(inbound)
        command = TABLE.get(call.node)
        if command is None:
            raise NoSuchItem()
        if call.session is not None and not self._sessions.has(call.session, inbound.sender, call.node):
            raise MalformedRequest("bad-sessionid")
        if call.action in ("prev", "next"):
            raise MalformedRequest("bad-action")  # there is one stage
        if call.action == "cancel" or (call.form is not None and call.form.type == "cancel"):
            if call.session is None:
                raise MalformedRequest("bad-sessionid")
            return Look(actor=inbound.sender, subject=_CANCEL)
        if command.fields is None:
            return command.parse(inbound.sender, {})
        if call.session is None:
            return Look(actor=inbound.sender, subject=_FORM)
        if call.form is None or call.form.type != "submit" or (call.form.form_type or ADMIN) != ADMIN:
            raise MalformedRequest("bad-payload")
        return command.parse(inbound.sender, call.form.fields)

    def _must_operate(self, inbound: Inbound) -> None:
        if inbound.sender.bare not in self._rules.operators:
            raise NotAllowed()

    def render(self, event: Event, channel: Channel, cause: Inbound | None) -> Iterable[Delivery]:
        """Nothing: what happens in channels is told by the others."""
        return ()

    def tell(self, event: OfService) -> Iterable[Delivery]:
        """An announcement goes out in the service's own name (XEP-0133 §4.23)."""
        if isinstance(event, Announced) and event.to:
            body = element(CLIENT, "body", text=event.text)
            said = Stanza("message", VisibleAddress(self._rules.domain), children=[body])
            return [Fanout(said, Recipients(event.to))]
        return ()

    def reply(self, inbound: Inbound, channel: Channel | None, outcome: Outcome) -> Iterable[Stanza]:
        """A list, a form, or what came of a command."""
        match outcome.command:
            case Look(subject=subject) if subject == _LIST:
                return [self._listed(inbound)]
            case Look(subject=subject) if subject == _LEAF:
                return [_described(inbound)]
        call, moment = _call(inbound), outcome.moment
        command = TABLE[call.node]
        match outcome.command:
            case Look(subject=subject) if subject == _FORM:
                return [self._form(inbound, call, moment)]
            case Look(subject=subject) if subject == _CANCEL:
                self._sessions.close(call.session or "")
                return [result(inbound, write_command(call.node, call.session or "", "canceled"))]
        session = call.session or moment.dice.request_id()
        self._sessions.close(session)
        return [result(inbound, write_command(call.node, session, "completed", command.answer(outcome)))]

    def _listed(self, inbound: Inbound) -> Stanza:
        node = inbound.payload.get("node") if inbound.payload is not None else None
        if inbound.payload is not None and inbound.payload.tag == _INFO:
            about = About((("automation", "command-list", None),), (COMMANDS,))
            return result(inbound, write_info([about], node=node))
        may = inbound.sender.bare in self._rules.operators
        items = [(inbound.target.domain, name, command.name) for name, command in TABLE.items() if may]
        return result(inbound, write_items(items, node=node))

    def _form(self, inbound: Inbound, call: Call, moment: Moment) -> Stanza:
        command = TABLE[call.node]
        fields = command.fields(moment.registry) if command.fields is not None else ()
        form = write_form("form", ADMIN, fields, title=command.name)
        for field in form.iter(f"{{{DATA}}}field"):
            if field.get("var") in command.required:
                field.append(element(DATA, "required"))
        session = moment.dice.request_id()
        self._sessions.open(session, inbound.sender, call.node, moment.now)
        return result(inbound, write_command(call.node, session, "executing", form))

    def refuse(self, inbound: Inbound, refusal: Refusal, channel: Channel | None) -> Stanza | None:
        """The refusal in the conditions of ad-hoc commands."""
        return errors.refuse(inbound, refusal)

    def describe(self, channel: Channel | None, viewer: RealJid, lang: str | None, moment: Moment) -> About:
        """Nothing of its own: the faces that speak for the service tell operators of the commands."""
        return About()


def _call(inbound: Inbound) -> Call:
    try:
        return read_call(inbound.xml[0])
    except MalformedCall as error:
        raise MalformedRequest() from error


def _described(inbound: Inbound) -> Stanza:
    """What a command is (XEP-0050 §2.2)."""
    node = inbound.xml[0].get("node") or ""
    about = About((("automation", "command-node", TABLE[node].name),), (COMMANDS, DATA))
    return result(inbound, write_info([about], node=node))
