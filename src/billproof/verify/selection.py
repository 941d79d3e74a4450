"""Which clauses a run judges: those that were named, and all that they need."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from billproof.errors import UsageError
from billproof.law import select as clauses_of
from billproof.law.versions import order
from billproof.run.selection import Phase

if TYPE_CHECKING:
    from collections.abc import Sequence

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
    newer: frozenset[str] = frozenset()
    """Ids of those that came after the version which the backend claims: not scored."""
    needed: tuple[str, ...] = ()
    """Ids of those that nobody named, in order: others need them."""

    def of_phase(self, phase: Phase) -> list[str]:
        """Ids of the clauses whose trials belong to `phase`."""
        return [clause.id for clause in self.runnable if phase_of(clause) is phase]

    @property
    def runnable(self) -> list[Clause]:
        """The clauses of declared capabilities, as far as they are scored."""
        return [clause for clause in self.scored if clause.capability in self.declared]

    @property
    def beside(self) -> int:
        """How many of the runnable ones nobody named."""
        return sum(clause.id in self.needed for clause in self.runnable)

    @property
    def scored(self) -> list[Clause]:
        """Those that the claimed version has."""
        return [clause for clause in self.clauses if clause.id not in self.newer]

    @property
    def undeclared(self) -> list[str]:
        """Capabilities that are selected but not declared: their refusal is looked at."""
        return sorted({clause.capability for clause in self.scored} - set(self.declared))


def phase_of(clause: Clause) -> Phase:
    """The phase in which the clause's trials run."""
    if clause.capability == UI:
        return Phase.UI
    return Phase.EXCLUSIVE if clause.exclusive else Phase.PARALLEL


def select(
    law: Law,
    only: Sequence[str],
    capabilities: Sequence[str] | None,
    *,
    contract: str | None = None,
    needs: bool = True,
) -> Selection:
    """What to judge; UsageError for a name, or a version, that the contract does not know.

    Without `needs`, a clause that is named is judged without those that it needs. `contract` is
    the version that the backend claims, the newest when it is None.
    """
    known = {clause.id: clause for clause in law.clauses}
    wanted = {clause.id for clause in clauses_of(law, only)} if only else set(known)
    ids = law.closure(wanted) if needs else wanted
    clauses = tuple(known[key] for key in sorted(ids))
    return Selection(
        clauses,
        declared(law, capabilities),
        partial=ids != set(known),
        newer=frozenset() if contract is None else newer(law, contract) & ids,
        needed=tuple(sorted(ids - wanted)),
    )


def newer(law: Law, version: str) -> frozenset[str]:
    """Ids of the clauses that came after `version`; UsageError when there never was such a one."""
    known = sorted({clause.since for clause in law.clauses}, key=order)
    if version not in known:
        advice = f"Known are: {', '.join(known)}."
        raise UsageError(f"There is no version {version!r} of the contract.", advice)
    then = order(version)
    return frozenset(clause.id for clause in law.clauses if order(clause.since) > then)


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
