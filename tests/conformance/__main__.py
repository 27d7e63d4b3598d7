"""`python -m tests.conformance --write docs/conformance.md`, or without a file for the summary alone."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tests.conformance.catalogue import left_out, rows, titles
from tests.conformance.check import complaints
from tests.conformance.markers import asserted
from tests.conformance.page import render


def main() -> int:
    """Write the page, and say what does not fit together."""
    parser = argparse.ArgumentParser(prog="python -m tests.conformance", description=__doc__)
    parser.add_argument("--write", type=Path, metavar="FILE", help="where the page goes; without it, only its summary")
    file: Path | None = parser.parse_args().write
    tests, reasons = asserted(), left_out()
    page = render(rows(), titles(), reasons, tests)
    if file is None:
        sys.stdout.write(page.partition("\n## ")[0])
    else:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(page, encoding="utf-8")
    wrong = complaints(rows(), reasons, tests)
    sys.stderr.writelines(f"{one}\n" for one in wrong)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
