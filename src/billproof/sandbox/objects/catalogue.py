"""The plans whose prices are seeded under every key."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from billproof.errors import UsageError


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
        return tuple(_plan(row) for row in rows if row.get("price"))
    except OSError as error:
        raise UsageError(f"The plans file {path} cannot be read: {error.strerror}.") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(f"The plans file {path} is not a catalogue: {error!r}.") from error


def _plan(row: dict[str, Any]) -> Plan:
    return Plan(
        price=str(row["price"]),
        name=str(row.get("name") or row["key"]).title(),
        amount=int(row["amount"]),
        currency=str(row["currency"]).lower(),
        interval=str(row["interval"]),
    )
