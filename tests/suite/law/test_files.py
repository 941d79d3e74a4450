"""The files of the contract: their form, and what is said of one that cannot be read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from billproof.errors import UsageError
from billproof.law import load_law, load_wire
from billproof.law.document import Document
from billproof.law.files import lint_suite
from billproof.suite import suite_root

if TYPE_CHECKING:
    from collections.abc import Callable

    Edit = Callable[[str, str, str], None]

POR = "contracts/clauses/por.yaml"


def test_a_copy_is_as_good_as_the_original(root: Path) -> None:
    """So what the other tests find comes from their edit."""
    assert lint_suite(root) == []
    assert load_law(root) == load_law()


def test_pages_are_the_operations_of_the_wire() -> None:
    """A page that no operation serves could never be shown."""
    pages = Document.read(suite_root() / "contracts" / "pages.yaml", "pages").members["pages"]
    (ui,) = (one for one in load_law().capabilities if one.name == "ui")

    assert [page["path"] for page in pages] == [one.path for one in ui.operations]


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("level: MUST", "level: OUGHT", "POR-001 level: 'OUGHT' is not one of"),
        ('since: "1.0"', "since: 1.0", "POR-001 since: 1.0 is not of type 'string'"),
        ("id: POR-001", "id: POR-1", "POR-1 id: 'POR-1' does not match"),
        ("    why: ", "    reason: ", "POR-001: Additional properties are not allowed"),
        ("[SUB-002]", "[SUB-002, SUB-002]", "POR-001 needs: ['SUB-002', 'SUB-002'] has non-un"),
        ("id: POR-001", "id: PRO-001", "por.yaml: PRO-001 belongs into a file of its own prefix"),
        ("    text: ", "    text: x.\n    text: ", "por.yaml: line 7: text stands there a second"),
        ("clauses:", "claims:", "por.yaml: "),
    ],
)
def test_a_fault_of_form_is_found(root: Path, edit: Edit, old: str, new: str, problem: str) -> None:
    """With the clause's id where it has one."""
    edit(POR, old, new)

    assert any(str(one).startswith(problem) for one in lint_suite(root))


def test_a_clause_of_too_many_characters_is_a_fault_of_form_too(root: Path, edit: Edit) -> None:
    """Readers in other languages have the schema alone."""
    edit(POR, "    text: Whoever", f"    text: {'x' * 140} Whoever")

    assert any(str(one).startswith("POR-001 text: ") for one in lint_suite(root))


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        (POR, "level: MUST", "level: OUGHT", r"por\.yaml, entry 1 \(POR-001\): level: "),
        (POR, "    why: ", "    reason: ", r"por\.yaml, entry 1 \(POR-001\): why: Field required"),
        (POR, "clauses:", "claims:", r"por\.yaml has the unknown member 'claims'"),
        (POR, "clauses:", "tombstones: []\n_:", r"por\.yaml has the unknown member '_'"),
        (POR, "clauses:", "clauses: [", r"por\.yaml is malformed: .*line \d+"),
        ("contracts/plans.json", '"rank": 0', '"rank": -1', r"plans\.json, entry 1: rank: "),
        ("contracts/plans.json", '"plans"', '"plan"', r"plans\.json has the unknown member"),
        ("contracts/plans.json", "{", "", r"plans\.json is malformed: .*line 2"),
        ("contracts/metrics.yaml", "counter", "gauge", r"metrics\.yaml, entry 1 \(miniapp_"),
        ("contracts/environment.yaml", "stages:", "stage:", r"environment\.yaml has the unknown"),
    ],
)
def test_a_file_that_is_wrong_is_told_with_its_place(
    root: Path, edit: Edit, file: str, old: str, new: str, message: str
) -> None:
    """As a usage error, which never shows a traceback."""
    edit(file, old, new)

    with pytest.raises(UsageError, match=message):
        load_law(root)


@pytest.mark.parametrize("file", ["plans.json", "metrics.yaml", "capabilities.yaml"])
def test_a_missing_file_is_told(root: Path, file: str) -> None:
    """By its name."""
    (root / "contracts" / file).unlink()

    with pytest.raises(UsageError, match=f"{file} cannot be read"):
        load_law(root)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"- 1\n", "is not a mapping"),
        (b"", "is not a mapping"),
        (b"\xff\xfe\x00", "cannot be read"),
        (b"clauses: 3\n", "clauses is not a list"),
        (b"clauses: [3]\n", "entry 1: "),
        (b"tombstones: []\n", "clauses is not a list"),
    ],
)
def test_a_file_that_holds_something_else_is_told(root: Path, content: bytes, message: str) -> None:
    """A list, nothing, no text: never a law with fewer clauses."""
    (root / POR).write_bytes(content)

    with pytest.raises(UsageError, match=message):
        load_law(root)


def test_a_folder_without_clauses_is_told(tmp_path: Path) -> None:
    """Nothing read is never a law."""
    with pytest.raises(UsageError, match="no clauses in"):
        load_law(tmp_path)


def test_a_wire_that_is_not_there_has_no_operations(root: Path) -> None:
    """The law can be linted before the wire is written."""
    (root / "openapi.yaml").unlink()

    assert load_wire(root) == ()
    assert lint_suite(root) == []


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("operationId: listPlans", "operation: listPlans", r"get /api/v1/billing/plans"),
        ("\npaths:", "\nways:", "paths is not a mapping"),
    ],
)
def test_a_wire_that_is_wrong_is_told(
    root: Path, edit: Edit, old: str, new: str, message: str
) -> None:
    """With the operation's place."""
    edit("openapi.yaml", old, new)

    with pytest.raises(UsageError, match=message):
        load_wire(root)


def test_a_schema_that_is_none_is_told(root: Path, edit: Edit) -> None:
    """The linter leans on it."""
    edit("contracts/clause.schema.json", '"type": "object"', '"type": "thing"')

    with pytest.raises(UsageError, match=r"clause\.schema\.json is no JSON Schema"):
        lint_suite(root)
