"""Clauses by id or glob."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from fnmatch import fnmatchcase

from billproof.errors import UsageError
from billproof.law.model import Clause, Law


def select(law: Law, patterns: Iterable[str]) -> tuple[Clause, ...]:
    """The clauses that ids or globs stand for, letter case aside, each once, as the law lists them.

    UsageError, with the nearest ids, for a pattern that stands for none.
    """
    wanted = {clause_id for pattern in patterns for clause_id in _matching(law, pattern)}
    return tuple(clause for clause in law.clauses if clause.id in wanted)


def _matching(law: Law, pattern: str) -> list[str]:
    sought = pattern.upper()
    found = [clause_id for clause_id in law.by_id if fnmatchcase(clause_id, sought)]
    if not found:
        nearest = difflib.get_close_matches(sought, law.by_id, n=3, cutoff=0.5)
        advice = f"Nearest: {', '.join(nearest)}." if nearest else "See `billproof clauses`."
        raise UsageError(f"There is no clause {pattern!r}.", advice)
    return found
