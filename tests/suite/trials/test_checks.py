"""Checks name what they look at, count once, and tell values of different kinds apart."""

from __future__ import annotations

import pytest

from billproof.errors import Violation
from billproof.trials import check, check_that, journal, one_of


def test_a_check_that_holds_is_noted_once() -> None:
    """Polling the same thing many times is one check of the record."""
    kept = journal.begin()

    check("status", 200, 200)
    check("status", 200, 200)
    check("plan", "pro", "pro")

    assert kept.checks == ["status", "plan"]


def test_a_check_that_fails_says_what_was_expected_and_what_came() -> None:
    """The finding holds both values as they would be typed."""
    journal.begin()

    with pytest.raises(Violation) as caught:
        check("plan", "free", "pro")

    assert (caught.value.expected, caught.value.got) == ("'pro'", "'free'")


@pytest.mark.parametrize(("got", "expected"), [(1, True), (0, False), (True, 1)])
def test_a_boolean_is_not_a_number(got: object, expected: object) -> None:
    """A contract that says boolean does not mean 0 or 1."""
    journal.begin()

    with pytest.raises(Violation):
        check("access", got, expected)


def test_any_option_of_one_of_is_enough() -> None:
    """What the contract leaves open is left open; what it does not name is refused."""
    journal.begin()
    check("status", 422, one_of(400, 422))

    with pytest.raises(Violation, match="400 or 422"):
        check("status", 500, one_of(400, 422))


def test_a_fact_is_told_in_words() -> None:
    """`check_that` passes the words on, unquoted, and is a check like any other."""
    kept = journal.begin()
    check_that("answers", held=True, expected="all 2xx", got="[200]")
    assert kept.checks == ["answers"]

    with pytest.raises(Violation) as caught:
        check_that("answers", held=False, expected="all 2xx", got="[200, 500]")

    assert str(caught.value) == "answers: expected all 2xx, got [200, 500]"
