"""Who may read which list of a room (XEP-0045 §8.5, §9.2, §9.5, §9.8, §10.5, §10.8), by MUC clients alone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.stage import Service
from tests.stage.ranks import ADMIN, FIRST, asks, condition, court, item, jid, reads, wish
from tests.stage.room import enter

F = "auth forbidden"
READERS = ("outcast", "none", "member", "moderator", "admin", "owner")
MATRIX = """
list        | shown | outcast | none | member | moderator | admin | owner
member      | yes   | F       | F    | ok     | ok        | ok    | ok
member      | no    | F       | F    | F      | F         | ok    | ok
outcast     | yes   | F       | F    | F      | F         | ok    | ok
outcast     | no    | F       | F    | F      | F         | ok    | ok
admin       | yes   | F       | F    | ok     | ok        | ok    | ok
admin       | no    | F       | F    | F      | F         | F     | ok
owner       | yes   | F       | F    | ok     | ok        | ok    | ok
owner       | no    | F       | F    | F      | F         | F     | ok
participant | yes   | F       | F    | F      | ok        | ok    | ok
participant | no    | F       | F    | F      | ok        | ok    | ok
visitor     | no    | F       | F    | F      | ok        | ok    | ok
moderator   | yes   | F       | F    | F      | F         | ok    | ok
moderator   | no    | F       | F    | F      | F         | ok    | ok
"""
"""Matrix 5, for rooms that show real addresses and rooms that do not."""

READER = {rank: name for rank, name in FIRST.items() if rank != "none"}
PEOPLE = {
    "member": {jid("banquo"), jid("ariel")},
    "outcast": {jid("macduff")},
    "admin": {jid("crone1"), jid("macbeth")},
    "owner": {jid("hag66"), jid("hecate")},
}


def cells() -> Iterator[tuple[str, str, str, str]]:
    """Who reads which list in which room, and what comes of it."""
    for line in MATRIX.strip().splitlines()[1:]:
        which, shown, *column = (part.strip() for part in line.split("|"))
        for reader, word in zip(READERS, column, strict=True):
            yield which, "anyone" if shown == "yes" else "moderators", reader, word


@pytest.mark.req("MUC-PRIV-05", "MUC-BAN-11", "MUC-MEMB-12", "MUC-MEMB-13", "MUC-MEMB-14", "MUC-OWN-10", "MUC-OWN-11")
@pytest.mark.req("MUC-LEAK-09", "MUC-LEAK-11")
@pytest.mark.parametrize(("which", "whois", "reader", "expected"), list(cells()))
def test_who_may_read_which_list(rooms: Service, which: str, whois: str, reader: str, expected: str) -> None:
    people = court(rooms, "banquo", whois=whois)
    hag66, macduff = people["hag66"], rooms.person("macduff")
    asks(hag66, item(jid=jid("macduff"), affiliation="outcast"), item(nick="pis", role="moderator"))
    rooms.everybody_forgets()
    someone = {"outcast": macduff, "moderator": people["pistol"]}.get(reader) or people[READER.get(reader, "ross")]
    for other in (*people.values(), macduff):
        if whois == "anyone":
            rooms.eavesdropper.excuses(someone, other)  # who is not there is shown to those who may read the list
    kind = "role" if which in ("participant", "visitor", "moderator") else "affiliation"

    found = reads(someone, **{kind: which})

    if expected == "F":
        assert found == F
    else:
        assert not isinstance(found, str), found
        assert all(one[kind] == which for one in found)
        if kind == "affiliation":
            assert {one["jid"] for one in found} == PEOPLE[which]


@pytest.mark.req("MUC-BAN-12", "MUC-MEMB-09", "MUC-MEMB-10", "MUC-MEMB-11", "MUC-OWN-09", "MUC-OWN-17", "MUC-MEMB-23")
def test_what_stands_on_the_lists(rooms: Service) -> None:
    people = court(rooms, "ariel")
    hag66 = people["hag66"]
    asks(
        hag66, item(jid=jid("ariel"), affiliation="member", nick="spirit"), item(jid=jid("ross"), affiliation="outcast")
    )
    rooms.restarts()
    rooms.everybody_forgets()
    assert reads(hag66, affiliation="member") == [
        {"affiliation": "member", "jid": jid("ariel"), "nick": "spirit"},
        {"affiliation": "member", "jid": jid("banquo"), "nick": "ban"},
    ]
    assert reads(hag66, affiliation="outcast") == [{"affiliation": "outcast", "jid": jid("ross")}]
    assert reads(hag66, affiliation="owner") == [
        {"affiliation": "owner", "jid": jid("hag66"), "nick": "hag"},
        {"affiliation": "owner", "jid": jid("hecate"), "nick": "hec"},
    ]
    assert reads(hag66, affiliation="admin") == [
        {"affiliation": "admin", "jid": jid("crone1"), "nick": "cro"},
        {"affiliation": "admin", "jid": jid("macbeth"), "nick": "mac"},
    ]


@pytest.mark.req("MUC-BATCH-17")
@pytest.mark.parametrize(
    "items",
    [
        (),
        (item(affiliation="member"), item(affiliation="owner")),
        (item(affiliation="member", role="visitor"),),
        (item(),),
        (item(affiliation="king"),),
    ],
)
def test_one_list_at_a_time(rooms: Service, items: tuple[str, ...]) -> None:
    people = court(rooms)
    assert asks(people["hag66"], *items, type="get") == "modify bad-request"


@pytest.mark.req("MUC-CRE-20")
def test_a_locked_room_has_no_lists(rooms: Service) -> None:
    hag66, hecate = rooms.person("hag66"), rooms.person("hecate")
    hag66.sends(enter("hag"))
    hag66.forgets()
    for type in ("get", "set"):
        hecate.sends(wish(item(affiliation="owner", jid=jid("hecate")), type=type))
        (answer,) = hecate.takes()
        assert condition(answer) == "cancel item-not-found"
    assert reads(hag66, affiliation="owner") == [{"affiliation": "owner", "jid": jid("hag66"), "nick": "hag"}]


def test_a_long_list_comes_in_pages(rooms: Service) -> None:
    """XEP-0059: whoever fills the list of members by registering does not keep its owner from reading it."""
    hag66 = court(rooms)["hag66"]
    for first in range(0, 2000, 1000):
        asks(hag66, *(item(jid=f"m{n:04}@elsewhere.example", affiliation="member") for n in range(first, first + 1000)))

    rooms.everybody_forgets()

    def page(inside: str) -> tuple[list[str], str | None]:
        asked = f"<item affiliation='member'/><set xmlns='http://jabber.org/protocol/rsm'>{inside}</set>"
        hag66.sends(wish(asked, type="get"))
        (answer,) = hag66.takes()
        found = [one.get("jid", "") for one in answer.iter(f"{{{ADMIN}}}item")]
        return found, answer.findtext(".//{http://jabber.org/protocol/rsm}count")

    names, count = page("<max>1000</max>")
    assert (len(names), count) == (250, "2002")
    assert page(f"<max>2</max><after>{names[-1]}</after>")[0] == ["m0248@elsewhere.example", "m0249@elsewhere.example"]
    whole = reads(hag66, affiliation="member")
    assert len(whole) == 2002
    for wrong, expected in (
        ("<after>nobody@x</after>", "cancel item-not-found"),
        ("<max>x</max>", "modify bad-request"),
    ):
        hag66.sends(
            wish(f"<item affiliation='member'/><set xmlns='http://jabber.org/protocol/rsm'>{wrong}</set>", type="get")
        )
        (answer,) = hag66.takes()
        assert condition(answer) == expected
