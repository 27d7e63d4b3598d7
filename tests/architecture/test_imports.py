"""Imports point one way: pubsubnodes ← mix.core ← mix.face, mix.shell; muccompat beside mix.face; wiring knows all."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("pubsubnodes", "mix", "muccompat")

ALLOWED = {
    "pubsubnodes": {"pubsubnodes"},
    "mix.core": {"pubsubnodes", "mix.core"},
    "mix.face": {"pubsubnodes", "mix.core", "mix.face"},
    "muccompat": {"pubsubnodes", "mix.core", "muccompat"},
    "mix.desk": {"pubsubnodes", "mix.core", "mix.desk"},
    "mix.shell": {"pubsubnodes", "mix.core", "mix.shell"},
    "mix.service": {"pubsubnodes", "mix.core", "mix.desk", "mix.shell", "mix.service"},
}
"""What each part may import of our own. Faces are imported by the names in the settings; the desk is always there."""

IMPURE = {
    "asyncio",
    "datetime.now",
    "io",
    "os",
    "pathlib",
    "random",
    "secrets",
    "socket",
    "subprocess",
    "threading",
    "time",
}


def modules() -> dict[str, Path]:
    """Every module of the program, by name."""
    found = {}
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            parts = path.relative_to(ROOT).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


MODULES = modules()


def tree(name: str) -> ast.Module:
    """A module, parsed."""
    return ast.parse(MODULES[name].read_text())


def imported(name: str) -> Iterator[str]:
    """What a module imports, by full name; relative imports are made absolute."""
    is_package = MODULES[name].name == "__init__.py"
    for node in ast.walk(tree(name)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parts = name.split(".")
                parts = parts[: len(parts) - node.level + is_package]
                base = ".".join([*parts, *([base] if base else [])])
            yield from (f"{base}.{alias.name}" for alias in node.names)


def part_of(name: str) -> str:
    """The part of the program something belongs to; empty for what is not ours."""
    if name == "mix" or name.startswith("mix."):
        return ".".join(name.split(".")[:2])
    return name.partition(".")[0] if name.partition(".")[0] in PACKAGES else ""


@pytest.mark.parametrize("name", MODULES)
def test_imports_point_one_way(name: str) -> None:
    """The core knows no face, the faces no shell and not each other; only the service knows everyone."""
    mine = part_of(name)
    if mine == "mix":
        assert not list(imported(name))
        return
    strangers = {other for other in map(part_of, imported(name)) if other and other not in ALLOWED[mine]}
    assert not strangers, f"{name} imports {sorted(strangers)}"


@pytest.mark.parametrize("name", [name for name in MODULES if part_of(name) in ("pubsubnodes", "mix.core")])
def test_the_core_is_pure(name: str) -> None:
    """No await, no clock, no dice, no I/O, no stanzas of slixmpp; ports say `async` of what others implement."""
    for node in ast.walk(tree(name)):
        assert not isinstance(node, ast.Await | ast.AsyncFor | ast.AsyncWith), f"{name} waits"
        if isinstance(node, ast.AsyncFunctionDef):
            assert name == "mix.core.ports", f"{name}.{node.name} is async"
        if isinstance(node, ast.Attribute) and node.attr in ("now", "utcnow", "today"):
            assert not (isinstance(node.value, ast.Name) and node.value.id in ("datetime", "date")), (
                f"{name} has a clock"
            )
    for other in imported(name):
        top = other.partition(".")[0]
        if name == "pubsubnodes.addresses" and top == "secrets":
            continue  # the key of digests in logs, which is no decision
        assert top not in IMPURE, f"{name} imports {other}"
        if top == "slixmpp":
            assert other in {"slixmpp.JID", "slixmpp.jid.InvalidJID", "slixmpp.xmlstream.tostring.tostring"}, other


@pytest.mark.parametrize("name", MODULES)
def test_logs_print_nothing(name: str) -> None:
    """The program speaks by logs and consoles (a `print` may show what a log hides)."""
    calls = [
        node.func.id for node in ast.walk(tree(name)) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    ]
    assert "print" not in calls
    assert not {"eval", "exec", "breakpoint"} & set(calls)
