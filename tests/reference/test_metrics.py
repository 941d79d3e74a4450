"""The counters: who may read them, and what is there from the start."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import respx
import yaml
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncSession

import reference_impl.metrics
from billproof.initdata import InitData
from reference_impl.metrics import HANDLED
from reference_impl.store import Store
from tests.reference.backend import ADA, Backend, Event, problem, started
from tests.reference.shapes import begin_checkout

CONTRACT = Path(__file__).parents[2] / "contracts" / "metrics.yaml"
PAID = ("basic", "pro", "team")

Sample = tuple[str, frozenset[tuple[str, str]]]


def promised() -> set[Sample]:
    """Every sample that contracts/metrics.yaml has there from the start."""
    families: list[dict[str, Any]] = yaml.safe_load(CONTRACT.read_text())["families"]
    return {
        (family["name"], frozenset(values))
        for family in families
        for values in product(
            *(
                [(label["name"], value) for value in label.get("values", PAID)]
                for label in family.get("labels", [])
            )
        )
    }


def exposed(text: str) -> dict[Sample, float]:
    """The samples of an exposition; all of them counters, each with a text that explains it."""
    families = list(text_string_to_metric_families(text))
    assert {family.type for family in families} == {"counter"}
    assert all(family.documentation for family in families)
    samples = [sample for family in families for sample in family.samples]
    return {(one.name, frozenset(one.labels.items())): one.value for one in samples}


async def test_every_label_value_is_there_from_the_start(backend: Backend) -> None:
    """The contract's samples, at 0, and no others."""
    samples = exposed(await backend.scrape())

    assert set(samples) == promised()
    assert set(samples.values()) == {0.0}


async def test_no_label_value_comes_from_outside(
    backend: Backend, stripe: respx.MockRouter
) -> None:
    """After events of made-up types the same samples are there, and some have moved."""
    await begin_checkout(backend, stripe, "pro")
    for name in ("made.up", "__name__", 'quote"', "line\nbreak"):
        assert (await backend.deliver(Event(f"evt_{name}", name))).status_code == 200

    samples = exposed(await backend.scrape())

    assert set(samples) == promised()
    assert {sample for sample, value in samples.items() if value} == {
        ("miniapp_checkout_start_total", frozenset({("plan", "pro")})),
        (
            "billing_webhook_events_total",
            frozenset({("type", "other"), ("outcome", "ignored")}),
        ),
    }


def test_what_is_acted_on_has_a_label_of_its_own() -> None:
    """The contract's types, but for the two that gather the rest."""
    types = {value for _, labels in promised() for name, value in labels if name == "type"}

    assert types - HANDLED == {"other", "unknown"}
    assert types >= HANDLED


async def test_workers_count_together(environ: dict[str, str], stripe: respx.MockRouter) -> None:
    """What one of them counts, all of them show; and so they do after a restart."""
    async with started(environ) as one, started(environ) as other:
        await begin_checkout(one, stripe, "pro")

        assert await one.counted("miniapp_checkout_start_total", plan="pro") == 1
        assert await other.counted("miniapp_checkout_start_total", plan="pro") == 1
    async with started(environ) as later:
        assert await later.counted("miniapp_checkout_start_total", plan="pro") == 1


async def test_no_step_of_many_at_once_is_lost(
    environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over two workers, on a series that each of them moves for the first time."""
    # Where a machine is busy, the other worker would keep its steps for later.
    monkeypatch.setattr(reference_impl.metrics, "PATIENCE_SECONDS", 60)
    async with started(environ) as one, started(environ) as other:
        forged = [backend.deliver(b"{}") for backend in (one, other) * 10]
        assert {answer.status_code for answer in await asyncio.gather(*forged)} == {400}

        rejected = {"type": "unknown", "outcome": "rejected"}
        assert await one.counted("billing_webhook_events_total", **rejected) == len(forged)


async def test_what_cannot_be_counted_now_is_counted_later(
    backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database is away for a moment; the answer is what it would have been."""
    with monkeypatch.context() as away:
        away.setattr(Store, "write", no_database)
        assert (await backend.deliver(b"{}")).status_code == 400

    assert (await backend.deliver(b"{}")).status_code == 400

    rejected = {"type": "unknown", "outcome": "rejected"}
    assert await backend.counted("billing_webhook_events_total", **rejected) == 2


async def test_an_answer_does_not_wait_for_ever_to_be_counted(
    backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database hangs; the step is not lost when it comes back."""
    gate = asyncio.Event()
    monkeypatch.setattr(reference_impl.metrics, "PATIENCE_SECONDS", 0.01)
    write = Store.write

    @asynccontextmanager
    async def late(store: Store) -> AsyncIterator[AsyncSession]:
        await gate.wait()
        async with write(store) as session:
            yield session

    with monkeypatch.context() as hanging:
        hanging.setattr(Store, "write", late)
        async with asyncio.timeout(5):
            assert (await backend.deliver(b"{}")).status_code == 400
    gate.set()
    assert (await backend.deliver(b"{}")).status_code == 400

    rejected = {"type": "unknown", "outcome": "rejected"}
    for _ in range(1000):
        if await backend.counted("billing_webhook_events_total", **rejected) == 2:
            break
    else:
        pytest.fail("a step was lost")


def no_database(_: Store) -> AbstractAsyncContextManager[AsyncSession]:
    """As the driver says it."""
    raise OperationalError("BEGIN", {}, OSError("away"))


@pytest.mark.parametrize(
    "authorization",
    [None, "", "Bearer", "Bearer ", "Bearer wrong", "Basic {token}", "{token}", "Bearer {token}!"],
)
async def test_whoever_lacks_the_token_is_refused(
    backend: Backend, authorization: str | None
) -> None:
    """And told which scheme is asked for, but no number; with the token they are shown."""
    token = backend.environ["METRICS_TOKEN"]
    headers = {} if authorization is None else {"Authorization": authorization.format(token=token)}

    refused = await backend.http.get("/metrics", headers=headers)

    assert problem(refused) == (401, "unauthenticated")
    assert refused.headers["www-authenticate"] == "Bearer"
    assert "miniapp" in await backend.scrape()


async def test_users_do_not_read_metrics(backend: Backend) -> None:
    """Init data that open everything of a user's open nothing here."""
    proof = InitData(ADA).sign(backend.environ["TELEGRAM_BOT_TOKEN"], time.time())
    headers = {"Authorization": f"tma {proof}"}

    refused = await backend.http.get("/metrics", headers=headers)
    own = await backend.http.get("/api/v1/billing/subscription", headers=headers)

    assert problem(refused) == (401, "unauthenticated")
    assert own.status_code == 200


async def test_the_exposition_says_what_it_is(backend: Backend) -> None:
    """Prometheus' own media type; the scheme's letter case does not matter."""
    headers = {"Authorization": f"bearer {backend.environ['METRICS_TOKEN']}"}

    shown = await backend.http.get("/metrics", headers=headers)

    assert shown.status_code == 200
    assert shown.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
