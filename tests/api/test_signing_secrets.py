"""How many secrets sign events is for the environment to say."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

import pytest

from billproof.signature import StripeSignature
from billproof.trials import clause

if TYPE_CHECKING:
    from fixtures.launching import Launcher
    from fixtures.users import User

BEGINNINGS = (
    "",
    "whsec_",
    "whsec_test_",
    "of-a-proxy-",
    "longer-than-a-block-of-sha-256-".ljust(64, "x"),
)
"""Of secrets: Stripe's own, of its command line too, begin with a word, and none has to."""
STATUSES = ("past_due", "unpaid", "active", "past_due", "active")


@clause("ENV-017")
@pytest.mark.parametrize("count", [1, 3, 5])
def test_as_many_secrets_sign_as_there_are(launches: Launcher, user: User, count: int) -> None:
    """Before a rotation there is one, and rotations in a day make several; any text is one."""
    names = ",".join(f"{beginning}{secrets.token_hex(16)}" for beginning in BEGINNINGS[:count])
    with launches(STRIPE_WEBHOOK_SECRET=names) as running:
        api, stripe = running.api, running.stripe
        subscription = stripe.subscribe(user, "pro")
        for number in range(count):
            status = STATUSES[number]
            stripe.change(subscription, status=status)
            event = stripe.undelivered(user)[-1]
            stripe.mark_delivered(event)
            api.webhook(event.body, StripeSignature(values=(str(number),))).expect_success()
            api.subscription_becomes(user, status=status)
        api.webhook(event.body, StripeSignature(values=("wrong",))).expect(400)
