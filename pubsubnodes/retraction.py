"""Retraction of messages on the wire: by their authors (XEP-0424) and by moderators (XEP-0425)."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from pubsubnodes.xml import text_of

RETRACT = "urn:xmpp:message-retract:1"
TOMBSTONE = f"{RETRACT}#tombstone"
MODERATE = "urn:xmpp:message-moderate:1"
REQUEST = f"{{{MODERATE}}}moderate"


class MalformedRetraction(ValueError):
    """A wish to take back a message that does not say which, or what else to do with it."""


def read_retract(message: Element, *namespaces: str) -> str | None:
    """The id of the message somebody takes back, in the first of some spellings; None when it is another message."""
    for namespace in namespaces:
        found = message.find(f"{{{namespace}}}retract")
        if found is not None:
            if not found.get("id"):
                raise MalformedRetraction("id")
            return found.get("id")
    return None


def read_moderate(request: Element) -> tuple[str, str]:
    """The id of the message a moderator takes back, and the reason (XEP-0425 §3). Retraction is all there is."""
    id = request.get("id")
    if not id or request.find(f"{{{RETRACT}}}retract") is None:
        raise MalformedRetraction("moderate")
    return id, text_of(request.find(f"{{{MODERATE}}}reason")).strip()
