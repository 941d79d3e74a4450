"""An instant is told in UTC, to the second, in any form that RFC 3339 has for it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from billproof.errors import Violation
from billproof.trials import journal
from fixtures.instants import check_instant, instant, instant_of, is_instant

SECONDS = 1_795_876_205
TOLD = "2026-11-28T14:30:05Z"
NONE = [
    "2026-11-28T14:30:05",
    "2026-11-28T14:30:05+02:00",
    "2026-11-28 14:30:05Z",
    "2026-11-28T14:30Z",
    "2026-11-28",
    f" {TOLD}",
    f"{TOLD}\n",
    SECONDS,
    None,
]
"""No instants of the wire, whatever they may mean elsewhere."""


@pytest.fixture(autouse=True)
def kept() -> journal.Journal:
    """The journal of a trial that has begun."""
    return journal.begin()


@pytest.mark.parametrize(
    "form",
    [TOLD, TOLD.lower(), "2026-11-28T14:30:05.999999Z", "2026-11-28T14:30:05+00:00"],
)
def test_each_form_of_the_second_is_that_second(form: str) -> None:
    """Fractions are left open."""
    assert is_instant(form, SECONDS)
    check_instant("ends_at", form, SECONDS)
    assert instant_of("ends_at", form).replace(microsecond=0) == datetime.fromtimestamp(
        SECONDS, UTC
    )


@pytest.mark.parametrize("got", [*NONE, "2026-11-28T14:30:04Z", "2026-11-28T14:30:06Z"])
def test_all_else_is_another_instant_or_none(got: object) -> None:
    """A second off is as wrong as a text that is no instant."""
    assert not is_instant(got, SECONDS)
    with pytest.raises(Violation) as caught:
        check_instant("ends_at", got, SECONDS)

    assert (caught.value.expected, caught.value.got) == (TOLD, repr(got))


@pytest.mark.parametrize("got", NONE)
def test_what_is_no_instant_says_none(got: object) -> None:
    """It is the backend that is wrong, not the parser."""
    with pytest.raises(Violation, match="expected RFC 3339 in UTC"):
        instant_of("created", got)


def test_no_instant_is_null() -> None:
    """Neither a text nor an instant is."""
    check_instant("ends_at", None, None)
    assert is_instant(None, None)

    assert not is_instant(TOLD, None)
    assert not is_instant(None, 0)
    with pytest.raises(Violation):
        check_instant("ends_at", TOLD, None)


@pytest.mark.parametrize("seconds", ["1795876205", 1795876205.0, TOLD])
def test_seconds_are_whole_numbers(seconds: object) -> None:
    """What is no number of seconds is no instant either."""
    assert not is_instant(TOLD, seconds)


def test_the_wires_form_is_zulu() -> None:
    """As a finding shows it."""
    assert instant(SECONDS) == TOLD
