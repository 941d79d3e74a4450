"""The locks in `locks/` are those of pyproject.toml."""

from __future__ import annotations

import re
import tomllib
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.suite.house.tree import ROOT

PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCKS = {"dev": (True, "dev"), "run": (True, "build"), "nox": (False, "nox"), "uv": (False, "uv")}
"""For each lock: whether it holds what billproof needs to run, and its dependency group."""
PIN = re.compile(
    r"^([\w.-]+)==([^ ;]+)(?: ;.*?)? \\\n((?:    --hash=.*\n)+)((?:    #.*\n)*)", re.MULTILINE
)


def group(name: str) -> list[Requirement]:
    """The requirements of a dependency group and of those that it includes."""
    found: list[Requirement] = []
    for entry in PROJECT["dependency-groups"][name]:
        found += [Requirement(entry)] if isinstance(entry, str) else group(entry["include-group"])
    return found


def wanted(name: str) -> list[Requirement]:
    """What the lock of this name was asked for."""
    runs, extra = LOCKS[name]
    needs = [Requirement(entry) for entry in PROJECT["project"]["dependencies"]] if runs else []
    return needs + group(extra)


def pins(text: str) -> dict[str, str]:
    """Each package of a lock with its version; on a fork of versions, the last."""
    return {match[1]: match[2] for match in PIN.finditer(text)}


def read_lock(name: str) -> str:
    """The text of a lock."""
    return (ROOT / "locks" / f"{name}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", LOCKS)
def test_it_meets_every_requirement(name: str) -> None:
    """Each requirement is pinned to a version that it allows; else run `./nox -s lock`."""
    locked = pins(read_lock(name))

    unmet = [
        str(requirement)
        for requirement in wanted(name)
        if not requirement.specifier.contains(
            locked.get(canonicalize_name(requirement.name), "0.dev0"), prereleases=True
        )
    ]
    assert not unmet


@pytest.mark.parametrize("name", LOCKS)
def test_it_holds_nothing_that_is_no_longer_asked_for(name: str) -> None:
    """What a lock says came from pyproject.toml is still there; else run `./nox -s lock`."""
    asked = {canonicalize_name(requirement.name) for requirement in wanted(name)}

    held = {match[1] for match in PIN.finditer(read_lock(name)) if "pyproject.toml" in match[4]}
    assert held == asked


@pytest.mark.parametrize("name", LOCKS)
def test_every_pin_has_its_hashes(name: str) -> None:
    """Nothing is installed that was not seen when the lock was made."""
    text = read_lock(name)

    starts = re.findall(r"^[\w.-]+(?:\[.*\])?(?:==| @)", text, re.MULTILINE)
    assert len(starts) == len(PIN.findall(text)) > 0
