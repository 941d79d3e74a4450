"""What somebody has: a function of what Stripe last showed, and of the clock."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from kiosk.settings import Plan, Settings
from kiosk.store import Store
from kiosk.stripe_calls import Gone, Stripe

GRANTING = frozenset({"active", "trialing", "past_due"})
OVER = frozenset({"canceled", "incomplete_expired"})
NOTHING = {
    "plan": "free",
    "effective_plan": "free",
    "status": "none",
    "access": False,
    "current_period_end": None,
    "ends_at": None,
    "cancels": False,
}


@dataclass(frozen=True)
class Subscription:
    """One of Stripe's, as it matters here."""

    id: str
    plan: Plan
    status: str
    collection_paused: bool
    period_end: int | None
    scheduled_end: int | None
    ended_at: int | None

    @property
    def is_over(self) -> bool:
        """Whether it will never change again."""
        return self.status in OVER

    def grants(self, now: float) -> bool:
        """Whether its owner may read the paper."""
        ended = self.scheduled_end is not None and now >= self.scheduled_end
        return self.status in GRANTING and not self.collection_paused and not ended

    def weight(self, now: float) -> tuple[bool, int, int, str]:
        """Of several, the heaviest counts."""
        end = self.ended_at or self.scheduled_end or self.period_end or 0
        return self.grants(now), self.plan["rank"], end, self.id

    def shown(self, now: float) -> dict[str, object]:
        """As openapi.yaml has it."""
        key, access = self.plan["key"], self.grants(now)
        return {
            "plan": key,
            "effective_plan": key if access else "free",
            "status": self.status,
            "access": access,
            "current_period_end": instant(self.period_end),
            "ends_at": instant(self.ended_at or self.scheduled_end),
            "cancels": self.ended_at is None and self.scheduled_end is not None,
        }


def instant(seconds: int | None) -> str | None:
    """Unix seconds in words, in UTC."""
    if seconds is None:
        return None
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def of_catalogue(documents: Iterable[dict[str, Any]], settings: Settings) -> list[Subscription]:
    """Those of Stripe's documents that are of a plan of ours."""
    read = (_read(document, settings) for document in documents)
    return [one for one in read if one is not None]


def _read(document: dict[str, Any], settings: Settings) -> Subscription | None:
    for item in document["items"]["data"]:
        if plan := settings.plan_of_price(item["price"]["id"]):
            period_end = item["current_period_end"]
            at_end = period_end if document["cancel_at_period_end"] else None
            return Subscription(
                id=document["id"],
                plan=plan,
                status=document["status"],
                collection_paused=document["pause_collection"] is not None,
                period_end=period_end,
                scheduled_end=document["cancel_at"] or at_end,
                ended_at=document["ended_at"],
            )
    return None


def documents_of(store: Store, user: int) -> list[dict[str, Any]]:
    """All that Stripe ever showed of the user's."""
    with store.reading() as rows:
        found = rows.execute("SELECT document FROM subscriptions WHERE user = ?", (user,))
        return [json.loads(row["document"]) for row in found]


def read_model(store: Store, settings: Settings, user: int) -> dict[str, object]:
    """The answer to GET subscription."""
    now = time.time()
    his = of_catalogue(documents_of(store, user), settings)
    if not his:
        return NOTHING
    return max(his, key=lambda one: one.weight(now)).shown(now)


def read_again(store: Store, stripe: Stripe, customer: str, user: int) -> list[dict[str, Any]]:
    """Ask Stripe for the customer's, and keep them. Hold the customer's lock."""
    try:
        seen = list(stripe.subscriptions(customer))
    except Gone:
        seen = _ended(store, customer)
    rows = [(one["id"], customer, user, json.dumps(one)) for one in seen]
    with store.writing() as write:
        write.executemany("INSERT OR REPLACE INTO subscriptions VALUES (?, ?, ?, ?)", rows)
    return seen


def _ended(store: Store, customer: str) -> list[dict[str, Any]]:
    """What we know of a customer that Stripe has not any more: all of it is over."""
    with store.reading() as rows:
        query = "SELECT document FROM subscriptions WHERE customer = ?"
        known = [json.loads(row["document"]) for row in rows.execute(query, (customer,))]
    now = int(time.time())
    living = (one for one in known if one["status"] not in OVER)
    return [{**one, "status": "canceled", "ended_at": now} for one in living]
