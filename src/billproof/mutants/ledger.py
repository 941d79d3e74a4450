"""What was proven so far, in a file: a run that was killed goes on where it was.

A line of JSON for each mutant. It holds only as long as nothing has changed that it depends
on: the mutant itself, the law, the trials, the machine and the reference.
"""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING, BinaryIO

from pydantic import BaseModel, ConfigDict, ValidationError

from billproof import __version__
from billproof.errors import UsageError
from billproof.mutants.fate import Fate, Proof
from billproof.suite import suite_root

if TYPE_CHECKING:
    from pathlib import Path

    from billproof.mutants.catalogue import Mutant

DEPENDS_ON = (
    *("openapi.yaml", "pytest.ini", "contracts", "reference_impl", "fixtures"),
    *("tests/api", "tests/metrics", "tests/ui", "src/billproof"),
)
"""Files, and folders with all that is in them; in a wheel the machine is known by its version."""
TORN = '{"key":"'
"""How each line begins, a torn one too."""
LEFT_OUT = frozenset({"__pycache__"})


class Entry(BaseModel):
    """One line."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str
    proof: Proof


class Ledger:
    """The file's lines, as far as they still hold, and a way to add one."""

    def __init__(self, path: Path) -> None:
        """UsageError for a file that is something else."""
        self._path = path
        self._entries = {entry.key: entry.proof for entry in _read(path)}

    def last(self, key: str) -> Proof | None:
        """What the last run under this key saw, proven or not."""
        return self._entries.get(key)

    def known(self, key: str) -> Proof | None:
        """What was proven under this key; what was not is tried again."""
        proof = self.last(key)
        return proof if proof is not None and proof.fate is Fate.KILLED else None

    def keep(self, key: str, proof: Proof) -> None:
        """Write it down at once: nobody knows when the run is killed."""
        self._entries[key] = proof
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("a+b") as file:
            file.write(_rest(file) + Entry(key=key, proof=proof).model_dump_json().encode() + b"\n")


def key_of(mutant: Mutant, suite: str, *, matrix: bool) -> str:
    """Under which a proof is kept: it changes with all that the proof depends on."""
    told = f"{suite} {matrix} {mutant.model_dump_json()}"
    return hashlib.sha256(told.encode()).hexdigest()[:32]


def digest(root: Path | None = None) -> str:
    """Of all that a proof depends on, except the mutant."""
    root = root or suite_root()
    sha = hashlib.sha256(__version__.encode())
    for path in sorted(file for name in DEPENDS_ON for file in _files(root / name)):
        sha.update(f"{path.relative_to(root)}\0".encode())
        sha.update(path.read_bytes())
    return sha.hexdigest()


def _files(path: Path) -> list[Path]:
    """The file itself, or all files of the folder that are no other's by-product."""
    if path.is_file():
        return [path]
    found = [file for file in path.rglob("*") if file.is_file()]
    return [file for file in found if LEFT_OUT.isdisjoint(file.parts)]


def _rest(file: BinaryIO) -> bytes:
    """What ends a line that was torn, so that the next one is whole."""
    if file.tell() == 0:
        return b""
    file.seek(-1, os.SEEK_END)
    return b"" if file.read(1) == b"\n" else b"\n"


def _read(path: Path) -> list[Entry]:
    """Its lines; one that was torn where a run was killed begins like the others."""
    if not path.exists():
        return []
    entries: list[Entry] = []
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        try:
            entries.append(Entry.model_validate_json(line))
        except ValidationError:
            if not line.startswith(TORN[: len(line)]):
                reason = f"{path} is no file of proofs."
                raise UsageError(reason, "Name another, or remove it.") from None
    return entries
