"""Who sees whose address: all modes, preferences and audiences, and what a change does (XEP-0404 §2.2-2.5, §3.1)."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from xml.etree.ElementTree import Element, tostring

import pytest

from mix.core.visibility import Mode
from tests.conversations.words import (
    ANON,
    CORE,
    MUC,
    PUBSUB,
    ask_items,
    configure,
    event,
    failed,
    form,
    join,
    mam,
    occupant,
    participant,
    prefer,
    presence,
    retracted,
    said,
    says,
    setnick,
)
from tests.stage import Person, Scene, Service
from tests.stage.scene import node

MODES = {"visible": "jid-mandatory-visible", "maybe": "jid-optionally-visible", "hidden": "jid-hidden"}
PREFERENCES = ["default", "prefer not", "prefer visible", "never", "always"]
SHOWN = {
    ("visible", "default"),
    ("visible", "prefer not"),
    ("visible", "prefer visible"),
    ("visible", "always"),
    ("maybe", "prefer visible"),
    ("maybe", "always"),
}
IMPOSSIBLE = {("visible", "never"), ("hidden", "always")}
POSSIBLE = [pair for pair in itertools.product(MODES, PREFERENCES) if pair not in IMPOSSIBLE]
PRESENCE_MIX = "{urn:xmpp:mix:presence:0}mix"


@pytest.fixture
def stage_of(services: Callable[..., Service]) -> Callable[[str, str], Scene]:
    """A channel of a mode, with hag66 of a preference in it, hecate who takes part, and a watching owner."""

    def build(mode: str, preference: str) -> Scene:
        coven = Scene(services(default_mode=Mode(mode)), "coven")
        hag66, hecate, crone1 = coven.people("hag66", "hecate", "crone1")
        coven.joins(hag66, "third witch", preferences={"JID Visibility": preference})
        coven.joins(hecate, "moon")
        coven.joins(crone1, "first witch")
        return coven

    return build


def address(stanza: Element, tag: str) -> str | None:
    """The address in a stanza's `<mix/>`."""
    mix = stanza.find(tag)
    assert mix is not None
    assert mix.find(f"{{{tag[1:].partition('}')[0]}}}nick") is not None
    return mix.findtext(f"{{{tag[1:].partition('}')[0]}}}jid")


def one(someone: Person, tag: str = "message") -> Element:
    """The one stanza of a kind somebody got."""
    (found,) = [stanza for stanza in someone.takes() if stanza.tag == f"{{jabber:client}}{tag}"]
    return found


@pytest.mark.req("MIX-VIS-01", "MIX-VIS-15", "MIX-VIS-16")
@pytest.mark.parametrize("mode", MODES)
def test_a_channel_has_one_of_three_modes(coven: Scene, mode: str) -> None:
    """XEP-0404 §2.2: set in the configuration, read in the information."""
    hag66 = coven.people("hag66", joined=["hag66"])
    coven.owner.sends(configure(("JID Visibility", MODES[mode])))
    coven.owner.receives("<iq type='result' id='c1'>…</iq>")
    hag66.sends(ask_items("info"))
    answer = one(hag66, "iq")
    values = [
        value.text
        for field in answer.iter("{jabber:x:data}field")
        if field.get("var") == "JID Visibility"
        for value in field.findall("{jabber:x:data}value")
    ]
    assert values == [MODES[mode]]


@pytest.mark.req(
    "MIX-VIS-02", "MIX-VIS-03", "MIX-VIS-04", "MIX-VIS-05", "MIX-VIS-08", "MIX-VIS-09", "MIX-VIS-12", "MIX-VIS-14"
)
@pytest.mark.parametrize(("mode", "preference"), POSSIBLE)
def test_a_message_shows_an_address_to_who_may_see_it(
    stage_of: Callable[[str, str], Scene], mode: str, preference: str
) -> None:
    """The table, for live messages: participants, those who run the place, the sender; otherwise the same stanza."""
    coven = stage_of(mode, preference)
    hag66, hecate, crone1 = coven.people("hag66", "hecate", "crone1")
    hag66.sends(says("hail"))
    shown = "{hag66}" if (mode, preference) in SHOWN else None
    hecate.receives(said("hag66", "third witch", "hail", jid=shown, id="{archived}"))
    crone1.receives(said("hag66", "third witch", "hail", jid="{hag66}", id="{archived}"))
    hag66.receives(said("hag66", "third witch", "hail", jid=shown, submission="m1", id="{archived}"))


@pytest.mark.req("MIX-VIS-12", "MIX-RES-01", "MIX-RES-05", "MIX-SPI-06")
@pytest.mark.parametrize(("mode", "preference"), POSSIBLE)
def test_presence_shows_an_address_to_who_may_see_it(
    stage_of: Callable[[str, str], Scene], mode: str, preference: str
) -> None:
    """The table, for live presence: full JIDs where shown, and a generated resource in every mode."""
    coven = stage_of(mode, preference)
    hag66, hecate, crone1 = coven.people("hag66", "hecate", "crone1")
    hag66.sends("<presence/>")
    shown = "{hag66.phone}" if (mode, preference) in SHOWN else None
    hecate.receives(presence("hag66", nick="third witch", jid=shown, tag="tag"))
    crone1.receives(presence("hag66", nick="third witch", jid="{hag66.phone}", tag="tag"))
    assert coven.service.known["tag"] != hag66.phone.jid.partition("/")[2]


@pytest.mark.req("MIX-PAR-04", "MIX-PAR-05", "MIX-PAR-06")
@pytest.mark.parametrize(("mode", "preference"), POSSIBLE)
def test_the_participants_node_shows_what_participants_see(
    stage_of: Callable[[str, str], Scene], mode: str, preference: str
) -> None:
    """The table, for items and events: those who run the place read the jidmap for the rest."""
    coven = stage_of(mode, preference)
    hag66, hecate, crone1 = coven.people("hag66", "hecate", "crone1")
    shown = "{hag66}" if (mode, preference) in SHOWN else None
    expected = participant("hag66", "old witch", jid=shown)
    hag66.account.sends(setnick("old witch"))
    for someone in (hecate, crone1):
        someone.receives(event("participants", expected))
        someone.forgets()
        someone.sends(ask_items("participants", "<item id='{hag66.id}'/>"))
        someone.receives(
            f"<iq type='result' id='i1'><pubsub xmlns='{PUBSUB}'><items node='{node('participants')}'>{expected}"
            "</items></pubsub></iq>"
        )


@pytest.mark.req("MIX-VIS-13", "MIX-MAM-10", "MIX-MAM-11", "MIX-MAM-12")
@pytest.mark.parametrize(("mode", "preference"), POSSIBLE)
@pytest.mark.parametrize("later", MODES)
def test_the_archive_shows_only_what_was_and_is_public(
    stage_of: Callable[[str, str], Scene], mode: str, preference: str, later: str
) -> None:
    """MIX-DEC-084: in a visible channel, if shown then and now; to those who run the place no more than to others."""
    if (later, preference) in IMPOSSIBLE:
        return
    coven = stage_of(mode, preference)
    hag66, hecate, crone1 = coven.people("hag66", "hecate", "crone1")
    hag66.sends(says("hail"))
    coven.owner.sends(configure(("JID Visibility", MODES[later])))
    coven.service.everybody_forgets()
    shown = hag66.jid if later == "visible" and (mode, preference) in SHOWN else None
    for someone in (hecate, crone1):
        someone.sends(mam())
        (kept,) = [m for stanza in someone.takes() for m in stanza.iter("{jabber:client}message") if m is not stanza]
        assert address(kept, f"{{{CORE}}}mix") == shown


@pytest.mark.req("MIX-VIS-25", "MUC-PRES-08", "MUC-PRES-09", "MUC-PRES-10", "MUC-ENT-40")
@pytest.mark.parametrize(("mode", "preference"), POSSIBLE)
def test_the_room_follows_the_same_table(stage_of: Callable[[str, str], Scene], mode: str, preference: str) -> None:
    """XEP-0045 §7.2.3-7.2.4: full JIDs in presence, for moderators and where all see them."""
    coven = stage_of(mode, preference)
    hag66, hecate, crone1 = coven.people("hag66", "hecate", "crone1")
    coven.enters(hecate, "moon")
    coven.enters(crone1, "first witch")
    hag66.sends("<presence/>")
    shown = "{hag66.phone}" if (mode, preference) in SHOWN else None
    hecate.phone.receives(occupant("hag66", "third witch", jid=shown))
    crone1.phone.receives(occupant("hag66", "third witch", jid="{hag66.phone}"))


@pytest.mark.req("MIX-VIS-02", "MIX-PAR-16")
@pytest.mark.parametrize(("mode", "preference"), POSSIBLE)
def test_readers_who_are_not_in_see_nobody(stage_of: Callable[[str, str], Scene], mode: str, preference: str) -> None:
    """MIX-DEC-096: visibility is among participants, also where everybody may read and hear."""
    coven = stage_of(mode, preference)
    hag66, ross = coven.people("hag66", "ross")
    open_nodes = [(f"{name} Node Subscription", "anyone") for name in ("Messages", "Participants", "Presence")]
    coven.owner.sends(configure(*open_nodes))
    for name in ("messages", "participants", "presence"):
        ross.account.sends(
            f"<iq type='set' id='s1'><pubsub xmlns='{PUBSUB}'>"
            f"<subscribe node='{node(name)}' jid='{{ross}}'/></pubsub></iq>"
        )
    coven.service.everybody_forgets()
    hag66.sends("<presence/>")
    hag66.sends(says("hail"))
    hag66.sends(setnick("old witch"))
    ross.receives(presence("hag66", nick="third witch"))
    ross.receives(said("hag66", "third witch", "hail"))
    ross.receives(event("participants", participant("hag66", "old witch")))
    ross.sends(mam())
    (kept,) = [
        m
        for stanza in ross.takes()
        for m in stanza.iter("{jabber:client}message")
        if m is not stanza and m.find(f"{{{CORE}}}mix") is not None
    ]
    assert address(kept, f"{{{CORE}}}mix") is None


@pytest.mark.req("MIX-VIS-11")
@pytest.mark.parametrize(("mode", "preference"), sorted(IMPOSSIBLE))
def test_what_cannot_coexist_is_refused(coven: Scene, mode: str, preference: str) -> None:
    """XEP-0404 §3.1: on joining and later; nothing changes."""
    hag66, hecate = coven.people("hag66", "hecate", joined=["hag66"])
    coven.owner.sends(configure(("JID Visibility", MODES[mode])))
    coven.service.everybody_forgets()
    hag66.sends(prefer(("JID Visibility", preference)))
    hag66.receives(failed("p1", "modify", "not-acceptable", echo="…"))
    hecate.account.sends(join("moon", extra=form(("JID Visibility", preference), form_type=ANON)))
    hecate.receives(failed("j1", "modify", "not-acceptable", echo="…"))
    hag66.receives_nothing()


@pytest.mark.req("MIX-VIS-06", "MIX-VIS-07", "MIX-VIS-10", "MIX-VIS-18", "MIX-VIS-20", "MIX-LEA-14")
@pytest.mark.parametrize(("old", "new"), [pair for pair in itertools.product(MODES, MODES) if pair[0] != pair[1]])
def test_a_change_of_mode(services: Callable[..., Service], old: str, new: str) -> None:
    """XEP-0404 §3.1: who cannot coexist is gone first; then the mode is told, then the items that changed."""
    coven = Scene(services(default_mode=Mode.MAYBE), "coven")
    cast = {"hag66": "never", "pistol": "always", "banquo": "prefer visible", "ariel": "prefer not"}
    people = {name: coven.people(name) for name in cast}
    hecate = coven.people("hecate")
    coven.joins(hecate, "moon")
    for name, wish in cast.items():
        if (old, wish) not in IMPOSSIBLE:
            coven.joins(people[name], f"nick of the {wish}", preferences={"JID Visibility": wish})
    if old != "maybe":
        coven.owner.sends(configure(("JID Visibility", MODES[old])))
    coven.service.everybody_forgets()

    coven.owner.sends(configure(("JID Visibility", MODES[new])))

    inside = {name: wish for name, wish in {**cast, "hecate": "default"}.items() if (old, wish) not in IMPOSSIBLE}
    gone = {name for name, wish in inside.items() if (new, wish) in IMPOSSIBLE}
    changed = {
        name
        for name, wish in inside.items()
        if name not in gone and ((old, wish) in SHOWN) is not ((new, wish) in SHOWN)
    }
    told = hecate.takes()
    story = list[tuple[str, str]]()
    for stanza in told:
        for items in stanza.iter(f"{{{PUBSUB}#event}}items"):
            for item in items:
                story.append((items.get("node", "").rpartition(":")[2], item.get("id", "")))
    ids = {coven.service.known[f"{name}.id"]: name for name in inside}
    people_story = [(kind, ids.get(id, "")) for kind, id in story]
    assert [name for kind, name in people_story if kind == "participants" and name in gone] == list(gone)
    assert {name for kind, name in people_story if kind == "participants" and name not in gone} == changed
    told_of_mode = [kind for kind, _ in people_story].index("info")
    assert all(people_story.index(("participants", name)) < told_of_mode for name in gone)
    assert all(people_story.index(("participants", name)) > told_of_mode for name in changed)
    for name in gone:
        people[name].account.receives(event("participants", retracted(name)))
        people[name].receives_nothing()


@pytest.mark.req("MIX-VIS-19")
def test_a_change_of_preference_is_told(stage_of: Callable[[str, str], Scene]) -> None:
    """XEP-0404 §2.3: the item again, and presence again, with or without address."""
    coven = stage_of("maybe", "default")
    hag66, hecate = coven.people("hag66", "hecate")
    hag66.sends("<presence/>")
    coven.service.everybody_forgets()
    hag66.sends(prefer(("JID Visibility", "always")))
    hecate.receives(event("participants", participant("hag66", "third witch", jid="{hag66}")))
    hecate.receives(presence("hag66", nick="third witch", jid="{hag66.phone}"))
    hag66.sends(prefer(("JID Visibility", "never")))
    hecate.receives(event("participants", participant("hag66", "third witch")))
    hecate.receives(presence("hag66", nick="third witch"))
    hecate.receives_nothing()


@pytest.mark.req("MIX-VIS-17")
def test_only_owners_change_the_mode(coven: Scene) -> None:
    """XEP-0406 §2.4: not administrators, and not by way of the information."""
    hecate = coven.people("hecate")
    coven.owner.sends(configure(("Administrator", hecate.jid)))
    coven.owner.forgets()
    hecate.sends(configure(("JID Visibility", "jid-mandatory-visible")))
    hecate.receives(failed("c1", "auth", "forbidden", echo="…"))
    fields = form(("Name", "Witches"), ("JID Visibility", "jid-mandatory-visible"), form_type=CORE)
    hecate.sends(
        f"<iq type='set' id='x'><pubsub xmlns='{PUBSUB}'><publish node='{node('info')}'><item>{fields}</item></publish>"
        "</pubsub></iq>"
    )
    hecate.forgets()
    assert coven.channel.config.mode is Mode.HIDDEN


@pytest.mark.req("MIX-VIS-22")
def test_who_is_demoted_sees_less_from_then_on(stage_of: Callable[[str, str], Scene]) -> None:
    """XEP-0404 §2.3: the next message and presence carry no address."""
    coven = stage_of("hidden", "default")
    hag66, hecate = coven.people("hag66", "hecate")
    coven.owner.sends(configure(("Administrator", hecate.jid)))
    coven.service.everybody_forgets()
    hag66.sends(says("hail"))
    hecate.receives(said("hag66", "third witch", "hail", jid="{hag66}"))
    coven.owner.sends(
        f"<iq type='set' id='c2'><pubsub xmlns='{PUBSUB}'><publish node='{node('config')}'><item>"
        "<x xmlns='jabber:x:data' type='submit'><field var='Administrator'/></x></item></publish></pubsub></iq>"
    )
    coven.service.everybody_forgets()
    hag66.sends(says("again"))
    hecate.receives(said("hag66", "third witch", "again"))
    hag66.sends("<presence/>")
    hecate.receives(presence("hag66", nick="third witch"))


@pytest.mark.req("MIX-VIS-23")
def test_who_was_removed_can_come_back_otherwise(stage_of: Callable[[str, str], Scene]) -> None:
    """XEP-0404 §2.2."""
    coven = stage_of("maybe", "never")
    hag66 = coven.people("hag66")
    coven.owner.sends(configure(("JID Visibility", "jid-mandatory-visible")))
    coven.service.everybody_forgets()
    hag66.sends(says("hail"))
    hag66.receives("<message type='error'>…</message>")
    coven.joins(hag66, "third witch")


@pytest.mark.req("MIX-VIS-21", "MIX-VIS-27", "MIX-SEC-01", "MIX-SEC-15")
def test_nothing_of_an_address_shows_anywhere(coven: Scene) -> None:
    """The eavesdropper reads on: both faces, everything two people do, and every mistake they make."""
    hag66, _hecate, pistol, banquo = coven.people("hag66", "hecate", "pistol", "banquo", joined=["hag66", "hecate"])
    coven.enters(pistol, "ancient")
    coven.enters(banquo, "ghost")
    for someone in (hag66, pistol):
        for stanza in (
            "<presence><show>away</show><status>brewing</status></presence>",
            says("hail", "<request xmlns='urn:xmpp:receipts'/>"),
            "<message type='chat' id='m2' to='{coven}/moon'><body>psst</body></message>",
            "<message type='chat' id='m2' to='{coven}/ghost'><body>psst</body></message>",
            "<message type='chat' id='m3' to='{hecate.id}#{coven}'><body>psst</body></message>",
            "<iq type='get' id='v' to='{hecate.id}#{coven}'><vCard xmlns='vcard-temp'/></iq>",
            "<iq type='get' id='v' to='{coven}/ghost'><query xmlns='jabber:iq:version'/></iq>",
            setnick("moon"),
            setnick("hail and well met"),
            ask_items("participants"),
            ask_items("jidmap"),
            mam(),
            "<iq type='get' id='d'><query xmlns='http://jabber.org/protocol/disco#items'/></iq>",
            f"<iq type='get' id='a'><query xmlns='{MUC}#admin'><item role='participant'/></query></iq>",
            "<presence to='{coven}/moon'/>",
            "<presence type='unavailable'/>",
        ):
            someone.sends(stanza)
    assert coven.service.eavesdropper.stanzas > 60
    assert not coven.service.eavesdropper.overheard


@pytest.mark.req("MIX-RES-02")
def test_no_node_tells_which_client_a_tag_stands_for(coven: Scene) -> None:
    """XEP-0404 §2.4: not the jidmap, which knows accounts alone, nor any other, whoever asks; hidden is hidden."""
    nodes = ("messages", "participants", "presence", "info", "config", "jidmap", "allowed", "banned")
    hag66, hecate, crone1 = coven.people("hag66", "hecate", "crone1", joined=["hecate"])
    coven.joins(crone1, "firstwitch", nodes)
    coven.joins(hag66, "thirdwitch")
    for client in (hag66.phone, hag66.laptop):
        client.sends("<presence/>")
    hecate.receives(
        presence("hag66", nick="thirdwitch", tag="first"), presence("hag66", nick="thirdwitch", tag="second")
    )
    hag66.sends(says("hail"))
    tags = [coven.service.known[name] for name in ("first", "second")]
    resources = [client.jid.partition("/")[2] for client in (hag66.phone, hag66.laptop)]
    coven.service.everybody_forgets()
    for someone in (crone1, hecate):
        answers = []
        for name in nodes:
            for asked in (
                ask_items(name),
                f"<iq type='set' id='q1'><query xmlns='urn:xmpp:mam:2' node='{node(name)}'/></iq>",
            ):
                someone.sends(asked)
                answers += someone.takes()
        told = "".join(tostring(answer, encoding="unicode") for answer in answers)
        assert hag66.id in told
        assert not [word for word in (*tags, *resources) if word in told]
    assert not [word for word in resources if word in "".join(got.raw for got in hecate.inbox)]
