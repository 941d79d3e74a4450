"""checks.txt: every check that a green run makes of the bundled reference, clause by clause.

A trial that quietly checks less than it did still passes. So the last list is kept, and a real
run is held beside it: `python -m tests.suite.law.checks REPORT_DIR` says which checks are gone
or new, and with `--write` takes them over, to be read in the diff.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from billproof.reports.reading import read_results
from billproof.verdicts.results import Results
from billproof.verdicts.verdict import Verdict

PAGE = Path(__file__).with_name("checks.txt")
AGAIN = "python -m tests.suite.law.checks REPORT_DIR --write"
_INDENT = "  "


def made_in(results: Results) -> dict[str, set[str]]:
    """The checks of each clause that passed: one that failed stopped before its last."""
    passed = (clause for clause in results.clauses if clause.verdict is Verdict.PASS)
    return {clause.id: set(clause.checks) for clause in passed}


def read(text: str) -> dict[str, set[str]]:
    """The checks that are written down, by clause."""
    found: dict[str, set[str]] = {}
    for line in text.splitlines():
        if line.startswith(_INDENT):
            found[next(reversed(found))].add(line.removeprefix(_INDENT))
        elif line:
            found[line] = set()
    return found


def written(checks: Mapping[str, set[str]]) -> str:
    """The same as text: a line for each clause, and one for each of its checks below it."""
    return "".join(
        f"{clause}\n" + "".join(f"{_INDENT}{check}\n" for check in sorted(checks[clause]))
        for clause in sorted(checks)
    )


def differences(last: Mapping[str, set[str]], now: Mapping[str, set[str]]) -> Iterator[str]:
    """What the clauses that passed now check less, or more, than was written down."""
    for clause in sorted(now):
        kept = last.get(clause, set())
        yield from (f"{clause}: no longer checks {check!r}" for check in sorted(kept - now[clause]))
        yield from (f"{clause}: now checks {check!r}" for check in sorted(now[clause] - kept))


def main(report: Path, *, write: bool) -> int:
    """Print what differs, or write it down; 1 when anything differs."""
    last, now = (
        read(PAGE.read_text("utf-8")) if PAGE.exists() else {},
        made_in(read_results(report)),
    )
    if write:
        PAGE.write_text(written({**last, **now}), "utf-8")
        return 0
    found = list(differences(last, now))
    count = sum(len(checks) for checks in now.values())
    meant = f"Where that is meant, write it down: {AGAIN}"
    told = (
        [*found, meant] if found else [f"{count} checks of {len(now)} clauses are the last run's."]
    )
    sys.stdout.write("".join(f"{line}\n" for line in told))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), write="--write" in sys.argv[2:]))
