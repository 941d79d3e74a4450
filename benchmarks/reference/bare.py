"""A FastAPI app with two routes that do nothing; as fast as such a backend can be."""

from __future__ import annotations

from fastapi import FastAPI, Request
from pydantic import BaseModel

app = FastAPI(openapi_url=None)


class Shown(BaseModel):
    """As large as the answer of the reference."""

    plan: str = "pro"
    effective_plan: str = "pro"
    status: str = "active"
    access: bool = True
    current_period_end: str = "2026-12-23T14:30:05Z"
    ends_at: str | None = None
    cancels: bool = False


@app.get("/livez")
async def alive() -> dict[str, str]:
    """It answers."""
    return {"status": "ok"}


@app.get("/api/v1/billing/subscription")
async def subscription() -> Shown:
    """The same for everybody."""
    return Shown()


@app.post("/api/v1/billing/webhooks/stripe")
async def webhook(request: Request) -> dict[str, str]:
    """Read the event, and forget it."""
    await request.body()
    return {"outcome": "processed"}
