"""What is known of a server before it is measured."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.sandbox.load.putting import CannotMeasure

PATIENCE_SECONDS = 300


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


def get(*command: str, **environment: str) -> None:
    """Run what installs a server; CannotMeasure with its last words when it cannot."""
    settings = {**os.environ, **environment}
    try:
        subprocess.run(
            command,
            env=settings,
            capture_output=True,
            text=True,
            check=True,
            timeout=PATIENCE_SECONDS,
        )
    except FileNotFoundError as error:
        raise CannotMeasure(f"{command[0]} is not installed here") from error
    except subprocess.TimeoutExpired as error:
        raise CannotMeasure(f"{command[0]} did not get it in {PATIENCE_SECONDS} s") from error
    except subprocess.CalledProcessError as error:
        words = str(error.stderr or error.stdout).strip().splitlines() or [f"{command[0]} failed"]
        raise CannotMeasure(f"could not be installed: {words[-1][:200]}") from error
