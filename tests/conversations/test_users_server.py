"""What the user's own server does for its user: it joins, hands messages on, bounces, leaves (XEP-0405)."""

from __future__ import annotations

from xml.etree.ElementTree import Element
from xml.sax.saxutils import unescape

import pytest

from tests.conversations.words import (
    CORE,
    LEAVE,
    LEFT,
    STANZA_ID,
    ask_items,
    event,
    failed,
    features,
    info,
    items,
    join,
    joined,
    mam,
    participant,
    presence,
    retracted,
    said,
    says,
    setnick,
)
from tests.stage import Scene

TO_SERVERS = "<mix xmlns=''/>"
"""What ejabberd's mod_mix_pam wants to see beside the real `<mix/>`."""


def bounce(condition: str = "service-unavailable", *, sender: str = "hecate", id: str = "x") -> str:
    """An error for a copy of what somebody said."""
    return (
        f"<message type='error' id='{id}' to='{{coven}}/{{{sender}.id}}'><error type='cancel'>"
        f"<{condition} xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>"
    )


def copy_at_account(who: str, nick: str, text: str, submission: str | None = None) -> str:
    """A message as it goes to an account whose clients are unknown."""
    own = f"<submission-id>{submission}</submission-id>" if submission else ""
    return (
        f"<message type='groupchat' from='{{coven}}/{{{who}.id}}' id='*'><body>{text}</body>"
        f"<mix xmlns='{CORE}'><nick>{nick}</nick>{own}</mix>{TO_SERVERS}{STANZA_ID}</message>"
    )


@pytest.mark.req("MIX-PAM-04")
def test_only_copies_to_accounts_are_marked_for_servers(coven: Scene) -> None:
    """Before any client is known the account is told, in the way its server passes on; afterwards its clients."""
    hag66, hecate = coven.people("hag66", "hecate", joined=["hag66", "hecate"])
    hecate.sends(says("hail", id="h1"))
    hag66.account.receives(copy_at_account("hecate", "moon", "hail"))
    hecate.account.receives(copy_at_account("hecate", "moon", "hail", submission="h1"))
    coven.is_silent()
    for client in (hag66.phone, hag66.laptop, hecate.phone):
        coven.comes_online(client)
    hecate.sends(says("hail again", id="h2"))
    for client in (hag66.phone, hag66.laptop):
        client.receives(said("hecate", "moon", "hail again"))
    hecate.phone.receives(said("hecate", "moon", "hail again", submission="h2"))
    coven.is_silent()


def test_accounts_and_clients_of_one_audience_get_the_same_message(coven: Scene) -> None:
    """The id in the archive is one, however people are reached."""
    hag66, hecate, macbeth = coven.people("hag66", "hecate", "macbeth", joined=["hag66", "hecate", "macbeth"])
    coven.comes_online(hag66.phone)
    coven.comes_online(hecate.phone)
    hecate.sends(says("hail"))
    copies = [*hag66.phone.takes(), *macbeth.account.takes()]
    assert len({copy.get("id") for copy in copies}) == 1
    assert [copy.find("mix") is not None for copy in copies] == [False, True]


@pytest.mark.req("MIX-PAM-01", "MIX-PAM-09", "MIX-PAM-10", "MIX-PAM-12")
@pytest.mark.parametrize("id", ["rr-1795-64498964", "a/b=c:d;(e)&amp;~", "x" * 500])
def test_joins_and_leaves_come_from_accounts(coven: Scene, id: str) -> None:
    """Answered to the account, with the id as it came, the participant's id, and the join as the only child."""
    hag66 = coven.people("hag66")
    hag66.account.sends(join("third witch", "messages").replace("id='j1'", f"id='{id}'"))
    (answer,) = hag66.account.takes()
    assert (answer.get("id"), answer.get("from")) == (unescape(id), "coven@mix.shakespeare.example")
    (only,) = answer
    assert only.tag == f"{{{CORE}}}join"
    assert only.get("id")
    hag66.account.sends(LEAVE.replace("id='l1'", f"id='{id}'"))
    (answer,) = hag66.account.takes()
    assert (answer.get("id"), [child.tag for child in answer]) == (unescape(id), [f"{{{CORE}}}leave"])
    coven.is_silent()


@pytest.mark.req("MIX-PAM-02")
def test_everything_else_comes_from_clients(coven: Scene) -> None:
    """And is answered to the client that asked."""
    hag66 = coven.people("hag66", joined=["hag66"])
    for request in (
        setnick("old witch"),
        f"<iq type='set' id='u1'><update-subscription xmlns='{CORE}'/></iq>",
        "<iq type='get' id='p1'><user-preference xmlns='urn:xmpp:mix:anon:0'/></iq>",
        ask_items("participants"),
        mam(),
    ):
        hag66.laptop.sends(request)
        hag66.laptop.receives("<iq type='result'>…</iq>")
    hag66.account.never_receives("<iq type='result'>…</iq>")


@pytest.mark.req("MIX-PAM-05", "MIX-PAM-06")
def test_presence_is_taken_and_never_asked_for(coven: Scene) -> None:
    """Neither probe nor subscription goes out, whether somebody shares presence or not."""
    hag66, hecate = coven.people("hag66", "hecate", joined=["hecate"])
    hag66.account.sends(join("thirdwitch", "messages", "presence"))
    hag66.account.receives(joined("hag66", "thirdwitch", "messages", "presence"))
    hecate.forgets()
    hag66.sends("<presence><show>away</show></presence>")
    hecate.account.receives(presence("hag66", "<show>away</show>", nick="thirdwitch"))
    hag66.phone.receives(presence("hag66", "<show>away</show>", nick="thirdwitch"))
    coven.is_silent()


@pytest.mark.req("MIX-PAM-07", "MIX-PAM-08")
def test_presence_of_an_account_asks_for_everybodys(coven: Scene) -> None:
    """As often as it is asked for."""
    hag66, hecate = coven.people("hag66", "hecate", joined=["hag66", "hecate"])
    coven.comes_online(hecate.phone)
    for _ in range(2):
        hag66.account.sends("<presence/>")
        hag66.account.receives(presence("hecate", nick="moon"))
    coven.is_silent()


@pytest.mark.req("MIX-PAM-13")
def test_what_a_server_drops_from_a_join_can_be_said_later(coven: Scene) -> None:
    """Preferences: by a direct join over the one through the server, or afterwards."""
    hag66 = coven.people("hag66", joined=["hag66"])
    form = (
        "<x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE'><value>urn:xmpp:mix:anon:0</value></field>"
        "<field var='JID Visibility'><value>never</value></field></x>"
    )
    hag66.phone.sends(join(None, extra=form))
    (answer,) = hag66.phone.takes()
    assert "never" in list(answer.itertext())
    hag66.laptop.sends("<iq type='get' id='p1'><user-preference xmlns='urn:xmpp:mix:anon:0'/></iq>")
    (answer,) = hag66.laptop.takes()
    assert "never" in list(answer.itertext())


@pytest.mark.req("MIX-PAM-14")
def test_leaving_is_never_blocked(coven: Scene) -> None:
    """Not for who is banned, and not for who was never in."""
    macbeth = coven.people("macbeth", joined=["macbeth"])
    coven.publishes("banned", macbeth.jid)
    coven.service.everybody_forgets()
    macbeth.account.sends(LEAVE)
    macbeth.account.receives(LEFT)


@pytest.mark.parametrize(
    ("wish", "type", "condition"),
    [
        (join("moon"), "cancel", "conflict"),
        (join("third witch", "no-such-node"), "cancel", "item-not-found"),
        (join("x" * 2000), "modify", "not-acceptable"),
    ],
)
def test_what_servers_are_refused_is_an_error_and_nothing_else(
    coven: Scene, wish: str, type: str, condition: str
) -> None:
    """COMPAT: ejabberd's mod_mix_pam crashes on an echo, and its client waits for ever."""
    hag66, _ = coven.people("hag66", "hecate", joined=["hecate"])
    hag66.account.sends(wish)
    hag66.account.receives(failed("j1", type, condition))
    coven.is_silent()


@pytest.mark.req("MIX-PAM-11")
def test_clients_get_their_join_back_with_the_error(coven: Scene) -> None:
    """So that whoever asked finds its request again (MIX-DEC-018)."""
    hag66, _ = coven.people("hag66", "hecate", joined=["hecate"])
    hag66.phone.sends(join("moon"))
    hag66.phone.receives(failed("j1", "cancel", "conflict", f"<join xmlns='{CORE}'><nick>moon</nick></join>"))


@pytest.mark.req("MIX-PAM-15", "MIX-VIS-24")
@pytest.mark.parametrize("condition", ["service-unavailable", "remote-server-not-found", "gone", "item-not-found"])
def test_a_bounce_from_an_account_changes_nothing(coven: Scene, condition: str) -> None:
    """XEP-0405 §2.2: a server without PAM; its user is a participant all the same, and nobody hears of it."""
    hag66, hecate = coven.people("hag66", "hecate", joined=["hag66", "hecate"])
    for _ in range(3):
        hag66.account.sends(bounce(condition))
    coven.is_silent()
    assert coven.service.tally.bounces == {condition: 3}
    hecate.phone.sends(ask_items("participants"))
    hecate.phone.receives(items("participants", participant("hag66", "thirdwitch"), participant("hecate", "moon")))
    coven.comes_online(hag66.phone)
    coven.service.everybody_forgets()
    hecate.phone.sends(says("hail"))
    hag66.phone.receives(said("hecate", "moon", "hail"))
    hag66.account.receives_nothing()


@pytest.mark.req("MIX-PAM-15")
def test_where_the_server_sends_back_clients_are_told_themselves(coven: Scene) -> None:
    """XEP-0405 §2.2: it has joined for its user and hands nothing on all the same; the client that spoke is known."""
    hag66, hecate = coven.people("hag66", "hecate", joined=["hag66", "hecate"])
    hag66.phone.sends(says("hail", id="h1"))
    hag66.account.receives(copy_at_account("hag66", "thirdwitch", "hail", submission="h1"))
    hag66.account.sends(bounce(sender="hag66"))
    coven.service.everybody_forgets()
    hecate.phone.sends(says("hail to thee"))
    hag66.phone.receives(said("hecate", "moon", "hail to thee"))
    hag66.account.receives_nothing()


def test_a_bounce_from_a_client_ends_its_visit_only(coven: Scene) -> None:
    """The others of its owner are told further, and the owner stays."""
    hag66, hecate = coven.people("hag66", "hecate", joined=["hag66", "hecate"])
    coven.comes_online(hag66.phone)
    coven.comes_online(hag66.laptop)
    hag66.phone.sends(bounce())
    hecate.account.receives(presence("hag66", nick="", type="unavailable"))
    hag66.forgets()
    hecate.phone.sends(says("hail"))
    hag66.laptop.receives(said("hecate", "moon", "hail"))
    hag66.laptop.sends(bounce())
    coven.service.everybody_forgets()
    hecate.phone.sends(says("hail again"))
    hag66.account.receives(copy_at_account("hecate", "moon", "hail again"))


@pytest.mark.req("MIX-PAM-16", "MIX-PUB-30")
def test_events_come_as_headlines(coven: Scene) -> None:
    """Servers deliver them to an account by the ordinary rules, and store none."""
    hag66, hecate = coven.people("hag66", "hecate", joined=["hag66", "hecate"])
    hecate.account.sends(LEAVE)
    hag66.account.receives(event("participants", retracted("hecate")))


@pytest.mark.req("MIX-PAM-17")
def test_a_copy_can_be_archived_as_it_is(coven: Scene) -> None:
    """One id for all: the stanza's, the stanza-id's, the archive's."""
    hag66, hecate = coven.people("hag66", "hecate", joined=["hag66", "hecate"])
    hecate.sends(says("hail"))
    (copy,) = hag66.account.takes()
    hecate.forgets()
    hag66.sends(mam())
    found, _ = hag66.phone.takes()
    assert found.find("{urn:xmpp:mam:2}result").get("id") == copy.get("id")
    assert copy.find("{urn:xmpp:sid:0}stanza-id").get("id") == copy.get("id")


@pytest.mark.req("MIX-PAM-19")
def test_anybody_may_join_whose_account_has_never_been_heard_of(coven: Scene) -> None:
    """XEP-0369 §6.7: nothing is asked of them or their server first."""
    ariel = coven.people("ariel", domain="tempest.example")
    ariel.account.sends(join("spirit", "messages"))
    ariel.account.receives(joined("ariel", "spirit", "messages"))
    coven.is_silent()


@pytest.mark.req("MIX-PAM-20")
@pytest.mark.parametrize("to", ["{service}", "{coven}"])
def test_the_service_is_nobodys_server(coven: Scene, to: str) -> None:
    """XEP-0405 §2.4: neither the service nor a channel says that it does PAM."""
    hag66 = coven.people("hag66")
    hag66.sends(info().replace("<iq ", f"<iq to='{to}' "))
    (answer,) = hag66.phone.takes()
    assert not [feature for feature in features(answer) if feature.startswith("urn:xmpp:mix:pam")]


@pytest.mark.req("MIX-PAM-21")
@pytest.mark.parametrize("to", ["{service}", "{coven}"])
@pytest.mark.parametrize("wish", ["client-join", "client-leave"])
def test_wishes_for_the_users_server_are_not_ours(coven: Scene, to: str, wish: str) -> None:
    """They are refused, and nobody has joined."""
    hag66 = coven.people("hag66")
    hag66.sends(
        f"<iq type='set' id='j1' to='{to}'><{wish} xmlns='urn:xmpp:mix:pam:2' channel='{{coven}}'>"
        f"<join xmlns='{CORE}'><nick>third witch</nick></join></{wish}></iq>"
    )
    (answer,) = hag66.phone.takes()
    assert _condition(answer) in ("feature-not-implemented", "bad-request", "service-unavailable")
    assert not coven.channel.participants


def _condition(answer: Element) -> str:
    found = answer.find("{jabber:client}error")
    assert found is not None
    return found[0].tag.rpartition("}")[2]
