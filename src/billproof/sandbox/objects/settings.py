"""What a merchant sets for his account: when failed payments are tried again, and then."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class AfterRetries(StrEnum):
    """What becomes of a subscription whose payment has failed for the last time."""

    CANCEL = "cancel"
    UNPAID = "unpaid"
    PAST_DUE = "past_due"


@dataclass(frozen=True, slots=True)
class BillingSettings:
    """Stripe keeps them in the Dashboard; here the control API does."""

    retry_days: tuple[int, ...] = (3, 5, 7)
    """Days from each failed attempt to the next."""
    after_retries: AfterRetries = AfterRetries.CANCEL
    finalization_delay: int = 3600
    """Seconds for which a renewal's invoice stays a draft."""
    upcoming_days: int = 7
    """How many days before a renewal `invoice.upcoming` is sent."""
