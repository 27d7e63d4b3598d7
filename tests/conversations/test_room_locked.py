"""A room that its owner has not configured is not there for anybody else, whatever they ask (XEP-0045 §10.1)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.conversations.words import ADMIN as MIX_ADMIN
from tests.conversations.words import ANON, CORE, ITEMS, MAM, MUC, PUBSUB, USER, ask_items, info, join, mam, setnick
from tests.stage import Service
from tests.stage.ranks import asks, item, jid
from tests.stage.room import enter

BODY = "<body>anybody there?</body>"
FORM = "<x xmlns='jabber:x:data' type='submit'/>"
ASKED = {
    "enter": enter("hec"),
    "enter without nick": f"<presence id='e'><x xmlns='{MUC}'/></presence>",
    "presence": "<presence id='e'/>",
    "presence to a nick": "<presence id='e' to='{there}/hag'/>",
    "probe": "<presence type='probe' to='{there}/hag'/>",
    "subscribe": "<presence type='subscribe' id='e'/>",
    "good-bye": "<presence type='unavailable' to='{there}/hag'/>",
    "speak": f"<message type='groupchat' id='m'>{BODY}</message>",
    "whisper": f"<message type='chat' id='m' to='{{there}}/hag'>{BODY}</message>",
    "write": f"<message id='m'>{BODY}</message>",
    "voice": f"<message id='m'>{FORM}</message>",
    "invite": f"<message id='m'><x xmlns='{USER}'><invite to='ross@shakespeare.example'/></x></message>",
    "decline": f"<message id='m'><x xmlns='{USER}'><decline to='ross@shakespeare.example'/></x></message>",
    "look": info(),
    "look closer": info("x-roomuser-item"),
    "look for MIX": info("mix"),
    "list": f"<iq type='get' id='d1'><query xmlns='{ITEMS}'/></iq>",
    "list nodes": f"<iq type='get' id='d1'><query xmlns='{ITEMS}' node='mix'/></iq>",
    "look at somebody": info().replace("<iq", "<iq to='{there}/hag'"),
    "ping": "<iq type='get' id='p'><ping xmlns='urn:xmpp:ping'/></iq>",
    "ping somebody": "<iq type='get' id='p' to='{there}/hag'><ping xmlns='urn:xmpp:ping'/></iq>",
    "version": "<iq type='get' id='p'><query xmlns='jabber:iq:version'/></iq>",
    "time": "<iq type='get' id='p'><time xmlns='urn:xmpp:time'/></iq>",
    "owners": f"<iq type='get' id='a'><query xmlns='{MUC}#admin'><item affiliation='owner'/></query></iq>",
    "be owner": f"<iq type='set' id='a'><query xmlns='{MUC}#admin'>"
    "<item affiliation='owner' jid='hecate@shakespeare.example'/></query></iq>",
    "kick": f"<iq type='set' id='a'><query xmlns='{MUC}#admin'><item role='none' nick='hag'/></query></iq>",
    "form": f"<iq type='get' id='o'><query xmlns='{MUC}#owner'/></iq>",
    "accept": f"<iq type='set' id='o'><query xmlns='{MUC}#owner'>{FORM}</query></iq>",
    "destroy": f"<iq type='set' id='o'><query xmlns='{MUC}#owner'><destroy/></query></iq>",
    "registration": "<iq type='get' id='r'><query xmlns='jabber:iq:register'/></iq>",
    "register": "<iq type='set' id='r'><query xmlns='jabber:iq:register'>"
    f"<x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE'><value>{MUC}#register</value></field>"
    "<field var='muc#register_roomnick'><value>hec</value></field></x></query></iq>",
    "vcard": "<iq type='get' id='v'><vCard xmlns='vcard-temp'/></iq>",
    "archive": mam(),
    "archive fields": f"<iq type='get' id='q1'><query xmlns='{MAM}'/></iq>",
    "moderate": "<iq type='set' id='x'><moderate xmlns='urn:xmpp:message-moderate:1' id='x'>"
    "<retract xmlns='urn:xmpp:message-retract:1'/></moderate></iq>",
    "join": join("hec", "messages"),
    "leave": f"<iq type='set' id='l'><leave xmlns='{CORE}'/></iq>",
    "setnick": setnick("hec"),
    "update": f"<iq type='set' id='u'><update-subscription xmlns='{CORE}'>"
    "<subscribe node='urn:xmpp:mix:nodes:messages'/></update-subscription></iq>",
    "preferences": f"<iq type='get' id='u'><user-preference xmlns='{ANON}'/></iq>",
    "token": "<iq type='get' id='v1'><invite xmlns='urn:xmpp:mix:misc:0'>"
    "<invitee>ross@shakespeare.example</invitee></invite></iq>",
    "participants": ask_items("participants"),
    "configuration": ask_items("config"),
    "configure": f"<iq type='set' id='c1'><pubsub xmlns='{PUBSUB}'><publish node='urn:xmpp:mix:nodes:config'><item>"
    f"<x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE'><value>{MIX_ADMIN}</value></field></x></item>"
    "</publish></pubsub></iq>",
    "destroy by name": f"<iq type='set' id='x' to='{{service}}'><destroy xmlns='{CORE}' channel='NAME'/></iq>",
    "nonsense": "<iq type='get' id='n'><query xmlns='urn:example:nonsense'/></iq>",
}


@pytest.fixture(params=[("muccompat",), ("mix.face", "muccompat")], ids=["rooms", "both"])
def locked(request: pytest.FixtureRequest, services: Callable[..., Service]) -> Service:
    """A service with a locked room `heath`, and none called `moors`."""
    stage = services(faces=request.param)
    hag66 = stage.person("hag66")
    hag66.sends(enter("hag"))
    ranks = (("banquo", "admin"), ("ariel", "member"), ("macduff", "outcast"))
    assert asks(hag66, *(item(jid=jid(name), affiliation=rank) for name, rank in ranks)) == "ok"
    stage.everybody_forgets()
    return stage


@pytest.mark.req("MUC-CRE-08", "MUC-CRE-20", "MUC-ENT-21", "MIX-MUC-18")
@pytest.mark.parametrize("who", ["hecate", "banquo", "ariel", "macduff"], ids=["none", "admin", "member", "outcast"])
@pytest.mark.parametrize("asked", ASKED)
def test_a_locked_room_answers_as_if_it_were_missing(locked: Service, asked: str, who: str) -> None:
    """XEP-0045 §10.1.1: word by word, so that nobody finds out what is being made, whatever they are going to be in it;
    and its owner hears of nobody."""
    someone = locked.person(who)
    answers = []
    for name in ("heath", "moors"):
        there = f"{name}@{locked.domain}"
        xml = ASKED[asked].replace("{there}", there).replace("NAME", name).replace(f"heath@{locked.domain}", there)
        someone.habit = there
        someone.sends(xml)
        answers.append([one.raw.replace(name, "NAME") for one in someone.unread()])
        someone.forgets()
        if name == "moors" and asked == "enter":
            assert answers.pop()  # there it makes a room
    assert all(answer == answers[0] for answer in answers)
    locked.is_silent()
