"""Puts the suite into the wheel, at `billproof/_suite/`.

An editable install gets no copy: there the checkout is the suite. Nothing is written
into the tree; hatchling is only told where each file belongs.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SUITE = (
    "openapi.yaml",
    "pytest.ini",
    "contracts",
    "docs/contract/exchanges",
    "fixtures",
    "reference_impl",
    "tests/api",
    "tests/metrics",
    "tests/ui",
    "tests/suite/mutants",
    "tests/suite/null_servers",
    "tests/suite/variants",
)


def suite_files(root: Path) -> list[str]:
    """Every file of the suite that ships, as a POSIX path below `root`, sorted."""
    found = (path.relative_to(root) for name in SUITE for path in _files(root / name))
    return sorted(path.as_posix() for path in found if _ships(path))


def _files(path: Path) -> list[Path]:
    return [path] if path.is_file() else [file for file in path.rglob("*") if file.is_file()]


def _ships(path: Path) -> bool:
    return path.suffix != ".pyc" and not any(part.startswith(".") for part in path.parts)


class CustomBuildHook(BuildHookInterface):  # type: ignore[type-arg]  # the config is hatchling's own
    """Adds the suite to a standard wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Name the suite's files to hatchling; `version` is "editable" for editable installs."""
        if version == "editable":
            return
        root = Path(self.root)
        build_data["force_include"].update(
            {str(root / name): f"billproof/_suite/{name}" for name in suite_files(root)}
        )
