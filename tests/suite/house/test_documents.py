"""What README and docs say can be typed and followed: commands, settings, sessions, links."""

from __future__ import annotations

import importlib
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from billproof.cli.app import app
from billproof.cli.entry import COMMANDS
from billproof.reports.outcome import MEANINGS
from billproof.verdicts.baseline_file import read_baseline
from billproof.verdicts.summary import ExitCode
from billproof.verdicts.verdict import Verdict
from billproof.verify.options import Settings
from fixtures.page_object import PageObject
from tests.suite.house.tree import ROOT, tree_files

LINK = re.compile(r"\]\(([^)\s]+)\)")
FENCED = re.compile(r"^ *```.*?^ *```", re.MULTILINE | re.DOTALL)
TYPED = re.compile(r"^[ $]*(?:- run: )?(billproof [a-z].*)$", re.MULTILINE)
NAMED = re.compile(r"`(billproof [a-z][^`]*)`")
SETTINGS = re.compile(r"^```toml.*?\n(.*?)^```", re.MULTILINE | re.DOTALL)
SESSION = re.compile(r"\./nox -s (\w+)")
ROW = re.compile(r"^\| `?([\w-]+)`? \|", re.MULTILINE)
MADE = ("changelog.d/", "docs/contract/", "docs/proof.md")
"""Fragments, and what programs of ours write."""


def documents() -> list[Path]:
    """All that is written by hand, for people."""
    there = [path for path in tree_files() if path.suffix == ".md"]
    return [path for path in there if not str(path).startswith(MADE)]


def text_of(path: str | Path) -> str:
    """What a file says."""
    return (ROOT / path).read_text(encoding="utf-8")


def links(text: str) -> list[str]:
    """Where the links lead that stay in the tree."""
    found = [link.partition("#")[0] for link in LINK.findall(text)]
    return [link for link in found if link and "://" not in link]


def blocks(text: str, language: str) -> list[str]:
    """The examples in a language, indented or not."""
    return re.findall(rf"^ *```{language}\n(.*?)^ *```$", text, re.DOTALL | re.MULTILINE)


def lines_typed(text: str) -> Iterator[list[str]]:
    """The words of each command line of billproof's; what follows `#` is said, not typed."""
    typed = [line for block in FENCED.findall(text) for line in TYPED.findall(block)]
    for line in [*typed, *NAMED.findall(FENCED.sub("", text))]:
        yield shlex.split(line, comments=True)[1:]


@cache
def command_line() -> Any:
    """What can be typed, all commands loaded."""
    for name in COMMANDS:
        importlib.import_module(f"billproof.cli.commands.{name}")
    return typer.main.get_command(app)


def unknown(words: list[str]) -> list[str]:
    """What there is not of a command line: its command, or flags of it."""
    command, rest = command_line(), list(words)
    while rest and (below := getattr(command, "commands", None)):
        name = rest.pop(0)
        if name not in below:
            return [name]
        command = below[name]
    known = {flag for one in command.params for flag in (*one.opts, *one.secondary_opts)}
    flags = [word.partition("=")[0] for word in rest if re.match(r"--?[a-z]", word)]
    return [flag for flag in flags if flag not in {*known, "--help"}]


@pytest.mark.parametrize("path", documents(), ids=str)
def test_its_links_lead_somewhere(path: Path) -> None:
    """To a file or a folder of the tree, from where the document stands."""
    dead = [one for one in links(text_of(path)) if not (ROOT / path.parent / one).exists()]

    assert dead == []


@pytest.mark.parametrize("path", documents(), ids=str)
def test_its_commands_can_be_typed(path: Path) -> None:
    """Each command, and each flag of it."""
    wrong = {shlex.join(line): unknown(line) for line in lines_typed(text_of(path))}

    assert {line: words for line, words in wrong.items() if words} == {}


def test_what_cannot_be_typed_or_followed_is_seen() -> None:
    """A flag of another command, a command that there never was; what is right is right."""
    said = (
        "billproof says, or `billproof verify --only 'A-*'`:\n```sh\n  billproof next  # --x\n```"
    )
    assert list(lines_typed(said)) == [["next"], ["verify", "--only", "A-*"]]
    assert unknown(["verify", "--only", "AUT-001", "-n", "2"]) == []
    assert unknown(["report", "diff", "A", "B", "--json"]) == []
    assert unknown(["verify", "--share", "1/2"]) == ["--share"]
    assert unknown(["report", "print"]) == ["print"]
    assert unknown(["judge"]) == ["judge"]
    assert links("[a](b.md#c), [d](https://e.test), [f](#g), [h](i/)") == ["b.md", "i/"]


def test_what_stands_there_as_a_billproof_toml_is_one() -> None:
    """In the README, the how-tos and the tutorial."""
    found = [text for path in documents() for text in SETTINGS.findall(text_of(path))]

    assert len(found) >= 3
    for text in found:
        Settings.model_validate(tomllib.loads(text))


def test_what_stands_there_as_yaml_is_yaml() -> None:
    """Jobs of a CI, clauses, baselines."""
    found = [text for path in documents() for text in blocks(text_of(path), "yaml")]

    assert len(found) >= 4
    for text in found:
        assert isinstance(yaml.safe_load(text), dict | list)


def test_the_baseline_that_is_shown_is_one(tmp_path: Path) -> None:
    """With an entry for good, and one that is flaky."""
    [text] = blocks(text_of("docs/how-to/reports.md"), "yaml")
    file = tmp_path / "baseline.yaml"
    file.write_text(text)

    assert [entry.flaky for entry in read_baseline(file).entries] == [False, True]


def test_the_page_object_that_is_shown_says_where_something_is() -> None:
    """Each of its methods is one that trials ask."""
    [text] = blocks(text_of("docs/how-to/look-at-pages.md"), "python")
    made: dict[str, Any] = {}
    exec(text, made)  # noqa: S102 - our own words

    own = {name for name in vars(made["MyPages"]) if not name.startswith("_")}
    assert issubclass(made["MyPages"], PageObject)
    assert own
    assert own <= vars(PageObject).keys()


def test_every_session_has_its_line() -> None:
    """CONTRIBUTING names each, and no document names one that there is not."""
    command = (sys.executable, "-m", "nox", "--list")
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    known = set(re.findall(r"^[*-] (\w+)", listed, re.MULTILINE))

    named = {path: set(SESSION.findall(text_of(path))) for path in documents()}
    rows = re.findall(r"^\| `\./nox -s (.*?) \|", text_of("CONTRIBUTING.md"), re.MULTILINE)
    assert {path: names - known for path, names in named.items() if names - known} == {}
    assert {name for row in rows for name in re.findall(r"\w+", row)} >= known


def test_every_fragment_is_taken_into_the_changelog() -> None:
    """One whose name says no kind of change would be left out, and nobody would hear of it."""
    kinds = {
        kind["directory"]
        for kind in tomllib.loads(text_of("pyproject.toml"))["tool"]["towncrier"]["type"]
    }
    names = [path.name for path in tree_files() if path.match("changelog.d/*.md")]

    assert names
    assert [name for name in names if not kinds & set(name.split(".")[1:3])] == []


def test_every_exit_code_is_told() -> None:
    """In the README; and in the page on CI, what is to be done of each that fails a job."""
    codes = {str(int(code)) for code in ExitCode}

    assert {row for row in ROW.findall(text_of("README.md")) if row.isdigit()} == codes
    page = ROW.findall(text_of("docs/how-to/run-in-ci.md"))
    assert {row for row in page if row.isdigit()} == codes - {"0", "130"}


def test_every_verdict_is_told() -> None:
    """Whoever reads a report finds each word of it in the page on reports, as the report has it."""
    text = text_of("docs/how-to/reports.md").partition("## The verdicts\n")[2].partition("\n## ")[0]

    told = dict(re.findall(r"^\| `([\w-]+)` \| (.*?) \|", text, re.MULTILINE))
    assert told == MEANINGS
    assert told.keys() == set(Verdict)
