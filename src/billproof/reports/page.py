"""`report.html`: the whole run as one page, without a network and without a script if need be."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from itertools import groupby
from typing import TYPE_CHECKING

from billproof.reports.cascades import causes
from billproof.reports.characters import clean
from billproof.reports.outcome import MEANINGS, ended, unclaimed, unscored
from billproof.reports.views import MARKS, ClauseView, views
from billproof.verdicts.summary import ExitCode, sentence

if TYPE_CHECKING:
    from jinja2 import Environment

    from billproof.reports.reading import Report
    from billproof.verdicts.results import Results
    from billproof.verdicts.verdict import Verdict

SLOWEST = 10


def page(report: Report) -> str:
    """The page; whatever a backend said is text in it, never markup."""
    results = report.results
    clauses = views(report)
    script = _asset("report.js")
    slowest = sorted(clauses, key=lambda view: -view.result.seconds)[:SLOWEST]
    return (
        _templates()
        .get_template("report.html")
        .render(
            results=results,
            ended=ended(results),
            headline=sentence(results.summary, results.target.kind),
            tone=_tone(results),
            notes=[note for note in (unclaimed(results), unscored(results)) if note],
            given=given(results),
            meanings=MEANINGS,
            marks=MARKS,
            causes=causes(results.clauses),
            groups=_groups(clauses),
            slowest=[view for view in slowest if view.result.seconds],
            longest=max((view.result.seconds for view in slowest), default=0) or 1,
            style=_asset("report.css"),
            script=script,
            script_hash=_hash(script),
        )
    )


def given(results: Results) -> list[tuple[Verdict, int]]:
    """Each verdict that was given, and how often."""
    return [(verdict, count) for verdict, count in results.summary.counts.items() if count]


def _groups(clauses: Sequence[ClauseView]) -> list[tuple[str, list[ClauseView]]]:
    """The clauses of each capability, `core` first."""

    def capability(view: ClauseView) -> tuple[bool, str]:
        return view.result.capability != "core", view.result.capability

    ordered = sorted(clauses, key=capability)
    return [(name, list(found)) for (_, name), found in groupby(ordered, capability)]


def _tone(results: Results) -> str:
    code = ExitCode(results.summary.exit_code)
    if code is ExitCode.CONFORMS:
        return "good"
    none = {ExitCode.SUITE, ExitCode.ENVIRONMENT, ExitCode.USAGE}
    return "fault" if code in none else "bad"


def _asset(name: str) -> str:
    return (files(__package__ or "") / "templates" / name).read_text(encoding="utf-8")


def _hash(script: str) -> str:
    """What the page's own policy lets run: this script, and nothing that a body smuggles in."""
    return "sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


def _printable(value: object) -> object:
    return clean(value) if type(value) is str else value


@cache
def _templates() -> Environment:
    # Imported here: a command that writes no page need not wait for it.
    from jinja2 import Environment, PackageLoader, StrictUndefined  # noqa: PLC0415

    return Environment(
        loader=PackageLoader("billproof.reports"),
        autoescape=True,
        finalize=_printable,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
