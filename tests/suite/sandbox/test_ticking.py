"""The background loop: what breaks in one account is told once, and touches no other."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from billproof.errors import CannotTest
from billproof.sandbox.client import Sandbox, SandboxRefused
from billproof.sandbox.tenants.ticking import tick
from tests.suite.sandbox.conftest import running, wait_until

BROKEN, WHOLE = "sk_test_broken", "sk_test_whole"
NOON = 1_700_000_000


@dataclass
class Lived:
    """Something that time passes in: breaks at every tick, or counts them."""

    breaks: bool = False
    ticks: int = 0
    saves: int = 0
    enough: asyncio.Event = field(default_factory=asyncio.Event)

    def tick(self) -> None:
        """One more."""
        self.ticks += 1
        if self.breaks:
            raise ZeroDivisionError("no time left")

    def save(self) -> None:
        """Wait for three of them."""
        self.saves += 1
        if self.saves == 3:
            self.enough.set()


def test_what_always_breaks_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    """The loop goes on, for it and for those behind it."""
    broken, whole = Lived(breaks=True), Lived()

    async def live() -> None:
        loop = asyncio.ensure_future(tick([broken, whole], seconds=0))
        await asyncio.wait_for(whole.enough.wait(), timeout=10)
        assert not loop.done()
        loop.cancel()

    asyncio.run(live())

    assert (broken.ticks, broken.saves) == (whole.ticks, whole.saves)
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    assert "no time left" in caplog.text
    assert "please report" in caplog.text


@contextlib.contextmanager
def kept(folder: Path) -> Iterator[tuple[Sandbox, Sandbox]]:
    """Both accounts, on a state file in `folder`, where all that is told is `output`."""
    with (
        (folder / "output").open("w") as output,
        running("--state", str(folder / "state"), stderr=output) as url,
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
    assert (tmp_path / "output").read_text().count(f"The test clock {hurt} failed") == 1


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
    assert told.count(f"/{clock}/advance failed: KeyError('lunation')") == 1


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
    assert told.count(f"What was due for {lost.id} failed") == 1
