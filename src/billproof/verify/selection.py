"""Which clauses a run judges: those that were named, and all that they need."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from billproof.errors import UsageError
from billproof.run.selection import Phase

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from billproof.law import Clause, Law

CORE = "core"
UI = "ui"


@dataclass(frozen=True)
class Selection:
    """The clauses of a run."""

    clauses: tuple[Clause, ...]
    """All that get a verdict, in order of id."""
    declared: tuple[str, ...]
    """Capabilities of the backend."""
    partial: bool
    """Whether the run says nothing about the whole."""

    def of_phase(self, phase: Phase) -> list[str]:
        """Ids of the clauses whose trials belong to `phase`."""
        return [clause.id for clause in self.runnable if phase_of(clause) is phase]

    @property
    def runnable(self) -> list[Clause]:
        """The clauses of declared capabilities."""
        return [clause for clause in self.clauses if clause.capability in self.declared]

    @property
    def undeclared(self) -> list[str]:
        """Capabilities that are selected but not declared: their refusal is looked at."""
        return sorted({clause.capability for clause in self.clauses} - set(self.declared))


def phase_of(clause: Clause) -> Phase:
    """The phase in which the clause's trials run."""
    if clause.capability == UI:
        return Phase.UI
    return Phase.EXCLUSIVE if clause.exclusive else Phase.PARALLEL


def select(
    law: Law, only: Sequence[str], capabilities: Sequence[str] | None, *, needs: bool = True
) -> Selection:
    """What to judge; UsageError for a name that the contract does not know.

    Without `needs`, a clause that is named is judged without those that it needs.
    """
    known = {clause.id: clause for clause in law.clauses}
    wanted = set(known) if not only else {key for name in only for key in named(name, known)}
    ids = law.closure(wanted) if needs else wanted
    clauses = tuple(known[key] for key in sorted(ids))
    return Selection(clauses, declared(law, capabilities), partial=ids != set(known))


def named(name: str, known: Iterable[str]) -> list[str]:
    """The ids that a name or glob stands for; UsageError, with the nearest ids, for none."""
    ids = list(known)
    found = [key for key in ids if fnmatchcase(key, name.upper())]
    if not found:
        nearest = difflib.get_close_matches(name.upper(), ids, n=3, cutoff=0.5)
        advice = f"Nearest: {', '.join(nearest)}." if nearest else "See `billproof clauses`."
        raise UsageError(f"There is no clause {name!r}.", advice)
    return found


def declared(law: Law, capabilities: Sequence[str] | None) -> tuple[str, ...]:
    """The capabilities of a backend, `core` always; all of them when nothing was said."""
    known = [capability.name for capability in law.capabilities]
    if capabilities is None:
        judged = {clause.capability for clause in law.clauses}
        return tuple(name for name in known if name in judged)
    unknown = sorted(set(capabilities) - set(known))
    if unknown:
        advice = f"Known are: {', '.join(known)}."
        raise UsageError(f"There is no capability {unknown[0]!r}.", advice)
    return tuple(name for name in known if name in {CORE, *capabilities})
