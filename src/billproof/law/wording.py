"""One style for the texts of all clauses."""

from __future__ import annotations

import re
from collections.abc import Iterator

from billproof.law.model import Clause
from billproof.law.problem import Problem

MAX_CHARACTERS = 140
"""Of a clause's text: it must fit on one line of a report."""

_BANNED = {
    r"\b(should|must|shall|may not)\b": "the level says how binding it is",
    r"\btests? that\b": "a clause states what is so",
    r"\b(etc|and so on)\b": "name all that is meant",
    r"\b(properly|correctly|appropriate\w*|reasonabl\w*|quickly|soon)\b": "say what is observed",
    r"\bTODO\b": "a clause is finished or absent",
}


def wording(clause: Clause) -> Iterator[Problem]:
    """What is wrong with the clause's sentences."""
    text = clause.text
    if len(text) > MAX_CHARACTERS:
        yield Problem(clause.id, f"text has {len(text)} characters, {MAX_CHARACTERS} at most")
    if not text.endswith(".") or text != text.strip() or "\n" in text:
        yield Problem(clause.id, "text is not one line that ends with a full stop")
    if re.search(r"[.!?]\s+[A-Z]", text):
        yield Problem(clause.id, "text is more than one sentence")
    for pattern, reason in _BANNED.items():
        if found := re.search(pattern, text, re.IGNORECASE):
            yield Problem(clause.id, f"text says {found.group()!r}: {reason}")
    for name in ("why", "hint"):
        if not getattr(clause, name).strip().endswith((".", ")")):
            yield Problem(clause.id, f"{name} is not a sentence")
