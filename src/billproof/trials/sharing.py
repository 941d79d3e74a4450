"""What was made once for several trials is part of what each of them checked and exchanged.

Else a story that all trials of a module are told would be in the record of whichever ran first,
and who finds another of them red would have no exchange to look at.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from billproof.trials import journal

if TYPE_CHECKING:
    from collections.abc import Generator

    from billproof.trials.journal import Journal

_Made = tuple[str, str]
"""Below which node a fixture is known, and its name."""
_TOLD: dict[_Made, Journal] = {}
"""What was noted while each fixture was made that still stands, in order."""


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef: pytest.FixtureDef[object]) -> Generator[None, object, object]:
    """Keep apart what is noted while something is made for more than one trial."""
    if fixturedef.scope == "function":
        return (yield)
    with journal.apart() as part:
        _TOLD[_made(fixturedef)] = part
        return (yield)


@pytest.hookimpl
def pytest_fixture_post_finalizer(fixturedef: pytest.FixtureDef[object]) -> None:
    """It is no more; the next of its name tells its own."""
    _TOLD.pop(_made(fixturedef), None)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None, object, object]:
    """What stood already, and this trial asks for, comes before all that it does itself."""
    stood = dict(_TOLD)
    try:
        return (yield)
    finally:
        # Only now is it known what still stands: a parameter may have had it made anew.
        journal.precede(
            # Whoever waited in vain for it did so for all: the others did not wait.
            replace(part, hung=False)
            for made, part in stood.items()
            if _TOLD.get(made) is part and _asks(item, *made)
        )


def _asks(item: pytest.Item, node: str, name: str) -> bool:
    return name in getattr(item, "fixturenames", ()) and item.nodeid.startswith(node)


def _made(fixturedef: pytest.FixtureDef[object]) -> _Made:
    return fixturedef.baseid, fixturedef.argname
