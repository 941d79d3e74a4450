"""Finding a browser for the trials of pages."""

from __future__ import annotations

import json
from pathlib import Path

import playwright
import pytest

from billproof.verify import browser
from billproof.verify.browser import find_browser


def executable(folder: Path, name: str) -> Path:
    """A file that can be run."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


def playwrights(folder: Path, name: str = "chromium-headless-shell") -> None:
    """What Playwright leaves behind when it has installed its own browser."""
    rows = Path(playwright.__file__).parent / "driver" / "package" / "browsers.json"
    revisions = {row["name"]: row["revision"] for row in json.loads(rows.read_text())["browsers"]}
    made = folder / f"{name.replace('-', '_')}-{revisions[name]}"
    made.mkdir(parents=True)
    (made / "INSTALLATION_COMPLETE").touch()


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """An environment in which there is no browser at all."""
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    return {"PLAYWRIGHT_BROWSERS_PATH": str(tmp_path / "playwright")}


def test_without_any_there_is_none(bare: dict[str, str]) -> None:
    """Then the page clauses are not testable."""
    assert find_browser(bare) is None


@pytest.mark.parametrize("name", browser.SYSTEM_NAMES)
def test_the_systems_is_taken(name: str, bare: dict[str, str], tmp_path: Path) -> None:
    """Under any of its names."""
    path = executable(tmp_path / "bin", name)

    found = find_browser(bare)

    assert found is not None
    assert found.executable == str(path)


def test_playwrights_own_comes_before_the_systems(bare: dict[str, str], tmp_path: Path) -> None:
    """It is the one that Playwright was tested with."""
    executable(tmp_path / "bin", "chromium")
    playwrights(tmp_path / "playwright")

    found = find_browser(bare)

    assert found is not None
    assert found.executable is None


@pytest.mark.parametrize("variable", ["BILLPROOF_BROWSER", "CHROME"])
def test_a_named_one_comes_first(variable: str, bare: dict[str, str], tmp_path: Path) -> None:
    """Whoever names one means it."""
    playwrights(tmp_path / "playwright")
    path = executable(tmp_path / "mine", "my-browser")

    found = find_browser({**bare, variable: str(path)})

    assert found is not None
    assert found.executable == str(path)


def test_a_named_one_that_is_not_there_is_told(bare: dict[str, str], tmp_path: Path) -> None:
    """No other is taken in its place; where none is named, the advice is to have one."""
    executable(tmp_path / "bin", "chromium")
    environ = {**bare, "BILLPROOF_BROWSER": "/opt/chrom"}

    assert find_browser(environ) is None
    assert "BILLPROOF_BROWSER names /opt/chrom, " in browser.advice(environ)
    assert browser.advice({**bare, "BILLPROOF_BROWSER": ""}) == browser.ADVICE


def test_one_that_is_to_be_watched_has_a_window(bare: dict[str, str], tmp_path: Path) -> None:
    """Those without are passed over, a named one too."""
    playwrights(tmp_path / "playwright")
    named = executable(tmp_path / "mine", "chromium-headless-shell")
    environ = {**bare, "BILLPROOF_BROWSER": str(named)}
    assert find_browser(environ, headed=True) is None

    path = executable(tmp_path / "bin", "chromium")

    found = find_browser(environ, headed=True)
    assert found is not None
    assert found.executable == str(path)


def test_playwrights_own_with_a_window_is_taken_to_be_watched(
    bare: dict[str, str], tmp_path: Path
) -> None:
    """It has two, and only one of them has a window."""
    playwrights(tmp_path / "playwright", "chromium")
    assert find_browser(bare) is None

    found = find_browser(bare, headed=True)

    assert found is not None
    assert found.executable is None


@pytest.mark.parametrize(
    ("environ", "platform", "there"),
    [
        ({}, "linux", False),
        ({"DISPLAY": ""}, "linux", False),
        ({"DISPLAY": ":0"}, "linux", True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux", True),
        ({}, "darwin", True),
    ],
)
def test_a_window_needs_a_display(environ: dict[str, str], platform: str, *, there: bool) -> None:
    """Which the environment names, except where every machine has one."""
    assert browser.has_display(environ, platform) is there


def test_a_browser_says_its_version(tmp_path: Path) -> None:
    """The report says which ran; one that says nothing is named by where it lies."""
    talking = executable(tmp_path / "bin", "chromium")
    talking.write_text("#!/bin/sh\necho 'Chromium  156.0'\n")
    silent = executable(tmp_path / "bin", "mute")
    silent.write_text("#!/bin/sh\nexit 1\n")

    told = [browser.Browser(str(one), one.name).described() for one in (talking, silent)]

    assert told == ["Chromium 156.0, chromium", "mute"]
    assert browser.Browser(None, "Playwright's own").described() == "Playwright's own"


@pytest.mark.parametrize(
    ("name", "engine"),
    [("firefox-esr", "firefox"), ("chromium-headless-shell", "chromium"), (None, "chromium")],
)
def test_a_firefox_is_driven_as_one(name: str | None, engine: str) -> None:
    """Wherever it lies; all else is a Chromium."""
    path = name and f"/opt/firefox-and-others/{name}"

    assert browser.Browser(path, "a browser").engine == engine
