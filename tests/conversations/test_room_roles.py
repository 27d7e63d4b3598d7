"""Kicking, voice and moderators (XEP-0045 §5.1, §8, §9.6-9.8), by MUC clients alone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.stage import Service
from tests.stage.ranks import FIRST, OTHER, about, asks, condition, court, item, jid, nick, reads, roles, wish
from tests.stage.room import ROOM, USER, codes, enter, room

F, N, C = "auth forbidden", "cancel not-allowed", "cancel conflict"
TARGETS = ("none", "member", "admin", "owner")
ACTIONS = {"K": "none", "R": "visitor", "G": "participant", "M+": "moderator", "M-": "participant"}

MATRIX = """
who                | none           | member         | admin          | owner
none               | F F F F F      | F F F F F      | F F - F F      | F F - F F
member             | F F F F F      | F F F F F      | F F - F F      | F F - F F
none moderator     | ok ok ok F F   | N N ok F F     | N N - F F      | N N - F F
member moderator   | ok ok ok F F   | ok N ok F F    | N N - F F      | N N - F F
admin              | ok ok ok ok ok | ok ok ok ok ok | ok N - ok N    | N N - ok N
owner              | ok ok ok ok ok | ok ok ok ok ok | ok N - ok N    | ok N - ok N
"""
"""Matrix 3: kick, revoke voice, grant voice, make moderator, unmake moderator."""


def cells() -> Iterator[tuple[str, str, str, str]]:
    """Who does what to whom, and what comes of it."""
    for line in MATRIX.strip().splitlines()[1:]:
        who, *columns = (part.strip() for part in line.split("|"))
        for target, column in zip(TARGETS, columns, strict=True):
            for action, word in zip(ACTIONS, column.split(), strict=True):
                if word != "-":
                    yield who, target, action, {"F": F, "N": N}.get(word, word)


@pytest.mark.req("MUC-PRIV-03", "MUC-PRIV-06", "MUC-PRIV-16", "MUC-KICK-06", "MUC-VOICE-04", "MUC-VOICE-05")
@pytest.mark.req("MUC-MOD-02", "MUC-MOD-04")
@pytest.mark.parametrize(("who", "target", "action", "expected"), list(cells()))
def test_who_may_do_what_to_whom(rooms: Service, who: str, target: str, action: str, expected: str) -> None:
    people = court(rooms)
    rank, _, moderator = who.partition(" ")
    actor, other, owner = people[FIRST[rank]], OTHER[target], people["hag66"]
    if moderator:
        assert asks(owner, item(nick=nick(actor.name), role="moderator")) == "ok"
    if action == "G":
        assert asks(owner, item(nick=nick(other), role="visitor")) == "ok"
    if action == "M-" and target in ("none", "member"):
        assert asks(owner, item(nick=nick(other), role="moderator")) == "ok"
    rooms.everybody_forgets()
    before = roles(owner)

    assert asks(actor, item(nick=nick(other), role=ACTIONS[action])) == expected

    if expected == "ok":
        now = {"K": None, "R": "visitor", "G": "participant", "M+": "moderator", "M-": "participant"}[action]
        told = people["ross"].takes()
        assert [(one.get("from"), about(one)[2]) for one in told] == (
            [] if before.get(nick(other)) == now else [(f"{ROOM}/{nick(other)}", now or "none")]
        )
        rooms.everybody_forgets()
        assert roles(owner).get(nick(other)) == now
    else:
        rooms.is_silent()
        assert roles(owner) == before


@pytest.mark.req("MUC-KICK-07", "MUC-PRIV-03")
@pytest.mark.parametrize("who", ["admin", "owner", "member moderator", "none moderator"])
def test_nobody_kicks_themselves(rooms: Service, who: str) -> None:
    people = court(rooms)
    rank, _, moderator = who.partition(" ")
    actor = people[FIRST[rank]]
    if moderator:
        asks(people["hag66"], item(nick=nick(actor.name), role="moderator"))
    assert asks(actor, item(nick=nick(actor.name), role="none")) == C
    if not moderator:
        for role in ("visitor", "participant"):
            assert asks(actor, item(nick=nick(actor.name), role=role)) == N


@pytest.mark.req("MUC-PRIV-03")
@pytest.mark.parametrize("rank", ["none", "member"])
def test_only_administrators_kick_a_moderator(rooms: Service, rank: str) -> None:
    people = court(rooms)
    actor, other = people[FIRST[rank]], OTHER["none"]
    asks(people["hag66"], item(nick=nick(actor.name), role="moderator"), item(nick=nick(other), role="moderator"))
    assert asks(actor, item(nick=nick(other), role="none")) == N
    assert asks(people["crone1"], item(nick=nick(other), role="none")) == "ok"


@pytest.mark.req("MUC-PRIV-01", "MUC-ENT-37", "MUC-PRIV-08", "MUC-PRIV-09", "MUC-PRIV-11")
@pytest.mark.parametrize("moderated", ["0", "1"])
@pytest.mark.parametrize("closed", ["0", "1"])
def test_the_role_one_enters_with(rooms: Service, moderated: str, closed: str) -> None:
    """Matrix 1."""
    people = court(rooms, *OTHER.values(), moderatedroom=moderated, membersonly=closed)
    asks(people["hag66"], item(jid=jid("puck"), affiliation="outcast"))
    rooms.everybody_forgets()
    expected = {
        "owner": "moderator",
        "admin": "moderator",
        "member": "participant",
        "none": "auth registration-required" if closed == "1" else "visitor" if moderated == "1" else "participant",
        "outcast": F,
    }
    for rank, name in {**OTHER, "outcast": "puck"}.items():
        someone = rooms.person(name)
        someone.sends(enter(nick(name)))
        told = someone.takes()
        if told[0].get("type") == "error":
            assert condition(told[0]) == expected[rank]
        else:
            (mine,) = [one for one in told if 110 in codes(one)]
            assert about(mine) == ("", rank, expected[rank])


@pytest.mark.req("MUC-KICK-01", "MUC-KICK-02", "MUC-KICK-03", "MUC-KICK-04", "MUC-KICK-05", "MUC-KICK-08")
@pytest.mark.req("MUC-KICK-09", "MUC-KICK-12", "MUC-KICK-13", "MUC-CODE-15", "MUC-LEAK-10")
def test_a_kick_reaches_the_kicked_first_then_who_kicked_then_all(rooms: Service) -> None:
    people = court(rooms)
    crone1, banquo = people["crone1"], people["banquo"]
    banquo.laptop.sends(enter("ban"))
    rooms.everybody_forgets()
    order: list[str] = []
    deliver = rooms.deliver

    def noting(raw: str) -> None:
        order.append(raw)
        deliver(raw)

    rooms.deliver = noting  # type: ignore[method-assign]
    crone1.sends(wish(item("Avaunt!", nick="ban", role="none")))
    for client in (banquo.phone, banquo.laptop):
        client.receives(
            f"""<presence type='unavailable' from='{ROOM}/ban'><occupant-id xmlns='urn:xmpp:occupant-id:0' id='*'/>
              <x xmlns='{USER}'><item affiliation='member' role='none'>
                <actor nick='cro'/><reason>Avaunt!</reason></item>
              <status code='110'/><status code='307'/></x></presence>"""
        )
    crone1.receives(
        f"<iq type='result' id='a1' from='{ROOM}'/>",
        f"""<presence type='unavailable' from='{ROOM}/ban'><occupant-id xmlns='urn:xmpp:occupant-id:0' id='*'/>
          <x xmlns='{USER}'><item affiliation='member' role='none' jid='{{banquo.laptop}}'>
          <actor nick='cro' jid='{{crone1}}'/><reason>Avaunt!</reason></item><status code='307'/></x></presence>""",
    )
    (seen,) = people["ross"].takes()
    assert (codes(seen), about(seen)) == ([307], ("unavailable", "member", "none"))
    (actor,) = seen.iter(f"{{{USER}}}actor")
    assert dict(actor.items()) == {"nick": "cro"}
    kinds = ["to='banquo" in one or "110" in one for one in order]
    answered = next(place for place, one in enumerate(order) if "<iq" in one or "iq xmlns" in one or ":iq" in one)
    assert kinds[:answered] == [True, True]
    assert not any(kinds[answered:])
    rooms.everybody_forgets()
    assert [one["jid"] for one in reads(people["hag66"], affiliation="member")] == sorted(  # type: ignore[index]
        [jid("ariel"), jid("banquo")]
    )
    banquo.sends(enter("ban"))
    assert condition(banquo.takes()[-1]) == "ok"


@pytest.mark.req("MUC-KICK-11", "MUC-KICK-16")
def test_kicks_are_by_nick_as_nicks_compare(rooms: Service) -> None:
    people = court(rooms)
    hag66, someone = people["hag66"], rooms.person("titania")
    assert asks(hag66, item(nick="nobody", role="none")) == "cancel item-not-found"
    someone.sends(enter("Zoë"))
    rooms.everybody_forgets()
    assert asks(hag66, item(nick="Zoe\u0308", role="none")) == "ok"
    (gone,) = someone.takes()
    assert codes(gone) == [110, 307]


@pytest.mark.req("MUC-KICK-14")
def test_a_temporary_room_ends_with_the_last_who_are_kicked(rooms: Service) -> None:
    hag66, hecate, crone1 = room(rooms, "hag66", "hecate", "crone1")
    hag66.sends(f"<presence type='unavailable' to='{ROOM}/hag'/>")
    rooms.everybody_forgets()
    assert asks(hag66, item(nick="hec", role="none"), item(nick="cro", role="none")) == "ok"
    assert codes(hecate.takes()[0]) == [110, 307]
    assert codes(crone1.takes()[-1]) == [110, 307]
    assert rooms.channel("heath") is None


@pytest.mark.req("MUC-VOICE-01", "MUC-VOICE-02", "MUC-VOICE-03", "MUC-VOICE-11", "MUC-VOICE-13", "MUC-BATCH-12")
@pytest.mark.req("MUC-BATCH-13")
@pytest.mark.parametrize("moderated", ["0", "1"])
def test_voice_is_taken_and_given(rooms: Service, moderated: str) -> None:
    people = court(rooms, moderatedroom=moderated)
    crone1, banquo, ross = people["crone1"], people["banquo"], people["ross"]
    for role, word in (("visitor", "forbidden"), ("participant", None)):
        crone1.sends(wish(item("So foul and fair", nick="ban", role=role)))
        answer, seen = crone1.takes()
        assert (condition(answer), about(seen)) == ("ok", ("", "member", role))
        assert seen.findtext(f".//{{{USER}}}reason") == "So foul and fair"
        (mine,) = banquo.takes()
        assert codes(mine) == [110]
        rooms.everybody_forgets()
        banquo.sends(f"<message type='groupchat' id='m' to='{ROOM}'><body>hail</body></message>")
        (said,) = banquo.takes()
        assert condition(said) == ("ok" if word is None else f"auth {word}")
        rooms.everybody_forgets()
        assert asks(crone1, item(nick="ban", role=role)) == "ok"
        assert not ross.unread()
        rooms.is_silent()


@pytest.mark.req("MUC-VOICE-06", "MUC-VOICE-07", "MUC-VOICE-12", "MUC-MOD-05", "MUC-MOD-06")
def test_lists_of_roles(rooms: Service) -> None:
    people = court(rooms, moderatedroom="1")
    hag66, pistol = people["hag66"], people["pistol"]
    asks(hag66, item(nick="pis", role="moderator"))
    rooms.everybody_forgets()
    voices = reads(pistol, role="participant")
    assert voices == [
        {"affiliation": "member", "role": "participant", "nick": nick(name), "jid": people[name].phone.jid}
        for name in ("banquo", "ariel")
    ]
    visitors = reads(pistol, role="visitor")
    assert not isinstance(visitors, str)
    assert [one["nick"] for one in visitors] == ["wic", "ros"]
    assert reads(pistol, role="none") == "modify bad-request"
    assert reads(pistol, role="moderator") == F
    assert reads(people["ross"], role="participant") == F
    moderators = reads(people["crone1"], role="moderator")
    assert not isinstance(moderators, str)
    assert [(one["nick"], one["affiliation"]) for one in moderators] == [
        ("hag", "owner"), ("hec", "owner"), ("cro", "admin"), ("mac", "admin"), ("pis", "none"),
    ]  # fmt: skip


@pytest.mark.req("MUC-VOICE-08", "MUC-VOICE-09", "MUC-VOICE-10", "MUC-MOD-07", "MUC-MOD-08", "MUC-BATCH-03")
def test_several_roles_at_once_or_none(rooms: Service) -> None:
    people = court(rooms)
    crone1, ross = people["crone1"], people["ross"]
    crone1.sends(wish(item(nick="pis", role="visitor"), item(nick="mac", role="visitor")))
    crone1.receives(
        f"""<iq type='error' id='a1' from='{ROOM}'><query xmlns='http://jabber.org/protocol/muc#admin'>
          <item nick='mac' role='visitor'/></query>
          <error type='cancel' by='{ROOM}'><not-allowed xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>…</error></iq>"""
    )
    rooms.is_silent()
    assert asks(crone1, item(nick="pis", role="moderator"), item(nick="hag", role="participant")) == N
    rooms.is_silent()
    assert asks(crone1, item(nick="pis", role="moderator"), item(nick="ban", role="visitor")) == "ok"
    assert [about(one) for one in ross.takes()] == [("", "none", "moderator"), ("", "member", "visitor")]


@pytest.mark.req("MUC-MOD-01", "MUC-MOD-03", "MUC-MOD-09", "MUC-MOD-10", "MUC-PRIV-13")
def test_moderators_for_a_visit(rooms: Service) -> None:
    people = court(rooms)
    crone1, pistol = people["crone1"], people["pistol"]
    crone1.sends(wish(item(nick="pis", role="moderator")))
    answer, seen = crone1.takes()
    assert (condition(answer), about(seen)) == ("ok", ("", "none", "moderator"))
    shown = {(one.get("from"), found.get("jid")) for one in pistol.takes() for found in one.iter(f"{{{USER}}}item")}
    assert (f"{ROOM}/ban", people["banquo"].phone.jid) in shown
    rooms.everybody_forgets()
    pistol.sends(f"<presence type='unavailable' to='{ROOM}/pis'/>")
    pistol.sends(enter("pis"))
    (mine,) = [one for one in pistol.takes() if codes(one) == [110] and one.get("type") is None]
    assert about(mine) == ("", "none", "participant")
    rooms.everybody_forgets()
    asks(crone1, item(nick="ban", role="moderator"))
    assert asks(crone1, item(nick="ban", role="participant")) == "ok"
    assert about(people["ross"].takes()[-1]) == ("", "member", "participant")


@pytest.mark.req("MUC-PRIV-07")
def test_owners_need_not_be_in_the_room(rooms: Service) -> None:
    people = court(rooms, "hecate")
    people["crone1"].laptop.sends(wish(item(nick="pis", role="visitor")))
    people["crone1"].laptop.receives(f"<iq type='result' id='a1' from='{ROOM}'/>")
    assert asks(people["hecate"], item(nick="ban", role="visitor")) == "ok"


@pytest.mark.req("MUC-ENT-38")
def test_a_short_absence_changes_no_voice(rooms: Service) -> None:
    people = court(rooms, moderatedroom="1")
    hag66, pistol, banquo = people["hag66"], people["pistol"], people["banquo"]
    asks(hag66, item(nick="pis", role="participant"), item(nick="ban", role="visitor"))
    for someone in (pistol, banquo):
        someone.sends(f"<presence type='unavailable' to='{ROOM}/{nick(someone.name)}'/>")
    rooms.slots.clear()
    pistol.sends(enter("pis"))
    banquo.sends(enter("ban"))
    rooms.everybody_forgets()
    assert (roles(hag66)["pis"], roles(hag66)["ban"]) == ("participant", "visitor")
    pistol.sends(f"<presence type='unavailable' to='{ROOM}/pis'/>")
    rooms.clock.advance(4000)
    pistol.sends(enter("pis"))
    rooms.everybody_forgets()
    assert roles(hag66)["pis"] == "visitor"


@pytest.mark.req("MUC-PRIV-19")
def test_moderation_ends_for_all_but_the_muted(rooms: Service) -> None:
    people = court(rooms, moderatedroom="1")
    hag66, pistol = people["hag66"], people["pistol"]
    hag66.sends(
        f"<iq type='set' id='c2' to='{ROOM}'><query xmlns='http://jabber.org/protocol/muc#owner'>"
        "<x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE'>"
        "<value>http://jabber.org/protocol/muc#roomconfig</value></field>"
        "<field var='muc#roomconfig_moderatedroom'><value>0</value></field></x></query></iq>"
    )
    rooms.everybody_forgets()
    assert roles(hag66)["pis"] == "participant"
    asks(hag66, item(nick="pis", role="visitor"))
    rooms.everybody_forgets()
    pistol.sends(f"<message type='groupchat' id='m' to='{ROOM}'><body>hail</body></message>")
    (answer,) = pistol.takes()
    assert condition(answer) == F
