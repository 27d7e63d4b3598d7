"""Joining a channel for good (XEP-0369 §7.1.2)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.conversations.words import (
    ANON,
    CORE,
    MUC,
    PUBSUB,
    STANZAS,
    ask_items,
    configure,
    error,
    event,
    failed,
    form,
    items,
    join,
    joined,
    mapped,
    occupant_id,
    participant,
    presence,
)
from tests.stage import Scene, Service, room
from tests.stage.ranks import asks, item
from tests.stage.scene import node

PREFERENCE = "<field var='{name}' type='list-single' label='*'><value>{value}</value>…</field>"


def preferences(**effective: str) -> str:
    """The form of all preferences, with their values."""
    values = {"JID Visibility": "default", "Private Messages": "allow", "vCard": "block", "Presence": "share"}
    values |= {name.replace("_", " "): value for name, value in effective.items()}
    return (
        f"<x xmlns='jabber:x:data' type='result'><field var='FORM_TYPE' type='hidden'><value>{ANON}</value></field>"
        + "".join(PREFERENCE.format(name=name, value=value) for name, value in values.items())
        + "</x>"
    )


@pytest.mark.req("MIX-JOI-01", "MIX-JOI-06", "MIX-JOI-11", "MIX-JOI-12", "MIX-JOI-16", "MIX-JOI-17", "MIX-JOI-18")
def test_a_join_announces_a_nick_and_no_address(coven: Scene) -> None:
    """XEP-0404 §2.3: in a JID Hidden channel the participants node carries no <jid/>."""
    hag66, hecate = coven.people("hag66", "hecate", joined=["hecate"])

    hag66.account.sends(join("third witch", "messages", "participants"))

    hecate.receives(event("participants", participant("hag66", "third witch")))
    hag66.receives(
        event("participants", participant("hag66", "third witch")),
        joined("hag66", "third witch", "messages", "participants"),
    )
    hag66.account.sends(ask_items("participants"))
    hag66.receives(items("participants", participant("hecate", "moon"), participant("hag66", "third witch")))
    coven.is_silent()


@pytest.mark.req("MIX-JOI-17", "MIX-PAR-06")
def test_in_a_visible_channel_the_address_comes_with_it(services: Callable[..., Service]) -> None:
    """XEP-0369 §7.1.2: the bare JID, for all participants."""
    from mix.core.visibility import Mode

    coven = Scene(services(default_mode=Mode.VISIBLE), "coven")
    hag66, hecate = coven.people("hag66", "hecate", joined=["hecate"])
    hag66.phone.sends(join("third witch", "messages"))
    hecate.receives(event("participants", participant("hag66", "third witch", jid="{hag66}")))
    hag66.receives(joined("hag66", "third witch", "messages"))
    coven.is_silent()


@pytest.mark.req("MIX-JOI-02", "MIX-JOI-32", "MIX-JOI-37", "MIX-MAP-05")
@pytest.mark.parametrize("by", ["account", "phone"])
def test_the_account_joins_whoever_asks(coven: Scene, by: str) -> None:
    """XEP-0405 §2.7, MIX-DEC-015: the answer goes to the address that asked."""
    hag66 = coven.people("hag66")
    client = getattr(hag66, by)
    client.sends(join("third witch"))
    client.receives(joined("hag66", "third witch"))
    coven.owner.sends(ask_items("jidmap"))
    coven.owner.receives(items("jidmap", mapped("hag66")))
    coven.is_silent()


@pytest.mark.req("MIX-JOI-03", "MIX-JOI-04", "MIX-JOI-07")
def test_what_was_asked_for_is_what_comes(coven: Scene) -> None:
    """XEP-0369 §7.1.2: no node that was not asked for, and the result says which."""
    hag66, hecate = coven.people("hag66", "hecate")
    hag66.account.sends(join("third witch", "messages", "urn:example:unknown"))
    hag66.receives(joined("hag66", "third witch", "messages"))
    coven.joins(hecate, "moon")
    hag66.receives_nothing()
    hecate.sends("<message type='groupchat'><body>hail</body></message>")
    hag66.receives("<message type='groupchat'><body>hail</body>…</message>")
    hag66.receives_nothing()


@pytest.mark.req("MIX-JOI-05")
def test_one_can_join_for_nothing(coven: Scene) -> None:
    """XEP-0369 §7.1.2: without any node."""
    hag66, hecate = coven.people("hag66", "hecate", joined=["hecate"])
    hag66.account.sends(join("third witch"))
    hag66.receives(joined("hag66", "third witch"))
    hecate.receives(event("participants", participant("hag66", "third witch")))
    coven.is_silent()


@pytest.mark.req("MIX-JOI-08")
def test_some_nodes_are_enough(coven: Scene) -> None:
    """XEP-0369 §7.1.2: Kaidan asks for all ten and gets what there is (MIX-DEC-012)."""
    hag66 = coven.people("hag66")
    hag66.account.sends(join("third witch", "config", "jidmap", "messages", "allowed", "banned", "info"))
    hag66.receives(joined("hag66", "third witch", "messages", "info"))


@pytest.mark.req("MIX-JOI-09", "MIX-JOI-10")
def test_when_all_nodes_fail_the_join_does(coven: Scene) -> None:
    """XEP-0369 §7.1.2: for the first one's reason, and the others of that reason are named."""
    hag66, hecate = coven.people("hag66", "hecate", joined=["hecate"])
    hag66.account.sends(join("third witch", "config", "urn:example:unknown", "jidmap"))
    hag66.account.receives(failed("j1", "auth", "forbidden"))  # COMPAT: ejabberd's PAM wants nothing beside <error/>
    hag66.phone.sends(join("third witch", "config", "urn:example:unknown", "jidmap"))
    named = "".join(f"<subscribe node='{node(name)}'/>" for name in ("config", "jidmap"))
    hag66.phone.receives(failed("j1", "auth", "forbidden", echo=f"<join xmlns='{CORE}'>{named}</join>"))
    hecate.sends(ask_items("participants"))
    hecate.receives(items("participants", participant("hecate", "moon")))
    coven.is_silent()


@pytest.mark.req("MIX-JOI-13", "MIX-CFG-33")
def test_everybody_has_a_nick(coven: Scene) -> None:
    """XEP-0369 §7.1.2: mandatory unless the owner says otherwise, and never made from the address."""
    hag66, _hecate = coven.people("hag66", "hecate", joined=["hecate"])
    for wish in (join(None, "messages"), join("", "messages")):
        hag66.account.sends(wish)
        hag66.receives(failed("j1", "modify", "not-acceptable", echo="…"))
    coven.is_silent()


@pytest.mark.req("MIX-JOI-14", "MIX-NCK-03")
@pytest.mark.parametrize("nick", ["moon", " MOON "])
def test_a_taken_nick_keeps_out(coven: Scene, nick: str) -> None:
    """XEP-0369 §7.1.2."""
    hag66, hecate = coven.people("hag66", "hecate", joined=["hecate"])
    hag66.account.sends(join(nick, "messages"))
    hag66.receives(failed("j1", "cancel", "conflict", echo="…"))
    hecate.sends(ask_items("participants"))
    hecate.receives(items("participants", participant("hecate", "moon")))


@pytest.mark.req("MIX-JOI-15", "MIX-CFG-33")
def test_where_nicks_are_optional_one_can_go_without_if_seen(coven: Scene) -> None:
    """XEP-0369 §7.1.2, MIX-DEC-024: in a visible channel; where no JID is shown, a nick is given."""
    hag66, hecate = coven.people("hag66", "hecate")
    coven.owner.sends(configure(("Mandatory Nicks", "false")))
    hag66.account.sends(join(None, "messages"))
    hag66.receives(joined("hag66", "{given}", "messages"))
    coven.owner.sends(configure(("JID Visibility", "jid-mandatory-visible")))
    hecate.account.sends(join(None, "messages"))
    hecate.receives(joined("hecate", None, "messages"))
    hecate.account.sends(ask_items("participants", "<item id='{hecate.id}'/>"))
    hecate.receives(items("participants", participant("hecate", None, jid="{hecate}")))


@pytest.mark.req("MIX-JOI-19")
def test_who_joins_sees_who_is_there(coven: Scene) -> None:
    """XEP-0405 §2.9.3: a subscriber of presence is sent all of it, by encoded JIDs."""
    hag66, hecate = coven.people("hag66", "hecate", joined=["hecate"])
    hecate.sends("<presence><show>away</show></presence>")
    hecate.laptop.sends("<presence/>")
    coven.service.everybody_forgets()
    hag66.account.sends(join("third witch", "presence"))
    hag66.receives(joined("hag66", "third witch", "presence"))
    hag66.receives(presence("hecate", "<show>away</show>", nick="moon", tag="phone"))
    hag66.receives(presence("hecate", nick="moon", tag="laptop"))
    assert coven.service.known["phone"] != coven.service.known["laptop"]
    hag66.receives_nothing()


@pytest.mark.req("MIX-JOI-20", "MIX-JOI-21", "MIX-JOI-22")
def test_who_may_join(coven: Scene) -> None:
    """XEP-0406 §2.1-2.3: not the banned, where there is a list those on it, and always who runs the place."""
    hag66, macbeth, banquo, hecate = coven.people("hag66", "macbeth", "banquo", "hecate")
    coven.publishes("banned", macbeth.jid)
    macbeth.account.sends(join("thane"))
    macbeth.receives(failed("j1", "auth", "forbidden", echo="…"))
    coven.joins(hag66, "third witch")
    nodes = [("Nodes Present", name) for name in ("participants", "presence", "information", "allowed", "banned")]
    coven.owner.sends(configure(*nodes, ("Administrator", hecate.jid)))
    coven.publishes("allowed", banquo.jid, macbeth.jid)
    coven.service.everybody_forgets()
    for someone in (macbeth, hag66):
        someone.account.sends(join("thane"))
        someone.receives("<iq type='error' id='j1'>…</iq>")
    for someone, nick in ((banquo, "ghost"), (hecate, "moon"), (coven.people("crone1"), "first witch")):
        coven.joins(someone, nick)


@pytest.mark.req("MIX-JOI-23")
def test_there_has_to_be_a_channel(stage: Service) -> None:
    """XEP-0369 §5."""
    hag66 = stage.person("hag66")
    hag66.account.sends(join("third witch").replace("<iq", "<iq to='nosuch@{service}'"))
    hag66.receives(f"<iq type='error' id='j1' from='nosuch@{{service}}'>…{error('cancel', 'item-not-found')}</iq>")


@pytest.mark.req("MIX-JOI-24")
def test_joining_again_adds(coven: Scene) -> None:
    """MIX-DEC-016: the same id, more nodes, another nick and other preferences."""
    hag66, hecate = coven.people("hag66", "hecate", joined=["hag66", "hecate"])
    hag66.account.sends(join("first", "info", "messages", extra=form(("JID Visibility", "never"), form_type=ANON)))
    hag66.receives(joined("hag66", "first", "messages", "info", extra=preferences(JID_Visibility="never")))
    hecate.receives(event("participants", participant("hag66", "first")))
    hag66.account.sends(ask_items("participants"))
    hag66.receives(items("participants", participant("hag66", "first"), participant("hecate", "moon")))


@pytest.mark.req("MIX-JOI-25", "MIX-SPI-15", "MIX-SPI-03", "MIX-LEA-06")
def test_who_comes_back_is_who_they_were(coven: Scene) -> None:
    """XEP-0369 §4.6: the id is kept, and nobody else ever gets it."""
    hag66, hecate = coven.people("hag66", "hecate", joined=["hag66"])
    hag66.account.sends(f"<iq type='set' id='l1'><leave xmlns='{CORE}'/></iq>")
    coven.joins(hecate, "third witch")
    coven.joins(hag66, "another witch")
    assert hag66.id != hecate.id


@pytest.mark.req("MIX-JOI-26", "MIX-JOI-27", "MIX-JOI-29")
def test_preferences_can_come_with_it(coven: Scene) -> None:
    """XEP-0404 §3.1: stored, told with all others; unknown names are ignored, unknown values are not."""
    hag66 = coven.people("hag66")
    wishes = (("JID Visibility", "prefer visible"), ("Foo", "bar"))
    hag66.account.sends(join("third witch", "messages", extra=form(*wishes, form_type=ANON)))
    hag66.receives(joined("hag66", "third witch", "messages", extra=preferences(JID_Visibility="prefer visible")))
    hag66.account.sends(f"<iq type='get' id='p1'><user-preference xmlns='{ANON}'/></iq>")
    (answer,) = hag66.takes()
    assert [
        value.text
        for field in answer.iter("{jabber:x:data}field")
        if field.get("var") == "JID Visibility"
        for value in field.findall("{jabber:x:data}value")
    ] == ["prefer visible"]
    hecate = coven.people("hecate")
    hecate.account.sends(join("moon", extra=form(("JID Visibility", "foo"), form_type=ANON)))
    hecate.receives(failed("j1", "modify", "not-acceptable", echo="…"))


@pytest.mark.req("MIX-JOI-28", "MIX-VIS-11")
@pytest.mark.parametrize(("mode", "preference"), [("jid-mandatory-visible", "never"), ("jid-hidden", "always")])
def test_what_cannot_coexist_does_not_join(coven: Scene, mode: str, preference: str) -> None:
    """XEP-0404 §3.1."""
    hag66 = coven.people("hag66")
    coven.owner.sends(configure(("JID Visibility", mode)))
    coven.owner.forgets()
    hag66.account.sends(join("third witch", extra=form(("JID Visibility", preference), form_type=ANON)))
    hag66.receives(failed("j1", "modify", "not-acceptable", echo="…"))
    coven.owner.sends(ask_items("participants"))
    coven.owner.receives(items("participants"))


@pytest.mark.req("MIX-JOI-33", "MIX-JOI-38")
def test_everybody_is_told_before_who_asked(coven: Scene) -> None:
    """MIX-DEC-022: state, notification, result; and of two who want one nick the first gets it."""
    hag66, hecate = coven.people("hag66", "hecate")
    hag66.account.sends(join("witch", "participants"))
    hecate.account.sends(join("Witch", "participants"))
    hag66.receives(event("participants", participant("hag66", "witch")), joined("hag66", "witch", "participants"))
    hecate.receives(failed("j1", "cancel", "conflict", echo="…"))
    coven.is_silent()


@pytest.mark.req("MIX-JOI-34")
@pytest.mark.parametrize("xmlns", [ANON, "urn:xmpp:mix:misc:0", "urn:xmpp:mix:core:0"])
def test_a_join_of_another_namespace_is_one_too(coven: Scene, xmlns: str) -> None:
    """MIX-DEC-001, MIX-DEC-003: as the examples have it, answered as asked."""
    hag66 = coven.people("hag66")
    hag66.account.sends(join("third witch", "messages", xmlns=xmlns))
    hag66.receives(joined("hag66", "third witch", "messages", xmlns=xmlns))


@pytest.mark.req("MIX-JOI-03")
def test_nested_subscriptions_count(coven: Scene) -> None:
    """MIX-DEC-014: as slixmpp 1.17 writes them."""
    hag66 = coven.people("hag66")
    nested = f"<subscribe><subscribe node='{node('messages')}'/></subscribe>"
    hag66.account.sends(join("third witch", extra=nested))
    hag66.receives(joined("hag66", "third witch", "messages"))


@pytest.mark.req("MIX-JOI-35", "MIX-GEN-06")
def test_open_nodes_can_be_had_without_joining(coven: Scene) -> None:
    """XEP-0369 §7.1.2: by plain pubsub, where the owner opened them."""
    hag66, ross = coven.people("hag66", "ross", joined=["hag66"])
    coven.owner.sends(configure(("Messages Node Subscription", "anyone")))
    coven.service.everybody_forgets()
    ross.sends(
        f"<iq type='set' id='s1'><pubsub xmlns='{PUBSUB}'>"
        f"<subscribe node='{node('messages')}' jid='{{ross}}'/></pubsub></iq>"
    )
    ross.receives("<iq type='result' id='s1' from='{coven}'>…</iq>")
    hag66.sends("<message type='groupchat'><body>hail</body></message>")
    ross.receives("<message type='groupchat' from='{coven}/{hag66.id}'><body>hail</body>…</message>")


@pytest.mark.req("MIX-JOI-39")
def test_a_channel_can_be_full(services: Callable[..., Service]) -> None:
    """XEP-0369 §7.1.2: the operator's limit."""
    coven = Scene(services(max_participants=1), "coven")
    _hag66, hecate = coven.people("hag66", "hecate", joined=["hag66"])
    hecate.account.sends(join("moon"))
    (answer,) = hecate.takes()
    assert answer.get("type") == "error"
    assert {child.tag for child in answer.iter()} & {
        f"{{{STANZAS}}}resource-constraint",
        f"{{{STANZAS}}}service-unavailable",
    }


@pytest.mark.req("MIX-SPI-14", "MIX-SPI-06", "MIX-SPI-08", "MIX-SPI-13", "MUC-OCC-19")
def test_one_id_everywhere(coven: Scene) -> None:
    """XEP-0369 §4.6: in the join's result, participants, jidmap, presence, messages; and in the room."""
    hag66, hecate, pistol = coven.people("hag66", "hecate", "pistol", joined=["hecate"], entered=["pistol"])
    hag66.account.sends(join("third witch", "messages"))
    hag66.receives(joined("hag66", "third witch", "messages"))
    hecate.receives(event("participants", participant("hag66", "third witch")))
    coven.owner.sends(ask_items("jidmap", "<item id='{hag66.id}'/>"))
    coven.owner.receives(items("jidmap", mapped("hag66")))
    hag66.sends("<presence/>")
    hecate.receives(presence("hag66", nick="third witch"))
    hag66.sends("<message type='groupchat' id='m1'><body>hail</body></message>")
    hecate.receives("<message type='groupchat' from='{coven}/{hag66.id}'><body>hail</body>…</message>")
    pistol.receives(
        f"<presence from='{{coven}}/third witch'>{occupant_id('hag66')}…</presence>",
        f"<message type='groupchat' from='{{coven}}/third witch' id='m1'>{occupant_id('hag66')}…</message>",
    )
    hag66.laptop.sends(f"<presence to='{{coven}}/third witch'><x xmlns='{MUC}'/></presence>")
    hag66.laptop.receives(
        "<presence from='{coven}/third witch'><occupant-id xmlns='urn:xmpp:occupant-id:0' id='{hag66.id}'/>"
        f"<x xmlns='{MUC}#user'><status code='110'/>…</x></presence>"
    )


def test_nobody_joins_past_a_password(coven: Scene) -> None:
    """XEP-0045 §7.2.5: what keeps people out of the room keeps them out of the channel, and away from its nodes."""
    hag66, hecate, macbeth = coven.people("hag66", "hecate", "macbeth")
    room.configure(coven.owner, to=coven.jid, passwordprotectedroom="1", roomsecret="cauldron")
    coven.owner.sends(configure(("Messages Node Subscription", "allowed")))
    coven.owner.forgets()
    hag66.account.sends(join("third witch", "messages"))
    hag66.receives(failed("j1", "auth", "not-authorized"))
    hag66.phone.sends(
        f"<iq type='set' id='s1'><pubsub xmlns='{PUBSUB}'><subscribe node='{node('messages')}' jid='{{hag66}}'/>"
        "</pubsub></iq>"
    )
    hag66.receives(failed("s1", "auth", "not-authorized"))
    hecate.sends(f"<presence to='{{coven}}/moon'><x xmlns='{MUC}'><password>cauldron</password></x></presence>")
    hecate.forgets()
    coven.joins(hecate, "moon")
    asks(coven.owner, item(jid=macbeth.jid, affiliation="member"), to=coven.jid)
    coven.service.everybody_forgets()
    coven.joins(macbeth, "thane")
    coven.joins(coven.owner, "first witch")
