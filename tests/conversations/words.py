"""The longer words of the protocols, so that conversations stay readable."""

from __future__ import annotations

from collections.abc import Iterable

from tests.stage.people import Listener
from tests.stage.scene import node

CORE = "urn:xmpp:mix:core:1"
ANON = "urn:xmpp:mix:anon:0"
ADMIN = "urn:xmpp:mix:admin:0"
PUBSUB = "http://jabber.org/protocol/pubsub"
EVENT = f"{PUBSUB}#event"
STANZAS = "urn:ietf:params:xml:ns:xmpp-stanzas"
MUC = "http://jabber.org/protocol/muc"
USER = f"{MUC}#user"
INFO = "http://jabber.org/protocol/disco#info"
ITEMS = "http://jabber.org/protocol/disco#items"
MAM = "urn:xmpp:mam:2"
STANZA_ID = "<stanza-id xmlns='urn:xmpp:sid:0' by='{coven}' id='*'/>"
"""On a message of the channel."""

ENTRY = f"<x xmlns='{MUC}'/>"
"""In the presence of who enters the room."""


def error(type: str, condition: str, by: str = "") -> str:
    """An error as the service writes it: type, condition, a text in English."""
    signed = f" by='{by}'" if by else ""
    return f"<error type='{type}'{signed}><{condition} xmlns='{STANZAS}'/>…</error>"


def failed(id: str, type: str, condition: str, echo: str = "") -> str:
    """An IQ's error, from the channel."""
    return f"<iq type='error' id='{id}' from='{{coven}}'>{echo}{error(type, condition)}</iq>"


def event(name: str, *items: str) -> str:
    """A notification of the channel about one of its nodes."""
    return (
        f"<message type='headline' from='{{coven}}' id='*'><event xmlns='{EVENT}'>"
        f"<items node='{node(name)}'>{''.join(items)}</items></event></message>"
    )


def participant(who: str, nick: str | None, jid: str | None = None) -> str:
    """An item of the participants node."""
    parts = (f"<nick>{nick}</nick>" if nick else "") + (f"<jid>{jid}</jid>" if jid else "")
    return f"<item id='{{{who}.id}}'><participant xmlns='{CORE}'>{parts}</participant></item>"


def retracted(who: str) -> str:
    """An item that is gone."""
    return f"<retract id='{{{who}.id}}'/>"


def mapped(who: str) -> str:
    """An item of the jidmap."""
    return f"<item id='{{{who}.id}}'><participant xmlns='{ANON}'><jid>{{{who}}}</jid></participant></item>"


def join(nick: str | None, *nodes: str, extra: str = "", id: str = "j1", xmlns: str = CORE) -> str:
    """A wish to join."""
    subscriptions = "".join(f"<subscribe node='{node(name)}'/>" for name in nodes)
    wish = f"<nick>{nick}</nick>" if nick is not None else ""
    return f"<iq type='set' id='{id}'><join xmlns='{xmlns}'>{subscriptions}{wish}{extra}</join></iq>"


def joined(who: str, nick: str | None, *nodes: str, extra: str = "", id: str = "j1", xmlns: str = CORE) -> str:
    """The answer to who joined."""
    subscriptions = "".join(f"<subscribe node='{node(name)}'/>" for name in nodes)
    has = f"<nick>{nick}</nick>" if nick is not None else ""
    return (
        f"<iq type='result' id='{id}' from='{{coven}}'>"
        f"<join xmlns='{xmlns}' id='{{{who}.id}}' jid='{{{who}.id}}#{{coven}}'>{subscriptions}{has}{extra}</join></iq>"
    )


LEAVE = f"<iq type='set' id='l1'><leave xmlns='{CORE}'/></iq>"
LEFT = f"<iq type='result' id='l1' from='{{coven}}'><leave xmlns='{CORE}'/></iq>"


def setnick(nick: str | None, id: str = "n1") -> str:
    """A wish for a nick."""
    wish = f"<nick>{nick}</nick>" if nick is not None else ""
    return f"<iq type='set' id='{id}'><setnick xmlns='{CORE}'>{wish}</setnick></iq>"


def nick_set(nick: str, id: str = "n1") -> str:
    """The answer to it."""
    return f"<iq type='result' id='{id}' from='{{coven}}'><setnick xmlns='{CORE}'><nick>{nick}</nick></setnick></iq>"


def says(text: str, *extra: str, id: str | None = "m1") -> str:
    """A message to everybody."""
    named = f" id='{id}'" if id is not None else ""
    return f"<message type='groupchat'{named}><body>{text}</body>{''.join(extra)}</message>"


def said(
    who: str, nick: str, text: str, *extra: str, jid: str | None = None, submission: str | None = None, id: str = "*"
) -> str:
    """A message as the channel distributes it; `submission` in the sender's own copy."""
    signature = (
        f"<nick>{nick}</nick>"
        + (f"<jid>{jid}</jid>" if jid else "")
        + (f"<submission-id>{submission}</submission-id>" if submission else "")
    )
    return (
        f"<message type='groupchat' from='{{coven}}/{{{who}.id}}' id='{id}'><body>{text}</body>{''.join(extra)}"
        f"<mix xmlns='{CORE}'>{signature}</mix><stanza-id xmlns='urn:xmpp:sid:0' by='{{coven}}' id='{id}'/></message>"
    )


def said_in_room(who: str, nick: str, text: str, *extra: str, id: str = "m1", stanza_id: str = "*") -> str:
    """A message as the room reflects it."""
    return (
        f"<message type='groupchat' from='{{coven}}/{nick}' id='{id}'><body>{text}</body>{''.join(extra)}"
        f"{occupant_id(who)}<stanza-id xmlns='urn:xmpp:sid:0' by='{{coven}}' id='{stanza_id}'/></message>"
    )


def occupant_id(who: str) -> str:
    """Who somebody is in the room."""
    return f"<occupant-id xmlns='urn:xmpp:occupant-id:0' id='{{{who}.id}}'/>"


def presence(
    who: str, *shown: str, nick: str, jid: str | None = None, tag: str | None = None, type: str | None = None
) -> str:
    """Presence as the channel sends it; unavailable presence carries no nick."""
    kind = f" type='{type}'" if type else ""
    known = f"<jid>{jid}</jid>" if jid else ""
    mix = "" if type else f"<mix xmlns='urn:xmpp:mix:presence:0'><nick>{nick}</nick>{known}</mix>"
    resource = f"{{{tag}}}" if tag else "*"
    return f"<presence from='{{{who}.id}}#{{coven}}/{resource}'{kind}>{''.join(shown)}{mix}</presence>"


def occupant(
    who: str,
    nick: str,
    *shown: str,
    role: str = "participant",
    affiliation: str = "none",
    jid: str | None = None,
    codes: Iterable[int] = (),
    type: str | None = None,
    item: str = "",
) -> str:
    """Presence as the room sends it."""
    kind = f" type='{type}'" if type else ""
    known = f" jid='{jid}'" if jid else ""
    statuses = "".join(f"<status code='{code}'/>" for code in codes)
    return (
        f"<presence from='{{coven}}/{nick}'{kind}>{''.join(shown)}{occupant_id(who)}<x xmlns='{USER}'>"
        f"<item affiliation='{affiliation}' role='{role}'{known}{item}/>{statuses}</x></presence>"
    )


SUBJECT = "<message type='groupchat' from='{coven}'><subject/></message>"
"""What ends an entry into a room without subject."""


def ask_items(name: str, inside: str = "", id: str = "i1") -> str:
    """Ask for a node's items."""
    return (
        f"<iq type='get' id='{id}'><pubsub xmlns='{PUBSUB}'><items node='{node(name)}'>{inside}</items></pubsub></iq>"
    )


def items(name: str, *found: str, id: str = "i1", after: str = "") -> str:
    """A node's items."""
    return (
        f"<iq type='result' id='{id}' from='{{coven}}'><pubsub xmlns='{PUBSUB}'>"
        f"<items node='{node(name)}'>{''.join(found)}</items>{after}</pubsub></iq>"
    )


def form(*fields: tuple[str, str], form_type: str, type: str = "submit") -> str:
    """A data form; several fields of one name are several values."""
    values: dict[str, list[str]] = {"FORM_TYPE": [form_type]}
    for name, value in fields:
        values.setdefault(name, []).append(value)
    inside = "".join(
        f"<field var='{name}'>{''.join(f'<value>{value}</value>' for value in texts)}</field>"
        for name, texts in values.items()
    )
    return f"<x xmlns='jabber:x:data' type='{type}'>{inside}</x>"


def configure(*fields: tuple[str, str], id: str = "c1") -> str:
    """Publish a change of configuration (XEP-0406 §3.2)."""
    return (
        f"<iq type='set' id='{id}'><pubsub xmlns='{PUBSUB}'><publish node='{node('config')}'>"
        f"<item>{form(*fields, form_type=ADMIN)}</item></publish></pubsub></iq>"
    )


def prefer(*fields: tuple[str, str], id: str = "p1") -> str:
    """Change one's preferences (XEP-0404 §3.1)."""
    return (
        f"<iq type='set' id='{id}'><user-preference xmlns='{ANON}'>"
        f"{form(*fields, form_type=ANON)}</user-preference></iq>"
    )


def info(node_name: str = "", id: str = "d1") -> str:
    """Ask what there is to know of something (XEP-0030)."""
    about = f" node='{node_name}'" if node_name else ""
    return f"<iq type='get' id='{id}'><query xmlns='{INFO}'{about}/></iq>"


def mam(inside: str = "", id: str = "q1", query: str = "f") -> str:
    """Ask the archive."""
    return f"<iq type='set' id='{id}'><query xmlns='{MAM}' queryid='{query}'>{inside}</query></iq>"


def refused(someone: Listener) -> str:
    """Type and condition of the one thing somebody got, which is an error."""
    (answer,) = someone.takes()
    assert answer.get("type") == "error", answer
    found = answer.find("{jabber:client}error")
    assert found is not None
    return f"{found.get('type')} {found[0].tag.partition('}')[2]}"


def features(reply: object) -> set[str]:
    """The features of a disco#info answer."""
    from xml.etree.ElementTree import Element

    assert isinstance(reply, Element)
    return {found.get("var", "") for found in reply.iter(f"{{{INFO}}}feature")}
