"""Newcomers and what was said before them: in the history a room shows, and in the archive, by room and by MIX."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.conversations.test_archive import Answer, fields, page
from tests.conversations.test_node_archives import ask, people
from tests.conversations.words import MAM, configure, mam, says
from tests.stage import Person, Scene, Service

NEWCOMERS = "{urn:mixd:room:0}past_for_newcomers"
CLOSED = tuple(("Nodes Present", name) for name in ("participants", "presence", "information", "allowed", "banned"))


def hides_past(coven: Scene, *more: tuple[str, str]) -> None:
    """The owner takes the past away from newcomers."""
    coven.owner.sends(configure(("{past}", "false"), *more))
    coven.owner.receives("<iq type='result' id='c1'>…</iq>")
    coven.service.everybody_forgets()


def heard(someone: Person, nick: str, wanted: str = "") -> list[str | None]:
    """What somebody who enters the room is shown of the past; they leave again."""
    someone.forgets()
    someone.sends(f"<presence to='{{coven}}/{nick}'><x xmlns='http://jabber.org/protocol/muc'>{wanted}</x></presence>")
    said = [one.findtext("{jabber:client}body") for one in someone.takes() if one.tag.endswith("message")]
    someone.sends(f"<presence type='unavailable' to='{{coven}}/{nick}'/>")
    someone.forgets()
    return said[:-1]  # the subject comes last


@pytest.fixture
def coven(stage: Service) -> Scene:
    """A channel for those who are let in, whose newcomers see nothing of what hag66 said before; now they say more."""
    coven = Scene(stage, "coven")
    stage.known["past"] = NEWCOMERS
    hag66 = coven.people("hag66", joined=["hag66"])
    coven.owner.sends(configure(*CLOSED))
    coven.publishes("allowed", hag66.jid)
    coven.joins(hag66, "thirdwitch")
    hag66.sends(says("long ago"))
    hides_past(coven)
    hag66.sends(says("before"))
    return coven


@pytest.mark.req("MUC-CONV-15", "MUC-MAM-50")
def test_a_new_member_hears_what_is_said_from_then_on(coven: Scene) -> None:
    """On entering and in the archive, by both protocols, and after a restart; who was there hears all."""
    hag66, hecate, banquo = coven.people("hag66", "hecate", "banquo")
    coven.publishes("allowed", hecate.jid, banquo.jid)
    assert (heard(hecate, "moon"), Answer(hecate, mam()).words) == ([], [])
    hag66.sends(says("after"))
    for _ in range(2):
        assert heard(hecate, "moon") == ["after"]
        assert heard(hecate, "moon", "<history since='1970-01-01T00:00:00Z'/>") == ["after"]
        assert heard(hag66, "thirdwitch") == ["long ago", "before", "after"]
        assert Answer(hecate, mam()).words == ["after"]
        assert Answer(hag66, mam()).words == ["long ago", "before", "after"]
        coven.service.restarts()
    coven.joins(banquo, "ghost")
    assert Answer(banquo, mam()).words == ["after"]


@pytest.mark.req("MUC-CONV-15")
def test_there_is_no_way_round(coven: Scene) -> None:
    """Neither times nor ids, neither counts nor ends; what one may not know of is not there."""
    hag66, hecate = coven.people("hag66", "hecate")
    (_, before) = Answer(hag66, mam()).ids
    coven.publishes("allowed", hecate.jid)
    hag66.sends(says("after"))
    assert Answer(hecate, mam(fields(("start", "2000-01-01T00:00:00Z")))).words == ["after"]
    assert Answer(hecate, mam(page("<max>5</max><before/>"))).words == ["after"]
    assert Answer(hecate, mam(page("<max>0</max>"))).rsm("count") == "1"
    for asked in (fields(("ids", before)), fields(("after-id", before)), page(f"<before>{before}</before>")):
        assert Answer(hecate, mam(asked)).condition == "item-not-found"
    hecate.sends(f"<iq type='get' id='m'><metadata xmlns='{MAM}'/></iq>")
    start, end = hecate.takes()[0][0]
    assert start.get("id") == end.get("id") == Answer(hecate, mam()).ids[0]


def test_other_nodes_begin_there_as_well(coven: Scene) -> None:
    """Who took part before is part of the past (XEP-0442)."""
    hecate, banquo = coven.people("hecate", "banquo")
    coven.publishes("allowed", hecate.jid, banquo.jid)
    coven.service.clock.advance(1)
    coven.joins(hecate, "moon")
    coven.joins(banquo, "ghost")
    told = Answer(hecate, ask("participants"))
    assert people([message[0][0][0] for message in told.messages]) == [
        (hecate.id, "moon", None),
        (banquo.id, "ghost", None),
    ]


@pytest.mark.req("MUC-CONV-25")
def test_opening_the_room_shows_no_past(coven: Scene) -> None:
    """Unless its owner says that too: strangers know what is said since they can come in."""
    hag66, ross = coven.people("hag66", "ross")
    coven.owner.sends(configure(*(one for one in CLOSED if one[1] != "allowed")))
    assert heard(ross, "nobleman") == []
    hag66.sends(says("after"))
    assert heard(ross, "nobleman") == ["after"]
    coven.joins(ross, "nobleman")
    assert Answer(ross, mam()).words == ["after"]
    coven.owner.sends(configure(("{past}", "true")))
    assert Answer(ross, mam()).words == ["long ago", "before", "after"]


@pytest.mark.req("MUC-MAM-47")
def test_who_was_banned_for_a_time_reads_all_of_it_by_default(services: Callable[..., Service]) -> None:
    """XEP-0313 §6.1.2 lets services restrict that; only those do whose newcomers see no past."""
    coven = Scene(services(), "coven")
    hag66, banquo = coven.people("hag66", "banquo", joined=["hag66", "banquo"])
    coven.publishes("banned", banquo.jid)
    hag66.sends(says("meanwhile"))
    assert Answer(banquo, mam()).condition == "forbidden"
    coven.owner.sends(
        f"<iq type='set' id='r'><pubsub xmlns='http://jabber.org/protocol/pubsub'>"
        f"<retract node='urn:xmpp:mix:nodes:banned'><item id='{banquo.jid}'/></retract></pubsub></iq>"
    )
    coven.joins(banquo, "ghost")
    assert Answer(banquo, mam()).words == ["meanwhile"]


def test_a_form_of_the_room_does_the_same_as_one_of_mix(coven: Scene) -> None:
    """XEP-0045 §10.2; the room says what its owner wants, before anybody enters."""
    hecate = coven.people("hecate")
    ask_info = "<iq type='get' id='d'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>"
    for shown in ("0", "1"):
        hecate.sends(ask_info)
        (about,) = hecate.takes()
        told = [one for one in about.iter("{jabber:x:data}field") if one.get("var") == NEWCOMERS]
        assert [[value.text for value in one] for one in told] == ([["0"]] if shown == "0" else [])
        coven.owner.sends(
            "<iq type='set' id='c'><query xmlns='http://jabber.org/protocol/muc#owner'><x xmlns='jabber:x:data' "
            "type='submit'><field var='FORM_TYPE'><value>http://jabber.org/protocol/muc#roomconfig</value></field>"
            "<field var='{past}'><value>1</value></field></x></query></iq>"
        )
        coven.owner.receives("<iq type='result' id='c'>…</iq>")
    coven.publishes("allowed", hecate.jid)
    assert heard(hecate, "moon") == ["long ago", "before"]
