"""Which clauses a run judges."""

from __future__ import annotations

from typing import Any

import pytest

from billproof.errors import UsageError
from billproof.law import Capability, Clause, Law, Level, load_law
from billproof.run.selection import Phase
from billproof.verify.selection import select


def clause(clause_id: str, capability: str, **more: Any) -> Clause:
    """A clause of which only the ids matter."""
    return Clause(
        id=clause_id,
        level=Level.MUST,
        capability=capability,
        since="1.0",
        text="x.",
        why="x.",
        hint="x.",
        **more,
    )


LAW = Law(
    clauses=(
        clause("AUT-001", "core"),
        clause("CHK-001", "checkout", needs=("AUT-001",)),
        clause("CHK-006", "checkout", needs=("CHK-001",)),
        clause("MET-001", "metrics", exclusive=True),
        clause("APP-001", "ui"),
    ),
    tombstones=(),
    capabilities=tuple(
        Capability(name=name, prefixes=(prefix,), text="x.", operations=())
        for name, prefix in (
            *(("core", "AUT"), ("checkout", "CHK")),
            *(("metrics", "MET"), ("ui", "APP")),
        )
    ),
    plans=(),
    environment=(),
    metrics=(),
    unobservable=(),
    tables=load_law().tables,
    pages=(),
)


def ids(*only: str, needs: bool = True) -> list[str]:
    """The ids that are judged when these are named."""
    return [one.id for one in select(LAW, only, None, needs=needs).clauses]


def test_everything_is_judged_when_nothing_is_named() -> None:
    """And that is not a part."""
    selection = select(LAW, (), None)

    assert len(selection.clauses) == 5
    assert selection.needed == ()
    assert not selection.partial


def test_a_named_clause_brings_what_it_needs() -> None:
    """And what that needs; it is a part of the whole."""
    selection = select(LAW, ("CHK-006",), None)

    assert ids("CHK-006") == ["AUT-001", "CHK-001", "CHK-006"]
    assert selection.needed == ("AUT-001", "CHK-001")
    assert selection.beside == 2
    assert selection.partial


def test_what_is_not_declared_is_not_judged_beside_others() -> None:
    """Whoever needs it."""
    selection = select(LAW, ("CHK-006",), ("metrics",))

    assert selection.needed == ("AUT-001", "CHK-001")
    assert selection.beside == 1


def test_without_needs_a_clause_comes_alone() -> None:
    """For proofs that it fails by itself."""
    assert ids("CHK-006", needs=False) == ["CHK-006"]
    assert select(LAW, ("CHK-006",), None, needs=False).needed == ()


def test_globs_and_small_letters() -> None:
    """Each capability has prefixes of its own."""
    assert ids("chk-*", needs=False) == ["CHK-001", "CHK-006"]


def test_an_unknown_clause_is_answered_with_the_nearest() -> None:
    """Nobody knows the ids by heart."""
    with pytest.raises(UsageError, match=r"no clause 'CHK-007'.*Nearest: CHK-00"):
        select(LAW, ("CHK-007",), None)


def test_phases_part_the_clauses_of_declared_capabilities() -> None:
    """Pages and exclusive clauses have phases of their own; others are not run at all."""
    selection = select(LAW, (), ("metrics", "ui"))

    assert selection.declared == ("core", "metrics", "ui")
    assert selection.undeclared == ["checkout"]
    assert selection.of_phase(Phase.PARALLEL) == ["AUT-001"]
    assert selection.of_phase(Phase.EXCLUSIVE) == ["MET-001"]
    assert selection.of_phase(Phase.UI) == ["APP-001"]


def test_an_unknown_capability_is_refused() -> None:
    """A typo must not make clauses not applicable."""
    with pytest.raises(UsageError, match=r"no capability 'chekout'.*Known are: core, checkout"):
        select(LAW, (), ("chekout",))
