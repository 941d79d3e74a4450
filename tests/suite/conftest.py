"""Where time is short, the slowest files take turns: each commit tries another part of them.

`./nox -s suite` runs everything.
"""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from billproof.mutants.shares import left_for_other_turns

HERE = Path(__file__).parent
PARTS = 36
IN_TURNS = frozenset(
    HERE / name
    for name in (
        "database/test_endings.py",
        "database/test_live.py",
        "database/test_projects.py",
        "database/postgres/test_projects.py",
        "database/postgres/test_cluster.py",
        "house/test_database_benchmark.py",
        "house/test_provide_browser.py",
        "house/test_reference_benchmark.py",
        "house/test_verify_benchmark.py",
        "machine/test_bad_input.py",
        "machine/test_capabilities.py",
        "machine/test_claims.py",
        "machine/test_foreign_app.py",
        "machine/test_interruption.py",
        "machine/test_next.py",
        "machine/test_patience.py",
        "machine/test_proofs.py",
        "machine/test_report_page.py",
        "machine/test_tutorial.py",
        "machine/test_verify.py",
        "proof/test_not_quiet.py",
        "proof/test_printed_lines.py",
        "proof/test_repeatable.py",
    )
)
"""Files whose tests start whole runs, or servers, each for itself."""
FEW = 4
IN_A_FEW = frozenset(
    HERE / name
    for name in (
        "machine/test_explain.py",
        "sandbox/test_broken_files.py",
        "sandbox/test_pages_in_browser.py",
        "sandbox/test_start_page_in_browser.py",
        "sandbox/test_state.py",
        "sandbox/test_state_files.py",
    )
)
"""Files with many tests that open a page or start a process, a second each."""


def pytest_configure() -> None:
    """Where pytest was started in a shell's background Ctrl-C is ignored, by all that it starts.

    What is tried here has to end by it.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep of those files what this turn has time for."""
    left = [
        item
        for files, parts in ((IN_TURNS, PARTS), (IN_A_FEW, FEW))
        for item in left_for_other_turns([one for one in items if one.path in files], parts)
    ]
    config.hook.pytest_deselected(items=left)
    gone = {id(item) for item in left}
    items[:] = [item for item in items if id(item) not in gone]
