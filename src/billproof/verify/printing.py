"""What a run says to people: each clause that needs a look, and the verdict at the end."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.text import Text

from billproof.reports.cascades import causes
from billproof.reports.outcome import ended, reason, unclaimed, unscored
from billproof.run.record import Exchange, Record
from billproof.verdicts.judge import worst
from billproof.verdicts.summary import sentence
from billproof.verdicts.verdict import Verdict
from billproof.verify.selection import CORE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from rich.console import Console

    from billproof.law import Clause
    from billproof.verdicts.results import ClauseResult, Results, Shown
    from billproof.verify.observed import Observed

STYLES = {
    Verdict.PASS: "green",
    Verdict.WARN: "yellow",
    Verdict.FAIL: "bold red",
    Verdict.BLOCKED: "red",
    Verdict.NOT_TESTABLE: "red",
    Verdict.ERROR: "bold magenta",
    Verdict.NOT_RUN: "red",
    Verdict.EXPECTED_FAIL: "yellow",
    Verdict.UNEXPECTED_PASS: "bold red",
    Verdict.FLAKY: "yellow",
}
SHOWN = (Verdict.WARN, Verdict.NOT_TESTABLE, Verdict.ERROR, Verdict.FAIL)
"""Verdicts that are explained, the worst last: it is what stays on the screen."""

BODY_CHARACTERS = 600
SIDE_CHARACTERS = 1_000
"""Of what was expected, and of what came."""
TRACE_LINES = 8
"""The whole trace is in `exchanges/ID.json`."""


@dataclass(frozen=True)
class Printer:
    """Prints the outcome of one run."""

    console: Console
    clauses: Sequence[Clause]

    def findings(self, results: Results, records: Sequence[Record]) -> None:
        """Each clause that did not pass, with all that helps; a cascade in a line."""
        known = {clause.id: clause for clause in self.clauses}
        shown: dict[Shown, str] = {}
        for result in _worst_last(results.clauses):
            mine = worst([record for record in records if result.id in record.clauses])
            if result.finding in shown and mine is None:
                line = (
                    f"{result.id} {result.verdict}  for the same reason as {shown[result.finding]}"
                )
                self._line(line, STYLES[result.verdict])
                continue
            self._one(known[result.id], result, mine)
            if result.finding:
                shown[result.finding] = result.id
        for result in results.clauses:
            if result.known is not None:
                line = f"{result.id} {result.verdict}  {reason(result)}"
                self._line(line, STYLES.get(result.verdict, ""))
        self._about_curl(results, records)
        for cause in causes(results.clauses):
            if cause.blocks:
                self._line(f"{cause.blocking}: {', '.join(one.id for one in cause.blocks)}", "red")

    def only(self, results: Results, records: Sequence[Record]) -> None:
        """The clauses of this printer, whatever their verdict, with all that helps."""
        judged = {result.id: result for result in results.clauses}
        for clause in self.clauses:
            mine = worst([record for record in records if clause.id in record.clauses])
            self._one(clause, judged[clause.id], mine)
        self._about_curl(results, records)

    def summary(self, results: Results, observed: Observed) -> None:
        """Counts, time, report, the command that repeats it all, and the verdict in a sentence."""
        for fault in results.summary.faults:
            self._line(fault.reason, "bold magenta" if fault.code == 5 else "bold red")  # noqa: PLR2004
        for note in filter(None, (unclaimed(results), unscored(results))):
            self._line(note, "yellow")
        by_capability: dict[str, Counter[Verdict]] = {}
        for result in results.clauses:
            by_capability.setdefault(result.capability, Counter())[result.verdict] += 1
        for capability in sorted(by_capability, key=lambda name: (name != CORE, name)):
            counted = _counted(by_capability[capability], width=3)
            self.console.print(Text(f"{capability:<10}") + counted)
        self.console.print(_counted(results.summary.counts), end="")
        self._line(f"in {observed.seconds:.1f} s; report in {observed.plan.out}")
        self._line(f"again: {results.command}")
        good = results.summary.exit_code == 0
        text = sentence(results.summary, results.target.kind)
        self._line(text, "bold green" if good else "bold red")

    def _one(self, clause: Clause, result: ClauseResult, record: Record | None) -> None:
        self._line("")
        self._line(f"{clause.id} {result.verdict}  {clause.text}", STYLES[result.verdict])
        if result.finding:
            self._rows(_finding_rows(result))
        if record:
            self._rows([("trial", _in_words(record.test) if record.finding else "")])
            self._exchange(record)
            self._trace(record)
        self._rows([("again", result.again), ("hint", clause.hint), ("why", clause.why)])
        self._rows([("seen in", ", ".join(clause.defects))])

    def _exchange(self, record: Record) -> None:
        index = record.finding.exchange if record.finding else None
        if index is not None and index < len(record.exchanges):
            exchange = record.exchanges[index]
            self._rows([("request", _request(exchange)), ("answer", _answer(exchange))])
            self._rows([("curl", exchange.curl)])

    def _about_curl(self, results: Results, records: Sequence[Record]) -> None:
        """Once, below the last of them: whom they ask is gone."""
        findings = [record.finding for record in records if record.finding]
        if ended(results) and any(finding.exchange is not None for finding in findings):
            self._line(ended(results), "yellow")

    def _trace(self, record: Record) -> None:
        if record.finding and record.finding.trace:
            last = record.finding.trace.strip().splitlines()[-TRACE_LINES:]
            self._rows([("trace", "\n".join(last))])
        self._rows([("kept", "\n".join(record.files))])

    def _rows(self, rows: Iterable[tuple[str, str]]) -> None:
        for name, text in rows:
            first, *more = text.splitlines() or [""]
            if text:
                self._line(f"  {name + ':':<10}{first}")
            for line in more:
                self._line(f"  {'':<10}{line}")

    def _line(self, text: str, style: str = "") -> None:
        self.console.print(Text(text, style=style), soft_wrap=True)


def _counted(counts: Mapping[Verdict, int], width: int = 0) -> Text:
    text = Text()
    for verdict, count in counts.items():
        if count:
            text.append(f"{count:>{width}} {verdict}  ", style=STYLES.get(verdict, ""))
    return text


def _worst_last(results: Iterable[ClauseResult]) -> list[ClauseResult]:
    kept = [result for result in results if result.verdict in SHOWN]
    return sorted(kept, key=lambda result: (SHOWN.index(result.verdict), result.id))


def _finding_rows(result: ClauseResult) -> list[tuple[str, str]]:
    finding = result.finding
    if finding is None:
        return []
    sides = (("expected", finding.expected), ("got", finding.got))
    return [("checked", finding.what), *((name, _cut(text)) for name, text in sides)]


def _cut(text: str) -> str:
    """All of it is in the report; a screen has room for its beginning."""
    return f"{text[:SIDE_CHARACTERS]}…" if len(text) > SIDE_CHARACTERS else text


def _in_words(test: str) -> str:
    """What a trial, whose name is a sentence, is about: the situation of the finding."""
    name, _, case = test.rpartition("::")[2].partition("[")
    words = name.removeprefix("test_").replace("_", " ")
    return f"{words} ({case.removesuffix(']')})" if case else words


def _request(exchange: Exchange) -> str:
    head = f"{exchange.method} {exchange.url}"
    return "\n".join([head, *_headers(exchange.request_headers), *_body(exchange.request_body)])


def _answer(exchange: Exchange) -> str:
    head = f"{exchange.status} after {exchange.seconds:.3f} s" if exchange.status else "none"
    return "\n".join([head, *_headers(exchange.response_headers), *_body(exchange.response_body)])


def _headers(headers: Iterable[tuple[str, str]]) -> list[str]:
    return [f"{name}: {value}" for name, value in headers]


def _body(body: str) -> list[str]:
    short = body[:BODY_CHARACTERS]
    return [f"{short}…" if len(body) > BODY_CHARACTERS else short] if body else []
