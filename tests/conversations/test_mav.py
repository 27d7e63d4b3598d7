"""Affiliations by version: who knew them is told what has changed since (XEP-0463)."""

from __future__ import annotations

from itertools import pairwise
from xml.etree.ElementTree import Element

import pytest

from tests.stage import Scene, Service
from tests.stage.people import Person
from tests.stage.ranks import STANZAS, asks, configures, court, item, jid, nick
from tests.stage.room import MUC, ROOM, USER, codes, enter

MAV = "urn:xmpp:muc:affiliations:1"
ALL = {
    jid("hag66"): "owner",
    jid("hecate"): "owner",
    jid("crone1"): "admin",
    jid("macbeth"): "admin",
    jid("banquo"): "member",
    jid("ariel"): "member",
}
"""Of `court`."""


def mav(stanza: Element) -> dict[str, str] | None:
    """What a stanza says of versions."""
    found = stanza.find(f"{{{USER}}}x/{{{MAV}}}mav")
    return dict(found.items()) if found is not None else None


def people_in(stanzas: list[Element]) -> dict[str, str]:
    """Who has which affiliation in some stanzas."""
    items = [one for stanza in stanzas for one in stanza.iter(f"{{{USER}}}item")]
    return {one.get("jid", "").partition("/")[0]: one.get("affiliation", "") for one in items}


def enters(someone: Person, since: str | None = None) -> list[Element]:
    """Enter, or come in again, and ask for affiliations; what came, up to the own presence."""
    known = f" since='{since}'" if since is not None else ""
    someone.forgets()
    someone.sends(enter(nick(someone.name), f"<mav xmlns='{MAV}'{known}/>"))
    came = someone.takes()
    places = [place for place, one in enumerate(came) if 110 in codes(one)]
    return came[: places[0] + 1]


def lists(came: list[Element]) -> list[Element]:
    """The messages among what a newcomer got, all of them before any presence."""
    messages = [one for one in came if one.tag.endswith("message")]
    assert came[: len(messages)] == messages
    return messages


def version(someone: Person) -> str:
    """The version there is, as somebody hears it who may read all."""
    told = mav(enters(someone)[-1])
    assert told is not None
    assert set(told) == {"until"}
    return told["until"]


def told(someone: Person) -> list[dict[str, str]]:
    """The versions in what somebody heard meanwhile, as it came; they look away then."""
    return [found for one in someone.takes() if (found := mav(one)) is not None]


def chain(steps: list[dict[str, str]]) -> list[str]:
    """The versions of some steps, each of which starts where the one before ended."""
    for before, after in pairwise(steps):
        assert before["until"] == after["since"]
    return [steps[0]["since"], *(step["until"] for step in steps)]


@pytest.mark.req("MUC-MAV-01", "MUC-MAV-02", "MUC-MAV-03", "MUC-MAV-08", "MUC-MAV-17", "MUC-FEAT-20")
@pytest.mark.parametrize("since", [None, "bogus", ""])
def test_who_asks_gets_all_lists_before_anybodys_presence(rooms: Service, since: str | None) -> None:
    people = court(rooms, "hecate")
    assert asks(people["hag66"], item(jid=jid("duncan"), affiliation="outcast")) == "ok"
    hecate = people["hecate"]
    hecate.sends(f"<iq type='get' id='d' to='{ROOM}'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>")
    assert MAV in {one.get("var") for one in hecate.takes()[0].iter() if one.tag.endswith("feature")}
    came = enters(hecate, since)
    (answer,) = lists(came)
    assert (answer.get("from"), answer.get("type")) == (ROOM, None)
    assert all(set(one.keys()) == {"jid", "affiliation"} for one in answer.iter(f"{{{USER}}}item"))
    assert people_in([answer]) == {**ALL, jid("duncan"): "outcast"}
    assert mav(answer) == mav(came[-1]) == {"until": version(people["hag66"])}
    others = came[1:-1]
    assert len(others) == len(people) - 1
    assert all(one.tag.endswith("presence") and mav(one) is None for one in others)


@pytest.mark.req("MUC-MAV-04", "MUC-MAV-05")
def test_who_knew_them_is_told_what_has_changed(rooms: Service) -> None:
    people = court(rooms, "hecate")
    hag66, hecate = people["hag66"], people["hecate"]
    before = version(hag66)
    assert not lists(enters(hag66, before))
    assert mav(enters(hag66, before)[-1]) == {"until": before}

    assert asks(hag66, item(jid=jid("puck"), affiliation="member"), item(jid=jid("ariel"), affiliation="none")) == "ok"
    assert asks(hag66, item(jid=jid("duncan"), affiliation="member")) == "ok"
    assert asks(hag66, item(jid=jid("duncan"), affiliation="none")) == "ok"
    for _ in range(2):
        came = enters(hecate, before)
        (answer,) = lists(came)
        until = version(hag66)
        assert people_in([answer]) == {jid("puck"): "member", jid("ariel"): "none"}
        assert mav(answer) == {"since": before, "until": until}
        assert mav(came[-1]) == {"until": until}
        rooms.restarts()


@pytest.mark.req("MUC-MAV-07")
def test_what_came_and_went_is_no_change(rooms: Service) -> None:
    """Nor is it told of: whoever knew the lists knows them (XEP-0463 §5.2.1, §6)."""
    hag66 = court(rooms)["hag66"]
    before = version(hag66)
    for affiliation in ("member", "none"):
        assert asks(hag66, item(jid=jid("puck"), affiliation=affiliation)) == "ok"
    came = enters(hag66, before)
    assert version(hag66) != before
    assert not lists(came)
    assert mav(came[-1]) == {"until": version(hag66)}


@pytest.mark.req("MUC-MAV-06")
def test_long_lists_come_in_parts(rooms: Service) -> None:
    people = court(rooms, "hecate")
    hag66, hecate = people["hag66"], people["hecate"]
    before = version(hag66)
    many = [item(jid=f"spirit{number}@elsewhere.example", affiliation="member") for number in range(321)]
    assert asks(hag66, *many) == "ok"
    until = version(hag66)
    for since, size in ((None, 321 + len(ALL)), (before, 321)):
        answers = lists(enters(hecate, since))
        assert len(people_in(answers)) == size
        steps = [step for one in answers if (step := mav(one)) is not None]
        assert len(steps) == len(answers) == 4
        assert steps[0].get("since") == since
        assert chain([{"since": "", **steps[0]}, *steps[1:]])[-1] == until
        part = enters(hecate, steps[0]["until"])
        assert len(people_in(lists(part))) == 321 + len(ALL), "who got only a part knows nothing"


@pytest.mark.req("MUC-MAV-13", "MUC-MAV-15")
def test_operators_read_all_lists_and_always_all(services: object) -> None:
    """They stand on none, so that no list says since when they are what they are."""
    from pubsubnodes.addresses import RealJid

    assert callable(services)
    stage: Service = services(faces=("muccompat",), operators=frozenset({RealJid.parse(jid("bard"))}))
    hag66, bard = stage.person("hag66"), stage.person("bard")
    hag66.sends(enter("hag"))
    configures(hag66)
    (answer,) = lists(enters(bard))
    assert people_in([answer]) == {jid("hag66"): "owner"}
    known = version(bard)
    assert asks(bard, item(jid=jid("puck"), affiliation="member")) == "ok"
    (again,) = lists(enters(bard, known))
    assert mav(again) == {"until": version(bard)}


@pytest.mark.req("MUC-MAV-09", "MUC-MAV-10", "MUC-MAV-11")
def test_each_change_is_a_step_of_a_chain(rooms: Service) -> None:
    """Of people present and absent, by presence and by message, one at a time and in a batch."""
    people = court(rooms, "ariel")
    hag66, hecate = people["hag66"], people["hecate"]
    before = version(hag66)
    rooms.everybody_forgets()
    assert asks(hag66, item(jid=jid("pistol"), affiliation="member")) == "ok"
    assert asks(hag66, item(jid=jid("ariel"), affiliation="outcast")) == "ok"
    assert asks(hag66, item(jid=jid("banquo"), affiliation="outcast")) == "ok"
    batch = (("pistol", "none"), ("puck", "member"), ("ross", "outcast"), ("wiccarocks", "admin"))
    assert asks(hag66, *(item(jid=jid(name), affiliation=wanted) for name, wanted in batch)) == "ok"
    for owner in (hag66, hecate):
        came = owner.takes()
        assert [one.tag.rpartition("}")[2] for one in came].count("message") == 2, "of those who are not there"
        versions = chain([step for one in came if (step := mav(one)) is not None])
        assert len(set(versions)) == len(came) + 1 == 8
        assert versions[0] == before
        assert versions[-1] == version(hag66)
    assert not told(people["crone1"]), "an administrator does not read all lists here"


@pytest.mark.req("MUC-MAV-09")
def test_a_change_by_the_form_is_one_as_well(rooms: Service) -> None:
    hag66, hecate, *_ = court(rooms).values()
    before = version(hag66)
    rooms.everybody_forgets()
    configures(hag66, roomadmins=jid("ross"))
    steps = told(hecate)
    assert len(steps) == 3, "one administrator has come, two have gone"
    assert [chain(steps)[0], chain(steps)[-1]] == [before, version(hag66)]


@pytest.mark.req("MUC-MAV-09")
def test_whoever_is_not_shown_is_spoken_of(rooms: Service) -> None:
    """Where the room shows nobody of a role, those who read the lists hear of their affiliation by message."""
    people = court(rooms, presencebroadcast="moderator")
    hag66, hecate = people["hag66"], people["hecate"]
    assert asks(hag66, item(jid=jid("pistol"), affiliation="member")) == "ok"
    assert asks(hag66, item(jid=jid("pistol"), affiliation="outcast")) == "ok"
    for owner in (hag66, hecate):
        first, second = owner.takes()
        assert people_in([first]) == {jid("pistol"): "member"}
        assert people_in([second]) == {jid("pistol"): "outcast"}
        assert len(chain([mav(first) or {}, mav(second) or {}])) == 3
    assert [mav(one) for one in people["pistol"].takes()] == [None, None]


@pytest.mark.req("MUC-MAV-12", "MUC-MAV-13", "MUC-LEAK-16")
def test_who_may_not_read_all_is_told_so_and_enters(rooms: Service) -> None:
    people = court(rooms, "crone1", "banquo", "pistol")
    known = version(people["hag66"])
    for name in ("crone1", "banquo", "pistol"):
        for since in (None, known):
            refused, *others, own = enters(people[name], since)
            assert (refused.get("type"), refused.get("from"), refused.get("id")) == ("error", ROOM, "enter")
            (error,) = refused
            assert (error.get("type"), error.get("by")) == ("auth", ROOM)
            assert [one.tag for one in error] == [f"{STANZAS}forbidden"]
            assert others
            assert mav(own) is None
    assert asks(people["hag66"], item(nick="pis", role="moderator")) == "ok"
    assert enters(people["pistol"])[0].get("type") == "error"


@pytest.mark.req("MUC-MAV-13")
def test_where_addresses_are_shown_administrators_read_all(rooms: Service) -> None:
    """But members do not read who is banned (MUC-PRIV-05)."""
    people = court(rooms, whois="anyone")
    assert people_in(lists(enters(people["crone1"]))) == ALL
    assert enters(people["banquo"])[0].get("type") == "error"
    rooms.everybody_forgets()
    assert asks(people["hag66"], item(jid=jid("pistol"), affiliation="member")) == "ok"
    for name, person in people.items():
        assert bool(told(person)) is (ALL.get(jid(name)) in ("owner", "admin")), name


@pytest.mark.req("MUC-MAV-14")
def test_what_a_newcomer_asks_is_nobodys_business(rooms: Service) -> None:
    people = court(rooms, "pistol")
    inside = f"<mav xmlns='{MAV}' since='1'/>"
    people["pistol"].sends(
        f"<presence to='{ROOM}/pis'><x xmlns='{MUC}'>{inside}</x><x xmlns='{USER}'>{inside}</x>{inside}</presence>"
    )
    for name, person in people.items():
        if name != "pistol":
            (seen,) = person.takes()
            assert not [one for one in seen.iter() if one.tag == f"{{{MAV}}}mav"]


@pytest.mark.req("MUC-MAV-15", "MUC-LEAK-16")
def test_nobody_is_told_of_a_time_before_theirs(rooms: Service) -> None:
    people = court(rooms)
    hag66, crone1 = people["hag66"], people["crone1"]
    early = version(hag66)
    assert asks(hag66, item(jid=jid("duncan"), affiliation="outcast")) == "ok"
    assert asks(hag66, item(jid=jid("crone1"), affiliation="owner")) == "ok"
    since_then = version(hag66)
    assert asks(hag66, item(jid=jid("duncan"), affiliation="none")) == "ok"
    until = version(hag66)
    (all_lists,) = lists(enters(crone1, early))
    assert mav(all_lists) == {"until": until}
    (changed,) = lists(enters(crone1, since_then))
    assert (mav(changed), people_in([changed])) == ({"since": since_then, "until": until}, {jid("duncan"): "none"})


@pytest.mark.req("MUC-MAV-15", "MUC-LEAK-16")
def test_other_readers_do_not_read_the_past(rooms: Service) -> None:
    """Administrators read the lists as soon as addresses are shown, but not how they were before."""
    people = court(rooms)
    hag66, crone1 = people["hag66"], people["crone1"]
    hidden = version(hag66)
    assert asks(hag66, item(jid=jid("ariel"), affiliation="none")) == "ok"
    configures(hag66, whois="anyone")
    (all_lists,) = lists(enters(crone1, hidden))
    assert "since" not in (mav(all_lists) or {})
    rooms.restarts()
    assert people_in(lists(enters(crone1, hidden))) == {one: rank for one, rank in ALL.items() if one != jid("ariel")}
    assert not lists(enters(crone1, version(hag66)))


@pytest.mark.req("MUC-MAV-16")
def test_no_version_comes_twice(rooms: Service) -> None:
    """Neither after a restart, nor in a room of the same name, nor in another one."""
    seen: set[str] = set()
    for _ in range(2):
        people = court(rooms, "pistol", "ross")
        hag66 = people["hag66"]
        for affiliation in ("member", "none", "member"):
            assert asks(hag66, item(jid=jid("pistol"), affiliation=affiliation)) == "ok"
            now = version(hag66)
            assert now not in seen
            seen.add(now)
            rooms.restarts()
            assert version(hag66) == now
        hag66.sends(f"<iq type='set' id='x' to='{ROOM}'><query xmlns='{MUC}#owner'><destroy/></query></iq>")
        rooms.everybody_forgets()


@pytest.mark.req("MUC-MAV-09")
def test_what_is_done_by_mix_is_told_as_well(stage: Service) -> None:
    """XEP-0406 §3.3: whoever is put on a list there has moved in the same lists."""
    coven = Scene(stage, "coven")
    coven.people("crone1", entered=["crone1"])
    coven.people("hag66", joined=["hag66"])
    ask = f"<presence to='{{coven}}/firstwitch'><x xmlns='{MUC}'><mav xmlns='{MAV}'/></x></presence>"
    coven.owner.phone.sends(ask)
    before = next(found for one in coven.owner.takes() if (found := mav(one)) is not None)["until"]
    coven.publishes("banned", jid("hag66"), "elsewhere.example")
    coven.publishes("banned", jid("puck"))
    came = [one for one in coven.owner.takes() if mav(one) is not None]
    assert people_in(came) == {jid("hag66"): "outcast", "elsewhere.example": "outcast", jid("puck"): "outcast"}
    assert chain([mav(one) or {} for one in came])[0] == before
