"""The wheel holds the machine and the suite, and building it leaves nothing behind."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.suite.house.tree import copy_tree

SHIPPED = (
    *("contracts", "docs/contract/exchanges", "fixtures", "reference_impl"),
    *("tests/api", "tests/metrics", "tests/ui"),
)
SHIPPED_PROOF = ("tests/suite/mutants", "tests/suite/null_servers", "tests/suite/variants")
SHIPPED_FILES = ("openapi.yaml", "pytest.ini")


def files_below(root: Path, *folders: str) -> set[str]:
    """Every file below these folders of `root`, relative to it."""
    found = (path for folder in folders for path in (root / folder).rglob("*"))
    return {path.relative_to(root).as_posix() for path in found if path.is_file()}


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the tree, with what a run leaves in it."""
    root = copy_tree(tmp_path_factory.mktemp("source"))
    cache = root / "fixtures" / "__pycache__"
    cache.mkdir()
    (cache / "users.cpython-311.pyc").touch()
    return root


@pytest.fixture(scope="module")
def names(source: Path, tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """What the wheel holds that was built, by way of an sdist, from `source`."""
    built = tmp_path_factory.mktemp("dist")
    command = (sys.executable, "-m", "build", "--no-isolation", "--outdir", str(built))
    before = files_below(source, ".")

    done = subprocess.run(command, cwd=source, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr
    assert files_below(source, ".") == before, "building wrote into the tree"
    (wheel,) = built.glob("*.whl")
    return set(zipfile.ZipFile(wheel).namelist())


def test_only_billproof_appears_in_site_packages(names: set[str]) -> None:
    """No `tests`, no `fixtures`: other people's projects have folders of these names."""
    tops = {name.partition("/")[0] for name in names}

    assert {top for top in tops if not top.endswith(".dist-info")} == {"billproof"}


def test_the_machine_is_whole(names: set[str], source: Path) -> None:
    """Modules, data files and py.typed are those of the tree."""
    expected = {name.removeprefix("src/") for name in files_below(source, "src/billproof")}

    held = {name for name in names if name.startswith("billproof/")}
    assert {name for name in held if "/_suite/" not in name} == expected
    assert "billproof/py.typed" in held


def test_the_suite_is_whole(names: set[str], source: Path) -> None:
    """What `verify` and `mutants` read is there, and nothing that Python made on the way."""
    expected = files_below(source, *SHIPPED, *SHIPPED_PROOF) | set(SHIPPED_FILES)

    held = {name for name in names if name.startswith("billproof/_suite/")}
    assert {name.removeprefix("billproof/_suite/") for name in held} == {
        name for name in expected if not name.endswith(".pyc")
    }


def test_each_shipped_folder_has_something_to_ship(source: Path) -> None:
    """A folder that was renamed would be missing from wheels without a word."""
    empty = [folder for folder in SHIPPED if not files_below(source, folder)]

    assert not empty
