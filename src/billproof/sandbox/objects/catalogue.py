"""The plans whose prices are seeded under every key."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from billproof.errors import UsageError

INTERVALS = ("day", "week", "month", "year")
LARGEST, LONGEST = 99_999_999, 250
"""Stripe's largest amount, and its longest name of a product."""
ID = re.compile(r"[\w.-]+\Z", re.ASCII)
CURRENCY = re.compile(r"[a-z]{3}\Z")
ADVICE = (
    'Write {"plans": [{"price": "price_pro", "name": "Pro", "amount": 1900, "currency": "eur", '
    '"interval": "month"}]}.'
)


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
    rows = _rows(path)
    try:
        plans = tuple(_plan(row) for row in rows if row["price"] is not None)
    except KeyError as error:
        raise UsageError(f"The plans file {path} has a plan without {error}.", ADVICE) from error
    for number, plan in enumerate(plans):
        wrong = _wrong(plan, {other.price for other in plans[:number]})
        if wrong:
            reason = f"The plans file {path} has a plan that no price can be made of: {wrong}."
            raise UsageError(reason, ADVICE)
    return plans


def _rows(path: Path) -> list[dict[str, Any]]:
    try:
        said = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise UsageError(f"The plans file {path} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise UsageError(f"The plans file {path} is no JSON: {error}.", ADVICE) from error
    except RecursionError as error:
        raise UsageError(f"The plans file {path} is not a catalogue: it nests.", ADVICE) from error
    rows = said.get("plans") if isinstance(said, dict) else None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise UsageError(f"The plans file {path} is not a catalogue.", ADVICE)
    return rows


def _wrong(plan: Plan, before: set[str]) -> str | None:
    """What is wrong with a plan, in words; None when all is well."""
    identifier, currency = plan.price, plan.currency
    checks = {
        f"the price {identifier!r} is no id": _is_text(identifier) and bool(ID.match(identifier)),
        f"the price {identifier} is there twice": identifier not in before,
        f"its name is {plan.name!r}": _is_text(plan.name),
        # A whole number: half a cent that is lost without a word would be looked for long.
        f"its amount is {plan.amount!r}": type(plan.amount) is int and 0 <= plan.amount <= LARGEST,
        f"its currency is {currency!r}": _is_text(currency) and bool(CURRENCY.match(currency)),
        f"its interval is {plan.interval!r}": plan.interval in INTERVALS,
    }
    return next((words for words, fits in checks.items() if not fits), None)


def _is_text(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= LONGEST and value.isprintable()


def _plan(row: dict[str, Any]) -> Plan:
    currency = row["currency"]
    return Plan(
        price=row["price"],
        name=row.get("name") or str(row["key"]).title(),
        amount=row["amount"],
        currency=currency.lower() if isinstance(currency, str) else currency,
        interval=row["interval"],
    )
