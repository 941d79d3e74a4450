"""What a report says of what was not judged or does not count."""

from __future__ import annotations

import pytest

from billproof.reports.outcome import unclaimed, unscored
from billproof.verdicts.results import TargetIdentity
from billproof.verdicts.verdict import Verdict
from tests.suite.machine.published import result, results


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


def test_what_came_after_the_claimed_version_is_named() -> None:
    """And nothing is where all of it counts."""
    target = TargetIdentity(kind="url", name="http://127.0.0.1:1", capabilities=[], contract="1.0")
    one, other = result("AUT-001", Verdict.PASS), result("AUT-002", Verdict.NOT_SCORED)

    assert not unscored(results(one, target=target))
    assert unscored(results(one, other, target=target)) == (
        "Not scored, for contract 1.0 is claimed: AUT-002."
    )
