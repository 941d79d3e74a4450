"""The sandbox and a running stripe-mock agree on which requests are well formed."""

from __future__ import annotations

from collections.abc import Iterable

import httpx
import pytest

from tests.suite.fidelity import tolerated
from tests.suite.fidelity.exchanges import Exchange
from tests.suite.fidelity.stripe_mock.oracle import Disagreement, disagreement, is_judged
from tests.suite.fidelity.stripe_mock.probes import probes


@pytest.fixture(scope="module")
def disagreements(
    heard: list[Exchange], mock: httpx.Client, prober: httpx.Client
) -> set[Disagreement]:
    """All of them: in what the tests said, and in what is malformed on purpose."""
    said = [each for each in heard if is_judged(each)]
    found = (disagreement(each, mock) for each in [*said, *probes(prober)])
    return {each for each in found if each is not None}


def unexplained(found: Iterable[Disagreement]) -> list[Disagreement]:
    """Those that no row of the table is about."""
    rows = tolerated.requests()
    return [each for each in found if not any(each.fits(row) for row in rows)]


def test_both_judge_alike(disagreements: set[Disagreement]) -> None:
    """But for what is in the table, with its reason."""
    found = unexplained(disagreements)
    assert not found, "\n".join(map(str, found))


def test_no_row_is_stale(disagreements: set[Disagreement]) -> None:
    """A disagreement that is gone is gone from the table too."""
    rows = tolerated.requests()

    assert [row for row in rows if not any(each.fits(row) for each in disagreements)] == []


def test_a_parameter_that_only_the_sandbox_takes_is_seen(
    heard: list[Exchange], mock: httpx.Client
) -> None:
    """The same check finds a request that stripe-mock refuses, and leaves a good one alone."""
    good = next(each for each in heard if each.method == "POST" and each.path == "/v1/customers")
    assert disagreement(good, mock) is None

    bad = Exchange(**{**vars(good), "form": "colour=red"})

    found = disagreement(bad, mock)
    assert found is not None
    assert (found.call, found.accepted_by) == ("customer.create", "sandbox")
