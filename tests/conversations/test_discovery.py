"""Discovering the service, its channels and a channel (XEP-0030; XEP-0369 §6)."""

from __future__ import annotations

from collections.abc import Callable
from xml.etree.ElementTree import Element

import pytest

from pubsubnodes.forms import read_form
from tests.conversations.words import CORE, INFO, ITEMS, configure, error, failed, features, info
from tests.stage import Person, Scene, Service

DATA = "{jabber:x:data}x"


def asks(someone: Person, question: str) -> Element:
    """The one answer to a question."""
    someone.sends(question)
    (answer,) = someone.takes()
    return answer


def identities(answer: Element) -> set[tuple[str | None, str | None]]:
    """Category and type of each identity."""
    return {(one.get("category"), one.get("type")) for one in answer.iter(f"{{{INFO}}}identity")}


def channels(answer: Element) -> list[str]:
    """The addresses in a list."""
    assert answer.get("type") == "result"
    return [item.get("jid", "") for item in answer.iter(f"{{{ITEMS}}}item")]


LIST = f"<iq type='get' id='d1' to='{{service}}'><query xmlns='{ITEMS}'/></iq>"
SERVICE = info().replace("<iq", "<iq to='{service}'")


@pytest.mark.req(
    "MIX-SVC-01", "MIX-SVC-02", "MIX-SVC-03", "MIX-SVC-07", "MIX-SVC-08", "MIX-SVC-10", "MIX-SVC-12", "MIX-SVC-15"
)
def test_the_service_says_what_it_is(services: Callable[..., Service]) -> None:
    """XEP-0369 §6.1: a conference of kind mix, and of kind text for clients of rooms; no archive, no pubsub."""
    hag66 = services(name="The Globe").person("hag66")
    answer = asks(hag66, SERVICE)
    assert {("conference", "mix"), ("conference", "text")} == identities(answer)
    assert {one.get("name") for one in answer.iter(f"{{{INFO}}}identity")} == {"The Globe"}
    found = features(answer)
    assert {CORE, INFO, ITEMS, "http://jabber.org/protocol/muc"} <= found
    assert not any(feature.startswith(("urn:xmpp:mam:", "http://jabber.org/protocol/pubsub")) for feature in found)


@pytest.mark.req("MIX-SVC-05", "MIX-SVC-06")
def test_creating_is_offered_to_those_who_may(stage: Service) -> None:
    """XEP-0369 §6.1: the same service, two people, two answers."""
    assert f"{CORE}#create-channel" in features(asks(stage.person("hag66"), SERVICE))
    assert f"{CORE}#create-channel" not in features(asks(stage.person("siward", "england.example"), SERVICE))


@pytest.mark.req("MIX-SVC-04", "MIX-CHL-08")
@pytest.mark.parametrize("searchable", [True, False])
def test_searching_is_offered_where_it_works(services: Callable[..., Service], searchable: bool) -> None:
    """XEP-0369 §6.1: the feature and the list come and go together."""
    service = services(searchable=searchable)
    coven = Scene(service, "coven")
    assert (f"{CORE}#searchable" in features(asks(coven.owner, SERVICE))) is searchable
    assert channels(asks(coven.owner, LIST)) == ([coven.jid] if searchable else [])


@pytest.mark.req("MIX-SVC-13")
def test_the_service_has_no_nodes(stage: Service) -> None:
    """XEP-0030 §7."""
    hag66 = stage.person("hag66")
    hag66.sends(info("nope").replace("<iq", "<iq to='{service}'"))
    hag66.receives(f"<iq type='error' id='d1' from='{{service}}'>…{error('cancel', 'item-not-found')}</iq>")


@pytest.mark.req("MIX-SVC-09")
@pytest.mark.parametrize("offered", [True, False])
def test_nick_registration_is_advertised_where_it_is_offered(services: Callable[..., Service], offered: bool) -> None:
    """XEP-0407 §3."""
    service = services(registered_nicks=offered)
    found = "urn:xmpp:mix:misc:0#nick-register" in features(asks(service.person("hag66"), SERVICE))
    assert found is offered


@pytest.mark.req("MIX-SVC-19")
@pytest.mark.parametrize("question", ["<query xmlns='jabber:iq:version'/>", "<ping xmlns='urn:xmpp:ping'/>"])
def test_the_service_answers_small_questions(stage: Service, question: str) -> None:
    """XEP-0092, XEP-0199."""
    answer = asks(stage.person("hag66"), f"<iq type='get' id='v1' to='{{service}}'>{question}</iq>")
    assert (answer.get("type"), answer.get("id"), answer.get("from")) == ("result", "v1", stage.domain)


@pytest.mark.req("MIX-SVC-16")
@pytest.mark.parametrize(
    "stanza",
    [
        "<iq type='get' id='x' to='nobody@{service}'><vCard xmlns='vcard-temp'/></iq>",
        "<iq type='get' id='x' to='nobody@{service}'><query xmlns='jabber:iq:roster'/></iq>",
        "<message type='groupchat' id='x' to='nobody@{service}'><body>hail</body></message>",
    ],
)
def test_nobody_lives_at_the_service(stage: Service, stanza: str) -> None:
    """XEP-0369 §4.3: a localpart is a channel's, or somebody in one."""
    hag66 = stage.person("hag66")
    hag66.sends(stanza)
    (answer,) = hag66.takes()
    assert answer.get("type") == "error"
    assert answer.find(".//{urn:ietf:params:xml:ns:xmpp-stanzas}item-not-found") is not None


@pytest.mark.req("MIX-CHL-06")
def test_an_empty_list_is_a_list(stage: Service) -> None:
    """XEP-0030 §4."""
    hag66 = stage.person("hag66")
    hag66.sends(LIST)
    hag66.receives(f"<iq type='result' id='d1' from='{{service}}'><query xmlns='{ITEMS}'/></iq>")


@pytest.mark.req("MIX-CHL-01", "MIX-CHL-04", "MIX-CHL-09")
def test_the_list_has_what_is_there(stage: Service) -> None:
    """XEP-0369 §6.2: address and no node; what is destroyed is gone."""
    coven, heath = Scene(stage, "coven"), Scene(stage, "heath")
    answer = asks(coven.owner, LIST)
    assert sorted(channels(answer)) == [coven.jid, heath.jid]
    assert all(item.get("node") is None for item in answer.iter(f"{{{ITEMS}}}item"))
    heath.owner.sends(f"<iq type='set' id='x' to='{{service}}'><destroy xmlns='{CORE}' channel='heath'/></iq>")
    heath.owner.receives("<iq type='result' id='x' from='{service}'>…</iq>")
    assert channels(asks(coven.owner, LIST)) == [coven.jid]


@pytest.mark.req("MIX-CHL-02", "MIX-CHL-10")
def test_the_list_has_what_one_may_join(stage: Service) -> None:
    """XEP-0369 §6.2: not where one is banned or not on the list, by address or domain; owners see their own."""
    coven = Scene(stage, "coven")
    hag66, macbeth = coven.people("hag66", "macbeth")
    siward = coven.people("siward", domain="england.example")
    coven.publishes("banned", "macbeth@shakespeare.example")
    assert channels(asks(macbeth, LIST)) == []
    assert channels(asks(hag66, LIST)) == [coven.jid]
    nodes = [("Nodes Present", name) for name in ("participants", "presence", "information", "allowed", "banned")]
    coven.owner.sends(configure(*nodes))
    coven.publishes("allowed", "england.example")
    assert channels(asks(siward, LIST)) == [coven.jid]
    assert channels(asks(hag66, LIST)) == []
    coven.owner.forgets()
    assert channels(asks(coven.owner, LIST)) == [coven.jid]


@pytest.mark.req("MIX-CHL-03", "MIX-CRE-05")
def test_adhoc_channels_are_not_listed(stage: Service) -> None:
    """XEP-0369 §7.3.3: for nobody, not even for who made it."""
    hag66 = stage.person("hag66")
    hag66.sends(f"<iq type='set' id='c1'><create xmlns='{CORE}'/></iq>")
    hag66.forgets()
    assert channels(asks(hag66, LIST)) == []
    assert channels(asks(stage.person("hecate"), LIST)) == []


@pytest.mark.req("MIX-CHL-07")
def test_a_long_list_comes_in_pages(stage: Service) -> None:
    """XEP-0059 §3: each channel once, in a stable order."""
    scenes = [Scene(stage, f"act{number}") for number in range(5)]
    seen, after = list[str](), ""
    for _ in range(4):
        page = f"<set xmlns='http://jabber.org/protocol/rsm'><max>2</max>{after}</set>"
        answer = asks(
            scenes[0].owner, LIST.replace(f"<query xmlns='{ITEMS}'/>", f"<query xmlns='{ITEMS}'>{page}</query>")
        )
        found = channels(answer)
        if not found:
            break
        seen += found
        last = answer.find(".//{http://jabber.org/protocol/rsm}last")
        count = answer.find(".//{http://jabber.org/protocol/rsm}count")
        assert last is not None
        assert count is not None
        assert count.text == "5"
        after = f"<after>{last.text}</after>"
    assert sorted(seen) == sorted(scene.jid for scene in scenes)


@pytest.mark.req("MIX-CHI-01", "MIX-CHI-02", "MIX-CHI-03", "MIX-CHI-04", "MIX-CHI-05", "MIX-CHI-06", "MIX-CHI-11")
def test_a_channel_says_what_it_is(coven: Scene) -> None:
    """XEP-0369 §6.3, XEP-0408 §2: one thing with two names, with an archive, and ids it vouches for."""
    answer = asks(coven.people("hag66"), info())
    assert {("conference", "mix"), ("conference", "text")} == identities(answer)
    found = features(answer)
    assert {CORE, "urn:xmpp:mam:2", "urn:xmpp:mam:2#extended", "urn:xmpp:sid:0"} <= found
    assert {"http://jabber.org/protocol/muc", "urn:xmpp:occupant-id:0"} <= found
    assert not any("groupchat-field" in feature for feature in found)


@pytest.mark.req("MIX-CHI-15")
def test_a_channel_says_what_it_can(coven: Scene) -> None:
    """XEP-0404, XEP-0406, XEP-0403."""
    found = features(asks(coven.people("hag66"), info()))
    assert {"urn:xmpp:mix:anon:0", "urn:xmpp:mix:admin:0", "urn:xmpp:mix:presence:0"} <= found


@pytest.mark.req("MIX-CHI-08")
def test_a_channel_is_called_what_its_information_says(coven: Scene) -> None:
    """XEP-0369 §4.7.4."""
    coven.publishes_info(("Name", "Witches"))
    coven.owner.forgets()
    answer = asks(coven.people("hag66", joined=["hag66"]), info())
    names = {one.get("name") for one in answer.iter(f"{{{INFO}}}identity") if one.get("type") == "mix"}
    assert names == {"Witches"}


@pytest.mark.req("MIX-CHI-09")
def test_who_may_not_join_learns_nothing(coven: Scene) -> None:
    """XEP-0369 §6.3: the banned an error, strangers of an ad hoc channel that there is none."""
    hag66, macbeth = coven.people("hag66", "macbeth")
    coven.publishes("banned", "macbeth@shakespeare.example")
    macbeth.sends(info())
    macbeth.receives(failed("d1", "auth", "forbidden", echo="…"))
    hag66.sends(f"<iq type='set' id='c1' to='{{service}}'><create xmlns='{CORE}'/></iq>")
    hag66.receives(f"<iq type='result' id='c1' from='{{service}}'><create xmlns='{CORE}' channel='{{secret}}'/></iq>")
    macbeth.sends(info().replace("<iq", "<iq to='{secret}@{service}'"))
    macbeth.receives(
        f"<iq type='error' id='d1' from='{{secret}}@{{service}}'>…{error('cancel', 'item-not-found')}</iq>"
    )
    coven.people("crone1").forgets()
    coven.is_silent()


@pytest.mark.req("MIX-CHI-10")
def test_what_is_not_there_is_not_found(stage: Service) -> None:
    """XEP-0369 §5."""
    hag66 = stage.person("hag66")
    hag66.sends(info().replace("<iq", "<iq to='nosuch@{service}'"))
    hag66.receives(f"<iq type='error' id='d1' from='nosuch@{{service}}'>…{error('cancel', 'item-not-found')}</iq>")


@pytest.mark.req("MIX-CHI-12")
def test_the_node_mix_is_the_channel(coven: Scene) -> None:
    """XEP-0369 §6.4: the same answer, the node echoed."""
    hag66 = coven.people("hag66")
    plain, with_node = asks(hag66, info()), asks(hag66, info("mix"))
    assert features(with_node) >= {CORE, "urn:xmpp:mam:2"}
    assert features(plain) >= features(with_node)
    assert with_node[0].get("node") == "mix"


@pytest.mark.req("MIX-CHI-13")
def test_a_node_is_a_leaf(coven: Scene) -> None:
    """XEP-0060 §5.3: for those who may read it."""
    hag66 = coven.people("hag66", joined=["hag66"])
    assert ("pubsub", "leaf") in identities(asks(hag66, info("urn:xmpp:mix:nodes:info")))


@pytest.mark.req("MIX-CHI-16", "MIX-SVC-17")
def test_answers_are_stable_and_their_forms_typed(coven: Scene) -> None:
    """XEP-0115, XEP-0128 §2: the same question, the same answer; forms are results with a FORM_TYPE."""
    hag66 = coven.people("hag66", joined=["hag66"])
    first, second = asks(hag66, info()), asks(hag66, info())
    assert [(e.tag, e.attrib, e.text) for e in first[0].iter()] == [(e.tag, e.attrib, e.text) for e in second[0].iter()]
    forms = [*first.iter(DATA), *asks(hag66, SERVICE).iter(DATA)]
    assert forms
    assert all(form.get("type") == "result" and read_form(form).form_type for form in forms)


@pytest.mark.req("MIX-VIS-25")
@pytest.mark.parametrize(
    ("mode", "said"),
    [
        ("jid-hidden", "muc_semianonymous"),
        ("jid-optionally-visible", "muc_semianonymous"),
        ("jid-mandatory-visible", "muc_nonanonymous"),
    ],
)
def test_the_room_says_whether_it_shows_addresses(coven: Scene, mode: str, said: str) -> None:
    """XEP-0045 §6.4: non-anonymous only where all participants see all addresses."""
    coven.owner.sends(configure(("JID Visibility", mode)))
    coven.owner.forgets()
    found = features(asks(coven.people("hag66"), info()))
    assert found & {"muc_semianonymous", "muc_nonanonymous"} == {said}
