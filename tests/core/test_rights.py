"""The rights matrix: every rank against every circle, and where ranks come from."""

import itertools

import pytest

from mix.core.config import Circle
from mix.core.nodes import ALWAYS_PRESENT, OPTIONAL, Node
from mix.core.rights import (
    Grant,
    Standing,
    exists,
    has_voice,
    is_in,
    is_insider,
    may_know_of,
    may_read,
    may_subscribe,
    readers_of,
    standing,
)
from tests.core.workshop import Workshop, jid

ALL = [Standing.BANNED, Standing.NONE, Standing.ALLOWED, Standing.PARTICIPANT, Standing.ADMIN, Standing.OWNER]
CIRCLES = {
    Circle.ANYONE: ALL,
    Circle.ALLOWED: ALL[2:],
    Circle.PARTICIPANTS: ALL[3:],
    Circle.ADMINS: ALL[4:],
    Circle.OWNERS: ALL[5:],
    Circle.NOBODY: [],
}


@pytest.mark.req("MIX-ROL-01")
@pytest.mark.parametrize(("circle", "rank"), list(itertools.product(Circle, Standing)))
def test_a_circle_has_everybody_from_a_rank_upwards(circle: Circle, rank: Standing) -> None:
    """XEP-0406 §2.1: anyone includes the banned, and nobody is nobody."""
    assert is_in(circle, rank) is (rank in CIRCLES[circle])


@pytest.fixture
def workshop() -> Workshop:
    """A channel with somebody of every rank."""
    made = Workshop()
    made.joins("hag66")
    made.lists(admins="hecate", banned="macbeth england.example")
    return made


RANKS = {
    "crone1": Standing.OWNER,
    "crone1/cave": Standing.OWNER,
    "hecate": Standing.ADMIN,
    "hag66": Standing.PARTICIPANT,
    "banquo": Standing.ALLOWED,
    "macbeth": Standing.BANNED,
    "siward@england.example": Standing.BANNED,
    "siward@north.england.example": Standing.ALLOWED,
}


@pytest.mark.parametrize("who", RANKS)
def test_ranks_come_from_lists_and_participation(workshop: Workshop, who: str) -> None:
    """XEP-0406 §2.1-2.3: lists by bare JID or whole domain."""
    assert standing(workshop.coven, jid(who)) is RANKS[who]
    assert is_insider(workshop.coven, jid(who)) is (RANKS[who] >= Standing.ADMIN)
    assert may_know_of(workshop.coven, jid(who)) is (RANKS[who] is not Standing.BANNED)


@pytest.mark.req("MIX-JOI-22")
def test_owners_and_admins_rank_before_a_ban(workshop: Workshop) -> None:
    """XEP-0406 §2.3: a banned owner is a mistake, resolved in favour of the owner."""
    workshop.lists(banned="crone1 hecate shakespeare.example")
    assert standing(workshop.coven, jid("crone1")) is Standing.OWNER
    assert standing(workshop.coven, jid("hecate")) is Standing.ADMIN


def test_operators_are_owners_everywhere() -> None:
    """XEP-0133: accounts of the operator."""
    workshop = Workshop(operators=frozenset({jid("bard")}))
    assert standing(workshop.coven, jid("bard/quill")) is Standing.OWNER


@pytest.mark.req("MIX-JOI-20", "MIX-JOI-21")
def test_with_an_allowed_list_everybody_else_has_no_rank(workshop: Workshop) -> None:
    """XEP-0406 §2.2: entries are bare JIDs or domains."""
    workshop.sets(nodes=OPTIONAL)
    workshop.coven.lists = type(workshop.coven.lists)(
        owners=frozenset({jid("crone1")}), allowed=frozenset({jid("banquo"), jid("fife.example")})
    )
    assert standing(workshop.coven, jid("banquo/x")) is Standing.ALLOWED
    assert standing(workshop.coven, jid("macduff@fife.example")) is Standing.ALLOWED
    assert standing(workshop.coven, jid("ross")) is Standing.NONE
    assert may_know_of(workshop.coven, jid("ross"))


@pytest.mark.req("MIX-CRE-06", "MIX-CHI-09")
def test_adhoc_and_locked_channels_hide_from_strangers() -> None:
    """XEP-0369 §6.3 and XEP-0045 §10.1: one is for the invited, the other not ready yet."""
    workshop = Workshop()
    workshop.coven.adhoc = True
    workshop.sets(nodes=OPTIONAL)
    workshop.coven.lists = type(workshop.coven.lists)(
        owners=frozenset({jid("crone1")}), allowed=frozenset({jid("banquo")})
    )
    assert may_know_of(workshop.coven, jid("crone1"))
    assert may_know_of(workshop.coven, jid("banquo"))
    assert not may_know_of(workshop.coven, jid("ross"))
    workshop.coven.locked = True
    assert not may_know_of(workshop.coven, jid("banquo"))
    assert may_know_of(workshop.coven, jid("crone1"))


FIELDS = {
    Node.MESSAGES: "messages_for",
    Node.PRESENCE: "presence_for",
    Node.PARTICIPANTS: "participants_for",
    Node.INFO: "info_for",
    Node.AVATAR_DATA: "info_for",
    Node.AVATAR_METADATA: "info_for",
    Node.ALLOWED: "allowed_for",
    Node.BANNED: "banned_for",
    Node.CONFIG: "config_for",
}
WHO = ["macbeth", "banquo", "hag66", "hecate", "crone1"]


@pytest.mark.req("MIX-PAR-13")
@pytest.mark.parametrize(("node", "circle", "who"), list(itertools.product(FIELDS, Circle, WHO)))
def test_each_node_is_for_the_circle_its_configuration_names(
    workshop: Workshop, node: Node, circle: Circle, who: str
) -> None:
    """XEP-0406 §2.4: the six values for each of the nodes; owners may always read."""
    workshop.sets(**{FIELDS[node]: circle})
    allowed = RANKS[who] in CIRCLES[circle]
    assert readers_of(workshop.coven, node) is circle
    assert may_subscribe(workshop.coven, jid(who), node) is allowed
    assert may_read(workshop.coven, jid(who), node) is (allowed or who == "crone1")


@pytest.mark.req("MIX-MAP-07", "MIX-MAP-08")
@pytest.mark.parametrize("who", WHO)
def test_the_jidmap_is_for_administrators_whatever_the_configuration(workshop: Workshop, who: str) -> None:
    """XEP-0404 §2.5."""
    assert may_subscribe(workshop.coven, jid(who), Node.JIDMAP) is (who in ("hecate", "crone1"))
    assert may_read(workshop.coven, jid(who), Node.JIDMAP) is (who in ("hecate", "crone1"))


@pytest.mark.req("MIX-PAR-10", "MIX-MAP-12")
def test_some_nodes_are_always_there(workshop: Workshop) -> None:
    """XEP-0406 §2.4: whatever Nodes Present says."""
    workshop.sets(nodes=frozenset())
    assert {node for node in Node if exists(workshop.coven, node)} == ALWAYS_PRESENT
    workshop.sets(nodes=OPTIONAL)
    assert all(exists(workshop.coven, node) for node in Node)


def test_nobody_speaks_for_a_circle_without_a_place_in_it() -> None:
    """A stranger has no voice in any room."""
    workshop = Workshop()
    assert not has_voice(workshop.coven, jid("ross"))


@pytest.mark.parametrize("moderated", [True, False])
@pytest.mark.parametrize("grant", [None, *Grant])
@pytest.mark.parametrize("rank", ["nobody", "member", "admin", "owner"])
def test_who_has_a_voice(moderated: bool, grant: Grant | None, rank: str) -> None:
    """XEP-0045 §5.1.1: the ranked speak; muted is muted; in a moderated room the granted and the listed speak."""
    workshop = Workshop()
    workshop.lists(allowed="hag66" if rank == "member" else "", admins="hag66" if rank == "admin" else "")
    if rank == "owner":
        workshop.lists(owners="crone1 hag66")
    hag66 = workshop.joins("hag66")
    workshop.sets(moderated=moderated)
    hag66.grant = grant
    expected = rank in ("admin", "owner") or (
        grant is not Grant.MUTED and (not moderated or grant in (Grant.VOICE, Grant.MODERATOR) or rank != "nobody")
    )
    assert has_voice(workshop.coven, jid("hag66/x")) is expected
