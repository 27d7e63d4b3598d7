"""Asking as client libraries do: the answer counts only when it comes from exactly where the question went."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from tests.stage import patterns
from tests.stage.people import Client

NS = {
    "c": "jabber:client",
    "mix": "urn:xmpp:mix:core:1",
    "ps": "http://jabber.org/protocol/pubsub",
    "event": "http://jabber.org/protocol/pubsub#event",
    "x": "jabber:x:data",
    "info": "http://jabber.org/protocol/disco#info",
    "items": "http://jabber.org/protocol/disco#items",
    "mam": "urn:xmpp:mam:2",
    "fwd": "urn:xmpp:forward:0",
    "sid": "urn:xmpp:sid:0",
    "anon": "urn:xmpp:mix:anon:0",
}
NODE = "urn:xmpp:mix:nodes:"


def ask(
    client: Client,
    payload: str,
    *,
    to: str = "{coven}",
    type: str = "set",
    id: str = "qx1",
    lang: str | None = None,
) -> Element:
    """Send a request, and return its one answer; whatever else came stays unread."""
    __tracebackhide__ = True
    spoken = f" xml:lang='{lang}'" if lang is not None else ""
    client.sends(f"<iq type='{type}' id='{id}' to='{to}'{spoken}>{payload}</iq>")
    address = patterns.fill(to, client.service.known)
    answers = [one for one in client.unread() if one.xml.tag == "{jabber:client}iq" and one.xml.get("id") == id]
    assert len(answers) == 1, f"{len(answers)} answers to {payload}"
    answers[0].is_read = True
    assert answers[0].xml.get("from") == address, f"the answer came from {answers[0].xml.get('from')}"
    return answers[0].xml


def granted(
    client: Client,
    payload: str,
    *,
    to: str = "{coven}",
    type: str = "set",
    id: str = "qx1",
    lang: str | None = None,
) -> Element:
    """Ask for what is granted."""
    __tracebackhide__ = True
    answer = ask(client, payload, to=to, type=type, id=id, lang=lang)
    assert answer.get("type") == "result", patterns.pretty(answer)
    return answer


def refused(client: Client, payload: str, *, to: str = "{coven}", type: str = "set", id: str = "qx1") -> list[str]:
    """Ask for what is refused: the type of the error, its condition, and a pubsub condition if there is one."""
    __tracebackhide__ = True
    answer = ask(client, payload, to=to, type=type, id=id)
    assert answer.get("type") == "error", patterns.pretty(answer)
    error = answer.find("c:error", NS)
    assert error is not None
    names = [child.tag.rpartition("}")[2] for child in error if not child.tag.endswith("}text")]
    return [error.get("type", ""), *names]


def items_of(client: Client, node: str, *, to: str = "{coven}") -> list[Element]:
    """The items of a node, by pubsub."""
    __tracebackhide__ = True
    answer = granted(client, pubsub(f"<items node='{NODE}{node}'/>"), to=to, type="get")
    return answer.findall("ps:pubsub/ps:items/ps:item", NS)


def form_in(item: Element) -> dict[str, tuple[str | None, list[str]]]:
    """The fields of the form in an item: type and values by name."""
    form = item.find("x:x", NS)
    assert form is not None
    return {
        field.get("var", ""): (field.get("type"), [value.text or "" for value in field.findall("x:value", NS)])
        for field in form.findall("x:field", NS)
    }


def the(stanza: Element, path: str) -> Element:
    """The one element there is under a path."""
    found = stanza.findall(path, NS)
    assert len(found) == 1, f"{len(found)} of {path} in\n{patterns.pretty(stanza)}"
    return found[0]


def pubsub(inside: str, owner: bool = False) -> str:
    """A request of XEP-0060."""
    return f"<pubsub xmlns='http://jabber.org/protocol/pubsub{'#owner' if owner else ''}'>{inside}</pubsub>"


def publish(node: str, inside: str, id: str | None = None) -> str:
    """A request to publish one item."""
    named = f" id='{id}'" if id is not None else ""
    return pubsub(f"<publish node='{NODE}{node}'><item{named}>{inside}</item></publish>")


def submit(form_type: str, fields: dict[str, list[str]], type: str = "submit") -> str:
    """A form as it is sent back."""
    inside = "".join(
        f"<field var='{name}'>{''.join(f'<value>{value}</value>' for value in values)}</field>"
        for name, values in {"FORM_TYPE": [form_type], **fields}.items()
    )
    return f"<x xmlns='jabber:x:data' type='{type}'>{inside}</x>"


def verbs_of(stanza: Element) -> set[str]:
    """What a notification says: items and retractions within `<items/>`, or purge, or delete."""
    event = stanza.find("event:event", NS)
    if event is None:
        return set()
    found = [child for verb in event for child in (verb if verb.tag.endswith("}items") else [verb])]
    return {child.tag.rpartition("}")[2] for child in found}
