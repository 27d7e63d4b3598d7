"""Roles: every cell of who may do what (XEP-0406 §2.1 and §2.4), asked by everybody."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pubsubnodes.addresses import RealJid
from tests.conversations.questions import NODE, ask, form_in, granted, items_of, publish, pubsub, refused, submit
from tests.conversations.words import CORE
from tests.stage import Person, Scene, Service

ADMIN_FORM = "urn:xmpp:mix:admin:0"
CAST = {
    "banned": "macbeth",
    "stranger": "ariel",
    "allowed": "hecate",
    "participant": "hag66",
    "admin": "wiccarocks",
    "owner": "crone1",
    "operator": "prospero",
}
"""Everybody by their role, from no rights to all, where a list says who is allowed. Of these only hag66 has joined."""

EVERYBODY = frozenset(CAST)
NOBODY = frozenset[str]()
OWNERS = frozenset({"owner", "operator"})
ADMINS = OWNERS | {"admin"}
PARTICIPANTS = ADMINS | {"participant"}
ALLOWED = PARTICIPANTS | {"allowed"}
CIRCLES = {
    "anyone": EVERYBODY,
    "allowed": ALLOWED,
    "participants": PARTICIPANTS,
    "admins": ADMINS,
    "owners": OWNERS,
    "nobody": NOBODY,
}

INFO_FORM = submit(CORE, {"Name": ["Court"]})
CONFIG_FORM = submit(ADMIN_FORM, {"Private Messages": ["false"]})


def on(node: str, verb: str, inside: str = "", *, owner: bool = False) -> str:
    """A pubsub request about a node."""
    return pubsub(f"<{verb} node='{NODE}{node}'>{inside}</{verb}>", owner)


OPERATIONS: dict[str, tuple[str, str, frozenset[str]]] = {
    "discover": ("get", "<query xmlns='http://jabber.org/protocol/disco#info'/>", EVERYBODY - {"banned"}),
    "join": ("set", f"<join xmlns='{CORE}'><nick>somebody</nick></join>", ALLOWED),
    "ban": ("set", on("banned", "publish", "<item id='pistol@shakespeare.example'/>"), ADMINS),
    "unban": ("set", on("banned", "retract", "<item id='macbeth@shakespeare.example'/>"), ADMINS),
    "empty the bans": ("set", on("banned", "purge", owner=True), ADMINS),
    "allow": ("set", on("allowed", "publish", "<item id='pistol@shakespeare.example'/>"), ADMINS),
    "allow no more": ("set", on("allowed", "retract", "<item id='hecate@shakespeare.example'/>"), ADMINS),
    "edit information": ("set", publish("info", INFO_FORM), ADMINS),
    "edit configuration": ("set", publish("config", CONFIG_FORM), OWNERS),
    "change the mode": ("set", publish("config", submit(ADMIN_FORM, {"JID Visibility": ["jid-hidden"]})), OWNERS),
    "read the jidmap": ("get", on("jidmap", "items"), ADMINS),
    "do without a node": ("set", on("presence", "delete", owner=True), OWNERS),
    "speak for others": ("set", publish("messages", "<body xmlns='jabber:client'>hail</body>"), NOBODY),
    "fill presence": ("set", publish("presence", ""), NOBODY),
    "fill participants": ("set", publish("participants", ""), NOBODY),
    "fill the jidmap": ("set", publish("jidmap", ""), NOBODY),
    **{
        f"subscribe to {node}": ("set", pubsub(f"<subscribe node='{NODE}{node}' jid='{{me}}'/>"), who)
        for node, who in {
            **dict.fromkeys(("messages", "presence", "participants", "info"), PARTICIPANTS),
            **dict.fromkeys(("allowed", "banned", "jidmap"), ADMINS),
            "config": OWNERS,
        }.items()
    },
    **{
        f"read {node}": ("get", on(node, "items"), who)
        for node, who in {
            **dict.fromkeys(("participants", "info"), PARTICIPANTS),
            **dict.fromkeys(("allowed", "banned"), ADMINS),
            "config": OWNERS,
        }.items()
    },
}


@pytest.fixture
def court(services: Callable[..., Service]) -> Scene:
    """A channel with somebody in every role."""
    stage = services(operators=frozenset({RealJid.parse("prospero@shakespeare.example")}))
    scene = Scene(stage, "court", owner=CAST["owner"])
    scene.people(*(name for role, name in CAST.items() if role != "owner"))
    change(scene, "Administrator", "{wiccarocks}")
    granted(scene.owner.phone, on("allowed", "create"), to=scene.jid)
    scene.publishes("allowed", "hag66@shakespeare.example", "hecate@shakespeare.example")
    scene.joins(stage.person("hag66"), "third witch", ["messages"])
    scene.publishes("banned", "macbeth@shakespeare.example")
    stage.everybody_forgets()
    return scene


def change(scene: Scene, field: str, *values: str) -> None:
    """The owner changes one option."""
    granted(scene.owner.phone, publish("config", submit(ADMIN_FORM, {field: list(values)})), to=scene.jid)


def who_is(scene: Scene, role: str) -> Person:
    """Who has a role."""
    return scene.service.person(CAST[role])


def may(scene: Scene, role: str, type: str, payload: str) -> bool:
    """Whether somebody is granted what they ask for; a refusal is one of rights."""
    person = who_is(scene, role)
    answer = ask(person.laptop, payload.replace("{me}", person.jid), to=scene.jid, type=type)
    if answer.get("type") == "result":
        return True
    error = answer.find("{jabber:client}error")
    assert error is not None
    assert error[0].tag.rpartition("}")[2] in ("forbidden", "not-allowed", "feature-not-implemented")
    return False


@pytest.mark.req(
    "MIX-ROL-01", "MIX-ROL-04", "MIX-ROL-08", "MIX-ROL-10", "MIX-ROL-13", "MIX-CFG-04", "MIX-ACL-05", "MIX-ACL-07",
    "MIX-PUB-13", "MIX-PUB-17", "MIX-PUB-20", "MIX-SEC-02",
)  # fmt: skip
@pytest.mark.parametrize("role", CAST)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_who_may_do_what(court: Scene, operation: str, role: str) -> None:
    """Every cell of the tables, for people who are not in unless they have to be, from a client nobody knows."""
    type, payload, circle = OPERATIONS[operation]
    assert may(court, role, type, payload) is (role in circle)


@pytest.mark.req("MIX-ROL-01", "MIX-ROL-13")
@pytest.mark.parametrize("role", CAST)
def test_who_may_destroy(court: Scene, role: str) -> None:
    """The owners and those who run the service."""
    answer = ask(who_is(court, role).phone, f"<destroy xmlns='{CORE}' channel='court'/>", to="{service}")
    assert (answer.get("type") == "result") is (role in OWNERS)


@pytest.mark.req("MIX-ROL-01", "MIX-ROL-05", "MIX-ROL-14")
@pytest.mark.parametrize("role", CAST)
def test_only_participants_speak(court: Scene, role: str) -> None:
    """Whatever else somebody may do in the channel; in MIX all participants have a voice."""
    speaker = who_is(court, role)
    speaker.phone.sends("<message type='groupchat' id='s1' to='{court}'><body>hail</body></message>")
    copies = [one for one in speaker.takes() if one.find("{urn:xmpp:mix:core:1}mix") is not None]
    assert bool(copies) is (role == "participant")


_SUBSCRIBED = {
    "Messages Node Subscription": ("messages", ("participants", "allowed", "anyone")),
    "Presence Node Subscription": ("presence", ("participants", "allowed", "anyone")),
    "Participants Node Subscription": ("participants", tuple(CIRCLES)),
    "Information Node Subscription": ("info", ("participants", "allowed", "anyone")),
    "Allowed Node Subscription": ("allowed", ("participants", "allowed", "nobody", "admins", "owners")),
    "Banned Node Subscription": ("banned", ("participants", "allowed", "nobody", "admins", "owners")),
    "Configuration Node Access": ("config", ("participants", "allowed", "nobody", "admins", "owners")),
}


@pytest.mark.req(
    "MIX-CFG-10", "MIX-CFG-19", "MIX-CFG-20", "MIX-CFG-21", "MIX-CFG-22", "MIX-CFG-23", "MIX-CFG-24",
    "MIX-INF-13", "MIX-ROL-07", "MIX-ROL-09", "MIX-PUB-01", "MIX-PUB-05", "MIX-SEC-02",
)  # fmt: skip
@pytest.mark.parametrize(
    ("field", "circle"), [(field, circle) for field, (_, circles) in _SUBSCRIBED.items() for circle in circles]
)
def test_who_may_subscribe_and_read(court: Scene, field: str, circle: str) -> None:
    """Each value of each option, for everybody; what nobody may subscribe to, owners may still read."""
    node, _ = _SUBSCRIBED[field]
    if node in ("allowed", "banned", "config"):
        _may_know_the_lists(court)
    change(court, field, circle)
    everybody = {role: may(court, role, *OPERATIONS[f"subscribe to {node}"][:2]) for role in CAST}
    assert {role for role, able in everybody.items() if able} == CIRCLES[circle]
    if node not in ("messages", "presence"):
        readers = {role for role in CAST if may(court, role, "get", on(node, "items"))}
        assert readers == CIRCLES[circle] | OWNERS


def _may_know_the_lists(scene: Scene) -> None:
    """Who opens a list of addresses to people shows them the addresses, as everybody knows who can."""
    for reader in CAST.values():
        for subject in CAST.values():
            scene.service.eavesdropper.excuses(scene.service.person(reader), scene.service.person(subject))


@pytest.mark.parametrize("field", [*_SUBSCRIBED, "Information Node Update Rights", "Avatar Nodes Update Rights"])
@pytest.mark.parametrize("value", ["everybody", "", "anyone owners"])
def test_no_other_values_are_taken(court: Scene, field: str, value: str) -> None:
    """Refused whole: nothing has changed."""
    before = form_in(items_of(court.owner.phone, "config", to=court.jid)[0])
    request = publish("config", submit(ADMIN_FORM, {field: [value], "Private Messages": ["false"]}))
    assert refused(court.owner.phone, request, to=court.jid) == ["modify", "not-acceptable"]
    assert form_in(items_of(court.owner.phone, "config", to=court.jid)[0]) == before


@pytest.mark.req("MIX-CFG-25", "MIX-INF-12")
@pytest.mark.parametrize("circle", ["participants", "admins", "owners"])
def test_who_may_edit_information(court: Scene, circle: str) -> None:
    """Each value of Information Node Update Rights, for everybody."""
    change(court, "Information Node Update Rights", circle)
    assert {role for role in CAST if may(court, role, "set", publish("info", INFO_FORM))} == CIRCLES[circle]


@pytest.mark.req("MIX-ROL-02", "MIX-ROL-03", "MIX-CFG-13", "MIX-CFG-14")
def test_ranks_come_from_the_configuration_at_once(court: Scene) -> None:
    """An owner more, an owner less, an administrator less: who asks next is what the form says now."""
    hag66, admin = who_is(court, "participant"), who_is(court, "admin")
    edit = publish("config", CONFIG_FORM)
    change(court, "Owner", court.owner.jid, hag66.jid)
    granted(hag66.phone, edit, to=court.jid)
    change(court, "Owner", court.owner.jid)
    assert refused(hag66.phone, edit, to=court.jid) == ["auth", "forbidden"]
    change(court, "Administrator")
    assert refused(admin.phone, on("banned", "publish", "<item id='x.example'/>"), to=court.jid)[:2] == [
        "auth",
        "forbidden",
    ]


@pytest.mark.req("MIX-ROL-06", "MIX-ACL-02", "MIX-ACL-03", "MIX-ACL-04")
@pytest.mark.parametrize("node", ["absent", "empty", "person", "domain"])
@pytest.mark.parametrize("banned", ["", "ariel@tempest.example", "tempest.example"])
def test_who_is_allowed(coven: Scene, node: str, banned: str) -> None:
    """The truth table of both lists: a ban wins, an empty list lets nobody in, no list everybody."""
    ariel = coven.people("ariel", domain="tempest.example")
    if node != "absent":
        granted(coven.owner.phone, on("allowed", "create"))
        if node != "empty":
            coven.publishes("allowed", ariel.jid if node == "person" else "tempest.example")
    if banned:
        coven.publishes("banned", banned)
    answer = ask(ariel.account, f"<join xmlns='{CORE}'><nick>spirit</nick></join>")
    assert (answer.get("type") == "result") is (not banned and node != "empty")
    granted(coven.owner.account, f"<join xmlns='{CORE}'><nick>first witch</nick></join>")


@pytest.mark.req("MIX-ROL-12", "MIX-PUB-28", "MIX-PUB-25", "MIX-SUB-12")
@pytest.mark.parametrize("verb", ["affiliations", "configure", "default", "subscriptions"])
@pytest.mark.parametrize("type", ["get", "set"])
def test_nodes_are_not_administered_by_pubsub(court: Scene, verb: str, type: str) -> None:
    """Not even by owners: rights come from roles, and settings from the configuration."""
    assert refused(court.owner.phone, on("info", verb, owner=True), to=court.jid, type=type)[1] in (
        "feature-not-implemented",
        "not-allowed",
    )
