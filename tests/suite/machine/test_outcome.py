"""What a report says of parts that are there and were not judged."""

from __future__ import annotations

import pytest

from billproof.reports.outcome import unclaimed
from tests.suite.machine.published import results


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ([], ""),
        (
            ["devices"],
            (
                "Not declared, but there: devices, which is not judged."
                " Name it in --capabilities or billproof.toml."
            ),
        ),
        (
            ["devices", "metrics"],
            (
                "Not declared, but there: devices, metrics, which are not judged."
                " Name them in --capabilities or billproof.toml."
            ),
        ),
    ],
)
def test_what_is_there_and_not_declared_is_named(names: list[str], said: str) -> None:
    """One as one, several as several, and none in no word."""
    assert unclaimed(results(unclaimed=names)) == said
