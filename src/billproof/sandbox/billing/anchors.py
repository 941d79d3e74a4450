"""The anchor of a billing cycle, as a call asks for it."""

from __future__ import annotations

from billproof.sandbox.billing.periods import period_end
from billproof.sandbox.objects.account import Account
from billproof.sandbox.objects.errors import Refusal, StripeError
from billproof.sandbox.objects.params import Params
from billproof.sandbox.objects.price import Price


def anchor_ahead(
    account: Account, params: Params, owner: str | None, lines: list[tuple[Price, int]]
) -> int | None:
    """Where the whole periods of a new subscription begin; None when that is at once."""
    anchor = params.integer("billing_cycle_anchor")
    anchor = anchor or params.child("billing_cycle_anchor").integer("timestamp")
    if anchor is None:
        return None
    now = account.now(owner)
    ends = [period_end(now, price.interval or "month", price.interval_count) for price, _ in lines]
    if {"trial_end", "trial_period_days"} & params.names():
        _refuse(params, "The billproof sandbox knows `billing_cycle_anchor` without a trial only.")
    if anchor <= now:
        _refuse(params, "Invalid timestamp: must be an integer Unix timestamp in the future.")
    if anchor > min(ends):
        natural = f"the next natural billing date ({min(ends)})"
        _refuse(params, f"`billing_cycle_anchor` cannot be later than {natural} of its prices.")
    return anchor


def anchor_word(params: Params) -> str | None:
    """`now` or `unchanged`: an object of one member, and before endive (2026-10-28) a word."""
    word = params.text("billing_cycle_anchor")
    return word or params.child("billing_cycle_anchor").text("type")


def _refuse(params: Params, reason: str) -> None:
    raise StripeError(Refusal.STATE, param=params.named("billing_cycle_anchor"), reason=reason)
