"""Creating channels (XEP-0369 §7.3)."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from pubsubnodes.addresses import RealJid
from pubsubnodes.forms import read_form
from tests.conversations.words import CORE, ENTRY, ITEMS, ask_items, error, info, items
from tests.stage import Person, Scene, Service


def create(channel: str | None, inside: str = "", type: str = "set", to: str = "{service}") -> str:
    """A wish for a channel."""
    name = f" channel='{channel}'" if channel is not None else ""
    return f"<iq type='{type}' id='c1' to='{to}'><create xmlns='{CORE}'{name}>{inside}</create></iq>"


def created(channel: str) -> str:
    """It is there."""
    return f"<iq type='result' id='c1' from='{{service}}'><create xmlns='{CORE}' channel='{channel}'/></iq>"


def refused(type: str, condition: str) -> str:
    """It is not."""
    return f"<iq type='error' id='c1' from='{{service}}'>…{error(type, condition)}</iq>"


@pytest.fixture
def hag66(stage: Service) -> Person:
    """Somebody who creates."""
    return stage.person("hag66")


@pytest.mark.req("MIX-CRE-01", "MIX-CRE-02")
def test_a_channel_is_created_by_name(hag66: Person) -> None:
    """XEP-0369 §7.3.2."""
    hag66.sends(create("coven"))
    hag66.receives(created("coven"))
    hag66.sends(info().replace("<iq", "<iq to='coven@{service}'"))
    hag66.receives("<iq type='result' id='d1' from='coven@{service}'>…</iq>")
    hag66.service.is_silent()


@pytest.mark.req("MIX-CRE-03", "MIX-CRE-16", "MIX-CRE-20")
def test_the_creator_owns_it_and_it_is_whole_from_the_start(coven: Scene) -> None:
    """XEP-0369 §7.3.2, XEP-0406 §2.4: configuration, information and nodes are there at once."""
    coven.owner.sends(ask_items("config"))
    (answer,) = coven.owner.takes()
    data = answer.find(".//{jabber:x:data}x")
    assert data is not None
    fields = read_form(data).folded()
    assert fields["owner"] == ["crone1@shakespeare.example"]
    assert fields["lastchangemadeby"] == ["crone1@shakespeare.example"]
    coven.owner.sends(ask_items("info"))
    (answer,) = coven.owner.takes()
    assert answer.find(".//{jabber:x:data}x") is not None
    coven.owner.sends(f"<iq type='get' id='d1'><query xmlns='{ITEMS}' node='mix'/></iq>")
    (answer,) = coven.owner.takes()
    nodes = {item.get("node", "").rpartition(":")[2] for item in answer.iter(f"{{{ITEMS}}}item")}
    assert {"messages", "participants", "presence", "info", "config", "jidmap", "banned"} <= nodes
    assert "allowed" not in nodes


@pytest.mark.req("MIX-CRE-17")
def test_the_creator_is_not_in_it(coven: Scene) -> None:
    """XEP-0406 §2.4."""
    coven.owner.sends(ask_items("participants"))
    coven.owner.receives(items("participants"))


@pytest.mark.req("MIX-CRE-04", "MIX-CRE-06")
def test_an_adhoc_channel_gets_a_name_nobody_guesses(stage: Service, hag66: Person) -> None:
    """XEP-0369 §7.3.3: who made it reaches it; for strangers there is none."""
    hag66.sends(create(None))
    hag66.sends(create(None))
    hag66.receives(created("{one}"), created("{two}"))
    one, two = stage.known["one"], stage.known["two"]
    assert one != two
    assert re.fullmatch(r"[a-z0-9-]{22,}", one)
    hag66.sends(f"<iq type='set' id='j1' to='{one}@{{service}}'><join xmlns='{CORE}'><nick>x</nick></join></iq>")
    hag66.receives(f"<iq type='result' id='j1' from='{one}@{{service}}'>…</iq>")
    hecate = stage.person("hecate")
    for stanza in (info(), f"<iq type='set' id='d1'><join xmlns='{CORE}'><nick>y</nick></join></iq>"):
        hecate.sends(stanza.replace("<iq", f"<iq to='{one}@{{service}}'"))
        hecate.receives(f"<iq type='error' id='d1' from='{one}@{{service}}'>…{error('cancel', 'item-not-found')}</iq>")
    stage.is_silent()


@pytest.mark.req("MIX-CRE-08")
def test_who_may_not_create_does_not(stage: Service) -> None:
    """XEP-0369 §7.3.1: the default policy is for local people."""
    siward = stage.person("siward", "england.example")
    siward.sends(create("coven"))
    siward.receives(refused("auth", "forbidden"))
    siward.sends(info().replace("<iq", "<iq to='coven@{service}'"))
    siward.receives(f"<iq type='error' id='d1' from='coven@{{service}}'>…{error('cancel', 'item-not-found')}</iq>")


@pytest.mark.req("MIX-CRE-09")
def test_a_name_is_taken_once(stage: Service, hag66: Person) -> None:
    """XEP-0369 §7.3.2: whoever asks."""
    hag66.sends(create("coven"))
    hag66.receives(created("coven"))
    for someone in (hag66, stage.person("hecate")):
        someone.sends(create("coven"))
        someone.receives(refused("cancel", "conflict"))


@pytest.mark.req("MIX-CRE-10", "MIX-CRE-11", "MIX-CRE-12")
@pytest.mark.parametrize("name", ["a@b", "a#b", "a/b", "x" * 1023, "a&lt;b"])
def test_some_names_cannot_be(stage: Service, hag66: Person, name: str) -> None:
    """XEP-0369 §4.6, RFC 7622 §3.3."""
    hag66.sends(create(name))
    (answer,) = hag66.takes()
    assert answer.get("type") == "error"
    hag66.sends(f"<iq type='get' id='d1' to='{{service}}'><query xmlns='{ITEMS}'/></iq>")
    hag66.receives(f"<iq type='result' id='d1' from='{{service}}'><query xmlns='{ITEMS}'/></iq>")


@pytest.mark.req("MIX-CRE-11")
def test_a_hash_is_refused_by_name(hag66: Person) -> None:
    """XEP-0403 §3.2: encoded JIDs stay unambiguous."""
    hag66.sends(create("a#b"))
    hag66.receives(refused("modify", "not-acceptable"))


@pytest.mark.req("MIX-CRE-02")
def test_a_name_is_prepared(hag66: Person) -> None:
    """RFC 7622: what is created is what addresses mean."""
    hag66.sends(create("Coven"))
    hag66.receives(created("coven"))


@pytest.mark.req("MIX-CRE-13", "MIX-CRE-14")
def test_creating_is_a_set_to_the_service(stage: Service, hag66: Person) -> None:
    """XEP-0369 §7.3.2."""
    for stanza in (create("coven", type="get"), create("coven", to="heath@{service}")):
        hag66.sends(stanza)
        (answer,) = hag66.takes()
        assert answer.get("type") == "error"
    assert stage.channel("coven") is None
    assert stage.channel("heath") is None


@pytest.mark.req("MIX-CRE-18")
def test_what_could_not_be_written_down_is_not_there(stage: Service, hag66: Person) -> None:
    """Atomic: storage fails, nothing is left, and the next try works."""
    stage.recorder.failures = 1
    hag66.sends(create("coven"))
    hag66.receives(refused("wait", "internal-server-error"))
    hag66.sends(f"<iq type='get' id='d1' to='{{service}}'><query xmlns='{ITEMS}'/></iq>")
    hag66.receives(f"<iq type='result' id='d1' from='{{service}}'><query xmlns='{ITEMS}'/></iq>")
    hag66.sends(create("coven"))
    hag66.receives(created("coven"))


@pytest.mark.req("MIX-CRE-15")
@pytest.mark.parametrize("mode", ["hidden", "maybe", "visible"])
def test_the_default_visibility_is_the_operators(services: Callable[..., Service], mode: str) -> None:
    """XEP-0369 §7.3.2, MIX-DEC-061."""
    from mix.core.visibility import Mode

    coven = Scene(services(default_mode=Mode(mode)), "coven")
    coven.owner.sends(ask_items("config"))
    (answer,) = coven.owner.takes()
    data = answer.find(".//{jabber:x:data}x")
    assert data is not None
    said = {"hidden": "jid-hidden", "maybe": "jid-optionally-visible", "visible": "jid-mandatory-visible"}
    assert read_form(data).folded()["jidvisibility"] == [said[mode]]


@pytest.mark.req("MIX-CRE-19", "MUC-CRE-27", "MUC-DOS-08", "MUC-CRE-33")
def test_nobody_makes_more_than_their_share(services: Callable[..., Service]) -> None:
    """XEP-0045 §14.6: by whichever protocol they are made; who destroys one may make another."""
    stage = services(max_made=2, operators=frozenset({RealJid.parse("duncan@shakespeare.example")}))
    hag66, hecate, duncan = stage.person("hag66"), stage.person("hecate"), stage.person("duncan")
    hag66.sends(create("coven"))
    enter = f"<presence id='e' to='heath@{{service}}/hag'>{ENTRY}</presence>"
    hag66.sends(enter)
    hag66.forgets()
    for wish in (create("moor"), create(None)):
        hag66.sends(wish)
        hag66.receives(refused("wait", "resource-constraint"))
    hag66.sends(enter.replace("heath", "moor"))
    hag66.receives(
        f"""<presence type='error' id='e' from='moor@{{service}}/hag'>{ENTRY}
          {error("wait", "resource-constraint", by="moor@{service}")}</presence>"""
    )
    hag66.sends(info().replace("<iq", "<iq to='moor@{service}'"))
    hag66.receives(f"<iq type='error' id='d1' from='moor@{{service}}'>…{error('cancel', 'item-not-found')}</iq>")
    hecate.sends(create("moor"))
    hecate.receives(created("moor"))
    for name in ("dunsinane", "birnam", "forres"):
        duncan.sends(create(name))
        duncan.receives(created(name))
    hag66.sends(f"<iq type='set' id='x' to='{{service}}'><destroy xmlns='{CORE}' channel='coven'/></iq>")
    hag66.forgets()
    hag66.sends(create("cave"))
    hag66.receives(created("cave"))
