"""Options that hold several names, separated by commas or given more than once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from billproof.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable


def split(values: Iterable[str]) -> list[str]:
    """The names in values that may hold several, separated by commas."""
    return [name.strip() for value in values for name in value.split(",") if name.strip()]


def only_of(values: Iterable[str], what: str = "clause") -> tuple[str, ...]:
    """What `--only` narrows a command to; UsageError for a value that names nothing."""
    names: list[str] = []
    for value in values:
        found = split([value])
        # A script's variable that is empty must not stand for all there is.
        if not found:
            raise UsageError(f"--only names no {what}.", "Leave it out to take all of them.")
        names += found
    return tuple(names)
