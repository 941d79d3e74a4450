"""What the page shows of each clause, cut to what a reader can use."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from billproof.reports.cascades import LOUD, Cause, causes
from billproof.reports.difference import Line, Piece, lines, pieces
from billproof.reports.outcome import reason
from billproof.reports.transcript import answer_text, request_text
from billproof.run.record import Outcome
from billproof.verdicts.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from billproof.reports.reading import Report
    from billproof.run.record import Exchange, Record
    from billproof.verdicts.results import ClauseResult, Shown

MANY, FEW = 30, 4
"""How many exchanges of a clause are shown: of one to look into, and of a quiet one."""
SHORT_CHARACTERS = 600
"""So much is shown of each message of a quiet clause."""


@dataclass(frozen=True)
class Mark:
    """A verdict's sign and tone: no verdict is told by its color alone."""

    sign: str
    tone: str


MARKS = {
    Verdict.PASS: Mark("✓", "good"),
    Verdict.WARN: Mark("!", "notable"),
    Verdict.FAIL: Mark("✕", "bad"),
    Verdict.BLOCKED: Mark("⤷", "bad"),
    Verdict.NOT_TESTABLE: Mark("?", "bad"),
    Verdict.NOT_RUN: Mark("∅", "bad"),
    Verdict.ERROR: Mark("⚠", "fault"),
    Verdict.EXPECTED_FAIL: Mark("≈", "notable"),
    Verdict.FLAKY: Mark("~", "notable"),
    Verdict.UNEXPECTED_PASS: Mark("↑", "bad"),
    Verdict.NOT_APPLICABLE: Mark("·", "quiet"),
    Verdict.NOT_OBSERVABLE_HERE: Mark("·", "quiet"),
    Verdict.NOT_SCORED: Mark("·", "quiet"),
}


@dataclass(frozen=True)
class ExchangeView:
    """One request and its answer as text."""

    head: str
    request: str
    answer: str
    curl: str
    telling: bool
    """Whether the finding points at it."""


@dataclass(frozen=True)
class TrialView:
    """One trial of a clause."""

    record: Record
    exchanges: Sequence[ExchangeView]
    left_out: int

    @property
    def passed(self) -> bool:
        """Whether nothing went wrong in it."""
        return self.record.outcome is Outcome.PASSED

    def broke(self, check: str) -> bool:
        """Whether it is this check that did not hold."""
        finding = self.record.finding
        return finding is not None and finding.what == check


@dataclass(frozen=True)
class Comparison:
    """What was expected beside what came."""

    finding: Shown
    expected: Sequence[Piece]
    got: Sequence[Piece]
    lines: Sequence[Line]


@dataclass(frozen=True)
class ClauseView:
    """One clause with all that is known of it."""

    result: ClauseResult
    reason: str
    blocks: Sequence[ClauseResult] = ()
    comparison: Comparison | None = None
    trials: Sequence[TrialView] = field(default_factory=tuple)
    pictures: Sequence[str] = ()
    """As `data:` addresses."""

    @property
    def mark(self) -> Mark:
        """Its verdict as a sign."""
        return MARKS[self.result.verdict]

    @property
    def loud(self) -> bool:
        """Whether somebody has to look into it."""
        return is_loud(self.result)


def is_loud(clause: ClauseResult) -> bool:
    """Whether somebody has to look into it: a blocked clause waits for its cause."""
    return clause.verdict in LOUD


def views(report: Report) -> list[ClauseView]:
    """Every clause of the run, in order of id."""
    by_id = {cause.clause.id: cause for cause in causes(report.results.clauses)}
    return [_view(clause, report, by_id.get(clause.id)) for clause in report.results.clauses]


def _view(clause: ClauseResult, report: Report, cause: Cause | None) -> ClauseView:
    records = report.records.get(clause.id, [])
    return ClauseView(
        result=clause,
        reason=reason(clause),
        blocks=cause.blocks if cause else (),
        comparison=_compared(clause.finding) if clause.finding else None,
        trials=list(_trials(records, loud=is_loud(clause))),
        pictures=[
            _address(report.pictures[name])
            for record in records
            for name in record.pictures
            if name in report.pictures
        ],
    )


def _address(picture: bytes) -> str:
    return f"data:image/png;base64,{base64.b64encode(picture).decode()}"


def _compared(finding: Shown) -> Comparison | None:
    if not (finding.expected or finding.got):
        return None
    expected, got = pieces(finding.expected, finding.got)
    return Comparison(finding, expected, got, lines(finding.expected, finding.got))


def _trials(records: Sequence[Record], *, loud: bool) -> Iterator[TrialView]:
    room = MANY if loud else FEW
    for record in records:
        telling = record.finding.exchange if record.finding else None
        kept = [
            _exchange(exchange, telling=at == telling, whole=loud)
            for at, exchange in enumerate(record.exchanges)
            if at < room or at == telling
        ]
        room = max(0, room - len(kept))
        yield TrialView(record, kept, len(record.exchanges) - len(kept))


def _exchange(exchange: Exchange, *, telling: bool, whole: bool) -> ExchangeView:
    request, answer = request_text(exchange), answer_text(exchange)
    status = exchange.status or "no answer"
    return ExchangeView(
        head=f"{exchange.method} {_path(exchange.url)} → {status} in {exchange.seconds:.3f} s",
        request=request if whole else _cut(request),
        answer=answer if whole else _cut(answer),
        curl=exchange.curl,
        telling=telling,
    )


def _path(url: str) -> str:
    return "/" + url.split("/", 3)[3] if url.count("/") > 2 else url  # noqa: PLR2004 - http://host/


def _cut(text: str) -> str:
    return text if len(text) <= SHORT_CHARACTERS else f"{text[:SHORT_CHARACTERS]}…"
