"""What the core expects of the world: the stage's own parts are held to it as well."""

import inspect

from mix.core.addresses import ChannelJid
from mix.core.ids import Dice
from mix.core.ports import Face, Repository, Rules
from mix.shell.dictionary import DictRepository
from tests.stage.world import LoadedDice


def public(kind: type) -> set[str]:
    """The methods a protocol names."""
    return {name for name, _ in inspect.getmembers(kind, inspect.isfunction) if not name.startswith("_")}


def test_the_stand_ins_of_the_tests_are_whole() -> None:
    """Or a test would pass for what it lacks."""
    assert public(Dice) <= public(LoadedDice)
    assert public(Repository) <= public(DictRepository)


def test_a_channel_is_a_room_on_one_domain_or_on_two() -> None:
    """XEP-0408 §2: fully integrated, or mirrored."""
    coven = ChannelJid("coven", "mix.shakespeare.example")
    assert Rules(domain="mix.shakespeare.example").room_of(coven) is coven
    mirrored = Rules(domain="mix.shakespeare.example", room_domain="rooms.shakespeare.example")
    assert mirrored.room_of(coven).text == "coven@rooms.shakespeare.example"


def test_nothing_but_storage_may_wait() -> None:
    """Faces and dice answer at once: a turn of a channel is never in the middle of two."""
    for protocol in (Face, Dice):
        assert not any(map(inspect.iscoroutinefunction, vars(protocol).values()))
