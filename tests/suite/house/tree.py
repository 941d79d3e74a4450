"""The files that git holds or would take, and copies of them to try things on."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[3]


def tree_files() -> list[Path]:
    """Every file of the tree that is not ignored, relative to `ROOT`."""
    command = ("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout
    paths = (Path(name) for name in listed.decode().split("\0") if name)
    return sorted(path for path in paths if (ROOT / path).is_file())


def copy_tree(folder: Path) -> Path:
    """Copy the tree to `folder`, which is returned."""
    for path in tree_files():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / path, target)
    return folder
