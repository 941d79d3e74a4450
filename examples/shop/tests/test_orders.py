"""Orders, over HTTP and below it."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from shop.models import Article, Order
from sqlalchemy import select

from billproof.database import Database


def bought(database: Database, buyer: str) -> httpx.Response:
    """What the shop says to a buyer of a lamp."""
    return httpx.post(f"{database.live_url}/orders/lamp", params={"buyer": buyer})


def test_an_order_is_kept(database: Database) -> None:
    """The first one has the first id, whatever other tests have ordered."""
    assert bought(database, "ada").json() == 1
    assert httpx.get(f"{database.live_url}/orders").json() == ["ada"]


def test_what_is_gone_cannot_be_bought(database: Database) -> None:
    """The fourth lamp is one too many."""
    answers = [bought(database, f"buyer-{number}").status_code for number in range(4)]

    assert answers == [201, 201, 201, 409]


@pytest.mark.asyncio
async def test_ten_at_once_buy_no_more_than_there_is(database: Database) -> None:
    """Each in a transaction of its own, really committed."""
    transport = httpx.ASGITransport(database.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://shop") as shop:
        buyers = (
            shop.post("/orders/lamp", params={"buyer": f"buyer-{number}"}) for number in range(10)
        )
        answers = await asyncio.gather(*buyers)

    assert sorted(answer.status_code for answer in answers) == [201] * 3 + [409] * 7
    async with database.async_session() as session:
        assert await session.scalar(select(Article.stock)) == 0
        assert len((await session.scalars(select(Order))).all()) == 3
