"""Reading the archive: who may, and whom `with` means."""

import pytest

from mix.core import commands
from mix.core.config import Circle, Preferences
from mix.core.nodes import OPTIONAL, Node
from mix.core.ports import ArchiveWindow
from mix.core.refusals import NodeClosed, NoSuchNode
from mix.core.visibility import Mode, Preference
from pubsubnodes.addresses import MalformedAddress, RealJid
from pubsubnodes.archive import ArchiveQuery
from tests.core.workshop import Workshop, jid


def ask(workshop: Workshop, who: str, with_text: str | None = None, node: Node = Node.MESSAGES) -> ArchiveWindow:
    """What a query comes to, written as a client writes it."""
    try:
        real = RealJid.parse(with_text) if with_text else None
    except MalformedAddress:
        real = None
    query = ArchiveQuery(with_text=with_text, with_jid=real, ids=("a",), after_id="b")
    window = workshop.decides(commands.ReadArchive(actor=jid(who), node=node, query=query))
    assert isinstance(window, ArchiveWindow)
    return window


def test_a_query_becomes_a_window() -> None:
    """XEP-0313 §4.1."""
    workshop = Workshop()
    workshop.joins("hag66")
    window = ask(workshop, "hag66/broom")
    assert (window.channel, window.node, window.ids, window.after_id) == (
        workshop.coven.jid,
        Node.MESSAGES,
        ("a",),
        "b",
    )
    assert (window.sender, window.nick, window.nothing) == (None, None, False)


def test_an_archive_is_for_those_who_may_read_the_node() -> None:
    """XEP-0442; owners always, and members of a room though they are not in (MUC-MAM-16)."""
    workshop = Workshop()
    with pytest.raises(NodeClosed):
        ask(workshop, "ross/x")
    ask(workshop, "crone1/cave")
    workshop.lists(allowed="banquo")
    ask(workshop, "banquo/x")
    with pytest.raises(NodeClosed):
        ask(workshop, "banquo/x", node=Node.PARTICIPANTS)
    with pytest.raises(NoSuchNode):
        ask(workshop, "crone1", node=Node.ALLOWED)
    workshop.sets(messages_for=Circle.ANYONE, nodes=OPTIONAL)
    ask(workshop, "ross/x")


def test_with_names_people_as_the_channel_names_them() -> None:
    """Encoded JID, channel/id, room/nick; the channel itself is everybody."""
    workshop = Workshop()
    hag66 = workshop.joins("hag66", "thirdwitch")
    coven = workshop.coven.jid.text
    for text in (f"{hag66.id}#{coven}", f"{hag66.id}#{coven}/tag", f"{coven}/{hag66.id}"):
        assert ask(workshop, "hag66", text).sender == hag66.id
    assert ask(workshop, "hag66", f"{coven}/ThirdWitch").nick == "thirdwitch"
    everybody = ask(workshop, "hag66", coven)
    assert (everybody.sender, everybody.nick, everybody.nothing) == (None, None, False)


def test_with_names_people_who_have_left_by_their_id() -> None:
    """Their messages are still there."""
    workshop = Workshop()
    gone = "a" * 26
    assert ask(workshop, "crone1", f"{workshop.coven.jid.text}/{gone}").sender == gone


def test_with_a_nick_that_can_be_none_finds_nothing() -> None:
    """Not everything."""
    workshop = Workshop()
    assert ask(workshop, "crone1", workshop.coven.jid.text + "/\u2800").nothing


@pytest.mark.req("MIX-MAM-18")
@pytest.mark.parametrize(
    ("mode", "preference", "who", "found"),
    [
        (Mode.HIDDEN, Preference.DEFAULT, "hecate", False),
        (Mode.HIDDEN, Preference.DEFAULT, "crone1", True),
        (Mode.HIDDEN, Preference.DEFAULT, "hag66", True),
        (Mode.MAYBE, Preference.DEFAULT, "hecate", False),
        (Mode.MAYBE, Preference.ALWAYS, "hecate", True),
        (Mode.VISIBLE, Preference.DEFAULT, "hecate", True),
    ],
)
def test_with_a_real_jid_finds_only_whom_one_may_see(mode: Mode, preference: Preference, who: str, found: bool) -> None:
    """A query must not tell who is behind an id (XEP-0404 §2.2): who hides is like one who never spoke."""
    workshop = Workshop(default_mode=mode)
    hag66 = workshop.joins("hag66", preferences=Preferences(visibility=preference))
    workshop.joins("hecate")
    for text in ("hag66@shakespeare.example", "hag66@shakespeare.example/broom"):
        window = ask(workshop, f"{who}/x", text)
        assert window.nothing is not found
        assert window.sender == (hag66.id if found else None)
    assert ask(workshop, "hecate/x", "ross@shakespeare.example").nothing


def test_with_what_is_no_address_finds_nothing() -> None:
    """And says so like for a stranger."""
    assert ask(Workshop(), "crone1", "@").nothing


@pytest.mark.parametrize(
    ("with_text", "nothing"), [("coven@mix.shakespeare.example", False), ("hag66@x.example", True)]
)
def test_other_nodes_are_published_by_the_channel_itself(with_text: str, nothing: bool) -> None:
    """XEP-0442: whoever they are about."""
    workshop = Workshop()
    assert ask(workshop, "crone1", with_text, Node.PARTICIPANTS).nothing is nothing
