"""Where the suite (contract, fixtures, trials, reference backend) lies.

In a checkout the top-level folders are the suite; in a wheel they were copied to
`billproof/_suite/` when it was built. Nothing of the suite is imported from here:
the machine reads its data by path and runs its trials in processes of their own.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path


@cache
def suite_root() -> Path:
    """The folder that holds `openapi.yaml`, `contracts/`, `tests/` and the rest."""
    package = Path(__file__).resolve().parent
    bundled = package / "_suite"
    return bundled if bundled.is_dir() else package.parents[1]
