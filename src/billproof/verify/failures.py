"""What failed in the last run, to be judged again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from billproof.errors import UsageError
from billproof.law import select as clauses_of
from billproof.reports.reading import read_results
from billproof.verdicts.verdict import RED, Verdict

if TYPE_CHECKING:
    from pathlib import Path

    from billproof.law import Law
    from billproof.verify.options import Options

AGAIN = RED | {Verdict.ERROR, Verdict.UNEXPECTED_PASS}


def only_failed(options: Options, law: Law, folder: Path) -> Options:
    """Options for the clauses that are red in `folder`'s report, with its seed.

    Of those that `--only` names, where it names any. UsageError when there is nothing to do.
    """
    last = read_results(folder)
    named = {clause.id for clause in clauses_of(law, options.only)} if options.only else None
    ids = tuple(
        clause.id
        for clause in last.clauses
        if clause.verdict in AGAIN and clause.id in law.by_id and (not named or clause.id in named)
    )
    if not ids:
        raise UsageError(f"Nothing failed in {folder}.", "Leave out --failed to judge everything.")
    seed = options.seed if options.seed is not None else last.seed
    return options.model_copy(update={"only": ids, "seed": seed})
