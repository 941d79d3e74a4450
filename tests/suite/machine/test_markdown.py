"""summary.md, read by a Markdown parser."""

from __future__ import annotations

import html
import re

from markdown_it import MarkdownIt

from billproof.reports.markdown import MOST_CAUSES, markdown
from billproof.reports.reading import Report
from billproof.verdicts.verdict import Verdict
from tests.suite.machine.published import AWKWARD, report, result, results

READER = MarkdownIt("commonmark").enable("table")


def rendered(shown: Report) -> str:
    """The page as HTML."""
    return str(READER.render(markdown(shown)))


def test_it_says_the_verdict_the_faults_and_how_to_repeat_the_run() -> None:
    """Before anything else."""
    page = rendered(report())

    said = "No verdict: the suite itself is at fault; 2 clauses fail beside that."
    assert page.startswith(f"<h2>billproof: {said}</h2>")
    assert "The backend ended with exit code 7. Its last lines: bye" in page
    assert "billproof verify --cmd 'node server.js' --seed 7" in page


def test_its_table_counts_by_capability() -> None:
    """A column for each verdict that was given."""
    page = rendered(report())

    cells = re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", page)
    width = 1 + 13
    assert cells[1:4] == ["pass", "fail", "warn"]
    assert cells[width : width + 4] == ["core", "1", "", "1"]
    assert cells[2 * width : 2 * width + 5] == ["checkout", "", "2", "", "2"]


def test_a_cause_is_told_with_what_it_blocks() -> None:
    """In a fold of its own; blocked clauses have none."""
    page = rendered(report())

    assert "<summary><b>CHK-001 fail</b> (2 blocked by CHK-001): CHK-001 is a sentence" in page
    assert "<b>CHK-002" not in page
    assert page.count("<details>") == page.count("</details>") == 7


def test_nothing_that_a_backend_says_is_markup() -> None:
    """It stays inside of its fence, whatever it holds."""
    page = rendered(report())

    assert "</script>" not in page
    assert "&lt;/script&gt;&lt;b&gt;&amp;amp; ```` |" in page
    assert html.escape(AWKWARD[-4:]) in page


def test_a_run_with_many_failures_stays_short() -> None:
    """A comment on a pull request has a limit; the rest is counted."""
    many = [
        result(f"CHK-{n:03}", Verdict.FAIL, finding=None, hint="x" * 900) for n in range(1, 201)
    ]

    page = markdown(Report(results(*many)))

    assert page.count("<details>") == MOST_CAUSES
    assert f"{200 - MOST_CAUSES} more are in `report.html`." in page
    assert len(page) < 65_536


def test_a_clean_run_is_a_verdict_and_a_table() -> None:
    """Nothing to unfold."""
    page = rendered(Report(results(result("AUT-001", Verdict.PASS))))

    assert page.startswith("<h2>billproof: Conforms.</h2>")
    assert "<details>" not in page
