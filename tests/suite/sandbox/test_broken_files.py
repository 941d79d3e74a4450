"""What a damaged state file breaks: it is told once, and touches neither calls nor others."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from billproof.errors import CannotTest
from billproof.sandbox.client import Sandbox, SandboxRefused
from tests.suite.sandbox.conftest import running, wait_until

BROKEN, WHOLE = "sk_test_broken", "sk_test_whole"
NOON = 1_700_000_000


@contextlib.contextmanager
def kept(folder: Path) -> Iterator[tuple[Sandbox, Sandbox]]:
    """Both accounts, on a state file in `folder`, where all that is told is `output`."""
    with (
        (folder / "output").open("w") as output,
        running("--state", str(folder / "state"), log=output) as url,
        Sandbox(url, BROKEN) as broken,
        Sandbox(url, WHOLE) as whole,
    ):
        yield broken, whole


def damage(folder: Path, statement: str, *values: str) -> None:
    """Do to the state file what no sandbox does."""
    with contextlib.closing(sqlite3.connect(folder / "state")) as file, file:
        file.execute(statement, values)


def _on_a_clock(sandbox: Sandbox) -> tuple[str, str, int]:
    """A clock, the customer on it, and the end of the month that he has paid for."""
    params = {"frozen_time": NOON}
    clock = str(sandbox.stripe("POST", "/v1/test_helpers/test_clocks", params)["id"])
    customer = sandbox.create_customer(test_clock=clock).id
    prices = sandbox.stripe("GET", "/v1/prices")["data"]
    return clock, customer, sandbox.subscribe(customer, prices[0]["id"]).current_period_end


def test_a_clock_that_breaks_has_failed_and_others_advance(tmp_path: Path) -> None:
    """In its account and in the next one; a renewal breaks for want of a row in the file."""
    with kept(tmp_path) as (broken, whole):
        hurt, customer, end = _on_a_clock(broken)
        beside, *_ = _on_a_clock(broken)
        elsewhere, *_ = _on_a_clock(whole)
    damage(tmp_path, "delete from object where id = ?", customer)

    with kept(tmp_path) as (broken, whole):
        with pytest.raises(CannotTest) as caught:
            broken.advance(hurt, end + 60)
        broken.advance(beside, end + 60)
        whole.advance(elsewhere, end + 60)
        with pytest.raises(SandboxRefused, match="Delete it"):
            broken.advance(hurt, end + 120)
        types = [event.type for event in broken.events()]
        gone = broken.stripe("DELETE", f"/v1/test_helpers/test_clocks/{hurt}")

    assert caught.value.code == "clock-failed"
    assert types.count("test_helpers.test_clock.internal_failure") == 1
    assert gone["deleted"] is True
    assert (tmp_path / "output").read_text().count("Traceback") == 1


def test_a_call_that_breaks_is_a_500_in_stripes_form(tmp_path: Path) -> None:
    """For a value in the file that no sandbox writes; what was at fault is told."""
    with kept(tmp_path) as (sandbox, _):
        clock, _, end = _on_a_clock(sandbox)
    damage(tmp_path, """update object set body = replace(body, '"month"', '"lunation"')""")

    with kept(tmp_path) as (sandbox, _):
        with pytest.raises(SandboxRefused) as caught:
            sandbox.advance(clock, end)
        assert sandbox.create_customer().id

    assert (caught.value.status, caught.value.reason[-26:]) == (500, "An unknown error occurred.")
    told = (tmp_path / "output").read_text()
    assert told.count(f"/{clock}/advance failed. This is a defect") == 1
    assert told.count("KeyError: 'lunation'") == 1


def test_what_breaks_in_real_time_fails_no_call(tmp_path: Path) -> None:
    """The calls of the account go on, and so does the time of its other customers."""
    with kept(tmp_path) as (sandbox, _):
        price = sandbox.stripe("GET", "/v1/prices")["data"][0]["id"]
        hurt, whole = (sandbox.create_customer().id for _ in range(2))
        lost, other = (sandbox.subscribe(each, price) for each in (hurt, whole))
        ahead = lost.current_period_end - lost.model_dump()["created"] - 2
        for each in (hurt, whole):
            sandbox.run_ahead(each, ahead)
    damage(tmp_path, "delete from object where id = ?", hurt)

    with kept(tmp_path) as (sandbox, _):
        wait_until(
            lambda: sandbox.subscription(other.id).current_period_end > other.current_period_end
        )

    told = (tmp_path / "output").read_text()
    assert told.count(f"What fell due for {lost.id} failed") == 1
