"""Whatever comes in, every request gets exactly one answer, and never `internal-server-error`."""

from __future__ import annotations

from collections.abc import Callable
from xml.etree.ElementTree import Element, SubElement, tostring

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.stage import Scene, Service

NAMESPACES = (
    "urn:xmpp:mix:core:1",
    "urn:xmpp:mix:core:0",
    "urn:xmpp:mix:anon:0",
    "urn:xmpp:mix:misc:0",
    "http://jabber.org/protocol/pubsub",
    "http://jabber.org/protocol/pubsub#owner",
    "http://jabber.org/protocol/disco#info",
    "http://jabber.org/protocol/disco#items",
    "http://jabber.org/protocol/rsm",
    "urn:xmpp:mam:2",
    "jabber:x:data",
    "urn:nonsense",
)
NAMES = (
    "join", "leave", "setnick", "update-subscription", "create", "destroy", "user-preference", "pubsub", "items",
    "item", "publish", "retract", "subscribe", "unsubscribe", "subscriptions", "affiliations", "options", "purge",
    "delete", "configure", "query", "metadata", "set", "max", "before", "after", "x", "field", "value", "nick", "mix",
)  # fmt: skip
NODES = (
    *(f"urn:xmpp:mix:nodes:{name}" for name in
      ("messages", "participants", "presence", "jidmap", "info", "information", "config", "allowed", "banned")),
    "urn:xmpp:avatar:data", "mix", "nonsense", "",
)  # fmt: skip
TEXTS = (
    "", " ", "-1", "0", "1", "99999999999999999999", "²", "crone1@shakespeare.example", "@", "a@b@c", "x" * 2000,
    "shakespeare.example", "never", "true", "jid-visible", "2020-01-01T00:00:00Z", "9999-99-99", "urn:xmpp:mam:2",
    "urn:xmpp:mix:admin:0", "urn:xmpp:mix:core:1", "urn:xmpp:mix:anon:0", "third witch", "\N{ZERO WIDTH SPACE}",
)  # fmt: skip
VARS = (
    "FORM_TYPE", "JID Visibility", "Owner", "Administrator", "End of Life", "Nodes Present", "Name", "Contact",
    "Private Messages", "No Private Messages", "Presence", "start", "with", "ids", "before-id", "Foo", "",
)  # fmt: skip
ATTRIBUTES = {
    "node": st.sampled_from(NODES),
    "jid": st.sampled_from(("hag66@shakespeare.example", "crone1@shakespeare.example", "@", "")),
    "id": st.sampled_from(TEXTS),
    "var": st.sampled_from(VARS),
    "type": st.sampled_from(("submit", "form", "cancel", "")),
    "max_items": st.sampled_from(("0", "1", "-1", "²", "many")),
    "channel": st.sampled_from(("", "coven", "a#b", "a@b", "a/b", "a b", "Coven2", "x" * 1100, "\\23", "a\\23b")),
}


@st.composite
def elements(draw: st.DrawFn, depth: int = 3) -> Element:
    made = Element(f"{{{draw(st.sampled_from(NAMESPACES))}}}{draw(st.sampled_from(NAMES))}")
    _fill(draw, made, depth)
    return made


def _fill(draw: st.DrawFn, made: Element, depth: int) -> None:
    for name in draw(st.lists(st.sampled_from(sorted(ATTRIBUTES)), max_size=3, unique=True)):
        made.set(name, draw(ATTRIBUTES[name]))
    made.text = draw(st.sampled_from(TEXTS))
    for _ in range(draw(st.integers(0, 2)) if depth else 0):
        # Mostly a plausible child: one of the same namespace, or a form.
        namespace = draw(st.sampled_from((made.tag[1:].partition("}")[0], "jabber:x:data", *NAMESPACES)))
        child = SubElement(made, f"{{{namespace}}}{draw(st.sampled_from(NAMES))}")
        _fill(draw, child, depth - 1)


@pytest.fixture(scope="module", params=[("mix.face",), ("mix.face", "muccompat")], ids=["alone", "both"])
def scene(request: pytest.FixtureRequest) -> Scene:
    service = Service(faces=request.param)
    made = Scene(service, "coven")
    made.people("hag66", "hecate", "ariel")
    return made


@pytest.mark.req("MIX-ERR-01")
@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    request_xml=elements(),
    kind=st.sampled_from(("get", "set")),
    to=st.sampled_from(("coven", "nowhere", "", "coven/nobody", "someone#coven")),
    who=st.sampled_from(("hag66", "crone1", "hecate")),
)
def test_every_request_gets_exactly_one_answer(
    scene: Scene, request_xml: Element, kind: str, to: str, who: str
) -> None:
    local, slash, resource = to.partition("/")
    address = f"{local}@{scene.service.domain}{slash}{resource}" if local else scene.service.domain
    someone = scene.service.person(who)
    scene.service.everybody_forgets()
    scene.service.take(
        someone.phone.jid,
        f"<iq type='{kind}' id='q'>{_inert(tostring(request_xml, encoding='unicode'))}</iq>",
        to=address,
    )
    answers = [one for one in someone.takes() if one.tag.endswith("}iq") and one.get("id") == "q"]
    assert len(answers) == 1
    assert "internal-server-error" not in tostring(answers[0], encoding="unicode")


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    children=st.lists(elements(depth=2), max_size=3),
    stanza=st.sampled_from(("message", "presence")),
    kind=st.sampled_from(("", "groupchat", "chat", "error", "headline", "unavailable", "probe", "subscribe", "odd")),
    to=st.sampled_from(("coven", "nowhere", "", "coven/nobody", "someone#coven")),
    sender=st.sampled_from(("/phone", "")),
)
def test_no_message_or_presence_breaks_a_turn(
    scene: Scene, children: list[Element], stanza: str, kind: str, to: str, sender: str
) -> None:
    local, slash, resource = to.partition("/")
    address = f"{local}@{scene.service.domain}{slash}{resource}" if local else scene.service.domain
    someone = scene.service.person("ariel")
    scene.service.everybody_forgets()
    inner = "".join(_inert(tostring(child, encoding="unicode")) for child in children)
    scene.service.take(
        someone.phone.jid if sender else someone.jid, f"<{stanza} type='{kind}' id='s'>{inner}</{stanza}>", to=address
    )
    answers = [tostring(one, encoding="unicode") for one in someone.takes()]
    assert not [answer for answer in answers if "internal-server-error" in answer]


def _inert(xml: str) -> str:
    """XML in which the stage finds nothing to fill in."""
    return xml.replace("{", "").replace("}", "")


def test_a_stranger_learns_nothing_of_a_channel_made_ad_hoc(services: Callable[..., Service]) -> None:
    """MIX-ERR-12: what is secret answers like what is not there."""
    service = services(faces=("mix.face",))
    hag66, ariel = service.person("hag66"), service.person("ariel")
    hag66.sends("<iq type='set' id='c'><create xmlns='urn:xmpp:mix:core:1'/></iq>")
    hag66.receives(
        "<iq type='result' id='c' from='{service}'><create xmlns='urn:xmpp:mix:core:1' channel='{secret}'/></iq>"
    )
    for request in (
        "<query xmlns='http://jabber.org/protocol/disco#info'/>",
        "<query xmlns='http://jabber.org/protocol/disco#items' node='mix'/>",
        "<metadata xmlns='urn:xmpp:mam:2'/>",
        "<pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='urn:xmpp:mix:nodes:info'/></pubsub>",
    ):
        answers = []
        for name in (service.known["secret"], "nothing-of-the-kind"):
            ariel.sends(f"<iq type='get' id='q' to='{name}@{{service}}'>{request}</iq>")
            [answer] = ariel.takes()
            answers.append(tostring(answer, encoding="unicode").replace(str(name), ""))
        assert answers[0] == answers[1]
        assert "item-not-found" in answers[0]
