"""What a run leaves behind, and what it prints."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.console import Console

from billproof.cli.entry import run
from billproof.errors import CannotTest, UsageError
from billproof.law import Clause, Law, load_law
from billproof.run.plan import RunPlan
from billproof.run.record import Exchange, Finding, Outcome, Record
from billproof.verdicts.results import Results
from billproof.verify import report
from billproof.verify.observed import Observed
from billproof.verify.options import Options
from billproof.verify.printing import Printer
from billproof.verify.progress import Plain
from billproof.verify.selection import Selection, select

MakePlan = Callable[..., RunPlan]
EXCHANGE = Exchange(
    method="POST",
    url="http://127.0.0.1:8000/api/v1/billing/checkout",
    request_headers=[("authorization", "tma <init data>")],
    request_body='{"plan":"pro"}',
    status=500,
    response_headers=[("content-type", "text/plain")],
    response_body="no such table",
    seconds=0.012,
    curl="curl -i -X POST http://127.0.0.1:8000/api/v1/billing/checkout",
)
FAILED = Record(
    test="tests/api/test_checkout.py::test_x",
    clauses=["CHK-001"],
    outcome=Outcome.FAILED,
    seconds=0.25,
    checks=["status"],
    finding=Finding(what="status", expected="201", got="500", exchange=0),
    exchanges=[EXCHANGE],
)


@pytest.fixture
def law() -> Law:
    """The contract."""
    return load_law()


@pytest.fixture
def selection(law: Law) -> Selection:
    """One clause alone."""
    return select(law, ("CHK-001",), None, needs=False)


@pytest.fixture
def observed(make_plan: MakePlan) -> Observed:
    """A run in which it failed."""
    return Observed(make_plan("url"), records=[FAILED], seconds=1.5)


@pytest.fixture
def results(law: Law, selection: Selection, observed: Observed) -> Results:
    """Its verdicts."""
    return report.results_of(Options(cmd="node x.js"), law, selection, observed)


def printed(clauses: tuple[Clause, ...], results: Results, observed: Observed) -> str:
    """All that a run prints at its end."""
    console = Console(file=io.StringIO(), width=60)
    printer = Printer(console, clauses)
    printer.findings(results, observed.records)
    printer.summary(results, observed)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_the_trial_that_is_named_is_the_findings_own(
    law: Law, selection: Selection, observed: Observed
) -> None:
    """Of two that fail the same one speaks in each place, whichever ended first."""
    later = FAILED.model_copy(update={"test": "tests/api/test_checkout.py::test_y"})
    observed.records = [later, FAILED]

    results = report.results_of(Options(cmd="node x.js"), law, selection, observed)

    assert results.clauses[0].tests == [FAILED.test, later.test]
    assert "trial:    x" in printed(selection.clauses, results, observed)


@pytest.mark.parametrize(("kind", "told"), [("command", 1), ("app", 1), ("url", 0)])
def test_a_curl_line_of_a_backend_that_has_ended_says_so(
    selection: Selection, results: Results, observed: Observed, kind: str, told: int
) -> None:
    """What a URL names goes on running; without a curl line there is nothing to say."""
    target = results.target.model_copy(update={"kind": kind})
    of_kind = results.model_copy(update={"target": target})
    silent = Observed(observed.plan, records=[FAILED.model_copy(update={"finding": None})])

    said = "The backend of this run has ended with it."
    assert printed(selection.clauses, of_kind, observed).count(said) == told
    assert printed(selection.clauses, of_kind, silent).count(said) == 0


def test_of_what_came_a_screen_shows_the_beginning(
    law: Law, selection: Selection, observed: Observed
) -> None:
    """The report has all of it."""
    finding = Finding(what="numbers", expected="'A-1'", got="B-2, " * 1_000)
    observed.records = [FAILED.model_copy(update={"finding": finding})]

    results = report.results_of(Options(cmd="node x.js"), law, selection, observed)

    told = printed(selection.clauses, results, observed)
    assert "expected: 'A-1'\n" in told
    assert told.count("B-2, ") == 200
    assert results.clauses[0].finding is not None
    assert results.clauses[0].finding.got == finding.got


def test_a_failing_clause_is_shown_with_all_that_helps(
    selection: Selection, results: Results, observed: Observed
) -> None:
    """Text, expected and got, exchange, curl, how to repeat it, hint, why; nothing is wrapped."""
    clause = selection.clauses[0]

    lines = [line.strip() for line in printed(selection.clauses, results, observed).splitlines()]

    for line in (
        f"CHK-001 fail  {clause.text}",
        "expected: 201",
        "got:      500",
        "request:  POST http://127.0.0.1:8000/api/v1/billing/checkout",
        '{"plan":"pro"}',
        "answer:   500 after 0.012 s",
        "no such table",
        f"curl:     {EXCHANGE.curl}",
        f"again:    billproof verify --cmd 'node x.js' --only CHK-001 --seed {results.seed}",
        f"hint:     {clause.hint.strip()}",
        f"why:      {clause.why.strip()}",
    ):
        assert line in lines


def test_the_summary_counts_and_says_where_the_report_is(
    selection: Selection, results: Results, observed: Observed
) -> None:
    """By capability, then in all; the last lines are the whole run's command and the verdict."""
    *_, counted, total, again, verdict = printed(selection.clauses, results, observed).splitlines()

    assert counted.split() == ["checkout", "1", "fail"]
    assert total == f"1 fail  in 1.5 s; report in {observed.plan.out}"
    assert again == f"again: {results.command}"
    assert verdict == "What was selected does not pass."


def test_the_report_is_written_and_an_old_one_is_gone(
    tmp_path: Path, results: Results, observed: Observed
) -> None:
    """A reader never finds exchanges of a former run."""
    folder = tmp_path / "report"
    (folder / "exchanges").mkdir(parents=True)
    (folder / "exchanges" / "AUT-001.json").touch()
    (folder / "report.html").write_text("old")
    (folder / "results.json").touch()

    report.clear(folder)
    assert not (folder / "report.html").exists()
    report.write(folder, results, observed.records)

    assert [path.name for path in (folder / "exchanges").iterdir()] == ["CHK-001.json"]
    assert {path.name for path in folder.iterdir()} == {
        *("results.json", "exchanges", "report.html", "junit.xml", "ctrf.json"),
        *("summary.md", "badge.svg", ".billproof"),
    }
    assert Results.model_validate_json((folder / "results.json").read_text()) == results
    kept = json.loads((folder / "exchanges" / "CHK-001.json").read_text())
    assert kept[0]["exchanges"][0]["response_body"] == "no such table"


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    """Before anything runs."""
    (tmp_path / "file").touch()

    with pytest.raises(CannotTest, match="cannot be written"):
        report.clear(tmp_path / "file" / "report")


def test_a_folder_with_other_peoples_files_is_refused_and_left(tmp_path: Path) -> None:
    """`pages`, `exchanges` and `summary.md` are names that a project may have used before."""
    for name in ("pages/index.html", "exchanges/notes.txt", "summary.md"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("mine")

    code = run(["verify", "--cmd", "exit 9", "--out", str(tmp_path)])

    assert code == 2
    for name in ("pages/index.html", "exchanges/notes.txt", "summary.md"):
        assert (tmp_path / name).read_text() == "mine"
    with pytest.raises(UsageError, match="holds no report"):
        report.clear(tmp_path)


def test_an_empty_folder_and_one_of_an_interrupted_run_are_taken(tmp_path: Path) -> None:
    """Such a run has left its mark, and no results."""
    report.clear(tmp_path)
    (tmp_path / "exchanges" / "AUT-001.json").touch()

    report.clear(tmp_path)

    assert [*(tmp_path / "exchanges").iterdir()] == []


def test_a_run_that_cannot_begin_leaves_the_last_report(
    tmp_path: Path, results: Results, observed: Observed
) -> None:
    """What failed last night is still to be found by `--failed`."""
    folder = tmp_path / "report"
    report.clear(folder)
    report.write(folder, results, observed.records)
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}

    code = run(["verify", "--cmd", "exit 9", "--failed", "--out", str(folder)])

    assert code == 3
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_results_say_in_words_what_they_judge(law: Law, results: Results) -> None:
    """Whoever reads them needs no contract beside them."""
    (told,) = results.clauses
    clause = law.clause("CHK-001")

    assert (told.text, told.why, told.hint) == (clause.text, clause.why, clause.hint)
    assert told.again == (
        f"billproof verify --cmd 'node x.js' --only CHK-001 --seed {results.seed}"
    )
    assert results.command == f"billproof verify --cmd 'node x.js' --seed {results.seed}"
    assert results.contract.total == len(law.clauses)


def test_a_pipe_gets_plain_lines() -> None:
    """No bar and no escape sequences in a CI log."""
    console = Console(file=io.StringIO(), width=60)
    plain = Plain(console)
    plain.begin(["AUT-001", "CHK-001"])
    plain.saw(FAILED)
    plain.end()

    assert isinstance(console.file, io.StringIO)
    assert console.file.getvalue().splitlines()[0] == "2 clauses to judge"
    assert "\x1b" not in console.file.getvalue()
