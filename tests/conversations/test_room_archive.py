"""The archive of a room, in the room's shape (XEP-0313 §6.1)."""

from __future__ import annotations

from datetime import timedelta
from xml.etree.ElementTree import Element

import pytest

from tests.conversations.test_archive import Answer, fields, page
from tests.conversations.words import MAM, configure, error, features, info, mam, says
from tests.stage import Person, Scene, Service
from tests.stage.ranks import asks, configures, court, item, jid
from tests.stage.room import MUC, ROOM

ROOM_USER = "{http://jabber.org/protocol/muc#user}"
STANZA_ID = "{urn:xmpp:sid:0}stanza-id"
OCCUPANT = "{urn:xmpp:occupant-id:0}occupant-id"


def stamps(answer: Answer) -> list[str]:
    """When the messages came."""
    found = (
        one.find("{urn:xmpp:forward:0}forwarded/{urn:xmpp:delay}delay") for one in answer.results if one is not None
    )
    return [delay.get("stamp", "") for delay in found if delay is not None]


def addresses(answer: Answer) -> list[str | None]:
    """Whose address each message shows."""
    items = [message.find(f"{ROOM_USER}x/{ROOM_USER}item") for message in answer.messages]
    return [item.get("jid") if item is not None else None for item in items]


@pytest.fixture
def chat(coven: Scene) -> Scene:
    """A room where 25 things have been said, in turns, by two people."""
    pistol, macbeth = coven.people("pistol", "macbeth", entered=["pistol", "macbeth"])
    for number in range(25):
        (pistol, macbeth)[number % 2].sends(says(str(number), id=f"m{number}"))
        coven.service.clock.advance(1)
    coven.service.everybody_forgets()
    return coven


@pytest.fixture
def pistol(chat: Scene) -> Person:
    """Who asks."""
    someone: Person = chat.people("pistol")
    return someone


WORDS = [str(number) for number in range(25)]


@pytest.mark.req("MUC-MAM-01", "MUC-MAM-05", "MUC-MAM-08", "MUC-MAM-12", "MUC-MAM-38", "MUC-MAM-54")
def test_everything_once_and_in_order(chat: Scene, pistol: Person) -> None:
    """XEP-0313 §3: at the room's own address; the ids tell nothing."""
    answer = Answer(pistol, mam())
    assert answer.words == WORDS
    assert stamps(answer) == sorted(stamps(answer))
    assert len(set(answer.ids)) == len(answer.ids)
    assert answer.ids != sorted(answer.ids)
    assert answer.end[0].get("stable") is None
    pistol.sends(f"<iq type='set' id='q1' to='{{coven}}/thane'><query xmlns='{MAM}'/></iq>")
    (refusal,) = pistol.takes()
    assert refusal.get("type") == "error"


@pytest.mark.req("MUC-MAM-02", "MUC-FEAT-16", "MUC-MAM-56")
def test_the_room_has_it_and_the_service_has_none(chat: Scene, pistol: Person) -> None:
    """XEP-0313 §7."""
    pistol.sends(info())
    assert {MAM, f"{MAM}#extended"} <= features(pistol.takes()[0])
    pistol.sends("<iq type='get' id='d2' to='{service}'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>")
    assert not any(feature.startswith(MAM) for feature in features(pistol.takes()[0]))
    pistol.sends(f"<iq type='set' id='q1' to='{{service}}'><query xmlns='{MAM}'/></iq>")
    (refusal,) = pistol.takes()
    assert refusal.get("type") == "error"
    unknown = Answer(pistol, f"<iq type='set' id='q1'><query xmlns='{MAM}' node='urn:example:unknown'/></iq>")
    assert unknown.condition == "item-not-found"


@pytest.mark.req("MUC-MAM-04", "MUC-MAM-07", "MUC-MAM-23")
def test_what_is_kept(coven: Scene) -> None:
    """Neither what was refused nor what passes, nor what somebody forged; corrections, reactions and subjects are."""
    pistol, macbeth = coven.people("pistol", "macbeth", entered=["pistol", "macbeth"])
    forged = f"<x xmlns='{ROOM_USER[1:-1]}'><item jid='moon@example.org' affiliation='owner' role='none'/></x>"
    pistol.sends(says("hail", forged))
    macbeth.sends("<message type='groupchat' id='s'><subject>not mine to set</subject></message>")
    for inside in (
        "<composing xmlns='http://jabber.org/protocol/chatstates'/>",
        "<reactions xmlns='urn:xmpp:reactions:0' id='m1'><reaction>x</reaction></reactions>",
        "<body>hale</body><replace xmlns='urn:xmpp:message-correct:0' id='m1'/>",
        "<encrypted xmlns='eu.siacs.conversations.axolotl'/><store xmlns='urn:xmpp:hints'/>",
        "<displayed xmlns='urn:xmpp:chat-markers:0' id='m1'/>",
    ):
        macbeth.sends(f"<message type='groupchat' id='x'>{inside}</message>")
    kept = [message[0].tag.partition("}")[2] for message in Answer(pistol, mam()).messages]
    assert kept == ["body", "reactions", "body", "encrypted", "displayed"]
    assert addresses(Answer(pistol, mam()))[0] is None


@pytest.mark.req("MUC-MAM-06", "MIX-MAM-30")
def test_private_messages_are_not_there(coven: Scene) -> None:
    """XEP-0313 §6.1.2: neither for those who had them nor for the owner."""
    pistol, macbeth = coven.people("pistol", "macbeth", entered=["pistol", "macbeth"])
    pistol.sends("<message type='chat' id='p1' to='{coven}/thane'><body>psst</body></message>")
    assert [message.findtext("{jabber:client}body") for message in macbeth.takes()] == ["psst"]
    for someone in (pistol, macbeth, coven.owner):
        assert Answer(someone, mam()).words == []


@pytest.mark.req("MUC-MAM-15", "MUC-MAM-16", "MUC-MAM-18", "MUC-MAM-19")
def test_who_may_read_it(chat: Scene) -> None:
    """XEP-0313 §6.1.2: who may be there; a member also from outside."""
    hecate, banquo = chat.people("hecate", "banquo")
    chat.owner.sends(
        configure(("Nodes Present", "allowed"), ("Nodes Present", "banned"), ("Nodes Present", "information"))
    )
    chat.publishes("allowed", hecate.jid)
    chat.publishes("banned", banquo.jid)
    assert Answer(hecate, mam()).words == WORDS
    assert Answer(banquo, mam()).condition == "forbidden"
    hecate.sends(f"<iq type='set' id='q1' to='nosuch@{{service}}'><query xmlns='{MAM}'/></iq>")
    hecate.receives(f"<iq type='error' id='q1'>…{error('cancel', 'item-not-found', '*')}</iq>")


@pytest.mark.req("MUC-MAM-22")
def test_an_address_is_for_those_who_may_see_it_now(chat: Scene, pistol: Person) -> None:
    """XEP-0045 §7.2.4: moderators where it is hidden; everybody where it is not, and only from then on."""
    macbeth = chat.people("macbeth")
    chat.enters(chat.owner, "firstwitch")
    assert set(addresses(Answer(pistol, mam()))) == {None}
    assert set(addresses(Answer(chat.owner, mam()))) == {pistol.jid, macbeth.jid}
    chat.owner.sends(configure(("JID Visibility", "jid-mandatory-visible")))
    pistol.sends(says("now"))
    assert addresses(Answer(macbeth, mam())) == [None] * 25 + [pistol.jid]


@pytest.mark.req("MUC-MAM-24", "MUC-MAM-25", "MUC-MAM-26", "MUC-MAM-45")
def test_one_can_ask_for_a_sender(chat: Scene, pistol: Person) -> None:
    """XEP-0313 §4.1.1: by nick; by address only who may know it, and otherwise as if nobody had spoken."""
    macbeth = chat.people("macbeth")
    odd = WORDS[1::2]
    assert Answer(pistol, mam(fields(("with", f"{chat.jid}/thane")))).words == odd
    assert Answer(chat.owner, mam(fields(("with", macbeth.jid)))).words == odd
    for asked in (macbeth.jid, "nobody@example.org"):
        answer = Answer(pistol, mam(fields(("with", asked))))
        assert (answer.words, answer.is_complete) == ([], True)
    late = Answer(pistol, mam(fields(("start", "2040-01-01T00:00:00Z"))))
    assert (late.words, late.is_complete) == ([], True)


@pytest.mark.req("MUC-MAM-27", "MUC-MAM-29", "MUC-MAM-30", "MUC-MAM-31")
def test_one_can_ask_for_a_time_or_an_id(chat: Scene, pistol: Person) -> None:
    """XEP-0313 §4.1.2-4.1.3: times include their moment, ids do not include themselves."""
    everything = Answer(pistol, mam())
    times, ids = stamps(everything), everything.ids
    assert Answer(pistol, mam(fields(("start", times[3]), ("end", times[5])))).words == ["3", "4", "5"]
    assert Answer(pistol, mam(fields(("after-id", ids[3]), ("before-id", ids[6])))).words == ["4", "5"]
    assert Answer(pistol, mam(fields(("ids", ids[7]), ("ids", ids[2])))).words == ["2", "7"]
    for var in ("after-id", "before-id", "ids"):
        assert Answer(pistol, mam(fields((var, "nonsense")))).condition == "item-not-found"
    for name in ("after", "before"):
        assert Answer(pistol, mam(page(f"<{name}>nonsense</{name}>"))).condition == "item-not-found"


@pytest.mark.req("MUC-MAM-32")
def test_the_form_says_what_one_can_ask_for(chat: Scene, pistol: Person) -> None:
    """XEP-0313 §4.1.5."""
    pistol.sends(f"<iq type='get' id='f'><query xmlns='{MAM}'/></iq>")
    (answer,) = pistol.takes()
    found = {one.get("var"): one for one in answer.iter("{jabber:x:data}field")}
    assert set(found) == {"FORM_TYPE", "with", "start", "end", "before-id", "after-id", "ids"}
    assert found["ids"].get("type") == "list-multi"
    assert found["ids"].find("{http://jabber.org/protocol/xdata-validate}validate") is not None
    assert not list(answer.iter("{jabber:x:data}required"))


@pytest.mark.req("MUC-MAM-38", "MUC-MAM-40", "MUC-MAM-41", "MUC-MAM-42", "MUC-MAM-43", "MUC-MAM-55")
def test_it_comes_in_pages(chat: Scene, pistol: Person) -> None:
    """XEP-0313 §4.3: forwards, backwards, flipped, and between two messages."""
    first = Answer(pistol, mam(page("<max>10</max>")))
    second = Answer(pistol, mam(page(f"<max>10</max><after>{first.ids[-1]}</after>")))
    third = Answer(pistol, mam(page(f"<max>10</max><after>{second.ids[-1]}</after>")))
    assert [*first.words, *second.words, *third.words] == WORDS
    assert [answer.is_complete for answer in (first, second, third)] == [False, False, True]
    last = Answer(pistol, mam(page("<max>10</max><before/>")))
    assert (last.words, last.is_complete) == (WORDS[-10:], False)
    flipped = Answer(pistol, mam(page("<max>10</max><before/>") + "<flip-page/>"))
    assert flipped.words == WORDS[:-11:-1]
    rsm = "{http://jabber.org/protocol/rsm}"
    assert flipped.end.findtext(f".//{rsm}first") == last.ids[0]
    assert flipped.end.findtext(f".//{rsm}last") == last.ids[-1]
    between = Answer(pistol, mam(page(f"<after>{first.ids[2]}</after><before>{first.ids[6]}</before>")))
    assert between.words == ["3", "4", "5"]
    greedy = Answer(pistol, mam(page("<max>100000</max>")))
    assert greedy.words == WORDS


@pytest.mark.req("MUC-MAM-44")
def test_both_ends_can_be_asked_for(coven: Scene) -> None:
    """XEP-0313 §5: of an empty archive there are none; and who may not read it learns nothing."""
    pistol, ross = coven.people("pistol", "ross", entered=["pistol"])
    ask = f"<iq type='get' id='m'><metadata xmlns='{MAM}'/></iq>"
    pistol.sends(ask)
    assert len(pistol.takes()[0][0]) == 0
    for text in ("one", "two"):
        pistol.sends(says(text))
    answer = Answer(pistol, mam())
    pistol.sends(ask)
    start, end = pistol.takes()[0][0]
    assert [one.get("id") for one in (start, end)] == answer.ids
    assert [one.get("timestamp") for one in (start, end)] == stamps(answer)
    ross.sends(ask)
    ross.receives(f"<iq type='error' id='m' from='{{coven}}'>…{error('auth', 'forbidden', '{coven}')}</iq>")


@pytest.mark.req("MUC-MAM-37", "MUC-MAM-46", "MUC-MAM-10", "MUC-MAM-51", "MIX-MAM-35")
def test_who_asks_gets_it_in_their_shape(chat: Scene, pistol: Person) -> None:
    """XEP-0313 §3.3.2: that client alone; by room and by MIX under the same ids and times."""
    hag66 = chat.people("hag66", joined=["hag66"])
    answer = Answer(pistol.phone, mam())
    pistol.laptop.receives_nothing()
    by_mix = Answer(hag66, mam())
    assert (by_mix.ids, by_mix.words, stamps(by_mix)) == (answer.ids, answer.words, stamps(answer))
    assert [_stanza_id(message) for message in answer.messages] == answer.ids
    assert {message.find(OCCUPANT) is not None for message in answer.messages} == {True}
    chat.is_silent()


def _stanza_id(message: Element) -> str | None:
    found = message.find(STANZA_ID)
    return found.get("id") if found is not None else None


@pytest.mark.req("MUC-MAM-52")
def test_nobody_inherits_an_archive(chat: Scene, pistol: Person) -> None:
    """What is gone is gone, also for who has the name next."""
    before = Answer(pistol, mam()).ids
    chat.owner.sends("<iq type='set' id='d' to='{service}'><destroy xmlns='urn:xmpp:mix:core:1' channel='coven'/></iq>")
    pistol.forgets()
    pistol.sends(mam())
    pistol.receives(f"<iq type='error' id='q1'>…{error('cancel', 'item-not-found', '*')}</iq>")
    chat.owner.sends("<iq type='set' id='c' to='{service}'><create xmlns='urn:xmpp:mix:core:1' channel='coven'/></iq>")
    assert Answer(chat.owner, mam()).ids == []
    assert Answer(chat.owner, mam(fields(("after-id", before[0])))).condition == "item-not-found"


def test_a_member_whose_domain_is_banned_reads_nothing(rooms: Service) -> None:
    """XEP-0406 §2.3: a ban counts before a place on the list."""
    people = court(rooms)
    iago = rooms.person("iago", "venice.example")
    people["pistol"].sends(says("hail").replace("<message", f"<message to='{ROOM}'"))
    asks(people["hag66"], item(jid=iago.jid, affiliation="member"))
    query = mam().replace("<iq", f"<iq to='{ROOM}'")
    assert Answer(iago, query).words == ["hail"]
    asks(people["hag66"], item(jid="venice.example", affiliation="outcast"))
    assert Answer(iago, query).condition == "forbidden"


def test_addresses_are_for_those_who_are_in(rooms: Service) -> None:
    """XEP-0404 §2.2, MIX-DEC-096: whoever reads from outside is seen by nobody, and sees nobody's address."""
    people = court(rooms)
    configures(people["hag66"], whois="anyone")
    people["pistol"].sends(says("hail").replace("<message", f"<message to='{ROOM}'"))
    query, banquo = mam().replace("<iq", f"<iq to='{ROOM}'"), people["banquo"]
    assert addresses(Answer(banquo, query)) == [jid("pistol")]
    banquo.sends(f"<presence type='unavailable' to='{ROOM}/ban'/>")
    rooms.everybody_forgets()
    assert addresses(Answer(banquo, query)) == [None]


@pytest.mark.req("MUC-MAM-09")
@pytest.mark.parametrize("restarted", [False, True])
def test_what_is_not_kept_is_not_shown_on_entering_either(chat: Scene, pistol: Person, restarted: bool) -> None:
    """XEP-0313 §3.2: what is gone from the archive is gone from the room's history as well, at once."""
    chat.service.keeps(most=3)
    if restarted:
        chat.service.restarts()
    assert Answer(pistol, mam()).words == WORDS[-3:]
    ross = chat.people("ross")
    ross.sends("<presence to='{coven}/lennox'><x xmlns='http://jabber.org/protocol/muc'/></presence>")
    said = [one.findtext("{jabber:client}body") for one in ross.takes()]
    assert [text for text in said if text is not None] == WORDS[-3:]
    pistol.sends(says("now"))
    chat.service.everybody_forgets()
    chat.service.clock.advance(3600)
    chat.service.keeps(age=timedelta(minutes=30))
    hecate = chat.people("hecate")
    hecate.sends("<presence to='{coven}/moon'><x xmlns='http://jabber.org/protocol/muc'/></presence>")
    assert not [one for one in hecate.takes() if one.findtext("{jabber:client}body") is not None]


@pytest.mark.parametrize("by_room", [False, True])
def test_an_owner_says_how_long_what_is_said_is_kept(chat: Scene, pistol: Person, by_room: bool) -> None:
    """For this channel alone, in days, by the form of either face."""
    for wrong in ("0", "-1", "36501", "a week", "1.5"):
        assert keep_days(chat.owner, wrong, by_room=by_room) == "error"
    assert keep_days(chat.owner, "2", by_room=by_room) == "result"
    chat.service.clock.advance(86400)
    chat.service.keeps()
    assert Answer(pistol, mam()).words == WORDS
    chat.service.clock.advance(2 * 86400)
    chat.service.keeps()
    assert Answer(pistol, mam()).words == []
    assert keep_days(chat.owner, "", by_room=by_room) == "result"
    pistol.sends(says("now"))
    chat.service.everybody_forgets()
    chat.service.clock.advance(9 * 86400)
    chat.service.keeps()
    assert Answer(pistol, mam()).words == ["now"]


def keep_days(owner: Person, days: str, *, by_room: bool) -> str | None:
    """Configure one field; how it was answered."""
    field = "{urn:mixd:room:0}keep_days"
    if by_room:
        owner.sends(
            f"<iq type='set' id='c1' to='{{coven}}'><query xmlns='{MUC}#owner'><x xmlns='jabber:x:data' type='submit'>"
            f"<field var='FORM_TYPE'><value>{MUC}#roomconfig</value></field>"
            f"<field var='{field}'><value>{days}</value></field></x></query></iq>"
        )
    else:
        owner.sends(configure((field, days)))
    return next(one.get("type") for one in owner.takes() if one.get("id") == "c1")
