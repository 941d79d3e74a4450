"""PYTHONPATH of the Python processes that we start."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

INSTALLED = frozenset({"site-packages", "dist-packages"})


def import_path(first: Path, ambient: Mapping[str, str]) -> str:
    """`first`, then the machine itself, then what the caller had.

    An installed machine is found anyway; naming its folder here would put all that is
    installed before the standard library.
    """
    machine = Path(__file__).resolve().parents[2]
    own = "" if machine.name in INSTALLED else str(machine)
    return os.pathsep.join(filter(None, [str(first), own, ambient.get("PYTHONPATH", "")]))
