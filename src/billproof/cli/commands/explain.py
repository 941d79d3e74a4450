"""`billproof explain`: one clause, with all that helps to meet it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

import typer
from rich.text import Text

from billproof.cli.app import app
from billproof.cli.screen import document, out
from billproof.errors import CannotTest
from billproof.law import Clause, Law, load_law, select
from billproof.law.examples import Example, examples_of
from billproof.law.rows import TableRow, rows_of
from billproof.mutants.catalogue import Mutant, load_mutants

INDENT = " " * 11


@app.command()
def explain(
    clause_id: str = typer.Argument(..., metavar="ID", help="A clause, e.g. WHK-004."),
    as_json: bool = typer.Option(False, "--json", help="Print one JSON document."),
) -> int:
    """Say what a clause asks, why, how to meet it, and which defects break it."""
    law = load_law()
    chosen = select(law, [clause_id])
    mutants = _mutants()
    if as_json:
        document([_shown(clause, law, mutants) for clause in chosen])
        return 0
    for number, clause in enumerate(chosen):
        out.print("\n" if number else "", end="")
        _print(clause, law, mutants)
    return 0


def report_url(defect: str) -> str:
    """The public page of `owner/repository#number`."""
    repository, _, number = defect.partition("#")
    return f"https://github.com/{repository}/issues/{number}"


def _mutants() -> list[Mutant]:
    """All mutants; none where their files are gone, for the clause is still there."""
    try:
        return load_mutants()
    except CannotTest:
        return []


def _shown(clause: Clause, law: Law, mutants: list[Mutant]) -> dict[str, object]:
    """The clause as the contract has it, and what belongs to it elsewhere."""
    broken_by = [mutant for mutant in mutants if clause.id in mutant.breaks]
    return {
        **clause.model_dump(mode="json"),
        "reports": [report_url(defect) for defect in clause.defects],
        "table_rows": [
            {"table": one.table, "part": one.part, **one.row.model_dump(mode="json")}
            for one in rows_of(clause, law.tables)
        ],
        "examples": [example.model_dump(mode="json") for example in examples_of(clause.id)],
        "mutants": [
            {"id": one.id, "sentence": one.sentence, "source": one.source} for one in broken_by
        ],
    }


def _print(clause: Clause, law: Law, mutants: list[Mutant]) -> None:
    head = Text.assemble((clause.id, "bold"), f"  {clause.level}, {clause.capability}")
    out.print(head, soft_wrap=True)
    rows = [("text", clause.text), ("why", clause.why), ("hint", clause.hint)]
    rows += [("since", clause.since)]
    rows += [("needs", f"{need}  {law.clause(need).text}") for need in clause.needs]
    rows += [("note", note) for note in _notes(clause)]
    rows += [("table", text) for text in _tables(rows_of(clause, law.tables))]
    rows += [("example", _indented(example)) for example in examples_of(clause.id)]
    rows += [("seen in", report_url(defect)) for defect in clause.defects]
    rows += [("mutant", f"{m.id}: {m.sentence}") for m in mutants if clause.id in m.breaks]
    rows += [("try", f"billproof verify --only {clause.id}")]
    for name, text in rows:
        out.print(Text.assemble((f"  {name:<9}", "dim"), text.strip()), soft_wrap=True)


def _notes(clause: Clause) -> Iterator[str]:
    if clause.needs_start:
        yield "It needs a backend that we start: --cmd or --app, not a URL."
    if clause.exclusive:
        yield "Its trials run alone, after all others."


def _indented(example: Example) -> str:
    """As it goes over the wire, below its name."""
    return "\n".join(f"{INDENT}{line}".rstrip() for line in example.text.splitlines())


def _tables(rows: list[TableRow]) -> Iterator[str]:
    """For each table where it stands, and its rows in two lines each: words, then sentences."""
    for place, found in groupby(rows, lambda row: f"tables/{row.table}.yaml, {row.part}"):
        yield "\n".join([place, *(line for row in found for line in _row(row))])


def _row(row: TableRow) -> Iterator[str]:
    told = {name: _value(value) for name, value in row.row.model_dump(mode="json").items()}
    first, *others = told
    sentences = [told[name] for name in others if told[name].endswith(".")]
    words = [f"{name} {told[name]}" for name in others if not told[name].endswith(".")]
    yield f"{INDENT}- {told[first]}: {'; '.join(words)}".rstrip(": ")
    if sentences:
        yield f"{INDENT}  {' '.join(sentences)}"


def _value(value: object) -> str:
    """A member of a row in words."""
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(map(_value, value)) or "-"
    if isinstance(value, dict):
        return " ".join(f"{name} {_value(one)}" for name, one in value.items() if one is not None)
    return str(value)
