"""What is sold: the plans, by key and by Stripe price."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from reference_impl.wire import models

FREE = "free"


class CatalogueError(Exception):
    """The file cannot be read, or is no catalogue."""


class Plan(models.Plan):
    """One plan as the wire shows it, and what it is called at Stripe."""

    model_config = ConfigDict(frozen=True, strict=True)

    price: str | None


class Document(BaseModel):
    """The file."""

    plans: list[Plan]


@dataclass(frozen=True)
class Catalogue:
    """All plans in order of rank; the free one is among them."""

    plans: tuple[Plan, ...]

    @classmethod
    def read(cls, path: Path) -> Catalogue:
        """The catalogue of a JSON file `{"plans": […]}`."""
        try:
            plans = Document.model_validate_json(path.read_bytes()).plans
        except (OSError, ValidationError) as problem:
            raise CatalogueError("names no readable catalogue") from problem
        if [plan.key for plan in plans if not plan.price] != [FREE] or len(plans) == 1:
            raise CatalogueError("names a catalogue in which not free alone has no price")
        return cls(tuple(sorted(plans, key=lambda plan: plan.rank)))

    @property
    def paid(self) -> tuple[Plan, ...]:
        """The plans that can be bought."""
        return tuple(plan for plan in self.plans if plan.price)

    def plan(self, key: str) -> Plan | None:
        """The plan of this key."""
        return next((plan for plan in self.plans if plan.key == key), None)

    def sold_as(self, prices: Iterable[str]) -> Plan | None:
        """The first plan that one of these Stripe prices stands for."""
        by_price = {plan.price: plan for plan in self.paid}
        return next((by_price[price] for price in prices if price in by_price), None)
