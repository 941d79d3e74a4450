"""`python -m tests.suite.law.pages`: write docs/contract/ anew from the contract.

With `--exchanges REPORT_DIR` the examples are taken anew from a run first, for the clauses
that this run has looked at: `billproof verify`, then this.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from billproof.law import load_law
from tests.suite.law.pages import examples, render


def main() -> None:
    """Write what has changed; files that nothing makes any more go."""
    parser = argparse.ArgumentParser(prog="python -m tests.suite.law.pages")
    parser.add_argument("--exchanges", type=Path, metavar="REPORT_DIR")
    report = parser.parse_args().exchanges
    law = load_law()
    if report is not None:
        examples.refresh(report, law)
    pages = render.pages(law)
    for stale in {*render.FOLDER.glob("*.md")} - {render.FOLDER / name for name in pages}:
        stale.unlink()
    for name, text in pages.items():
        (render.FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
