"""badge.svg: small, and honest about what was run."""

from __future__ import annotations

import html5lib
import pytest

from billproof.reports.badge import GREEN, GREY, RED, badge, said
from billproof.reports.reading import Report
from billproof.verdicts.results import Fault, Results
from billproof.verdicts.verdict import Verdict
from tests.suite.machine.published import result, results

PASS, FAIL = result("AUT-001", Verdict.PASS), result("AUT-002", Verdict.FAIL)


@pytest.mark.parametrize(
    ("run", "message", "color"),
    [
        (results(PASS), "conforms, 1 of 1", GREEN),
        (results(PASS, FAIL), "1 of 2 pass", RED),
        (results(PASS, partial=True), "1 of 1 selected", GREY),
        (results(PASS, faults=[Fault(code=3, reason="gone")]), "no verdict", GREY),
        (results(result("AUT-001", Verdict.ERROR)), "no verdict", GREY),
    ],
)
def test_it_says_no_more_than_the_run(run: Results, message: str, color: str) -> None:
    """Green is for a whole run that conforms, and for nothing else."""
    assert said(run) == (message, color)


def test_it_is_a_picture_with_a_text_for_those_who_do_not_see_it() -> None:
    """Read by an HTML parser, for it is shown in pages."""
    (svg,) = html5lib.parse(badge(Report(results(PASS))), namespaceHTMLElements=False).iter(
        "{http://www.w3.org/2000/svg}svg"
    )

    assert svg.get("aria-label") == "billproof: conforms, 1 of 1"
    texts = [each.text for each in svg.iter("{http://www.w3.org/2000/svg}text")]
    assert texts == ["billproof", "conforms, 1 of 1"]
