"""All renderings of a report, written beside its results."""

from __future__ import annotations

from typing import TYPE_CHECKING

from billproof.reports.badge import badge
from billproof.reports.ctrf import ctrf
from billproof.reports.junit import junit
from billproof.reports.markdown import markdown
from billproof.reports.page import page

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from billproof.reports.reading import Report

PAGE = "report.html"
RENDERINGS: dict[str, Callable[[Report], str]] = {
    PAGE: page,
    "junit.xml": junit,
    "ctrf.json": ctrf,
    "summary.md": markdown,
    "badge.svg": lambda report: badge(report.results),
}
"""The files of a report folder that are made from its results."""


def write_renderings(report: Report, folder: Path) -> None:
    """Write each of them into `folder`."""
    for name, render in RENDERINGS.items():
        (folder / name).write_text(render(report), encoding="utf-8")
