"""The text of each page, from the contract, its mutants and the stored examples."""

from __future__ import annotations

from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any

import jinja2

from billproof.law import Clause, Law, Level, load_wire
from billproof.law.examples import examples_of
from billproof.mutants.catalogue import Mutant, load_mutants
from tests.suite.house.tree import ROOT

FOLDER = ROOT / "docs" / "contract"
TABLES = {
    "access": "Status, pause and cancellation",
    "events": "Stripe's events",
    "failures": "Stripe fails",
    "invoices": "Invoices",
}


def pages(law: Law) -> dict[str, str]:
    """Every page by the name of its file."""
    mutants = load_mutants()
    made = {"README.md": _rendered("index", law=law, counts=_counts(law), tables=TABLES)}
    for capability in law.capabilities:
        mine = [clause for clause in law.clauses if clause.capability == capability.name]
        rows = [(clause, _broken_by(clause, mutants)) for clause in mine]
        made[f"{capability.name}.md"] = _rendered(
            "capability", law=law, capability=capability, rows=rows
        )
    for name, title in TABLES.items():
        table = getattr(law.tables, name)
        made[f"table-{name}.md"] = _rendered(f"table-{name}", law=law, title=title, table=table)
    made["pages.md"] = _rendered("pages", law=law)
    return made


def _rendered(template: str, **values: Any) -> str:
    text = _environment().get_template(f"{template}.md.j2").render(**values)
    return "\n".join(line.rstrip() for line in text.rstrip().split("\n")) + "\n"


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(  # noqa: S701 - Markdown, from our own data
        loader=jinja2.FileSystemLoader(Path(__file__).with_name("templates")),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {
        "cell": _cell,
        "defect": _defect,
        "clause": _link,
        "phrase": lambda status: HTTPStatus(status).phrase,
        "tick": lambda value: "yes" if value else "no",
    }
    environment.globals["examples_of"] = examples_of
    environment.globals["operations"] = load_wire()
    return environment


def _cell(value: object) -> str:
    """A value inside a table of Markdown."""
    if value is None:
        return "-"
    return str(value).replace("|", "\\|").replace("\n", " ")


def _defect(name: str) -> str:
    repository, _, number = name.partition("#")
    return f"[{name}](https://github.com/{repository}/issues/{number})"


def _link(clause_id: str, law: Law) -> str:
    """A link to a clause, from any of the pages."""
    return f"[{clause_id}]({law.clause(clause_id).capability}.md#{clause_id.lower()})"


def _counts(law: Law) -> dict[str, dict[Level, int]]:
    return {
        one.name: {
            level: sum((c.capability, c.level) == (one.name, level) for c in law.clauses)
            for level in Level
        }
        for one in law.capabilities
    }


def _broken_by(clause: Clause, mutants: list[Mutant]) -> list[Mutant]:
    return [mutant for mutant in mutants if clause.id in mutant.breaks]
