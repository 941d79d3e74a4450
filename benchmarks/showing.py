"""Tables for a screen and for a file, and where they were measured."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TypeAlias

from rich.console import Console
from rich.table import Table

Say: TypeAlias = Callable[[str], None]
RESULTS = Path(__file__).parent / "results"
WIDTH = 140
"""Of the tables, where nobody's screen says how wide they may be."""


def screen() -> Console:
    """What the tables are shown on."""
    console = Console()
    if not console.is_terminal:
        console.width = WIDTH
    return console


def machine() -> str:
    """Its size and its Python, and nothing that would name it."""
    version = ".".join(platform.python_version_tuple()[:2])
    return f"{os.cpu_count()} cores, Python {version}"


def table(title: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
    """For a screen."""
    made = Table(*heads, title=title)
    for row in rows:
        made.add_row(*row)
    return made


def lines(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """The same in Markdown."""
    rule = ["---"] * len(heads)
    return "\n".join(f"| {' | '.join(row)} |" for row in (heads, rule, *rows))
