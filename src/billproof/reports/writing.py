"""The report folder: `results.json`, `exchanges/ID.json`, and all that is made from them."""

from __future__ import annotations

import importlib
import importlib.util
import json
import shutil
from pathlib import Path

from billproof.errors import CannotTest, UsageError
from billproof.reports.reading import EXCHANGES, RESULTS, Report, read_report

PAGE = "report.html"
RENDERINGS = {
    PAGE: "page",
    "junit.xml": "junit",
    "ctrf.json": "ctrf",
    "summary.md": "markdown",
    "badge.svg": "badge",
}
"""The files of a report folder that are made from its results, each with its module."""

BESIDE = ("*.body", "*.png")
"""In `exchanges/`: request bodies that a printed curl line reads, and pictures."""


PAGES = "pages"
"""Folder of what page trials kept that failed: traces, console, network."""
VIEWER = f"{PAGES}/viewer"
"""Playwright's own viewer of traces; report.js knows this name, too."""
VIEWER_IN_PLAYWRIGHT = ("driver", "package", "lib", "vite", "traceViewer")


MARK = ".billproof"
"""Lies in each report folder: what is there is ours, and may be replaced."""


def claim(folder: Path) -> None:
    """Make the folder for reports, and leave what an earlier one left.

    UsageError for a folder of somebody else's, CannotTest for one that cannot be written.
    """
    try:
        theirs = folder.is_dir() and any(folder.iterdir())
        if theirs and not ((folder / MARK).exists() or (folder / RESULTS).exists()):
            reason = f"{folder} is in use, and holds no report: a new one would replace files."
            raise UsageError(reason, "Name another folder with --out; a new one will be made.")
        folder.mkdir(parents=True, exist_ok=True)
        (folder / MARK).touch()
    except OSError as problem:
        raise _unwritable(folder, problem) from None


def clear(folder: Path) -> None:
    """Make room for a new report; UsageError or CannotTest as `claim`."""
    claim(folder)
    try:
        (folder / EXCHANGES).mkdir(exist_ok=True)
        shutil.rmtree(folder / PAGES, ignore_errors=True)
        files = [folder / name for name in (RESULTS, *RENDERINGS)]
        for old in [*files, *(folder / EXCHANGES).iterdir()]:
            old.unlink(missing_ok=True)
    except OSError as problem:
        raise _unwritable(folder, problem) from None


def _unwritable(folder: Path, problem: OSError) -> CannotTest:
    reason = f"The report folder {folder} cannot be written: {problem.strerror}."
    return CannotTest("no-report-folder", reason, "Name another with --out.")


def write(folder: Path, report: Report) -> None:
    """Write it all, in a folder that was cleared; nothing in it is secret.

    Whatever is rendered comes from what was written: a reader can make it again.
    """
    text = report.results.model_dump_json(indent=2)
    (folder / RESULTS).write_text(f"{text}\n", encoding="utf-8")
    for clause, records in report.records.items():
        rows = [record.model_dump(mode="json") for record in records]
        path = folder / EXCHANGES / f"{clause}.json"
        path.write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")
    if any(record.traced for records in report.records.values() for record in records):
        copy_viewer(folder / VIEWER)
    published = read_report(folder)
    for name in RENDERINGS:
        (folder / name).write_text(render(name, published), encoding="utf-8")


def render(name: str, report: Report) -> str:
    """The content of one of the files of `RENDERINGS`."""
    # Imported at the end of a run: together they take a tenth of a second, and each
    # command would pay for them.
    module = importlib.import_module(f"billproof.reports.{RENDERINGS[name]}")
    return str(getattr(module, RENDERINGS[name])(report))


def copy_viewer(folder: Path) -> None:
    """Copy the trace viewer that Playwright brings with it; it asks nobody, and needs http."""
    spec = importlib.util.find_spec("playwright")
    if spec is not None and spec.origin:
        viewer = Path(spec.origin).parent.joinpath(*VIEWER_IN_PLAYWRIGHT)
        if viewer.is_dir():
            shutil.copytree(viewer, folder, dirs_exist_ok=True)


def copy_beside(source: Path, folder: Path) -> None:
    """Copy what the records of another report name."""
    for pattern in BESIDE:
        for file in (source / EXCHANGES).glob(pattern):
            shutil.copyfile(file, folder / EXCHANGES / file.name)
    if (source / PAGES).is_dir():
        shutil.copytree(source / PAGES, folder / PAGES, dirs_exist_ok=True)
