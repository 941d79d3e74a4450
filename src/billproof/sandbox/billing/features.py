"""The features of a portal configuration: what each lets customers do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from billproof.sandbox.billing.configurations import Configuration


class Feature(Enum):
    """Each by its name in a configuration."""

    CUSTOMER = "customer_update"
    INVOICES = "invoice_history"
    CARD = "payment_method_update"
    CANCEL = "subscription_cancel"
    PAUSE = "subscription_pause"
    UPDATE = "subscription_update"


@dataclass(frozen=True, slots=True)
class Offered:
    """A price to which customers may change; `countable` when they may say how many they take."""

    price: str
    countable: bool
    least: int
    most: int | None

    def fits(self, quantity: int) -> bool:
        """Whether so many may be taken."""
        return self.least <= quantity <= (self.most or quantity)


@dataclass(frozen=True, slots=True)
class Updating:
    """How plans are changed."""

    offered: tuple[Offered, ...]
    proration: str
    restarts: bool
    """Whether a change begins a new period."""
    ends_trials: bool

    @classmethod
    def of(cls, configuration: Configuration) -> Updating:
        """What a configuration says of it; without allowed updates nothing is offered."""
        said = configuration.features[Feature.UPDATE.value]
        allowed = set(said["default_allowed_updates"] or ())
        offered = [
            Offered(
                price=price,
                countable=bool(count["enabled"]) and "quantity" in allowed,
                least=count["minimum"] or 1,
                most=count["maximum"],
            )
            for product in said["products"] or ()
            for count in [product["adjustable_quantity"]]
            for price in product["prices"]
        ]
        return cls(
            offered=tuple(offered) if allowed & {"price", "quantity"} else (),
            proration=said["proration_behavior"],
            restarts=said["billing_cycle_anchor"] == "now",
            ends_trials=said["trial_update_behavior"] == "end_trial",
        )


@dataclass(frozen=True, slots=True)
class Canceling:
    """How subscriptions are canceled, and the reasons a customer may give."""

    at_once: bool
    proration: str
    reasons: tuple[str, ...]

    @classmethod
    def of(cls, configuration: Configuration) -> Canceling:
        """What a configuration says of it."""
        said = configuration.features[Feature.CANCEL.value]
        asks = said["cancellation_reason"]
        return cls(
            at_once=said["mode"] == "immediately",
            proration=said["proration_behavior"],
            reasons=tuple(asks.get("options") or ()) if asks["enabled"] else (),
        )


@dataclass(frozen=True, slots=True)
class Span:
    """A preset length of a pause."""

    interval: str
    count: int


@dataclass(frozen=True, slots=True)
class Pausing:
    """For how long subscriptions may be paused; without spans until the customer resumes them."""

    spans: tuple[Span, ...]

    @classmethod
    def of(cls, configuration: Configuration) -> Pausing:
        """What a configuration says of it."""
        lasts = configuration.features[Feature.PAUSE.value]["duration"]
        if lasts["type"] == "indefinite":
            return cls(())
        options = lasts.get("interval_options") or ()
        spans = [Span(each["interval"], each.get("interval_count") or 1) for each in options]
        return cls(tuple(spans))


def updates_of_customer(configuration: Configuration) -> frozenset[str]:
    """What customers may change about themselves."""
    return frozenset(configuration.features[Feature.CUSTOMER.value]["allowed_updates"] or ())
