"""Messages to everybody (XEP-0369 §7.1.6)."""

from __future__ import annotations

from xml.etree.ElementTree import Element

import pytest

from tests.conversations.words import CORE, PUBSUB, ask_items, configure, error, items, mam, said, says
from tests.stage import Person, Scene
from tests.stage.scene import node


def archive(reader: Person) -> list[Element]:
    """All messages the archive has, as somebody gets them."""
    reader.forgets()
    reader.sends(mam())
    return [
        message
        for stanza in reader.takes()
        for message in stanza.iter("{jabber:client}message")
        if message is not stanza
    ]


def bodies(messages: list[Element]) -> list[str | None]:
    """What was said."""
    return [message.findtext("{jabber:client}body") for message in messages]


@pytest.mark.req(
    "MIX-MSG-01", "MIX-MSG-02", "MIX-MSG-03", "MIX-MSG-04", "MIX-MSG-05", "MIX-MSG-08", "MIX-MSG-10", "MIX-MSG-36"
)
def test_a_message_goes_to_every_subscriber(coven: Scene) -> None:
    """XEP-0369 §7.1.6: once each, from channel/id, under the archive's id, with the nick; the sender gets it too."""
    hag66, hecate, pistol = coven.people("hag66", "hecate", "pistol", joined=["hag66", "hecate"])
    coven.joins(pistol, "ancient", ["participants"])
    hag66.phone.sends(says("Harpier cries"))
    hecate.account.receives(said("hag66", "thirdwitch", "Harpier cries", id="{archived}"))
    hag66.receives(said("hag66", "thirdwitch", "Harpier cries", submission="m1", id="{archived}"))
    coven.is_silent()
    (kept,) = archive(hecate)
    assert kept.get("id") == coven.service.known["archived"] != "m1"


@pytest.mark.req("MIX-MSG-06", "MIX-MSG-07", "MIX-VIS-02", "MIX-VIS-04")
@pytest.mark.parametrize("mode", ["jid-hidden", "jid-mandatory-visible"])
def test_an_address_comes_with_it_only_where_it_is_shown(coven: Scene, mode: str) -> None:
    """XEP-0404 §2.3: the bare JID; a nick always."""
    hag66, hecate = coven.people("hag66", "hecate", joined=["hag66", "hecate"])
    coven.owner.sends(configure(("JID Visibility", mode)))
    coven.service.everybody_forgets()
    hag66.sends(says("hail"))
    hecate.receives(said("hag66", "thirdwitch", "hail", jid="{hag66}" if "visible" in mode else None))


@pytest.mark.req("MIX-MSG-09", "MIX-MSG-12", "MIX-MSG-22", "MIX-MSG-23", "MIX-GEN-09")
def test_what_it_carries_arrives_untouched(coven: Scene) -> None:
    """XEP-0369 §7.1.6: payloads are open; languages and other people's ids stay."""
    hag66, hecate = coven.people("hag66", "hecate", joined=["hag66", "hecate"])
    carried = (
        "<body xml:lang='de'>Heil</body>",
        "<origin-id xmlns='urn:xmpp:sid:0' id='o1'/>",
        "<stanza-id xmlns='urn:xmpp:sid:0' by='elsewhere.example' id='s1'/>",
        "<request xmlns='urn:xmpp:receipts'/>",
        "<markable xmlns='urn:xmpp:chat-markers:0'/>",
        "<reactions xmlns='urn:xmpp:reactions:0' id='m0'><reaction>\U0001f44d</reaction></reactions>",
        "<replace xmlns='urn:xmpp:message-correct:0' id='m0'/>",
        "<reference xmlns='urn:xmpp:reference:0' begin='0' end='4' type='mention'/>",
        "<encrypted xmlns='eu.siacs.conversations.axolotl'><header sid='1'><iv>AA==</iv></header></encrypted>",
        "<x xmlns='urn:example'><y a='&lt;&amp;&apos;'>  kept  </y>tail</x>",
    )
    hag66.sends(says("hail", *carried))
    hecate.receives(said("hag66", "thirdwitch", "hail", *carried))
    (kept,) = archive(hecate)
    assert kept.findtext("{urn:example}x/{urn:example}y") == "  kept  "
    assert kept.find("{urn:xmpp:sid:0}origin-id") is not None


@pytest.mark.req("MIX-MSG-11", "MIX-MSG-13", "MIX-MSG-32", "MIX-MSG-34")
def test_what_is_forged_does_not(coven: Scene) -> None:
    """XEP-0359 §3: what only the channel may say."""
    hag66, hecate = coven.people("hag66", "hecate", joined=["hag66", "hecate"])
    forged = (
        "<stanza-id xmlns='urn:xmpp:sid:0' by='{coven}' id='forged'/>",
        "<stanza-id xmlns='urn:xmpp:sid:0' by='COVEN@{service}' id='forged'/>",
        "<mix xmlns='urn:xmpp:mix:core:1'><nick>moon</nick><jid>{hecate}</jid></mix>",
        "<mix xmlns='urn:xmpp:mix:core:0'><nick>moon</nick></mix>",
        "<mix xmlns='urn:xmpp:mix:0'><nick>moon</nick></mix>",
        "<delay xmlns='urn:xmpp:delay' from='{coven}' stamp='2002-09-10T23:08:25Z'/>",
        "<occupant-id xmlns='urn:xmpp:occupant-id:0' id='forged'/>",
        "<addresses xmlns='http://jabber.org/protocol/address'><address type='ofrom' jid='{hag66.phone}'/></addresses>",
        "<x xmlns='http://jabber.org/protocol/muc#user'><status code='104'/></x>",
    )
    hag66.sends(says("hail", *forged))
    hecate.receives(said("hag66", "thirdwitch", "hail"))


@pytest.mark.req("MIX-MSG-15", "MIX-MSG-16")
def test_the_archive_keeps_who_said_it_and_to_nobody(coven: Scene) -> None:
    """XEP-0369 §7.1.6."""
    hag66, hecate = coven.people("hag66", "hecate", joined=["hag66", "hecate"])
    hag66.sends(says("hail"))
    (kept,) = archive(hecate)
    assert kept.get("to") is None
    assert kept.get("from") == f"{coven.jid}/{hag66.id}"
    assert kept.get("type") == "groupchat"
    assert kept.find(f".//{{{CORE}}}submission-id") is None


@pytest.mark.req("MIX-MSG-18", "MIX-GEN-13")
def test_the_messages_node_holds_no_items(coven: Scene) -> None:
    """XEP-0369 §4.7.2: the archive does."""
    hag66 = coven.people("hag66", joined=["hag66"])
    hag66.sends(says("hail"))
    hag66.forgets()
    hag66.sends(ask_items("messages"))
    hag66.receives(items("messages"))


@pytest.mark.req("MIX-MSG-19", "MIX-MSG-20")
def test_strangers_are_not_heard(coven: Scene) -> None:
    """XEP-0369 §5: an error under the sender's id, and nothing else."""
    hag66, ross = coven.people("hag66", "ross", joined=["hag66"])
    ross.sends(says("hail"))
    (answer,) = ross.takes()
    assert (answer.get("type"), answer.get("id"), answer.get("from")) == ("error", "m1", coven.jid)
    assert archive(hag66) == []
    coven.is_silent()


@pytest.mark.req("MIX-MSG-21")
def test_one_can_speak_without_listening(coven: Scene) -> None:
    """XEP-0369 §7.1.6."""
    hag66, hecate = coven.people("hag66", "hecate", joined=["hecate"])
    coven.joins(hag66, "third witch", [])
    hag66.sends(says("hail"))
    hecate.receives(said("hag66", "third witch", "hail"))
    coven.is_silent()


@pytest.mark.req("MIX-MSG-24")
def test_a_message_needs_no_id(coven: Scene) -> None:
    """MIX-DEC-033."""
    hag66, hecate = coven.people("hag66", "hecate", joined=["hag66", "hecate"])
    hag66.sends(says("hail", id=None))
    hecate.receives(said("hag66", "thirdwitch", "hail"))
    hag66.receives(said("hag66", "thirdwitch", "hail"))


@pytest.mark.req("MIX-MSG-25", "MUC-MSG-27", "MUC-PRES-33")
def test_everybody_hears_the_same_in_the_same_order(coven: Scene) -> None:
    """And the archive has it that way, too, on both faces."""
    hag66, hecate, pistol = coven.people("hag66", "hecate", "pistol", joined=["hag66", "hecate"], entered=["pistol"])
    coven.service.everybody_forgets()
    for number in range(12):
        (hag66, hecate, pistol)[number % 3].sends(says(str(number)))
    expected = [str(number) for number in range(12)]
    for someone in (hag66, hecate, pistol):
        assert bodies(someone.takes()) == expected
    assert bodies(archive(hecate)) == expected


@pytest.mark.req("MIX-MSG-26")
@pytest.mark.parametrize(
    "passing",
    [
        "<composing xmlns='http://jabber.org/protocol/chatstates'/>",
        "<body>psst</body><no-store xmlns='urn:xmpp:hints'/>",
    ],
)
def test_what_passes_is_not_kept(coven: Scene, passing: str) -> None:
    """XEP-0334, XEP-0313 §3: distributed, without stanza-id, and not in the archive."""
    hag66, hecate = coven.people("hag66", "hecate", joined=["hag66", "hecate"])
    hag66.sends(f"<message type='groupchat' id='m1'>{passing}</message>")
    hecate.receives(
        f"<message type='groupchat' from='{{coven}}/{{hag66.id}}'>{passing}"
        f"<mix xmlns='{CORE}'><nick>thirdwitch</nick></mix></message>"
    )
    assert archive(hecate) == []


@pytest.mark.req("MIX-MSG-27")
@pytest.mark.parametrize("type", ["chat", "normal"])
def test_only_groupchat_is_for_everybody(coven: Scene, type: str) -> None:
    """XEP-0369 §7.1.6: the rest is refused."""
    hag66, _hecate = coven.people("hag66", "hecate", joined=["hag66", "hecate"])
    hag66.sends(f"<message type='{type}' id='m1'><body>hail</body></message>")
    hag66.receives("<message type='error' id='m1' from='{coven}'>…</message>")
    coven.is_silent()


@pytest.mark.req("MIX-MSG-28")
def test_a_groupchat_message_is_for_the_channel_itself(coven: Scene) -> None:
    """XEP-0045 §7.4: not for channel/resource."""
    hag66, _hecate = coven.people("hag66", "hecate", joined=["hag66", "hecate"])
    hag66.sends("<message type='groupchat' id='m1' to='{coven}/moon'><body>hail</body></message>")
    hag66.receives(f"<message type='error' id='m1' from='{{coven}}/moon'>…{error('modify', 'bad-request')}</message>")
    coven.is_silent()


@pytest.mark.req("MIX-MSG-29")
def test_history_is_not_replayed(coven: Scene) -> None:
    """XEP-0369 §4.7.2: the archive is there for that."""
    hag66, hecate = coven.people("hag66", "hecate", joined=["hecate"])
    hecate.sends(says("long ago"))
    coven.service.everybody_forgets()
    hag66.account.sends(
        f"<iq type='set' id='j1'><join xmlns='{CORE}'><subscribe node='{node('messages')}'/><nick>x</nick></join></iq>"
    )
    (answer,) = hag66.takes()
    assert answer.tag == "{jabber:client}iq"


@pytest.mark.req("MIX-MSG-30", "MIX-VIS-24", "MUC-MSG-19", "MUC-EXIT-18")
def test_bounces_go_nowhere(coven: Scene) -> None:
    """XEP-0060 §12.4: never on to others, never answered, and nobody stops being a participant by them."""
    hag66, hecate = coven.people("hag66", "hecate", joined=["hag66", "hecate"])
    for client in (hecate.account, hecate.phone):
        for condition in ("service-unavailable", "item-not-found", "gone", "remote-server-not-found"):
            client.sends(
                f"<message type='error' id='x' to='{{coven}}/{{hag66.id}}'>{error('cancel', condition)}</message>"
            )
            client.sends(f"<message type='error' id='x'><body>hail</body>{error('cancel', condition)}</message>")
            client.sends(f"<presence type='error'>{error('cancel', condition)}</presence>")
            client.sends(f"<iq type='error' id='x'>{error('cancel', condition)}</iq>")
    coven.is_silent()
    hag66.sends(says("still there?"))
    hecate.receives("<message type='groupchat'>…<body>still there?</body></message>")


@pytest.mark.req("MIX-MSG-33")
def test_corrections_pass_and_the_archive_has_both(coven: Scene) -> None:
    """XEP-0308."""
    hag66, hecate = coven.people("hag66", "hecate", joined=["hag66", "hecate"])
    correction = "<replace xmlns='urn:xmpp:message-correct:0' id='m1'/>"
    hag66.sends(says("hale"))
    hag66.sends(says("hail", correction, id="m2"))
    hecate.receives(said("hag66", "thirdwitch", "hale"), said("hag66", "thirdwitch", "hail", correction))
    assert bodies(archive(hecate)) == ["hale", "hail"]


@pytest.mark.req("MIX-MSG-35", "MUC-MSG-32", "MUC-OCC-02")
def test_both_faces_hear_both(coven: Scene) -> None:
    """XEP-0408 §2: the same message in each one's words, under one archive id."""
    hag66, pistol = coven.people("hag66", "pistol", joined=["hag66"], entered=["pistol"])
    from tests.conversations.words import said_in_room

    hag66.sends(says("by mix"))
    pistol.receives(said_in_room("hag66", "thirdwitch", "by mix", stanza_id="{one}"))
    hag66.receives(said("hag66", "thirdwitch", "by mix", submission="m1", id="{one}"))
    pistol.sends(says("by room"))
    pistol.receives(said_in_room("pistol", "ancient", "by room", stanza_id="{two}"))
    hag66.receives(said("pistol", "ancient", "by room", id="{two}"))
    coven.is_silent()


def test_a_message_that_could_not_be_kept_was_not_said(coven: Scene) -> None:
    """What is reflected is on disk: storage fails, the sender is told, nobody hears it, and the next one works."""
    hag66, hecate = coven.people("hag66", "hecate", joined=["hag66", "hecate"])
    coven.service.recorder.failures = 1
    hag66.sends(says("lost"))
    hag66.receives(f"<message type='error' id='m1'>…{error('wait', 'internal-server-error')}</message>")
    coven.is_silent()
    hag66.sends(says("kept"))
    hecate.receives(said("hag66", "thirdwitch", "kept"))
    assert bodies(archive(hecate)) == ["kept"]


def test_publishing_to_the_messages_node_is_no_way_to_speak(coven: Scene) -> None:
    """XEP-0369 §4.7.2: the channel alone fills it."""
    hag66, _hecate = coven.people("hag66", "hecate", joined=["hag66", "hecate"])
    hag66.sends(
        f"<iq type='set' id='x'><pubsub xmlns='{PUBSUB}'><publish node='{node('messages')}'>"
        "<item><body xmlns='jabber:client'>hail</body></item></publish></pubsub></iq>"
    )
    hag66.receives("<iq type='error' id='x'>…</iq>")
    coven.is_silent()
