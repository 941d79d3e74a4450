"""Where commands print: documents and reports on stdout, complaints on stderr."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from pydantic import BaseModel
from rich.console import Console
from rich.text import Text

out = Console(highlight=False)
complaints = Console(stderr=True, highlight=False)


def document(value: object) -> None:
    """Print one JSON document, exactly as it is."""
    dump = value.model_dump(mode="json") if isinstance(value, BaseModel) else value
    sys.stdout.write(json.dumps(dump, indent=2) + "\n")


def complain(sentence: str) -> None:
    """One sentence about what went wrong."""
    complaints.print(Text(sentence), soft_wrap=True)


def here(path: Path) -> str:
    """The path as short as it can be said from the current folder."""
    relative = os.path.relpath(path)
    return relative if not relative.startswith("..") else str(path)
