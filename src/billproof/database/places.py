"""Who took a connection: the line of the project's own code, found without a whole traceback."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from functools import cache
from pathlib import Path
from types import FrameType
from typing import NamedTuple

import greenlet
import sqlalchemy

DEEPEST = 100
FOREIGN = tuple(
    str(Path(str(module.__file__)).parent) for module in (sqlalchemy, greenlet, asyncio)
)
FILES = frozenset(
    {
        contextlib.__file__,
        __file__,
        *(str(Path(__file__).with_name(name)) for name in ("engines.py", "checkouts.py")),
    }
)


class Place(NamedTuple):
    """A line of code."""

    file: str
    line: int
    function: str

    def __str__(self) -> str:
        """As an editor finds it."""
        return f"{self.file}:{self.line}, in {self.function}"


def place() -> Place:
    """The line that led here and is neither SQLAlchemy's nor ours."""
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001 - inspect.stack reads every file
    for _ in range(DEEPEST):
        if frame is None:
            break
        code = frame.f_code
        if not _is_foreign(code.co_filename):
            return Place(code.co_filename, frame.f_lineno, code.co_name)
        frame = frame.f_back or _outside(frame)
    return Place("unknown", 0, "?")


@cache
def _is_foreign(file: str) -> bool:
    return file in FILES or file.startswith(FOREIGN)


def _outside(frame: FrameType) -> FrameType | None:
    """Where a greenlet was switched to: an async engine runs its sync half in one."""
    parent = greenlet.getcurrent().parent
    found = parent.gr_frame if parent is not None else None
    return None if found is frame else found
