"""The `req` markers of the tests, read with ast: nothing is imported or run."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

TESTS = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True, order=True)
class Asserted:
    """A row, and the test that asserts it."""

    row: str
    file: str
    test: str
    """Empty when the marker is on the whole file."""

    def __str__(self) -> str:
        return f"{self.file}::{self.test}" if self.test else self.file


def asserted(tests: Path = TESTS) -> Mapping[str, list[Asserted]]:
    """The tests that assert each row, in the order of files and lines."""
    found: dict[str, list[Asserted]] = {}
    for path in sorted(tests.rglob("*.py")):
        file = path.relative_to(tests).as_posix()
        for row, test in _markers(ast.parse(path.read_text(encoding="utf-8"), str(path)), ""):
            claim = Asserted(row, file, test)
            if claim not in found.setdefault(row, []):
                found[row].append(claim)
    return found


def _markers(node: ast.AST, test: str) -> Iterator[tuple[str, str]]:
    """Rows with the test around them: a function, a class, or a name that is given to a marked class."""
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            test = f"{test}.{node.name}" if test else node.name
        case ast.Assign(targets=[ast.Name(id=name)]) if not test and name != "pytestmark":
            test = name
        case ast.Call(func=ast.Attribute(value=ast.Attribute(attr="mark") | ast.Name(id="mark"), attr="req")):
            for part in (part for argument in node.args for part in ast.walk(argument)):
                if isinstance(part, ast.Constant) and isinstance(part.value, str):
                    yield part.value, test
    for child in ast.iter_child_nodes(node):
        yield from _markers(child, test)
