"""The plans whose prices are seeded under every key."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from billproof.errors import UsageError

INTERVALS = ("day", "week", "month", "year")
LETTERS, LARGEST = 3, 99_999_999
"""How long a currency's code is (ISO 4217), and Stripe's largest amount."""


@dataclass(frozen=True, slots=True)
class Plan:
    """One plan that costs something; the amount is in the currency's smallest unit."""

    price: str
    name: str
    amount: int
    currency: str
    interval: str


def read_plans(path: Path) -> tuple[Plan, ...]:
    """The plans of a file in the form of contracts/plans.json; free ones have no price."""
    try:
        rows: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["plans"]
        plans = tuple(_plan(row) for row in rows if row.get("price"))
    except OSError as error:
        raise UsageError(f"The plans file {path} cannot be read: {error.strerror}.") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(f"The plans file {path} is not a catalogue: {error!r}.") from error
    except RecursionError as error:
        raise UsageError(f"The plans file {path} is not a catalogue: it nests.") from error
    for number, plan in enumerate(plans):
        wrong = _wrong(plan, {other.price for other in plans[:number]})
        if wrong:
            reason = f"The plans file {path} has a plan that no price can be made of: {wrong}."
            raise UsageError(reason, "Write it as those in contracts/plans.json.")
    return plans


def _wrong(plan: Plan, before: set[str]) -> str | None:
    """What is wrong with a plan, in words; None when all is well."""
    currency = plan.currency
    checks = {
        f"the price {plan.price} is there twice": plan.price not in before,
        f"its amount is {plan.amount}": 0 <= plan.amount <= LARGEST,
        f"its currency is {currency}": len(currency) == LETTERS and currency.isascii(),
        f"its interval is {plan.interval}": plan.interval in INTERVALS,
    }
    return next((words for words, fits in checks.items() if not fits), None)


def _plan(row: dict[str, Any]) -> Plan:
    return Plan(
        price=str(row["price"]),
        name=str(row.get("name") or row["key"]).title(),
        amount=int(row["amount"]),
        currency=str(row["currency"]).lower(),
        interval=str(row["interval"]),
    )
