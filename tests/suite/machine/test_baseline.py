"""What a baseline makes of verdicts, and when it is stale."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from billproof.reports.outcome import reason
from billproof.verdicts.baseline import Entry, stale, with_baseline
from billproof.verdicts.results import ClauseResult, Fault
from billproof.verdicts.summary import exit_code, sentence, summarise
from billproof.verdicts.verdict import Verdict
from tests.suite.machine.published import result

TODAY = date(2026, 11, 28)


def entry(clause: str = "AUT-001", **more: Any) -> Entry:
    """A failure that is known."""
    told: dict[str, Any] = {"reason": "ticket 7", "owner": "Ada"}
    return Entry.model_validate({"clause": clause, **told, **more})


@pytest.mark.parametrize(
    ("verdict", "becomes"),
    [
        (Verdict.FAIL, Verdict.EXPECTED_FAIL),
        (Verdict.BLOCKED, Verdict.EXPECTED_FAIL),
        (Verdict.PASS, Verdict.UNEXPECTED_PASS),
    ],
)
def test_an_entry_expects_a_failure(verdict: Verdict, becomes: Verdict) -> None:
    """Whether it fails by itself or by what it needs; and it is stale where it passes."""
    (judged,) = with_baseline([result("AUT-001", verdict)], [entry()])

    assert judged.verdict is becomes
    assert judged.known is not None
    assert (judged.known.reason, judged.known.owner) == ("ticket 7", "Ada")


@pytest.mark.parametrize(
    "verdict",
    [
        *(Verdict.WARN, Verdict.NOT_TESTABLE, Verdict.ERROR, Verdict.NOT_RUN),
        *(Verdict.NOT_APPLICABLE, Verdict.NOT_OBSERVABLE_HERE, Verdict.NOT_SCORED),
    ],
)
def test_an_entry_says_nothing_of_the_rest(verdict: Verdict) -> None:
    """What could not be seen is never expected, and its own reason is what a reader must see."""
    judged = result("AUT-001", verdict)

    assert with_baseline([judged], [entry()]) == [judged]


@pytest.mark.parametrize("verdict", [Verdict.PASS, Verdict.FAIL, Verdict.BLOCKED, Verdict.WARN])
def test_a_flaky_clause_is_told_apart(verdict: Verdict) -> None:
    """Whatever it did this time; it is never counted as passed."""
    (judged,) = with_baseline([result("AUT-001", verdict)], [entry(flaky=True)])

    assert judged.verdict is Verdict.FLAKY


@pytest.mark.parametrize("verdict", [Verdict.NOT_TESTABLE, Verdict.ERROR])
def test_flaky_excuses_nothing_that_was_not_seen(verdict: Verdict) -> None:
    """As with every entry."""
    (judged,) = with_baseline([result("AUT-001", verdict)], [entry(flaky=True)])

    assert judged.verdict is verdict


def blocked(clause: str, *by: str) -> ClauseResult:
    """A clause that fails because of others."""
    return result(clause, Verdict.BLOCKED).model_copy(update={"blocked_by": list(by)})


def test_what_only_flaky_clauses_block_is_as_flaky() -> None:
    """Directly or not: else a job would be red each time that the flaky one fails."""
    clauses = [result("AUT-001", Verdict.FAIL), blocked("SUB-001", "AUT-001")]
    clauses += [blocked("SUB-002", "SUB-001"), result("SUB-003", Verdict.FAIL)]

    judged = with_baseline(clauses, [entry(flaky=True)])

    assert [one.verdict for one in judged] == [*[Verdict.FLAKY] * 3, Verdict.FAIL]
    assert reason(judged[2]) == "blocked by AUT-001, which is flaky: ticket 7 (Ada)"


@pytest.mark.parametrize(
    "entries", [[entry()], [entry(flaky=True), entry("CHK-001")], [entry(flaky=True)]]
)
def test_what_anything_else_blocks_is_red(entries: list[Entry]) -> None:
    """A failure that is known is the clause's own, and what it blocks needs an entry."""
    clauses = [result(key, Verdict.FAIL) for key in ("AUT-001", "CHK-001")]
    waiting = blocked("SUB-001", "CHK-001", "AUT-001")

    assert with_baseline([*clauses, waiting], entries)[-1] == waiting


def test_a_clause_without_an_entry_is_as_it_was() -> None:
    """An entry is for its clause alone."""
    failing = result("AUT-002", Verdict.FAIL)

    assert with_baseline([failing], [entry()]) == [failing]


@pytest.mark.parametrize(
    ("known", "said"),
    [
        ({}, ""),
        ({"expires": TODAY}, ""),
        ({"expires": date(2026, 11, 27)}, "AUT-001 expired on 2026-11-27 (Ada): ticket 7."),
        ({"clause": "AUT-999"}, "the contract has no clause AUT-999 (Ada)"),
        ({"expires": date(2026, 11, 27), "reason": "Why?"}, "(Ada): Why? Mend it, or give"),
        ({"expires": date(2026, 11, 27), "flaky": True}, "AUT-001 expired on 2026-11-27"),
    ],
)
def test_an_entry_that_is_expired_or_gone_is_a_fault(known: dict[str, Any], said: str) -> None:
    """It names the owner; its last day is a day on which it holds."""
    faults = stale([entry(**known)], {"AUT-001"}, TODAY)

    assert [fault.code for fault in faults] == ([4] if said else [])
    assert said in "".join(fault.reason for fault in faults)


@pytest.mark.parametrize(
    ("verdicts", "code", "conforms", "words"),
    [
        ([Verdict.EXPECTED_FAIL, Verdict.PASS], 0, False, "Does not conform, but nothing fails"),
        ([Verdict.EXPECTED_FAIL], 0, False, "Does not conform, but nothing fails"),
        ([Verdict.FLAKY, Verdict.PASS], 0, False, "Does not conform, but nothing fails"),
        ([Verdict.FLAKY], 1, False, "Does not conform."),
        ([Verdict.UNEXPECTED_PASS], 4, False, "Stale baseline"),
        ([Verdict.FAIL, Verdict.UNEXPECTED_PASS], 1, False, "Does not conform."),
    ],
)
def test_what_a_baseline_excuses_is_not_conforming(
    verdicts: list[Verdict], code: int, *, conforms: bool, words: str
) -> None:
    """A job is green by it, a backend is not; flaky clauses alone are nothing that ran."""
    judged = [result(f"AUT-{n:03}", verdict) for n, verdict in enumerate(verdicts, 1)]

    summary = summarise(judged, [], partial=False)

    assert (summary.exit_code, summary.conforms) == (code, conforms)
    assert sentence(summary, "command").startswith(words)


@pytest.mark.parametrize(
    ("verdict", "other", "code"),
    [
        (Verdict.PASS, None, 4),
        (Verdict.FAIL, None, 1),
        (Verdict.PASS, 3, 3),
        (Verdict.ERROR, None, 5),
    ],
)
def test_a_stale_entry_is_the_least_of_all_troubles(
    verdict: Verdict, other: int | None, code: int
) -> None:
    """2 before 5 before 3 before 1 before 4."""
    faults = stale([entry("AUT-999")], set(), TODAY)
    faults += [Fault.model_validate({"code": other, "reason": "x"})] if other else []

    assert exit_code([verdict], faults) == code


def test_an_entry_of_what_does_not_apply_is_a_fault() -> None:
    """Nothing of it can fail; where its capability is declared it may."""
    absent = result("DEV-001", Verdict.NOT_APPLICABLE)
    known = [entry(absent.id)]

    [fault] = stale(known, {absent.id}, TODAY, [absent])

    assert fault.code == 4
    assert fault.reason.startswith(f"Baseline: {absent.capability} is not declared, so DEV-001 ")
    assert stale(known, {absent.id}, TODAY, [result(absent.id, Verdict.FAIL)]) == []


def test_an_entry_that_is_not_needed_any_more_says_what_to_do() -> None:
    """In each report, and not only why it was once expected to fail."""
    [passing, failing] = with_baseline(
        [result("AUT-001", Verdict.PASS), result("AUT-002", Verdict.FAIL)],
        [entry("AUT-001"), entry("AUT-002")],
    )

    assert reason(passing).startswith("it passes, and the baseline says that it fails: ")
    assert reason(passing).endswith("`billproof baseline prune` takes it out.")
    assert "prune" not in reason(failing)
