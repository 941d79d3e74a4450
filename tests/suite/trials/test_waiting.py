"""Callers come back when they are asked to, and not for ever."""

from __future__ import annotations

import time
from contextlib import contextmanager
from email.utils import formatdate
from typing import TYPE_CHECKING

import httpx
import pytest

from billproof.targets.protocol import Backend
from billproof.trials import Caller, journal
from billproof.trials.waiting import MOST_TIMES

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

PLANS = "/api/v1/billing/plans"
ENVIRON = {"METRICS_TOKEN": "a-token-of-metrics"}


@contextmanager
def calling(tmp_path: Path, *answers: httpx.Response) -> Generator[tuple[Caller, list[str]]]:
    """A caller of a backend that gives these answers, the last one again and again."""
    seen: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.method)
        told = answers[min(len(seen), len(answers)) - 1]
        return httpx.Response(told.status_code, headers=told.headers)

    journal.begin()
    with httpx.Client(transport=httpx.MockTransport(answer)) as http:
        yield Caller(Backend("http://127.0.0.1:1", ENVIRON), http, tmp_path), seen


def later(seconds: str) -> httpx.Response:
    """429, with a time to come back."""
    return httpx.Response(429, headers={"Retry-After": seconds})


def test_a_caller_comes_back_when_he_is_asked_to(tmp_path: Path) -> None:
    """What he is told then is the answer; both exchanges are kept."""
    with calling(tmp_path, later("0"), later("1"), httpx.Response(204)) as (caller, seen):
        answer = caller.send("GET", PLANS)

    assert (answer.status, len(seen)) == (204, 3)
    assert [one.status for one in journal.current().exchanges] == [429, 429, 204]
    assert answer.exchange == 2


def test_a_time_to_come_back_may_be_a_date(tmp_path: Path) -> None:
    """ANS-011 leaves the choice; one that is far ahead is waited for by nobody."""
    for ahead, status in ((0, 204), (3_600, 429)):
        date = formatdate(time.time() + ahead, usegmt=True)
        with calling(tmp_path, later(date), httpx.Response(204)) as (caller, _):
            answer = caller.send("GET", PLANS)

        assert answer.status == status


def test_a_caller_does_not_come_back_for_ever(tmp_path: Path) -> None:
    """A door that never opens is an answer, too."""
    with calling(tmp_path, later("0")) as (caller, seen):
        answer = caller.send("GET", PLANS)

    assert (answer.status, len(seen)) == (429, 1 + MOST_TIMES)


@pytest.mark.parametrize(
    "told", [httpx.Response(429), later("6"), later("soon"), later("-1"), later("")]
)
def test_what_says_no_time_is_the_answer(tmp_path: Path, told: httpx.Response) -> None:
    """Nor does one who says to wait for long; and another status is no request to wait."""
    for answered in (told, httpx.Response(503, headers={"Retry-After": "0"})):
        with calling(tmp_path, answered, httpx.Response(204)) as (caller, seen):
            answer = caller.send("GET", PLANS)

        assert (answer.status, len(seen)) == (answered.status_code, 1)
