"""How the pages are looked at: in which browser window, on which device, in which Telegram."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict


class View(BaseModel):
    """A phone, by default, somewhere that is not UTC."""

    model_config = ConfigDict(frozen=True)

    headed: bool = False
    """In a window that can be watched."""
    slow_motion_ms: float = 0
    """How long to pause before each step."""
    device: str | None = None
    """One that Playwright knows, e.g. `Pixel 7`; its size, scale and touch."""
    theme: Literal["light", "dark"] = "light"
    """Of the Telegram around the pages."""
    locale: str = "en-GB"
    time_zone: str = "Asia/Kathmandu"
