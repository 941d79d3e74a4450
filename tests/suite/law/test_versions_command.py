"""`billproof clauses --freeze` and `--diff`, and the session that holds the wire to them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from billproof.law import Law
from billproof.law.freezing import freeze
from tests.suite.house.tree import copy_tree
from tests.suite.law import contract

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Edit = Callable[[str, str, str], None]
from tests.suite.law.versions import POR


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the whole tree as it was before version 1.0 was frozen."""
    root = copy_tree(tmp_path_factory.mktemp("tree"))
    shutil.rmtree(root / "contracts" / "frozen", ignore_errors=True)
    return root


def run(tree: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """`billproof clauses` of that tree."""
    return subprocess.run(
        (sys.executable, "-m", "billproof", "clauses", *arguments),
        cwd=tree,
        env={**os.environ, "PYTHONPATH": str(tree / "src"), "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_command_freezes_and_compares(tree: Path) -> None:
    """As text and as JSON; what it is asked wrongly is exit 2 with one line."""
    unknown = run(tree, "--diff", "1.0")
    assert (unknown.returncode, unknown.stdout) == (2, "")
    assert "There is no frozen version '1.0'. No version has been frozen yet." in unknown.stderr

    done = run(tree, "--freeze", "1.0")
    assert (done.returncode, done.stderr) == (0, "")
    named = "contracts/frozen/1.0.json and contracts/frozen/1.0.openapi.yaml"
    assert done.stdout == f"Version 1.0 is frozen: {named}.\n"
    assert run(tree, "--diff", "1.0").stdout == "0 added, 0 changed, 0 removed since 1.0.\n"
    assert run(tree, "--diff", "1.0", "--freeze", "1.1").returncode == 2

    por = tree / POR
    text = por.read_text().replace("text: Whoever has a customer", "text: Whosoever has a customer")
    new = (
        text[text.index("  - id: POR-001") :].replace("POR-", "POR-9").split("  - id: POR-9002")[0]
    )
    por.write_text(text + new.replace('"1.0"', '"1.1"').replace("POR-9001", "POR-901"))

    told = run(tree, "--diff", "1.0").stdout.splitlines()
    assert told[0].startswith("added    POR-901  MUST    Whosoever has")
    assert told[1] == "changed  POR-001  text"
    note = "What was added is not scored against claims of 1.0."
    assert told[2] == f"1 added, 1 changed, 0 removed since 1.0. {note}"
    report = json.loads(run(tree, "--diff", "1.0", "--json").stdout)
    assert [clause["id"] for clause in report["added"]] == ["POR-901"]
    assert report["changed"] == [{"id": "POR-001", "members": ["text"]}]
    assert (report["version"], report["removed"]) == ("1.0", [])


def test_the_command_counts(tree: Path, law: Law) -> None:
    """By capability and level, in words and as JSON."""
    # Of the tree as it is here: other tests change their copy.
    lines = subprocess.run(
        (sys.executable, "-m", "billproof", "clauses"), capture_output=True, text=True, check=True
    ).stdout.splitlines()
    document = json.loads(
        subprocess.run(
            (sys.executable, "-m", "billproof", "clauses", "--json"),
            capture_output=True,
            text=True,
            check=True,
        ).stdout
    )

    assert tree.exists()
    assert lines[-1] == f"{len(law.clauses)} clauses"
    portal = [clause for clause in law.clauses if clause.capability == "portal"]
    musts = sum(clause.level == "MUST" for clause in portal)
    assert any(line.split()[:3] == ["portal", str(musts), "MUST"] for line in lines)
    assert document["counts"]["portal"]["MUST"] == musts
    assert len(document["clauses"]) == sum(
        number for levels in document["counts"].values() for number in levels.values()
    )


def test_without_go_the_wire_is_said_not_to_be_compared(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Which passes on a machine, and never in CI."""
    monkeypatch.setenv("PATH", str(root))
    monkeypatch.delenv("CI", raising=False)
    here = contract.main(root, root)
    monkeypatch.setenv("CI", "true")
    in_ci = contract.main(root, root)

    assert (here, in_ci) == (0, 1)
    assert capsys.readouterr().err == f"contract: {contract.NOT_COMPARED}\n" * 2


def test_the_session_tells_what_is_wrong_with_the_law(
    root: Path, edit: Edit, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each fault on a line of its own."""
    monkeypatch.setenv("PATH", str(root))
    monkeypatch.delenv("CI", raising=False)
    freeze("1.0", root)
    edit(POR, "    text: Whoever", "    text: Whosoever")

    assert contract.main(root, root) == 1
    assert "contract: POR-001: text of version 1.0 changed: give" in capsys.readouterr().err
