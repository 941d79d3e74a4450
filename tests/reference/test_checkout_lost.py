"""A checkout whose answer was lost, and what may have changed until the next one."""

from __future__ import annotations

import json
from pathlib import Path

import httpx
import respx

from tests.reference.backend import ADA, PLANS, problem, started
from tests.reference.shapes import CUSTOMERS, SESSIONS, SUBSCRIPTIONS
from tests.reference.stripe_answers import customer, page, session


def answer(stripe: respx.MockRouter, *answers: httpx.Response | Exception) -> respx.Route:
    """Have Stripe know the customer, and answer the making of sessions one by one."""
    stripe.post(CUSTOMERS).mock(return_value=customer("cus_ada", ADA))
    stripe.get(f"{CUSTOMERS}/cus_ada").mock(return_value=customer("cus_ada", ADA))
    stripe.get(SUBSCRIPTIONS).mock(return_value=page())
    return stripe.post(SESSIONS).mock(side_effect=[*answers])


async def test_an_answer_may_be_lost_twice(environ: dict[str, str]) -> None:
    """As long as nobody knows whether there is a session, no other key is used."""
    lost = httpx.ReadTimeout("late")
    with respx.mock(base_url=environ["STRIPE_API_BASE"], assert_all_called=False) as stripe:
        made = answer(stripe, lost, lost, session("cs_1"))
        async with started(environ) as backend:
            refused = [problem(await backend.checkout("pro")) for _ in range(2)]
            third = await backend.checkout("pro")

    assert refused == [(503, "provider-unavailable")] * 2
    assert third.json()["session_id"] == "cs_1"
    assert len({call.request.headers["idempotency-key"] for call in made.calls}) == 1


async def test_a_plan_may_be_gone_until_then(environ: dict[str, str], tmp_path: Path) -> None:
    """It cannot be asked for again; the next plan has a key of its own."""
    with respx.mock(base_url=environ["STRIPE_API_BASE"], assert_all_called=False) as stripe:
        made = answer(stripe, httpx.ReadTimeout("late"), session("cs_2"))
        async with started(environ) as backend:
            assert problem(await backend.checkout("pro")) == (503, "provider-unavailable")
        async with started({**environ, "BILLING_PLANS": str(without_pro(tmp_path))}) as later:
            next_one = await later.checkout("basic")

    assert next_one.json()["session_id"] == "cs_2"
    keys = [call.request.headers["idempotency-key"] for call in made.calls]
    assert keys == [f"checkout-{ADA}-1", f"checkout-{ADA}-2"]


def without_pro(folder: Path) -> Path:
    """The catalogue, but for one plan."""
    catalogue = json.loads(PLANS.read_text())
    catalogue["plans"] = [plan for plan in catalogue["plans"] if plan["key"] != "pro"]
    path = folder / "plans.json"
    path.write_text(json.dumps(catalogue))
    return path
