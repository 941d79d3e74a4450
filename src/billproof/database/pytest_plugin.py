"""The pytest plugin for other people's projects: what a failed test leaves.

It is loaded into every pytest run where billproof is installed, so it imports nothing that
pytest has not imported already, before a test asks for a database.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from billproof.database.worker import Worker

LENT: pytest.StashKey[Worker] = pytest.StashKey()
"""Of a test that has a database: whose it is."""
FAILED = pytest.StashKey[bool]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Whether databases of failed tests are kept."""
    group = parser.getgroup("billproof", "a database for every test (billproof)")
    group.addoption(
        "--keep-database",
        action="store_true",
        help="keep the database of each test that fails, and print its URL",
    )


def pytest_unconfigure(config: pytest.Config) -> None:
    """In xdist's controller: remove what a worker has left that crashed or was killed."""
    if controller := config.pluginmanager.getplugin("dsession"):
        # Nothing heavy, and nothing at all where tests run in one process.
        from billproof.database.folders import await_end, root, sweep  # noqa: PLC0415 - see above

        if manager := getattr(controller, "nodemanager", None):
            await_end(manager.testrunuid)
        sweep(root(), _drop_noted)


def _drop_noted(folder: Path) -> None:
    """Drop what a process of a dead run has on a server that was given."""
    for note in folder.glob("*.server"):
        # Who has no such note may have no driver either.
        from billproof.database.postgres.notes import drop_noted  # noqa: PLC0415 - see above

        drop_noted(note)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Note that a test has failed; keep its database when that is asked for."""
    report = yield
    if report.failed:
        item.stash[FAILED] = True
    if report.failed and LENT in item.stash and item.config.getoption("--keep-database"):
        kept = item.stash[LENT].keep(item.name)
        del item.stash[LENT]
        text = f"kept at {kept.url.render_as_string()}\n{kept.removal}"
        report.sections.append(("Database", text))
    return report
