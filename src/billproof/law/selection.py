"""Clauses by id or glob."""

from __future__ import annotations

import difflib
import re
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
        nearest = _nearest(law, sought)
        advice = f"Nearest: {', '.join(nearest)}." if nearest else "See `billproof clauses`."
        raise UsageError(f"There is no clause {pattern!r}.", advice)
    return found


def _nearest(law: Law, sought: str) -> list[str]:
    """Ids that may have been meant; first the one that only lacks zeros or its hyphen."""
    parts = re.fullmatch(r"([A-Z]{3})-?0*(\d{1,3})", sought)
    whole = f"{parts[1]}-{parts[2]:0>3}" if parts else ""
    close = difflib.get_close_matches(sought, law.by_id, n=3, cutoff=0.5)
    meant = [whole] if whole in law.by_id else []
    return list(dict.fromkeys([*meant, *close]))[:3]
