"""The archive (XEP-0313, XEP-0369 §7.2)."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element

import pytest

from pubsubnodes.forms import read_form
from tests.conversations.words import CORE, MAM, ask_items, configure, error, form, mam, says
from tests.stage import Person, Scene
from tests.stage.people import Client
from tests.stage.scene import node

RSM = "http://jabber.org/protocol/rsm"
DELAY = "{urn:xmpp:delay}delay"
RESULT = f"{{{MAM}}}result"


def page(inside: str) -> str:
    """Which part of it one wants."""
    return f"<set xmlns='{RSM}'>{inside}</set>"


def fields(*wanted: tuple[str, str]) -> str:
    """What one looks for."""
    return form(*wanted, form_type=MAM)


class Answer:
    """Results, and how they ended."""

    def __init__(self, someone: Person | Client, query: str) -> None:
        someone.forgets()
        someone.sends(query)
        *results, self.end = someone.takes()
        self.results = [stanza.find(RESULT) for stanza in results]
        assert all(one is not None for one in self.results), "results come before the end"
        assert self.end.tag == "{jabber:client}iq"

    @property
    def messages(self) -> list[Element]:
        """The messages, unwrapped."""
        return [one.find("{urn:xmpp:forward:0}forwarded/{jabber:client}message") for one in self.results]  # type: ignore[union-attr, misc]

    @property
    def words(self) -> list[str | None]:
        """What was said."""
        return [message.findtext("{jabber:client}body") for message in self.messages]

    @property
    def ids(self) -> list[str]:
        """Names of the messages."""
        return [one.get("id", "") for one in self.results if one is not None]

    @property
    def is_complete(self) -> bool:
        """Whether there is no more."""
        fin = self.end.find(f"{{{MAM}}}fin")
        assert fin is not None, self.end.get("type")
        return fin.get("complete") == "true"

    def rsm(self, name: str) -> str | None:
        """Where the page lies."""
        return self.end.findtext(f".//{{{RSM}}}{name}")

    @property
    def condition(self) -> str:
        """Why it was refused."""
        found = self.end.find("{jabber:client}error")
        assert found is not None
        return found[0].tag.rpartition("}")[2]


@pytest.fixture
def chat(coven: Scene) -> Scene:
    """hag66 and hecate said seven words, a minute apart: hag66 the odd ones."""
    hag66, hecate = coven.people("hag66", "hecate", joined=["hag66", "hecate"])
    for number in range(1, 8):
        (hecate, hag66)[number % 2].sends(says(f"word {number}"))
        coven.service.clock.advance(60)
    coven.service.everybody_forgets()
    return coven


EVERYTHING = [f"word {number}" for number in range(1, 8)]


@pytest.mark.req(
    "MIX-MAM-01", "MIX-MAM-02", "MIX-MAM-03", "MIX-MAM-13", "MIX-MAM-14", "MIX-MAM-15", "MIX-MAM-16", "MIX-MAM-36"
)
def test_everything_said_is_there(chat: Scene) -> None:
    """XEP-0369 §7.2: with or without naming the node; results first, then the end."""
    hag66 = chat.people("hag66")
    answer = Answer(hag66, mam(query="f27"))
    assert answer.words == EVERYTHING
    assert answer.is_complete
    assert {one.get("queryid") for one in answer.results if one is not None} == {"f27"}
    stamps = [delay.get("stamp", "") for one in answer.results if one is not None for delay in one.iter(DELAY)]
    assert stamps == sorted(stamps)
    assert all(re.fullmatch(r"2026-10-31T23:0\d:\d\d\.\d+Z", stamp) for stamp in stamps)
    assert {message.get("to") for message in answer.messages} == {None}
    named = Answer(hag66, f"<iq type='set' id='q1'><query xmlns='{MAM}' node='{node('messages')}'/></iq>")
    assert named.ids == answer.ids
    assert {one.get("queryid") for one in named.results if one is not None} == {None}


@pytest.mark.req("MIX-MAM-06")
@pytest.mark.parametrize("name", ["presence", "urn:example:unknown"])
def test_other_nodes_keep_nothing(chat: Scene, name: str) -> None:
    """XEP-0442: a node without archive has an empty one, an unknown node has none."""
    answer = Answer(chat.people("hag66"), f"<iq type='set' id='q1'><query xmlns='{MAM}' node='{node(name)}'/></iq>")
    if name.startswith("urn:"):
        assert answer.condition == "item-not-found"
    else:
        assert not answer.results
        assert answer.is_complete


@pytest.mark.req("MIX-MAM-07", "MIX-SEC-03")
def test_strangers_get_nothing(chat: Scene) -> None:
    """XEP-0313 §6.1.2."""
    assert Answer(chat.people("ross"), mam()).condition == "forbidden"


@pytest.mark.req("MIX-MAM-08")
def test_who_comes_late_reads_what_was_said(chat: Scene) -> None:
    """XEP-0369 §7.2.2."""
    ross = chat.people("ross", joined=["ross"])
    assert Answer(ross, mam()).words == EVERYTHING


@pytest.mark.req("MIX-MAM-17")
def test_one_can_look_for_times_and_people(chat: Scene) -> None:
    """XEP-0313 §4.1: alone and together."""
    hag66 = chat.people("hag66")
    times = [
        stamp.get("stamp", "") for one in Answer(hag66, mam()).results if one is not None for stamp in one.iter(DELAY)
    ]
    assert Answer(hag66, mam(fields(("start", times[2])))).words == EVERYTHING[2:]
    assert Answer(hag66, mam(fields(("end", times[2])))).words == EVERYTHING[:3]
    assert Answer(hag66, mam(fields(("start", times[2]), ("end", times[4])))).words == EVERYTHING[2:5]
    assert Answer(hag66, mam(fields(("with", "{coven}/{hecate.id}")))).words == EVERYTHING[1::2]
    both = Answer(hag66, mam(fields(("with", "{coven}/{hecate.id}"), ("start", times[2]))))
    assert both.words == EVERYTHING[3::2]


@pytest.mark.req("MIX-MAM-18")
def test_an_address_finds_only_whom_one_may_see(chat: Scene) -> None:
    """XEP-0313 §4.1.1: or a query would tell who is who."""
    hag66 = chat.people("hag66")
    assert Answer(hag66, mam(fields(("with", "hecate@shakespeare.example")))).words == []
    assert Answer(hag66, mam(fields(("with", "nobody@shakespeare.example")))).words == []
    assert Answer(hag66, mam(fields(("with", "hag66@shakespeare.example")))).words == EVERYTHING[::2]
    assert Answer(chat.owner, mam(fields(("with", "hecate@shakespeare.example")))).words == EVERYTHING[1::2]


@pytest.mark.req("MIX-MAM-19", "MIX-GEN-05")
def test_one_can_ask_by_id(chat: Scene) -> None:
    """XEP-0313 §4.1.3: what one misses, and no more; unknown ids are not found."""
    hag66 = chat.people("hag66")
    ids = Answer(hag66, mam()).ids
    assert Answer(hag66, mam(fields(("after-id", ids[4])))).words == EVERYTHING[5:]
    assert Answer(hag66, mam(fields(("before-id", ids[2])))).words == EVERYTHING[:2]
    assert Answer(hag66, mam(fields(("ids", ids[1]), ("ids", ids[5])))).words == [EVERYTHING[1], EVERYTHING[5]]
    for name in ("after-id", "before-id", "ids"):
        assert Answer(hag66, mam(fields((name, "bogus")))).condition == "item-not-found"


@pytest.mark.req("MIX-MAM-20", "MIX-MAM-21", "MIX-CHI-05")
def test_the_archive_says_what_it_can_look_for(chat: Scene) -> None:
    """XEP-0313 §4.1.5: a form; what is not in it is not implemented."""
    hag66 = chat.people("hag66")
    hag66.sends(f"<iq type='get' id='q1'><query xmlns='{MAM}'/></iq>")
    (answer,) = hag66.takes()
    data = answer.find(f"{{{MAM}}}query/{{jabber:x:data}}x")
    assert data is not None
    assert {"with", "start", "end", "before-id", "after-id", "ids"} <= set(read_form(data).fields)
    assert answer.find(".//{http://jabber.org/protocol/xdata-validate}open") is not None
    for name in ("{urn:x}y", "include-groupchat"):
        assert Answer(hag66, mam(fields((name, "1")))).condition == "feature-not-implemented"


@pytest.mark.req("MIX-MAM-22", "MIX-MAM-23")
def test_it_comes_in_pages_and_stays_put(chat: Scene) -> None:
    """XEP-0313 §4.3: forwards while others speak, and backwards from the end."""
    hag66, hecate = chat.people("hag66", "hecate")
    seen, after = list[str | None](), ""
    for _ in range(6):
        answer = Answer(hag66, mam(page(f"<max>2</max>{after}")))
        seen += answer.words
        assert answer.is_complete is (seen[-1] == "live 2")
        if answer.is_complete:
            break
        if len(seen) < 6:
            hecate.sends(says(f"live {len(seen) // 2}"))
        after = f"<after>{answer.rsm('last')}</after>"
    assert seen == [*EVERYTHING, "live 1", "live 2"]
    last = Answer(hag66, mam(page("<max>3</max><before/>")))
    assert last.words == seen[-3:]
    assert not last.is_complete
    assert Answer(hag66, mam(page(f"<max>3</max><before>{last.rsm('first')}</before>"))).words == seen[-6:-3]


@pytest.mark.req("MIX-MAM-24", "MIX-MAM-25", "MIX-MAM-33")
def test_pages_that_are_none(chat: Scene) -> None:
    """XEP-0059: an unknown start, only a count, and more than anybody gets at once."""
    hag66 = chat.people("hag66")
    assert Answer(hag66, mam(page("<max>2</max><after>bogus</after>"))).condition == "item-not-found"
    count = Answer(hag66, mam(page("<max>0</max>")))
    assert count.words == []
    assert count.rsm("count") == "7"
    assert Answer(hag66, mam(page("<max>100000</max>"))).words == EVERYTHING


@pytest.mark.req("MIX-MAM-26")
def test_a_page_can_be_flipped(chat: Scene) -> None:
    """XEP-0313 §4.3.4: the same page, the other way round."""
    hag66 = chat.people("hag66")
    wanted = page("<max>3</max><before/>")
    assert Answer(hag66, mam(wanted + "<flip-page/>")).words == EVERYTHING[-3:][::-1]


@pytest.mark.req("MIX-MAM-27")
def test_both_ends_can_be_asked_for(coven: Scene, chat: Scene) -> None:
    """XEP-0313 §5."""
    hag66 = chat.people("hag66")
    ids = Answer(hag66, mam()).ids
    hag66.sends(f"<iq type='get' id='m'><metadata xmlns='{MAM}'/></iq>")
    hag66.receives(
        f"<iq type='result' id='m' from='{{coven}}'><metadata xmlns='{MAM}'>"
        f"<start id='{ids[0]}' timestamp='*'/><end id='{ids[-1]}' timestamp='*'/></metadata></iq>"
    )
    heath = Scene(coven.service, "heath")
    heath.owner.sends(f"<iq type='get' id='m' to='{{heath}}'><metadata xmlns='{MAM}'/></iq>")
    heath.owner.receives(f"<iq type='result' id='m' from='{{heath}}'><metadata xmlns='{MAM}'/></iq>")


@pytest.mark.req("MIX-MAM-28", "MIX-SEC-04")
def test_ids_tell_nothing(chat: Scene) -> None:
    """XEP-0359 §6: random, so neither time nor number shows."""
    ids = Answer(chat.people("hag66"), mam()).ids
    assert len(set(ids)) == 7
    assert ids != sorted(ids)
    assert all(re.fullmatch(r"[0-9a-f]{32}", id) for id in ids)


@pytest.mark.req("MIX-MAM-31")
def test_what_was_refused_is_not_there(chat: Scene) -> None:
    """XEP-0313 §6.1.2."""
    chat.people("ross").sends(says("let me in"))
    assert Answer(chat.people("hag66"), mam()).words == EVERYTHING


@pytest.mark.req("MIX-MAM-34")
def test_preferences_of_archives_are_not_offered(chat: Scene) -> None:
    """XEP-0441."""
    hag66 = chat.people("hag66")
    hag66.sends(f"<iq type='get' id='p'><prefs xmlns='{MAM}'/></iq>")
    (answer,) = hag66.takes()
    assert answer.get("type") == "error"


@pytest.mark.req("MIX-MAM-35", "MUC-OCC-04", "MUC-MSG-17")
def test_each_face_has_its_own_shape(chat: Scene) -> None:
    """MIX-DEC-099: who asks from the room is told in the room's words."""
    hag66, pistol = chat.people("hag66", "pistol", entered=["pistol"])
    mix, room = Answer(hag66, mam()), Answer(pistol, mam())
    assert mix.ids == room.ids
    assert room.words == EVERYTHING
    for message in room.messages:
        assert message.get("from") in (f"{chat.jid}/thirdwitch", f"{chat.jid}/moon")
        assert message.find(f"{{{CORE}}}mix") is None
        assert message.find("{urn:xmpp:occupant-id:0}occupant-id") is not None
    for message in mix.messages:
        assert message.find(f"{{{CORE}}}mix") is not None


def test_it_survives_a_restart(chat: Scene) -> None:
    """And goes on where it was."""
    hag66 = chat.people("hag66")
    chat.service.restarts()
    assert Answer(hag66, mam()).words == EVERYTHING
    hag66.sends(says("word 8"))
    assert Answer(hag66, mam()).words == [*EVERYTHING, "word 8"]


@pytest.mark.parametrize(
    "query",
    [
        mam(fields(("start", "yesterday"))),
        mam(page("<max>many</max>")),
        mam(form(("start", "2026-10-31T23:00:00Z"), form_type="urn:example")),
    ],
)
def test_queries_that_make_no_sense(chat: Scene, query: str) -> None:
    """XEP-0313 §4.1: refused, not guessed at."""
    hag66 = chat.people("hag66")
    hag66.sends(query)
    hag66.receives(f"<iq type='error' id='q1' from='{{coven}}'>…{error('modify', 'bad-request')}</iq>")


@pytest.mark.req("MIX-MAM-09", "MIX-SEC-02")
def test_who_may_read_it_follows_the_node(chat: Scene) -> None:
    """XEP-0406 §2.4."""
    hag66, ross = chat.people("hag66", "ross")
    chat.owner.sends(configure(("Messages Node Subscription", "anyone")))
    chat.service.everybody_forgets()
    assert Answer(ross, mam()).words == EVERYTHING
    answer = Answer(hag66, f"<iq type='set' id='q1'><query xmlns='{MAM}' node='{node('config')}'/></iq>")
    assert answer.condition == "forbidden"
    hag66.sends(ask_items("config"))
    hag66.receives("<iq type='error' id='i1'>…</iq>")


@pytest.mark.req("MIX-MSG-14", "MUC-MAM-11")
@pytest.mark.parametrize("circle", ["participants", "allowed", "anyone"])
def test_who_is_told_an_archive_id_may_use_it(coven: Scene, circle: str) -> None:
    """XEP-0313 §3.5: on both faces, and for subscribers who are not in; who may not read hears nothing at all."""
    hag66, pistol, ross = coven.people("hag66", "pistol", "ross", joined=["hag66"], entered=["pistol"])
    subscribe = f"<pubsub xmlns='http://jabber.org/protocol/pubsub'><subscribe node='{node('messages')}'/></pubsub>"
    subscribe = subscribe.replace("<subscribe ", f"<subscribe jid='{ross.jid}' ")
    is_subscribed = False
    for wider in (circle, "participants"):
        coven.owner.sends(configure(("Messages Node Subscription", wider)))
        coven.service.everybody_forgets()
        if not is_subscribed:
            ross.sends(f"<iq type='set' id='s1'>{subscribe}</iq>")
            (answer,) = ross.takes()
            is_subscribed = answer.get("type") == "result"
            assert is_subscribed is (wider != "participants")
        pistol.sends(says(f"hail the {wider}"))
        told = {hag66, pistol} | ({ross} if wider != "participants" else set())
        for someone in (hag66, pistol, ross):
            marks = [stanza.find("{urn:xmpp:sid:0}stanza-id") for stanza in someone.takes()]
            assert len(marks) == (someone in told)
            for mark in marks:
                assert mark is not None
                assert Answer(someone, mam()).ids[-1:] == [mark.get("id")]
    answer = Answer(ross, mam())
    assert (answer.condition, answer.results) == ("forbidden", [])
