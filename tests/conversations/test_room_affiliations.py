"""Bans, members, administrators and owners (XEP-0045 §5.2, §9.1-9.4, §10.3-10.7), mostly by MUC clients alone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.stage import Scene, Service
from tests.stage.ranks import (
    FIRST,
    OTHER,
    STANZAS,
    about,
    affiliations,
    asks,
    condition,
    configures,
    court,
    item,
    jid,
    nick,
    reads,
    roles,
    wish,
)
from tests.stage.room import MUC, ROOM, USER, codes, enter, room

F, N, C = "auth forbidden", "cancel not-allowed", "cancel conflict"
WANTED = ("outcast", "none", "member", "admin", "owner")
MATRIX = """
now     | outcast | none | member | admin | owner
outcast | ok      | ok   | ok     | F     | F
none    | ok      | ok   | ok     | F     | F
member  | ok      | ok   | ok     | F     | F
admin   | N       | F    | F      | F     | F
owner   | N       | F    | F      | F     | F
"""
"""Matrix 4, an administrator's row of it: owners may everything, others nothing."""


def cells() -> Iterator[tuple[str, str, str, str]]:
    """Who changes which affiliation to which, and what comes of it."""
    for line in MATRIX.strip().splitlines()[1:]:
        now, *column = (part.strip() for part in line.split("|"))
        for wanted, word in zip(WANTED, column, strict=True):
            yield "admin", now, wanted, {"F": F, "N": N}.get(word, word)
            yield "owner", now, wanted, "ok"
            for who in ("none", "member"):
                yield who, now, wanted, F


@pytest.mark.req("MUC-PRIV-04", "MUC-PRIV-06", "MUC-PRIV-10", "MUC-PRIV-11", "MUC-PRIV-14", "MUC-PRIV-16")
@pytest.mark.req(
    "MUC-BAN-07", "MUC-BAN-08", "MUC-BAN-19", "MUC-MEMB-16", "MUC-MEMB-20", "MUC-OWN-02", "MUC-OWN-13", "MUC-OWN-05"
)
@pytest.mark.parametrize(("who", "now", "wanted", "expected"), list(cells()))
def test_who_may_change_which_affiliation(rooms: Service, who: str, now: str, wanted: str, expected: str) -> None:
    people = court(rooms)
    hag66 = people["hag66"]
    other = OTHER.get(now, "puck")
    if now == "outcast":
        assert asks(hag66, item(jid=jid(other), affiliation="outcast")) == "ok"
    rooms.everybody_forgets()
    before = affiliations(hag66)

    assert asks(people[FIRST[who]], item(jid=jid(other), affiliation=wanted)) == expected

    if expected == "ok":
        told = people["ross"].takes()
        rooms.everybody_forgets()
        assert affiliations(hag66).get(jid(other), "none") == wanted
        if now == wanted or other == "puck":
            assert not told
        else:
            role = {"outcast": "none", "admin": "moderator", "owner": "moderator"}.get(wanted, "participant")
            assert [about(one) for one in told] == [("unavailable" if wanted == "outcast" else "", wanted, role)]
    else:
        rooms.is_silent()
        assert affiliations(hag66) == before


@pytest.mark.req("MUC-BAN-09", "MUC-PRIV-04")
@pytest.mark.parametrize("rank", ["admin", "owner"])
def test_nobody_bans_themselves(rooms: Service, rank: str) -> None:
    people = court(rooms)
    actor = people[FIRST[rank]]
    assert asks(actor, item(jid=jid(actor.name), affiliation="outcast")) == C
    rooms.is_silent()


@pytest.mark.req("MUC-OWN-06", "MUC-OWN-07", "MUC-OWN-08", "MUC-BATCH-16", "MUC-OWN-20")
def test_a_room_keeps_an_owner(rooms: Service) -> None:
    people = court(rooms)
    hag66, hecate = people["hag66"], people["hecate"]
    both = (item(jid=jid("hag66"), affiliation="none"), item(jid=jid("hecate"), affiliation="admin"))
    assert asks(hag66, *both) == C
    stepping = (item(jid=jid("hag66"), affiliation="admin"), item(jid=jid("pistol"), affiliation="admin"))
    assert asks(hag66, *stepping) == "ok"
    rooms.everybody_forgets()
    assert {name: rank for name, rank in affiliations(hecate).items() if rank in ("owner", "admin")} == {
        jid("hecate"): "owner",
        **{jid(name): "admin" for name in ("hag66", "pistol", "crone1", "macbeth")},
    }
    for wanted in ("admin", "member", "none"):
        assert asks(hecate, item(jid=jid("hecate"), affiliation=wanted)) == C
    swap = (item(jid=jid("hecate"), affiliation="none"), item(jid=jid("ross"), affiliation="owner"))
    assert asks(hecate, *swap) == "ok"
    rooms.everybody_forgets()
    for form in ("", "<x xmlns='jabber:x:data' type='submit'/>"):
        hecate.sends(
            f"<iq type='{'set' if form else 'get'}' id='o' to='{ROOM}'><query xmlns='{MUC}#owner'>{form}</query></iq>"
        )
        (answer,) = hecate.takes()
        assert condition(answer) == F


@pytest.mark.req("MUC-BAN-01", "MUC-BAN-02", "MUC-BAN-03", "MUC-BAN-04", "MUC-BAN-05", "MUC-BAN-06")
@pytest.mark.req("MUC-BAN-14", "MUC-BAN-23", "MUC-BATCH-18", "MUC-CODE-13", "MUC-BAN-10")
def test_a_ban_is_told_to_all_after_who_banned(rooms: Service) -> None:
    people = court(rooms)
    crone1, banquo, ross = people["crone1"], people["banquo"], people["ross"]
    banquo.laptop.sends(enter("ban"))
    rooms.everybody_forgets()
    forged = "<item affiliation='outcast' jid='{}/phone'><actor nick='ros'/><reason>Treason</reason></item>"
    crone1.sends(wish(forged.format(jid("banquo"))))
    answer, gone = crone1.takes()
    assert (condition(answer), codes(gone)) == ("ok", [301])
    for client in (banquo.phone, banquo.laptop):
        client.receives(
            f"""<presence type='unavailable' from='{ROOM}/ban'><occupant-id xmlns='urn:xmpp:occupant-id:0' id='*'/>
              <x xmlns='{USER}'><item affiliation='outcast' role='none'>
              <actor nick='cro'/><reason>Treason</reason></item>
              <status code='110'/><status code='301'/></x></presence>"""
        )
    (seen,) = ross.takes()
    assert (codes(seen), about(seen)) == ([301], ("unavailable", "outcast", "none"))
    rooms.everybody_forgets()
    assert reads(crone1, affiliation="outcast") == [{"affiliation": "outcast", "jid": jid("banquo")}]
    banquo.sends(enter("ban"))
    assert condition(banquo.takes()[0]) == F


@pytest.mark.req("MUC-BAN-13", "MUC-BAN-17", "MUC-BAN-18", "MUC-BAN-24", "MUC-BATCH-01", "MUC-BATCH-02", "MUC-BATCH-15")
def test_several_bans_at_once_or_none(rooms: Service) -> None:
    people = court(rooms)
    crone1 = people["crone1"]
    assert (
        asks(crone1, item(jid=jid("ross"), affiliation="outcast"), item(jid=jid("crone1"), affiliation="outcast")) == C
    )
    assert (
        asks(crone1, item(jid=jid("ross"), affiliation="outcast"), item(jid=jid("hag66"), affiliation="outcast")) == N
    )
    rooms.is_silent()
    assert asks(crone1, *(item(jid=jid(name), affiliation="outcast") for name in ("banquo", "stranger"))) == "ok"
    rooms.everybody_forgets()
    more = (item(jid=jid("puck"), affiliation="outcast"), item(jid=jid("banquo"), affiliation="none"))
    assert asks(crone1, *more) == "ok"
    rooms.everybody_forgets()
    found = affiliations(people["hag66"])
    assert [name for name, rank in found.items() if rank == "outcast"] == [jid("puck"), jid("stranger")]
    assert jid("banquo") not in found
    rooms.restarts()
    rooms.everybody_forgets()
    assert affiliations(people["hag66"]) == found


@pytest.mark.req("MUC-BAN-20")
def test_bans_by_nick(rooms: Service) -> None:
    people = court(rooms)
    crone1 = people["crone1"]
    assert asks(crone1, item(nick="nobody", affiliation="outcast")) == "cancel item-not-found"
    assert asks(crone1, item(nick="wic", affiliation="outcast")) == "ok"
    assert codes(people["wiccarocks"].takes()[-1]) == [110, 301]
    rooms.everybody_forgets()
    assert affiliations(people["hag66"])[jid("wiccarocks")] == "outcast"


@pytest.mark.req("MUC-MEMB-24")
def test_domains_are_banned_and_nothing_else(rooms: Service) -> None:
    people = court(rooms)
    stranger = rooms.person("puck", "forest.example")
    stranger.sends(enter("robin"))
    rooms.everybody_forgets()
    for wanted in ("member", "admin", "owner"):
        assert asks(people["hag66"], item(jid="forest.example", affiliation=wanted)) == "modify not-acceptable"
    assert asks(people["crone1"], item(jid="forest.example", affiliation="outcast")) == "ok"
    assert codes(stranger.takes()[0]) == [110, 301]
    rooms.everybody_forgets()
    stranger.sends(enter("robin"))
    assert condition(stranger.takes()[0]) == F
    assert asks(people["crone1"], item(jid="forest.example", affiliation="none")) == "ok"


@pytest.mark.req(
    "MUC-MEMB-01", "MUC-MEMB-02", "MUC-MEMB-03", "MUC-MEMB-04", "MUC-MEMB-05", "MUC-PRIV-14", "MUC-PRIV-15"
)
def test_members_of_a_moderated_room_speak(rooms: Service) -> None:
    people = court(rooms, moderatedroom="1")
    hag66, pistol, ross = people["hag66"], people["pistol"], people["ross"]
    for wanted, role in (("member", "participant"), ("none", "visitor"), ("admin", "moderator"), ("none", "visitor")):
        assert asks(hag66, item("So be it", jid=jid("pistol"), affiliation=wanted)) == "ok"
        (seen,) = ross.takes()
        assert (about(seen), seen.findtext(f".//{{{USER}}}reason")) == (("", wanted, role), "So be it")
        (mine,) = [one for one in pistol.takes() if 110 in codes(one)]
        assert about(mine) == ("", wanted, role)
        rooms.everybody_forgets()
    asks(hag66, item(nick="pis", role="moderator"), item(nick="ari", role="moderator"))
    rooms.everybody_forgets()
    assert asks(hag66, item(jid=jid("ariel"), affiliation="none")) == "ok"
    rooms.everybody_forgets()
    assert (roles(hag66)["ari"], roles(hag66)["pis"]) == ("visitor", "moderator")


@pytest.mark.req("MUC-MEMB-06", "MUC-MEMB-07", "MUC-MEMB-08", "MUC-MEMB-18", "MUC-OWN-16", "MUC-CODE-16")
@pytest.mark.parametrize("name", ["banquo", "macbeth"])
def test_who_is_no_member_any_more_leaves_a_closed_room(rooms: Service, name: str) -> None:
    people = court(rooms, "pistol", "wiccarocks", "ross", membersonly="1")
    hag66, someone, ariel = people["hag66"], people[name], people["ariel"]
    rooms.everybody_forgets()
    assert asks(hag66, item("Avaunt!", jid=jid(name), affiliation="none")) == "ok"
    someone.receives(
        f"""<presence type='unavailable' from='{ROOM}/{nick(name)}'><occupant-id xmlns='urn:xmpp:occupant-id:0' id='*'/>
          <x xmlns='{USER}'><item affiliation='none' role='none'><actor nick='hag'/><reason>Avaunt!</reason></item>
          <status code='110'/><status code='321'/></x></presence>"""
    )
    (seen,) = ariel.takes()
    assert (codes(seen), about(seen)) == ([321], ("unavailable", "none", "none"))
    rooms.everybody_forgets()
    someone.sends(enter(nick(name)))
    assert condition(someone.takes()[0]) == "auth registration-required"


@pytest.mark.req("MUC-OWN-01", "MUC-OWN-03", "MUC-OWN-12", "MUC-OWN-14", "MUC-OWN-15", "MUC-OWN-21", "MUC-PRIV-12")
def test_owners_are_made_and_unmade(rooms: Service) -> None:
    people = court(rooms)
    hag66, ross = people["hag66"], people["ross"]
    new = (item(jid=f"{jid('pistol')}/any", affiliation="owner"), item(jid=jid("banquo"), affiliation="admin"))
    assert asks(hag66, *new) == "ok"
    assert sorted(about(one) for one in ross.takes()) == [("", "admin", "moderator"), ("", "owner", "moderator")]
    people["pistol"].sends(f"<presence type='unavailable' to='{ROOM}/pis'/>")
    rooms.restarts()
    rooms.everybody_forgets()
    people["pistol"].sends(enter("pis"))
    (mine,) = [one for one in people["pistol"].takes() if codes(one) == [110] and one.get("type") is None]
    assert about(mine) == ("", "owner", "moderator")
    rooms.everybody_forgets()
    assert asks(hag66, item(jid=jid("banquo"), affiliation="member")) == "ok"
    assert about(ross.takes()[-1]) == ("", "member", "participant")


@pytest.mark.req("MUC-OWN-18", "MUC-OWN-19")
def test_the_form_ranks_people_as_well(rooms: Service) -> None:
    people = court(rooms)
    hag66, ross = people["hag66"], people["ross"]
    configures(hag66, roomowners=jid("hag66"), roomadmins=jid("pistol"))
    assert sorted((one.get("from", ""), *about(one)[1:]) for one in ross.takes()) == [
        (f"{ROOM}/cro", "none", "participant"),
        (f"{ROOM}/hec", "none", "participant"),
        (f"{ROOM}/mac", "none", "participant"),
        (f"{ROOM}/pis", "admin", "moderator"),
    ]


@pytest.mark.req("MUC-BATCH-04", "MUC-BATCH-05", "MUC-BATCH-06", "MUC-BATCH-07", "MUC-BATCH-08", "MUC-BATCH-09")
@pytest.mark.req("MUC-BATCH-14")
@pytest.mark.parametrize(
    ("items", "expected"),
    [
        ((), "modify bad-request"),
        (("<foo xmlns='urn:example'/>",), "modify bad-request"),
        ((item(nick="pis", jid=jid("pistol"), role="visitor", affiliation="member"),), "modify bad-request"),
        ((item(role="visitor"),), "modify bad-request"),
        ((item(affiliation="member"),), "modify bad-request"),
        ((item(nick="pis", affiliation="member"),), "modify bad-request"),
        ((item(nick="pis"),), "modify bad-request"),
        ((item(nick="pis", role="king"),), "modify bad-request"),
        ((item(jid=jid("pistol"), affiliation="king"),), "modify bad-request"),
        ((item(jid=jid("pistol"), affiliation="member"), item(jid="@", affiliation="member")), "modify jid-malformed"),
        (
            (item(jid=jid("pistol"), affiliation="member"), item(jid=jid("pistol"), affiliation="outcast")),
            "modify bad-request",
        ),
        ((item(nick="pis", role="visitor"), item(nick="PIS", role="moderator")), "modify bad-request"),
        (tuple(item(jid=jid(f"p{n}"), affiliation="member") for n in range(1001)), "modify not-acceptable"),
        ((item(jid=f"pistol@{ROOM.partition('@')[2]}", affiliation="member"),), "modify not-acceptable"),
    ],
)
def test_requests_that_are_none(rooms: Service, items: tuple[str, ...], expected: str) -> None:
    people = court(rooms)
    before = affiliations(people["hag66"])
    assert asks(people["hag66"], *items) == expected
    rooms.is_silent()
    assert affiliations(people["hag66"]) == before


@pytest.mark.req("MUC-BATCH-09", "MUC-BATCH-10", "MUC-BATCH-11", "MUC-BATCH-12", "MUC-MEMB-17", "MUC-BATCH-13")
def test_many_changes_of_many_kinds(rooms: Service) -> None:
    people = court(rooms)
    hag66, ross = people["hag66"], people["ross"]
    twice = item(jid=jid("pistol"), affiliation="admin")
    hag66.sends(wish(twice, twice, item(jid=jid("banquo"), affiliation="none"), item(nick="wic", role="visitor")))
    answer, *told = hag66.takes()
    assert condition(answer) == "ok"
    expected = [("", "admin", "moderator"), ("", "none", "participant"), ("", "none", "visitor")]
    assert sorted(about(one) for one in told) == sorted(about(one) for one in ross.takes()) == expected
    rooms.everybody_forgets()
    assert asks(hag66, twice, item(jid=jid("ariel"), affiliation="member")) == "ok"
    rooms.is_silent()


@pytest.mark.req("MUC-MEMB-22", "MUC-OWN-04")
def test_who_is_not_there_is_spoken_of_to_those_who_may_know(rooms: Service) -> None:
    people = court(rooms)
    assert asks(people["hag66"], item(jid=jid("puck"), affiliation="member")) == "ok"
    said = f"<item affiliation='member' role='none' jid='{jid('puck')}'/>"
    versions = "<mav xmlns='urn:xmpp:muc:affiliations:1' since='{before}' until='{now}'/>"
    for name, more in (("hag66", versions), ("hecate", versions), ("crone1", ""), ("macbeth", "")):
        people[name].receives(f"<message from='{ROOM}'><x xmlns='{USER}'>{said}{more}</x></message>")
    rooms.is_silent()
    for rank in ("admin", "owner"):
        assert asks(people["hag66"], item(jid=jid("puck"), affiliation=rank)) == "ok"
        for name in ("hag66", "hecate"):
            (message,) = people[name].takes()
            (found,) = message.iter(f"{{{USER}}}item")
            assert dict(found.items()) == {"affiliation": rank, "role": "none", "jid": jid("puck")}
        rooms.is_silent()


@pytest.mark.req("MUC-PRIV-18", "MUC-ENT-39")
def test_operators_rank_as_owners_and_are_not_listed(services: object) -> None:
    from pubsubnodes.addresses import RealJid

    assert callable(services)
    stage: Service = services(faces=("muccompat",), operators=frozenset({RealJid.parse(jid("bard"))}))
    (hag66, _) = room(stage, "hag66", "hecate")
    bard = stage.person("bard")
    assert asks(bard, item(jid=jid("hecate"), affiliation="admin")) == "ok"
    stage.everybody_forgets()
    assert affiliations(hag66) == {jid("hag66"): "owner", jid("hecate"): "admin"}
    assert reads(hag66, affiliation="none") == []
    assert asks(hag66, item(jid=jid("hecate"), affiliation="owner")) == "ok"
    assert asks(hag66, item(jid=jid("bard"), affiliation="outcast")) == "cancel not-allowed", "it would do nothing"
    stage.everybody_forgets()
    assert reads(hag66, affiliation="outcast") == []


# -- beside MIX


@pytest.mark.req("MUC-BAN-22", "MIX-MUC-15", "MIX-MUC-14", "MUC-COEX-07", "MUC-BAN-21")
def test_a_ban_in_the_room_ends_a_participation(coven: Scene) -> None:
    hag66, _ = coven.people("hag66", "hecate", joined=["hag66", "hecate"])
    coven.joins(coven.owner, "first", nodes=("participants", "allowed", "banned"))
    coven.owner.sends(wish(item(jid=jid("hag66"), affiliation="outcast"), to=coven.jid))
    owners = {one.raw for one in coven.owner.unread()}
    assert any("nodes:banned" in one and jid("hag66") in one for one in owners)
    assert any("retract" in one and hag66.id in one for one in owners)
    coven.service.everybody_forgets()
    hag66.sends("<iq type='set' id='j'><join xmlns='urn:xmpp:mix:core:1'><nick>x</nick></join></iq>")
    assert f"{STANZAS}forbidden" in {child.tag for one in hag66.takes() for child in one.iter()}
    coven.publishes("banned", jid("hecate"))
    coven.service.everybody_forgets()
    coven.owner.sends(wish(item(affiliation="outcast"), type="get", to=coven.jid))
    (answer,) = coven.owner.takes()
    assert [one.get("jid") for one in answer.iter(f"{{{MUC}#admin}}item")] == [jid("hag66"), jid("hecate")]


@pytest.mark.req("MUC-KICK-15", "MIX-ACL-19")
def test_a_kick_hides_a_mix_participant_and_removes_nobody(coven: Scene) -> None:
    hag66, hecate = coven.people("hag66", "hecate", joined=["hag66"])
    coven.enters(hecate, "moon")
    coven.comes_online(hag66.phone)
    coven.owner.sends(wish(item(nick="thirdwitch", role="none"), to=coven.jid))
    coven.owner.receives("<iq type='result' id='a1' from='{coven}'/>")
    (seen,) = hecate.takes()
    assert (codes(seen), seen.get("from")) == ([307], f"{coven.jid}/thirdwitch")
    coven.service.everybody_forgets()
    hecate.sends("<message type='groupchat' id='m'><body>hail</body></message>")
    assert "hail" in hag66.takes()[-1].findtext("{jabber:client}body", "")
    hag66.sends("<presence/>")
    assert about(hecate.takes()[-1])[0] == ""


@pytest.mark.req("MIX-MUC-14", "MUC-COEX-07", "MIX-INV-19")
def test_members_of_the_room_are_the_allowed_of_the_channel(coven: Scene) -> None:
    coven.owner.sends(wish(item(jid=jid("hecate"), affiliation="member"), to=coven.jid))
    coven.owner.forgets()
    assert not coven.channel.config.members_only
    node = "urn:xmpp:mix:nodes:allowed"
    pubsub = "http://jabber.org/protocol/pubsub"
    coven.owner.sends(f"<iq type='set' id='c'><pubsub xmlns='{pubsub}'><create node='{node}'/></pubsub></iq>")
    coven.owner.forgets()
    coven.owner.sends(f"<iq type='get' id='i'><pubsub xmlns='{pubsub}'><items node='{node}'/></pubsub></iq>")
    (answer,) = coven.owner.takes()
    assert [one.get("id") for one in answer.iter(f"{{{pubsub}}}item")] == [jid("hecate")]


@pytest.mark.req("MUC-PRIV-17")
def test_only_owners_configure_and_destroy(rooms: Service) -> None:
    people = court(rooms)
    crone1, before = people["crone1"], rooms.channel("heath")
    submit = "<x xmlns='jabber:x:data' type='submit'/>"
    for type, inside in (("get", ""), ("set", submit), ("set", "<destroy/>")):
        crone1.sends(f"<iq type='{type}' id='o' to='{ROOM}'><query xmlns='{MUC}#owner'>{inside}</query></iq>")
        (answer,) = crone1.takes()
        assert condition(answer) == F
    rooms.is_silent()
    assert rooms.channel("heath") is before


@pytest.mark.req("MIX-MUC-19")
def test_a_temporary_room_lasts_while_somebody_has_joined_it(stage: Service) -> None:
    hag66, hecate = room(stage, "hag66", "hecate")
    join = "<join xmlns='urn:xmpp:mix:core:1'><subscribe node='urn:xmpp:mix:nodes:messages'/><nick>hec</nick></join>"
    hecate.account.sends(f"<iq type='set' id='j' to='{ROOM}'>{join}</iq>")
    for someone in (hecate, hag66):
        someone.sends(f"<presence type='unavailable' to='{ROOM}/{nick(someone.name)}'/>")
    stage.everybody_forgets()
    assert stage.channel("heath") is not None
    hecate.account.sends(f"<iq type='set' id='l' to='{ROOM}'><leave xmlns='urn:xmpp:mix:core:1'/></iq>")
    assert stage.channel("heath") is None
