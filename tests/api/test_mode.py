"""Live mode or test mode: what the key's beginning says, and whose events count."""

from __future__ import annotations

import json
import secrets
from typing import TYPE_CHECKING

import pytest

from billproof.law import load_law
from billproof.trials import check, clause
from fixtures.api import expect_members
from fixtures.events import Draft
from fixtures.metrics import DELIVERIES, moved, scrape

if TYPE_CHECKING:
    from fixtures.launching import Launcher, Running
    from fixtures.users import User


@clause("ENV-006")
@pytest.mark.parametrize(
    ("prefix", "live"), [("rk_live_", True), ("sk_live_", True), ("rk_test_live_", False)]
)
def test_a_keys_beginning_says_its_mode(
    launches: Launcher, user: User, prefix: str, *, live: bool
) -> None:
    """A restricted live key is live, and a whole one; one of test mode is not, whatever follows."""
    with launches(STRIPE_SECRET_KEY=f"{prefix}{secrets.token_hex(12)}") as running:
        check_mode(running, user, live=live)


def check_mode(running: Running, user: User, *, live: bool) -> None:
    """Events of this mode take effect; of the other mode do not, whatever their type is."""
    api, stripe = running.api, running.stripe
    subscription = stripe.subscribe(user, "pro")
    api.subscription_becomes(user, plan="pro", status="active")
    stripe.change(subscription, status="past_due")
    event = stripe.undelivered(user)[-1]
    check("livemode of Stripe's events", json.loads(event.body)["livemode"], live)

    draft = Draft(event).about(livemode=not live, status="canceled")
    kinds = [one for one in load_law().tables.events.types if one.object == draft.object["object"]]
    others = [draft.changed(type=kind.type, livemode=not live) for kind in kinds]
    # What was delivered before counts within the settle time; its effect may be seen sooner.
    api.settle()
    counters = scrape(api) if api.declares("metrics") else None
    for other in others:
        api.webhook(other.body).expect_success()
    api.settle()
    expect_members(api.subscription(user).expect(200), plan="pro", access=True)
    # Whoever reads Stripe again for it sees no other state, and says what he made of it here.
    if counters:
        grown = moved(counters, scrape(api)).get(DELIVERIES, {})
        outcomes = {outcome for (_, outcome), by in grown.items() if by}
        check("outcomes of events of the other mode", outcomes, {"ignored"})

    stripe.deliver_event(event).expect_success()
    api.subscription_becomes(user, plan="pro", status="past_due")
