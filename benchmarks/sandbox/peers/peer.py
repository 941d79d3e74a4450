"""What is known of a server before it is measured."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Launch:
    """How it is started; `{port}` in the command becomes a free port."""

    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    litter: tuple[Path, ...] = ()
    """What it leaves behind outside of its folder."""


@dataclass(frozen=True)
class Peer:
    """A double of Stripe; `provide` gets it into a folder, or raises CannotMeasure."""

    name: str
    version: str
    is_stateful: bool
    provide: Callable[[Path], Launch]
    most_requests: int | None = None
    """It refuses to answer more of them in one life; None is no limit."""
