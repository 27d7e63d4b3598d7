"""Real JIDs are sealed, and only three doors open them (XEP-0404 §2.2)."""

from __future__ import annotations

import ast

import pytest

from tests.architecture.test_imports import MODULES, part_of, tree

DOORS = {
    "pubsubnodes.addresses",  # the seal itself
    "mix.core.visibility",  # discloses
    "mix.shell.postman",  # addresses
}
REPOSITORIES = ("repository", "archive", "rows", "tables", "columns", "records")
"""Files of the shell that fill columns."""


def is_door(name: str) -> bool:
    """Whether a module may open a sealed address."""
    return name in DOORS or (part_of(name) == "mix.shell" and name.rpartition(".")[2] in REPOSITORIES)


def unsealers(name: str) -> list[int]:
    """The lines where a module opens a sealed address, or reaches behind the seal."""
    return [
        node.lineno
        for node in ast.walk(tree(name))
        if isinstance(node, ast.Attribute) and (node.attr == "unseal" or "_RealJid__" in node.attr)
    ]


@pytest.mark.req("MIX-SEC-01")
@pytest.mark.parametrize("name", [name for name in MODULES if not is_door(name)])
def test_there_is_no_fourth_door(name: str) -> None:
    """Whoever wants to show a JID asks `Sight`."""
    assert not unsealers(name), f"{name} opens sealed addresses in lines {unsealers(name)}"
    assert "_RealJid__" not in MODULES[name].read_text()


def test_only_sight_makes_disclosed_jids() -> None:
    """A `DisclosedJid` made elsewhere would be a door of its own."""
    for name in MODULES:
        if name != "mix.core.visibility":
            made = [
                node.lineno
                for node in ast.walk(tree(name))
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "DisclosedJid"
            ]
            assert not made, f"{name} makes disclosed JIDs in lines {made}"


def test_tasks_are_born_in_the_shell() -> None:
    """Nothing fire-and-forget: `create_task` belongs to the shell's and the service's task groups."""
    for name in MODULES:
        if part_of(name) not in ("mix.shell", "mix.service"):
            born = [
                node.lineno
                for node in ast.walk(tree(name))
                if isinstance(node, ast.Attribute) and node.attr in ("create_task", "ensure_future")
            ]
            assert not born, f"{name} starts tasks in lines {born}"


def test_nothing_opens_a_task_without_a_group() -> None:
    """`asyncio.create_task` leaves tasks nobody waits for."""
    for name in MODULES:
        for node in ast.walk(tree(name)):
            if isinstance(node, ast.Attribute) and node.attr == "create_task":
                owner = node.value.id if isinstance(node.value, ast.Name) else ""
                assert owner not in ("asyncio", "loop"), f"{name}:{node.lineno} starts a task outside a group"
