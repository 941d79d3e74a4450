"""What the law's tests start from: the real contract, and a copy of it to break."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from billproof.law import Law, load_law
from billproof.suite import suite_root

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture(scope="session")
def law() -> Law:
    """The real contract."""
    return load_law()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A copy of the contract and the wire, before any version of it was frozen."""
    unfrozen = shutil.ignore_patterns("frozen")
    shutil.copytree(suite_root() / "contracts", tmp_path / "contracts", ignore=unfrozen)
    shutil.copy(suite_root() / "openapi.yaml", tmp_path)
    return tmp_path


@pytest.fixture
def edit(root: Path) -> Callable[[str, str, str], None]:
    """Replace the first occurrence of a text in a file of the copy; it must occur."""

    def replace(file: str, old: str, new: str) -> None:
        path = root / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    return replace
