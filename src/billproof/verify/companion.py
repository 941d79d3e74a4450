"""A program of ours that runs beside a run, until its stdin closes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Self

from billproof.suite import suite_root
from billproof.targets.import_path import import_path
from billproof.targets.program import Program, part, python, start

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

PARTING_SECONDS = 5.0


class Companion:
    """It is on its way when the context begins, and gone when it ends."""

    def __init__(
        self, ambient: Mapping[str, str], log_path: Path, module: str, *arguments: str
    ) -> None:
        """`ambient` is the environment that it inherits; it finds the suite and the machine."""
        with log_path.open("wb") as log:
            environ = {**ambient, "PYTHONPATH": import_path(suite_root(), ambient)}
            program = Program(python(module, *arguments), environ, Path.cwd(), log.fileno())
            self._process = start(program)

    def __enter__(self) -> Self:
        """Nobody waits for it."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close its stdin, which ends it; after a bound it is killed."""
        part(self._process, PARTING_SECONDS)

    def lives(self) -> bool:
        """Whether it runs."""
        return self._process.poll() is None
