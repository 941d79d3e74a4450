"""Frozen versions: what they promise cannot be taken back without saying so."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from billproof.errors import UsageError
from billproof.law import Clause, Law, Tombstone, load_law
from billproof.law.files import lint_suite
from billproof.law.freezing import freeze
from billproof.law.loader import contracts
from billproof.law.versions import (
    broken_promises,
    difference,
    find_version,
    load_versions,
)
from billproof.law.versions import freeze as frozen

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Edit = Callable[[str, str, str], None]
from tests.suite.law.versions import POR, changed


def with_clauses(law: Law, *clauses: Clause, **more: Any) -> Law:
    """The law with these clauses and no others."""
    members = {name: getattr(law, name) for name in Law.model_fields}
    return Law(**{**members, "clauses": clauses, **more})


def problems(law: Law, now: Law) -> list[str]:
    """What is wrong with the contract `now`, when `law` was frozen as 1.0."""
    return [str(problem) for problem in broken_promises(now, [frozen(law, "1.0")])]


def test_the_contract_keeps_its_promises(law: Law) -> None:
    """Every version that is frozen."""
    assert [str(one) for one in broken_promises(law, load_versions(contracts(None)))] == []


def test_what_did_not_change_is_no_problem(law: Law) -> None:
    """Reasons, hints, needs and defects may get better."""
    first, *rest = law.clauses
    better = changed(first, why="A better reason.", hint="A better hint.", defects=("a/b#1",))

    assert problems(law, law) == []
    assert problems(law, with_clauses(law, better, *rest)) == []


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"text": "Something else is so."}, "text"),
        ({"level": "SHOULD"}, "level"),
        ({"capability": "ui"}, "capability"),
        ({"text": "Something else is so.", "level": "MAY"}, "level and text"),
    ],
)
def test_a_promise_that_changed_is_found(law: Law, changes: dict[str, str], what: str) -> None:
    """Text, level and capability are what was promised."""
    first, *rest = law.clauses

    [found] = problems(law, with_clauses(law, changed(first, **changes), *rest))

    assert found == f"{first.id}: {what} of version 1.0 changed: give it a new id"


def test_a_clause_that_vanished_needs_a_tombstone(law: Law) -> None:
    """And the tombstone a version that is later."""
    first, *rest = law.clauses

    def graves(*retired: str) -> Law:
        told = tuple(Tombstone(id=first.id, retired=one, reason="It was wrong.") for one in retired)
        return with_clauses(law, *rest, tombstones=told)

    assert problems(law, graves()) == [f"{first.id}: version 1.0 has it: it needs a tombstone"]
    [early] = problems(law, graves("1.0"))
    assert early == f"{first.id}: retired in a version before 1.0, which has it"
    assert problems(law, graves("1.1")) == []


@pytest.mark.parametrize("level", ["MUST", "SHOULD", "MAY"])
def test_a_new_clause_is_of_a_new_version(law: Law, level: str) -> None:
    """Whoever claims 1.0 was never asked for it."""
    new = {"id": "POR-900", "level": level, "text": "The portal is blue."}
    late = changed(law.clause("POR-001"), **new)
    later = changed(late, since="1.1")

    [found] = problems(law, with_clauses(law, *law.clauses, late))

    assert found == "POR-900: is new, and says that 1.0, which is frozen, had it"
    assert problems(law, with_clauses(law, *law.clauses, later)) == []


def test_versions_are_compared_as_numbers(law: Law) -> None:
    """1.10 comes after 1.9."""
    first, *rest = law.clauses
    grave = Tombstone(id=first.id, retired="1.10", reason="It was wrong.")
    now = with_clauses(law, *rest, tombstones=(grave,))

    assert broken_promises(now, [frozen(law, "1.9")]) == []


def test_a_difference_has_all_three(law: Law) -> None:
    """In order of ids."""
    first, second, *rest = law.clauses
    new = changed(first, id="ZZZ-001", since="1.1")
    now = with_clauses(law, changed(second, text="Something else is so."), *rest, new)

    since = difference(now, frozen(law, "1.0"))

    assert [clause.id for clause in since.added] == ["ZZZ-001"]
    assert [(change.id, change.members) for change in since.changed] == [(second.id, ("text",))]
    assert since.removed == (first.id,)


def test_freezing_writes_clauses_and_wire(root: Path) -> None:
    """The same bytes each time; texts only as their hashes."""
    files = freeze("1.0", root)
    first = [path.read_bytes() for path in files]
    for path in files:
        path.unlink()

    assert [path.name for path in files] == ["1.0.json", "1.0.openapi.yaml"]
    assert [path.read_bytes() for path in freeze("1.0", root)] == first
    assert first[1] == (root / "openapi.yaml").read_bytes()
    row = json.loads(first[0])["clauses"][0]
    assert row.keys() == {"id", "level", "capability", "text"}
    assert len(row["text"]) == 64
    assert lint_suite(root) == []
    assert find_version(root / "contracts", "1.0") == frozen(load_law(root), "1.0")


def test_the_linter_holds_the_contract_to_what_is_frozen(root: Path, edit: Edit) -> None:
    """A changed text is a fault, which `./nox -s contract` tells."""
    freeze("1.0", root)
    edit(POR, "    text: Whoever", "    text: Whosoever")

    assert [str(one) for one in lint_suite(root)] == [
        "POR-001: text of version 1.0 changed: give it a new id"
    ]


@pytest.mark.parametrize(
    ("version", "message"),
    [
        ("1", "'1' is no version"),
        ("v1.0", "'v1.0' is no version"),
        ("1.0\n", "is no version"),
        ("1.1", "openapi.yaml says that it is version 1.0, not 1.1"),
        ("0.9", "is of a version later than 0.9"),
    ],
)
def test_what_is_no_version_of_this_contract_is_refused(
    root: Path, version: str, message: str
) -> None:
    """And nothing is written."""
    if version == "0.9":
        path = root / "openapi.yaml"
        path.write_text(path.read_text().replace('version: "1.0"', 'version: "0.9"', 1))

    with pytest.raises(UsageError, match=message):
        freeze(version, root)

    assert not (root / "contracts" / "frozen").exists()


def test_a_version_is_frozen_once_and_in_order(root: Path, edit: Edit) -> None:
    """What it promises stays."""
    freeze("1.0", root)
    with pytest.raises(UsageError, match=r"Version 1\.0 is frozen already"):
        freeze("1.0", root)

    edit("openapi.yaml", 'version: "1.0"', 'version: "1.1"')
    freeze("1.1", root)
    with pytest.raises(UsageError, match=r"Version 1\.0 is frozen already"):
        freeze("1.0", root)
    with pytest.raises(UsageError, match=r"Version 0\.9 is older than 1\.1"):
        freeze("0.9", root)


def test_a_contract_with_a_fault_is_not_frozen(root: Path, edit: Edit) -> None:
    """It would stay for ever."""
    edit(POR, "[SUB-002]", "[SUB-999]")

    with pytest.raises(UsageError, match="not sound: POR-001: needs SUB-999"):
        freeze("1.0", root)


def test_an_unknown_version_is_told_with_those_that_there_are(root: Path) -> None:
    """Or that there is none."""
    with pytest.raises(UsageError) as none:
        find_version(root / "contracts", "1.0")
    freeze("1.0", root)
    with pytest.raises(UsageError) as some:
        find_version(root / "contracts", "2.0")

    assert none.value.advice == "No version has been frozen yet."
    assert some.value.advice == "Frozen are: 1.0."
