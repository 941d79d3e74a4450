"""Sessions that need a browser get one, or one line that says what to do."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest

import provide_browser
from billproof.verify.browser import SYSTEM_NAMES

WORKS = "#!/bin/sh\necho 'Chromium 156.0'\n"
LACKS_A_LIBRARY = "#!/bin/sh\nexit 127\n"


def program(path: Path, script: str) -> Path:
    """Write an executable script."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(script)
    path.chmod(0o755)
    return path


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine without browsers, whose downloads fail; the folder that is its PATH."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for tool in ("sh", "cp"):
        (folder / tool).symlink_to(f"/bin/{tool}")
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path / "own"))
    monkeypatch.setenv("PLAYWRIGHT_DOWNLOAD_HOST", "http://127.0.0.1:9")
    monkeypatch.delenv("BILLPROOF_BROWSER", raising=False)
    return folder


@pytest.fixture
def memory(tmp_path: Path) -> Path:
    """Where a failed download is remembered."""
    return tmp_path / "nox" / "no-browser-download"


def provide(memory: Path, *, may_install: bool = False) -> str | None:
    """The executable that is provided, blank for Playwright's own, None for no browser."""
    browser = provide_browser.Source(memory, may_install).provide()
    return browser.executable if browser else None


def own_browser(script: str) -> Path:
    """Put a browser where the pinned Playwright looks for its own."""
    _, told = provide_browser.run((*provide_browser.PLAYWRIGHT, "--dry-run"), 20)
    folders = [line.split(":", 1)[1].strip() for line in told.splitlines() if "location" in line]
    (shell,) = (Path(folder) for folder in folders if "headless_shell" in folder)
    return program(shell / "linux" / "chrome-headless-shell", script)


def test_what_is_provided_is_what_is_found() -> None:
    """A browser that contents the session contents `billproof verify` too, in the same order."""
    assert provide_browser.SYSTEM == SYSTEM_NAMES


@pytest.mark.usefixtures("programs")
def test_a_named_one_comes_before_all(memory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """BILLPROOF_BROWSER wins over Playwright's own."""
    own_browser(WORKS)
    named = program(memory.parent / "mine", WORKS)
    monkeypatch.setenv("BILLPROOF_BROWSER", str(named))

    assert provide(memory) == str(named)


def test_playwrights_own_comes_before_the_systems(programs: Path, memory: Path) -> None:
    """It is the one that the pinned Playwright was tested with."""
    own_browser(WORKS)
    program(programs / "chromium", WORKS)

    assert provide(memory) == ""


def test_one_that_does_not_start_is_passed_over(programs: Path, memory: Path) -> None:
    """A download whose libraries are not there is no browser, and neither is a stub."""
    own_browser(LACKS_A_LIBRARY)
    program(programs / "chromium-headless-shell", LACKS_A_LIBRARY)
    chromium = program(programs / "chromium", WORKS)

    assert provide(memory) == str(chromium)


def test_a_failed_download_is_remembered(
    programs: Path, memory: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """The second run asks nobody."""
    program(programs / "chromium", WORKS)
    provide(memory)
    assert "asking Playwright" in capfd.readouterr().err

    assert provide(memory) == str(programs / "chromium")

    assert capfd.readouterr().err == ""


def test_debians_package_is_installed_where_it_may_be(programs: Path, memory: Path) -> None:
    """Root on Debian, and nothing else there."""
    package = program(memory.parent / "package", WORKS)
    shell = programs / "chromium-headless-shell"
    program(
        programs / "apt-get", f'#!/bin/sh\ncase "$*" in *install*) cp {package} {shell} ;; esac\n'
    )

    assert provide(memory, may_install=False) is None
    assert provide(memory, may_install=True) == str(shell)


@pytest.mark.usefixtures("programs")
def test_without_any_it_says_what_to_do(memory: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """The last line names each way out; the exit code is that of a missing prerequisite."""
    code = provide_browser.main(memory, may_install=False)

    told = capfd.readouterr()
    assert (code, told.out) == (3, "")
    assert told.err.splitlines()[-1] == f"browser: {provide_browser.ADVICE}"


def test_a_download_that_says_nothing_is_ended() -> None:
    """Its children end with it; one that talks may take its time."""
    mute = "import subprocess; subprocess.run(['/usr/bin/tail', '-f', '/dev/null'])"
    begun = time.monotonic()

    ended = provide_browser.talks_until_done((sys.executable, "-c", mute), silence_seconds=0.5)

    assert not ended
    assert time.monotonic() - begun < 10
    assert provide_browser.talks_until_done((sys.executable, "-c", "print('100%')"))
