"""`billproof report` as a user types it, on runs that were published before."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from billproof.cli.entry import run
from billproof.reports.reading import Report, read_report
from billproof.run.record import Outcome
from billproof.verdicts.verdict import Verdict
from tests.suite.machine.published import PICTURE, publish, record, report, result, results

Billproof = Callable[..., subprocess.CompletedProcess[str]]


@pytest.mark.parametrize("named", ["run", "run/results.json"])
def test_a_page_is_rendered_beside_its_results(
    billproof: Billproof, tmp_path: Path, named: str
) -> None:
    """From a folder or from its file; with the transcripts that lie there."""
    publish(report(), tmp_path / "run")

    done = billproof("report", "html", named)

    assert (done.returncode, done.stdout, done.stderr) == (0, "run/report.html\n", "")
    page = (tmp_path / "run/report.html").read_text()
    assert "http://127.0.0.1:8000/first" in page
    assert "data:image/png;base64,iVBOR" in page


def test_a_picture_from_elsewhere_is_none(tmp_path: Path) -> None:
    """A report of somebody else's cannot show a file of the reader's."""
    (tmp_path / "secret.png").write_bytes(PICTURE)
    stolen = record("AUT-001", Outcome.FAILED, pictures=["../../secret.png", "none.png"])
    shown = Report(results(result("AUT-001", Verdict.FAIL)), {"AUT-001": [stolen]})

    read = read_report(publish(shown, tmp_path / "run"))

    assert read.pictures == {}


def test_a_results_file_alone_is_enough(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without exchanges beside it, and to wherever one likes."""
    publish(Report(results(result("AUT-001", Verdict.PASS))), tmp_path)

    code = run(
        ["report", "html", str(tmp_path / "results.json"), "--out", str(tmp_path / "x.html")]
    )

    assert code == 0, capsys.readouterr()
    assert '<h1 class="good">Conforms.</h1>' in (tmp_path / "x.html").read_text()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "cannot be read: No such file or directory. `billproof verify` writes one."),
        ("{", "is no results.json of version 1.3"),
        ('{"schema_version": "9.0"}', "Judge again with this billproof."),
    ],
)
def test_what_is_no_report_is_told(
    content: str | None, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Asked wrongly, exit code 2."""
    if content is not None:
        (tmp_path / "results.json").write_text(content)

    code = run(["report", "html", str(tmp_path)])

    assert code == 2
    assert said in capsys.readouterr().err


def test_a_page_that_cannot_be_written_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The environment's fault, exit code 3."""
    publish(report(), tmp_path)

    code = run(["report", "html", str(tmp_path), "--out", str(tmp_path / "no" / "x.html")])

    assert code == 3
    assert "Name another with --out." in capsys.readouterr().err
