"""What a page that failed left behind, one click away from its clause."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from billproof.cli.entry import run
from billproof.reports import writing
from billproof.reports.reading import Report
from billproof.reports.serving import address, server
from billproof.run.record import Finding, Outcome
from billproof.verdicts.verdict import Verdict
from tests.suite.machine.published import STATUS, record, result, results
from tests.suite.sandbox.browsing import Visitor, browser, faults

if TYPE_CHECKING:
    from playwright.sync_api import Browser

KEPT = ["pages/one/console.txt", "pages/one/network.txt", "pages/one/trace.zip"]


@pytest.fixture(scope="module")
def started() -> Iterator[Browser]:
    """One browser for all tests here."""
    with browser() as found:
        yield found


@pytest.fixture(scope="module")
def folder(started: Browser, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report of a page that failed, with a trace of a real page."""
    folder = tmp_path_factory.mktemp("report")
    writing.clear(folder)
    kept = folder / "pages" / "one"
    kept.mkdir(parents=True)
    (kept / "console.txt").write_text("error: boom\n")
    (kept / "network.txt").write_text("GET /app/billing: 200\n")
    context = started.new_context()
    context.tracing.start(snapshots=True)
    context.new_page().set_content("<h1>The traced page</h1>")
    context.tracing.stop(path=kept / "trace.zip")
    context.close()
    failed = record("APP-001", Outcome.FAILED, finding=Finding(what=STATUS.what), files=KEPT)
    clause = result("APP-001", Verdict.FAIL, capability="ui", finding=STATUS)
    writing.write(folder, Report(results(clause), {"APP-001": [failed]}))
    return folder


@pytest.fixture
def url(folder: Path) -> Iterator[str]:
    """The report, served as `report show` does."""
    with server(folder, 0) as served:
        thread = threading.Thread(target=served.serve_forever)
        thread.start()
        yield address(served, writing.PAGE)
        served.shutdown()
        thread.join()


def test_the_trace_is_one_click_away_in_playwrights_own_viewer(started: Browser, url: str) -> None:
    """Its steps are there, and nothing is asked of anybody else."""
    guest = Visitor.into(started)
    guest.page.goto(url)
    expect(guest.page.get_by_role("link", name="console.txt")).to_be_visible()
    assert faults(guest.page) == []

    guest.page.get_by_role("link", name="trace.zip").click()

    expect(guest.page.get_by_text("Set content").first).to_be_visible()
    assert guest.abroad == []
    guest.context.close()


def test_from_a_file_the_trace_is_a_file_and_a_word_says_how_to_see_it(
    started: Browser, folder: Path
) -> None:
    """The viewer needs http; what it shows does not vanish without it."""
    context = started.new_context()
    page = context.new_page()
    page.goto((folder / writing.PAGE).as_uri())

    link = page.get_by_role("link", name="trace.zip")

    assert link.get_attribute("href") == KEPT[-1]
    expect(page.get_by_text("billproof report show")).to_be_visible()
    context.close()


def test_without_a_trace_there_is_no_viewer(tmp_path: Path) -> None:
    """A report of passing pages stays small."""
    writing.clear(tmp_path)
    passed = record("APP-001", Outcome.PASSED)

    writing.write(tmp_path, Report(results(result("APP-001", Verdict.PASS)), {"APP-001": [passed]}))

    assert not (tmp_path / writing.VIEWER).exists()


def test_a_folder_without_a_report_is_not_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With what writes one."""
    assert run(["report", "show", str(tmp_path), "--no-browse"]) == 2

    assert "`billproof verify` writes one." in capsys.readouterr().err
