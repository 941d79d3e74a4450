"""What each trial leaves behind: a record of how it ended and why, and of all that it sent."""

from __future__ import annotations

import hashlib
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from billproof.run.plan import RunPlan
from billproof.run.record import Finding, Outcome, Record
from billproof.trials import journal
from billproof.trials.outcome import finding_of, outcome_of, timed_out
from billproof.trials.patience import Patience, over_budget
from billproof.trials.selection import clauses_of

if TYPE_CHECKING:
    from collections.abc import Generator

_RECORD = "billproof-record"
_PATIENCE = Patience()
_BEGUN = pytest.StashKey[float]()
_WORST = pytest.StashKey["tuple[Outcome, Finding | None]"]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Begin a new journal for each trial."""
    journal.begin()
    item.stash[_BEGUN] = time.monotonic()
    item.stash[_WORST] = (Outcome.PASSED, None)
    return (yield)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Before anything is made for a trial: its clause may have waited enough."""
    _PATIENCE.check(clauses_of(item))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Keep the first thing that went wrong; attach the record when the trial is over."""
    report = yield
    outcome, _ = item.stash[_WORST]
    if call.excinfo is not None and outcome is Outcome.PASSED:
        item.stash[_WORST] = _told(item, call.excinfo)
    if call.when == "teardown":
        report.user_properties.append((_RECORD, _record(item).model_dump_json()))
    return report


def _told(
    item: pytest.Item, caught: pytest.ExceptionInfo[BaseException]
) -> tuple[Outcome, Finding]:
    """How the trial ended, and why; if by waiting in vain, its clause waits no more."""
    late = timed_out(caught.value)
    kind = outcome_of(caught.value)
    kept = journal.current()
    told = over_budget(_seconds(item), kept.checks) if late else (kind, finding_of(caught, kind))
    if late or kept.hung:
        _PATIENCE.spend(clauses_of(item), told[1])
    return told


def _seconds(item: pytest.Item) -> float:
    return time.monotonic() - item.stash[_BEGUN]


def _record(item: pytest.Item) -> Record:
    outcome, finding = item.stash[_WORST]
    kept = journal.current()
    pictures: dict[Path, bytes] = {}
    if outcome is Outcome.FAILED:
        pictures = {_picture_file(picture): picture for picture in kept.pictures}
        for path, content in (kept.bodies | pictures).items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    return Record(
        test=item.nodeid,
        clauses=clauses_of(item),
        outcome=outcome,
        seconds=round(_seconds(item), 4),
        checks=kept.checks,
        finding=finding,
        exchanges=kept.exchanges,
        pictures=[path.name for path in pictures],
        files=kept.files,
    )


def _picture_file(picture: bytes) -> Path:
    name = f"{hashlib.sha256(picture).hexdigest()[:12]}.png"
    return RunPlan.current().out / "exchanges" / name


class RecordWriter:
    """Writes the records as they come, from all workers, into one file."""

    def __init__(self, path: Path) -> None:
        """`path` is appended to, a line of JSON for each record."""
        self._file = path.open("a", encoding="utf-8")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Write the record that a finished trial carries, or say that its worker died."""
        line = dict(report.user_properties).get(_RECORD)
        if line is None and report.failed and report.when not in {"setup", "call"}:
            finding = Finding(what="the trial's own process ended", trace=str(report.longrepr))
            line = Record(
                test=report.nodeid,
                clauses=[],
                outcome=Outcome.ERROR,
                seconds=0,
                checks=[],
                finding=finding,
            ).model_dump_json()
        if line is not None:
            self._file.write(f"{line}\n")
            self._file.flush()

    def pytest_unconfigure(self) -> None:
        """Close the file."""
        self._file.close()
