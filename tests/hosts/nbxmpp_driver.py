"""A client made of nbxmpp, Gajim's library, told by lines of JSON what to do; Debian's Python runs it, by itself.

In come `{"id": 1, "do": "enter", "with": {…}}`; out go `{"answer": 1, …}`, `{"heard": …}` for each stanza of the wire,
`{"understood": {…}}` for what nbxmpp made of one, and `{"complaint": …}` for what it found wrong.
"""

import json
import logging
import sys
import threading
from collections.abc import Callable, Mapping
from typing import Any, Final

import nbxmpp
from gi.repository import GLib
from nbxmpp.client import Client
from nbxmpp.const import ConnectionProtocol, ConnectionType
from nbxmpp.namespaces import Namespace
from nbxmpp.protocol import JID, Iq, Message
from nbxmpp.structs import StanzaHandler

Words = Mapping[str, Any]
TIMEOUT: Final = 15


def tell(**words: Any) -> None:
    """One line to who drives us."""
    sys.stdout.write(json.dumps(words, default=str) + "\n")
    sys.stdout.flush()


class Complaints(logging.Handler):
    """What nbxmpp finds wrong with the stanzas it gets, it says in its log."""

    def emit(self, record: logging.LogRecord) -> None:
        tell(complaint=record.getMessage())


class Driver:
    """One connection, and what can be done with it."""

    def __init__(self, account: str, password: str, port: int) -> None:
        jid = JID.from_string(account)
        self.client = client = Client(log_context="driver")
        client.set_domain(jid.domain)
        client.set_username(jid.localpart)
        client.set_resource(jid.resource)
        client.set_password(password)
        client.set_custom_host(f"127.0.0.1:{port}", ConnectionProtocol.TCP, ConnectionType.PLAIN)
        client.set_sm_disabled(True)  # or a host would wait for minutes for a client that has been killed
        client.subscribe("connected", self._online)
        for signal in ("connection-failed", "disconnected"):
            client.subscribe(signal, self._offline)
        client.subscribe("stanza-received", self._heard)
        for kind in ("message", "presence"):
            client.register_handler(StanzaHandler(name=kind, callback=self._understood))
        self._whole_tags()
        client.connect()

    def _whole_tags(self) -> None:
        """Hold parts of tags back: expat, as it is in Debian, may let them lie until the next stanza comes."""
        dispatcher, rest = self.client._dispatcher, ""
        process = dispatcher.process_data

        def processed(data: str) -> None:
            nonlocal rest
            whole, end, rest = (rest + data).rpartition(">")
            if end:
                process(whole + end)

        dispatcher.process_data = processed

    def _online(self, *_: object) -> None:
        self.client.get_module("BasePresence").send()
        tell(online=nbxmpp.__version__)

    def _offline(self, *_: object) -> None:
        tell(offline=str(self.client.get_error()))

    def _heard(self, _client: object, _signal: str, stanza: Any) -> None:
        if stanza.getName() in ("message", "presence", "iq"):
            tell(heard=str(stanza))

    # --- what one can do

    def enter(self, words: Words, _answer: object) -> None:
        """Enter a room or, inside, take another nick."""
        history = {"maxstanzas": str(words["history"])} if "history" in words else None
        self.client.get_module("BasePresence").send(
            jid=f"{words['room']}/{words['nick']}", muc=words.get("muc", True), muc_history=history
        )

    def leave(self, words: Words, _answer: object) -> None:
        self.client.get_module("BasePresence").send(
            jid=f"{words['room']}/{words['nick']}", typ="unavailable", status=words["status"]
        )

    def say(self, words: Words, _answer: object) -> None:
        message = Message(to=words["to"], body=words["body"], typ=words["type"])
        message.setID(words["message_id"])
        message.setOriginID(words["message_id"])
        if words["type"] == "chat":  # a private message to an occupant, as Gajim marks it
            message.setTag("x", namespace=Namespace.MUC_USER)
        self.client.send_stanza(message)

    def subject(self, words: Words, _answer: object) -> None:
        self.client.get_module("MUC").set_subject(words["room"], words["text"])

    def ask_for_voice(self, words: Words, _answer: object) -> None:
        self.client.get_module("MUC").request_voice(words["room"])

    def configure(self, words: Words, answer: Callable[..., None]) -> None:
        """Fetch the form, fill some of it in, and send all of it back, as Gajim does."""
        muc = self.client.get_module("MUC")

        def filled(task: Any) -> None:
            try:
                form = task.finish().form
                for name, value in words["fields"].items():
                    form[name].value = value
            except Exception as problem:
                tell(answer=words["order"], problem=condition(problem))
                return
            form.type_ = "submit"
            muc.set_config(words["room"], form, callback=answer, timeout=TIMEOUT)

        _kept.append(filled)
        muc.request_config(words["room"], callback=filled, timeout=TIMEOUT)

    def rank(self, words: Words, answer: Callable[..., None]) -> None:
        people = {JID.from_string(words["jid"]): {"affiliation": words["affiliation"], "reason": words.get("reason")}}
        self.client.get_module("MUC").set_affiliation(words["room"], people, callback=answer, timeout=TIMEOUT)

    def ranked(self, words: Words, answer: Callable[..., None]) -> None:
        self.client.get_module("MUC").get_affiliation(
            words["room"], words["affiliation"], callback=answer, timeout=TIMEOUT
        )

    def role(self, words: Words, answer: Callable[..., None]) -> None:
        self.client.get_module("MUC").set_role(
            words["room"], words["nick"], words["role"], words.get("reason") or "", callback=answer, timeout=TIMEOUT
        )

    def archive(self, words: Words, answer: Callable[..., None]) -> None:
        self.client.get_module("MAM").make_query(
            JID.from_string(words["room"]),
            queryid=words["query"],
            after=words.get("after"),
            max_=words["page"],
            callback=answer,
            timeout=TIMEOUT,
        )

    def info(self, words: Words, answer: Callable[..., None]) -> None:
        self.client.get_module("Discovery").disco_info(JID.from_string(words["room"]), callback=answer, timeout=TIMEOUT)

    def ping(self, words: Words, answer: Callable[..., None]) -> None:
        self.client.get_module("Ping").ping(JID.from_string(words["to"]), callback=answer, timeout=TIMEOUT)

    def ask(self, words: Words, _answer: object) -> None:
        """An IQ of raw XML, for what this version of the library has no words for."""
        iq = Iq(words["type"], to=words["to"])
        iq.addChild(node=nbxmpp.Node(node=words["payload"]))

        def done(_client: object, stanza: Any) -> None:
            tell(answer=words["order"], result=str(stanza), problem=stanza.getError())

        self.client.send_stanza(iq, callback=done)

    def log_out(self, _words: Words, _answer: object) -> None:
        self.client.disconnect()

    # --- answers and news

    def obey(self, line: str) -> bool:
        """Do what one line says. (False: GLib shall not do it once more.)"""
        order = json.loads(line)

        def answer(task: Any) -> None:
            try:
                tell(answer=order["id"], result=plain(task.finish()))
            except Exception as problem:  # whatever it is, the test hears of it
                tell(answer=order["id"], problem=condition(problem))

        _kept.append(answer)
        getattr(self, order["do"])({**order["with"], "order": order["id"]}, answer)
        return False

    def _understood(self, _client: object, stanza: Any, properties: Any) -> None:
        muc_user, mam, moderation = (getattr(properties, name, None) for name in ("muc_user", "mam", "moderation"))
        tell(
            understood={
                "kind": stanza.getName(),
                "type": properties.type.value,
                "sender": str(properties.jid),
                "id": properties.id,
                "nick": properties.muc_nickname,
                "body": getattr(properties, "body", None),
                "subject": getattr(getattr(properties, "muc_subject", None), "text", None),
                "status": getattr(properties, "status", None),
                "codes": sorted(int(code.value) for code in properties.muc_status_codes or ()),
                "occupant_id": properties.occupant_id,
                "stanza_ids": {found.by: found.id for found in getattr(properties, "stanza_ids", ())},
                "role": muc_user and muc_user.role and muc_user.role.value,
                "affiliation": muc_user and muc_user.affiliation and muc_user.affiliation.value,
                "jid": muc_user and muc_user.jid and str(muc_user.jid),
                "new_nick": muc_user and muc_user.nick,
                "reason": (muc_user and muc_user.reason) or (moderation and moderation.reason),
                "is_self": getattr(properties, "is_muc_self_presence", False),
                "is_private": getattr(properties, "is_muc_pm", False),
                "is_delayed": getattr(properties, "has_server_delay", False),
                "archive_id": mam and mam.id,
                "query": mam and mam.query_id,
                "moderated": moderation and moderation.stanza_id,
                "error": properties.error and properties.error.condition,
            }
        )


_kept: list[Callable[..., None]] = []  # nbxmpp holds its callbacks by weak references


def condition(problem: Exception) -> str:
    """What went wrong: the condition of an error stanza, or any other exception in its own words."""
    return getattr(problem, "condition", None) or repr(problem)


def plain(result: Any) -> Any:
    """What can be said in JSON of an answer."""
    if hasattr(result, "_asdict"):
        return {name: plain(value) for name, value in result._asdict().items()}
    if isinstance(result, dict):
        return {str(name): plain(value) for name, value in result.items()}
    if isinstance(result, (list, tuple, set)):
        return [plain(value) for value in result]
    return result if isinstance(result, (str, int, bool, type(None))) else str(result)


def main() -> None:
    """Log in, then obey until nobody tells us anything any more."""
    account, password, port = sys.argv[1:]
    log = logging.getLogger("nbxmpp")
    log.addHandler(Complaints(logging.WARNING))
    log.propagate = False
    driver = Driver(account, password, int(port))
    loop = GLib.MainLoop()

    def listen() -> None:
        for line in sys.stdin:
            GLib.idle_add(driver.obey, line)
        GLib.idle_add(loop.quit)

    threading.Thread(target=listen, daemon=True).start()
    loop.run()


if __name__ == "__main__":
    main()
