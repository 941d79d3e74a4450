"""The tutorial, typed as it stands: what the page says is printed is what is printed."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from markdown_it import MarkdownIt

from tests.suite.house.tree import ROOT

TUTORIAL = ROOT / "docs" / "tutorial.md"
LEFT_OUT = "…"


@dataclass(frozen=True)
class Block:
    """A file to write, or a command with what it prints."""

    kind: str
    name: str
    text: str


def blocks() -> list[Block]:
    """All of the page, in order."""
    tokens = MarkdownIt().parse(TUTORIAL.read_text(encoding="utf-8"))
    fences = [token for token in tokens if token.type == "fence"]
    infos = [token.info.partition(" ") for token in fences]
    return [
        Block(kind, name, token.content)
        for (kind, _, name), token in zip(infos, fences, strict=True)
    ]


def run(command: str, folder: Path) -> list[str]:
    """What a command of the page prints, in lines."""
    program, *words = shlex.split(command)
    assert program == "billproof"
    done = subprocess.run(
        [sys.executable, "-m", "billproof", *words],
        cwd=folder,
        env={**os.environ, "COLUMNS": "200"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode in {0, 1}, done.stdout + done.stderr
    return done.stdout.splitlines()


def told(text: str) -> tuple[str, list[str]]:
    """The command of a console block, and the lines that it promises."""
    first, *lines = text.splitlines()
    return first.removeprefix("$ "), lines


def in_order(lines: list[str], printed: list[str]) -> bool:
    """Whether each line is printed, after those before it; other lines may stand between."""
    rest = iter(printed)
    return all(line in rest for line in lines)


def test_what_the_tutorial_shows_is_what_happens(tmp_path: Path) -> None:
    """From an empty folder, each file is written and each command run; all promises hold."""
    seen = []
    for block in blocks():
        if block.kind != "console":
            (tmp_path / block.name).write_text(block.text, encoding="utf-8")
            continue
        command, lines = told(block.text)
        printed = run(command, tmp_path)
        promised = [line for line in lines if line != LEFT_OUT]
        assert in_order(promised, printed), "\n".join([command, *printed])
        # The last line is the answer: a page that promises less than it would prove nothing.
        assert promised
        assert promised[-1] == printed[-1]
        seen.append(command)

    assert len(seen) == 4
