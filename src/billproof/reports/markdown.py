"""`summary.md`: a run on half a page, for a pull request or a CI job's summary."""

from __future__ import annotations

import html
import re
from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING

from billproof.reports.cascades import Cause, causes
from billproof.reports.characters import clean
from billproof.reports.outcome import reason, unclaimed, unscored
from billproof.verdicts.summary import sentence
from billproof.verdicts.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from billproof.reports.reading import Report
    from billproof.verdicts.results import ClauseResult, Results

MOST_CAUSES = 20
"""A comment on GitHub holds 65,536 characters; the whole is in `report.html`."""
MOST_CHARACTERS = 500


def markdown(report: Report) -> str:
    """The page, in GitHub's flavour."""
    results = report.results
    found = causes(results.clauses)
    parts = [
        f"## billproof: {_plain(sentence(results.summary, results.target.kind))}",
        *(f"> {_plain(line)}" for line in _faults(results)),
        _facts(results),
        *(_plain(note) for note in (unclaimed(results), unscored(results)) if note),
        _table(results.clauses),
        *(_cause(cause) for cause in islice(found, MOST_CAUSES)),
    ]
    if len(found) > MOST_CAUSES:
        parts.append(f"{len(found) - MOST_CAUSES} more are in `report.html`.")
    return clean("\n\n".join(parts)) + "\n"


def _faults(results: Results) -> list[str]:
    return [" ".join(fault.reason.split()) for fault in results.summary.faults]


def _facts(results: Results) -> str:
    target, contract = _plain(results.target.name), results.contract.version
    head = f"{target}, contract {contract}, {results.seconds:.1f} s; again with:"
    return f"{head}\n\n{_fence(results.command)}"


def _table(clauses: Sequence[ClauseResult]) -> str:
    """A row for each capability, a column for each verdict that was given."""
    given = [verdict for verdict in Verdict if any(one.verdict is verdict for one in clauses)]
    counted: dict[str, Counter[Verdict]] = {}
    for clause in clauses:
        counted.setdefault(clause.capability, Counter())[clause.verdict] += 1
    head = [["", *given], [":--", *("--:" for _ in given)]]
    rows = [
        [capability, *(str(counted[capability][verdict] or "") for verdict in given)]
        for capability in sorted(counted, key=lambda name: (name != "core", name))
    ]
    return "\n".join(f"| {' | '.join(row)} |" for row in head + rows)


def _cause(cause: Cause) -> str:
    clause = cause.clause
    tail = f" ({cause.blocking})" if cause.blocks else ""
    head = f"<b>{clause.id} {clause.verdict}</b>{tail}: {_inline(clause.text)}"
    told = _told(clause, cause)
    return "\n".join([f"<details><summary>{head}</summary>", "", *told, "</details>"])


def _told(clause: ClauseResult, cause: Cause) -> Iterable[str]:
    if why := reason(clause):
        yield from (_fence(why[:MOST_CHARACTERS]), "")
    if cause.blocks:
        yield from (f"Blocked: {', '.join(one.id for one in cause.blocks)}", "")
    if clause.hint:
        yield from (f"Hint: {_plain(clause.hint)}", "")
    if clause.again:
        yield from (_fence(clause.again), "")


def _fence(text: str) -> str:
    """A block that nothing in `text` can end."""
    longest = max(map(len, re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{text}\n{fence}"


def _inline(text: str) -> str:
    return html.escape(" ".join(text.split()), quote=False)


def _plain(text: str) -> str:
    """One line in which nothing is Markdown or HTML."""
    return re.sub(r"([\\`*_{}\[\]|~#@])", r"\\\1", _inline(text))
