"""`billproof explain`, as somebody types it who has never seen the code."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable

import pytest

from billproof.law import load_law

Billproof = Callable[..., subprocess.CompletedProcess[str]]
# Nothing may be asked of a network: a connection to port 9 is refused at once.
OFFLINE = dict.fromkeys(("http_proxy", "https_proxy", "all_proxy"), "http://127.0.0.1:9")


def explained(billproof: Billproof, *arguments: str) -> str:
    """What it prints, once it has succeeded without a complaint."""
    run = billproof("explain", *arguments, **OFFLINE)
    assert (run.returncode, run.stderr) == (0, ""), run.stderr
    return run.stdout


def test_a_clause_is_explained_with_all_that_belongs_to_it(billproof: Billproof) -> None:
    """Text, level, capability, reason, hint, needs in words, rows, exchange, reports, mutants."""
    clause = load_law().clause("INV-004")

    told = explained(billproof, "INV-004")

    assert told.startswith("INV-004  MUST, invoices\n")
    for sentence in (clause.text, clause.why, clause.hint, "needs    INV-001  After a paid"):
        assert sentence in told
    assert "table    tables/invoices.yaml, rows\n" in told
    assert "- open, overdue: status open; attempted no; overdue yes;" in told
    assert "example  GET /api/v1/billing/invoices?limit=100 HTTP/1.1\n" in told
    assert '"display_status": "past_due"' in told
    assert "A declined card leaves the invoice open." in told
    assert told.endswith("try      billproof verify --only INV-004\n")


def test_only_its_own_rows_are_shown(billproof: Billproof) -> None:
    """Of ten statuses one."""
    told = explained(billproof, "SUB-005")

    assert "- canceled: example -; grants no; over yes; label Canceled;" in told
    assert "- active:" not in told


def test_known_defects_are_shown_where_the_public_finds_them(billproof: Billproof) -> None:
    """As addresses that can be opened."""
    assert "seen in  https://github.com/TryGhost/Members/issues/240\n" in explained(
        billproof, "WHK-040"
    )


@pytest.mark.parametrize(
    ("clause_id", "note"),
    [("ENV-001", "It needs a backend that we start"), ("MET-001", "run alone, after all others")],
)
def test_what_is_special_about_it_is_said(billproof: Billproof, clause_id: str, note: str) -> None:
    """How it can be seen, and when."""
    assert note in explained(billproof, clause_id)
    assert note not in explained(billproof, "AUT-001")


def test_letter_case_is_no_matter_and_a_glob_explains_several(billproof: Billproof) -> None:
    """As in `verify --only`."""
    told = explained(billproof, "por-00*")

    assert told.startswith("POR-001  MUST, portal\n")
    assert "\n\nPOR-002  MUST, portal\n" in told


def test_json_is_one_document_with_the_same(billproof: Billproof) -> None:
    """The clause as the contract has it, with what belongs to it elsewhere."""
    [clause] = json.loads(explained(billproof, "WHK-004", "--json"))

    assert (clause["id"], clause["needs"], clause["rows"]) == (
        *("WHK-004", ["WHK-001"]),
        ["events/delivered again"],
    )
    [row] = clause["table_rows"]
    assert (row["table"], row["part"], row["outcomes"]) == ("events", "situations", ["duplicate"])
    assert clause["examples"][0]["request"].startswith("POST /api/v1/billing/webhooks/stripe")
    assert {"id", "sentence", "source"} == clause["mutants"][0].keys()
    assert len(clause["reports"]) == len(clause["defects"])


@pytest.mark.parametrize(
    ("clause_id", "near"),
    [
        ("CHK-6", "Nearest: CHK-006, "),
        ("whk4", "Nearest: WHK-004"),
        ("WKH-004", "Nearest: WHK-0"),
        ("rabbit", "See `billproof clauses`."),
    ],
)
def test_an_unknown_clause_is_wrongly_asked(
    billproof: Billproof, clause_id: str, near: str
) -> None:
    """Exit code 2 and what might have been meant; where nothing is near, where all are."""
    run = billproof("explain", clause_id)

    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr.startswith(f"There is no clause '{clause_id}'. {near}")


def test_all_clauses_can_be_explained(billproof: Billproof) -> None:
    """In a moment, and none without a text and a line to try it."""
    told = explained(billproof, "*")

    assert told.count("\n  text     ") == told.count("\n  try      ") == len(load_law().clauses)
