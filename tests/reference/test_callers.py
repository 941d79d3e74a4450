"""Who a caller is: whom his init data name, and nobody else."""

from __future__ import annotations

import time

import httpx
import pytest
import respx

from billproof.initdata import InitData
from tests.reference.backend import ADA, BOB, Backend
from tests.reference.shapes import subscribe

PATH = "/api/v1/billing/subscription"


async def ask(backend: Backend, scheme: str = "tma", user: int = ADA) -> httpx.Response:
    """The subscription, asked for under this name of the scheme."""
    proof = InitData(user).sign(backend.environ["TELEGRAM_BOT_TOKEN"], time.time())
    return await backend.http.get(PATH, headers={"Authorization": f"{scheme} {proof}"})


@pytest.mark.parametrize("scheme", ["tma", "TMA", "Tma", "tma "])
async def test_the_schemes_letter_case_does_not_matter(backend: Backend, scheme: str) -> None:
    """RFC 9110; other schemes are refused all the same."""
    assert (await ask(backend, scheme)).status_code == 200
    assert (await ask(backend, f"x{scheme}")).status_code == 401


async def test_nothing_else_names_the_user(backend: Backend, stripe: respx.MockRouter) -> None:
    """Neither query nor header nor cookie: who asks for another's subscription sees his own."""
    await subscribe(backend, stripe, user=ADA)
    names = ("user", "user_id", "id", "telegram_user_id", "X-User-Id", "X-Telegram-User-Id")
    other = dict.fromkeys(names, str(ADA))
    cookie = {"Cookie": "; ".join(f"{name}={ADA}" for name in names)}

    path = "/billing/subscription"
    shown = await backend.call("GET", path, BOB, params=other, headers={**other, **cookie})

    assert shown.json()["status"] == "none"
    assert (await backend.subscription(ADA))["status"] == "active"


async def test_no_other_origin_may_read_an_answer(backend: Backend) -> None:
    """No header of CORS, whether it is asked before or not."""
    headers = {"Origin": "https://evil.example.test"}
    asked = {**headers, "Access-Control-Request-Method": "GET"}

    answers = [
        await backend.call("GET", "/billing/subscription", headers=headers),
        await backend.http.get("/api/v1/billing/plans", headers=headers),
        await backend.http.options(PATH, headers=asked),
    ]

    assert [answer.status_code for answer in answers] == [200, 200, 405]
    found = [name for answer in answers for name in answer.headers if "access-control" in name]
    assert found == []
