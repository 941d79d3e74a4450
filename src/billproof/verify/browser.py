"""The browser for trials of pages: Playwright's own, one that was named, or the system's."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

# The same as provide_browser.SYSTEM, which runs before billproof is installed.
SYSTEM_NAMES = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)
WINDOWLESS = "headless"
VERSION_SECONDS = 10
ADVICE = "Install one with `playwright install chromium`, or set BILLPROOF_BROWSER."
HEADED_ADVICE = f"--headed takes those alone that have a window. {ADVICE}"
NAMED = "BILLPROOF_BROWSER"


@dataclass(frozen=True)
class Browser:
    """A browser that is there; without an executable it is Playwright's own."""

    executable: str | None
    name: str

    @property
    def engine(self) -> Literal["chromium", "firefox"]:
        """Its kind; Firefox is the system's, and only where it is named."""
        return "firefox" if "firefox" in Path(self.executable or "").name else "chromium"

    def described(self) -> str:
        """Its name, with the version that it says of itself."""
        said = _said_version(self.executable) if self.executable else ""
        return f"{said}, {self.name}" if said else self.name


def find_browser(environ: Mapping[str, str], *, headed: bool = False) -> Browser | None:
    """The first of: one named in the environment, Playwright's own, the system's; or None.

    None too where BILLPROOF_BROWSER names what is not there: whoever names one means it. `headed`
    leaves out those that have no window, and takes the larger one of Playwright's two.
    """
    if _named_in_vain(environ):
        return None
    for variable in (NAMED, "CHROME"):
        named = shutil.which(environ.get(variable, ""))
        if named and not (headed and WINDOWLESS in named):
            return Browser(named, f"{named} ({variable})")
    own = playwrights_own(environ, headed=headed)
    if own:
        return Browser(None, f"Playwright's {own.name}")
    names = [name for name in SYSTEM_NAMES if not (headed and WINDOWLESS in name)]
    found = next(filter(None, map(shutil.which, names)), None)
    return Browser(found, found) if found else None


def advice(environ: Mapping[str, str], *, headed: bool = False) -> str:
    """What to do where there is none."""
    if named := _named_in_vain(environ):
        return f"{NAMED} names {named}, which is no program here: mend that, or leave it out."
    return HEADED_ADVICE if headed else ADVICE


def _named_in_vain(environ: Mapping[str, str]) -> str:
    named = environ.get(NAMED, "")
    return "" if shutil.which(named) else named


def _said_version(executable: str) -> str:
    try:
        done = subprocess.run(
            (executable, "--version"), capture_output=True, timeout=VERSION_SECONDS, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return " ".join(done.stdout.decode(errors="replace").split())


def has_display(environ: Mapping[str, str], platform: str = sys.platform) -> bool:
    """Whether a window can be opened here."""
    named = environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY")
    return bool(named) or platform in {"darwin", "win32"}


def playwrights_own(environ: Mapping[str, str], *, headed: bool = False) -> Path | None:
    """The folder of the browser that this version of Playwright would start, if it is there.

    Read from Playwright's own list of revisions: starting its driver to ask costs 0.3 s.
    """
    spec = importlib.util.find_spec("playwright")
    if spec is None or not spec.origin:
        return None
    listing = Path(spec.origin).parent / "driver" / "package" / "browsers.json"
    try:
        browsers = json.loads(listing.read_text(encoding="utf-8"))["browsers"]
    except (OSError, ValueError, KeyError):
        return None
    revisions = {entry["name"]: entry["revision"] for entry in browsers}
    name = "chromium" if headed else "chromium-headless-shell"
    folder = _browsers_folder(environ) / f"{name.replace('-', '_')}-{revisions.get(name)}"
    return folder if (folder / "INSTALLATION_COMPLETE").exists() else None


def _browsers_folder(environ: Mapping[str, str]) -> Path:
    named = environ.get("PLAYWRIGHT_BROWSERS_PATH")
    if named and named != "0":
        return Path(named)
    home = Path(os.path.expanduser("~"))  # noqa: PTH111 - Path.home() raises without a home
    return home / ("Library/Caches" if sys.platform == "darwin" else ".cache") / "ms-playwright"
