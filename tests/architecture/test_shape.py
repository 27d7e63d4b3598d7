"""Shape: a test file for each module of the core, a docstring for each public thing, files of a size one can read."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.test_imports import MODULES, ROOT, part_of, tree

CORE = [name for name in MODULES if part_of(name) == "mix.core" and name != "mix.core"]
LONGEST = 400
"""Lines nobody likes to read on (style: comfortable at 50-150, uneasy past 300)."""


@pytest.mark.parametrize("name", CORE)
def test_each_module_of_the_core_has_its_tests(name: str) -> None:
    """Under the same name, or that of their package, so that one knows where to look."""
    names = name.removeprefix("mix.core.").split(".")
    assert any((ROOT / "tests" / "core" / f"test_{part}.py").exists() for part in names)


def public(node: ast.Module | ast.ClassDef, prefix: str = "") -> Iterator[tuple[str, ast.AST]]:
    """Public classes, functions and methods; what overrides something is told where that is first said."""
    for child in node.body:
        if isinstance(child, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and not child.name.startswith("_"):
            yield prefix + child.name, child
            if isinstance(child, ast.ClassDef) and not child.bases:
                yield from public(child, f"{child.name}.")


@pytest.mark.parametrize("name", MODULES)
def test_public_things_say_what_they_do(name: str) -> None:
    """In a first line."""
    module = tree(name)
    if module.body:
        assert ast.get_docstring(module), f"{name} says nothing of itself"
    silent = [what for what, node in public(module) if not ast.get_docstring(node)]  # type: ignore[arg-type]
    assert not silent, f"{name} does not say what these do: {silent}"


@pytest.mark.parametrize("name", MODULES)
def test_files_stay_readable(name: str) -> None:
    """A file that grows is two features."""
    assert len(MODULES[name].read_text().splitlines()) <= LONGEST


def test_nothing_is_left_to_do() -> None:
    """Markers of unfinished work belong nowhere."""
    marks = ("TO" + "DO", "FIX" + "ME", "X" + "XX")
    for name, path in MODULES.items():
        text = path.read_text()
        assert not any(mark in text for mark in marks), name


def test_requirement_rows_look_like_rows() -> None:
    """`MIX-JOI-03`: a misspelled row would vanish from the conformance table."""
    import re

    for path in Path(ROOT / "tests").rglob("test_*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "req":
                for row in node.args:
                    assert isinstance(row, ast.Constant)
                    assert isinstance(row.value, str)
                    assert re.fullmatch(r"M(IX|UC)-[A-Z0-9]+-\d\d", row.value), f"{path.name}: {row.value}"
