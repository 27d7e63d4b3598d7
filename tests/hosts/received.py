"""What a client received: the raw stanza, and short ways to look into it."""

import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

NS = {
    "c": "jabber:client",
    "mix": "urn:xmpp:mix:core:1",
    "mixpresence": "urn:xmpp:mix:presence:0",
    "anon": "urn:xmpp:mix:anon:0",
    "muc": "http://jabber.org/protocol/muc",
    "user": "http://jabber.org/protocol/muc#user",
    "ps": "http://jabber.org/protocol/pubsub",
    "event": "http://jabber.org/protocol/pubsub#event",
    "retracted": "urn:xmpp:mix:misc:0",
    "sid": "urn:xmpp:sid:0",
    "occ": "urn:xmpp:occupant-id:0",
    "delay": "urn:xmpp:delay",
    "forward": "urn:xmpp:forward:0",
    "mam": "urn:xmpp:mam:2",
    "rsm": "http://jabber.org/protocol/rsm",
    "x": "jabber:x:data",
    "info": "http://jabber.org/protocol/disco#info",
    "items": "http://jabber.org/protocol/disco#items",
    "stanzas": "urn:ietf:params:xml:ns:xmpp-stanzas",
}
MESSAGES, PARTICIPANTS, PRESENCE, INFO, CONFIG, JIDMAP = (
    f"urn:xmpp:mix:nodes:{name}" for name in ("messages", "participants", "presence", "info", "config", "jidmap")
)


@dataclass(frozen=True, eq=False)
class Received:
    """One stanza as a client got it, or one that came forwarded within another."""

    xml: ET.Element
    index: int = -1

    @property
    def kind(self) -> str:
        """`message`, `presence` or `iq`."""
        return self.xml.tag.rpartition("}")[2]

    @property
    def type(self) -> str | None:
        return self.xml.get("type")

    @property
    def id(self) -> str:
        return self.xml.get("id", "")

    @property
    def sender(self) -> str:
        """The `from` attribute, whole."""
        return self.xml.get("from", "")

    @property
    def sender_bare(self) -> str:
        return self.sender.partition("/")[0]

    @property
    def sender_resource(self) -> str:
        return self.sender.partition("/")[2]

    @cached_property
    def text(self) -> str:
        """The whole stanza as text: what somebody with a wire tap reads."""
        return ET.tostring(self.xml, encoding="unicode")

    def find(self, path: str) -> ET.Element | None:
        return self.xml.find(path, NS)

    def all(self, path: str) -> list[ET.Element]:
        return self.xml.findall(path, NS)

    def has(self, path: str) -> bool:
        return self.find(path) is not None

    def words(self, path: str) -> str | None:
        """The text of one element, or None where it is not."""
        found = self.find(path)
        return None if found is None else (found.text or "")

    def attribute(self, path: str, name: str) -> str | None:
        found = self.find(path)
        return None if found is None else found.get(name)

    @property
    def body(self) -> str | None:
        return self.words("c:body")

    @property
    def stanza_id(self) -> str | None:
        """The id in the channel's archive; only if there is exactly one, and the channel says it."""
        mine = [found for found in self.all("sid:stanza-id") if found.get("by") == self.sender_bare]
        return mine[0].get("id") if len(mine) == 1 else None

    @property
    def occupant_id(self) -> str | None:
        found = self.all("occ:occupant-id")
        return found[0].get("id") if len(found) == 1 else None

    @property
    def codes(self) -> set[int]:
        """MUC's status codes."""
        return {int(found.get("code", "0")) for found in self.all("user:x/user:status")}

    @property
    def role(self) -> str | None:
        return self.attribute("user:x/user:item", "role")

    @property
    def affiliation(self) -> str | None:
        return self.attribute("user:x/user:item", "affiliation")

    @property
    def condition(self) -> str | None:
        """The condition of an error stanza."""
        error = self.find("c:error")
        if error is None:
            return None
        names = [found.tag.partition("}")[2] for found in error.findall("stanzas:*", NS)]
        return next((name for name in names if name != "text"), "undefined-condition")

    @property
    def is_subject(self) -> bool:
        return self.kind == "message" and self.has("c:subject") and not self.has("c:body")

    @property
    def is_history(self) -> bool:
        return self.kind == "message" and self.has("c:body") and self.has("delay:delay")


Predicate: TypeAlias = Callable[[Received], bool]


def message(body: str, *, sender: str | None = None) -> Predicate:
    """A groupchat message with this body, perhaps from exactly this address."""
    return lambda seen: (
        seen.kind == "message" and seen.type == "groupchat" and seen.body == body and sender in (None, seen.sender)
    )


def available(sender: str) -> Predicate:
    """An available presence from exactly this address."""
    return lambda seen: seen.kind == "presence" and seen.type is None and seen.sender == sender


def unavailable(sender: str) -> Predicate:
    """An unavailable presence from exactly this address."""
    return lambda seen: seen.kind == "presence" and seen.type == "unavailable" and seen.sender == sender


def item_of(node: str, item: str) -> Predicate:
    """A pubsub event that publishes this item on this node."""
    path = f"event:event/event:items[@node='{node}']/event:item[@id='{item}']"
    return lambda seen: seen.kind == "message" and seen.has(path)


def retraction_of(node: str, item: str) -> Predicate:
    """A pubsub event that takes this item from this node."""
    path = f"event:event/event:items[@node='{node}']/event:retract[@id='{item}']"
    return lambda seen: seen.kind == "message" and seen.has(path)
