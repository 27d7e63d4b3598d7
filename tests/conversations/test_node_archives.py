"""The archives of information, configuration and participants (XEP-0442, XEP-0369 §7.2.3)."""

from __future__ import annotations

from xml.etree.ElementTree import Element, tostring

import pytest

from tests.conversations.test_archive import Answer, fields, page
from tests.conversations.words import EVENT, MAM, configure, setnick
from tests.stage import Person, Scene
from tests.stage.scene import node

ITEM = f"{{{EVENT}}}item"
FORM_FIELD = "{jabber:x:data}field"


def ask(name: str, inside: str = "") -> str:
    """Ask the archive of a node."""
    return f"<iq type='set' id='q1'><query xmlns='{MAM}' node='{node(name)}' queryid='f'>{inside}</query></iq>"


def history(reader: Person, name: str, inside: str = "") -> list[Element]:
    """What a node's archive has, each change as it was told."""
    answer = Answer(reader, ask(name, inside))
    for message in answer.messages:
        (event,) = message
        (items,) = event
        assert (event.tag, items.get("node"), len(items)) == (f"{{{EVENT}}}event", node(name), 1)
    return [message[0][0][0] for message in answer.messages]


def people(changes: list[Element]) -> list[tuple[str | None, str | None, str | None]]:
    """Id, nick and address in changes of participants; a nick of None where somebody left."""
    core = "{urn:xmpp:mix:core:1}"
    return [(one.get("id"), one.findtext(f".//{core}nick"), one.findtext(f".//{core}jid")) for one in changes]


def value(change: Element, var: str) -> list[str | None]:
    """The values of a field."""
    (found,) = [one for one in change.iter(FORM_FIELD) if one.get("var") == var]
    return [one.text for one in found.findall("{jabber:x:data}value")]


@pytest.mark.req("MIX-MAM-03", "MIX-MAM-04", "MIX-MAM-05", "MIX-GEN-08")
def test_participants_come_and_go(coven: Scene) -> None:
    """One item a result, shaped like its notification; on both faces, and after a restart."""
    hag66, hecate, pistol = coven.people("hag66", "hecate", "pistol", joined=["hag66"])
    coven.joins(hecate, "moon")
    coven.enters(pistol, "ancient")
    hecate.sends(setnick("luna"))
    pistol.sends("<presence type='unavailable' to='{coven}/ancient'/>")
    coven.service.restarts()
    told = history(hag66, "participants")
    assert people(told) == [
        (hag66.id, "thirdwitch", None),
        (hecate.id, "moon", None),
        (pistol.id, "ancient", None),
        (hecate.id, "luna", None),
        (pistol.id, None, None),
    ]
    assert [one.tag for one in told] == [ITEM] * 4 + [f"{{{EVENT}}}retract"]


@pytest.mark.req("MIX-MAM-11", "MIX-MAM-12")
def test_an_address_shows_only_if_it_was_shown_and_is(coven: Scene) -> None:
    """MIX-DEC-084: hiding a channel hides its past, and showing it shows nothing of before."""
    hag66, hecate = coven.people("hag66", "hecate", joined=["hag66"])
    coven.owner.sends(configure(("JID Visibility", "jid-mandatory-visible")))
    coven.joins(hecate, "moon")
    shown = [
        (hag66.id, "thirdwitch", None),
        (hag66.id, "thirdwitch", hag66.jid),
        (hecate.id, "moon", hecate.jid),
    ]
    assert people(history(hag66, "participants")) == shown
    coven.owner.sends(configure(("Participants Node Subscription", "anyone")))
    stranger = coven.people("ross")
    assert people(history(stranger, "participants")) == [(id, nick, None) for id, nick, _ in shown]
    coven.owner.sends(configure(("JID Visibility", "jid-hidden")))
    assert {jid for _, _, jid in people(history(hag66, "participants"))} == {None}


@pytest.mark.req("MIX-CFG-12", "MIX-MAM-09")
def test_owners_read_how_it_was_configured(coven: Scene) -> None:
    """XEP-0406 §2.4: earlier configurations, for those who may read the present one."""
    hag66 = coven.people("hag66", joined=["hag66"])
    coven.owner.sends(configure(("Administrator", "hag66@shakespeare.example")))
    coven.owner.sends(configure(("User Message Retraction", "true")))
    told = history(coven.owner, "config")
    assert [value(one, "Administrator") for one in told] == [[], [hag66.jid], [hag66.jid]]
    assert [value(one, "User Message Retraction") for one in told] == [["false"], ["false"], ["true"]]
    assert [one.get("id") for one in told] == sorted(one.get("id") or "" for one in told)
    assert Answer(hag66, ask("config")).condition == "forbidden"


@pytest.mark.req("MIX-MAM-04")
def test_what_the_channel_said_about_itself(coven: Scene) -> None:
    """Each time as it was then."""
    hag66 = coven.people("hag66", joined=["hag66"])
    coven.publishes_info(("Name", "The Coven"))
    coven.publishes_info(("Name", "The Heath"))
    assert [value(one, "Name") for one in history(hag66, "info")] == [[], ["The Coven"], ["The Heath"]]


@pytest.mark.req("MIX-MAM-03")
def test_they_are_queried_like_any_archive(coven: Scene) -> None:
    """Pages, ids, times, the form, both ends."""
    hag66 = coven.people("hag66", joined=["hag66"])
    for name in ("one", "two", "three"):
        coven.publishes_info(("Name", name))
    everything = Answer(hag66, ask("info"))
    assert everything.is_complete
    first, second, third, fourth = everything.ids
    assert Answer(hag66, ask("info", page("<max>2</max>"))).ids == [first, second]
    assert Answer(hag66, ask("info", page(f"<max>2</max><after>{second}</after>"))).ids == [third, fourth]
    assert Answer(hag66, ask("info", page("<max>1</max><before/>"))).ids == [fourth]
    assert Answer(hag66, ask("info", fields(("after-id", first), ("before-id", fourth)))).ids == [second, third]
    assert Answer(hag66, ask("info", "<flip-page/>")).ids == [fourth, third, second, first]
    assert Answer(hag66, ask("info", fields(("with", coven.jid)))).ids == everything.ids
    assert Answer(hag66, ask("info", fields(("with", hag66.jid)))).ids == []
    assert Answer(hag66, ask("participants", page(f"<after>{first}</after>"))).condition == "item-not-found"
    hag66.sends(f"<iq type='get' id='q2'><metadata xmlns='{MAM}' node='{node('info')}'/></iq>")
    (ends,) = hag66.takes()
    assert [one.get("id") for one in ends[0]] == [first, fourth]
    hag66.sends(f"<iq type='get' id='q3'><query xmlns='{MAM}' node='{node('info')}'/></iq>")
    assert b"before-id" in tostring(hag66.takes()[0])


def test_a_new_channel_inherits_no_archive(coven: Scene) -> None:
    """What is gone is gone, also for who has the name next."""
    _, hecate = coven.people("hag66", "hecate", joined=["hag66"])
    coven.publishes_info(("Name", "The Coven"))
    coven.owner.sends(
        "<iq type='set' id='d' to='{service}'><destroy xmlns='urn:xmpp:mix:core:1' channel='coven'/></iq>"
    )
    coven.owner.sends("<iq type='set' id='c' to='{service}'><create xmlns='urn:xmpp:mix:core:1' channel='coven'/></iq>")
    coven.joins(hecate, "moon")
    assert [value(one, "Name") for one in history(hecate, "info")] == [[]]
