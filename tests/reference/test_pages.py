"""The pages' files: what they load is there, and loaded at once."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import reference_impl.pages

FOLDER = Path(reference_impl.pages.__file__).parent
ASSETS = FOLDER / "assets"


def needs(script: str, known: frozenset[str] = frozenset()) -> frozenset[str]:
    """The modules that a script imports, and those that they do."""
    text = (ASSETS / script).read_text(encoding="utf-8")
    for name in re.findall(r'from "\./([\w-]+\.js)"', text):
        if name not in known:
            known = needs(name, known | {name})
    return known


@pytest.mark.parametrize("page", ["billing", "return"])
def test_all_modules_are_asked_for_at_once(page: str) -> None:
    """One after the other they would cost a round trip each."""
    text = (FOLDER / f"{page}.html").read_text(encoding="utf-8")

    preloaded = re.findall(r'modulepreload" href="/app/assets/([\w-]+\.js)"', text)

    assert sorted(preloaded) == sorted(needs(f"{page}.js"))


def test_no_script_makes_elements_from_text() -> None:
    """What is named by people is text, and nothing else."""
    sinks = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\("

    assert [path.name for path in ASSETS.glob("*.js") if re.search(sinks, path.read_text())] == []
