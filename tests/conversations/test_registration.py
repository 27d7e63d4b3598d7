"""Registering with a room (XEP-0045 §7.10, §7.12; XEP-0077), by MUC clients alone."""

from __future__ import annotations

import pytest

from tests.stage import Person, Scene, Service
from tests.stage.ranks import about, affiliations, asks, condition, configures, court, item, jid, wish
from tests.stage.room import MUC, ROOM, codes, enter

REGISTER = "jabber:iq:register"
INFO = "http://jabber.org/protocol/disco#info"


def get(someone: Person, to: str = ROOM) -> str | None:
    """What somebody is registered with: a nick, `form`, or why not."""
    someone.sends(f"<iq type='get' id='r1' to='{to}'><query xmlns='{REGISTER}'/></iq>")
    (answer,) = someone.takes()
    if condition(answer) != "ok":
        return condition(answer)
    form = answer.find(f"{{{REGISTER}}}query/{{jabber:x:data}}x")
    return "form" if form is not None else answer.findtext(f".//{{{REGISTER}}}username")


def form(nick: str | None, *more: str, form_type: str = f"{MUC}#register", type: str = "submit") -> str:
    """A filled in form."""
    wanted = f"<field var='muc#register_roomnick'><value>{nick}</value></field>" if nick is not None else ""
    return (
        f"<x xmlns='jabber:x:data' type='{type}'><field var='FORM_TYPE'><value>{form_type}</value></field>"
        f"{wanted}{''.join(more)}</x>"
    )


def registers(someone: Person, inside: str, to: str = ROOM) -> str:
    """What somebody is answered who registers."""
    someone.sends(f"<iq type='set' id='r2' to='{to}'><query xmlns='{REGISTER}'>{inside}</query></iq>")
    (answer,) = [one for one in someone.unread() if one.xml.tag.endswith("iq")]
    answer.is_read = True
    return condition(answer.xml)


def kept(someone: Person) -> str | None:
    """The nick the room keeps for somebody."""
    someone.sends(f"<iq type='get' id='k' to='{ROOM}'><query xmlns='{INFO}' node='x-roomuser-item'/></iq>")
    (answer,) = someone.takes()
    identity = answer.find(f".//{{{INFO}}}identity")
    return identity.get("name") if identity is not None else None


@pytest.mark.req("MUC-REG-01", "MUC-REG-02", "MUC-REG-05", "MUC-REG-06", "MUC-REG-07", "MUC-REG-08", "MUC-REG-13")
@pytest.mark.req("MUC-REG-14", "MUC-REG-31", "MUC-REG-32")
def test_registering_makes_a_member_with_a_nick(rooms: Service) -> None:
    people = court(rooms)
    puck = rooms.person("puck")
    puck.sends(f"<iq type='get' id='r1' to='{ROOM}'><query xmlns='{REGISTER}'/></iq>")
    puck.receives(
        f"""<iq type='result' id='r1' from='{ROOM}'><query xmlns='{REGISTER}'><instructions>*</instructions>
          <x xmlns='jabber:x:data' type='form'><title>*</title>
            <field var='FORM_TYPE' type='hidden'><value>{MUC}#register</value></field>
            <field var='muc#register_roomnick' type='text-single' label='*'><required/></field></x></query></iq>"""
    )
    allow = "<field var='muc#register_allow'><value>1</value></field>"
    assert registers(puck, form("Robin", allow)) == "ok"
    rooms.everybody_forgets()
    assert (get(puck), kept(puck)) == ("Robin", "Robin")
    assert affiliations(people["hag66"])[jid("puck")] == "member"
    rooms.restarts()
    assert (get(puck), kept(puck)) == ("Robin", "Robin")


@pytest.mark.req("MUC-REG-03", "MUC-REG-04", "MUC-REG-12", "MUC-BAN-21")
def test_who_cannot_register(rooms: Service) -> None:
    people = court(rooms)
    macduff, puck = rooms.person("macduff"), rooms.person("puck")
    asks(people["hag66"], item(jid=jid("macduff"), affiliation="outcast"))
    rooms.everybody_forgets()
    assert get(puck, "nosuch@mix.shakespeare.example") == "cancel item-not-found"
    assert registers(puck, form("x"), "nosuch@mix.shakespeare.example") == "cancel item-not-found"
    assert rooms.channel("nosuch") is None
    assert get(macduff) == "cancel not-allowed"
    assert registers(macduff, form("x")) == "cancel not-allowed"
    for bad in ("", form(None), form("x", form_type="urn:example"), form("x", type="cancel"), form("")):
        assert registers(puck, bad) == "modify bad-request"
    assert registers(puck, form(" ")) == "modify jid-malformed"  # as wherever it is given for a nick
    rooms.is_silent()


@pytest.mark.req("MUC-REG-04", "MUC-REG-17", "MUC-REG-18")
def test_members_of_a_closed_room_are_chosen(rooms: Service) -> None:
    people = court(rooms, "pistol", "wiccarocks", "ross", membersonly="1")
    assert get(people["pistol"]) == "cancel not-allowed"
    assert get(people["banquo"]) == "form"
    assert registers(people["banquo"], form("ghost")) == "ok"
    assert registers(people["crone1"], form("first")) == "ok"
    rooms.everybody_forgets()
    assert affiliations(people["hag66"])[jid("crone1")] == "admin"
    assert registers(people["crone1"], "<remove/>") == "ok"
    assert kept(people["crone1"]) is None
    rooms.everybody_forgets()
    assert registers(people["banquo"], "<remove/>") == "ok"
    assert codes(people["banquo"].takes()[0]) == [110, 321]
    rooms.everybody_forgets()
    assert jid("banquo") not in affiliations(people["hag66"])


@pytest.mark.req("MUC-REG-15", "MUC-REG-16", "MUC-CODE-12")
def test_who_is_in_goes_by_the_nick_from_then_on(rooms: Service) -> None:
    people = court(rooms)
    pistol, ross = people["pistol"], people["ross"]
    assert registers(pistol, form("Ancient")) == "ok"
    renamed = [one for one in pistol.takes() if one.tag.endswith("presence")]
    assert [codes(one) for one in renamed][:2] == [[110, 303], [110, 210]]
    told = ross.takes()
    assert [codes(one) for one in told] == [[303], [], []]
    assert (told[-1].get("from"), about(told[-1])) == (f"{ROOM}/Ancient", ("", "member", "participant"))


@pytest.mark.req("MUC-REG-09", "MUC-REG-10", "MUC-REG-27", "MUC-REG-28", "MUC-REG-29", "MUC-ENT-11", "MUC-NICK-12")
def test_a_nick_is_kept_from_all_others(rooms: Service) -> None:
    people = court(rooms, "ariel")
    puck, ross = rooms.person("puck"), people["ross"]
    assert registers(puck, form("Ann")) == "ok"
    assert registers(people["pistol"], form("ann")) == "cancel conflict"
    assert registers(people["pistol"], form("ROS")) == "cancel conflict"
    rooms.everybody_forgets()
    people["ariel"].sends(enter("ANN"))
    (answer,) = people["ariel"].takes()
    assert condition(answer) == "cancel conflict"
    ross.sends(f"<presence to='{ROOM}/ann'/>")
    (answer,) = ross.takes()
    assert condition(answer) == "cancel conflict"
    assert registers(puck, form("Bess")) == "ok"
    rooms.everybody_forgets()
    ross.sends(f"<presence to='{ROOM}/ann'/>")
    assert codes(ross.takes()[0]) == [110, 303]
    puck.sends(enter("bess"))
    assert puck.takes()[-1].get("type") != "error"


@pytest.mark.req("MUC-REG-22", "MUC-REG-23", "MUC-REG-24", "MUC-REG-25", "MUC-REG-26", "MUC-BAN-03", "MUC-KICK-13")
def test_administrators_keep_nicks_for_members(rooms: Service) -> None:
    people = court(rooms)
    crone1, puck, robin = people["crone1"], rooms.person("puck"), rooms.person("robin")
    member = {"affiliation": "member"}
    assert asks(crone1, item(jid=jid("puck"), nick="Goodfellow", **member)) == "ok"
    rooms.everybody_forgets()
    assert kept(puck) == "Goodfellow"
    before = affiliations(people["hag66"])
    for nick in ("goodfellow", "ban"):
        taken = item(jid=jid("robin"), nick=nick, **member)
        assert asks(crone1, item(jid=jid("ross"), affiliation="none"), taken) == "cancel conflict"
        assert affiliations(people["hag66"]) == before
    two = (item(jid=jid("robin"), nick="same", **member), item(jid=jid("titania"), nick="SAME", **member))
    assert asks(crone1, *two) == "cancel conflict"
    assert asks(crone1, item(jid=jid("puck"), nick="", **member)) == "ok"
    assert kept(puck) is None
    for ending in ("none", "outcast"):
        assert asks(crone1, item(jid=jid("puck"), nick="Goodfellow", **member)) == "ok"
        assert asks(crone1, item(jid=jid("puck"), affiliation=ending)) == "ok"
        rooms.everybody_forgets()
        robin.sends(enter("Goodfellow"))
        assert robin.takes()[-1].get("type") != "error"
        robin.sends(f"<presence type='unavailable' to='{ROOM}/Goodfellow'/>")
        rooms.everybody_forgets()


@pytest.mark.req("MUC-FEAT-09", "MUC-FEAT-10", "MUC-FEAT-11")
def test_rooms_say_what_can_be_asked_by_form(rooms: Service) -> None:
    people = court(rooms)
    people["ross"].sends(f"<iq type='get' id='d' to='{ROOM}'><query xmlns='{INFO}'/></iq>")
    (answer,) = people["ross"].takes()
    features = {one.get("var") for one in answer.iter(f"{{{INFO}}}feature")}
    assert {REGISTER, f"{MUC}#register", f"{MUC}#request"} <= features


@pytest.mark.req("MUC-REG-30")
def test_the_nick_of_a_mix_participant_is_kept_too(coven: Scene) -> None:
    hag66, hecate = coven.people("hag66", "hecate", joined=["hag66"])
    coven.enters(hecate, "moon")
    assert registers(hecate, form("ThirdWitch"), coven.jid) == "cancel conflict"
    assert registers(hecate, form("Luna"), coven.jid) == "ok"
    coven.service.everybody_forgets()
    hag66.account.sends("<iq type='set' id='n'><setnick xmlns='urn:xmpp:mix:core:1'><nick>luna</nick></setnick></iq>")
    (answer,) = hag66.account.takes()
    assert condition(answer) == "cancel conflict"
    hecate.sends(wish(item(affiliation="member"), type="get", to=coven.jid))
    (answer,) = hecate.takes()
    assert condition(answer) == "auth forbidden"


def test_nobody_registers_past_a_password(rooms: Service) -> None:
    """XEP-0045 §7.2.5: a member reads the archive and invites, with the password: only who knows it becomes one."""
    people = court(rooms, "pistol")
    configures(people["hag66"], passwordprotectedroom="1", roomsecret="cauldron")
    people["hag66"].sends(f"<message type='groupchat' to='{ROOM}'><body>hail</body></message>")
    rooms.everybody_forgets()
    pistol = people["pistol"]
    assert get(pistol) == "cancel not-allowed"
    assert registers(pistol, form("ancient")) == "cancel not-allowed"
    pistol.sends(f"<iq type='set' id='q' to='{ROOM}'><query xmlns='urn:xmpp:mam:2'/></iq>")
    (answer,) = pistol.takes()
    assert condition(answer) == "auth forbidden"
    pistol.sends(enter("pis", "<password>cauldron</password>"))
    pistol.forgets()
    assert registers(pistol, form("ancient")) == "ok"
