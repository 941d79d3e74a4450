"""The shop's HTTP API."""

from __future__ import annotations

from fastapi import FastAPI, HTTPException
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker

from shop.models import Article, Order

SOLD_OUT = 409


def create_app(engine: AsyncEngine) -> FastAPI:
    """The app on a database."""
    app = FastAPI()
    sessions = async_sessionmaker(engine, expire_on_commit=False)

    @app.post("/orders/{name}", status_code=201)
    async def order(name: str, buyer: str) -> int:
        """Buy one article; the id of the order."""
        async with sessions.begin() as session:
            some = (Article.name == name, Article.stock > 0)
            taken = update(Article).where(*some).values(stock=Article.stock - 1)
            article = await session.scalar(taken.returning(Article.id))
            if article is None:
                raise HTTPException(SOLD_OUT, f"There is no {name} left.")
            made = Order(article_id=article, buyer=buyer)
            session.add(made)
            await session.flush()
            return made.id

    @app.get("/orders")
    async def orders() -> list[str]:
        """Who has bought something, in the order of the orders."""
        async with sessions() as session:
            return list(await session.scalars(select(Order.buyer).order_by(Order.id)))

    return app
