"""`badge.svg`: the verdict on a backend, small enough for a README; asks no service for it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from billproof.verdicts.summary import ExitCode
from billproof.verdicts.verdict import Verdict

if TYPE_CHECKING:
    from billproof.reports.reading import Report
    from billproof.verdicts.results import Results

LABEL = "billproof"
GREEN, RED, GREY = "#1a7f37", "#cf222e", "#57606a"
"""White on each of them has a contrast of more than 4.5."""

_PADDING, _LETTER = 7, 6.6
_SVG = """\
<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="20" role="img"\
 aria-label="{label}: {message}">
  <title>{label}: {message}</title>
  <clipPath id="r"><rect width="{width}" height="20" rx="3"/></clipPath>
  <g clip-path="url(#r)">
    <rect width="{split}" height="20" fill="#444c56"/>
    <rect x="{split}" width="{rest}" height="20" fill="{color}"/>
  </g>
  <g fill="#fff" text-anchor="middle" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">
    <text x="{left}" y="14" textLength="{left_text}">{label}</text>
    <text x="{right}" y="14" textLength="{right_text}">{message}</text>
  </g>
</svg>
"""


def badge(report: Report) -> str:
    """The picture."""
    message, color = said(report.results)
    left_text, right_text = round(len(LABEL) * _LETTER), round(len(message) * _LETTER)
    split, rest = left_text + 2 * _PADDING, right_text + 2 * _PADDING
    return _SVG.format(
        label=LABEL,
        message=escape(message),
        color=color,
        width=split + rest,
        split=split,
        rest=rest,
        left=split / 2,
        right=split + rest / 2,
        left_text=left_text,
        right_text=right_text,
    )


def said(results: Results) -> tuple[str, str]:
    """The message and its color; a run of a part never looks like a run of the whole."""
    summary = results.summary
    passed = summary.counts.get(Verdict.PASS, 0) + summary.counts.get(Verdict.WARN, 0)
    counted = f"{passed} of {len(results.clauses)}"
    if summary.conforms:
        return f"conforms, {counted}", GREEN
    if summary.exit_code in {ExitCode.SUITE, ExitCode.ENVIRONMENT, ExitCode.USAGE}:
        return "no verdict", GREY
    if summary.conforms is None:
        return f"{counted} selected", GREY
    return f"{counted} pass", RED
