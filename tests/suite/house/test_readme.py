"""The README keeps its promise to be short, and to begin with the two commands."""

from __future__ import annotations

import re

from tests.suite.house.tree import ROOT

COMMAND = re.compile(r"^\s*\$?\s*((?:\./nox|billproof|pip|git) .+?)\s*(?:#.*)?$", re.MULTILINE)


def readme() -> str:
    """The text of the README."""
    return (ROOT / "README.md").read_text(encoding="utf-8")


def test_it_is_shorter_than_150_lines() -> None:
    """Whoever opens it reads it to the end."""
    assert len(readme().splitlines()) < 150


def test_the_first_two_commands_are_the_two() -> None:
    """Nothing has to be done before them."""
    assert COMMAND.findall(readme())[:2] == ["./nox -s verify", "./nox -s tests"]
