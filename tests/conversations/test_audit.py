"""The audit: who with a rank got to know who people are, by which way, and since when (XEP-0404 §2.4-2.5)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.conversations.words import MAM, MUC, ask_items, configure, mam, says
from tests.stage import Person, Scene, Service
from tests.stage.scene import node

Noted = list[tuple[str, str, tuple[str, ...]]]


def noted(coven: Scene) -> Noted:
    """What stands there that nobody has looked at: who, how, whom."""
    audit = coven.service.storage.audit
    found = [(one.by.unseal().partition("@")[0], one.how, one.ids) for one in audit]
    audit.clear()
    return found


def asks_for(someone: Person, kind: str, which: str) -> None:
    """Ask for a list of the room, and get it."""
    someone.sends(f"<iq type='get' id='l1'><query xmlns='{MUC}#admin'><item {kind}='{which}'/></query></iq>")
    someone.receives("<iq type='result' id='l1' from='{coven}'>…</iq>")


@pytest.fixture
def witches(coven: Scene) -> Scene:
    """Two people in the channel, one in the room; none of them has a rank, and nothing is noted."""
    coven.people("hag66", "hecate", "pistol", joined=["hag66", "hecate"], entered=["pistol"])
    assert noted(coven) == []
    return coven


@pytest.mark.req("MIX-SEC-10")
def test_questions_are_noted_each(witches: Scene) -> None:
    """The jidmap with the ids that were asked for, the lists of the room, and a search by address."""
    crone1, hag66 = witches.people("crone1", "hag66")
    crone1.sends(ask_items("jidmap"))
    crone1.sends(ask_items("jidmap", "<item id='{hag66.id}'/>"))
    jidmap = node("jidmap")
    assert noted(witches) == [("crone1", jidmap, ()), ("crone1", jidmap, (hag66.id,))]
    for kind, which in (("affiliation", "member"), ("affiliation", "owner"), ("role", "participant")):
        asks_for(crone1, kind, which)
        assert noted(witches) == [("crone1", f"list of the room: {which}", ())]
    crone1.sends(_by("{hag66}"))
    assert noted(witches) == [("crone1", "archive, by address", (hag66.id,))]
    for sender in ("{coven}/{hag66.id}", "{crone1}"):
        crone1.sends(_by(sender))
    crone1.sends(mam())
    hag66.sends(_by("{hecate}"))
    hag66.sends(ask_items("jidmap"))
    assert noted(witches) == []


@pytest.mark.req("MIX-SEC-10")
def test_who_wears_what_is_noted_as_a_list(witches: Scene) -> None:
    """XEP-0317 §3.7: it is by address, and nothing is noted of who is refused."""
    asked = "<command xmlns='http://jabber.org/protocol/commands' node='urn:xmpp:hats:commands:list-assigned'{}/>"
    crone1, hag66 = witches.people("crone1", "hag66")
    for someone, words in ((crone1, ""), (crone1, " action='cancel'"), (hag66, "")):
        someone.sends(f"<iq type='set' id='h'>{asked.format(words)}</iq>")
    assert noted(witches) == [("crone1", "list of the room: hats", ())]


def _by(sender: str) -> str:
    form = f"<x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE'><value>{MAM}</value></field>"
    return mam(f"{form}<field var='with'><value>{sender}</value></field></x>")


@pytest.mark.req("MIX-SEC-10")
def test_what_is_shown_without_a_question_is_noted_when_it_begins(witches: Scene) -> None:
    """Entering the room as a moderator, and subscribing with a rank; not each presence and message after that."""
    crone1, hag66 = witches.people("crone1", "hag66")
    witches.enters(crone1, "first witch")
    assert noted(witches) == [("crone1", "the room", ())]
    witches.enters(crone1, "first witch", by=crone1.laptop)
    crone1.sends("<presence to='{coven}/first witch'><show>away</show></presence>")
    witches.comes_online(hag66.phone)
    hag66.sends(says("hail"))
    assert noted(witches) == []
    witches.joins(crone1, "first witch", ["messages", "participants", "info"])
    witches.joins(crone1, "first witch", ["messages", "presence", "jidmap"])
    assert noted(witches) == [("crone1", node(name), ()) for name in ("messages", "jidmap", "presence")]


@pytest.mark.req("MIX-SEC-10", "MIX-VIS-22")
def test_a_rank_shows_what_one_had_not_seen(witches: Scene) -> None:
    """By the lists for the channel and the room, for a visit in the room alone; losing it shows nothing."""
    hecate, pistol = witches.people("hecate", "pistol")
    witches.owner.sends(configure(("Administrator", hecate.jid), ("Administrator", pistol.jid)))
    assert sorted(noted(witches)) == sorted(
        [("hecate", node("messages"), ()), ("hecate", node("presence"), ()), ("pistol", "the room", ())]
    )
    witches.owner.sends(configure(("Administrator", "")))
    assert noted(witches) == []
    witches.owner.sends(
        f"<iq type='set' id='m1'><query xmlns='{MUC}#admin'><item nick='ancient' role='moderator'/></query></iq>"
    )
    assert noted(witches) == [("pistol", "the room", ())]


@pytest.mark.req("MIX-SEC-10")
def test_where_everybody_sees_everybody_nothing_is_looked_up(witches: Scene) -> None:
    """Until the channel hides addresses: then who goes on seeing them is noted."""
    crone1, _ = witches.people("crone1", "hag66")
    witches.owner.sends(configure(("JID Visibility", "jid-mandatory-visible")))
    witches.enters(crone1, "first witch")
    witches.joins(crone1, "first witch", ["messages"])
    asks_for(crone1, "affiliation", "member")
    crone1.sends(_by("{hag66}"))
    assert noted(witches) == []
    crone1.sends(configure(("JID Visibility", "jid-hidden")))
    assert noted(witches) == [("crone1", "the room", ()), ("crone1", node("messages"), ())]


def test_who_makes_a_room_is_in_it_from_the_first_moment(services: Callable[..., Service]) -> None:
    """Whoever comes later is shown to them."""
    service = services()
    hag66 = service.person("hag66")
    hag66.sends(f"<presence to='heath@{{service}}/witch'><x xmlns='{MUC}'/></presence>")
    assert [(one.by, one.how) for one in service.storage.audit] == [(hag66.real, "the room")]
