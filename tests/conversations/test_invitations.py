"""Invitations by way of the room, and answers to them (XEP-0045 §7.8-7.9, §9.5; XEP-0249)."""

from __future__ import annotations

import pytest

from tests.stage import Person, Scene, Service
from tests.stage.ranks import STANZAS, affiliations, asks, condition, configures, court, item, jid
from tests.stage.room import MUC, ROOM, USER, codes, enter

CLOSED = {"membersonly": "1"}


def invite(*names: str, inside: str = "", to: str = ROOM, type: str = "", more: str = "") -> str:
    """A message that invites people."""
    invites = "".join(f"<invite to='{jid(one) if '@' not in one else one}'>{inside}</invite>" for one in names)
    kind = f" type='{type}'" if type else ""
    return f"<message id='i1'{kind} to='{to}'><x xmlns='{USER}'>{invites}{more}</x></message>"


def decline(to: str, reason: str = "Too busy") -> str:
    """A message that says no."""
    return (
        f"<message to='{ROOM}'><x xmlns='{USER}'><decline to='{to}'><reason>{reason}</reason></decline></x></message>"
    )


def invited(by: str, inside: str = "", more: str = "") -> str:
    """What an invitee gets."""
    invitation = f"<invite from='{by if '@' in by else jid(by)}'>{inside}</invite>"
    return f"<message from='{ROOM}' id='*'><x xmlns='{USER}'>{invitation}{more}</x></message>"


def guest(rooms: Service, people: dict[str, Person], name: str = "puck") -> Person:
    """Somebody who is in no room, and knows whoever invites them."""
    someone = rooms.person(name)
    for other in people.values():
        rooms.eavesdropper.excuses(someone, other)
        rooms.eavesdropper.excuses(other, someone)
    return someone


@pytest.mark.req("MUC-INV-01", "MUC-INV-02", "MUC-INV-03", "MUC-INV-04", "MUC-INV-07", "MUC-INV-13", "MUC-INV-15")
@pytest.mark.req("MUC-INV-25", "MUC-INV-29", "MUC-INV-30")
@pytest.mark.parametrize("kind", ["", "normal"])
def test_an_invitation_comes_from_the_room(rooms: Service, kind: str) -> None:
    people = court(rooms, moderatedroom="1")
    puck = guest(rooms, people)
    words = "<reason xml:lang='fr'>Venez!</reason><continue thread='t1'/>"
    people["pistol"].sends(invite("puck", inside=words, type=kind).replace("<invite ", "<invite from='forged' "))
    puck.receives(invited("pistol", words))
    rooms.is_silent()
    assert jid("puck") not in affiliations(people["hag66"])
    people["pistol"].sends(invite("puck"))
    puck.receives(invited("pistol"))


@pytest.mark.req("MUC-INV-05", "MUC-INV-06")
def test_the_password_is_the_rooms(rooms: Service) -> None:
    people = court(rooms)
    configures(people["hag66"], passwordprotectedroom="1", roomsecret="cauldron")
    rooms.everybody_forgets()
    puck = guest(rooms, people)
    people["pistol"].sends(invite("puck", more="<password>wrong</password>"))
    puck.receives(invited("pistol", more="<password>cauldron</password>"))
    puck.sends(enter("robin", "<password>cauldron</password>"))
    assert condition(puck.takes()[-1]) == "ok"


@pytest.mark.req("MUC-INV-08", "MUC-INV-09", "MUC-INV-17", "MUC-INV-19")
def test_several_are_invited_or_none(rooms: Service) -> None:
    people = court(rooms)
    puck, robin = guest(rooms, people), guest(rooms, people, "robin")
    pistol = people["pistol"]
    for bad, expected in (
        ("@@", "modify jid-malformed"),
        (f"{ROOM}/ban", "cancel item-not-found"),
        ("forest.example@", "modify jid-malformed"),
    ):
        pistol.sends(invite("puck", bad))
        (answer,) = pistol.takes()
        assert condition(answer) == expected
        rooms.is_silent()
    pistol.sends(invite("puck", "robin"))
    for someone in (puck, robin):
        someone.receives(invited("pistol"))


@pytest.mark.req("MUC-INV-10", "MUC-INV-11", "MUC-INV-12", "MUC-CONF-07")
def test_an_invitation_into_a_closed_room_lets_in(rooms: Service) -> None:
    people = court(rooms, "pistol", "wiccarocks", "ross", **CLOSED)
    puck = guest(rooms, people)
    people["banquo"].sends(invite("puck"))
    (answer,) = people["banquo"].takes()
    assert condition(answer) == "auth forbidden"
    rooms.is_silent()
    people["crone1"].sends(invite("puck"))
    puck.receives(invited("crone1"))
    rooms.everybody_forgets()
    assert affiliations(people["hag66"])[jid("puck")] == "member"
    puck.sends(enter("robin"))
    assert 110 in codes(puck.takes()[-2])


@pytest.mark.req("MUC-INV-14", "MUC-BAN-21")
def test_an_invitation_changes_no_rank(rooms: Service) -> None:
    people = court(rooms, **CLOSED)
    asks(people["hag66"], item(jid=jid("macduff"), affiliation="outcast"))
    rooms.everybody_forgets()
    before = affiliations(people["hag66"])
    macduff = guest(rooms, people, "macduff")
    crone1 = people["crone1"]
    crone1.sends(invite("macduff"))
    (answer,) = crone1.takes()
    assert condition(answer) == "auth forbidden"
    macduff.sends(invite("puck"))
    (answer,) = macduff.takes()
    assert condition(answer) == "auth forbidden"
    rooms.eavesdropper.excuses(people["hecate"], crone1)
    crone1.sends(invite("hecate"))
    rooms.everybody_forgets()
    assert affiliations(people["hag66"]) == before


@pytest.mark.req("MUC-INV-16", "MUC-INV-31", "MUC-INV-32")
def test_who_cannot_invite_and_where(rooms: Service) -> None:
    people = court(rooms, "banquo")
    puck, stranger = guest(rooms, people), guest(rooms, people, "robin")
    rooms.eavesdropper.excuses(stranger, puck)  # errors repeat what was asked
    stranger.sends(invite("puck"))
    (answer,) = stranger.takes()
    assert condition(answer) == "cancel not-acceptable"
    people["banquo"].sends(invite("puck"))
    puck.receives(invited("banquo"))
    people["pistol"].sends(f"<message to='{ROOM}'><x xmlns='{USER}'/></message>")
    (answer,) = people["pistol"].takes()
    assert condition(answer) == "modify bad-request"
    stranger.sends(invite("puck", to="nowhere@mix.shakespeare.example"))
    (answer,) = stranger.takes()
    assert condition(answer) == "cancel item-not-found"
    stranger.sends(f"<presence to='other@mix.shakespeare.example/s'><x xmlns='{MUC}'/></presence>")
    stranger.forgets()
    stranger.sends(invite("puck", to="other@mix.shakespeare.example"))
    (answer,) = stranger.takes()
    assert condition(answer) == "cancel item-not-found"
    rooms.is_silent()


@pytest.mark.req("MUC-INV-18")
def test_an_invitation_that_comes_back_is_told_to_the_inviter(rooms: Service) -> None:
    people = court(rooms)
    puck, pistol = guest(rooms, people), people["pistol"]
    pistol.sends(invite("puck"))
    (got,) = puck.takes()
    bounce = (
        f"<message type='error' id='{got.get('id')}' to='{ROOM}'><error type='cancel'>"
        "<item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/><text xmlns='urn:example'>leak</text>"
        "</error></message>"
    )
    people["ross"].sends(bounce)  # somebody else cannot say so
    assert not pistol.unread()
    puck.account.sends(bounce)
    (told,) = pistol.takes()
    assert (condition(told), told.get("from")) == ("cancel item-not-found", ROOM)
    assert "leak" not in "".join(told.itertext())
    puck.account.sends(bounce)
    assert not pistol.unread()


@pytest.mark.req("MUC-INV-20", "MUC-INV-21", "MUC-INV-22", "MUC-INV-23")
def test_who_does_not_come_says_so_to_who_invited(rooms: Service) -> None:
    people = court(rooms)
    puck, stranger, pistol = guest(rooms, people), guest(rooms, people, "robin"), people["pistol"]
    pistol.sends(invite("puck"))
    puck.forgets()
    for to in (jid("pistol"), pistol.phone.jid, f"{ROOM}/pis"):
        puck.sends(decline(to))
        pistol.receives(
            f"<message from='{ROOM}'><x xmlns='{USER}'><decline from='{jid('puck')}'>"
            "<reason>Too busy</reason></decline></x></message>"
        )
    stranger.sends(decline(jid("pistol"), "Buy my potions"))
    puck.sends(decline(jid("ross")))
    puck.sends(decline(f"{ROOM}/nobody"))
    rooms.is_silent()
    rooms.restarts()
    pistol.sends(f"<presence type='unavailable' to='{ROOM}/pis'/>")
    rooms.everybody_forgets()
    puck.sends(decline(jid("pistol")))
    assert len(pistol.account.takes()) == 1


@pytest.mark.req("MUC-INV-24", "MUC-MEMB-19", "MUC-INV-27")
def test_new_members_of_a_closed_room_are_told(rooms: Service) -> None:
    people = court(rooms, "pistol", "wiccarocks", "ross", **CLOSED)
    puck = guest(rooms, people)
    crone1 = people["crone1"]
    for name in ("hag66", "hecate", "macbeth"):
        rooms.eavesdropper.excuses(people[name], puck)
    assert asks(crone1, item("Come!", jid=jid("puck"), affiliation="member")) == "ok"
    puck.receives(invited(f"{ROOM}/cro", "<reason>Come!</reason>"))
    assert asks(crone1, item(jid=jid("puck"), affiliation="member")) == "ok"
    puck.receives_nothing()
    puck.sends(enter("robin"))
    assert condition(puck.takes()[-1]) == "ok"


@pytest.mark.req("MUC-INV-24")
def test_who_lets_somebody_in_does_not_say_who_they_are(rooms: Service) -> None:
    """XEP-0045 §9.5: one who asks to be let in shall not learn so whose address an administrator's nick hides. Who is
    not in the room is not named."""
    people = court(rooms, "pistol", "wiccarocks", "ross", **CLOSED)
    crone1, puck, robin = people["crone1"], rooms.person("puck"), rooms.person("robin")
    for someone in people.values():
        rooms.eavesdropper.excuses(someone, puck)
        rooms.eavesdropper.excuses(someone, robin)
    asks(crone1, item(jid=jid("puck"), affiliation="member"))
    puck.receives(invited(f"{ROOM}/cro"))
    for to in (f"{ROOM}/cro", ROOM):
        crone1.forgets()
        puck.sends(decline(to))
        crone1.receives(
            f"<message from='{ROOM}'><x xmlns='{USER}'><decline from='{jid('puck')}'>…</decline></x></message>"
        )
    crone1.sends(f"<presence type='unavailable' to='{ROOM}/cro'/>")
    asks(crone1, item(jid=jid("robin"), affiliation="member"))
    robin.receives(invited(ROOM))
    rooms.everybody_forgets()


@pytest.mark.req("MUC-INV-14")
def test_inviting_is_no_way_to_find_out_who_is_banned(rooms: Service) -> None:
    """XEP-0045 §9.2: the ban list is for owners and administrators; others are answered as for anybody else."""
    people = court(rooms)
    macduff, puck, pistol = guest(rooms, people, "macduff"), guest(rooms, people), people["pistol"]
    asks(people["hag66"], item(jid=jid("macduff"), affiliation="outcast"))
    rooms.everybody_forgets()
    pistol.sends(invite("macduff", "puck"))
    puck.receives(invited("pistol"))
    rooms.is_silent()
    for _ in range(58):
        pistol.sends(invite("macduff"))
    rooms.is_silent()
    pistol.sends(invite("macduff"))
    (answer,) = pistol.takes()
    assert condition(answer) == "wait resource-constraint"
    macduff.sends(decline(jid("pistol")))
    rooms.is_silent()
    assert jid("macduff") in affiliations(people["hag66"])


@pytest.mark.req("MUC-INV-28")
def test_inviting_the_whole_world_takes_time(rooms: Service) -> None:
    people = court(rooms)
    pistol = people["pistol"]
    guest(rooms, people)
    for _ in range(100):
        pistol.sends(invite("puck"))
    assert {condition(one) for one in pistol.takes()} == {"wait resource-constraint"}
    pistol.sends(invite("puck", inside=f"<reason>{'x' * 2001}</reason>"))
    (answer,) = pistol.takes()
    assert condition(answer) == "modify not-acceptable"
    assert len(rooms.person("puck").takes()) == 60


@pytest.mark.req("MIX-INV-19", "MIX-MUC-07")
def test_an_invitation_by_the_room_lets_into_the_channel(coven: Scene) -> None:
    hag66, hecate = coven.people("hag66", "hecate")
    coven.service.eavesdropper.excuses(hecate, coven.owner)
    pubsub = "http://jabber.org/protocol/pubsub"
    coven.owner.sends(
        f"<iq type='set' id='c'><pubsub xmlns='{pubsub}'><create node='urn:xmpp:mix:nodes:allowed'/></pubsub></iq>"
    )
    coven.owner.sends(invite("hecate", to=coven.jid))
    coven.service.everybody_forgets()
    coven.joins(hecate, "moon")
    hag66.account.sends("<iq type='set' id='j'><join xmlns='urn:xmpp:mix:core:1'><nick>x</nick></join></iq>")
    assert f"{STANZAS}not-allowed" in {child.tag for one in hag66.takes() for child in one.iter()}
