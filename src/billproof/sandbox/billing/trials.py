"""Free trials: what the parameters of a call say of their end."""

from __future__ import annotations

from billproof.sandbox.billing.periods import DAY
from billproof.sandbox.objects.account import Account
from billproof.sandbox.objects.errors import Refusal, StripeError
from billproof.sandbox.objects.params import Params

LONGEST_DAYS = 730


def trial_end(
    account: Account, params: Params, owner: str | None, *, soonest: int = 0
) -> int | None:
    """When the trial of a customer ends, at least `soonest` seconds ahead; None without one."""
    params.only_one_of("trial_end", "trial_period_days")
    days = params.integer("trial_period_days")
    if days is not None:
        return account.now(owner) + _bounded(params, days) * DAY
    ends = params.integer("trial_end")
    now = account.now(owner)
    if ends is not None and ends > now + LONGEST_DAYS * DAY:
        reason = "Invalid timestamp: can be no more than two years in the future."
        raise StripeError(Refusal.STATE, param=params.named("trial_end"), reason=reason)
    if ends is not None and ends <= now + soonest:
        reason = "Invalid timestamp: must be an integer Unix timestamp in the future."
        if soonest:
            reason = "The `trial_end` date has to be at least 2 days in the future."
        raise StripeError(Refusal.STATE, param=params.named("trial_end"), reason=reason)
    return ends


def _bounded(params: Params, days: int) -> int:
    param = params.named("trial_period_days")
    if days < 1:
        reason = "The minimum number of trial period days is 1."
        raise StripeError(Refusal.STATE, param=param, reason=reason)
    if days > LONGEST_DAYS:
        reason = "The maximum number of trial period days is 730 (2 years)."
        raise StripeError(Refusal.STATE, param=param, reason=reason)
    return days
