"""The table: every wish there is has a decision, and none is made about what does not exist."""

import pytest

from mix.core import (
    announcing,
    avatar,
    barring,
    closing,
    commands,
    disclosure,
    hats,
    holding,
    indicators,
    operating,
    registering,
    tokens,
    tombstones,
)
from mix.core.commands import Command
from mix.core.decide import _ON_A_CHANNEL, _WITH_OR_WITHOUT_CHANNEL
from mix.core.ports import DirectoryWindow
from mix.core.refusals import NoSuchChannel
from pubsubnodes.paging import PageRequest
from tests.core.workshop import Workshop, jid, show


def test_every_command_is_decided_exactly_once() -> None:
    """A wish nobody decides on would be an internal error for whoever has it."""
    everything = [
        kind
        for module in (
            commands,
            announcing,
            avatar,
            barring,
            closing,
            disclosure,
            hats,
            holding,
            indicators,
            operating,
            registering,
            tokens,
            tombstones,
        )
        for kind in vars(module).values()
    ]
    kinds = {kind for kind in everything if isinstance(kind, type) and issubclass(kind, Command)} - {Command}
    assert set(_WITH_OR_WITHOUT_CHANNEL) | set(_ON_A_CHANNEL) == kinds
    assert not set(_WITH_OR_WITHOUT_CHANNEL) & set(_ON_A_CHANNEL)


@pytest.mark.parametrize(
    "command",
    [
        commands.Join(actor=jid("hag66"), nick="x", nodes=[]),
        commands.SetNick(actor=jid("hag66"), nick="x"),
        commands.ShowPresence(actor=jid("hag66/broom"), presence=show()),
    ],
    ids=lambda command: type(command).__name__,
)
def test_about_no_channel_nothing_is_decided(command: Command) -> None:
    """XEP-0369 §5."""
    with pytest.raises(NoSuchChannel):
        Workshop(exists=False).decides(command)


@pytest.mark.parametrize("exists", [True, False])
def test_some_wishes_ask_for_nothing_to_happen(exists: bool) -> None:
    """Questions a face answers from what it sees."""
    workshop = Workshop(exists=exists)
    assert workshop.decides(commands.Ignore(actor=jid("hag66"))) == ()
    assert workshop.decides(commands.Look(actor=jid("hag66"), subject="info")) == ()


def test_everybodys_presence_is_a_question_too() -> None:
    """XEP-0405 §2.9.3: answered by faces, deciding nothing."""
    workshop = Workshop()
    assert workshop.decides(commands.RefreshPresence(actor=jid("hag66"))) == ()


def test_the_directory_is_looked_up() -> None:
    """XEP-0369 §6.2."""
    page = PageRequest(limit=2)
    window = Workshop(exists=False).decides(commands.ReadDirectory(actor=jid("hag66"), page=page))
    assert window == DirectoryWindow(jid("hag66"), page)
