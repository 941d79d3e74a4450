"""For a proof: a clause that has said no once need not be tried any further."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from billproof.trials.selection import clauses_of

if TYPE_CHECKING:
    from collections.abc import Collection, Generator


class FailFast:
    """Leaves out the trials of clauses that are red already."""

    def __init__(self, clauses: Collection[str]) -> None:
        """`clauses` are those that are judged."""
        self._judged = frozenset(clauses)
        self._red: set[str] = set()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> bool | None:
        """Whether it is done with, because each of its clauses has its verdict."""
        return True if self._judged.intersection(clauses_of(item)) <= self._red else None

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Keep which clauses are red."""
        report = yield
        if report.failed:
            self._red.update(clauses_of(item))
        return report
