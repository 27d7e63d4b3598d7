"""Two domains, the same people: channels on one, their rooms on the other (XEP-0408 §2)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.conversations.words import ENTRY, INFO, ITEMS, MAM, features, form, info, mam, occupant_id, says
from tests.stage import Person, Scene, Service

ROOMS = "rooms.shakespeare.example"
ROOM = f"coven@{ROOMS}"
MUC = "http://jabber.org/protocol/muc"
CORE = "urn:xmpp:mix:core:1"


@pytest.fixture
def mirrored(services: Callable[..., Service]) -> Service:
    """A service whose rooms have a domain of their own."""
    service = services(room_domain=ROOMS)
    service.known["rooms"] = ROOMS
    service.known["room"] = ROOM
    return service


@pytest.fixture
def coven(mirrored: Service) -> Scene:
    """A channel of crone1 on the domain of channels."""
    return Scene(mirrored, "coven")


def enters(someone: Person, nick: str) -> None:
    """Enter the room on the rooms' domain; inboxes are clean after."""
    someone.phone.sends(f"<presence to='{ROOM}/{nick}'>{ENTRY}</presence>")
    someone.phone.receives(
        f"<presence from='{ROOM}/{nick}'><occupant-id xmlns='urn:xmpp:occupant-id:0' id='{{{someone.name}.id}}'/>"
        f"<x xmlns='{MUC}#user'><status code='110'/>…</x>…</presence>"
    )
    someone.service.everybody_forgets()


def mirror(kind: str, domain: str) -> str:
    """The form that points to the other domain."""
    return (
        "<x xmlns='jabber:x:data' type='result'><field var='FORM_TYPE' type='hidden'>"
        f"<value>urn:xmpp:mix:muc:0#{kind}-mirror</value></field>"
        f"<field var='{kind}-mirror' type='jid-single'><value>{domain}</value></field></x>"
    )


@pytest.mark.req("MIX-SVC-14", "MIX-MUC-01", "MIX-MUC-04", "MUC-DISC-33")
def test_each_domain_points_to_the_other_and_claims_one_protocol(mirrored: Service) -> None:
    """XEP-0408 §2: the MIX domain has a `muc-mirror`, the MUC domain a `mix-mirror`; neither lists the other."""
    hag66 = mirrored.person("hag66")
    hag66.sends(info().replace("<iq", "<iq to='{service}'"))
    reply = hag66.unread()[-1].xml
    hag66.receives(
        f"<iq type='result' from='{{service}}' id='d1'><query xmlns='{INFO}'>{mirror('muc', '{rooms}')}"
        "<identity category='conference' type='mix' name='*'/>…</query></iq>"
    )
    assert CORE in features(reply)
    assert MUC not in features(reply)

    hag66.sends(info().replace("<iq", "<iq to='{rooms}'"))
    reply = hag66.unread()[-1].xml
    hag66.receives(
        f"<iq type='result' from='{{rooms}}' id='d1'><query xmlns='{INFO}'>{mirror('mix', '{service}')}"
        "<identity category='conference' type='text' name='*'/>…</query></iq>"
    )
    assert MUC in features(reply)
    assert not [feature for feature in features(reply) if feature.startswith("urn:xmpp:mix:")]
    mirrored.is_silent()


@pytest.mark.req("MUC-DISC-33")
def test_on_one_domain_there_is_no_mirror(stage: Service) -> None:
    """XEP-0408 §2: fully integrated, both features are on the one domain, and nothing points anywhere."""
    hag66 = stage.person("hag66")
    hag66.sends(info().replace("<iq", "<iq to='{service}'"))
    (reply,) = hag66.takes()
    assert {CORE, MUC} <= features(reply)
    assert "mirror" not in "".join(reply.itertext())


@pytest.mark.req("MIX-MUC-03", "MIX-MUC-04")
def test_every_channel_is_listed_on_both_domains(mirrored: Service, coven: Scene) -> None:
    """XEP-0408 §2: a channel has a room of the same name on the other domain."""
    hag66 = coven.people("hag66")
    for domain in ("{service}", "{rooms}"):
        hag66.sends(f"<iq type='get' id='i' to='{domain}'><query xmlns='{ITEMS}'/></iq>")
        hag66.receives(
            f"<iq type='result' id='i' from='{domain}'><query xmlns='{ITEMS}'>"
            f"<item jid='coven@{domain}'/></query></iq>".replace("coven@{service}", "{coven}")
        )
    hag66.sends(
        f"<iq type='get' id='i' to='{{rooms}}'><query xmlns='{ITEMS}'>"
        "<set xmlns='http://jabber.org/protocol/rsm'><max>0</max></set></query></iq>"
    )
    hag66.receives(
        f"<iq type='result' id='i' from='{{rooms}}'><query xmlns='{ITEMS}'>"
        "<set xmlns='http://jabber.org/protocol/rsm'><count>1</count></set></query></iq>"
    )
    coven.is_silent()


@pytest.mark.req("MIX-MUC-03", "MIX-MUC-04", "MUC-DISC-32")
def test_a_channel_and_its_room_describe_themselves_apart(mirrored: Service, coven: Scene) -> None:
    """XEP-0408 §2: the room says nothing of MIX, the channel nothing of MUC."""
    hag66 = coven.people("hag66")
    hag66.sends(info())
    (reply,) = hag66.takes()
    assert CORE in features(reply)
    assert MUC not in features(reply)
    hag66.sends(info().replace("<iq", f"<iq to='{ROOM}'"))
    (reply,) = hag66.takes()
    assert {MUC, "muc_open"} <= features(reply)
    assert CORE not in features(reply)
    hag66.sends(info("mix").replace("<iq", f"<iq to='{ROOM}'"))
    hag66.receives(f"<iq type='error' from='{ROOM}' id='d1'>…</iq>")


@pytest.mark.req("MIX-MUC-03", "MIX-MUC-08", "MIX-MUC-09")
def test_people_on_both_domains_are_one_company(coven: Scene) -> None:
    """XEP-0408 §2: presence and messages cross, under one id, each with the addresses of its own domain."""
    hag66, hecate = coven.people("hag66", "hecate", joined=["hag66"])
    coven.comes_online(hag66.phone)
    enters(hecate, "moon")

    hecate.phone.sends(says("behold").replace("<message", f"<message to='{ROOM}'"))
    hecate.phone.receives(
        f"<message type='groupchat' from='{ROOM}/moon' id='m1'><body>behold</body>{occupant_id('hecate')}"
        f"<stanza-id xmlns='urn:xmpp:sid:0' by='{ROOM}' id='{{first}}'/></message>"
    )
    hag66.phone.receives(
        "<message type='groupchat' from='{coven}/{hecate.id}' id='{first}'><body>behold</body>"
        f"<mix xmlns='{CORE}'><nick>moon</nick></mix>"
        "<stanza-id xmlns='urn:xmpp:sid:0' by='{coven}' id='{first}'/></message>"
    )
    hag66.phone.sends(says("hail"))
    hecate.phone.receives(
        f"<message type='groupchat' from='{ROOM}/thirdwitch' id='m1'><body>hail</body>{occupant_id('hag66')}"
        f"<stanza-id xmlns='urn:xmpp:sid:0' by='{ROOM}' id='{{second}}'/></message>"
    )
    hag66.phone.receives(
        "<message type='groupchat' from='{coven}/{hag66.id}' id='*'><body>hail</body>"
        f"<mix xmlns='{CORE}'>…</mix><stanza-id xmlns='urn:xmpp:sid:0' by='{{coven}}' id='{{second}}'/></message>"
    )
    coven.is_silent()


@pytest.mark.req("MIX-MUC-03")
def test_one_archive_is_read_at_both_addresses(coven: Scene) -> None:
    """XEP-0313 §4: the same ids, each page from the address that was asked."""
    hag66, hecate = coven.people("hag66", "hecate", joined=["hag66"])
    enters(hecate, "moon")
    hecate.phone.sends(says("behold").replace("<message", f"<message to='{ROOM}'"))
    coven.service.everybody_forgets()

    hag66.phone.sends(mam())
    hag66.phone.receives(
        f"<message from='{{coven}}' id='*'><result xmlns='{MAM}' id='{{first}}' queryid='f'>…</result></message>"
    )
    hecate.phone.sends(mam().replace("<iq", f"<iq to='{ROOM}'"))
    hecate.phone.receives(
        f"<message from='{ROOM}' id='*'><result xmlns='{MAM}' id='{{first}}' queryid='f'>…</result></message>"
    )
    hecate.phone.forgets()
    for nick, found in (("moon", 2), ("nobody", 1)):
        by = form(("with", f"{ROOM}/{nick}"), form_type=MAM)
        hecate.phone.sends(mam(by).replace("<iq", f"<iq to='{ROOM}'"))
        assert len(hecate.phone.takes()) == found


def test_nobody_forges_the_archive_of_the_other_domain(coven: Scene) -> None:
    """XEP-0359 §3: what one face would believe is not let in by the other."""
    hag66, hecate = coven.people("hag66", "hecate", joined=["hag66"])
    coven.comes_online(hag66.phone)
    enters(hecate, "moon")
    forged = "".join(
        f"<stanza-id xmlns='urn:xmpp:sid:0' by='{by}' id='forged'/>" for by in ("{coven}", "{room}", "{rooms}")
    )
    hecate.phone.sends(says("behold", forged).replace("<message", f"<message to='{ROOM}'"))
    hag66.phone.sends(says("hail", forged))
    for someone in (hag66, hecate):
        for stanza in someone.takes():
            ids = [found.get("id") for found in stanza.iter("{urn:xmpp:sid:0}stanza-id")]
            assert "forged" not in ids
            assert len(ids) == 1


@pytest.mark.req("MIX-MUC-03")
def test_a_room_made_by_entering_is_a_channel(mirrored: Service) -> None:
    """XEP-0045 §10.1: also a room made on its own domain has a channel beside it."""
    hag66, hecate = mirrored.person("hag66"), mirrored.person("hecate")
    enters(hag66, "thirdwitch")
    hag66.sends(
        f"<iq type='set' id='unlock' to='{ROOM}'><query xmlns='{MUC}#owner'>"
        "<x xmlns='jabber:x:data' type='submit'/></query></iq>"
    )
    hag66.receives(f"<iq type='result' id='unlock' from='{ROOM}'/>")
    hecate.habit = mirrored.known["coven"] = "coven@mix.shakespeare.example"
    hecate.sends(
        f"<iq type='set' id='j'><join xmlns='{CORE}'><nick>moon</nick>"
        "<subscribe node='urn:xmpp:mix:nodes:messages'/></join></iq>"
    )
    hecate.receives(f"<iq type='result' id='j' from='{{coven}}'><join xmlns='{CORE}' id='*' jid='*'>…</join></iq>")


@pytest.mark.req("MIX-MUC-03")
def test_all_that_people_in_the_room_get_comes_from_its_domain(mirrored: Service) -> None:
    """XEP-0408 §2: whatever happens, no address of the other domain gets into the room."""
    people = [mirrored.person(name) for name in ("hag66", "hecate", "pistol")]
    for someone in people:
        enters(someone, someone.name[:3])
        if someone is people[0]:
            someone.sends(
                f"<iq type='set' id='o' to='{ROOM}'><query xmlns='{MUC}#owner'>"
                "<x xmlns='jabber:x:data' type='submit'/></query></iq>"
            )
    hag66, hecate, pistol = people
    admin = f"<iq type='set' id='a' to='{ROOM}'><query xmlns='{MUC}#admin'><item {{}}/></query></iq>"
    hecate.sends(f"<message type='chat' id='p' to='{ROOM}/hag'><body>psst</body></message>")
    hecate.sends(f"<iq type='get' id='v' to='{ROOM}/hag'><query xmlns='jabber:iq:version'/></iq>")
    hecate.sends(f"<presence to='{ROOM}/moon'/>")
    hecate.sends(f"<message type='groupchat' id='m' to='{ROOM}'><body>hail</body></message>")
    hecate.sends(f"<message to='{ROOM}'><x xmlns='{MUC}#user'><invite to='ariel@shakespeare.example'/></x></message>")
    hag66.sends(f"<message type='groupchat' id='s' to='{ROOM}'><subject>Fire burn</subject></message>")
    hag66.sends(admin.format("nick='moon' role='moderator'"))
    hag66.sends(admin.format("jid='pistol@shakespeare.example' affiliation='member'"))
    hag66.sends(admin.format("nick='pis' role='none'"))
    hag66.sends(f"<iq type='get' id='n' to='{ROOM}'><query xmlns='{ITEMS}'/></iq>")
    hag66.sends(f"<iq type='set' id='d' to='{ROOM}'><query xmlns='{MUC}#owner'><destroy/></query></iq>")
    came = [one for someone in people for one in someone.inbox]
    assert len(came) > 40
    assert not [one.raw for one in came if mirrored.domain in one.raw]
    kinds = {one.xml.tag.rpartition("}")[2] for one in pistol.inbox}
    assert kinds == {"presence", "message"} or kinds == {"presence", "message", "iq"}


def test_mix_is_not_spoken_to_rooms_nor_muc_to_channels(coven: Scene) -> None:
    """XEP-0408 §2: a request at the other domain is refused, and a channel cannot be entered."""
    hag66, hecate = coven.people("hag66", "hecate", joined=["hecate"])
    hag66.sends(f"<iq type='set' id='j' to='{ROOM}'><join xmlns='{CORE}'><nick>thirdwitch</nick></join></iq>")
    hag66.receives(f"<iq type='error' id='j' from='{ROOM}'>…</iq>")
    hag66.sends(f"<iq type='set' id='c' to='{{rooms}}'><create xmlns='{CORE}' channel='heath'/></iq>")
    hag66.receives("<iq type='error' id='c' from='{rooms}'>…</iq>")
    hag66.sends(f"<presence to='{{coven}}/thirdwitch'>{ENTRY}</presence>")
    hecate.sends(says("hail").replace("<message", f"<message to='{ROOM}'"))
    hecate.receives(f"<message type='error' from='{ROOM}' id='m1'><body>hail</body>…</message>")
    coven.is_silent()


def test_after_a_restart_rooms_are_where_they_were(coven: Scene) -> None:
    """A channel read from storage knows its room's address."""
    hag66, hecate = coven.people("hag66", "hecate")
    enters(hecate, "moon")
    coven.service.restarts()
    hag66.phone.sends(f"<presence to='{ROOM}/thirdwitch'>{ENTRY}</presence>")
    hecate.phone.receives(f"<presence from='{ROOM}/thirdwitch'>…</presence>")


def test_no_entry_of_a_list_is_at_either_domain(coven: Scene) -> None:
    """XEP-0406 §2.1: people are owners, by addresses of their own; rooms are none."""
    coven.owner.sends(
        f"<iq type='set' id='o' to='{ROOM}'><query xmlns='{MUC}#owner'><x xmlns='jabber:x:data' type='submit'>"
        f"<field var='FORM_TYPE'><value>{MUC}#roomconfig</value></field>"
        f"<field var='muc#roomconfig_roomadmins'><value>somebody@{ROOMS}</value></field></x></query></iq>"
    )
    coven.owner.receives(f"<iq type='error' id='o' from='{ROOM}'>…</iq>")
