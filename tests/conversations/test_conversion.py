"""Two people want a third: a private room, made so that no stranger ever gets in or hears of it (1:1 to group)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.conversations.test_archive import Answer
from tests.conversations.words import ENTRY, ITEMS, error, features, info, mam
from tests.stage import Person, Service

MUC = "http://jabber.org/protocol/muc"
NAME = "6f1b3c52-9f0e-4d0c-8a58-6d2f3c1ad7aa"
ROOM = f"{NAME}@mix.shakespeare.example"
AT_ONCE = "urn:mixd:create-room:0"
DATA = "jabber:x:data"
FIELD = f"{{{DATA}}}field"
OPEN = {"membersonly": "0"}
PRIVATE = {"membersonly": "1", "publicroom": "0", "persistentroom": "1", "whois": "anyone"}


def owner_form(more: str = "", **fields: str) -> str:
    """A configuration."""
    filled = "".join(f"<field var='muc#roomconfig_{name}'><value>{v}</value></field>" for name, v in fields.items())
    return (
        f"<iq type='set' id='make' to='{ROOM}'><query xmlns='{MUC}#owner'><x xmlns='jabber:x:data' type='submit'>"
        f"<field var='FORM_TYPE'><value>{MUC}#roomconfig</value></field>{filled}{more}</x></query></iq>"
    )


def make(owner: Person, *members: str, **fields: str) -> None:
    """Make a room by one request: a configuration with a list of members."""
    values = "".join(f"<value>{member}</value>" for member in members)
    owner.service.known["members"] = f"{{{AT_ONCE}}}members"
    owner.sends(owner_form(f"<field var='{{members}}'>{values}</field>", **fields))


def tries(someone: Person, nick: str) -> str:
    """Try to enter: `in`, or the condition of the refusal."""
    someone.sends(f"<presence to='{ROOM}/{nick}'>{ENTRY}</presence>")
    first = someone.takes()[0]
    if first.get("type") != "error":
        return "in"
    found = first.find("{jabber:client}error")
    assert found is not None
    return found[0].tag.partition("}")[2]


def friends(stage: Service, *names: str) -> list[Person]:
    """People who know each other's addresses: members of a room that shows them hear who else is one."""
    people = [stage.person(name) for name in names]
    for one in people:
        for other in people:
            stage.eavesdropper.excuses(one, other)
    return people


def past(someone: Person, nick: str) -> list[str | None]:
    """What somebody who enters is shown of what was said before."""
    assert tries(someone, nick) == "in"
    shown = [one.xml for one in someone.inbox if one.xml.tag.endswith("message")]
    someone.forgets()
    return [one.findtext("{jabber:client}body") for one in shown if one.find("{urn:xmpp:delay}delay") is not None]


def grants(owner: Person, name: str, affiliation: str) -> None:
    """Give somebody an affiliation."""
    owner.sends(
        f"<iq type='set' id='a' to='{ROOM}'><query xmlns='{MUC}#admin'>"
        f"<item affiliation='{affiliation}' jid='{{{name}}}'/></query></iq>"
    )
    owner.receives(f"<iq type='result' id='a' from='{ROOM}'/>")
    owner.service.everybody_forgets()


def listed(someone: Person) -> str:
    """What the service lists."""
    someone.sends(f"<iq type='get' id='i' to='{{service}}'><query xmlns='{ITEMS}'/></iq>")
    someone.inbox[-1].is_read = True
    return someone.inbox[-1].raw


@pytest.mark.req("MUC-CONV-01", "MUC-CONV-06", "MUC-CONV-07", "MUC-CONV-08", "MUC-CONV-18")
def test_the_standard_way_never_leaves_the_door_open(stage: Service) -> None:
    """XEP-0045 §10.1: locked until it is configured, closed from then on; never listed."""
    hag66, pistol = stage.person("hag66"), stage.person("pistol")
    assert tries(hag66, "thirdwitch") == "in"
    assert tries(pistol, "ancient") == "item-not-found"
    assert NAME not in listed(pistol)
    hag66.sends(owner_form(**PRIVATE))
    hag66.receives(f"<iq type='result' id='make' from='{ROOM}'/>")
    assert tries(pistol, "ancient") == "registration-required"
    assert NAME not in listed(pistol)
    pistol.forgets()
    pistol.sends(info().replace("<iq", f"<iq to='{ROOM}'"))
    (reply,) = pistol.takes()
    assert {"muc_membersonly", "muc_hidden", "muc_nonanonymous", "muc_persistent"} <= features(reply)


@pytest.mark.req("MUC-CONV-03", "MUC-CONV-04", "MUC-CONV-10", "MUC-CONV-11")
def test_one_request_makes_the_whole_room(stage: Service) -> None:
    """Configuration and members at once; nobody is told, nobody is in it, and members get in."""
    hag66, hecate, pistol = stage.person("hag66"), stage.person("hecate"), stage.person("pistol")
    pistol.sends(info().replace("<iq", "<iq to='{service}'"))
    assert AT_ONCE in features(pistol.takes()[0])
    make(hag66, hecate.jid, roomname="Witches", **PRIVATE)
    hag66.receives(f"<iq type='result' id='make' from='{ROOM}'/>")
    stage.is_silent()
    assert tries(pistol, "ancient") == "registration-required"
    assert tries(hecate, "moon") == "in"
    assert tries(hag66, "thirdwitch") == "in"


@pytest.mark.req("MUC-CONV-18")
def test_it_is_private_without_a_word(stage: Service) -> None:
    """What the form does not say is as two people want it; whoever comes later begins with a clean page."""
    hag66, hecate, pistol = friends(stage, "hag66", "hecate", "pistol")
    make(hag66, hecate.jid)
    assert tries(pistol, "ancient") == "registration-required"
    assert NAME not in listed(pistol)
    hecate.sends(info().replace("<iq", f"<iq to='{ROOM}'"))
    (about,) = hecate.takes()
    assert {"muc_membersonly", "muc_hidden", "muc_nonanonymous", "muc_persistent", "muc_unsecured"} <= features(about)
    assert {"urn:xmpp:message-moderate:1", "urn:xmpp:message-retract:1"} <= features(about)
    assert tries(hecate, "moon") == "in"
    hecate.sends(f"<message type='groupchat' id='m' to='{ROOM}'><body>Only we two</body></message>")
    assert past(hag66, "thirdwitch") == ["Only we two"]
    grants(hag66, "pistol", "member")
    assert past(pistol, "ancient") == []


@pytest.mark.req("MUC-CONV-02")
@pytest.mark.parametrize("private", [False, True])
def test_what_a_room_is_like_without_a_word_is_in_the_form(services: Callable[..., Service], private: bool) -> None:
    """XEP-0045 §10.1.2: the operator decides; accepting the form as it is comes to the same as sending none."""
    stage = services(private=private)
    hag66, pistol = stage.person("hag66"), stage.person("pistol")
    assert tries(hag66, "thirdwitch") == "in"
    hag66.forgets()
    hag66.sends(f"<iq type='get' id='form' to='{ROOM}'><query xmlns='{MUC}#owner'/></iq>")
    (answer,) = hag66.takes()
    shown = {
        one.get("var", "").removeprefix("muc#roomconfig_"): one.findtext(f"{{{DATA}}}value")
        for one in answer.iter(FIELD)
    }
    expected = {"membersonly": private, "publicroom": not private, "persistentroom": private}
    expected["{urn:mixd:room:0}past_for_newcomers"] = not private
    assert {name: shown[name] == "1" for name in expected} == expected
    hag66.sends(
        f"<iq type='set' id='u' to='{ROOM}'><query xmlns='{MUC}#owner'><x xmlns='{DATA}' type='submit'/></query></iq>"
    )
    assert (tries(pistol, "ancient") == "in") is not private
    assert (NAME in listed(pistol)) is not private


@pytest.mark.req("MUC-CONV-15", "MUC-CONV-25", "MUC-MAM-50")
def test_the_past_stays_among_those_who_were_there(stage: Service) -> None:
    """Members added later, and strangers after the room was opened, begin when they were let in."""
    hag66, hecate, pistol, ross = friends(stage, "hag66", "hecate", "pistol", "ross")
    make(hag66, hecate.jid)
    assert tries(hecate, "moon") == "in"
    words: list[str | None] = []
    for step in ("nothing", "a new member", "an open door"):
        if step == "a new member":
            grants(hag66, "pistol", "member")
        elif step == "an open door":
            hag66.sends(owner_form(**OPEN))
        words.append(f"word {len(words)}")
        hecate.sends(f"<message type='groupchat' id='m' to='{ROOM}'><body>{words[-1]}</body></message>")
    for someone, nick, known in ((hag66, "thirdwitch", words), (pistol, "ancient", words[1:]), (ross, "r", words[2:])):
        assert past(someone, nick) == known
        assert Answer(someone, mam().replace("<iq", f"<iq to='{ROOM}'")).words == known


@pytest.mark.req("MUC-CONV-12")
def test_who_does_not_come_was_never_there(stage: Service) -> None:
    """XEP-0045 §7.8.2: an invitee declines; only the inviter hears of it, and the owner takes them off the list."""
    hag66, hecate, pistol = friends(stage, "hag66", "hecate", "pistol")
    make(hag66, hecate.jid)
    assert tries(hecate, "moon") == "in"
    assert tries(hag66, "thirdwitch") == "in"
    stage.everybody_forgets()
    hag66.sends(f"<message to='{ROOM}'><x xmlns='{MUC}#user'><invite to='{{pistol}}'/></x></message>")
    pistol.takes()
    pistol.sends(f"<message to='{ROOM}'><x xmlns='{MUC}#user'><decline to='{{hag66}}'/></x></message>")
    hag66.receives(f"<message from='{ROOM}'><x xmlns='{MUC}#user'><decline from='{{pistol}}'/></x></message>")
    grants(hag66, "pistol", "none")
    shown = {one.xml.get("from") for one in hecate.inbox if one.xml.tag.endswith("presence")}
    assert shown == {f"{ROOM}/moon", f"{ROOM}/thirdwitch"}
    assert tries(pistol, "ancient") == "registration-required"


@pytest.mark.req("MUC-CONV-20")
def test_one_client_can_be_invited(stage: Service) -> None:
    """XEP-0045 §7.9: the one the chat of two was with; no other client hears of it."""
    hag66, hecate, pistol = friends(stage, "hag66", "hecate", "pistol")
    make(hag66, hecate.jid)
    hag66.sends(
        f"<message to='{ROOM}'><x xmlns='{MUC}#user'><invite to='{{pistol.laptop}}'><continue thread='t1'/></invite>"
        "</x></message>"
    )
    pistol.laptop.receives(
        f"<message from='{ROOM}' id='*'><x xmlns='{MUC}#user'><invite from='{{hag66}}'><continue thread='t1'/>"
        "</invite></x></message>"
    )
    hag66.forgets()
    stage.is_silent()


@pytest.mark.req("MUC-CONV-21")
def test_members_can_list_all_whom_a_message_is_to_be_encrypted_for(stage: Service) -> None:
    """XEP-0045 §9.5, §10.5, §10.8: by bare JID, absent ones as well."""
    hag66, hecate, pistol = friends(stage, "hag66", "hecate", "pistol")
    make(hag66, hecate.jid, pistol.jid)
    grants(hag66, "pistol", "admin")
    assert tries(hecate, "moon") == "in"
    for affiliation, someone in (("owner", hag66), ("admin", pistol), ("member", hecate)):
        hecate.sends(
            f"<iq type='get' id='l' to='{ROOM}'><query xmlns='{MUC}#admin'>"
            f"<item affiliation='{affiliation}'/></query></iq>"
        )
        (answer,) = hecate.takes()[-1:]
        assert [one.get("jid") for one in answer[0]] == [someone.jid]


@pytest.mark.req("MUC-CONV-05")
def test_asking_twice_makes_one_room(stage: Service) -> None:
    """A client that lost the answer asks again, and gets the same one; for others the name is taken."""
    hag66, pistol = stage.person("hag66"), stage.person("pistol")
    for _ in range(2):
        make(hag66, **PRIVATE)
        hag66.receives(f"<iq type='result' id='make' from='{ROOM}'/>")
    make(pistol, **PRIVATE)
    pistol.receives(f"<iq type='error' id='make' from='{ROOM}'>…</iq>")
    assert tries(pistol, "ancient") == "registration-required"


@pytest.mark.req("MUC-CONV-05", "MUC-CONV-04")
@pytest.mark.parametrize("bad", [{"whois": "nobody"}, {"persistentroom": "0"}, {"maxusers": "few"}])
def test_one_bad_value_and_there_is_no_room(stage: Service, bad: dict[str, str]) -> None:
    hag66 = stage.person("hag66")
    make(hag66, **{**PRIVATE, **bad})
    hag66.receives(
        f"<iq type='error' id='make' from='{ROOM}'><query xmlns='{MUC}#owner'>…</query>"
        f"{error('modify', 'not-acceptable', ROOM)}</iq>"
    )
    make(hag66, "not an address@", **PRIVATE)
    hag66.receives(f"<iq type='error' id='make' from='{ROOM}'>…</iq>")
    hag66.sends(info().replace("<iq", f"<iq to='{ROOM}'"))
    hag66.receives(f"<iq type='error' id='d1' from='{ROOM}'>…</iq>")


def test_a_form_that_comes_too_late_makes_no_room(stage: Service) -> None:
    """Only a form that says so creates: others are for a room that is gone."""
    hag66 = stage.person("hag66")
    hag66.sends(owner_form(**PRIVATE))
    hag66.receives(f"<iq type='error' id='make' from='{ROOM}'>…</iq>")
    hag66.sends(info().replace("<iq", f"<iq to='{ROOM}'"))
    hag66.receives(f"<iq type='error' id='d1' from='{ROOM}'>…</iq>")


def test_who_may_not_create_does_not_create_that_way(stage: Service) -> None:
    stranger = stage.person("stranger", "elsewhere.example")
    make(stranger, **PRIVATE)
    stranger.receives(
        f"<iq type='error' id='make' from='{ROOM}'><query xmlns='{MUC}#owner'>…</query>"
        f"{error('cancel', 'not-allowed', ROOM)}</iq>"
    )


@pytest.mark.req("MUC-CONV-22")
def test_what_is_abandoned_is_gone(stage: Service) -> None:
    hag66 = stage.person("hag66")
    assert tries(hag66, "thirdwitch") == "in"
    hag66.sends(f"<presence type='unavailable' to='{ROOM}/thirdwitch'/>")
    hag66.forgets()
    hag66.sends(info().replace("<iq", f"<iq to='{ROOM}'"))
    hag66.receives(f"<iq type='error' id='d1' from='{ROOM}'>…</iq>")


@pytest.mark.req("MUC-CONV-13", "MUC-CONV-14", "MUC-CONV-19")
def test_pasted_history_is_said_by_who_pastes_it(stage: Service) -> None:
    """XEP-0045 §7.9: nothing a client says makes a message another person's; the thread goes on."""
    hag66, hecate = stage.person("hag66"), stage.person("hecate")
    make(hag66, hecate.jid, **PRIVATE)
    for someone, nick in ((hag66, "thirdwitch"), (hecate, "moon")):
        assert tries(someone, nick) == "in"
    stage.everybody_forgets()
    hag66.sends(
        f"<message type='groupchat' id='m' to='{ROOM}'><body>All hail</body><thread>old</thread>"
        "<delay xmlns='urn:xmpp:delay' from='{hecate}' stamp='2002-09-10T23:08:25Z'/></message>"
    )
    hecate.receives(
        f"<message type='groupchat' id='m' from='{ROOM}/thirdwitch'><body>All hail</body><thread>old</thread>"
        "<occupant-id xmlns='urn:xmpp:occupant-id:0' id='*'/>"
        f"<stanza-id xmlns='urn:xmpp:sid:0' by='{ROOM}' id='*'/>…</message>"
    )


@pytest.mark.req("MUC-CONV-16")
def test_removal_is_effective_at_once(stage: Service) -> None:
    """XEP-0045 §9.4: out of the room, out of the archive, and not let in again."""
    hag66, hecate = stage.person("hag66"), stage.person("hecate")
    make(hag66, hecate.jid, **PRIVATE)
    assert tries(hecate, "moon") == "in"
    hag66.sends(
        f"<iq type='set' id='a' to='{ROOM}'><query xmlns='{MUC}#admin'><item affiliation='none' jid='{{hecate}}'/>"
        "</query></iq>"
    )
    hecate.receives(
        f"<presence type='unavailable' from='{ROOM}/moon'><occupant-id xmlns='urn:xmpp:occupant-id:0' id='*'/>"
        f"<x xmlns='{MUC}#user'><status code='110'/><status code='321'/>…</x></presence>"
    )
    hecate.sends(f"<iq type='set' id='q' to='{ROOM}'><query xmlns='urn:xmpp:mam:2'/></iq>")
    hecate.receives(f"<iq type='error' id='q' from='{ROOM}'>…</iq>")
    assert tries(hecate, "moon") == "registration-required"


@pytest.mark.req("MUC-CONV-17", "MUC-CONV-09", "MUC-CONV-23", "MUC-CONF-07")
def test_members_invite_only_where_the_owner_lets_them(stage: Service) -> None:
    """XEP-0045 §7.8.2, §9.5: as themselves, without a secret; who is invited is a member."""
    hag66, hecate, pistol = stage.person("hag66"), stage.person("hecate"), stage.person("pistol")
    make(hag66, hecate.jid, **PRIVATE)
    assert tries(hecate, "moon") == "in"
    invite = (
        f"<message id='v' to='{ROOM}'><x xmlns='{MUC}#user'><invite to='{{pistol}}' from='king@elsewhere.example'>"
        "<reason>Hail</reason></invite></x></message>"
    )
    stage.eavesdropper.excuses(hecate, pistol)
    stage.eavesdropper.excuses(pistol, hecate)
    hecate.sends(invite)
    hecate.receives(f"<message type='error' id='v' from='{ROOM}'>…</message>")
    pistol.receives_nothing()
    hag66.sends(owner_form(allowinvites="1"))
    hecate.forgets()
    hecate.sends(invite)
    (told,) = pistol.takes()
    (invited,) = told.iter(f"{{{MUC}#user}}invite")
    assert (invited.get("from") or "").partition("/")[0] == hecate.jid
    assert not list(told.iter(f"{{{MUC}#user}}password"))
    assert tries(pistol, "ancient") == "in"


@pytest.mark.req("MUC-CONV-24")
def test_opening_it_is_announced(stage: Service) -> None:
    hag66, hecate = stage.person("hag66"), stage.person("hecate")
    make(hag66, hecate.jid, **PRIVATE)
    assert tries(hecate, "moon") == "in"
    for change in ({"publicroom": "1"}, {"membersonly": "0"}):
        stage.everybody_forgets()
        hag66.sends(owner_form(**change))
        hecate.receives(
            f"<message type='groupchat' from='{ROOM}'><x xmlns='{MUC}#user'><status code='104'/></x></message>"
        )


@pytest.mark.req(
    "MUC-UNIQ-01",
    "MUC-UNIQ-02",
    "MUC-UNIQ-03",
    "MUC-UNIQ-06",
    "MUC-UNIQ-07",
    "MUC-UNIQ-08",
    "MUC-UNIQ-09",
    "MUC-FEAT-22",
)
def test_a_name_nobody_guesses(stage: Service) -> None:
    """XEP-0307 §2: a fresh random localpart, and no room yet."""
    hag66 = stage.person("hag66")
    stranger = stage.person("stranger", "elsewhere.example")
    asked = f"<unique xmlns='{MUC}#unique'/>"
    names = []
    for _ in range(3):
        hag66.sends(f"<iq type='get' id='u' to='{{service}}'>{asked}</iq>")
        reply = hag66.takes()[0]
        names.append("".join(reply.itertext()))
        assert reply[0].tag == f"{{{MUC}#unique}}unique"
    assert len(set(names)) == 3
    assert all(len(name) == 36 and name == name.strip() and "hag66" not in name for name in names)
    hag66.sends(info().replace("<iq", f"<iq to='{names[0]}@{{service}}'"))
    hag66.receives("<iq type='error' id='d1'>…</iq>")
    hag66.sends(f"<iq type='set' id='u' to='{{service}}'>{asked}</iq>")
    hag66.receives(f"<iq type='error' id='u' from='{{service}}'>{error('modify', 'bad-request', '*')}</iq>")
    make(hag66)
    hag66.forgets()
    hag66.sends(f"<iq type='get' id='u' to='{ROOM}'>{asked}</iq>")
    hag66.receives(f"<iq type='error' id='u' from='{ROOM}'>{error('cancel', 'service-unavailable')}</iq>")
    stranger.sends(f"<iq type='get' id='u' to='{{service}}'>{asked}</iq>")
    stranger.receives(f"<iq type='error' id='u' from='{{service}}'>{error('cancel', 'not-allowed', '*')}</iq>")
    hag66.sends(info().replace("<iq", "<iq to='{service}'"))
    assert f"{MUC}#unique" in features(hag66.takes()[0])


@pytest.mark.req("MIX-CRE-21")
def test_a_unique_name_is_one_for_a_channel(stage: Service) -> None:
    """XEP-0307 §2: whoever asked for it makes a channel of it by MIX as well."""
    hag66 = stage.person("hag66")
    hag66.sends(f"<iq type='get' id='u' to='{{service}}'><unique xmlns='{MUC}#unique'/></iq>")
    name = "".join(hag66.takes()[0].itertext())
    create = f"<create xmlns='urn:xmpp:mix:core:1' channel='{name}'/>"
    hag66.sends(f"<iq type='set' id='c' to='{{service}}'>{create}</iq>")
    hag66.receives(f"<iq type='result' id='c' from='{{service}}'>{create}</iq>")


@pytest.mark.req("MUC-UNIQ-05")
def test_a_unique_name_waits_for_who_asked_for_it(stage: Service) -> None:
    """XEP-0307 §1: for others it is a room they cannot see, until its time is over."""
    hag66, hecate = stage.person("hag66"), stage.person("hecate")
    names = []
    for _ in range(2):
        hag66.sends(f"<iq type='get' id='u' to='{{service}}'><unique xmlns='{MUC}#unique'/></iq>")
        names.append("".join(hag66.takes()[0].itertext()))
    first, second = (f"<presence to='{name}@{{service}}/x'><x xmlns='{MUC}'/></presence>" for name in names)
    for wish in (first, second):
        hecate.sends(wish)
        hecate.receives(f"<presence type='error' from='*'>…{error('cancel', 'item-not-found', '*')}</presence>")
    hag66.sends(first)
    hag66.receives(f"<presence from='{names[0]}@{{service}}/x'>…</presence>")
    stage.time_passes(601)
    hecate.sends(second)
    hecate.receives(f"<presence from='{names[1]}@{{service}}/x'>…</presence>")
