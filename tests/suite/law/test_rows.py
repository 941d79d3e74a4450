"""Clauses name the rows of the tables that they speak of."""

from __future__ import annotations

from billproof.law import Clause, Law
from billproof.law.lint import lint
from billproof.law.rows import all_rows, lint_rows, rows_of


def naming(law: Law, *rows: str) -> Clause:
    """A clause that names these rows, and speaks of no table in its text."""
    return law.clause("AUT-001").model_copy(update={"rows": rows})


def names(law: Law, *rows: str) -> list[str]:
    """The rows that a clause finds by these words, by their first name."""
    return [row.names[0] for row in rows_of(naming(law, *rows), law.tables)]


def linted(law: Law, clause: Clause) -> list[str]:
    """What is wrong with the clause's rows."""
    return [str(problem) for problem in lint_rows(law.model_copy(update={"clauses": (clause,)}))]


def test_a_row_goes_by_its_table_its_part_or_its_name(law: Law) -> None:
    """One table, a list of it, one row."""
    events = law.tables.events

    assert len(names(law, "events")) == len(events.types) + len(events.situations)
    assert names(law, "events/types") == [row.type for row in events.types]
    assert names(law, "access/past_due") == ["past_due"]


def test_a_failure_goes_by_each_operation_and_an_invoice_by_what_it_shows(law: Law) -> None:
    """That is what clauses speak of."""
    portal = [row for row in law.tables.failures.rows if "createPortal" in row.operations]

    assert len(names(law, "failures/createPortal")) == len(portal) == 3
    assert len(names(law, "invoices/past_due")) == 3


def test_a_row_that_is_named_twice_is_there_once(law: Law) -> None:
    """By its name and by its part."""
    assert names(law, "events/thin event", "events/situations").count("thin event") == 1


def test_every_row_is_spoken_of_by_a_clause(law: Law) -> None:
    """What no clause names is judged by none, or explained by none."""
    named = [row for clause in law.clauses for row in rows_of(clause, law.tables)]

    assert [row for row in all_rows(law.tables) if row not in named] == []


def test_a_row_that_no_table_has_is_found(law: Law) -> None:
    """A slip of the pen, or a row that went."""
    wrong = naming(law, "events/thin evnt")
    told = "AUT-001: names the row events/thin evnt, which no table has"

    assert linted(law, naming(law, "events/thin event")) == []
    assert linted(law, wrong) == [told]
    whole = tuple(wrong if clause.id == wrong.id else clause for clause in law.clauses)
    assert [*map(str, lint(law.model_copy(update={"clauses": whole})))] == [told]


def test_a_clause_that_speaks_of_a_table_names_rows_of_it(law: Law) -> None:
    """Else nobody is shown them."""
    silent = law.clause("WHK-040").model_copy(update={"rows": ("access/active",)})

    assert linted(law, law.clause("WHK-040")) == []
    assert linted(law, silent) == ["WHK-040: speaks of tables/events.yaml and names no row of it"]
