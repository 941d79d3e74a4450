"""The checks that are written down are those of a real run, and none goes missing unseen."""

from __future__ import annotations

import re

from billproof.law import Law
from billproof.verdicts.verdict import Verdict
from tests.suite.law.checks import PAGE, differences, made_in, read, written
from tests.suite.law.made_up_run import run

CHANCE = re.compile(r"[0-9a-f]{16}|\b[a-z]+_(?=\w*\d)[A-Za-z0-9]{10,}|\b1[0-9]{9}\b")
"""What no two runs have in common: an id, a digest, an instant in Unix seconds."""


def test_every_clause_that_can_pass_has_its_checks(law: Law) -> None:
    """And no clause that there is not."""
    kept = read(PAGE.read_text("utf-8"))

    assert kept.keys() == {clause.id for clause in law.clauses}
    assert [clause for clause, checks in kept.items() if not checks] == []


def test_no_check_is_named_by_chance() -> None:
    """It could not be the same in the next run."""
    assert CHANCE.search("status of DELETE /api/v1/devices/dev_18ec2b004ac1fa91a94738df2d703a60")
    assert CHANCE.search("status of invoice in_1wUrIYDYNbxqaiSNjRj3yFuy, due 5")
    assert CHANCE.search("display_status, due 1795861262")

    names = [name for checks in read(PAGE.read_text("utf-8")).values() for name in checks]

    assert [name for name in names if CHANCE.search(name)] == []


def test_what_is_written_is_read_again() -> None:
    """Clause by clause, in order; a check may hold any mark."""
    checks = {"AUT-001": {"status: 'a'", "  b"}, "WHK-004": set[str]()}

    assert read(written(checks)) == checks
    assert read("") == {}


def test_the_same_checks_are_no_difference() -> None:
    """Also where other clauses were not judged."""
    last = {"WHK-004": {"status", "body"}, "AUT-001": {"status"}}

    assert list(differences(last, made_in(run(checks=("body", "status"))))) == []


def test_a_check_that_is_gone_or_new_is_told() -> None:
    """A pass that says less than the last one, or more."""
    last = {"WHK-004": {"status", "body"}}

    assert list(differences(last, made_in(run(checks=("status", "title"))))) == [
        "WHK-004: no longer checks 'body'",
        "WHK-004: now checks 'title'",
    ]
    assert list(differences({}, made_in(run(checks=("status",))))) == [
        "WHK-004: now checks 'status'"
    ]


def test_a_clause_that_failed_is_not_compared() -> None:
    """It stopped at the check that failed; the run says so itself."""
    assert made_in(run(Verdict.FAIL, checks=("status",))) == {}
