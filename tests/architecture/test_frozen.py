"""Values stay as they were made. Nothing looks at that when a program runs, so somebody has to before."""

from __future__ import annotations

from pathlib import Path

from mypy import api

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
    said, trouble, status = api.run(["--strict", "--cache-dir", str(tmp_path), str(tmp_path / "assigns.py")])
    assert (said.count("is read-only"), status) == (2, 1), said + trouble
