"""The participants node (XEP-0369 §4.7.3)."""

from __future__ import annotations

import pytest

from tests.conversations.words import (
    LEAVE,
    PUBSUB,
    ask_items,
    configure,
    event,
    failed,
    items,
    join,
    participant,
    prefer,
    retracted,
    setnick,
)
from tests.stage import Scene
from tests.stage.scene import node


@pytest.mark.req("MIX-PAR-01", "MIX-PAR-02", "MIX-PAR-08", "MIX-PAR-11", "MIX-PAR-15")
def test_one_item_a_person(coven: Scene) -> None:
    """XEP-0369 §6.6: by id, all or some of them, for those who may read; an event tells the same."""
    hag66, hecate, ross = coven.people("hag66", "hecate", "ross", joined=["hag66", "hecate"])
    hag66.sends(ask_items("participants"))
    hag66.receives(items("participants", participant("hag66", "thirdwitch"), participant("hecate", "moon")))
    hag66.sends(ask_items("participants", "<item id='{hecate.id}'/>"))
    hag66.receives(items("participants", participant("hecate", "moon")))
    hecate.sends(setnick("queen"))
    hag66.receives(event("participants", participant("hecate", "queen")))
    ross.sends(ask_items("participants"))
    ross.receives(failed("i1", "auth", "forbidden", echo="…"))


@pytest.mark.req("MIX-PAR-03", "MIX-PAR-04", "MIX-SPI-09")
@pytest.mark.parametrize("reader", ["hecate", "crone1"])
def test_in_a_hidden_channel_nobody_reads_addresses_there(coven: Scene, reader: str) -> None:
    """XEP-0404 §2.3: whatever the reader's rank; there is the jidmap for that."""
    people = dict(zip(("hag66", "hecate", "crone1"), coven.people("hag66", "hecate", "crone1"), strict=True))
    coven.joins(people["hag66"], "third witch", preferences={"JID Visibility": "prefer visible"})
    coven.joins(people["hecate"], "moon")
    people[reader].sends(ask_items("participants"))
    people[reader].receives(items("participants", participant("hag66", "third witch"), participant("hecate", "moon")))


@pytest.mark.req("MIX-PAR-05")
def test_in_a_maybe_visible_channel_each_decides(coven: Scene) -> None:
    """XEP-0404 §2.3: shown for always and prefer visible, for nobody else."""
    coven.owner.sends(configure(("JID Visibility", "jid-optionally-visible")))
    wishes = {
        "hag66": "always",
        "hecate": "prefer visible",
        "pistol": "default",
        "banquo": "prefer not",
        "ariel": "never",
    }
    people = coven.people(*wishes)
    for someone in people:
        coven.joins(someone, f"nick {wishes[someone.name]}", preferences={"JID Visibility": wishes[someone.name]})
    expected = [
        participant(name, f"nick {wish}", jid=f"{{{name}}}" if wish in ("always", "prefer visible") else None)
        for name, wish in wishes.items()
    ]
    for reader in people:
        reader.sends(ask_items("participants"))
        reader.receives(items("participants", *expected))


@pytest.mark.req("MIX-PAR-07")
@pytest.mark.parametrize(
    "action",
    [
        "<publish node='{node}'><item id='x'><participant xmlns='urn:xmpp:mix:core:1'/></item></publish>",
        "<retract node='{node}'><item id='{{hag66.id}}'/></retract>",
    ],
)
@pytest.mark.parametrize("name", ["participants", "jidmap"])
def test_nobody_writes_there(coven: Scene, action: str, name: str) -> None:
    """XEP-0369 §4.7.3: the channel alone fills it, and nobody else, not even its owner."""
    hag66 = coven.people("hag66", joined=["hag66"])
    for someone in (coven.owner, hag66):
        someone.sends(f"<iq type='set' id='x'><pubsub xmlns='{PUBSUB}'>{action.format(node=node(name))}</pubsub></iq>")
        someone.receives("<iq type='error' id='x'>…</iq>")
    hag66.sends(ask_items("participants"))
    hag66.receives(items("participants", participant("hag66", "thirdwitch")))
    coven.is_silent()


@pytest.mark.req("MIX-PAR-07", "MIX-MAP-06")
@pytest.mark.parametrize("name", ["participants", "jidmap"])
@pytest.mark.parametrize("action", ["purge", "delete"])
def test_nobody_clears_it(coven: Scene, name: str, action: str) -> None:
    """XEP-0060 §8."""
    hag66 = coven.people("hag66", joined=["hag66"])
    coven.owner.sends(
        f"<iq type='set' id='x'><pubsub xmlns='{PUBSUB}#owner'><{action} node='{node(name)}'/></pubsub></iq>"
    )
    coven.owner.receives("<iq type='error' id='x'>…</iq>")
    hag66.sends(ask_items("participants"))
    hag66.receives(items("participants", participant("hag66", "thirdwitch")))


@pytest.mark.req("MIX-PAR-09")
def test_subscribers_hear_of_everything(coven: Scene) -> None:
    """XEP-0369 §4.7.3: join, nick, visibility, leave."""
    hag66, hecate = coven.people("hag66", "hecate", joined=["hecate"])
    coven.owner.sends(configure(("JID Visibility", "jid-optionally-visible")))
    coven.service.everybody_forgets()
    hag66.account.sends(join("third witch"))
    hag66.account.sends(setnick("old witch"))
    hag66.account.sends(prefer(("JID Visibility", "always")))
    hag66.account.sends(LEAVE)
    hecate.receives(
        event("participants", participant("hag66", "third witch")),
        event("participants", participant("hag66", "old witch")),
        event("participants", participant("hag66", "old witch", jid="{hag66}")),
        event("participants", retracted("hag66")),
    )
    hecate.receives_nothing()


@pytest.mark.req("MIX-PAR-12")
def test_a_long_list_comes_in_pages(coven: Scene) -> None:
    """XEP-0060 §6.5.4, XEP-0059."""
    rsm = "http://jabber.org/protocol/rsm"
    hag66, *_ = coven.people("hag66", "hecate", "pistol", joined=["hag66", "hecate", "pistol"])
    seen, after = list[str](), ""
    for _ in range(3):
        hag66.sends(
            f"<iq type='get' id='i1'><pubsub xmlns='{PUBSUB}'><items node='{node('participants')}'/>"
            f"<set xmlns='{rsm}'><max>1</max>{after}</set></pubsub></iq>"
        )
        (answer,) = hag66.takes()
        (found,) = answer.iter(f"{{{PUBSUB}}}item")
        seen.append(found.get("id", ""))
        assert answer.findtext(f".//{{{rsm}}}count") == "3"
        after = f"<after>{answer.findtext(f'.//{{{rsm}}}last')}</after>"
    assert seen == list(coven.channel.participants)


@pytest.mark.req("MIX-PAR-13")
@pytest.mark.parametrize("circle", ["participants", "allowed", "nobody", "admins", "owners", "anyone"])
def test_who_may_read_is_the_owners_word(coven: Scene, circle: str) -> None:
    """XEP-0406 §2.4: each of the six values."""
    hag66, macbeth, ross, hecate = coven.people("hag66", "macbeth", "ross", "hecate", joined=["hag66"])
    coven.publishes("banned", macbeth.jid)
    coven.owner.sends(configure(("Participants Node Subscription", circle), ("Administrator", hecate.jid)))
    coven.service.everybody_forgets()
    ranks = {"macbeth": macbeth, "ross": ross, "hag66": hag66, "hecate": hecate, "crone1": coven.owner}
    least = {"anyone": 0, "allowed": 1, "participants": 2, "admins": 3, "owners": 4, "nobody": 4}[circle]
    for rank, someone in enumerate(ranks.values()):
        someone.sends(ask_items("participants"))
        (answer,) = someone.takes()
        assert answer.get("type") == ("result" if rank >= least else "error"), someone.name


@pytest.mark.req("MIX-PAR-10")
def test_the_node_is_always_there(coven: Scene) -> None:
    """XEP-0406 §2.4: whatever Nodes Present says."""
    hag66 = coven.people("hag66", joined=["hag66"])
    coven.owner.sends(configure(("Nodes Present", "information")))
    coven.service.everybody_forgets()
    hag66.sends(ask_items("participants"))
    hag66.receives(items("participants", participant("hag66", "thirdwitch")))


@pytest.mark.req("MIX-PAR-16")
def test_readers_from_outside_see_no_addresses(coven: Scene) -> None:
    """XEP-0404 §2.2: JIDs are shown to participants, also where anybody may read (MIX-DEC-096)."""
    hag66, ross = coven.people("hag66", "ross", joined=["hag66"])
    coven.owner.sends(
        configure(("JID Visibility", "jid-mandatory-visible"), ("Participants Node Subscription", "anyone"))
    )
    coven.service.everybody_forgets()
    ross.sends(ask_items("participants"))
    ross.receives(items("participants", participant("hag66", "thirdwitch")))
    ross.sends(
        f"<iq type='set' id='s1'><pubsub xmlns='{PUBSUB}'>"
        f"<subscribe node='{node('participants')}' jid='{{ross}}'/></pubsub></iq>"
    )
    ross.forgets()
    hag66.sends(setnick("old witch"))
    ross.receives(event("participants", participant("hag66", "old witch")))
    hag66.receives(event("participants", participant("hag66", "old witch", jid="{hag66}")))
