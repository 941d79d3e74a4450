"""How deliveries that fail are counted, and the events that are delivered again."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from billproof.trials import becomes, check, check_that, clause, together
from fixtures.deliveries import steps
from fixtures.events import Draft
from fixtures.metrics import quiet_scrape, scrape

if TYPE_CHECKING:
    from fixtures.api import Api
    from fixtures.metrics import Scrape
    from fixtures.stripe import Stripe
    from fixtures.users import User

AFTER_A_FAULT_SECONDS = 30.0
AT_ONCE = 3


@clause("MET-012")
def test_a_failure_counts_and_the_event_still_counts_once(
    api: Api, stripe: Stripe, user: User
) -> None:
    """At least one failure for each 5xx, however Stripe fails; repeated, it counts as one event."""
    subscription = stripe.subscribe(user, "pro")
    stripe.change(subscription, status="unpaid")
    event = stripe.undelivered(user)[-1]
    before = quiet_scrape(api)
    with stripe.failing("all", user=user, effect="status", status=500):
        statuses = [stripe.deliver_event(event).status]
    with stripe.failing("all", user=user, effect="reset"):
        statuses.append(stripe.deliver_event(event).status)
        amid = check_failures(api, before, statuses)
    at_least = failed(statuses)
    others = failures(before, amid) - steps(before, amid).get((event.type, "failed"), 0)
    check("failures counted under another type", others, 0)
    repeats = steps(before, amid).get((event.type, "duplicate"), 0)
    taken = len(statuses) - at_least
    held = repeats <= taken
    check_that("repeats counted of what failed", held, expected=f"{taken} at most", got=repeats)
    if at_least:
        early = steps(before, amid).get((event.type, "taken"), 0)
        check("events counted as taken that were not", early, 0)
        stripe.deliver_event(event).expect_success()

    check_taken(api, before, event.type, 1)


@clause("MET-012")
def test_a_failure_counts_whosever_the_event_is(api: Api, stripe: Stripe, user: User) -> None:
    """The customer was made by hand, and nothing is known of him yet."""
    stripe.subscribe_by_hand(user)
    events = stripe.undelivered(user)
    before = quiet_scrape(api)
    with stripe.failing("all", user=user, effect="status", status=500):
        check_failures(api, before, [stripe.deliver_event(event).status for event in events])


@clause("MET-012")
def test_who_fails_while_it_waits_for_another_counts_too(
    api: Api, stripe: Stripe, user: User
) -> None:
    """Events of one customer at once, while Stripe hangs; what was acknowledged counts later."""
    subscription = stripe.subscribe(user, "pro")
    stripe.change(subscription, status="past_due")
    event = stripe.undelivered(user)[-1]
    stripe.mark_delivered(event)
    bodies = [Draft(event).body for _ in range(AT_ONCE)]
    before = quiet_scrape(api)
    with stripe.failing("all", user=user, effect="hang"):
        answers = together([partial(api.webhook, body) for body in bodies])
        check_failures(api, before, [answer.status for answer in answers])

    for body, answer in zip(bodies, answers, strict=True):
        if answer.status >= 500:
            api.webhook(body).expect_success()

    check_taken(api, before, event.type, AT_ONCE)


def failed(statuses: list[int]) -> int:
    """How many deliveries were answered 5xx."""
    return sum(status >= 500 for status in statuses)


def failures(before: Scrape, after: Scrape) -> float:
    """How many deliveries were counted as failed, under whatever type."""
    return sum(value for (_, outcome), value in steps(before, after).items() if outcome == "failed")


def check_failures(api: Api, before: Scrape, statuses: list[int]) -> Scrape:
    """Within the settle time one failure at least for each 5xx; the counters as they are then."""
    at_least = failed(statuses)
    after = becomes(
        lambda: scrape(api),
        lambda now: failures(before, now) >= at_least,
        within=api.settle_seconds,
    )
    got = failures(before, after)
    check_that("failures counted", got >= at_least, expected=f"{at_least} at least", got=got)
    return after


def check_taken(api: Api, before: Scrape, kind: str, expected: int) -> None:
    """In the end so many events of this type have been taken."""

    def is_so(now: Scrape) -> bool:
        return steps(before, now).get((kind, "taken")) == expected

    after = becomes(lambda: scrape(api), is_so, within=AFTER_A_FAULT_SECONDS)
    check("events counted as taken", steps(before, after).get((kind, "taken")), expected)
