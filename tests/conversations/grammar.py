"""What holds of every single stanza the service sends, whatever happened: read by the state machine."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from pubsubnodes.xml import CLIENT
from tests.conversations.words import CORE, MUC, STANZAS, USER

OCCUPANT_ID = "{urn:xmpp:occupant-id:0}occupant-id"
STANZA_ID = "{urn:xmpp:sid:0}stanza-id"
DELAY = "{urn:xmpp:delay}delay"
IN_ROOM = {"moderator", "participant", "visitor"}
AFFILIATIONS = {"owner", "admin", "member", "none", "outcast"}


def check(stanza: Element, channel: str, own_ids: set[str]) -> None:
    """Assert the grammar of one stanza of a channel to somebody whose participant ids these are."""
    sender = stanza.get("from", "")
    kind = stanza.tag.rpartition("}")[2]
    assert sender, "every stanza says whom it is from"
    assert stanza.get("to"), "and whom it is for"
    assert len(stanza.findall(OCCUPANT_ID)) <= 1  # XEP-0421 §4
    for mark in stanza.findall(STANZA_ID):
        assert mark.get("id")
        assert mark.get("by")
        assert not len(mark)
    assert sum(mark.get("by") == channel for mark in stanza.findall(STANZA_ID)) <= 1  # XEP-0359 §3
    if stanza.get("type") == "error":
        problem = stanza.find(f"{{{CLIENT}}}error")
        assert problem is not None
        assert problem.get("type") in ("auth", "cancel", "modify", "wait")
        assert problem[0].tag.startswith(f"{{{STANZAS}}}")
        assert problem[0].tag != f"{{{STANZAS}}}internal-server-error" or problem.get("type") == "wait"
    elif kind == "presence" and sender.startswith(f"{channel}/"):
        _occupant(stanza, own_ids)
    elif kind == "message" and stanza.get("type") == "groupchat":
        _groupchat(stanza, channel)


def _occupant(stanza: Element, own_ids: set[str]) -> None:
    """Presence of an occupant (XEP-0045 §7.2.2, §17.3)."""
    assert "/" in stanza.get("to", ""), "rooms speak to clients (MUC-PRES-34)"
    assert stanza.find(f"{{{MUC}}}x") is None  # MUC-PRES-19
    (user,) = stanza.findall(f"{{{USER}}}x")  # MUC-PRES-04
    (item,) = user.findall(f"{{{USER}}}item")
    gone = stanza.get("type") == "unavailable"
    codes = {status.get("code") for status in user.findall(f"{{{USER}}}status")}
    assert item.get("affiliation") in AFFILIATIONS  # MUC-PRES-11
    assert item.get("role") in (IN_ROOM | {"none"} if gone else IN_ROOM)
    jid = item.get("jid")
    assert jid is None or "/" in jid, "full JIDs, never bare ones (MUC-PRES-10)"
    known = stanza.find(OCCUPANT_ID)
    if known is None:
        assert {"307", "333"} <= codes, "only who is not in the room has no occupant-id"
        return
    is_own = known.get("id") in own_ids
    assert ("110" in codes) is is_own, "one's own presence has 110, and nobody else's (MUC-PRES-07)"
    if gone:
        assert stanza.find(f"{{{CLIENT}}}show") is None  # MUC-EXIT-30


def _groupchat(stanza: Element, channel: str) -> None:
    """A message to all, in either shape."""
    bare, _, _ = stanza.get("from", "").partition("/")
    assert bare == channel
    mix = stanza.findall(f"{{{CORE}}}mix")
    assert len(mix) <= 1
    for signature in mix:
        nick, jid = signature.findtext(f"{{{CORE}}}nick"), signature.findtext(f"{{{CORE}}}jid")
        assert nick or jid, "a message is somebody's (MIX-MSG-07)"
        assert nick != ""
        assert jid is None or "/" not in jid, "bare JIDs in messages (MIX-MSG-06)"
        assert stanza.find(OCCUPANT_ID) is None
    for delay in stanza.findall(DELAY):
        assert delay.get("from") == channel  # MUC-HIST-05
        assert delay.get("stamp", "").endswith("Z")  # MUC-HIST-04
