"""Halcyon: joins through the server with presence, and sends presence subscriptions that settle its roster."""

from __future__ import annotations

from tests.conversations.questions import NODE, NS, form_in, granted, items_of, pubsub, submit, the
from tests.conversations.words import CORE, presence
from tests.stage import Person, Scene

NODES = (*(f"{NODE}{name}" for name in ("messages", "presence", "participants", "info")), "urn:xmpp:avatar:metadata")


def halcyon_joins(person: Person, nick: str) -> str:
    """client-join as the server forwards it; the participant's id."""
    nodes = "".join(f"<subscribe node='{node}'/>" for node in NODES)
    answer = granted(person.account, f"<join xmlns='{CORE}'>{nodes}<nick>{nick}</nick></join>", id="a6d8-7")
    return the(answer, "mix:join").get("id", "")


def test_a_join_brings_presence_and_settles_the_roster(coven: Scene) -> None:
    """Everybody's presence comes with the subscription; subscribed and subscribe are answered once."""
    hecate, hag66 = coven.people("hecate", "hag66", joined=["hecate"])
    coven.comes_online(hecate.phone)
    assert halcyon_joins(hag66, "third witch")
    hag66.account.receives(presence("hecate", nick="moon"))
    coven.service.everybody_forgets()
    hag66.account.sends("<presence type='subscribed' to='{coven}'/>")
    hag66.account.sends("<presence type='subscribe' to='{coven}' id='s1'/>")
    hag66.account.receives("<presence type='subscribed' id='s1' from='{coven}'/>")
    hag66.account.sends("<presence type='unsubscribe' to='{coven}'/>")
    hag66.account.receives("<presence type='unsubscribed' from='{coven}'/>")
    assert len(items_of(hag66.phone, "participants")) == 2
    coven.is_silent()


def test_contacts_are_read_and_written_under_one_name(coven: Scene) -> None:
    """Halcyon reads Contacts and writes Contact: what it wrote is there under the name of the specification."""
    owner = coven.owner.phone
    form = submit(CORE, {"Contact": ["{crone1}"], "Contacts": ["{crone1}"]})
    granted(owner, pubsub(f"<publish node='{NODE}info'><item>{form}</item></publish>"))
    fields = form_in(items_of(owner, "info")[0])
    assert fields["Contact"] == ("jid-multi", [coven.owner.jid])
    assert "Contacts" not in fields


def test_history_comes_from_the_messages_node(coven: Scene) -> None:
    """In pages, the end said in `<fin/>`."""
    hag66 = coven.people("hag66")
    halcyon_joins(hag66, "third witch")
    for text in ("one", "two", "three"):
        hag66.phone.sends(f"<message type='groupchat' id='{text}' to='{{coven}}'><body>{text}</body></message>")
    hag66.forgets()
    found, after = [], ""
    for _ in range(2):
        page = f"<set xmlns='http://jabber.org/protocol/rsm'><max>2</max>{after}</set>"
        fin = granted(hag66.phone, f"<query xmlns='urn:xmpp:mam:2' node='{NODE}messages' queryid='q'>{page}</query>")
        results = [the(one, "mam:result") for one in hag66.phone.takes()]
        found += [the(one, "fwd:forwarded/c:message/c:body").text for one in results]
        after = f"<after>{results[-1].get('id')}</after>"
    assert found == ["one", "two", "three"]
    assert the(fin, "mam:fin").get("complete") == "true"
    assert fin.find("mam:fin", NS) is not None
