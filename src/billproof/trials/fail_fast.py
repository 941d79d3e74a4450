"""For a proof: a clause that has said no once need not be tried any further."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from billproof.trials.selection import clauses_of

if TYPE_CHECKING:
    from collections.abc import Collection, Generator


_IS_LEFT_OUT = pytest.StashKey[bool]()


class FailFast:
    """Leaves out the trials of clauses that are red already."""

    def __init__(self, clauses: Collection[str]) -> None:
        """`clauses` are those that are judged."""
        self._judged = frozenset(clauses)
        self._red: set[str] = set()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Skip a trial each of whose clauses has its verdict, before anything is made for it.

        Its protocol runs: what the trial before left standing for its sake is taken down there.
        """
        if self._judged.intersection(clauses_of(item)) <= self._red:
            item.stash[_IS_LEFT_OUT] = True
            pytest.skip("Its clauses have their verdicts.")

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Keep which clauses are red; a trial that is left out leaves no record."""
        report = yield
        if report.failed:
            self._red.update(clauses_of(item))
        if item.stash.get(_IS_LEFT_OUT, False):
            report.user_properties.clear()
        return report
