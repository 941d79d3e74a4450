"""Gets what is measured beside ours, or says in a line why it cannot be had."""

from __future__ import annotations

import os
import subprocess

PATIENCE_SECONDS = 300


class CannotMeasure(Exception):  # noqa: N818 - it says what follows, as CannotTest does
    """What is measured cannot be had, does not start, or does not do what it is asked; why."""


def get(*command: str, **environment: str) -> None:
    """Run what installs something; CannotMeasure with its last words when it cannot."""
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
