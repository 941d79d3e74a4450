"""What Mini Apps are built with, each with a small app of its own."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from tests.suite.house.tree import ROOT

APPS = Path(__file__).parent / "apps"
OFFICIAL = "@twa-dev/sdk/src/telegram-web-apps.js"
"""Telegram's own script, as that package copies it, below node_modules."""


@dataclass(frozen=True)
class Sdk:
    """A script that an app loads first, and the app that shows what it says."""

    name: str
    script: Path
    app: str

    def __str__(self) -> str:
        """Its name, in the names of tests."""
        return self.name


def fetched() -> Path | None:
    """Where `./nox -s telegram_sdks` has put what npm brought."""
    folder = os.environ.get("TELEGRAM_SDKS")
    return Path(folder) if folder else None


def sdks() -> list[Sdk]:
    """The suite's double of Telegram's script always; all else where it was fetched."""
    double = Sdk("the double", ROOT / "fixtures" / "telegram_script.js", "official.js")
    if (folder := fetched()) is None:
        return [double]
    return [
        double,
        Sdk("telegram-web-app.js", folder / OFFICIAL, "official.js"),
        Sdk(
            "@telegram-apps/sdk",
            folder / "@telegram-apps" / "sdk" / "dist" / "index.iife.js",
            "telegram-apps.js",
        ),
        Sdk("@tma.js/sdk", folder / "@tma.js" / "sdk" / "dist" / "index.iife.js", "tma.js"),
    ]
