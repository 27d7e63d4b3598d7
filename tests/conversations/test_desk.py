"""Those who look after the service at work: ad-hoc commands (XEP-0050, XEP-0133)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from xml.etree.ElementTree import Element

import pytest

from mix.core.addresses import ChannelJid
from mix.core.barring import BarredChanged
from mix.core.ports import Change
from pubsubnodes.addresses import RealJid
from pubsubnodes.adhoc import COMMAND, COMMANDS, MOST
from tests.conversations.words import CORE, ENTRY, INFO, ITEMS, PUBSUB, configure, says
from tests.stage import Person, Scene, Service
from tests.stage.ranks import condition
from tests.stage.room import ROOM, codes, room
from tests.stage.service import at_once

ADMIN = "http://jabber.org/protocol/admin"
DATA = "{jabber:x:data}"
ALL = (
    f"{ADMIN}#get-online-users-num",
    f"{ADMIN}#get-online-users-list",
    f"{ADMIN}#announce",
    f"{ADMIN}#edit-blacklist",
    f"{ADMIN}#shutdown",
    "mixd#channels",
    "mixd#end-channels",
    "mixd#name-owner",
)


@pytest.fixture(params=[("mix.face", "muccompat"), ("muccompat",), ("mix.face",)], ids=["both", "rooms", "channels"])
def service(request: pytest.FixtureRequest, services: Callable[..., Service]) -> Service:
    """A service that bard looks after, with any faces."""
    return services(faces=request.param, operators=frozenset({RealJid.parse("bard@shakespeare.example")}))


@pytest.fixture
def ours(services: Callable[..., Service]) -> Service:
    """A service that bard looks after, with all its faces."""
    return services(operators=frozenset({RealJid.parse("bard@shakespeare.example")}))


def call(node: str, inside: str = "", **attributes: str) -> str:
    """A command."""
    words = "".join(f" {name}='{value}'" for name, value in attributes.items())
    command = f"<command xmlns='{COMMANDS}' node='{node}'{words}>{inside}</command>"
    return f"<iq type='set' id='c' to='{{service}}'>{command}</iq>"


def form(fields: Mapping[str, str | list[str]]) -> str:
    """A form, filled in."""

    def field(var: str, values: str | list[str]) -> str:
        inside = "".join(f"<value>{value}</value>" for value in ([values] if isinstance(values, str) else values))
        return f"<field var='{var}'>{inside}</field>"

    filled = "".join(field(*one) for one in {"FORM_TYPE": ADMIN, **fields}.items())
    return f"<x xmlns='jabber:x:data' type='submit'>{filled}</x>"


def answer(someone: Person, xml: str) -> Element:
    """What somebody is answered; what else they got stays unread."""
    someone.sends(xml)
    (found,) = [one for one in someone.unread() if one.xml.tag.endswith("iq")]
    found.is_read = True
    return found.xml


def begins(someone: Person, node: str) -> Element:
    """The command as it stands, once a form has been asked for."""
    found = answer(someone, call(node)).find(COMMAND)
    assert found is not None
    return found


def runs(someone: Person, node: str, fields: Mapping[str, str | list[str]] | None = None) -> Element:
    """A command from beginning to end: the stanza that says how it ended."""
    begun = answer(someone, call(node))
    command = begun.find(COMMAND)
    if command is None or command.get("status") != "executing":
        return begun
    session = command.get("sessionid") or ""
    return answer(someone, call(node, form(fields or {}), sessionid=session))


def values(stanza: Element, var: str) -> list[str]:
    """What stands in a field of the form in a stanza."""
    return [
        value.text or ""
        for field in stanza.iter(f"{DATA}field")
        if field.get("var") == var
        for value in field.findall(f"{DATA}value")
    ]


def listed(someone: Person) -> list[str | None]:
    """The commands somebody is offered."""
    found = answer(someone, f"<iq type='get' id='d' to='{{service}}'><query xmlns='{ITEMS}' node='{COMMANDS}'/></iq>")
    assert found.get("type") == "result"
    return [one.get("node") for one in found.iter(f"{{{ITEMS}}}item")]


def features(someone: Person, node: str = "") -> set[str | None]:
    """What the service, or a command, says that it can do."""
    at = f" node='{node}'" if node else ""
    found = answer(someone, f"<iq type='get' id='d' to='{{service}}'><query xmlns='{INFO}'{at}/></iq>")
    return {one.get("var") for one in found.iter(f"{{{INFO}}}feature")} if condition(found) == "ok" else set()


# -- who, and how


@pytest.mark.req("MUC-SADM-01", "MUC-SADM-02", "MUC-SADM-10")
def test_commands_are_for_those_who_look_after_the_service(service: Service) -> None:
    bard, hag66 = service.person("bard"), service.person("hag66")
    assert tuple(listed(bard)) == ALL
    assert COMMANDS in features(bard)
    assert listed(hag66) == []
    assert COMMANDS not in features(hag66)
    for node in ALL:
        assert {COMMANDS, "jabber:x:data"} <= features(bard, node)
        assert features(hag66, node) == set()
        assert condition(answer(hag66, call(node))) == "auth forbidden"
        assert condition(answer(hag66, call(node, form({}), sessionid="x"))) == "auth forbidden"
    service.is_silent()


@pytest.mark.req("MUC-SADM-03")
def test_calls_that_call_nothing(service: Service) -> None:
    """XEP-0050 §4.4; whatever is sent, the next call is served."""
    bard = service.person("bard")
    assert condition(answer(bard, call("bogus"))) == "cancel item-not-found"
    for xml in (
        call(""),
        call(ALL[0], action="dance"),
        call(ALL[2], form({"announcement": "hail"}), sessionid="made-up"),
        call(ALL[2], action="cancel"),
        call(ALL[2], action="next"),
        call(ALL[0]).replace("type='set'", "type='get'", 1),
    ):
        assert condition(answer(bard, xml)) == "modify bad-request", xml
    huge = "".join(f"<field var='f{number}'><value/></field>" for number in range(300))
    begun = begins(bard, ALL[2])
    session = begun.get("sessionid") or ""
    for inside in ("", f"<x xmlns='jabber:x:data' type='submit'>{huge}</x>", "<x xmlns='urn:example:x'/>"):
        assert condition(answer(bard, call(ALL[2], inside, sessionid=session))) == "modify bad-request"
    assert condition(answer(bard, call(ALL[2], form({"announcement": "hail"}), sessionid=session))) == "ok"
    service.everybody_forgets()


def test_a_form_is_for_one_client_one_command_and_one_use(ours: Service) -> None:
    """XEP-0050 §3.3."""
    bard = ours.person("bard")
    begun = begins(bard, ALL[2])
    assert [child.tag.partition("}")[2] for child in begun] == ["actions", "x"]
    session = begun.get("sessionid") or ""
    said = form({"announcement": "hail"})
    bard.laptop.sends(call(ALL[2], said, sessionid=session))
    assert condition(bard.laptop.takes()[0]) == "modify bad-request"
    assert condition(answer(bard, call(ALL[3], said, sessionid=session))) == "modify bad-request"
    other = begins(bard, ALL[2]).get("sessionid") or ""
    assert condition(answer(bard, call(ALL[2], said, sessionid=other))) == "ok"
    assert condition(answer(bard, call(ALL[2], said, sessionid=other))) == "modify bad-request"
    canceled = answer(bard, call(ALL[2], action="cancel", sessionid=session)).find(COMMAND)
    assert canceled is not None
    assert canceled.get("status") == "canceled"
    assert condition(answer(bard, call(ALL[2], said, sessionid=session))) == "modify bad-request"


def test_forms_handed_out_are_few(ours: Service) -> None:
    bard = ours.person("bard")
    first = begins(bard, ALL[2]).get("sessionid") or ""
    for _ in range(MOST):
        begins(bard, ALL[2])
    said = form({"announcement": "hail"})
    assert condition(answer(bard, call(ALL[2], said, sessionid=first))) == "modify bad-request"


# -- who is there


@pytest.mark.req("MUC-SADM-09")
def test_who_is_there_is_counted_and_listed(ours: Service) -> None:
    """Each person once, however many rooms and clients; who learns their addresses stands in the audit."""
    bard = ours.person("bard")
    hag66, hecate = room(ours, "hag66", "hecate")
    hag66.laptop.sends(f"<presence to='{ROOM}/hag'>{ENTRY}</presence>")
    hag66.sends(f"<presence to='other@{{service}}/x'>{ENTRY}</presence>")
    ours.everybody_forgets()
    assert values(runs(bard, ALL[0]), "onlineusersnum") == ["2"]
    assert ours.storage.listed == []
    assert sorted(values(runs(bard, ALL[1], {"max_items": "none"}), "onlineuserjids")) == [hag66.jid, hecate.jid]
    (written,) = ours.storage.listed
    assert (written.by, len(written.whom)) == (bard.real, 3)
    assert {place.local for place, _ in written.whom} == {"heath", "other"}
    assert condition(runs(bard, ALL[1], {"max_items": "7"})) == "modify not-acceptable"


def test_nobody_is_listed_who_is_not_written_down(ours: Service) -> None:
    bard = ours.person("bard")
    room(ours, "hag66")
    session = begins(bard, ALL[1]).get("sessionid") or ""
    ours.recorder.failures = 1
    refused = answer(bard, call(ALL[1], form({"max_items": "25"}), sessionid=session))
    assert condition(refused) == "wait internal-server-error"
    assert values(refused, "onlineuserjids") == []


@pytest.mark.req("MUC-SADM-06")
def test_an_announcement_reaches_every_client_once(ours: Service) -> None:
    bard = ours.person("bard")
    hag66, hecate = room(ours, "hag66", "hecate")
    hag66.sends(f"<presence to='other@{{service}}/x'>{ENTRY}</presence>")
    ours.everybody_forgets()
    assert condition(runs(bard, ALL[2], {"announcement": ["Hail!", "Hail again!"]})) == "ok"
    said = "<message from='{service}'><body>Hail!\nHail again!</body></message>"
    hag66.receives(said)
    hecate.receives(said)
    ours.is_silent()
    assert condition(runs(bard, ALL[2], {"announcement": " "})) == "modify not-acceptable"
    assert condition(runs(bard, ALL[2], {"announcement": "x" * 20_000})) == "modify not-acceptable"
    ours.is_silent()


# -- who is kept out


@pytest.mark.req("MUC-SADM-04", "MUC-SADM-11")
def test_people_and_domains_are_kept_out_of_everything(ours: Service) -> None:
    """XEP-0133 §4.11: out of every room and channel they are in, and in by no way there is."""
    coven = Scene(ours, "coven")
    bard = ours.person("bard")
    hag66, ariel, puck = (
        coven.people("hag66", joined=["hag66"]),
        *(coven.people(name, domain="evil.example") for name in ("ariel", "puck")),
    )
    coven.joins(ariel, "spirit")
    coven.enters(puck, "robin")
    entries = [hag66.jid.replace("hag66", "hecate"), "evil.example"]
    assert condition(runs(bard, ALL[3], {"blacklistjids": entries})) == "ok"
    assert codes(puck.takes()[-1]) == [110, 301]
    assert ariel.id not in coven.channel.participants
    bard.forgets()
    assert values(begins(bard, ALL[3]), "blacklistjids") == sorted(entries)
    for restarted in (False, True):
        if restarted:
            ours.restarts()
        ours.everybody_forgets()
        hecate = coven.people("hecate")
        for someone in (ariel, puck, hecate):
            someone.sends(f"<presence to='coven@{{service}}/x'>{ENTRY}</presence>")
            someone.sends(f"<presence to='mine@{{service}}/x'>{ENTRY}</presence>")
            node = "<subscribe node='urn:xmpp:mix:nodes:messages'/>"
            someone.sends(f"<iq type='set' id='j'><join xmlns='{CORE}'>{node}</join></iq>")
            someone.sends(f"<iq type='set' id='m' to='{{service}}'><create xmlns='{CORE}' channel='mine'/></iq>")
            assert [condition(one) for one in someone.takes()] == ["auth forbidden"] * 4
        hag66.receives_nothing()
    bard.forgets()
    assert condition(runs(bard, ALL[3], {"blacklistjids": []})) == "ok"
    coven.enters(puck, "robin")


@pytest.mark.req("MUC-SADM-04")
def test_who_is_kept_out_is_neither_seen_nor_told_anything(ours: Service) -> None:
    """Not as somebody who never was in: showing presence, subscribed, watching, or reading the list of channels."""
    coven, bard = Scene(ours, "coven"), ours.person("bard")
    hag66, ross = coven.people("hag66", "ross", joined=["hag66"])
    coven.owner.sends(configure(("Open Presence", "true"), ("Messages Node Subscription", "allowed")))
    node = "urn:xmpp:mix:nodes:messages"
    ross.sends(
        f"<iq type='set' id='s'><pubsub xmlns='{PUBSUB}'><subscribe node='{node}' jid='{ross.jid}'/></pubsub></iq>"
    )
    ross.sends("<presence/>")
    assert ross.real in coven.channel.subscriptions
    ours.everybody_forgets()
    assert condition(runs(bard, ALL[3], {"blacklistjids": ross.jid})) == "ok"
    (gone,) = hag66.takes()
    assert gone.get("type") == "unavailable"
    hag66.sends(says("Double, double"))
    assert (coven.channel.onlookers, ross.real in coven.channel.subscriptions) == ({}, False)
    ross.receives_nothing()
    ross.sends("<presence id='w' to='{service}'><rai xmlns='urn:xmpp:rai:0'/></presence>")
    ross.sends(f"<iq type='get' id='d' to='{{service}}'><query xmlns='{ITEMS}'/></iq>")
    assert [condition(one) for one in ross.takes()] == ["auth forbidden"] * 2


@pytest.mark.req("MUC-SADM-04")
def test_who_is_kept_out_is_put_out_whatever_comes_between(ours: Service) -> None:
    """The service may stop after it has written that down, and somebody may come in as it does."""
    coven = Scene(ours, "coven")
    hag66, ross = coven.people("hag66", "ross", joined=["hag66", "ross"])
    written = Change(ChannelJid("", ours.domain), [BarredChanged(frozenset(), frozenset({ross.real}))])
    at_once(ours.storage.commit([written]))
    ours.restarts()
    ours.everybody_forgets()
    hag66.sends(says("Double, double"))
    assert ross.id not in coven.channel.participants
    assert [one for one in ross.takes() if one.find(".//{jabber:client}body") is not None] == []


def test_a_form_that_is_given_up_changes_nothing(ours: Service) -> None:
    """XEP-0004 §3.2: whichever way a client gives up."""
    bard = ours.person("bard")
    assert condition(runs(bard, ALL[3], {"blacklistjids": "evil.example"})) == "ok"
    for given_up, told in (("cancel", "ok"), ("form", "modify bad-request")):
        session = begins(bard, ALL[3]).get("sessionid") or ""
        inside = f"<x xmlns='jabber:x:data' type='{given_up}'/>"
        assert condition(answer(bard, call(ALL[3], inside, sessionid=session, action="complete"))) == told
    assert values(begins(bard, ALL[3]), "blacklistjids") == ["evil.example"]


@pytest.mark.req("MUC-SADM-04")
def test_keeping_out_owns_nothing_and_spares_who_looks_after_the_service(ours: Service) -> None:
    """An owner is kept out like anybody else; an operator never is, nor by way of a domain."""
    coven, bard = Scene(ours, "coven"), ours.person("bard")
    assert condition(runs(bard, ALL[3], {"blacklistjids": bard.jid})) == "cancel not-allowed"
    assert condition(runs(bard, ALL[3], {"blacklistjids": "@@"})) == "modify not-acceptable"
    assert condition(runs(bard, ALL[3], {"blacklistjids": "shakespeare.example"})) == "ok"
    owner = coven.owner
    owner.sends(f"<presence to='{coven.jid}/x'>{ENTRY}</presence>")
    assert condition(owner.takes()[0]) == "auth forbidden"
    coven.people("bard")
    coven.enters(bard, "avon")


def test_a_list_that_was_not_written_down_keeps_nobody_out(ours: Service) -> None:
    coven, bard = Scene(ours, "coven"), ours.person("bard")
    hag66 = coven.people("hag66")
    session = begins(bard, ALL[3]).get("sessionid") or ""
    ours.recorder.failures = 1
    refused = answer(bard, call(ALL[3], form({"blacklistjids": hag66.jid}), sessionid=session))
    assert condition(refused) == "wait internal-server-error"
    coven.enters(hag66, "thirdwitch")


# -- channels


@pytest.mark.req("MUC-SADM-10")
def test_channels_are_listed_ended_and_given_owners(ours: Service) -> None:
    bard = ours.person("bard")
    coven = Scene(ours, "coven")
    hag66, hecate = room(ours, "hag66", "hecate")
    rows = [
        [values(item, var)[0] for var in ("jid", "name", "people")] for item in runs(bard, ALL[5]).iter(f"{DATA}item")
    ]
    assert rows == [[coven.jid, "", "0"], [ROOM, "", "2"]]
    bard.forgets()
    assert condition(runs(bard, ALL[7], {"channel": "coven", "owner": hecate.jid})) == "ok"
    assert hecate.real in coven.channel.lists.owners
    ours.everybody_forgets()
    assert condition(runs(bard, ALL[6], {"channels": ["coven", "nosuch"]})) == "cancel item-not-found"
    assert condition(runs(bard, ALL[6], {"channels": [coven.jid, "heath"], "reason": "over"})) == "ok"
    hag66.receives(
        f"<presence type='unavailable' from='{ROOM}/hag'><x xmlns='http://jabber.org/protocol/muc#user'>"
        "<destroy><reason>over</reason></destroy>…</x>…</presence>"
    )
    assert (ours.channel("coven"), ours.channel("heath")) == (None, None)


# -- the end


@pytest.mark.req("MUC-SADM-08", "MUC-SVC-01", "MUC-SVC-02", "MUC-CODE-18")
def test_the_service_stops_for_good_and_says_so(ours: Service) -> None:
    """XEP-0045 §11.2: each client hears of itself alone; the announcement comes first."""
    bard = ours.person("bard")
    hag66, hecate, pistol = room(ours, "hag66", "hecate", "pistol")
    hag66.laptop.sends(f"<presence to='{ROOM}/hag'>{ENTRY}</presence>")
    ours.everybody_forgets()
    assert condition(runs(bard, ALL[4], {"delay": "30", "announcement": "We close."})) == "ok"
    for client in (hag66.phone, hag66.laptop, hecate, pistol):
        client.receives("<message from='{service}'><body>We close.</body></message>")
    ours.time_passes(29)
    ours.is_silent()
    ours.time_passes(2)
    for client, nick in ((hag66.phone, "hag"), (hag66.laptop, "hag"), (hecate.phone, "hec"), (pistol.phone, "pis")):
        (told,) = client.takes()
        assert (told.get("type"), told.get("from"), codes(told)) == ("unavailable", f"{ROOM}/{nick}", [110, 332])
        assert told.find(".//{http://jabber.org/protocol/muc#user}destroy") is None
    assert condition(runs(bard, ALL[4], {"delay": "31"})) == "modify not-acceptable"


@pytest.mark.req("MUC-SVC-03")
def test_the_end_ends_visits_and_no_participation(ours: Service) -> None:
    """Who is in for good stays; a visitor comes back to a room that is as it was."""
    coven = Scene(ours, "coven")
    hag66, hecate = coven.people("hag66", "hecate", joined=["hag66"], entered=["hecate"])
    coven.enters(hag66, "thirdwitch")
    ours.ends_for_good()
    assert codes(hag66.phone.takes()[0]) == [110, 332]
    assert codes(hecate.phone.takes()[0]) == [110, 332]
    ours.everybody_forgets()
    ours.restarts()
    coven.enters(hecate, "moon")
    assert [one.jid for one in coven.channel.participants.values() if one.stays] == [hag66.real]


@pytest.mark.req("MUC-SADM-04")
def test_who_is_kept_out_is_not_seen_from_outside_either(ours: Service) -> None:
    """XEP-0406 §2.4: where anybody may show presence, those may not."""
    coven, bard = Scene(ours, "coven"), ours.person("bard")
    hag66, ariel = coven.people("hag66", joined=["hag66"]), coven.people("ariel", domain="evil.example")
    coven.owner.sends(configure(("Open Presence", "true")))
    coven.comes_online(hag66.phone)
    coven.comes_online(ariel.phone)
    assert ariel.real in {one.jid for one in coven.channel.onlookers.values()}
    assert condition(runs(bard, ALL[3], {"blacklistjids": "evil.example"})) == "ok"
    hag66.phone.receives("<presence type='unavailable' from='*'>…</presence>")
    ours.everybody_forgets()
    ariel.phone.sends("<presence/>")
    hag66.receives_nothing()
    assert not coven.channel.onlookers
