"""Plain pubsub on a channel's nodes (XEP-0060), and choosing nodes (XEP-0369 §7.1.2)."""

from __future__ import annotations

import pytest

from tests.conversations.questions import NODE, NS, granted, items_of, publish, pubsub, refused, submit, the, verbs_of
from tests.conversations.words import CORE, event, participant, presence, said, says
from tests.stage import Scene

ADMIN = "urn:xmpp:mix:admin:0"
NAME = submit(CORE, {"Name": ["Coven"]})


def on(node: str, verb: str, inside: str = "", *, owner: bool = False, jid: str = "") -> str:
    """A pubsub request about a node."""
    who = f" jid='{jid}'" if jid else ""
    return pubsub(f"<{verb} node='{NODE}{node}'{who}>{inside}</{verb}>", owner)


def update(*subscribe: str, leave: tuple[str, ...] = ()) -> str:
    """A change of subscriptions."""
    inside = "".join(f"<subscribe node='{NODE}{name}'/>" for name in subscribe)
    return (
        f"<update-subscription xmlns='{CORE}'>{inside}"
        f"{''.join(f'<unsubscribe node={NODE + name!r}/>' for name in leave)}</update-subscription>"
    )


def opens_info(coven: Scene) -> None:
    """The owner lets anybody read about the channel."""
    fields = {"Information Node Subscription": ["anyone"]}
    granted(coven.owner.phone, publish("config", submit(ADMIN, fields)))


@pytest.mark.req("MIX-PUB-01", "MIX-PUB-03", "MIX-PUB-04", "MIX-PUB-11", "MIX-PUB-29", "MIX-PUB-30", "MIX-PUB-33")
def test_strangers_subscribe_to_what_is_open(coven: Scene) -> None:
    """One subscription an account, however often and with which client; nothing is pushed for it; then each change."""
    ariel = coven.people("ariel")
    opens_info(coven)
    for jid in ("{ariel}", "{ariel.phone}", "{ariel}"):
        answer = granted(ariel.phone, on("info", "subscribe", jid=jid))
        subscription = the(answer, "ps:pubsub/ps:subscription")
        assert (subscription.get("subscription"), subscription.get("jid")) == ("subscribed", ariel.jid)
    coven.is_silent()
    for node in ("", f" node='{NODE}info'"):
        mine = granted(ariel.laptop, pubsub(f"<subscriptions{node}/>"), type="get")
        assert the(mine, "ps:pubsub/ps:subscriptions/ps:subscription").get("node") == f"{NODE}info"
    ids = []
    for name in ("Coven", "Heath"):
        coven.publishes_info(("Name", name))
        (told,) = ariel.account.takes()
        ids.append(told.get("id"))
        assert told.find(".//{*}item[@publisher]") is None
    assert len(set(ids)) == 2
    ariel.phone.receives_nothing()


@pytest.mark.req("MIX-PUB-02", "MIX-PUB-06", "MIX-PUB-07", "MIX-PUB-09")
@pytest.mark.parametrize(
    ("request_", "refusal"),
    [
        (on("info", "subscribe", jid="{hecate}"), ["modify", "bad-request", "invalid-jid"]),
        (on("info", "subscribe", jid="{hag66}"), ["auth", "forbidden"]),
        (on("nonsense", "subscribe", jid="{hag66}"), ["cancel", "item-not-found"]),
        (on("info", "unsubscribe", jid="{hecate}"), ["auth", "forbidden"]),
        (on("info", "subscribe", jid="@@"), ["modify", "jid-malformed"]),
    ],
)
def test_subscribing_is_refused(coven: Scene, request_: str, refusal: list[str]) -> None:
    """For somebody else, without right, to what is not there."""
    hag66, _ = coven.people("hag66", "hecate")
    assert refused(hag66.phone, request_) == refusal


@pytest.mark.req("MIX-PUB-06")
def test_who_is_not_on_the_list_is_told_so(coven: Scene) -> None:
    """A join to a closed channel: not-allowed, with closed-node."""
    hag66 = coven.people("hag66")
    granted(coven.owner.phone, on("allowed", "create"))
    answer = refused(hag66.account, f"<join xmlns='{CORE}'><nick>third witch</nick></join>")
    assert answer == ["cancel", "not-allowed", "closed-node"]


@pytest.mark.req("MIX-PUB-08")
def test_unsubscribing(coven: Scene) -> None:
    """Once it works; who is not subscribed is told so."""
    ariel = coven.people("ariel")
    opens_info(coven)
    granted(ariel.phone, on("info", "subscribe", jid="{ariel}"))
    granted(ariel.phone, on("info", "unsubscribe", jid="{ariel}"))
    coven.publishes_info(("Name", "Heath"))
    coven.is_silent()
    answer = refused(ariel.phone, on("info", "unsubscribe", jid="{ariel}"))
    assert answer == ["cancel", "unexpected-request", "not-subscribed"]


@pytest.mark.req("MIX-PUB-14", "MIX-PUB-15", "MIX-PUB-16")
def test_items_are_fetched_in_part(coven: Scene) -> None:
    """The newest, those asked for by id, a page; what is not there is simply missing."""
    hag66, hecate = coven.people("hag66", "hecate", joined=["hag66", "hecate"])

    def fetch(inside: str = "", more: str = "", after: str = "") -> list[str | None]:
        asked = pubsub(f"<items node='{NODE}participants'{more}>{inside}</items>{after}")
        answer = granted(hag66.phone, asked, type="get")
        return [item.get("id") for item in answer.findall("ps:pubsub/ps:items/ps:item", NS)]

    assert fetch(more=" max_items='1'") == [hecate.id]
    assert fetch("<item id='nobody'/>") == []
    assert fetch(f"<item id='nobody'/><item id='{hag66.id}'/>") == [hag66.id]
    page = "<set xmlns='http://jabber.org/protocol/rsm'><max>1</max>{}</set>"
    assert fetch(after=page.format("")) == [hag66.id]
    assert fetch(after=page.format(f"<after>{hag66.id}</after>")) == [hecate.id]


@pytest.mark.req("MIX-PUB-18", "MIX-PUB-32", "MIX-INF-14", "MIX-CFG-11", "MIX-ACL-13")
@pytest.mark.parametrize(
    ("node", "inside", "id"),
    [
        ("info", NAME, ""),
        ("config", submit(ADMIN, {"Private Messages": ["false"]}), ""),
        ("banned", "", "macbeth@shakespeare.example"),
        ("allowed", "", "macbeth@shakespeare.example"),
    ],
)
def test_publishing_stores_tells_and_answers(coven: Scene, node: str, inside: str, id: str) -> None:
    """All under the same id."""
    coven.people("macbeth")
    granted(coven.owner.phone, on("allowed", "create"))
    coven.joins(coven.owner, "first witch", [node])
    coven.comes_online(coven.owner.laptop)
    answer = granted(coven.owner.phone, publish(node, inside, id=id or None))
    new = the(answer, "ps:pubsub/ps:publish/ps:item").get("id")
    assert new
    told = coven.owner.laptop.takes()
    assert [the(one, "event:event/event:items/event:item").get("id") for one in told] == [new]
    assert [item.get("id") for item in items_of(coven.owner.phone, node)] == [new]


@pytest.mark.req("MIX-PUB-19", "MIX-PUB-21", "MIX-PUB-23", "MIX-PUB-24", "MIX-PUB-26", "MIX-PUB-27", "MIX-PUB-35")
@pytest.mark.req("MIX-CFG-40", "MIX-INF-16", "MIX-INF-18", "MIX-ACL-06", "MIX-ACL-12", "MIX-ACL-14", "MIX-ERR-03")
@pytest.mark.parametrize(
    ("request_", "refusal"),
    [
        (on("nonsense", "publish", f"<item>{NAME}</item>"), ["cancel", "item-not-found"]),
        (on("info", "publish", "<item><x xmlns='urn:x'/></item>"), ["modify", "bad-request", "invalid-payload"]),
        (on("info", "publish", "<item/>"), ["modify", "bad-request", "invalid-payload"]),
        (on("info", "publish"), ["modify", "bad-request", "item-required"]),
        (on("info", "publish", f"<item>{NAME}</item><item>{NAME}</item>"), ["modify", "bad-request"]),
        (pubsub(f"<publish><item>{NAME}</item></publish>"), ["modify", "bad-request", "nodeid-required"]),
        (
            pubsub(f"<publish node='{NODE}info'><item>{NAME}</item></publish><publish-options/>"),
            ["cancel", "conflict", "precondition-not-met"],
        ),
        (publish("info", submit(CORE, {"Contact": ["@@"]})), ["modify", "not-acceptable"]),
        (publish("info", submit(CORE, {"Name": ["Coven", "Heath"]})), ["modify", "not-acceptable"]),
        (publish("info", submit("urn:x", {"Name": ["Coven"]})), ["modify", "bad-request", "invalid-payload"]),
        (on("banned", "publish", "<item id='a@b.example'/><item id='c@b.example'/>"), ["modify", "bad-request"]),
        (on("banned", "publish", "<item/>"), ["modify", "bad-request", "item-required"]),
        (on("banned", "publish", "<item id='a@b.example/c'/>"), ["modify", "not-acceptable"]),
        (on("banned", "publish", "<item id='1#coven@mix.shakespeare.example'/>"), ["modify", "not-acceptable"]),
        (on("banned", "publish", "<item id='@@'/>"), ["modify", "not-acceptable"]),
        (on("banned", "retract", "<item id='a@b.example'/>"), ["cancel", "item-not-found"]),
        (on("banned", "retract"), ["modify", "bad-request", "item-required"]),
        (on("nonsense", "retract", "<item id='x'/>"), ["cancel", "item-not-found"]),
        (pubsub("<retract><item id='x'/></retract>"), ["modify", "bad-request", "nodeid-required"]),
        (on("info", "retract", "<item id='x'/>"), ["cancel", "not-allowed"]),
        (on("config", "retract", "<item id='x'/>"), ["cancel", "not-allowed"]),
        (on("info", "purge", owner=True), ["cancel", "not-allowed"]),
        (on("config", "purge", owner=True), ["cancel", "not-allowed"]),
        (on("config", "delete", owner=True), ["cancel", "not-allowed"]),
        (on("messages", "delete", owner=True), ["cancel", "not-allowed"]),
        (on("nonsense", "create"), ["cancel", "not-allowed"]),
        (on("banned", "create"), ["cancel", "conflict"]),
        (on("allowed", "delete", owner=True), ["cancel", "item-not-found"]),
        (pubsub(""), ["modify", "bad-request"]),
    ],
)
def test_what_is_wrong_is_said_and_changes_nothing(coven: Scene, request_: str, refusal: list[str]) -> None:
    """Pubsub's own conditions beside those of stanzas (XEP-0369 §5)."""
    owner = coven.owner.phone
    before = [[item.get("id") for item in items_of(owner, node)] for node in ("info", "config", "banned")]
    assert refused(owner, request_)[: len(refusal)] == refusal
    assert [[item.get("id") for item in items_of(owner, node)] for node in ("info", "config", "banned")] == before
    coven.is_silent()


@pytest.mark.req("MIX-PUB-22", "MIX-ACL-13", "MIX-ACL-15", "MIX-PUB-27")
def test_retracting_and_purging_are_told(coven: Scene) -> None:
    """An empty result each; one event each."""
    coven.joins(coven.owner, "first witch", ["banned"])
    coven.comes_online(coven.owner.laptop)
    coven.publishes("banned", "a@b.example", "c@b.example", "d@b.example")
    coven.owner.forgets()
    for request, verb in (
        (on("banned", "retract", "<item id='a@b.example'/>"), "retract"),
        (on("banned", "purge", owner=True), "purge"),
    ):
        answer = granted(coven.owner.phone, request)
        assert len(answer) == 0
        assert [verbs_of(one) for one in coven.owner.laptop.takes()] == [{verb}]
    assert items_of(coven.owner.phone, "banned") == []


@pytest.mark.req("MIX-PUB-34")
@pytest.mark.parametrize("verb", ["items", "subscribe", "publish", "create"])
def test_the_service_itself_has_no_nodes(coven: Scene, verb: str) -> None:
    """There is no channel at its address."""
    kind = "get" if verb == "items" else "set"
    assert refused(coven.owner.phone, on("info", verb), to="{service}", type=kind)[1] in (
        "item-not-found",
        "service-unavailable",
    )


@pytest.mark.req("MIX-PUB-31")
def test_nobody_is_named_as_publisher(coven: Scene) -> None:
    """Neither as the client wrote it, nor as it was."""
    hag66 = coven.people("hag66")
    coven.joins(hag66, "third witch", ["info"])
    forged = pubsub(f"<publish node='{NODE}info'><item publisher='{{hag66}}'>{NAME}</item></publish>")
    granted(coven.owner.phone, forged)
    (told,) = hag66.account.takes()
    assert the(told, "event:event/event:items/event:item").get("publisher") is None
    assert items_of(coven.owner.phone, "info")[0].get("publisher") is None


# -- update-subscription


@pytest.mark.req("MIX-SUB-01", "MIX-SUB-02", "MIX-SUB-03", "MIX-SUB-08", "MIX-SUB-09")
def test_only_the_named_subscriptions_change(coven: Scene) -> None:
    """From any client, for the account; the answer says what is so now; nothing named is nothing changed."""
    hag66 = coven.people("hag66")
    coven.joins(hag66, "third witch", ["messages", "participants"])
    answer = granted(hag66.laptop, update("info", "nonsense", leave=("participants", "presence")))
    changed = the(answer, "mix:update-subscription")
    assert changed.get("jid") == hag66.jid
    said_now = [(one.tag.rpartition("}")[2], one.get("node", "").removeprefix(NODE)) for one in changed]
    assert said_now == [("subscribe", "info"), ("unsubscribe", "participants"), ("unsubscribe", "presence")]
    assert len(the(granted(hag66.laptop, update()), "mix:update-subscription")) == 0
    mine = granted(hag66.phone, pubsub("<subscriptions/>"), type="get")
    found = {
        one.get("node", "").removeprefix(NODE) for one in mine.iter("{http://jabber.org/protocol/pubsub}subscription")
    }
    assert found == {"messages", "info"}


@pytest.mark.req("MIX-SUB-04", "MIX-SUB-05", "MIX-SUB-10", "MIX-ERR-09")
@pytest.mark.parametrize(
    ("who", "request_", "condition"),
    [
        ("hag66", update("config"), "forbidden"),
        ("hag66", update("nonsense"), "item-not-found"),
        ("hag66", update("config", "nonsense"), "forbidden"),
        ("hag66", update("info", leave=("info",)), "bad-request"),
        ("ariel", update("messages"), "forbidden"),
    ],
)
def test_subscriptions_refused_change_nothing(coven: Scene, who: str, request_: str, condition: str) -> None:
    """When all that was asked for fails, the first reason is given."""
    people = {one.name: one for one in coven.people("hag66", "ariel", joined=["hag66"])}
    mine = pubsub("<subscriptions/>")
    before = granted(people[who].phone, mine, type="get")
    assert refused(people[who].phone, request_)[1] == condition
    after = granted(people[who].phone, mine, type="get")
    assert len(list(before.iter())) == len(list(after.iter()))


@pytest.mark.req("MIX-SUB-06", "MIX-SUB-07")
def test_nodes_come_and_go(coven: Scene) -> None:
    """Presence comes all at once with its subscription; without nodes one is still a participant."""
    hag66, hecate = coven.people("hag66", "hecate", joined=["hecate"])
    coven.joins(hag66, "third witch", ["messages"])
    coven.comes_online(hecate.phone)
    granted(hag66.phone, update("presence"))
    hag66.account.receives(presence("hecate", nick="moon"))
    granted(hag66.phone, update(leave=("presence", "messages")))
    hecate.phone.sends("<presence><show>away</show></presence>")
    hecate.phone.sends(says("hail"))
    hag66.receives_nothing()
    found = items_of(hag66.phone, "participants")
    assert {item.get("id") for item in found} == {hag66.id, hecate.id}


@pytest.mark.req("MIX-SUB-11")
def test_who_loses_the_right_loses_the_subscription(coven: Scene) -> None:
    """XEP-0406 §2.4: the participants are the administrators' business from now on."""
    hag66, hecate = coven.people("hag66", "hecate", joined=["hag66"])
    fields = {"Participants Node Subscription": ["admins"]}
    granted(coven.owner.phone, publish("config", submit(ADMIN, fields)))
    coven.joins(hecate, "moon")
    hag66.receives_nothing()
    mine = granted(hag66.phone, pubsub("<subscriptions/>"), type="get")
    assert f"{NODE}participants" not in [one.get("node") for one in mine.iter()]


# -- one without the other


@pytest.mark.req("MIX-GEN-03", "MIX-GEN-04")
@pytest.mark.parametrize("node", ["messages", "presence"])
def test_messages_and_presence_go_without_each_other(coven: Scene, node: str) -> None:
    """XEP-0369 §2: one subscribes to what one wants."""
    hag66, hecate = coven.people("hag66", "hecate", joined=["hecate"])
    coven.joins(hag66, "third witch", [node])
    hecate.phone.sends("<presence/>")
    hecate.phone.sends(says("hail"))
    if node == "messages":
        hag66.account.receives(said("hecate", "moon", "hail"))
    else:
        hag66.account.receives(presence("hecate", nick="moon"))
    hag66.receives_nothing()


@pytest.mark.req("MIX-GEN-02")
def test_one_nick_for_all_devices_and_each_addressable(coven: Scene) -> None:
    """XEP-0369 §2: the encoded JIDs differ in their tags only."""
    hag66, hecate = coven.people("hag66", "hecate", joined=["hag66", "hecate"])
    hag66.phone.sends("<presence/>")
    hag66.laptop.sends("<presence/>")
    hecate.account.receives(
        presence("hag66", nick="thirdwitch", tag="phone"), presence("hag66", nick="thirdwitch", tag="laptop")
    )
    assert coven.service.known["phone"] != coven.service.known["laptop"]


@pytest.mark.req("MIX-GEN-12")
def test_channels_are_independent(coven: Scene) -> None:
    """XEP-0369 §4.4: the same names of nodes, other items, other ids."""
    hag66 = coven.people("hag66", joined=["hag66"])
    granted(coven.owner.phone, f"<create xmlns='{CORE}' channel='heath'/>", to="{service}")
    answer = granted(hag66.account, f"<join xmlns='{CORE}'><nick>old witch</nick></join>", to="heath@{service}")
    assert the(answer, "mix:join").get("id") != hag66.id
    assert len(items_of(hag66.phone, "participants", to="heath@{service}")) == 1
    coven.publishes_info(("Name", "Coven"))
    coven.service.everybody_forgets()
    (info,) = items_of(hag66.phone, "info", to="heath@{service}")
    assert "Coven" not in list(info.itertext())


@pytest.mark.req("MIX-GEN-07")
def test_configuration_and_lists_are_seen_from_outside(coven: Scene) -> None:
    """XEP-0369 §2: by those who may, whether they are in or not."""
    coven.people("hag66", joined=["hag66"])
    for node in ("config", "participants", "banned", "jidmap", "info"):
        items_of(coven.owner.phone, node)


@pytest.mark.req("MIX-GEN-18")
def test_presence_goes_to_accounts_without_clients(coven: Scene) -> None:
    """XEP-0369 §4.3: whether anybody is there to see it or not."""
    hag66, hecate = coven.people("hag66", "hecate", joined=["hag66", "hecate"])
    hecate.phone.sends("<presence/>")
    hag66.account.receives(presence("hecate", nick="moon"))


def test_events_speak_of_people_by_id(coven: Scene) -> None:
    """The item of who joins is the one in the node."""
    hag66, hecate = coven.people("hag66", "hecate", joined=["hag66"])
    hecate.account.sends(f"<iq type='set' id='j1'><join xmlns='{CORE}'><nick>moon</nick></join></iq>")
    hag66.account.receives(event("participants", participant("hecate", "moon")).replace("{hecate.id}", "{other}"))
    hecate.account.receives(f"<iq type='result' id='j1'><join xmlns='{CORE}' id='{{other}}' jid='*'>…</join></iq>")
