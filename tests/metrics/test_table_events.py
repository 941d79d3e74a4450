"""What the situations of tables/events.yaml are counted as."""

from __future__ import annotations

from typing import TYPE_CHECKING

from billproof.law import load_law
from billproof.trials import becomes, check_that, clause
from fixtures.metrics import Scrape, expect_quiet, moved, quiet_scrape, scrape
from fixtures.situations import DELIVERIES, Scene

if TYPE_CHECKING:
    from billproof.law.tables import Situation
    from billproof.trials import Answer
    from fixtures.api import Api
    from fixtures.stripe import Stripe
    from fixtures.users import User

EVENTS = "billing_webhook_events_total"
SITUATIONS = {one.name: one for one in load_law().tables.events.situations}
AFTER_A_FAULT_SECONDS = 30.0
OWN, OTHER_MODE = SITUATIONS["a user's own"], SITUATIONS["other livemode"]


@clause("MET-040")
def test_each_situation_counts_as_its_row_says(
    api: Api, stripe: Stripe, user: User, other: User
) -> None:
    """Once for each delivery, under its type and one of its outcomes."""
    scene = Scene.make(api, stripe, user, other)
    now = quiet_scrape(api)
    for row in load_law().tables.events.situations:
        answer = DELIVERIES[row.name](scene)
        now = expect_counted(api, now, row, answer)


@clause("MET-040")
def test_what_is_bought_beside_makes_him_no_stranger(
    api: Api, stripe: Stripe, user: User, other: User
) -> None:
    """His customer subscribes to another product, too: what is about ours is still a user's own."""
    scene = Scene.make(api, stripe, user, other)
    price = stripe.price_of_another_product()
    stripe.sandbox.subscribe(scene.subscription.customer, price.id)
    stripe.deliver(user)
    now = quiet_scrape(api)
    for _ in range(2):
        now = expect_counted(api, now, OWN, DELIVERIES[OWN.name](scene))


@clause("MET-040")
def test_no_type_of_the_other_mode_is_processed(
    api: Api, stripe: Stripe, user: User, other: User
) -> None:
    """Whatever it is, and though it is about the subscriber's own customer."""
    scene = Scene.make(api, stripe, user, other)
    now = quiet_scrape(api)
    for one in load_law().tables.events.types:
        draft = scene.draft().changed(type=one.type, livemode=not stripe.livemode)
        answer = api.webhook(draft.body).expect_success()
        now = expect_counted(api, now, OTHER_MODE, answer)


AHEAD_SECONDS = (12 * 86_400, 50 * 86_400)
"""Two days before a trial ends, and after it was over and a month was paid for."""


@clause("MET-040")
def test_every_event_of_a_subscriber_is_processed(api: Api, stripe: Stripe, user: User) -> None:
    """Of a trial and its end, of renewals and of the last day, as Stripe itself tells of them."""
    subscription = stripe.subscribe(user, "team")
    api.subscription_becomes(user, plan="team", status="trialing")
    now = quiet_scrape(api)
    told: set[str] = set()
    for ahead in AHEAD_SECONDS:
        stripe.sandbox.run_ahead(subscription.customer, ahead)
        now = deliver_and_count(api, stripe, user, now, told)
    stripe.sandbox.cancel_subscription(subscription.id)
    deliver_and_count(api, stripe, user, now, told)

    missing = sorted(HAPPENING - told)
    check_that("types of what happened", not missing, expected="all of these", got=f"no {missing}")


HAPPENING = {
    *("customer.subscription.trial_will_end", "customer.subscription.updated"),
    *("customer.subscription.deleted", "invoice.finalized", "invoice.paid"),
}
"""Types of events that such a life has at least."""


def deliver_and_count(api: Api, stripe: Stripe, user: User, now: Scrape, told: set[str]) -> Scrape:
    """Deliver what waits, each counted as a user's own; its type is `told`."""
    for event in stripe.undelivered(user):
        now = expect_counted(api, now, OWN, stripe.deliver_event(event).expect_success())
        told.add(event.type)
    return now


def expect_counted(api: Api, before: Scrape, row: Situation, answer: Answer) -> Scrape:
    """The delivery has moved one series of those that its row allows, by one."""
    allowed = _series(row)

    def grown(now: Scrape) -> dict[tuple[str, ...], float]:
        return dict(moved(before, now).get(EVENTS, {}))

    # Who acknowledged it amid a failure has longer: it counts once it is applied.
    within = AFTER_A_FAULT_SECONDS if "failed" in row.outcomes else api.settle_seconds
    after = becomes(lambda: scrape(api), lambda now: bool(grown(now)), within=within)
    got = grown(after)
    if len(got) != 1:
        expect_quiet(api, after)
    once = set(got.values()) == {1} or ("failed" in row.outcomes and len(got) == 1)
    expected = " or ".join(f"+1 of {kind}, {outcome}" for kind, outcome in sorted(allowed))
    answer.show()
    check_that(
        f"growth of {EVENTS} in the situation {row.name!r}",
        len(got) == 1 and once and {*got} <= allowed,
        expected=expected,
        got=repr(got),
    )
    return after


def _series(row: Situation) -> set[tuple[str, str]]:
    known = {"other", *(one.type for one in load_law().tables.events.types)}
    kinds = {"other": {"other"}, "unknown": {"unknown"}, "its type": known - {"other"}}
    return {
        (kind, outcome)
        for outcome in row.outcomes
        for kind in ({"unknown"} if outcome == "rejected" else kinds[row.counted_as])
    }
