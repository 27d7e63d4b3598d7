"""The end of a room (XEP-0045 §10.9): what goes with it, who is told, and what is under way just then."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.conversations.words import EVENT, INFO, MAM, error
from tests.stage import Person, Scene, Service
from tests.stage.ranks import affiliations, asks, condition, item, jid
from tests.stage.room import MUC, ROOM, USER, codes, configure, enter, room
from tests.stage.scene import node


def destroys(owner: Person, wish: str = "<destroy/>", to: str = ROOM) -> None:
    """Ask for the end; what came back stays unread."""
    owner.sends(f"<iq type='set' id='d' to='{to}'><query xmlns='{MUC}#owner'>{wish}</query></iq>")


def archived(someone: Person) -> list[str]:
    """What the archive has, as somebody may read it."""
    someone.sends(f"<iq type='set' id='m' to='{ROOM}'><query xmlns='{MAM}'/></iq>")
    return [one.findtext(".//{jabber:client}body") or "" for one in someone.takes() if one.tag.endswith("message")]


@pytest.mark.req("MUC-DEST-07")
def test_it_says_that_it_is_gone_when_there_is_nothing_else_to_say(rooms: Service) -> None:
    hag66, hecate = room(rooms, "hag66", "hecate")
    destroys(hag66)
    for someone in (hag66, hecate):
        someone.receives(
            f"""<presence type='unavailable' from='*'><occupant-id xmlns='urn:xmpp:occupant-id:0' id='*'/>
              <x xmlns='{USER}'><item affiliation='none' role='none'/><status code='110'/><destroy/></x></presence>"""
        )


@pytest.mark.req("MUC-DEST-11", "MUC-DEST-12")
@pytest.mark.parametrize("restart", [False, True], ids=["running", "restarted"])
def test_nothing_of_it_is_left(rooms: Service, *, restart: bool) -> None:
    """Its owner need not be in it; whoever makes a room of that name makes another one."""
    hag66, hecate = room(rooms, "hag66", "hecate")
    configure(hag66, persistentroom="1", roomname="The Heath", membersonly="0")
    assert asks(hag66, item(jid=jid("banquo"), affiliation="member", nick="ghost")) == "ok"
    assert asks(hag66, item(jid=jid("pistol"), affiliation="outcast")) == "ok"
    hag66.sends(f"<message type='groupchat' to='{ROOM}'><subject>fire</subject></message>")
    hecate.sends(f"<message type='groupchat' to='{ROOM}'><body>burn</body></message>")
    before = hecate.takes()[-1].find("{urn:xmpp:occupant-id:0}occupant-id")
    hag66.sends(f"<presence type='unavailable' to='{ROOM}/hag'/>")
    rooms.everybody_forgets()
    destroys(hag66)
    hag66.receives(f"<iq type='result' id='d' from='{ROOM}'/>")
    hag66.receives_nothing()
    assert codes(hecate.takes()[0]) == [110]
    if restart:
        rooms.restarts()
    hecate.sends(f"<iq type='get' id='i' to='{ROOM}'><query xmlns='{INFO}'/></iq>")
    assert condition(hecate.takes()[0]) == "cancel item-not-found"
    pistol = rooms.person("pistol")
    pistol.sends(enter("ghost"))
    told = pistol.takes()
    assert codes(told[0]) == [110, 201], "neither banned nor kept from a nick"
    assert [one.findtext("{jabber:client}subject") for one in told[1:]] == [""]
    pistol.sends(
        f"<iq type='set' id='u' to='{ROOM}'><query xmlns='{MUC}#owner'>"
        "<x xmlns='jabber:x:data' type='submit'/></query></iq>"
    )
    pistol.forgets()
    assert affiliations(pistol) == {jid("pistol"): "owner"}
    assert archived(pistol) == []
    hecate.sends(enter("hec"))
    after = hecate.takes()[-2].find("{urn:xmpp:occupant-id:0}occupant-id")
    assert before is not None
    assert after is not None
    assert before.get("id") != after.get("id"), "another room knows other ids"


@pytest.mark.req("MUC-DEST-16")
def test_a_temporary_room_goes_without_a_word(rooms: Service) -> None:
    """XEP-0045 §7.14: whoever leaves last hears what everybody hears who leaves."""
    (hag66,) = room(rooms, "hag66")
    hag66.sends(f"<presence type='unavailable' to='{ROOM}/hag'/>")
    hag66.receives(
        f"""<presence type='unavailable' from='{ROOM}/hag'><occupant-id xmlns='urn:xmpp:occupant-id:0' id='*'/>
          <x xmlns='{USER}'><item affiliation='owner' role='none'/><status code='110'/></x></presence>"""
    )
    rooms.is_silent()
    assert rooms.channel("heath") is None


@pytest.mark.req("MUC-DEST-18")
def test_participants_hear_it_by_mix(coven: Scene) -> None:
    """XEP-0369 §7.3.4: the nodes are gone, and so is the channel."""
    hag66, hecate = coven.people("hag66", "hecate", joined=["hag66"], entered=["hecate"])
    destroys(coven.owner, "<destroy><reason>over</reason></destroy>", coven.jid)
    coven.owner.receives("<iq type='result' id='d' from='{coven}'/>")
    for name in ("info", "messages", "participants", "presence"):
        hag66.receives(
            f"<message type='headline' from='{{coven}}' id='*'><event xmlns='{EVENT}'>"
            f"<delete node='{node(name)}'/></event></message>"
        )
    assert codes(hecate.takes()[0]) == [110]
    hag66.account.sends(
        "<iq type='set' id='j'><join xmlns='urn:xmpp:mix:core:1'><subscribe node='urn:xmpp:mix:nodes:messages'/>"
        "</join></iq>"
    )
    hag66.account.receives(f"<iq type='error' id='j' from='{{coven}}'>…{error('cancel', 'item-not-found')}</iq>")


@pytest.mark.req("MUC-DEST-19")
def test_what_is_asked_meanwhile_is_answered(rooms: Service) -> None:
    """Before the end in full, after it not at all; what somebody was asked through the room has failed."""
    hag66, hecate = room(rooms, "hag66", "hecate")
    configure(hag66, persistentroom="1")
    hecate.sends(f"<message type='groupchat' to='{ROOM}'><body>burn</body></message>")
    rooms.everybody_forgets()
    assert archived(hecate) == ["burn"]
    hecate.sends(f"<iq type='get' id='v' to='{ROOM}/hag'><query xmlns='jabber:iq:version'/></iq>")
    asked = hag66.takes()[0]
    destroys(hag66)
    told = hecate.takes()
    assert sorted(one.tag.rpartition("}")[2] for one in told) == ["iq", "presence"]
    (failed,) = [one for one in told if one.tag.endswith("iq")]
    assert (failed.get("id"), failed.get("type")) == ("v", "error")
    hag66.forgets()
    hag66.sends(f"<iq type='result' id='{asked.get('id')}' to='{asked.get('from')}'/>")
    rooms.is_silent()
    assert archived(hecate) == []


@pytest.mark.req("MUC-DEST-10")
def test_a_name_that_is_kept_points_to_the_other_place(services: Callable[..., Service]) -> None:
    """Where the operator wants that; after a restart as well, and no longer than it was to last."""
    stage = services(faces=("muccompat",), tombstones=timedelta(days=1))
    hag66, hecate = room(stage, "hag66", "hecate")
    destroys(hag66, "<destroy jid='dark.cave@chat.example'/>")
    gone = "<gone xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>xmpp:dark.cave@chat.example?join</gone>"
    for restarted in (False, True):
        if restarted:
            stage.restarts()
        stage.everybody_forgets()
        hecate.sends(enter("hec"))
        hecate.receives(
            f"<presence type='error' id='enter' from='{ROOM}/hec'><x xmlns='{MUC}'/>"
            f"<error type='cancel' by='{ROOM}'>{gone}…</error></presence>"
        )
    stage.time_passes(86_500)
    hecate.sends(enter("hec"))
    assert codes(hecate.takes()[0]) == [110, 201]
    destroys(hecate)
    stage.everybody_forgets()
    hag66.sends(enter("hag"))
    assert condition(hag66.takes()[0]) == "cancel item-not-found", "no place was named"
