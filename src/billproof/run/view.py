"""How the pages are looked at: in which browser window, on which device, in which Telegram."""

from __future__ import annotations

from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field


def _is_known(zone: str) -> bool:
    try:
        ZoneInfo(zone)
    except (LookupError, ValueError, OSError):
        return False
    return True


def _time_zone(zone: str) -> str:
    # A machine without a table of time zones knows none of them; the browser has its own.
    if not _is_known(zone) and _is_known("Europe/Berlin"):
        raise ValueError(f"{zone!r} is none; one is called Europe/Berlin")
    return zone


class View(BaseModel):
    """A phone, by default, somewhere that is not UTC."""

    model_config = ConfigDict(frozen=True)

    headed: bool = False
    """In a window that can be watched."""
    slow_motion_ms: Annotated[float, Field(ge=0)] = 0
    """How long to pause before each step."""
    device: str | None = None
    """One that Playwright knows, e.g. `Pixel 7`; its size, scale and touch."""
    theme: Literal["light", "dark"] = "light"
    """Of the Telegram around the pages."""
    locale: Annotated[str, Field(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")] = "en-GB"
    time_zone: Annotated[str, AfterValidator(_time_zone)] = "Asia/Kathmandu"
