"""`billproof clauses`: all of them, counted; frozen under a version; compared with one."""

from __future__ import annotations

from collections import Counter

import typer
from rich.text import Text

from billproof.cli.app import app
from billproof.cli.screen import document, here, out
from billproof.errors import UsageError
from billproof.law import Law, Level, load_law
from billproof.law.loader import contracts
from billproof.law.versions import Difference, difference, find_version

VERSION = "VERSION"


@app.command()
def clauses(
    as_json: bool = typer.Option(False, "--json", help="Print one JSON document."),
    diff: str = typer.Option(
        "", metavar=VERSION, help="Show what was added, changed and removed since then."
    ),
    freeze: str = typer.Option(
        "", metavar=VERSION, help="Make today's contract a promise, under this version."
    ),
) -> int:
    """List all clauses of the contract, with their number by capability and level."""
    if diff and freeze:
        raise UsageError("--diff and --freeze are two things: ask for one at a time.")
    if freeze:
        _freeze(freeze, as_json=as_json)
    elif diff:
        _compare(difference(load_law(), find_version(contracts(None), diff)), as_json=as_json)
    else:
        _list(load_law(), as_json=as_json)
    return 0


def _list(law: Law, *, as_json: bool) -> None:
    counts = _counts(law)
    if as_json:
        rows = [clause.model_dump(mode="json") for clause in law.clauses]
        document({"counts": counts, "clauses": rows})
        return
    for clause in law.clauses:
        line = Text.assemble((f"{clause.id}  ", "bold"), f"{clause.level:<6}  {clause.text}")
        out.print(line, soft_wrap=True)
    width = max(map(len, counts))
    for name, levels in counts.items():
        told = "   ".join(f"{number:>3} {level}" for level, number in levels.items() if number)
        out.print(Text.assemble((f"{name:<{width}}", "dim"), f"  {told}"), soft_wrap=True)
    out.print(f"{len(law.clauses)} clauses")


def _counts(law: Law) -> dict[str, dict[str, int]]:
    """How many clauses of each level each capability has."""
    seen = Counter((clause.capability, clause.level) for clause in law.clauses)
    return {
        one.name: {level.value: seen[one.name, level] for level in Level}
        for one in law.capabilities
    }


def _freeze(version: str, *, as_json: bool) -> None:
    # It lints first, and JSON Schema takes its time to load.
    from billproof.law.freezing import freeze  # noqa: PLC0415

    files = [here(path) for path in freeze(version)]
    if as_json:
        document({"version": version, "files": files})
        return
    out.print(f"Version {version} is frozen: {' and '.join(files)}.", soft_wrap=True)


def _compare(since: Difference, *, as_json: bool) -> None:
    if as_json:
        document(
            {
                "version": since.version,
                "added": [clause.model_dump(mode="json") for clause in since.added],
                "changed": [{"id": one.id, "members": one.members} for one in since.changed],
                "removed": since.removed,
            }
        )
        return
    rows = [("added", one.id, f"{one.level:<6}  {one.text}") for one in since.added]
    rows += [("changed", one.id, " and ".join(one.members)) for one in since.changed]
    rows += [("removed", one, "") for one in since.removed]
    for kind, clause_id, told in rows:
        line = Text.assemble((f"{kind:<8} ", "dim"), (clause_id, "bold"), f"  {told}".rstrip())
        out.print(line, soft_wrap=True)
    numbers = (
        f"{len(since.added)} added, {len(since.changed)} changed, {len(since.removed)} removed"
    )
    note = f" What was added is not scored against claims of {since.version}."
    out.print(f"{numbers} since {since.version}.{note if since.added else ''}", soft_wrap=True)
