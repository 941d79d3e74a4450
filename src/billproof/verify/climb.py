"""Up the ladder, step by step, to the first clause that is not met."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from billproof.law.ladder import ladder, storeys
from billproof.verdicts.verdict import RED, Verdict
from billproof.verify.deadline import Deadline
from billproof.verify.report import results_of
from billproof.verify.run import observe
from billproof.verify.selection import Selection, select

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from billproof.law import Clause, Law
    from billproof.verdicts.results import Results
    from billproof.verify.observed import Observed
    from billproof.verify.options import Options
    from billproof.verify.progress import Watcher

UNMET = RED | {Verdict.ERROR, Verdict.UNEXPECTED_PASS}
MET = frozenset({Verdict.PASS, Verdict.WARN, Verdict.EXPECTED_FAIL})


@dataclass(frozen=True)
class Climb:
    """How far up a backend is."""

    met: int
    of: int
    """Clauses of all declared capabilities."""
    step: tuple[Results, Observed]
    """The last step that was looked at."""
    next: Clause | None
    """The first clause that is not met; None at the top."""

    @property
    def exit_code(self) -> int:
        """That of the last step; at the top it is 0."""
        return self.step[0].summary.exit_code


def climb(options: Options, law: Law, watcher: Watcher) -> Climb:
    """Judge one step after the other, and stop at the first with a clause that is not met.

    `options.only` narrows the ladder; what its clauses need belongs to it. Raises what
    `observe` raises.
    """
    whole = select(law, options.only, options.capabilities, contract=options.contract)
    of = len(whole.runnable)
    met = 0
    deadline = Deadline(options, lambda: f"{met} clauses were seen")
    for step in _steps(law, whole):
        seen = _judge(options, law, step, watcher, deadline.over)
        verdicts = {each.id: each.verdict for each in seen[0].clauses}
        met += sum(verdict in MET for verdict in verdicts.values())
        unmet = _first({key for key, verdict in verdicts.items() if verdict in UNMET}, law)
        if unmet is not None or seen[0].summary.exit_code:
            break
    return Climb(met, of, seen, unmet)


def _steps(law: Law, whole: Selection) -> Iterator[Selection]:
    """The selection by storeys, as far as it is scored; all of it at once when nothing is."""
    wanted = {clause.id for clause in whole.scored}
    if not wanted:
        yield whole
    for storey in storeys(law):
        if ids := [clause.id for clause in storey if clause.id in wanted]:
            yield select(law, ids, whole.declared, needs=False)


def _judge(
    options: Options, law: Law, step: Selection, watcher: Watcher, over: Callable[[], str | None]
) -> tuple[Results, Observed]:
    observed = observe(options, law, step, watcher, over)
    return results_of(options, law, step, observed), observed


def _first(ids: Collection[str], law: Law) -> Clause | None:
    return next((clause for clause in ladder(law) if clause.id in ids), None)
