"""Values stay as they were made. Nothing looks at that when a program runs, so somebody has to before."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.architecture.test_imports import ROOT

ASSIGNS = """
from pubsubnodes.stanza import Target
from mix.core.commands import Ignore
from pubsubnodes.addresses import RealJid

target, wish = Target("coven", "mix.example", ""), Ignore(actor=RealJid.parse("hag66@example"))
target.local = "heath"
wish.actor = wish.actor
"""


def test_whoever_assigns_to_a_value_is_told(tmp_path: Path) -> None:
    """Both kinds, those made by name too."""
    (tmp_path / "assigns.py").write_text(ASSIGNS)
    # In a process of its own: mypy lets the one it runs in recurse deeper than others may.
    command = (sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(tmp_path), str(tmp_path / "assigns.py"))
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (found.stdout.count("is read-only"), found.returncode) == (2, 1), found.stdout + found.stderr
